//! Measuring the search on judged questions: `alexandria eval`.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;

use super::support::{json_of, program, run};

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
