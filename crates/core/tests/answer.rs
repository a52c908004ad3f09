//! Answering with exact sentences: what is chosen, in which order, and when nothing is.

use alexandria_core::answer::{AnswerPolicy, Candidate, Chosen, Composed, compose, shortlist};
use alexandria_core::block::Span;
use alexandria_core::id::VersionId;
use alexandria_core::passage::Score;
use alexandria_core::question::Question;
use proptest::prelude::*;
use uuid::Uuid;

fn version(number: u128) -> VersionId {
    VersionId::from_uuid(Uuid::from_u128(number))
}

fn candidate(number: u128, start: u64, text: &str) -> Candidate<'_> {
    let score = Score {
        fused: 0.8,
        lexical: Some(8.0),
        semantic: Some(0.6),
        reranked: None,
    };
    Candidate {
        version: version(number),
        text,
        start,
        context: "",
        score,
    }
}

fn answer(
    question: &str,
    language: &str,
    candidates: &[Candidate<'_>],
    cosine: Option<f32>,
) -> Composed {
    let question = Question::read(question, Some(language));
    let listed = shortlist(&question, candidates, 12);
    let cosines = cosine.map_or_else(Vec::new, |cosine| vec![cosine; listed.len()]);
    compose(candidates, &listed, &cosines, &AnswerPolicy::default())
}

/// The words of an answer's sentences, where their spans say.
fn quotes<'a>(composed: &Composed, candidates: &[Candidate<'a>]) -> Vec<&'a str> {
    let quote = |chosen: &Chosen| {
        let candidate = candidates.get(chosen.candidate)?;
        let span = chosen.span;
        Span::new(span.start - candidate.start, span.end - candidate.start).of(candidate.text)
    };
    composed
        .sentences
        .iter()
        .map(|chosen| quote(chosen).expect("inside its candidate"))
        .collect()
}

const FRANKENSTEIN: &str = "The novel has three volumes. Frankenstein was written by Mary Shelley in \
    1818. It is set in Switzerland and in the Arctic.";
const ETHICS: &str =
    "Aristotle asks what the good is. Every art and every inquiry aims at some good.";

fn check(question: &str, language: &str, text: &str, expected: &str) {
    for cosine in [Some(0.6), None] {
        let candidates = [candidate(1, 100, text), candidate(2, 0, ETHICS)];
        let composed = answer(question, language, &candidates, cosine);
        let quotes = quotes(&composed, &candidates);
        assert!(
            quotes.contains(&expected),
            "{composed:?} gives {quotes:?} to {question:?}"
        );
        assert!(
            composed.answered,
            "{composed:?} does not count for {question:?}"
        );
    }
}

#[test]
fn a_few_words_without_an_end_give_way_to_a_sentence() {
    let text = "Paradise Lost, X, 743\u{2013}45\n\nParadise Lost taught the monster that Adam had been happy.";
    check(
        "What did the monster learn from Paradise Lost?",
        "en",
        text,
        "Paradise Lost taught the monster that Adam had been happy.",
    );
    let only = [candidate(1, 0, "Paradise Lost, X, 743\u{2013}45")];
    let whole = [candidate(
        1,
        0,
        "He read Paradise Lost, X, 743\u{2013}45, to the end.",
    )];
    let ask = |candidates| answer("What of Paradise Lost?", "en", candidates, Some(0.6)).confidence;
    assert!(ask(&only) < 0.7 * ask(&whole));
}

#[test]
fn the_sentence_that_answers_is_quoted() {
    let expected = "Frankenstein was written by Mary Shelley in 1818.";
    check(
        "Who wrote the novel Frankenstein?",
        "en",
        FRANKENSTEIN,
        expected,
    );
    check(
        "When was Frankenstein written?",
        "en",
        FRANKENSTEIN,
        expected,
    );
    check(
        "Wann wurde das Schloss gebaut?",
        "de",
        "Das Dorf ist alt. Das Schloss wurde 1820 von Bauern gebaut. Es steht am Fluss.",
        "Das Schloss wurde 1820 von Bauern gebaut.",
    );
    check(
        "谁建造了城堡？",
        "zh",
        "村庄很古老。国王建造了城堡。它在河边。",
        "国王建造了城堡。",
    );
}

