//! Measuring the search on judged questions: `alexandria eval`.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::support::{LIGHTHOUSE, Server, json_of, program, read, run};

const DOCUMENTS: [(&str, &str); 4] = [
    (
        "heron",
        "The heron stands still in the reeds. It waits for fish.",
    ),
    (
        "lamp",
        "The lamp of the lighthouse burns rape oil. A keeper trims it twice a night.",
    ),
    (
        "harbour",
        "Ships lie in the harbour. The harbour freezes in January.",
    ),
    ("mill", "The mill grinds rye. Its wheel was made in Orvane."),
];

const QUERIES: [(&str, &str, &str, &str); 3] = [
    (
        "q1",
        "What does the lamp burn?",
        "lamp",
        "The lamp of the\nlighthouse burns rape oil.",
    ),
    (
        "q2",
        "When does the harbour freeze?",
        "harbour",
        "The harbour freezes in January.",
    ),
    ("q3", "What grinds rye?", "mill", "The mill grinds rye."),
];

/// Writes a judged collection.
fn collection(folder: &Path) {
    let mut corpus = String::new();
    for (id, text) in DOCUMENTS {
        let record = json!({"_id": id, "title": "", "text": text});
        writeln!(corpus, "{record}").unwrap();
    }
    let (mut queries, mut qrels, mut quotes) = (String::new(), String::new(), String::new());
    qrels.push_str("query-id\tcorpus-id\tscore\n");
    for (id, text, document, quote) in QUERIES {
        writeln!(queries, "{}", json!({"_id": id, "text": text})).unwrap();
        writeln!(qrels, "{id}\t{document}\t1").unwrap();
        let quote = json!({"query-id": id, "corpus-id": document, "quote": quote});
        writeln!(quotes, "{quote}").unwrap();
    }
    for inner in ["qrels", "quotes"] {
        std::fs::create_dir_all(folder.join(inner)).unwrap();
    }
    std::fs::write(folder.join("corpus.jsonl"), corpus).unwrap();
    std::fs::write(folder.join("queries.jsonl"), queries).unwrap();
    std::fs::write(folder.join("qrels/test.tsv"), qrels).unwrap();
    std::fs::write(folder.join("quotes/test.jsonl"), quotes).unwrap();
}

#[test]
fn a_judged_collection_is_measured_by_words_by_meaning_and_by_both() {
    let home = tempfile::tempdir().unwrap();
    collection(&home.path().join("judged"));
    let arguments = ["--json", "eval", "judged"];
    let output = program(home.path(), &arguments, &[("ALEXANDRIA_EMBEDDER", "int8")]).output();
    let found = json_of(&output.unwrap());
    assert_eq!(
        (&found["documents"], &found["queries"]),
        (&json!(4), &json!(3))
    );
    for leg in ["text", "vectors", "hybrid"] {
        assert_eq!(found[leg]["ndcg_at_10"], json!(1.0), "{leg}: {found}");
        assert_eq!(
            found[leg]["quotes"],
            json!({"at_5": 1.0, "at_10": 1.0}),
            "{leg}"
        );
        assert!(found[leg]["p95_ms"].as_f64().unwrap() > 0.0, "{leg}");
    }
    assert!(
        !home.path().join("data").try_exists().unwrap(),
        "the library is left alone"
    );
}

#[test]
fn other_lengths_of_passages_can_be_tried() {
    let home = tempfile::tempdir().unwrap();
    collection(&home.path().join("judged"));
    let chunks = |flags: &[&str]| {
        let output = run(
            home.path(),
            &[&["--json", "eval", "judged"], flags].concat(),
        );
        json_of(&output)["chunks"].as_u64().unwrap()
    };
    assert_eq!(chunks(&[]), 4);
    let shorter = chunks(&["--chunk-tokens", "4", "--chunk-tokens-max", "7"]);
    assert!(shorter >= 7, "{shorter}");
}

#[test]
fn what_is_no_judged_collection_is_refused_by_name() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("judged");
    let check = |change: &dyn Fn(), sentence: &str| {
        collection(&folder);
        change();
        let output = run(home.path(), &["eval", "judged"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && said.contains(sentence),
            "{said}"
        );
    };
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    check(
        &|| std::fs::remove_file(folder.join("corpus.jsonl")).unwrap(),
        "corpus.jsonl",
    );
    check(
        &|| write("queries.jsonl", "{\"_id\": 3}\n"),
        "line 1 of judged/queries.jsonl",
    );
    check(
        &|| write("qrels/test.tsv", "q1\tnowhere\t1\n"),
        "judges a document that is not there",
    );
    check(
        &|| write("qrels/test.tsv", "q1\tlamp\t0\n"),
        "has a relevant document",
    );
    let quote = |document: &str, quote: &str| {
        let line = json!({"query-id": "q1", "corpus-id": document, "quote": quote});
        write("quotes/test.jsonl", &format!("{line}\n"));
    };
    check(
        &|| quote("nowhere", "The lamp"),
        "quotes the document \"nowhere\"",
    );
    check(
        &|| quote("lamp", "The lamp burns tallow"),
        "does not hold \"The lamp burns tallow\"",
    );
    let output = run(home.path(), &["eval", "judged", "--chunk-tokens", "0"]);
    assert!(!output.status.success());
}

