//! A language model in the program's own process: the binary answers with it, or says that it cannot.

use std::process::Output;

use super::support::program;

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_model_that_is_not_named_or_is_none_is_refused_at_the_start() {
    let home = tempfile::tempdir().unwrap();
    let local = ("ALEXANDRIA_GENERATOR", "local");
    let unnamed = program(home.path(), &["serve", "--port", "0"], &[local])
        .output()
        .unwrap();
    assert!(!unnamed.status.success());
    assert!(complaint(&unnamed).contains("ALEXANDRIA_GENERATOR_FILE"));
    std::fs::write(
        home.path().join("novel.gguf"),
        "It was a dark and stormy night.",
    )
    .unwrap();
    let named = [local, ("ALEXANDRIA_GENERATOR_FILE", "novel.gguf")];
    let none = program(home.path(), &["serve", "--port", "0"], &named)
        .output()
        .unwrap();
    assert!(!none.status.success());
    assert!(complaint(&none).contains("novel.gguf is no language model"));
}

#[cfg(not(feature = "local-model"))]
#[test]
fn a_program_built_without_models_says_how_to_build_one_with_them() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("model.gguf"), b"GGUF\x03\0\0\0").unwrap();
    let settings = [
        ("ALEXANDRIA_GENERATOR", "local"),
        ("ALEXANDRIA_GENERATOR_FILE", "model.gguf"),
    ];
    let refused = program(home.path(), &["serve", "--port", "0"], &settings)
        .output()
        .unwrap();
    assert!(!refused.status.success());
    assert!(complaint(&refused).contains("LOCAL_MODEL=1"));
}

#[cfg(feature = "local-model")]
mod built {
    use std::path::PathBuf;

    use serde_json::{Value, json};

    use crate::door::support::{LIGHTHOUSE, Server};

    const MODEL: &str = "language-model-2026.10.11549/SmolLM2-135M-Instruct.Q4_1.gguf";

    /// The small model of the tests, as `scripts/fetch-language-model` installs it; none when
    /// `ALEXANDRIA_TEST_LANGUAGE_MODEL=skip` leaves it out, of which a line is printed.
    fn model() -> Option<PathBuf> {
        let variable = |name: &str| {
            let found = std::env::vars_os().find(|(key, _)| key == name);
            found.map(|(_, value)| PathBuf::from(value))
        };
        if variable("ALEXANDRIA_TEST_LANGUAGE_MODEL").is_some_and(|set| set.as_os_str() == "skip") {
            println!("left out, because ALEXANDRIA_TEST_LANGUAGE_MODEL=skip");
            return None;
        }
        let home = || variable("HOME").unwrap_or_default().join(".cache");
        let cache = variable("ALEXANDRIA_CACHE").unwrap_or_else(|| {
            variable("XDG_CACHE_HOME")
                .unwrap_or_else(home)
                .join("alexandria")
        });
        // Where the machine's administrator installs it, or where a person does.
        let places = [PathBuf::from("/var/cache/alexandria"), cache];
        let mut files = places
            .map(|place| place.join("servers").join(MODEL))
            .into_iter();
        let found = files.find(|file| file.is_file());
        Some(found.expect("the language model is installed: run `scripts/fetch-language-model`"))
    }

    #[tokio::test]
    async fn the_binary_asks_a_model_of_its_own_and_keeps_only_what_is_supported() {
        let Some(model) = model() else { return };
        let server = Server::start_with(&[
            ("ALEXANDRIA_GENERATOR", "local"),
            ("ALEXANDRIA_GENERATOR_FILE", model.to_str().unwrap()),
            ("ALEXANDRIA_GENERATOR_CONTEXT_TOKENS_MAX", "1500"),
            ("ALEXANDRIA_GENERATOR_FIRST_SECONDS_MAX", "120"),
            ("ALEXANDRIA_GENERATOR_SILENCE_SECONDS_MAX", "120"),
            ("ALEXANDRIA_GENERATOR_SECONDS_MAX", "150"),
            ("ALEXANDRIA_REQUEST_SECONDS_MAX", "170"),
        ]);
        server.add("lighthouse.md", LIGHTHOUSE).await;
        let body = json!({ "question": "Who was the last keeper of the lighthouse?" });
        let (status, answer) = server.send("POST", "/api/v1/ask", &body).await;
        assert_eq!(status, 200, "{answer}");
        // What so small a model writes is not judged; that it wrote, and what stays of it, is.
        let usage = &answer["usage"];
        assert!(usage["prompt_tokens"].as_u64() > Some(100), "{answer}");
        assert!(usage["completion_tokens"].as_u64() > Some(0), "{answer}");
        assert_eq!(usage["cost_usd"], 0.0);
        if answer["writer"]["kind"] == "model" {
            assert_eq!(answer["writer"]["provider"], "local", "{answer}");
        } else {
            assert!(
                !answer["degraded"].as_array().unwrap().is_empty(),
                "{answer}"
            );
        }
        for sentence in answer["sentences"].as_array().unwrap() {
            assert_eq!(sentence["verdict"]["supported"], true, "{sentence}");
            assert_ne!(
                sentence["citations"],
                Value::Array(Vec::new()),
                "{sentence}"
            );
        }
        let (status, health) = server.get("/health").await;
        assert_eq!(status, 200, "{health}");
    }
}
