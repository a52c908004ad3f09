//! The servers of others that tests run against, where `scripts/fetch-servers` puts them.

use std::path::PathBuf;

/// The program of a server; none where it is not packaged or a variable says to do without, which is
/// told.
pub(super) fn installed(name: &str, program: &str, skipping: &str) -> Option<PathBuf> {
    let variable = |name: &str| {
        let found = std::env::vars_os().find(|(key, _)| key == name);
        found.map(|(_, value)| PathBuf::from(value))
    };
    if variable(skipping).is_some_and(|value| value.as_os_str() == "skip") {
        println!("left out: {skipping}=skip");
        return None;
    }
    let home = || variable("HOME").unwrap_or_default().join(".cache");
    let cache = || variable("XDG_CACHE_HOME").unwrap_or_else(home);
    let own = variable("ALEXANDRIA_CACHE").unwrap_or_else(|| cache().join("alexandria"));
    let places = [PathBuf::from("/var/cache/alexandria"), own];
    let found = places.map(|place| place.join("servers").join(program));
    let found = found.into_iter().find(|path| path.is_file());
    assert!(
        found.is_some() || !cfg!(target_arch = "x86_64"),
        "{name} is not installed: run `make test` or `scripts/fetch-servers`, or set \
         {skipping}=skip to leave out the tests that need it"
    );
    if found.is_none() {
        println!("left out: {name} is packaged for x86-64 only");
    }
    found
}
