//! The audit log and the security events through the doors.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::support::{LIGHTHOUSE, Server, form, json_of, python, read, run, text_of};

/// What changes nothing, by the names of the description: it is asked with a method that could.
const QUESTIONS: [&str; 8] = [
    "answers_verify",
    "ask",
    "openai_chat_completions",
    "openai_embeddings",
    "openai_responses",
    "openai_vector_stores_search",
    "query",
    "search",
];

/// What is open to all, who show in the body who they are.
const OPEN: [&str; 3] = ["invitation_accept", "refresh", "sign_in"];

/// An id that nothing has.
const NOTHING: &str = "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69";

/// The newest entries of the log.
async fn newest(server: &Server, query: &str) -> Vec<Value> {
    let (status, page) = server.get(&format!("/api/v1/audit?limit=200{query}")).await;
    assert_eq!(status, 200, "{page}");
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_operation_that_changes_something_leaves_an_entry() {
    let server = Server::start();
    let (_, description) = server.get("/openapi.json").await;
    let mut asked = Vec::new();
    let mut questions = Vec::new();
    for (template, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if !["post", "put", "patch", "delete"].contains(&method.as_str()) {
                continue;
            }
            let action = operation["operationId"].as_str().unwrap().to_owned();
            if QUESTIONS.contains(&action.as_str()) {
                questions.push(action);
                continue;
            }
            let mut path = template.clone();
            while let Some((before, rest)) = path.split_once('{') {
                let after = rest.split_once('}').unwrap().1;
                path = format!("{before}{NOTHING}{after}");
            }
            let request = format!("walk-{template}-{method}").replace(['/', '{', '}'], ".");
            let sent = server
                .request(&method.to_uppercase(), &path)
                .header("x-request-id", &request)
                .header("content-type", "application/json")
                .body("{}");
            let (status, _) = read(sent).await;
            // Who sends these is known when they succeed.
            if OPEN.contains(&action.as_str()) && status >= 400 {
                continue;
            }
            assert!(status < 500, "{action}: {status}");
            asked.push((action, request, status, template.contains('{')));
        }
    }
    assert_eq!(questions.len(), QUESTIONS.len(), "{questions:?}");
    assert!(asked.len() >= 25, "only {} operations", asked.len());
    let entries = newest(&server, "").await;
    for (action, request, status, has_target) in &asked {
        let found: Vec<&Value> = entries
            .iter()
            .filter(|entry| entry["request"] == **request)
            .collect();
        assert_eq!(found.len(), 1, "{action} left {} entries", found.len());
        let entry = found[0];
        assert_eq!(entry["action"], **action, "{entry}");
        assert_eq!(entry["actor"], "owner");
        assert_eq!(entry["address"], "127.0.0.1");
        // The other dialects have another number for what does not fit.
        if !action.starts_with("openai_") && !action.starts_with("scim_") {
            assert_eq!(entry["details"]["status"], status.to_string());
        }
        let outcome = match *status {
            0..=399 => "done",
            401 | 403 | 429 => "refused",
            _ => "failed",
        };
        assert_eq!(entry["outcome"], outcome, "{entry}");
        if *has_target {
            assert_eq!(entry["target"]["id"], NOTHING, "{entry}");
        }
    }
    let body = json!({ "question": "Who?" });
    let (status, _) = server.send("POST", "/api/v1/ask", &body).await;
    assert_eq!(status, 200);
    let after = newest(&server, "").await;
    assert_eq!(after.len(), entries.len(), "a question leaves no entry");
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn what_was_done_is_told_to_auditors_and_a_change_of_the_log_is_found() {
    let mut server = Server::start();
    let document = server.add("orvane.md", LIGHTHOUSE).await;
    let id = document["id"].as_str().unwrap().to_owned();
    let files = [
        ("a.md", b"Another.".as_slice()),
        ("b.md", b"A third.".as_slice()),
    ];
    let (kind, body) = form(&files, &[]);
    let request = server
        .request("POST", "/api/v1/documents")
        .header("content-type", kind)
        .header("x-request-id", "from-outside");
    assert_eq!(read(request.body(body)).await.0, 202);
    let original = format!("/api/v1/documents/{id}/original");
    assert_eq!(read(server.request("GET", &original)).await.0, 200);
    let (status, _) = read(server.request("DELETE", "/api/v1/personas/the%20red%20book")).await;
    assert!((400..500).contains(&status), "{status}");
    let home = server.home.path().to_owned();
    let removed = run(&home, &["--data", "data", "remove", &id, "--yes"]);
    assert!(removed.status.success(), "{removed:?}");
    let entries = newest(&server, "").await;
    let told: Vec<(&str, &str, &str)> = entries
        .iter()
        .rev()
        .map(|entry| {
            let target = entry["target"]["id"].as_str().unwrap_or_default();
            let kind = entry["target"]["kind"].as_str().unwrap_or_default();
            (entry["action"].as_str().unwrap(), kind, target)
        })
        .collect();
    assert_eq!(
        told[0],
        ("documents_add", "document", id.as_str()),
        "{told:?}"
    );
    assert_eq!(
        told[1].0, told[2].0,
        "two files of one form are two entries"
    );
    assert_ne!(told[1].2, told[2].2, "{told:?}");
    assert_eq!(told[3], ("documents_original", "document", id.as_str()));
    assert_eq!((told[4].0, told[4].1), ("personas_remove", "persona"));
    assert_eq!(told[5], ("documents_remove", "document", id.as_str()));
    assert_eq!(entries[3]["request"], "from-outside");
    assert_eq!(entries[4]["request"], "from-outside");
    let whole = json!(entries).to_string();
    for secret in ["red", "orvane", "Another", "lighthouse"] {
        assert!(!whole.contains(secret), "{secret} stands in {whole}");
    }
    let verify = |arguments: &[&str]| {
        let all = [&["--data", "data", "--json", "audit", "verify"], arguments].concat();
        let output = run(&home, &all);
        (output.status.code(), json_of(&output))
    };
    let (code, verdict) = verify(&[]);
    assert_eq!(
        (code, &verdict["holds"]),
        (Some(0), &json!(true)),
        "{verdict}"
    );
    assert_eq!(verdict["entries"], 6);
    let kept = verdict["head"].as_str().unwrap().to_owned();
    assert_eq!(verify(&["--kept", &kept]).0, Some(0));
    let line = run(
        &home,
        &[
            "--data",
            "data",
            "audit",
            "list",
            "--action",
            "documents_remove",
        ],
    );
    assert!(text_of(&line).contains(&id), "{}", text_of(&line));
    // The same without a server, in the directory itself, and there somebody changes the file.
    server.stop();
    assert_eq!(verify(&["--kept", &kept]).0, Some(0), "without a server");
    let file = home.join("data/catalog.sqlite");
    let change = |sql: &str| tamper(&file, sql);
    change("UPDATE audit_log SET actor = 'user:nobody' WHERE sequence = 4");
    let (code, verdict) = verify(&[]);
    assert_eq!(code, Some(1));
    assert_eq!(verdict["broken"]["sequence"], 4, "{verdict}");
    assert_eq!(verdict["broken"]["fault"], "changed");
    assert_eq!(verdict["entries"], 3);
    let output = run(&home, &["--data", "data", "audit", "verify"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text_of(&output).contains("entry 4 has been changed"),
        "{output:?}"
    );
    change("UPDATE audit_log SET actor = 'owner' WHERE sequence = 4");
    assert_eq!(verify(&[]).0, Some(0), "as it was");
    change("DELETE FROM audit_log WHERE sequence = 6");
    let (code, verdict) = verify(&[]);
    assert_eq!(
        (code, &verdict["broken"]["fault"]),
        (Some(1), &json!("cut_off"))
    );
    // Whoever cuts the head as well is found by what was kept elsewhere.
    change(
        "UPDATE audit_heads SET sequence = 5, \
         hash = (SELECT hash FROM audit_log WHERE sequence = 5)",
    );
    assert_eq!(verify(&[]).0, Some(0));
    let (code, verdict) = verify(&["--kept", &kept]);
    assert_eq!(code, Some(1), "{verdict}");
    assert_eq!(verdict["broken"]["sequence"], 6);
    change("DELETE FROM audit_log WHERE sequence = 1");
    let (code, verdict) = verify(&[]);
    assert_eq!(code, Some(1));
    assert_eq!(verdict["broken"]["fault"], "missing");
}

/// Changes the database behind the program's back, as somebody with the file in hand could.
fn tamper(file: &Path, sql: &str) {
    let script = "import sqlite3, sys\n\
        db = sqlite3.connect(sys.argv[1])\n\
        named = db.execute(\"SELECT name, sql FROM sqlite_master WHERE type = 'trigger'\").fetchall()\n\
        for name, _ in named: db.execute(f'DROP TRIGGER {name}')\n\
        db.execute(sys.argv[2])\n\
        for _, made in named: db.execute(made)\n\
        db.commit()\n";
    python(script, &[file.to_str().unwrap(), sql]);
}

#[tokio::test]
async fn an_exported_log_is_verified_by_the_script_of_the_handbook() {
    let server = Server::start();
    for name in ["one", "two", "drei"] {
        let body = json!({ "name": name });
        let (status, made) = server.send("POST", "/api/v1/collections", &body).await;
        assert_eq!(status, 201, "{made}");
    }
    let home = server.home.path();
    let export = |arguments: &[&str]| {
        let all = [&["--data", "data", "audit", "export"], arguments].concat();
        let output = run(home, &all);
        assert!(output.status.success(), "{output:?}");
        text_of(&output)
    };
    let written = export(&["--to", "audit.jsonl"]);
    assert!(written.contains("written to audit.jsonl"), "{written}");
    let handbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/audit.md");
    let handbook = std::fs::read_to_string(handbook).unwrap();
    let script = handbook.split_once("```python\n").unwrap().1;
    let script = script.split_once("```").unwrap().0;
    let file = home.join("audit.jsonl");
    let file = file.to_str().unwrap();
    let (_, verdict) = server.get("/api/v1/audit/verify").await;
    let lines = std::fs::read_to_string(file).unwrap();
    // The verdict's own head is an export later.
    let found = python(script, &[file]);
    let count = lines.lines().count();
    assert!(found.contains(&format!("{count} entries hold")), "{found}");
    assert!(
        verdict["head"].as_str().unwrap().starts_with("4:"),
        "{verdict}"
    );
    let changed = lines.replacen("\"owner\"", "\"other\"", 1);
    std::fs::write(home.join("changed.jsonl"), changed).unwrap();
    let output = Command::new("python3")
        .args(["-c", script, home.join("changed.jsonl").to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let cef = export(&["--format", "cef", "--action", "collections_create"]);
    assert_eq!(cef.lines().count(), 3, "{cef}");
    for line in cef.lines() {
        assert!(line.starts_with("CEF:0|Alexandria|Alexandria|"), "{line}");
        assert!(line.contains(" act=collections_create outcome=done suser=owner "));
    }
}

#[tokio::test]
async fn many_originals_in_a_short_time_raise_one_event_that_is_sent_signed() {
    let secret = "0123456789abcdef0123456789abcdef";
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/events", receiver.local_addr().unwrap());
    let received = std::thread::spawn(move || {
        // The first time it does not want to: the event is sent again.
        let mut requests = Vec::new();
        for reply in ["503 Service Unavailable", "204 No Content"] {
            let (mut stream, _) = receiver.accept().unwrap();
            requests.push(whole_request(&mut stream));
            let reply =
                format!("HTTP/1.1 {reply}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(reply.as_bytes()).unwrap();
        }
        requests.pop().unwrap()
    });
    let server = Server::start_with(&[
        ("ALEXANDRIA_SECURITY_WEBHOOK_URL", url.as_str()),
        ("ALEXANDRIA_SECURITY_WEBHOOK_SECRET", secret),
    ]);
    let document = server.add("orvane.md", LIGHTHOUSE).await;
    let original = format!(
        "/api/v1/documents/{}/original",
        document["id"].as_str().unwrap()
    );
    for _ in 0..99 {
        assert_eq!(read(server.request("GET", &original)).await.0, 200);
    }
    let events = "/api/v1/security-events?kind=mass_export";
    let (_, page) = server.get(events).await;
    assert_eq!(page["items"], json!([]), "below the threshold");
    for _ in 0..20 {
        assert_eq!(read(server.request("GET", &original)).await.0, 200);
    }
    let (_, page) = server.get(events).await;
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "once in a window: {page}");
    assert_eq!(items[0]["subject"], "owner");
    assert_eq!(items[0]["severity"], "high");
    let (head, body) = received.join().unwrap();
    let sent: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(&sent, &items[0]);
    let header = |name: &str| {
        let line = head.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_once(": ").unwrap().1.to_owned()
    };
    let script = "import hashlib, hmac, sys\n\
        print('sha256=' + hmac.new(sys.argv[1].encode(), sys.argv[2].encode(), hashlib.sha256).hexdigest())";
    let signed = format!("{}.{body}", header("x-alexandria-timestamp"));
    let due = python(script, &[secret, &signed]);
    assert_eq!(header("x-alexandria-signature"), due.trim());
    let metrics = server.request("GET", "/metrics").send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    let counted = "alexandria_security_events_total{kind=\"mass_export\"} 1";
    assert!(metrics.contains(counted), "{metrics}");
    let log = std::fs::read_to_string(server.home.path().join("server.log")).unwrap();
    let line = log.lines().find(|line| line.contains("\"mass_export\""));
    let line: Value = serde_json::from_str(line.unwrap()).unwrap();
    assert_eq!(line["target"], "security");
    assert_eq!(line["request_id"], items[0]["request"]);
    let listed = run(server.home.path(), &["--data", "data", "audit", "events"]);
    assert!(text_of(&listed).contains("mass_export"), "{listed:?}");
}

/// The head and the body of a request.
fn whole_request(stream: &mut std::net::TcpStream) -> (String, String) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        let count = stream.read(&mut buffer).unwrap();
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8(bytes.clone()).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        if body.len() >= length {
            return (head.to_owned(), body.to_owned());
        }
    }
}

#[tokio::test]
async fn a_change_that_is_given_up_is_written_down_as_interrupted() {
    let server = Server::start();
    let address = server.address.strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    // A form that never ends, from somebody who goes away.
    let request = "POST /api/v1/documents HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\
                   x-request-id: gone\r\ncontent-type: multipart/form-data; boundary=BOUND\r\n\r\n\
                   --BOUND\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nA";
    stream.write_all(request.as_bytes()).unwrap();
    stream.flush().unwrap();
    let begun = Instant::now();
    loop {
        let metrics = server.request("GET", "/metrics").send().await.unwrap();
        // The one that asks, and the one that will go away.
        if metrics
            .text()
            .await
            .unwrap()
            .contains("\nhttp_requests_active 2\n")
        {
            break;
        }
        assert!(begun.elapsed() < super::support::PATIENCE, "not begun");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(stream);
    loop {
        let entries = newest(&server, "&action=documents_add").await;
        if let Some(entry) = entries.first() {
            assert_eq!(entry["request"], "gone");
            let outcome = entry["outcome"].as_str().unwrap();
            assert!(["interrupted", "failed"].contains(&outcome), "{entry}");
            break;
        }
        assert!(begun.elapsed() < super::support::PATIENCE, "no entry");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_the_log_does_not_know_is_refused() {
    let server = Server::start();
    for (path, status) in [
        ("/api/v1/audit?cursor=x", 422),
        ("/api/v1/audit?limit=0", 422),
        ("/api/v1/audit?since=yesterday", 422),
        ("/api/v1/audit?other=1", 422),
        ("/api/v1/audit/verify?kept=1", 422),
        ("/api/v1/audit/verify?kept=x:00", 422),
        ("/api/v1/audit/export?format=xml", 422),
        ("/api/v1/security-events?kind=other", 422),
        ("/api/v1/security-events?cursor=x", 422),
    ] {
        let (found, problem) = server.get(path).await;
        assert_eq!(found, status, "{path}: {problem}");
    }
}

#[tokio::test]
async fn what_a_job_logs_carries_the_id_of_the_request_that_made_it() {
    let server = Server::start();
    let (kind, body) = form(
        &[("broken.pdf", b"%PDF-1.7 and nothing more".as_slice())],
        &[],
    );
    let request = server
        .request("POST", "/api/v1/documents")
        .header("content-type", kind)
        .header("x-request-id", "the-upload");
    let (status, added) = read(request.body(body)).await;
    assert_eq!(status, 202, "{added}");
    let id = added["documents"][0]["document"]["id"].as_str().unwrap();
    assert_eq!(server.wait_for(id).await["state"], "failed");
    let log = std::fs::read_to_string(server.home.path().join("server.log")).unwrap();
    let of_job = log.lines().filter(|line| {
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        line["span"]["name"] == "job" && line["span"]["request_id"] == "the-upload"
    });
    assert!(of_job.count() >= 1, "{log}");
}