#[test]
fn a_sentence_that_asks_the_same_is_no_answer() {
    check(
        "Who wrote the novel Frankenstein?",
        "en",
        "alexandria ask \"Who wrote the novel Frankenstein?\"\nFrankenstein was written by Mary Shelley.",
        "Frankenstein was written by Mary Shelley.",
    );
    let candidates = [candidate(
        1,
        0,
        "He said: \u{201c}Who wrote the novel Frankenstein?\u{201d}",
    )];
    let composed = answer(
        "Who wrote the novel Frankenstein?",
        "en",
        &candidates,
        Some(0.9),
    );
    assert!(
        !composed.answered && composed.sentences.is_empty(),
        "{composed:?}"
    );
}

#[test]
fn a_question_about_something_else_is_not_answered() {
    let candidates = [candidate(1, 0, FRANKENSTEIN), candidate(2, 0, ETHICS)];
    let question = "Does vitamin supplementation reduce hypertension in pregnant women?";
    for cosine in [Some(0.05), None] {
        let composed = answer(question, "en", &candidates, cosine);
        assert!(!composed.answered, "{composed:?}");
        assert!(!composed.sentences.is_empty(), "near misses are given");
    }
}

#[test]
fn nothing_to_read_is_no_answer() {
    assert_eq!(answer("Who?", "en", &[], None), Composed::default());
    let blank = [candidate(1, 0, " \n")];
    assert_eq!(answer("Who?", "en", &blank, None), Composed::default());
}

#[test]
fn sentences_of_one_text_stand_in_its_order_and_are_given_once() {
    let text = "Ada Byron met Babbage in 1833. Ada Byron met Babbage again in 1834.";
    let candidates = [candidate(1, 50, text), candidate(1, 50, text)];
    let composed = answer(
        "When did Ada Byron meet Babbage?",
        "en",
        &candidates,
        Some(0.9),
    );
    let starts: Vec<u64> = composed
        .sentences
        .iter()
        .map(|sentence| sentence.span.start)
        .collect();
    assert_eq!(starts, [50, 81]);
}

#[test]
fn a_stricter_policy_refuses_more() {
    let candidates = [candidate(1, 0, FRANKENSTEIN)];
    let question = Question::read("Who wrote Frankenstein?", None);
    let listed = shortlist(&question, &candidates, 1);
    assert_eq!(listed.len(), 1);
    let strict = AnswerPolicy {
        confidence_min: 1.0,
        ..AnswerPolicy::default()
    };
    let loose = AnswerPolicy {
        confidence_min: 0.0,
        ..AnswerPolicy::default()
    };
    assert!(!compose(&candidates, &listed, &[0.9], &strict).answered);
    assert!(compose(&candidates, &listed, &[0.9], &loose).answered);
}

proptest! {
    #[test]
    fn every_quote_is_in_its_text(
        question in "\\PC{0,60}",
        texts in prop::collection::vec("([A-Za-z0-9]{1,8}[ .?]{1,2}){0,30}|\\PC{0,80}", 0..5),
        cosines in prop::collection::vec(-1.0f32..1.0, 0..12),
    ) {
        let candidates: Vec<Candidate<'_>> =
            texts.iter().zip(1..).map(|(text, number)| candidate(number, 7, text)).collect();
        let question = Question::read(&question, None);
        let listed = shortlist(&question, &candidates, 12);
        let composed = compose(&candidates, &listed, &cosines, &AnswerPolicy::default());
        prop_assert!((0.0..=1.0).contains(&composed.confidence));
        prop_assert!(composed.sentences.len() <= AnswerPolicy::default().sentences_max);
        for quote in quotes(&composed, &candidates) {
            prop_assert!(!quote.trim().is_empty());
        }
    }
}
