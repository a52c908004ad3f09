//! Says where the built web application lies. A program that is shipped takes it in while it is
//! compiled; one for developing reads it there, so that a change of a page needs no compiling.

use std::path::PathBuf;

/// The folder of the built web application, as `scripts/build-web` prints it.
const FOLDER: &str = "ALEXANDRIA_WEB";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed={FOLDER}");
    let built = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty());
    // Without one the program has the plain page alone: what is taken in is a folder with nothing in it.
    let folder = built.map_or_else(empty, PathBuf::from);
    if std::env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed={}", folder.display());
    }
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
