//! The model against vectors of an independent implementation in Python, in double precision, and the
//! tokenizer against the reference implementation.

use std::path::PathBuf;

use super::*;

#[derive(Deserialize)]
struct Reference {
    text: String,
    /// All pieces, without marks.
    pieces: Vec<u32>,
    /// The first numbers of the vector.
    #[serde(default)]
    numbers: Vec<f32>,
}

/// Characters of every general category and of many scripts, inside words and alone.
fn characters() -> Reference {
    serde_json::from_str(include_str!("tests/characters.json")).unwrap()
}

fn references() -> Vec<Reference> {
    serde_json::from_str(include_str!("tests/reference.json")).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests find the models where the script puts them"
)]
fn models() -> PathBuf {
    let from = |name: &str| std::env::var(name).ok().map(PathBuf::from);
    let cache = || from("XDG_CACHE_HOME").or_else(|| Some(from("HOME")?.join(".cache")));
    let models = from("ALEXANDRIA_MODELS").or_else(|| Some(cache()?.join("alexandria/models")));
    models.expect("HOME is set")
}

fn open(precision: Precision) -> MiniLm {
    let config = MiniLmConfig {
        precision,
        threads: None,
    };
    MiniLm::open(&config, &models()).expect("the model is fetched: run scripts/fetch-models first")
}

fn dot(left: &[f32], right: &[f32]) -> f32 {
    left.iter()
        .zip(right)
        .map(|(left, right)| left * right)
        .sum()
}

#[test]
fn full_precision_gives_the_vectors_of_the_reference() {
    let model = open(Precision::F32);
    for reference in references() {
        let embedded = model.embed_blocking(&[&reference.text], Purpose::Passage);
        let vector = &embedded.vectors[0];
        assert_eq!(vector.len(), model.model().dimensions);
        for (number, expected) in vector.iter().zip(&reference.numbers) {
            let error = (number - expected).abs();
            assert!(
                error < 1e-5,
                "{:?}: {number} is not {expected}",
                reference.text
            );
        }
    }
}

#[test]
fn bytes_give_nearly_the_vectors_of_full_precision() {
    let (exact, model) = (open(Precision::F32), open(Precision::Int8));
    let references = references();
    let texts = references
        .iter()
        .map(|reference| reference.text.as_str())
        .collect::<Vec<_>>();
    let exact = exact.embed_blocking(&texts, Purpose::Passage).vectors;
    let bytes = model.embed_blocking(&texts, Purpose::Passage).vectors;
    let mut sum = 0.0;
    for ((text, exact), bytes) in texts.iter().zip(&exact).zip(&bytes) {
        let cosine = dot(exact, bytes);
        println!("{cosine:.5} {text:.40}");
        assert!(cosine > 0.99, "{text:?} has a cosine of only {cosine}");
        sum += cosine;
    }
    #[expect(clippy::cast_precision_loss, reason = "there are few texts")]
    let mean = sum / texts.len() as f32;
    println!("mean {mean:.5}");
    assert!(mean > 0.998, "the mean cosine is only {mean}");
}

#[test]
fn texts_are_cut_into_the_pieces_of_the_reference() {
    let model = open(Precision::Int8);
    let vocabulary = &model.shared.vocabulary;
    for Reference { text, pieces, .. } in references().into_iter().chain([characters()]) {
        assert_eq!(
            tokenizer::encode(vocabulary, &text, usize::MAX),
            pieces,
            "{text:?}"
        );
        assert_eq!(model.count_tokens(&text), pieces.len(), "{text:?}");
        let (first, _) = pieces.split_at(pieces.len() / 2);
        assert_eq!(
            tokenizer::encode(vocabulary, &text, first.len()),
            first,
            "{text:?} cut"
        );
    }
}

