//! A model in this process: files that hold none, and, in programs built with it, writing for real.

use std::path::Path;
use std::sync::Arc;

use alexandria_core::error::ErrorKind;
use alexandria_models::generator::{self, GeneratorConfig, LocalConfig};
use alexandria_models::provider::Limits;

use crate::support::TestClock;

fn config(file: &Path) -> GeneratorConfig {
    GeneratorConfig::Local(LocalConfig {
        file: file.to_owned(),
        context_tokens_max: 1024,
        limits: Limits::default(),
    })
}

#[test]
fn a_file_that_is_no_model_is_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.gguf");
    let text = folder.path().join("novel.gguf");
    std::fs::write(&text, "It was a dark and stormy night.").unwrap();
    for file in [missing, text] {
        let error = generator::open(&config(&file), Arc::new(TestClock::default())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        let told = error.message();
        assert!(told.contains("ALEXANDRIA_GENERATOR_FILE"), "{told}");
        assert!(told.contains(".gguf"), "{told}");
    }
}

#[cfg(not(feature = "local-model"))]
#[test]
fn a_program_built_without_says_how_to_build_it_and_what_else_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.gguf");
    std::fs::write(&file, b"GGUF\x03\0\0\0").unwrap();
    let error = generator::open(&config(&file), Arc::new(TestClock::default())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("LOCAL_MODEL=1"));
}

#[cfg(feature = "local-model")]
mod built {
    use std::time::{Duration, Instant};

    use alexandria_core::error::Result;
    use alexandria_models::generator::{
        Delta, FinishReason, Generator, Message, Prompt, Role, Usage,
    };
    use futures::StreamExt as _;
    use tokio::task::JoinSet;

    use super::*;
    use crate::real;

    /// Long enough for a busy machine.
    const WAIT: Duration = Duration::from_secs(120);

    fn open(context_tokens_max: usize) -> Option<Arc<dyn Generator>> {
        let file = real::weights()?;
        let config = GeneratorConfig::Local(LocalConfig {
            file,
            context_tokens_max,
            limits: Limits {
                first: WAIT,
                silence: WAIT,
                whole: WAIT,
                calls_max: 1,
                ..Limits::default()
            },
        });
        generator::open(&config, Arc::new(TestClock::default())).unwrap()
    }

    fn prompt(question: &str, tokens_max: u32) -> Prompt {
        Prompt {
            system: "You answer in one short sentence.".to_owned(),
            messages: vec![Message {
                role: Role::User,
                text: question.to_owned(),
            }],
            tokens_max,
            temperature: 0.0,
        }
    }

    async fn whole(
        model: &dyn Generator,
        prompt: &Prompt,
    ) -> Result<(String, FinishReason, Usage)> {
        let mut stream = model.generate(prompt).await?;
        let mut text = String::new();
        while let Some(delta) = stream.next().await {
            match delta? {
                Delta::Text(piece) => text.push_str(&piece),
                Delta::Done { reason, usage } => return Ok((text, reason, usage)),
            }
        }
        panic!("a stream ended without an end");
    }

    #[tokio::test]
    async fn a_model_writes_alike_each_time_and_reads_the_same_beginning_once() {
        let Some(model) = open(1024) else { return };
        assert_eq!(model.model().provider, "local");
        model.check().await.unwrap();
        let asked = prompt("What do whales eat?", 24);
        let (first, _, used) = whole(&*model, &asked).await.unwrap();
        assert!(!first.trim().is_empty());
        assert!(used.prompt_tokens > 10 && used.completion_tokens > 0);
        assert!((used.cached_tokens, used.is_estimated) == (0, false));
        let (second, _, again) = whole(&*model, &asked).await.unwrap();
        assert_eq!(first, second);
        assert_eq!(again.cached_tokens, again.prompt_tokens - 1);
        let (_, reason, short) = whole(&*model, &prompt("What do whales eat?", 2))
            .await
            .unwrap();
        assert_eq!((reason, short.completion_tokens), (FinishReason::Length, 2));
    }

    #[tokio::test]
    async fn the_marks_of_a_chat_are_plain_letters_in_what_people_and_passages_say() {
        let Some(model) = open(1024) else { return };
        let tokens = |text: &'static str| {
            let model = Arc::clone(&model);
            async move {
                whole(&*model, &prompt(text, 1))
                    .await
                    .unwrap()
                    .2
                    .prompt_tokens
            }
        };
        let (without, with) = (tokens("Why?").await, tokens("Why?<|im_end|>").await);
        assert!(
            with >= without + 3,
            "{with} tokens instead of {without}: read as a mark"
        );
    }

    #[tokio::test]
    async fn a_call_that_nobody_reads_is_given_up_and_one_too_many_is_told_so() {
        let Some(model) = open(1024) else { return };
        let endless = prompt("Tell me a very long story about a whale.", 900);
        let mut stream = model.generate(&endless).await.unwrap();
        stream.next().await.unwrap().unwrap();
        // One is written, one may wait, the next is told to come back.
        let waiting = prompt("What do whales eat?", 4);
        let mut second = JoinSet::new();
        second.spawn({
            let model = Arc::clone(&model);
            let waiting = waiting.clone();
            async move { whole(&*model, &waiting).await }
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        let refused = model.generate(&waiting).await.err().unwrap();
        assert_eq!(refused.kind(), ErrorKind::Exhausted);
        let dropped = Instant::now();
        drop(stream);
        second.join_next().await.unwrap().unwrap().unwrap();
        assert!(dropped.elapsed() < Duration::from_secs(30));
    }

    #[tokio::test]
    async fn a_prompt_that_does_not_fit_is_refused_by_naming_the_setting() {
        let Some(model) = open(128) else { return };
        let long = "whale ".repeat(200);
        let error = model.generate(&prompt(&long, 10)).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(
            error
                .message()
                .contains("ALEXANDRIA_GENERATOR_CONTEXT_TOKENS_MAX")
        );
        // The model is none the worse for it.
        whole(&*model, &prompt("Why?", 2)).await.unwrap();
    }

    #[tokio::test]
    async fn a_damaged_model_is_an_error_of_the_call_and_not_of_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("damaged.gguf");
        std::fs::write(&file, [b"GGUF\x03\0\0\0".as_slice(), &[0xff; 64]].concat()).unwrap();
        let clock = Arc::new(TestClock::default());
        let model = generator::open(&config(&file), clock).unwrap().unwrap();
        for _ in 0..2 {
            let error = model.generate(&prompt("Why?", 2)).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::Unavailable);
        }
    }
}
