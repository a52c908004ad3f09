//! `alexandria eval` on sets of questions: what is answered, what is rightly not answered, and the gate
//! that later runs must pass.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::support::{json_of, program, run, text_of};

/// Sixty answerable and unanswerable questions about twelve texts of our own; of those without an answer
/// ten ask about something else and the others seem to be answered.
fn questions() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/questions")
}

/// The evaluation of a folder of questions by the extractive writer.
fn evaluate(home: &Path, folder: &str, flags: &[&str], embedder: &str) -> Value {
    let arguments = [&["--json", "eval", folder], flags].concat();
    let output = program(home, &arguments, &[("ALEXANDRIA_EMBEDDER", embedder)]).output();
    json_of(&output.unwrap())
}

#[test]
fn the_library_says_that_it_does_not_know() {
    let home = tempfile::tempdir().unwrap();
    for (embedder, floors) in [("int8", [0.9, 0.62, 0.8]), ("off", [0.9, 0.65, 0.8])] {
        let found = evaluate(home.path(), questions().to_str().unwrap(), &[], embedder);
        let writer = &found["writers"][0];
        assert_eq!(
            (
                &writer["writer"],
                &writer["questions"],
                &writer["answerable"]
            ),
            (&json!("extractive"), &json!(60), &json!(32))
        );
        let value = |name: &str| {
            let estimate = &writer["measures"][name];
            let [value, low, high] = ["value", "low", "high"].map(|key| estimate[key].as_f64());
            assert!(low <= value && value <= high, "{name}: {estimate}");
            value.unwrap()
        };
        let [precision, recall, holds] = floors;
        assert!(
            value("abstention_precision") >= precision,
            "{embedder}: {writer}"
        );
        assert!(value("abstention_recall") >= recall, "{embedder}: {writer}");
        assert!(value("holds_answer") >= holds, "{embedder}: {writer}");
        assert_eq!(value("support_rate"), 1.0, "an extract is its own quote");
        assert!(value("citation_precision") >= 0.9, "{embedder}: {writer}");
        assert!(writer["costs"]["p95_ms"].as_f64().unwrap() > 0.0);
    }
    assert!(
        !home.path().join("data").try_exists().unwrap(),
        "the library is left alone"
    );
}

/// A set of two questions, one without an answer.
fn small(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let lines = |records: &[Value]| -> String {
        records.iter().map(|record| format!("{record}\n")).collect()
    };
    let corpus = [
        json!({"_id": "lamp", "title": "", "text": "The lamp of the lighthouse burns rape oil."}),
        json!({"_id": "mill", "title": "Mill", "text": "The mill of Orvane grinds rye and spelt."}),
    ];
    let questions = [
        json!({"_id": "q1", "question": "What does the lamp of the lighthouse burn?",
               "answers": ["rape oil", "oil"], "documents": ["lamp"]}),
        json!({"_id": "q2", "question": "Which bank financed the railway to Bergen?",
               "answers": [], "documents": [], "language": "en"}),
    ];
    std::fs::write(folder.join("corpus.jsonl"), lines(&corpus)).unwrap();
    std::fs::write(folder.join("questions.jsonl"), lines(&questions)).unwrap();
}

#[test]
fn a_table_shows_every_figure_with_its_interval() {
    let home = tempfile::tempdir().unwrap();
    small(&home.path().join("set"));
    let output = run(home.path(), &["eval", "set"]);
    let said = text_of(&output);
    for line in [
        "extractive",
        "answerable questions answered",
        "100.0 % (100.0–100.0)",
        "abstention recall",
        "first sentence, ms: p50, p95",
        "2 questions, 1 without an answer",
    ] {
        assert!(said.contains(line), "no {line:?} in {said}");
    }
    assert!(output.status.success());
    let one = evaluate(home.path(), "set", &["--limit", "1"], "off");
    assert_eq!(one["writers"][0]["questions"], json!(1));
}

