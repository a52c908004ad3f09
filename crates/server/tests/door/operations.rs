//! What operators watch: health, measures, logs, and how a server begins and ends.

use serde_json::json;

use super::support::{LIGHTHOUSE, PROGRAM, Server, program, run};

#[tokio::test]
async fn all_five_health_paths_answer_from_one_checker() {
    let server = Server::start();
    let check = async |path: &str, keys: &[&str]| {
        let (status, body) = server.get(path).await;
        assert_eq!(status, 200, "{path}: {body}");
        for key in keys {
            assert!(body.get(key).is_some(), "{path} has no {key}: {body}");
        }
        body
    };
    let health = check("/health", &["status", "version"]).await;
    assert_eq!(
        health,
        json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })
    );
    let healthz = check("/healthz", &["status", "version", "read_only", "checks"]).await;
    assert_eq!(healthz["checks"]["database"], "ok");
    check(
        "/healthz?full=true",
        &["status", "checks", "errors", "timestamp"],
    )
    .await;
    let live = check("/health/live", &["status", "timestamp"]).await;
    assert_eq!(live["status"], "alive");
    let ready = check(
        "/health/ready",
        &["status", "checks", "errors", "timestamp"],
    )
    .await;
    assert_eq!(ready["checks"]["vectors"], "ok");
}

#[tokio::test]
async fn the_measures_have_the_names_that_dashboards_know() {
    let server = Server::start();
    let document = server.add("orvane.md", LIGHTHOUSE).await;
    server
        .send(
            "POST",
            "/api/v1/ask",
            &json!({ "question": "Who built it?" }),
        )
        .await;
    server.get("/made-up").await;
    let reply = server.request("GET", "/metrics").send().await.unwrap();
    assert!(
        reply.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/plain")
    );
    let text = reply.text().await.unwrap();
    for name in [
        "http_requests_total{method=\"GET\",endpoint=\"/api/v1/documents/{document}\",status=\"200\"}",
        "http_requests_total{method=\"GET\",endpoint=\"unmatched\",status=\"404\"}",
        "http_request_duration_seconds_bucket",
        "llm_query_duration_seconds_bucket",
        "cache_hit_rate",
        "database_connections_active",
    ] {
        assert!(text.contains(name), "{name} is missing in {text}");
    }
    let id = document["id"].as_str().unwrap();
    assert!(!text.contains(id), "a label holds an id");
    let closed = Server::start_with(&[("ALEXANDRIA_METRICS_LOOPBACK", "false")]);
    assert_eq!(closed.get("/metrics").await.0, 403);
}

#[tokio::test]
async fn logs_are_json_with_the_requests_id_and_files_when_wanted() {
    let mut server = Server::start_with(&[("LOG_FILES", "true"), ("LOG_LEVEL", "debug")]);
    let request = server.request("GET", "/api/v1/search?query=secretwords");
    request
        .header("x-request-id", "trace-7")
        .send()
        .await
        .unwrap();
    assert!(server.stop().success());
    let read = |name: &str| std::fs::read_to_string(server.home.path().join(name)).unwrap();
    let (output, log) = (read("server.log"), read("logs/alexandria.log"));
    let performance = read("logs/performance.log");
    for line in output.lines().chain(log.lines()).chain(performance.lines()) {
        let parsed: Result<serde_json::Value, _> = serde_json::from_str(line);
        assert!(parsed.is_ok(), "{line}");
        assert!(
            !line.contains("secretwords"),
            "a log holds a question: {line}"
        );
    }
    let line = performance
        .lines()
        .find(|line| line.contains("trace-7"))
        .unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["route"], "/api/v1/search");
    assert_eq!(line["status"], 200);
    assert!(line["latency_ms"].as_f64().unwrap() > 0.0);
    assert!(log.contains("trace-7"));
    assert!(
        !server
            .home
            .path()
            .join("data/server.json")
            .try_exists()
            .unwrap(),
        "the presence stays behind"
    );
}

#[test]
fn a_server_that_cannot_start_says_why_and_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let check = |arguments: &[&str], environment: &[(&str, &str)], expected: &str| {
        let mut line = vec!["serve"];
        line.extend_from_slice(arguments);
        if !arguments.contains(&"--port") {
            line.extend(["--port", "0"]);
        }
        let output = program(home.path(), &line, environment).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(expected), "{said}");
    };
    check(&["--port", &port], &[], "is in use by another program");
    check(
        &["--host", "0.0.0.0"],
        &[("DEBUG", "true")],
        "refuses to listen on 0.0.0.0",
    );
    check(&["--host", "0.0.0.0"], &[], "refuses to listen on 0.0.0.0");
    check(&[], &[("PROD", "1")], "SECRET_KEY");
    check(&[], &[("PROD", "1"), ("DEBUG", "true")], "DEBUG");
    check(&["--role", "both"], &[], "one of: all, api, worker");
}

#[tokio::test]
async fn the_installation_says_its_name_and_where_it_stands() {
    let environment = [("APP_NAME", "Reading <Room>"), ("STAGING", "true")];
    let server = Server::start_with(&environment);
    let (_, status) = server.get("/api/v1/status").await;
    assert_eq!(status["name"], "Reading <Room>");
    assert_eq!(status["environment"], "staging");
    let (_, api) = server.get("/openapi.json").await;
    assert_eq!(api["info"]["title"], "Reading <Room>");
    for (path, title) in [
        ("/plain", "<title>Reading &lt;Room&gt;</title>"),
        ("/plain", "<h1>Reading &lt;Room&gt;</h1>"),
        ("/docs", "<title>Reading &lt;Room&gt; API</title>"),
        ("/redoc", "<title>Reading &lt;Room&gt; API</title>"),
    ] {
        let page = server.request("GET", path).send().await.unwrap();
        assert!(page.text().await.unwrap().contains(title), "{path}");
    }
    let log = std::fs::read_to_string(server.home.path().join("server.log")).unwrap();
    let listening = log.lines().find(|line| line.contains("\"listening\""));
    let listening: serde_json::Value = serde_json::from_str(listening.unwrap()).unwrap();
    assert_eq!(listening["environment"], "staging");
    assert_eq!(listening["name"], "Reading <Room>");

    let server = Server::start();
    let (_, status) = server.get("/api/v1/status").await;
    assert_eq!(status["name"], "Alexandria");
    assert_eq!(status["environment"], "local");
}

#[tokio::test]
async fn an_empty_library_is_filled_from_its_seed_once() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("handbook")).unwrap();
    std::fs::write(home.path().join("handbook/orvane.md"), LIGHTHOUSE).unwrap();
    let mut child = program(
        home.path(),
        &[
            "--data", "data", "serve", "--port", "0", "--seed", "handbook",
        ],
        &[],
    )
    .stdout(std::process::Stdio::null())
    .spawn()
    .unwrap();
    let begun = std::time::Instant::now();
    let found = loop {
        let output = run(
            home.path(),
            &["--data", "data", "--json", "search", "parrot"],
        );
        if output.status.success() {
            break true;
        }
        if begun.elapsed() > super::support::PATIENCE {
            break false;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(found, "the seed was not found by {PROGRAM}");
}
