//! Money through the API and the command line: budgets, bills, alerts by webhook and mail, export.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinSet;

use super::access::{Caller, join, tenant, with_accounts};
use super::support::{Server, json_of, run, text_of, whole_request};

/// Longer than an alert takes: it is looked for every five seconds.
const ALERT_WAIT: std::time::Duration = std::time::Duration::from_secs(40);

#[tokio::test]
async fn budgets_hold_by_default_and_are_set_and_removed() {
    let server = Server::start();
    let (status, all) = server.get("/api/v1/budgets").await;
    assert_eq!(status, 200, "{all}");
    let names = |all: &Value| -> Vec<String> {
        let items = all["items"].as_array().unwrap().iter();
        let name = |one: &Value| format!("{}:{} {}", one["kind"], one["subject"], one["max_usd"]);
        items.map(name).collect()
    };
    let expected = [
        "\"tenant\":\"all\" 500.0",
        "\"component\":\"api\" null",
        "\"component\":\"database\" 200.0",
        "\"component\":\"web\" 50.0",
    ];
    assert_eq!(names(&all), expected);
    let path = "/api/v1/budgets/feature/answer";
    let budget = json!({ "max_usd": 20, "alert_usd": 15.5 });
    let (status, set) = server.send("PUT", path, &budget).await;
    assert_eq!((status, &set["alert_usd"]), (200, &json!(15.5)), "{set}");
    assert_eq!(set["is_set"], true);
    for (path, body) in [
        (path, json!({ "max_usd": 1, "alert_usd": 2 })),
        (path, json!({ "max_usd": -1 })),
        (path, json!({ "max_usd": 1e300 })),
        ("/api/v1/budgets/feature/answers", json!({ "max_usd": 1 })),
        ("/api/v1/budgets/nation/x", json!({ "max_usd": 1 })),
    ] {
        let (status, refused) = server.send("PUT", path, &body).await;
        assert!(matches!(status, 400 | 422), "{path} {body}: {refused}");
    }
    assert_eq!(server.send("DELETE", path, &json!({})).await.0, 204);
    assert_eq!(server.send("DELETE", path, &json!({})).await.0, 404);
}

#[tokio::test]
async fn budgets_are_for_those_who_may_and_end_at_the_tenant() {
    let (server, token) = with_accounts().await;
    let server = &server;
    let owner = Caller { server, token };
    let as_role = async |email: &str, role: &str| Caller {
        server,
        token: join(&owner, email, role).await,
    };
    let path = "/api/v1/budgets/component/generator";
    let budget = json!({ "max_usd": 7 });
    let reader = as_role("reader@example.org", "reader").await;
    assert_eq!(reader.send("PUT", path, &budget).await.0, 403);
    assert_eq!(reader.get("/api/v1/budgets").await.0, 403);
    let auditor = as_role("auditor@example.org", "auditor").await;
    assert_eq!(auditor.get("/api/v1/budgets").await.0, 200);
    assert_eq!(auditor.send("PUT", path, &budget).await.0, 403);
    let billing = as_role("billing@example.org", "billing").await;
    assert_eq!(billing.send("PUT", path, &budget).await.0, 200);

    let (_, token) = tenant(&owner, "Elsewhere", "eve@example.org").await;
    let eve = Caller { server, token };
    let foreign = eve.delete(path).await;
    let unknown = eve.delete("/api/v1/budgets/component/embedder").await;
    assert_eq!((foreign, unknown), (404, 404));
    let (_, all) = eve.get("/api/v1/budgets").await;
    assert!(!all.to_string().contains("generator"), "{all}");
}

#[tokio::test]
async fn a_bill_over_its_budget_is_told_by_webhook_and_mail_once() {
    let (hook, mut calls, mut hooks) = webhook().await;
    let (smtp, mut mails, mut posts) = mail_server().await;
    let home = tempfile::tempdir().unwrap();
    let server = Server::start_in(
        home,
        &[
            ("ALEXANDRIA_ALERTS_WEBHOOK_URL", &hook),
            (
                "ALEXANDRIA_ALERTS_WEBHOOK_SECRET",
                "a secret of at least 32 characters, as is asked",
            ),
            ("ALEXANDRIA_ALERTS_SMTP_URL", &smtp),
            (
                "ALEXANDRIA_ALERTS_MAIL_FROM",
                "Library <library@example.org>",
            ),
            (
                "ALEXANDRIA_ALERTS_MAIL_TO",
                "ada@example.org, bob@example.org",
            ),
        ],
    );
    bills(&server, &[49.5, 1.0, 1.0]).await;
    let call = tokio::time::timeout(ALERT_WAIT, calls.recv()).await;
    let call = call.unwrap().unwrap();
    let (head, body) = call.split_once("\r\n\r\n").unwrap();
    let told: Value = serde_json::from_str(body).unwrap();
    assert_eq!(told["about"], "budget-cap", "{told}");
    assert_eq!(told["details"]["spent_micros"], 50_500_000, "{told}");
    assert!(told["text"].as_str().unwrap().contains("$50.50"), "{told}");
    assert!(head.contains("x-alexandria-signature: sha256="), "{head}");
    let mail = tokio::time::timeout(ALERT_WAIT, mails.recv()).await;
    let mail = mail.unwrap().unwrap();
    for part in [
        "RCPT TO:<ada@example.org>",
        "RCPT TO:<bob@example.org>",
        "$50.50",
    ] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
    // The next that is told is about another component: nothing was told twice.
    let bill = json!({ "component": "database", "cost_usd": 250 });
    assert_eq!(server.send("POST", "/api/v1/bills", &bill).await.0, 201);
    for told in [&mut calls, &mut mails] {
        let next = tokio::time::timeout(ALERT_WAIT, told.recv()).await;
        let next = next.unwrap().unwrap();
        assert!(next.contains("the component database"), "{next}");
        assert!(told.try_recv().is_err(), "more was told than there was");
    }
    hooks.shutdown().await;
    posts.shutdown().await;
}