/// Everything that is kept, newest first.
async fn kept(server: &Server) -> Vec<Value> {
    let (status, page) = server.get("/api/v1/evaluations").await;
    assert_eq!(status, 200, "{page}");
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_was_measured_is_kept_where_there_is_a_library() {
    let server = Server::start();
    let home = server.home.path();
    collection(&home.join("judged"));
    for _ in 0..2 {
        let output = run(home, &["--data", "data", "--json", "eval", "judged"]);
        assert!(json_of(&output)["queries"].is_number());
    }
    let found = kept(&server).await;
    assert_eq!(
        found.len(),
        2,
        "words alone were measured, twice: {found:?}"
    );
    let last = &found[0];
    assert_eq!(
        (&last["kind"], &last["name"], &last["way"], &last["asked"]),
        (
            &json!("search"),
            &json!("judged"),
            &json!("text"),
            &json!(3)
        )
    );
    assert_eq!(last["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(last["measures"]["ndcg_at_10"]["value"], 1.0, "{last}");
    assert!(last["settings"]["chunks"].is_string(), "{last}");
    assert_eq!(last["digest"], found[1]["digest"], "the same was asked");

    let document = server.add("orvane.md", LIGHTHOUSE).await;
    assert_eq!(document["faults"], json!([]));
    let body = json!({ "question": "Who built the lighthouse of Orvane?" });
    let (_, answer) = server.send("POST", "/api/v1/ask", &body).await;
    let case = json!({ "answer_id": answer["id"], "answers": ["Tilda Marrow"] });
    let (status, told) = server.send("POST", "/api/v1/evaluation/cases", &case).await;
    assert_eq!(status, 201, "{told}");
    let asked = json!({ "writer": "extractive" });
    let (status, measured) = server.send("POST", "/api/v1/evaluation/run", &asked).await;
    assert_eq!(status, 200, "{measured}");
    let (status, told) = server.get("/api/v1/evaluations?name=").await;
    assert_eq!(status, 422, "{told}");
    let (_, page) = server.get("/api/v1/evaluations?name=cases&limit=1").await;
    let own = &page["items"][0];
    assert_eq!(
        (&own["kind"], &own["way"]),
        (&json!("questions"), &json!("extractive"))
    );
    assert_eq!(
        own["measures"]["answered"],
        measured["measures"]["answered"]
    );
    assert!(own["measures"]["p50_ms"]["value"].is_number(), "{own}");
    assert_eq!(
        own["measures"].get("first_sentence_p95_ms").is_some(),
        measured["costs"]["first_sentence_p95_ms"].is_number()
    );

    let path = format!("/api/v1/evaluations/{}", own["id"].as_str().unwrap());
    assert_eq!(server.send("DELETE", &path, &json!(null)).await.0, 204);
    assert_eq!(server.send("DELETE", &path, &json!(null)).await.0, 404);
    assert_eq!(kept(&server).await, found);
}

#[tokio::test]
async fn figures_from_elsewhere_are_kept_once_and_within_their_limits() {
    let server = Server::start();
    let body = json!({ "name": "nightly", "kind": "questions", "digest": "d", "way": "extractive",
        "version": "1.2.3", "asked": 7, "measures": { "answered": { "value": 0.5, "low": 0.4, "high": 0.6 } } });
    let send = async || {
        let request = server
            .request("POST", "/api/v1/evaluations")
            .header("content-type", "application/json")
            .header("idempotency-key", "once");
        read(request.body(body.to_string())).await
    };
    let (status, made) = send().await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(send().await.1["id"], made["id"]);
    assert_eq!(kept(&server).await, std::slice::from_ref(&made));
    let refused = async |field: &str, value: Value| {
        let mut other = body.clone();
        other[field] = value;
        let (status, told) = server.send("POST", "/api/v1/evaluations", &other).await;
        assert_eq!(status, 422, "{told}");
    };
    refused("name", json!("")).await;
    refused("way", json!("a\nb")).await;
    refused("digest", json!("a".repeat(201))).await;
    refused("kind", json!("other")).await;
    refused("measures", json!({ "answered": { "value": null } })).await;
    let many = (0..65).map(|number| (format!("m{number}"), json!({ "value": 1 })));
    refused("measures", many.collect()).await;
    assert_eq!(kept(&server).await.len(), 1);
}