#[test]
fn a_vector_does_not_depend_on_what_it_is_batched_with() {
    let model = open(Precision::Int8);
    let references = references();
    let texts = references
        .iter()
        .map(|reference| reference.text.as_str())
        .collect::<Vec<_>>();
    let together = model.embed_blocking(&texts, Purpose::Passage);
    let tokens = references
        .iter()
        .map(|reference| (reference.pieces.len() + 2).min(256) as u64);
    assert_eq!(
        together.usage,
        Usage {
            tokens: tokens.sum(),
            cost_micros: 0
        }
    );
    for (text, vector) in texts.iter().zip(&together.vectors) {
        let alone = model.embed_blocking(&[text], Purpose::Query);
        assert_eq!(alone.vectors, std::slice::from_ref(vector), "{text:?}");
        assert!(
            (dot(vector, vector) - 1.0).abs() < 1e-5,
            "the length of {text:?}"
        );
    }
    assert_eq!(model.embed_blocking(&[], Purpose::Passage).vectors.len(), 0);
}

#[test]
fn what_is_beyond_the_longest_text_is_not_seen() {
    let model = open(Precision::Int8);
    let seen = "word ".repeat(model.model().tokens_max);
    let more = format!("{seen}and something else");
    let embedded = model.embed_blocking(&[&seen, &more], Purpose::Passage);
    assert_eq!(embedded.vectors[0], embedded.vectors[1]);
    let less = "word ".repeat(model.model().tokens_max - 1);
    assert_ne!(
        model.embed_blocking(&[&less], Purpose::Passage).vectors[0],
        embedded.vectors[0]
    );
}

#[test]
fn a_question_does_not_wait_for_a_lane() {
    let config = MiniLmConfig {
        precision: Precision::Int8,
        threads: NonZeroUsize::new(1),
    };
    let model = MiniLm::open(&config, &models()).expect("scripts/fetch-models was run");
    let lane = model.shared.lanes.take();
    let question = model.embed_blocking(&["who waits?"], Purpose::Query);
    let passages = thread::scope(|scope| {
        let waiting = scope.spawn(|| model.embed_blocking(&["who waits?"], Purpose::Passage));
        drop(lane);
        waiting.join().unwrap()
    });
    assert_eq!(question.vectors, passages.vectors);
}

#[tokio::test]
async fn async_callers_get_the_same_vectors() {
    let model = open(Precision::Int8);
    let texts = ["one text", "another text"];
    let embedded = model.embed(&texts, Purpose::Passage).await.unwrap();
    assert_eq!(embedded, model.embed_blocking(&texts, Purpose::Passage));
}

#[test]
fn every_kernel_level_gives_nearly_the_same_vectors() {
    let text = "All levels of instructions read the same weights and round the same products.";
    let vectors = Kernel::available().into_iter().map(|kernel| {
        let model = MiniLm::open_with(&MiniLmConfig::default(), &models(), kernel);
        let model = model.expect("scripts/fetch-models was run");
        model
            .embed_blocking(&[text], Purpose::Passage)
            .vectors
            .remove(0)
    });
    let vectors = vectors.collect::<Vec<_>>();
    for vector in &vectors {
        let cosine = dot(vector, &vectors[0]);
        // A last bit that differs can push a number over the edge between two bytes.
        assert!(cosine > 0.998, "the cosine between two levels is {cosine}");
    }
}

#[test]
fn only_texts_in_latin_letters_are_known() {
    let model = open(Precision::Int8);
    let check = |known: bool, texts: &[&str]| {
        for text in texts {
            assert_eq!(model.knows(text), known, "{text:?}");
        }
    };
    check(true, &["Who built the lighthouse?", "WER BAUTE DEN TURM?"]);
    check(
        true,
        &["Où étaient les œufs, ł, ő, ǆ?", "Ai đã xây ngọn hải đăng?"],
    );
    check(true, &["", "  ", "1743", "12 % + 3 = ?", "🦉", "…"]);
    check(
        false,
        &[
            "Ποιος έχτισε τον φάρο;",
            "Кто построил маяк?",
            "प्रकाशस्तंभ किसने बनाया?",
        ],
    );
    check(
        false,
        &[
            "灯塔是谁建造的？",
            "灯台を建てたのは誰？",
            "من بنى المنارة؟",
            "등대를 누가 지었나?",
        ],
    );
    // The letters of most of the text decide, and half of them are enough.
    check(true, &["What does φάρος mean?", "ab γδ", "7 ab γδ 42"]);
    check(false, &["Τι σημαίνει το API;", "ab γδε"]);
}

