//! Background work that people try again or stop.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::support::{LIGHTHOUSE, PATIENCE, Server, python};

/// The longest time after which a worker has left a job that was cancelled; on an idle machine it is one second.
const NOTICED_WITHIN: Duration = Duration::from_secs(8);

/// The job that reads a document.
async fn job_of(server: &Server, document: &str) -> Value {
    let path = format!("/api/v1/jobs?document={document}&kind=index_document");
    let (status, page) = server.get(&path).await;
    assert_eq!(status, 200, "{page}");
    page["items"][0].clone()
}

async fn post(server: &Server, job: &Value, what: &str) -> (u16, Value) {
    let path = format!("/api/v1/jobs/{}/{what}", job["id"].as_str().unwrap());
    server.send("POST", &path, &json!({})).await
}

/// Makes of a job and its document what a worker that gives up makes of them.
fn give_up(server: &Server, document: &str) {
    let catalog = server.home.path().join("data/catalog.sqlite");
    let script = "import sqlite3, sys, uuid\n\
        db = sqlite3.connect(sys.argv[1], timeout=30)\n\
        id = uuid.UUID(sys.argv[2]).bytes\n\
        db.execute(\"UPDATE jobs SET state = 'failed', attempts = 25, last_error = 'the disk is full' \"\n\
        \x20   \"WHERE document_id = ?\", (id,))\n\
        db.execute(\"UPDATE documents SET state = 'failed', version_id = NULL WHERE id = ?\", (id,))\n\
        db.commit()";
    python(script, &[catalog.to_str().unwrap(), document]);
}

#[tokio::test]
async fn a_job_that_has_failed_is_tried_again() {
    let server = Server::start();
    let document = server.add("orvane.md", LIGHTHOUSE).await;
    let id = document["id"].as_str().unwrap();
    let mut job = job_of(&server, id).await;
    while job["state"] != "done" {
        job = job_of(&server, id).await;
    }
    let (status, told) = post(&server, &job, "retry").await;
    assert_eq!(status, 409, "{told}");
    assert!(told["detail"].as_str().unwrap().contains("done"), "{told}");
    assert_eq!(post(&server, &job, "cancel").await.0, 409);
    give_up(&server, id);
    let (status, again) = post(&server, &job, "retry").await;
    assert_eq!(status, 200, "{again}");
    assert_eq!(
        (&again["attempts"], &again["error"]),
        (&json!(0), &json!(null))
    );
    let read = server.wait_until(id, &["searchable", "ready"]).await;
    assert_eq!(read["faults"], json!([]), "{read}");
}

#[tokio::test]
async fn a_job_that_waits_is_cancelled_and_its_document_says_so() {
    // Nobody works here, so that the job waits.
    let server = Server::start_with(&[("ALEXANDRIA_ROLE", "api")]);
    let (status, added) = server
        .upload(&[("orvane.md", LIGHTHOUSE.as_bytes())], &[])
        .await;
    assert_eq!(status, 202, "{added}");
    let id = added["documents"][0]["document"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let job = job_of(&server, &id).await;
    assert_eq!(post(&server, &job, "retry").await.0, 409, "it waits");
    let (status, cancelled) = post(&server, &job, "cancel").await;
    assert_eq!(status, 200, "{cancelled}");
    assert_eq!(cancelled["state"], "cancelled");
    assert!(!cancelled["finished"].is_null());
    let (_, document) = server.get(&format!("/api/v1/documents/{id}")).await;
    assert_eq!(document["state"], "failed");
    let fault = &document["faults"][0];
    assert_eq!(fault["kind"], "cancelled", "{fault}");
    let remedy = fault["message"].as_str().unwrap();
    assert!(remedy.contains("read it again"), "{remedy}");
    let (status, told) = post(&server, &job, "cancel").await;
    assert_eq!(status, 409, "{told}");
    let (status, again) = post(&server, &job, "retry").await;
    assert_eq!((status, &again["state"]), (200, &json!("waiting")));
    let (_, document) = server.get(&format!("/api/v1/documents/{id}")).await;
    assert_eq!(
        (&document["state"], &document["faults"]),
        (&json!("queued"), &json!([]))
    );
    // What clears away what was removed is not stopped.
    let path = format!("/api/v1/documents/{id}");
    assert_eq!(server.send("DELETE", &path, &json!(null)).await.0, 204);
    let (_, page) = server.get("/api/v1/jobs?kind=purge_document").await;
    let (status, told) = post(&server, &page["items"][0], "cancel").await;
    assert_eq!(status, 409, "{told}");
    let unknown = json!({ "id": "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69" });
    for what in ["retry", "cancel"] {
        assert_eq!(post(&server, &unknown, what).await.0, 404);
    }
}

/// A provider of embeddings that takes every request and never answers.
async fn silent() -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    (address, serving)
}

#[tokio::test]
async fn a_worker_leaves_a_running_job_soon_after_it_was_cancelled() {
    let (address, _serving) = silent().await;
    let server = Server::start_with(&[
        ("ALEXANDRIA_EMBEDDER", "compatible"),
        ("ALEXANDRIA_EMBEDDER_NAME", "silent"),
        ("ALEXANDRIA_EMBEDDER_DIMENSIONS", "8"),
        ("OPENAI_URL", &address),
        ("ALEXANDRIA_WORKERS", "1"),
    ]);
    let (status, added) = server
        .upload(&[("orvane.md", LIGHTHOUSE.as_bytes())], &[])
        .await;
    assert_eq!(status, 202, "{added}");
    let begun = Instant::now();
    let job = loop {
        let (_, page) = server
            .get("/api/v1/jobs?kind=embed_document&state=running")
            .await;
        if page["items"][0]["id"].is_string() {
            break page["items"][0].clone();
        }
        assert!(begun.elapsed() < PATIENCE, "{page}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    // Its progress is told by now, and nothing more happens to it.
    tokio::time::sleep(Duration::from_secs(1)).await;
    // The only worker reads this when it has left the other.
    let next = server.upload(&[("mill.md", b"The mill grinds rye.")], &[]);
    let (_, added) = next.await;
    let id = added["documents"][0]["document"]["id"].as_str().unwrap();
    let cancelled = Instant::now();
    assert_eq!(post(&server, &job, "cancel").await.0, 200);
    server.wait_until(id, &["searchable"]).await;
    assert!(
        cancelled.elapsed() < NOTICED_WITHIN,
        "{:?}",
        cancelled.elapsed()
    );
}
