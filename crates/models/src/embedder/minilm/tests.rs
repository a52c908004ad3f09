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
    numbers: Vec<f32>,
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
