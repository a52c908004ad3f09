//! Web addresses, on the command line and through the API: what is fetched, what is refused, and
//! what is said when a site does not do what it should.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;

use serde_json::{Value, json};

use super::support::{LIGHTHOUSE, Server, json_of, program, read, run};

/// A library that may fetch from this machine.
const PRIVATE: (&str, &str) = ("ALEXANDRIA_WEB_PRIVATE_ADDRESSES", "true");

/// The most bytes that are taken in these tests.
const SMALL: (&str, &str) = ("ALEXANDRIA_UPLOAD_BYTES_MAX", "2000");

/// A web site of a few pages; it ends with the test.
fn site() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            serve(stream);
        }
    });
    address
}

fn serve(mut stream: TcpStream) {
    let mut head = [0_u8; 4096];
    let length = stream.read(&mut head).unwrap_or_default();
    let head = String::from_utf8_lossy(&head[..length]).into_owned();
    let path = head.split_whitespace().nth(1).unwrap_or("/").to_owned();
    let page = |kind: &str, body: &str| {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: \
             close\r\n\r\n{body}",
            body.len()
        )
    };
    let moved = |to: &str| {
        format!(
            "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: \
             close\r\n\r\n"
        )
    };
    let reply = match path.as_str() {
        "/orvane.html" => page(
            "text/html; charset=utf-8",
            "<html><head><title>Orvane</title></head><body><p>The lighthouse of Orvane was built \
             in 1743 by the engineer Tilda Marrow.</p></body></html>",
        ),
        "/orvane" => page("text/markdown", LIGHTHOUSE),
        "/moved" => moved("/orvane.html"),
        "/circle" => moved("/circle"),
        "/to-file" => moved("file:///etc/passwd"),
        "/large" => page("text/plain", &"many words ".repeat(1000)),
        // More than any limit, without saying how much.
        "/endless" => format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n{}",
            "many words ".repeat(1000)
        ),
        "/broken" => {
            "HTTP/1.1 200 OK\r\nContent-Length: 900\r\nConnection: close\r\n\r\nshort".to_owned()
        }
        "/gone" => {
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()
        }
        _ => "no web server".to_owned(),
    };
    stream.write_all(reply.as_bytes()).ok();
}

async fn add(server: &Server, body: &Value, key: Option<&str>) -> (u16, Value) {
    let mut request = server
        .request("POST", "/api/v1/documents")
        .header("content-type", "application/json")
        .body(body.to_string());
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    read(request).await
}

#[tokio::test]
async fn a_web_address_is_put_in_through_the_api() {
    let site = site();
    let server = Server::start_with(&[PRIVATE]);
    let body = json!({ "url": format!("{site}/moved"), "collection": "Coast", "tags": ["sea"],
        "category": "places" });
    let first = add(&server, &body, Some("one")).await;
    assert_eq!(first.0, 202, "{}", first.1);
    let added = &first.1["documents"][0];
    assert!(added["job_id"].is_string(), "{added}");
    let document = server
        .wait_for(added["document"]["id"].as_str().unwrap())
        .await;
    assert_eq!(document["title"], "Orvane", "{document}");
    assert_eq!(document["collection"], "Coast");
    assert_eq!(document["tags"], json!(["sea"]));
    assert_eq!(document["format"], "html");

    assert_eq!(add(&server, &body, Some("one")).await, first);
    let other = json!({ "url": format!("{site}/orvane") });
    assert_eq!(add(&server, &other, Some("one")).await.0, 409);
    let (status, again) = add(&server, &body, None).await;
    assert_eq!(
        (status, &again["documents"][0]["duplicate"]),
        (202, &json!(true))
    );
}

#[tokio::test]
async fn what_a_site_does_wrong_is_told_with_the_right_status() {
    let site = site();
    let server = Server::start_with(&[PRIVATE, SMALL]);
    let check = async |url: &str, status: u16, expected: &str| {
        let (found, problem) = add(&server, &json!({ "url": url }), None).await;
        assert_eq!(found, status, "{url}: {problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(expected), "{url}: {detail}");
    };
    check(&format!("{site}/circle"), 422, "circles").await;
    check(&format!("{site}/to-file"), 422, "only http and https").await;
    check(&format!("{site}/large"), 413, "larger than 2000 bytes").await;
    check(&format!("{site}/endless"), 413, "larger than 2000 bytes").await;
    check(&format!("{site}/broken"), 503, "broke off").await;
    check(&format!("{site}/gone"), 422, "404").await;
    check(&format!("{site}/other"), 503, "cannot fetch").await;
    check("http://127.0.0.1:1/", 503, "cannot be reached").await;
    check("ftp://127.0.0.1/a", 422, "only http and https").await;
    check("no address", 422, "is not a web address").await;
    check(&site.replace("//", "//reader:secret@"), 422, "password").await;
    // Speaking of encryption to a site that knows none is a site that cannot be reached.
    check(&site.replace("http:", "https:"), 503, "cannot be reached").await;
    let (_, listed) = server.get("/api/v1/documents").await;
    assert_eq!(listed["items"], json!([]), "a part was kept");
    let (status, problem) = add(&server, &json!({ "url": site, "colour": "red" }), None).await;
    assert_eq!(status, 422, "{problem}");
}

#[tokio::test]
async fn private_addresses_are_refused_however_they_are_written() {
    let site = site();
    let server = Server::start();
    let port = site.rsplit(':').next().unwrap();
    for host in ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433"] {
        let url = format!("http://{host}:{port}/orvane");
        let (status, problem) = add(&server, &json!({ "url": url }), None).await;
        assert_eq!(status, 403, "{url}: {problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("private network"), "{url}: {detail}");
    }
}

#[test]
fn the_command_line_fetches_within_the_same_fences() {
    let site = site();
    let home = tempfile::tempdir().unwrap();
    let check = |path: &str, code: i32, expected: &str| {
        let address = format!("{site}{path}");
        let line = ["--json", "add", &address];
        let output = program(home.path(), &line, &[PRIVATE, SMALL])
            .output()
            .unwrap();
        let told = json_of(&output);
        assert_eq!(output.status.code(), Some(code), "{path}: {told}");
        assert!(told.to_string().contains(expected), "{path}: {told}");
    };
    check("/orvane.html", 0, "Orvane");
    check("/endless", 1, "larger than 2000 bytes");
    check("/broken", 1, "broke off");
    check("/circle", 1, "circles");
    check("/gone", 1, "404");
}

#[test]
fn adding_can_be_stopped_and_says_what_becomes_of_what_is_stored() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/never", listener.local_addr().unwrap());
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("orvane.md"), LIGHTHOUSE).unwrap();
    let child = program(home.path(), &["add", "orvane.md", &address], &[PRIVATE])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The site takes the request and never answers.
    let (mut stream, _peer) = listener.accept().unwrap();
    let mut head = [0_u8; 1024];
    assert!(stream.read(&mut head).unwrap() > 0);
    let pid = rustix::process::Pid::from_raw(child.id().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("stopped: what is stored stays"), "{said}");
    let listed = json_of(&run(home.path(), &["--json", "list"]));
    assert_eq!(listed[0]["name"], "orvane.md", "{listed}");
}
