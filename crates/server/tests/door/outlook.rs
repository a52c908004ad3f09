//! The end of the month through the API and the command line: the forecast, and what could be saved.

use serde_json::{Value, json};

use super::recorder::Recorder;
use super::support::{LIGHTHOUSE, Server, python, run, text_of};

/// At these prices an answer of the recorder's thousand tokens costs ten dollars by the one model and one
/// by the other, and embedding a text ten cents.
const PRICES: &str = "[compatible.\"writer\"]\nprompt = 10000.0\ncompletion = 10000.0\n\
    [compatible.\"modest\"]\nprompt = 1000.0\ncompletion = 1000.0\n\
    [compatible.\"vectors\"]\nprompt = 100000.0\n";

/// Lets what was used today have been used nine days ago, and have cost a twentieth.
const LONG_AGO: &str = "import sqlite3, sys
catalog = sqlite3.connect(sys.argv[1])
catalog.execute(\"UPDATE usage_days SET day = date('now', '-9 days'), cost_micros = cost_micros / 20\")
catalog.commit()";

#[tokio::test]
async fn what_could_be_saved_is_said_with_the_figures_it_rests_on() {
    let recorder = Recorder::start("The lighthouse of Orvane was built in 1743 [1].").await;
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("prices.toml"), PRICES).unwrap();
    let catalog = home.path().join("data/catalog.sqlite");
    let mut settings = recorder.settings();
    settings.push(("ALEXANDRIA_PRICES", "prices.toml"));
    let mut server = Server::start_in(home, &settings);
    use_models(&server).await;
    let (_, outlook) = server.get("/api/v1/usage/outlook").await;
    assert!(outlook["forecast"].is_null(), "{outlook}");
    let (why, saved) = reason(&outlook, "Try the model modest in place of writer");
    assert!(
        why.contains("$40.00") && why.contains("$4.00 with modest"),
        "{why}"
    );
    assert!((saved - 36.0).abs() < 0.01, "{outlook}");
    let (why, saved) = reason(&outlook, "Have following questions completed by rules");
    assert!(why.contains("$10.00 of $4"), "{why}");
    assert!((saved - 10.0).abs() < 0.01, "{outlook}");
    let (why, saved) = reason(&outlook, "Embed with the model in this program");
    assert!(
        why.contains(&format!("${saved:.2}")) && saved >= 2.0,
        "{why}"
    );
    let savings = recommendations(&outlook).iter();
    let savings = savings.map(|one| one["saving_usd"].as_f64().unwrap());
    assert!(savings.is_sorted_by(|a, b| a >= b), "{outlook}");

    assert!(server.stop().success());
    python(LONG_AGO, &[catalog.to_str().unwrap()]);
    server.kill_and_restart(&settings);
    let (_, outlook) = server.get("/api/v1/usage/outlook").await;
    assert_eq!(outlook["forecast"]["days"], 9, "{outlook}");
    let lower = recommendations(&outlook).iter().find_map(|one| {
        let title = one["title"].as_str().unwrap();
        title.strip_prefix("Lower the budget of the tenant from $500.00 to $")
    });
    let lower: f64 = lower
        .unwrap_or_else(|| panic!("{outlook}"))
        .parse()
        .unwrap();
    let high = outlook["forecast"]["high_usd"].as_f64().unwrap();
    assert!(
        lower >= 2.0 * high && lower <= 2.0 * high + 1.0,
        "{outlook}"
    );
    let said = run(
        server.home.path(),
        &["--data", "data", "usage", "--forecast"],
    );
    assert!(text_of(&said).contains("Lower the budget"), "{said:?}");
}

fn recommendations(outlook: &Value) -> &[Value] {
    outlook["recommendations"].as_array().unwrap()
}

/// The reason of a recommendation, and what it saves in US dollars.
fn reason<'o>(outlook: &'o Value, title: &str) -> (&'o str, f64) {
    let mut all = recommendations(outlook).iter();
    let one = all.find(|one| one["title"] == title);
    let one = one.unwrap_or_else(|| panic!("{title}: {outlook}"));
    (
        one["reason"].as_str().unwrap(),
        one["saving_usd"].as_f64().unwrap(),
    )
}

/// Three answers, of which one has to be asked anew to stand alone, and twenty texts that are embedded.
async fn use_models(server: &Server) {
    server.add("orvane.md", LIGHTHOUSE).await;
    let first = json!({ "question": "When was the lighthouse of Orvane built?" });
    let (status, answer) = server.send("POST", "/api/v1/ask", &first).await;
    assert_eq!(status, 200, "{answer}");
    let (_, conversation) = server
        .send("POST", "/api/v1/conversations", &json!({}))
        .await;
    let conversation = &conversation["id"];
    for question in ["Who paid for the lighthouse of Orvane?", "And who lit it?"] {
        let body = json!({ "question": question, "conversation_id": conversation });
        let (status, answer) = server.send("POST", "/api/v1/ask", &body).await;
        assert_eq!(status, 200, "{answer}");
    }
    let texts: Vec<String> = (0..20).map(|n| format!("text {n}")).collect();
    let body = json!({ "model": "compatible/vectors@4", "input": texts });
    let (status, embedded) = server.send("POST", "/v1/embeddings", &body).await;
    assert_eq!(status, 200, "{embedded}");
}