#[test]
fn a_figure_that_falls_ends_the_run_with_a_code_of_its_own() {
    let home = tempfile::tempdir().unwrap();
    small(&home.path().join("set"));
    let path = |name: &str| home.path().join(name);
    let before = evaluate(home.path(), "set", &[], "off");
    std::fs::write(path("before.json"), before.to_string()).unwrap();
    let gate = |baseline: &str, share: &str| {
        let flags = ["--baseline", baseline, "--fail-below", share];
        let output = run(home.path(), &[&["eval", "set"], flags.as_slice()].concat());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), told, text_of(&output))
    };
    let (code, told, said) = gate("before.json", "1");
    assert_eq!(code, Some(0), "{told}");
    assert!(said.contains("extractive.holds_answer"), "{said}");

    // As if the one before had been better in one figure.
    let mut better = before;
    better["writers"][0]["measures"]["token_f1"]["value"] = json!(0.99);
    std::fs::write(path("better.json"), better.to_string()).unwrap();
    let (code, told, _) = gate("better.json", "0.98");
    assert_eq!(code, Some(4), "{told}");
    assert!(
        told.contains("extractive.token_f1 is 0.") && told.contains("was 0.99"),
        "{told}"
    );
    assert!(
        !told.contains("holds_answer"),
        "only what fell is named: {told}"
    );
    let (code, ..) = gate("better.json", "0.1");
    assert_eq!(code, Some(0), "a tenth of it is allowed");

    let compared = evaluate(home.path(), "set", &["--baseline", "better.json"], "off");
    let figures = compared["comparison"]["figures"].as_array().unwrap();
    let token_f1 = figures
        .iter()
        .find(|figure| figure["name"] == "extractive.token_f1");
    assert_eq!(token_f1.unwrap()["before"], json!(0.99));
}

#[test]
fn a_baseline_of_something_else_is_refused() {
    let home = tempfile::tempdir().unwrap();
    small(&home.path().join("set"));
    let before = evaluate(home.path(), "set", &[], "off");
    let check = |text: &str, sentence: &str| {
        std::fs::write(home.path().join("before.json"), text).unwrap();
        let output = run(home.path(), &["eval", "set", "--baseline", "before.json"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(sentence), "{told}");
    };
    check(
        "{}",
        "is not what `alexandria eval --json` of this version prints",
    );
    let mut other = before.clone();
    other["kind"] = json!("search");
    check(
        &other.to_string(),
        "measures the search, and this run the answers",
    );
    std::fs::write(home.path().join("set/extra"), "not asked").unwrap();
    let corpus = home.path().join("set/corpus.jsonl");
    let mut text = std::fs::read_to_string(&corpus).unwrap();
    text.push_str("{\"_id\": \"new\", \"text\": \"The harbour freezes in January.\"}\n");
    std::fs::write(&corpus, text).unwrap();
    check(&before.to_string(), "holds or asks something else");
}

#[test]
fn what_is_no_set_of_questions_is_refused_by_name() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("set");
    let check = |flags: &[&str], questions: &str, sentence: &str| {
        small(&folder);
        std::fs::write(folder.join("questions.jsonl"), questions).unwrap();
        let output = run(home.path(), &[&["eval", "set"], flags].concat());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && told.contains(sentence),
            "{told}"
        );
    };
    let line = |answers: &[&str], documents: &[&str]| {
        json!({"_id": "q1", "question": "What?", "answers": answers, "documents": documents})
            .to_string()
    };
    check(&[], "", "there is no question to ask");
    check(&[], "{\"_id\": \"q1\"}", "line 1 of set/questions.jsonl");
    check(&[], &line(&["oil"], &["sea"]), "names the document \"sea\"");
    check(&[], &line(&[" "], &[]), "has an empty answer");
    let good = line(&["oil"], &["lamp"]);
    check(
        &["--writer", "model"],
        &good,
        "there is no language model to measure",
    );
    check(&["--limit", "0"], &good, "--limit must be at least 1");
    check(
        &["--chunk-tokens", "9"],
        &good,
        "are for measuring the search",
    );
    std::fs::remove_file(folder.join("questions.jsonl")).unwrap();
    let output = run(home.path(), &["eval", "set", "--writer", "extractive"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("are for the answers to questions.jsonl"),
        "{told}"
    );
}
