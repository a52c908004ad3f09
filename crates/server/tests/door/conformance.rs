//! The API against its own description, by a program of others that makes up requests from it:
//! Schemathesis. `scripts/fetch-clients` installs it.

use std::process::Command;

use super::clients::installed;
use super::support::Server;

/// What is held to the description in every reply.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,\
                      negative_data_rejection,unsupported_method";

/// Requests made up for each operation beside those that its bounds and examples give.
const REQUESTS: &str = "8";

#[tokio::test]
async fn the_api_keeps_to_its_description_whatever_is_sent() {
    let Some(clients) = installed() else { return };
    let server = Server::start_with(&[("RATE_LIMIT_RPS", "100000")]);
    let folder = tempfile::tempdir().unwrap();
    let description = format!("{}/openapi.json", server.address);
    let program = "from schemathesis.cli import schemathesis; schemathesis()";
    let output = Command::new(clients.join("python"))
        .current_dir(folder.path())
        .env("NO_PROXY", "127.0.0.1")
        .env("PYTHONIOENCODING", "utf-8")
        .args(["-c", program, "run", &description, "--checks", CHECKS])
        .args(["--phases", "examples,coverage,fuzzing"])
        .args(["--max-examples", REQUESTS, "--generation-deterministic"])
        // Nobody has to show anything here; the first account would change that for all that follows.
        .args(["--generation-with-security-parameters", "false"])
        .args(["--exclude-operation-id", "init"])
        .args(["--continue-on-failure", "--request-timeout", "30"])
        .args(["--warnings", "off", "--no-color"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complained}");
    let summary = said.split_once("Test cases:").map(|(_, figures)| figures);
    println!("{}", summary.unwrap_or(&said));
    assert_eq!(server.get("/health").await.0, 200);
}