#[test]
fn a_missing_model_is_named_with_the_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let error = MiniLm::open(&MiniLmConfig::default(), directory.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let message = error.message();
    assert!(
        message.starts_with("cannot find the embedding model in "),
        "{message}"
    );
    assert!(message.ends_with("run scripts/fetch-models or \"alexandria models fetch\""));
}

#[test]
#[cfg(unix)]
fn damaged_weights_are_prepared_again_from_the_published_ones() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join(FOLDER);
    fs_err::create_dir(&folder).unwrap();
    for name in ["model.safetensors", "tokenizer.json"] {
        fs_err::os::unix::fs::symlink(models().join(FOLDER).join(name), folder.join(name)).unwrap();
    }
    let embed = || {
        let model = MiniLm::open(&MiniLmConfig::default(), directory.path())?;
        Ok::<_, alexandria_core::error::Error>(
            model.embed_blocking(&["a text"], Purpose::Passage).vectors,
        )
    };
    let vectors = embed().expect("scripts/fetch-models was run");
    let prepared = folder.join("minilm-l6-v2.1.i8");
    let whole = fs_err::read(&prepared).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let damages = [
        ("a flipped bit", flipped),
        ("a cut end", whole[..1000].to_vec()),
    ];
    for (damage, bytes) in damages {
        fs_err::remove_file(&prepared).unwrap();
        fs_err::write(&prepared, &bytes).unwrap();
        assert_eq!(embed().expect(damage), vectors, "{damage}");
        assert!(
            fs_err::read(&prepared).unwrap() == whole,
            "{damage} is mended"
        );
    }
    // Without the published weights the prepared ones are enough, and damage is called damage.
    fs_err::remove_file(folder.join("model.safetensors")).unwrap();
    assert_eq!(embed().unwrap(), vectors);
    fs_err::remove_file(&prepared).unwrap();
    fs_err::write(&prepared, b"ALXMINI8").unwrap();
    assert_eq!(embed().unwrap_err().kind(), ErrorKind::Corrupt);
    fs_err::remove_file(&prepared).unwrap();
    assert_eq!(embed().unwrap_err().kind(), ErrorKind::Unavailable);
}

#[test]
fn unknown_settings_are_refused() {
    use crate::embedder::EmbedderConfig;
    let check = |text: &str, expected: Option<EmbedderConfig>| {
        assert_eq!(serde_json::from_str(text).ok(), expected, "{text}");
    };
    let f32 = MiniLmConfig {
        precision: Precision::F32,
        threads: NonZeroUsize::new(2),
    };
    check(r#"{"engine":"minilm"}"#, Some(EmbedderConfig::default()));
    check(
        r#"{"engine":"minilm","precision":"f32","threads":2}"#,
        Some(EmbedderConfig::MiniLm(f32)),
    );
    check(r#"{"engine":"off"}"#, Some(EmbedderConfig::Off {}));
    check(r#"{"engine":"off","threads":2}"#, None);
    check(r#"{"engine":"minilm","thread":2}"#, None);
    check(r#"{"engine":"minilm","threads":0}"#, None);
    check(r#"{"engine":"other"}"#, None);
    // A key is never read from, or written to, what is stored.
    check(r#"{"engine":"openai","dimensions":2}"#, None);
}

#[test]
fn the_model_grasps_english_better_than_languages_it_spells_out() {
    let model = open(Precision::Int8);
    let english = model.grasp("Who built the lighthouse, and when was it opened?");
    let medicine =
        model.grasp("Cholesterol loading induces KLF4 expression in smooth muscle cells.");
    let german = model.grasp("Welche Schiffahrtsgesellschaft versorgte die Leuchtturmwärter?");
    assert!((english - 1.0).abs() < f32::EPSILON, "{english}");
    assert!((0.2..1.0).contains(&medicine), "{medicine}");
    assert!(german < 0.1, "{german}");
    assert!(
        (model.grasp("1743?") - 1.0).abs() < f32::EPSILON,
        "no words, nothing spelled out"
    );
}