#[tokio::test]
async fn bills_are_exported_and_summed_by_component() {
    let server = Server::start();
    bills(&server, &[49.5, 1.0, 1.0]).await;
    let (status, csv) = text(&server, "/api/v1/usage/export").await;
    assert_eq!(status, 200);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 4, "{csv}");
    assert!(lines[0].starts_with("moment,tenant,actor"), "{csv}");
    assert!(
        lines[1].contains(",bill,web,bill,web,0,0,0,49.500000,false"),
        "{csv}"
    );
    let (_, focus) = text(&server, "/api/v1/usage/export?format=focus").await;
    let columns = focus.lines().next().unwrap().split(',').count();
    assert_eq!(columns, 29, "{focus}");
    assert!(
        focus.lines().nth(1).unwrap().starts_with("49.500000,"),
        "{focus}"
    );
    let (_, empty) = text(&server, "/api/v1/usage/export?month=2020-02").await;
    assert_eq!(empty.lines().count(), 1, "{empty}");
    let (status, odd) = text(&server, "/api/v1/usage/export?month=2020-13").await;
    assert_eq!(status, 422, "{odd}");
    let (_, by) = server.get("/api/v1/usage?by=component").await;
    assert_eq!(by["by"][0]["cost_usd"], 51.5, "{by}");
    let (_, outlook) = server.get("/api/v1/usage/outlook").await;
    assert!(outlook["forecast"].is_null(), "{outlook}");
    assert_eq!(outlook["recommendations"], json!([]));
}

async fn bills(server: &Server, costs: &[f64]) {
    for cost in costs {
        let bill = json!({ "component": "web", "cost_usd": cost });
        let (status, told) = server.send("POST", "/api/v1/bills", &bill).await;
        assert_eq!(status, 201, "{told}");
    }
}

#[test]
fn the_command_line_sets_and_lists_budgets() {
    let home = tempfile::tempdir().unwrap();
    let set = ["budget", "set", "feature:rewrite", "--max", "20", "--json"];
    let set = run(home.path(), &set);
    assert!(set.status.success(), "{}", text_of(&set));
    assert_eq!(json_of(&set)[0]["max_usd"], 20.0);
    let bill = run(home.path(), &["budget", "bill", "database", "25"]);
    assert!(text_of(&bill).contains("$25.00"), "{}", text_of(&bill));
    let list = run(home.path(), &["budget", "list"]);
    assert!(
        text_of(&list).contains("feature:rewrite"),
        "{}",
        text_of(&list)
    );
    let gone = run(home.path(), &["budget", "remove", "feature:rewrite"]);
    assert!(gone.status.success());
    let again = run(home.path(), &["budget", "remove", "feature:rewrite"]);
    assert!(!again.status.success());
    let odd = run(home.path(), &["budget", "set", "everything", "--max", "1"]);
    assert!(!odd.status.success());
    for more in [&["--by", "component"][..], &["--forecast"]] {
        let line: Vec<&str> = ["usage"].iter().chain(more).copied().collect();
        let output = run(home.path(), &line);
        assert!(output.status.success(), "{line:?}: {}", text_of(&output));
    }
}

async fn text(server: &Server, path: &str) -> (u16, String) {
    let reply = server.request("GET", path).send().await.unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}

/// Something that is called: gives each call whole.
async fn webhook() -> (String, Receiver<String>, JoinSet<()>) {
    let (sender, receiver) = channel(16);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            called(stream, &sender).await;
        }
    });
    (address, receiver, serving)
}

async fn called(mut stream: TcpStream, sender: &Sender<String>) {
    let Some(call) = whole_request(&mut stream).await else {
        return;
    };
    let reply = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
    stream.write_all(reply).await.ok();
    sender.send(call).await.ok();
}

/// A mail server that takes everything: gives what was said to it up to the end of each mail.
async fn mail_server() -> (String, Receiver<String>, JoinSet<()>) {
    let (sender, receiver) = channel(16);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("smtp://{}", listener.local_addr().unwrap());
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        let mut open = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.spawn(post(stream, sender.clone()));
        }
    });
    (address, receiver, serving)
}

async fn post(stream: TcpStream, sender: Sender<String>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut said = String::new();
    let mut in_mail = false;
    write.write_all(b"220 post\r\n").await.ok();
    while let Ok(Some(line)) = lines.next_line().await {
        said.push_str(&line);
        said.push('\n');
        let reply: &[u8] = match line.as_str() {
            "." if in_mail => {
                in_mail = false;
                sender.send(std::mem::take(&mut said)).await.ok();
                b"250 taken\r\n"
            }
            _ if in_mail => continue,
            "DATA" => {
                in_mail = true;
                b"354 go on\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 fine\r\n",
        };
        write.write_all(reply).await.ok();
    }
}
