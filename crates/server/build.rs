//! Says where the built web application lies, which is taken into the program while it is compiled.

use std::path::PathBuf;

/// The folder of the built web application, as `scripts/build-web` prints it.
const FOLDER: &str = "ALEXANDRIA_WEB";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed={FOLDER}");
    let built = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty());
    // Without one the program has the plain page alone: what is taken in is a folder with nothing in it.
    let folder = built.map_or_else(empty, PathBuf::from);
    println!("cargo:rustc-env={FOLDER}={}", folder.display());
}

fn empty() -> PathBuf {
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from);
    let folder = out.unwrap_or_default().join("no-web");
    if let Err(error) = std::fs::create_dir_all(&folder) {
        println!("cargo:warning=cannot make {}: {error}", folder.display());
    }
    folder
}
