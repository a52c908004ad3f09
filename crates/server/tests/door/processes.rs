//! Two processes of the program on one PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::postgres::fresh_database;
use super::recorder::Recorder;
use super::support::{LIGHTHOUSE, Server};

/// What both may spend together, in US dollars.
const BUDGET_USD: f64 = 12.0;

/// What one call costs: 1,000 tokens at a tenth of a cent.
const CALL_USD: f64 = 1.0;

/// Questions to each process at the same time.
const QUESTIONS_AT_ONCE: usize = 8;

/// Rounds after which the budget must be used up.
const ROUNDS_MAX: usize = 12;

const PRICES: &str = "[compatible.\"writer\"]\nprompt = 1000.0\ncompletion = 1000.0\n";

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn two_processes_that_share_a_budget_go_beyond_it_by_less_than_a_call() {
    let Some(database) = fresh_database() else {
        return;
    };
    let says = "The lighthouse of Orvane was built in 1743 by the engineer Tilda Marrow [1].";
    let recorder = Recorder::thinking(says, Duration::from_millis(150)).await;
    let settings = [
        ("DATABASE_URL", database.as_str()),
        ("ALEXANDRIA_GENERATOR", "compatible"),
        ("ALEXANDRIA_GENERATOR_NAME", "writer"),
        ("OPENAI_URL", recorder.address.as_str()),
        ("ALEXANDRIA_PRICES", "prices.toml"),
        ("ALEXANDRIA_GENERATOR_CALLS_MAX", "64"),
        ("ALEXANDRIA_TENANT_ANSWERS_MAX", "0"),
        ("ALEXANDRIA_USER_ANSWERS_MAX", "0"),
        ("ALEXANDRIA_TOKENS_MAX", "0"),
        ("ALEXANDRIA_BUDGET_MONTH_USD_MAX", "0"),
    ];
    let home = || {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("prices.toml"), PRICES).unwrap();
        home
    };
    let one = Server::start_in(home(), &settings);
    one.add("orvane.md", LIGHTHOUSE).await;
    // The other one has the same files, and no right to work on them.
    let other_home = home();
    let data = one.home.path().join("data");
    std::os::unix::fs::symlink(data, other_home.path().join("data")).unwrap();
    let other = Server::start_in(other_home, &settings);
    assert_ne!(one.pid(), other.pid());
    let budget = json!({ "max_usd": BUDGET_USD });
    let (status, set) = one.send("PUT", "/api/v1/budgets/tenant/all", &budget).await;
    assert_eq!(status, 200, "{set}");

    let servers = Arc::new([one, other]);
    let mut by_model = [0_usize; 2];
    let mut refused = [0_usize; 2];
    // Each has its models and indexes open before they run for the rest, however slow the machine is.
    for (server, calls) in servers.iter().zip(&mut by_model) {
        let body = json!({ "question": "Who built the lighthouse of Orvane?", "fresh": true });
        let (_, answer) = server.send("POST", "/api/v1/ask", &body).await;
        assert_eq!(answer["writer"]["kind"], "model", "{answer}");
        *calls += 1;
    }
    for round in 0..ROUNDS_MAX {
        let mut asking = JoinSet::new();
        for number in 0..QUESTIONS_AT_ONCE * 2 {
            let servers = Arc::clone(&servers);
            asking.spawn(async move {
                let at = number % 2;
                let question =
                    format!("When was the lighthouse of Orvane built, {round} {number}?");
                let body = json!({ "question": question, "fresh": true });
                let (status, answer) = servers[at].send("POST", "/api/v1/ask", &body).await;
                assert_eq!(status, 200, "{answer}");
                (at, answer)
            });
        }
        let mut written = 0;
        while let Some(asked) = asking.join_next().await {
            let (at, answer) = asked.unwrap();
            if answer["writer"]["kind"] == "model" {
                by_model[at] += 1;
                written += 1;
            } else {
                assert!(
                    answer["degraded"].to_string().contains("budget"),
                    "{answer}"
                );
                refused[at] += 1;
            }
        }
        let (_, spent) = servers[0].get("/api/v1/usage").await;
        println!(
            "round {round}: {written} calls, {by_model:?} in all; {}",
            spent["cost_usd"]
        );
        if written == 0 {
            break;
        }
    }
    let calls = recorder.count("/chat/completions", "Orvane");
    assert_eq!(calls, by_model.iter().sum::<usize>(), "a call is an answer");
    assert!(
        by_model.iter().all(|calls| *calls > 0),
        "both were asked: {by_model:?}"
    );
    assert!(
        refused.iter().all(|refused| *refused > 0),
        "both have stopped: {refused:?}"
    );
    #[expect(clippy::cast_precision_loss, reason = "a few calls")]
    let cost = calls as f64 * CALL_USD;
    assert!(cost < BUDGET_USD + CALL_USD, "{calls} calls cost ${cost}");
    // Nothing was left that one more call of this size would have needed, all that it can use set aside.
    assert!(
        cost >= BUDGET_USD / 2.0,
        "only {calls} calls were made of ${BUDGET_USD}"
    );
    for server in &*servers {
        let (_, budgets) = server.get("/api/v1/budgets").await;
        let of_tenant = |one: &&Value| one["kind"] == "tenant";
        let items = budgets["items"].as_array().unwrap();
        let spent = &items.iter().find(of_tenant).unwrap()["spent_usd"];
        assert!((spent.as_f64().unwrap() - cost).abs() < 0.001, "{budgets}");
    }
}
