//! Whether quotes support a sentence: the checker of the core, with the meaning where words do not
//! decide.

use alexandria_core::check::{Context, FindingKind, Verdict, check};
use alexandria_models::embedder::{Embedder, Purpose};

/// Below this share of words in the quotes no meaning makes a sentence supported, so none is computed.
const SUPPORT_WORTH_EMBEDDING: f32 = 0.35;

/// Checks a sentence by words; where only words are missing, by meaning as well.
pub(crate) async fn judge(
    embedder: Option<&dyn Embedder>,
    sentence: &str,
    quotes: &[&str],
    headings: &str,
    language: Option<&str>,
) -> Verdict {
    let mut context = Context {
        headings,
        language,
        cosine: None,
    };
    let verdict = check(sentence, quotes, &context);
    let only_words = verdict
        .findings
        .iter()
        .all(|finding| finding.kind == FindingKind::Words);
    if verdict.supported || !only_words || verdict.support < SUPPORT_WORTH_EMBEDDING {
        return verdict;
    }
    context.cosine = nearness(embedder, sentence, quotes).await;
    match context.cosine {
        Some(_) => check(sentence, quotes, &context),
        None => verdict,
    }
}

/// The highest cosine of a sentence and its quotes; none without an embedder that knows them.
async fn nearness(embedder: Option<&dyn Embedder>, sentence: &str, quotes: &[&str]) -> Option<f32> {
    let embedder = embedder?;
    if !embedder.knows(sentence) {
        return None;
    }
    let texts: Vec<&str> = std::iter::once(sentence)
        .chain(quotes.iter().copied())
        .collect();
    let embedded = match embedder.embed(&texts, Purpose::Passage).await {
        Ok(embedded) => embedded,
        Err(error) => {
            tracing::warn!(error = %error.chain(), "a sentence is checked without its meaning");
            return None;
        }
    };
    let (own, others) = embedded.vectors.split_first()?;
    let cosine = |other: &Vec<f32>| own.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
    others.iter().map(cosine).max_by(f32::total_cmp)
}
