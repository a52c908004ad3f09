//! Programs of others that speak to the library as to what they were written for: the official
//! clients of OpenAI and of the Model Context Protocol. `scripts/fetch-clients` installs them.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::support::{LIGHTHOUSE, PROGRAM, Server, models, run};

/// Where the clients are installed; none when they are to be left out
/// (`ALEXANDRIA_TEST_CLIENTS=skip`), of which a line is printed.
pub(super) fn installed() -> Option<PathBuf> {
    let variable = |name: &str| {
        let found = std::env::vars_os().find(|(key, _)| key == name);
        found.map(|(_, value)| PathBuf::from(value))
    };
    if variable("ALEXANDRIA_TEST_CLIENTS").is_some_and(|value| value == Path::new("skip")) {
        println!("left out, because ALEXANDRIA_TEST_CLIENTS=skip: this needs the clients");
        return None;
    }
    let home = || variable("HOME").unwrap_or_default().join(".cache");
    let cache = || variable("XDG_CACHE_HOME").unwrap_or_else(home);
    let cache = variable("ALEXANDRIA_CACHE").unwrap_or_else(|| cache().join("alexandria"));
    let clients = cache.join("clients");
    assert!(
        clients.join("complete").is_file(),
        "the clients are not installed in {}: run `make test` or `scripts/fetch-clients`, or set \
         ALEXANDRIA_TEST_CLIENTS=skip to leave the tests out that need them",
        clients.display()
    );
    Some(clients)
}

/// Runs a script beside this file and expects that it says that the client was served.
fn serve(program: &Path, script: &str, arguments: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let mut command = Command::new(program);
    command
        .arg(folder.join(script))
        .args(arguments)
        .env_remove("HTTP_PROXY")
        .env_remove("http_proxy")
        .env_remove("ALL_PROXY")
        .env("NO_PROXY", "127.0.0.1")
        .env("ALEXANDRIA_MODELS", models())
        .env("ALEXANDRIA_EMBEDDER", "off")
        .env("ALEXANDRIA_OCR", "off");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("was served"),
        "{script}: {said}{complained}"
    );
    println!("{said}");
}

#[tokio::test]
async fn the_official_openai_client_for_python_is_served() {
    let Some(clients) = installed() else { return };
    let server = Server::start_with(&[("ALEXANDRIA_EMBEDDER", "int8")]);
    serve(
        &clients.join("python"),
        "openai_client.py",
        &[&server.address],
    );
    let (status, _) = server.get("/health/live").await;
    assert_eq!(
        status, 200,
        "a stream that was cut has not harmed the server"
    );
}

#[tokio::test]
async fn the_official_openai_client_for_javascript_is_served() {
    let Some(clients) = installed() else { return };
    let server = Server::start_with(&[("ALEXANDRIA_EMBEDDER", "int8")]);
    let folder = clients.join("js");
    let folder = folder.to_str().unwrap();
    let arguments = [server.address.as_str(), folder];
    serve(&clients.join("node"), "openai_client.mjs", &arguments);
}

#[tokio::test]
async fn the_official_mcp_client_is_served_over_http_and_over_pipes() {
    let Some(clients) = installed() else { return };
    let server = Server::start();
    server.add("orvane.md", LIGHTHOUSE).await;
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("orvane.md"), LIGHTHOUSE).unwrap();
    let added = run(home.path(), &["--data", "data", "add", "orvane.md"]);
    assert!(added.status.success());
    let data = home.path().join("data");
    let data = data.to_str().unwrap();
    let arguments = [server.address.as_str(), PROGRAM, data];
    serve(&clients.join("python"), "mcp_client.py", &arguments);
}
