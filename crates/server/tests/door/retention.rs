//! What has been kept for as long as the settings and the tenant say is really gone.

use serde_json::{Value, json};

use super::recorder::Recorder;
use super::support::{LIGHTHOUSE, PATIENCE, Server, json_of, python, run};

/// For how many days everything is kept in this test.
const KEPT_DAYS: &str = "30";

/// Moves what is old in this test a hundred days into the past: a conversation and the answers to a
/// question, the first call of a model, the first two entries of the audit log.
const AGE: &str = "
import sqlite3, sys
catalog, question = sys.argv[1:3]
day = 24 * 3600 * 1_000_000
with sqlite3.connect(catalog) as db:
    # The audit log only grows, as long as it is asked.
    triggers = db.execute(\"SELECT name, sql FROM sqlite_master WHERE type = 'trigger'\").fetchall()
    for name, _ in triggers: db.execute(f'DROP TRIGGER {name}')
    for sql in (
        'UPDATE conversations SET created = created - ?1, changed = changed - ?1 WHERE title = ?2',
        'UPDATE answers SET created = created - ?1 WHERE question = ?2',
        'UPDATE usage_entries SET moment = moment - ?1 WHERE id = '
        '(SELECT id FROM usage_entries ORDER BY moment LIMIT 1) AND ?2 <> \\'\\'',
        'UPDATE audit_log SET moment = moment - ?1 WHERE sequence <= 2 AND ?2 <> \\'\\'',
    ):
        changed = db.execute(sql, (100 * day, question)).rowcount
        assert changed > 0, sql
    for _, made in triggers: db.execute(made)
";

/// What of it is there: conversations, turns, answers, calls, and the first entry of the audit log.
const COUNT: &str = "
import json, sqlite3, sys
with sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True) as db:
    one = lambda sql: db.execute(sql).fetchone()[0]
    print(json.dumps({
        'conversations': one('SELECT count(*) FROM conversations'),
        'turns': one('SELECT count(*) FROM turns'),
        'answers': one('SELECT count(*) FROM answers'),
        'calls': one('SELECT count(*) FROM usage_entries'),
        'audit_first': one('SELECT min(sequence) FROM audit_log'),
    }))
";

const OLD: &str = "When was the lighthouse of Orvane built?";
const NEW: &str = "How tall is the lighthouse of Orvane?";

struct Kept {
    server: Server,
    catalog: String,
}

impl Kept {
    /// Asks a question in a conversation of its own; the paths of that and of its answer.
    async fn ask(&self, question: &str) -> [String; 2] {
        let nothing = json!({});
        let (_, begun) = self
            .server
            .send("POST", "/api/v1/conversations", &nothing)
            .await;
        let conversation = begun["id"].as_str().unwrap();
        let asked = json!({ "question": question, "conversation_id": conversation });
        let (status, answer) = self.server.send("POST", "/api/v1/ask", &asked).await;
        assert_eq!(
            (status, &answer["writer"]["kind"]),
            (200, &json!("model")),
            "{answer}"
        );
        let answer = answer["id"].as_str().unwrap();
        [
            format!("/api/v1/conversations/{conversation}"),
            format!("/api/v1/answers/{answer}"),
        ]
    }

    fn count(&self) -> Value {
        serde_json::from_str(&python(COUNT, &[&self.catalog])).unwrap()
    }
}

/// What is old goes by the settings of the installation, or by what its tenant says where it says something.
#[expect(clippy::cognitive_complexity, reason = "one story, told in order")]
async fn what_is_old_goes(settings: &[(&str, &str)], retention: Option<Value>) {
    // The audit log is the installation's, the single calls of models are the tenant's.
    let is_by_tenant = retention.is_some();
    let says = "The lighthouse of Orvane was built in 1743 by the engineer Tilda Marrow [1].";
    let recorder = Recorder::start(says).await;
    let mut all = vec![
        ("ALEXANDRIA_GENERATOR", "compatible"),
        ("ALEXANDRIA_GENERATOR_NAME", "writer"),
        ("OPENAI_URL", recorder.address.as_str()),
    ];
    let server = Server::start_with(&all);
    let catalog = server.home.path().join("data/catalog.sqlite");
    let catalog = catalog.to_str().unwrap().to_owned();
    let mut kept = Kept { server, catalog };
    kept.server.add("orvane.md", LIGHTHOUSE).await;
    let old = kept.ask(OLD).await;
    let new = kept.ask(NEW).await;
    if let Some(retention) = retention {
        let (_, tenants) = kept.server.get("/api/v1/tenants").await;
        let path = format!(
            "/api/v1/tenants/{}",
            tenants["items"][0]["id"].as_str().unwrap()
        );
        let body = json!({ "settings": { "retention": retention } });
        let (status, set) = kept.server.send("PATCH", &path, &body).await;
        assert_eq!(status, 200, "{set}");
    }
    kept.server.stop();
    python(AGE, &[&kept.catalog, OLD]);
    let before = kept.count();
    all.extend_from_slice(settings);
    kept.server.kill_and_restart(&all);
    let begun = std::time::Instant::now();
    let has_gone = |counted: &Value| {
        let fewer = ["conversations", "turns", "answers"]
            .iter()
            .all(|what| counted[what].as_u64() == before[what].as_u64().map(|count| count - 1));
        fewer && (is_by_tenant || counted["audit_first"].as_u64() > Some(2))
    };
    while !has_gone(&kept.count()) {
        assert!(
            begun.elapsed() < PATIENCE,
            "{before} has become {}",
            kept.count()
        );
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    for path in &old {
        let (status, there) = kept.server.get(path).await;
        assert_eq!(status, 404, "{path}: {there}");
    }
    for path in &new {
        let (status, gone) = kept.server.get(path).await;
        assert_eq!(status, 200, "{path}: {gone}");
    }
    let after = kept.count();
    let calls = before["calls"].as_u64().unwrap() - u64::from(is_by_tenant);
    assert_eq!(after["calls"], calls, "{before} has become {after}");
    // What the calls sum up to stays.
    let (_, usage) = kept.server.get("/api/v1/usage").await;
    let summed = usage.to_string();
    assert!(summed.contains("writer"), "{summed}");
    let verified = run(
        kept.server.home.path(),
        &["--data", "data", "--json", "audit", "verify"],
    );
    if !is_by_tenant {
        // The rest is a chain that begins where it was cut.
        let verdict = json_of(&verified);
        assert!(verified.status.success(), "{verdict}");
    }
}

#[tokio::test]
async fn what_the_installation_keeps_for_days_goes_after_them() {
    let settings = [
        ("ALEXANDRIA_ANSWER_KEPT_DAYS", KEPT_DAYS),
        ("ALEXANDRIA_CONVERSATION_KEPT_DAYS", KEPT_DAYS),
        ("ALEXANDRIA_AUDIT_KEPT_DAYS", KEPT_DAYS),
    ];
    what_is_old_goes(&settings, None).await;
}

#[tokio::test]
async fn what_a_tenant_keeps_for_days_goes_after_them() {
    let retention = json!({ "conversations_days": 30, "answers_days": 30, "usage_days": 30 });
    // For ever, as far as the installation is concerned.
    let settings = [
        ("ALEXANDRIA_ANSWER_KEPT_DAYS", "36000"),
        ("ALEXANDRIA_AUDIT_KEPT_DAYS", "0"),
    ];
    what_is_old_goes(&settings, Some(retention)).await;
}
