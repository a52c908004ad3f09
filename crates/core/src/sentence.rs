//! Where sentences begin and end.
//!
//! A sentence is what an answer quotes and what a long paragraph is cut at, so a wrong cut shows to
//! readers. The rules look at the characters around a mark, not at the language, because one book
//! may hold several: abbreviations, initials, decimals, ordinals, quotes, brackets, ellipses and list
//! numbers; the full stops of Chinese, Japanese, Hindi, Urdu, Arabic and others; and Thai, Lao and
//! Khmer, which end a sentence with a space.
//!
//! Left out: a sentence that begins with a small letter stays with the one before it. A line break
//! always ends a sentence, because stored paragraphs have none inside. A row of a table is one
//! sentence: its cells mean nothing without each other.

mod abbreviation;

use crate::block::{CELL_SEPARATOR, Span};

/// The longest sentence in bytes; a longer one is cut at its last comma or space.
pub const SENTENCE_BYTES_MAX: usize = 1_200;

/// In scripts that end a sentence with a space, shorter runs than this stay together, in bytes.
const SPACE_SENTENCE_BYTES_MIN: usize = 180;

/// How far a word before a full stop is looked at, in bytes.
const WORD_BYTES_MAX: usize = 24;

/// The sentences of a text: bytes of `text`, in order, without the white space around them.
///
/// They do not overlap, none is empty or longer than [`SENTENCE_BYTES_MAX`], and every character
/// that is not white space is in exactly one.
#[must_use]
pub fn sentences(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut next = row_end(text, 0);
    for (at, mark) in text.char_indices() {
        if at < next || !may_end(mark) {
            continue;
        }
        if mark == '\n' {
            push(text, start, at, &mut spans);
            start = at;
            next = row_end(text, at + 1);
            continue;
        }
        if let Some(end) = boundary(text, start, at, mark) {
            push(text, start, end, &mut spans);
            start = end;
            next = end;
        }
    }
    push(text, start, text.len(), &mut spans);
    spans
}

/// The end of the line that begins at `start` when it is a row of a table, `start` otherwise.
fn row_end(text: &str, start: usize) -> usize {
    let line = text
        .get(start..)
        .and_then(|rest| rest.split('\n').next())
        .unwrap_or_default();
    start
        + if line.contains(CELL_SEPARATOR) {
            line.len()
        } else {
            0
        }
}

/// Whether a character can stand at the end of a sentence.
const fn may_end(mark: char) -> bool {
    matches!(mark, '.' | '\n' | '\r' | ' ' | '…') || is_strong(mark) || is_full(mark)
}

/// Marks that end a sentence unless a small letter follows.
const fn is_strong(mark: char) -> bool {
    matches!(
        mark,
        '!' | '?' | '‽' | '⁇' | '⁈' | '⁉' | '؟' | ';' | '՞' | '۔' | '।' | '॥' | '።'
    )
}

/// Marks that end a sentence even with no space after them.
const fn is_full(mark: char) -> bool {
    matches!(
        mark,
        '。' | '！' | '？' | '｡' | '．' | '។' | '៕' | '၊' | '။' | '\u{2029}' | '\u{2028}'
    )
}

/// What may stand between the mark and the space: closing quotes and brackets.
const fn is_closer(character: char) -> bool {
    matches!(
        character,
        '"' | '\''
            | '”'
            | '’'
            | '»'
            | '›'
            | ')'
            | ']'
            | '}'
            | '」'
            | '』'
            | '】'
            | '）'
            | '》'
            | '〉'
            | '〕'
    )
}

/// Where the sentence that began at `start` ends, if the mark at `at` ends it.
fn boundary(text: &str, start: usize, at: usize, mark: char) -> Option<usize> {
    match mark {
        '\n' | '\r' => return Some(at),
        ' ' => return space_boundary(text, start, at),
        _ => {}
    }
    let rest = text.get(at..)?;
    let marks = rest
        .find(|c: char| !may_end(c) || c.is_whitespace())
        .unwrap_or(rest.len());
    let closers = rest.get(marks..)?;
    let closed = closers
        .find(|c: char| !is_closer(c))
        .unwrap_or(closers.len());
    let end = at + marks + closed + reference_mark(closers.get(closed..)?);
    let after = text.get(end..)?;
    let Some(next) = after.chars().next() else {
        return Some(end);
    };
    if is_full(rest.get(..marks)?.chars().next_back().unwrap_or(mark)) {
        // 「…。」と言った: a quote inside a sentence goes on in hiragana.
        let goes_on = closed > 0 && matches!(next, 'ぁ'..='ゟ' | '，' | '、');
        return (!goes_on).then_some(end);
    }
    if !next.is_whitespace() {
        // Without a space only a closed quote before an ideograph ends: "U.S.A", "3.5", "a.b".
        return (is_strong(mark) && is_ideograph(next)).then_some(end);
    }
    let following = after.trim_start_matches(' ');
    let opened = following.trim_start_matches([
        '"', '\'', '“', '‘', '«', '‹', '(', '[', '„', '¿', '¡', '–', '—',
    ]);
    let first = opened.chars().next().unwrap_or('\n');
    if first.is_lowercase() {
        return None;
    }
    if mark == '.' && marks == 1 && closed == 0 {
        let before = text.get(start..at)?;
        return (!goes_on_after_stop(before, opened)).then_some(end);
    }
    Some(end)
}

/// The length of a note's number in square brackets right behind a sentence, such as `[12]`.
fn reference_mark(after: &str) -> usize {
    let mut length = 0;
    while let Some(inside) = after.get(length..).and_then(|rest| rest.strip_prefix('[')) {
        let digits = inside
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(inside.len());
        if digits == 0
            || digits > 3
            || !inside
                .get(digits..)
                .is_some_and(|rest| rest.starts_with(']'))
        {
            break;
        }
        length += digits + 2;
    }
    length
}

/// Whether the full stop after `before` belongs to an abbreviation, an initial or a number.
fn goes_on_after_stop(before: &str, following: &str) -> bool {
    let tail = before.len().saturating_sub(WORD_BYTES_MAX);
    let tail = (tail..before.len())
        .find(|at| before.is_char_boundary(*at))
        .unwrap_or(before.len());
    let recent = before.get(tail..).unwrap_or_default();
    let word = recent.rsplit(|c: char| {
        c.is_whitespace() || matches!(c, '(' | '[' | '"' | '“' | '„' | '«' | '—' | '–' | '/')
    });
    let word = word.map(str::trim).next().unwrap_or_default();
    if word.is_empty() {
        return false;
    }
    if word.chars().all(|c| c.is_ascii_digit()) {
        let opens = before.trim_start() == word;
        return word.len() <= 3 && (opens || abbreviation::follows_ordinal(following));
    }
    match abbreviation::kind(word) {
        abbreviation::Kind::None => false,
        abbreviation::Kind::BeforeName => true,
        abbreviation::Kind::BeforeNumber => following.starts_with(|c: char| c.is_ascii_digit()),
        abbreviation::Kind::MayEnd => {
            following.starts_with(['§', '¶']) || !abbreviation::opens_sentence(following)
        }
    }
}

/// Where a sentence of a script without full stops ends: at a space, once it is long enough.
fn space_boundary(text: &str, start: usize, at: usize) -> Option<usize> {
    let long_enough = at.saturating_sub(start) >= SPACE_SENTENCE_BYTES_MIN;
    let before = long_enough
        .then(|| text.get(..at))
        .flatten()?
        .chars()
        .next_back()?;
    let after = text.get(at..)?.trim_start().chars().next()?;
    (is_spaceless(before) && is_spaceless(after)).then_some(at)
}

/// Letters of Thai, Lao and Khmer.
const fn is_spaceless(character: char) -> bool {
    matches!(character, '\u{0E00}'..='\u{0EFF}' | '\u{1780}'..='\u{17FF}')
}

/// Characters of scripts that put no space between sentences.
const fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Adds what stands between two bytes, trimmed, and cut where it is too long.
fn push(text: &str, start: usize, end: usize, spans: &mut Vec<Span>) {
    let raw = text.get(start..end).unwrap_or_default();
    let mut rest = raw.trim();
    let mut from = start + (raw.len() - raw.trim_start().len());
    while !rest.is_empty() {
        let length = if rest.len() <= SENTENCE_BYTES_MAX {
            rest.len()
        } else {
            cut(rest)
        };
        let part = rest.get(..length).unwrap_or(rest).trim_end();
        spans.push(Span::new(from as u64, (from + part.len()) as u64));
        let remains = rest.get(length..).unwrap_or_default();
        let skipped = remains.len() - remains.trim_start().len();
        from += length + skipped;
        rest = remains.trim_start();
    }
}

/// Where to cut a sentence that is too long: behind its last comma or semicolon, else at its last
/// space, else between two characters.
fn cut(sentence: &str) -> usize {
    let limit = sentence.floor_char_boundary(SENTENCE_BYTES_MAX);
    let head = sentence.get(..limit).unwrap_or(sentence);
    let half = head.ceil_char_boundary(limit / 2);
    let back = head.get(half..).unwrap_or_default();
    let comma = back
        .rmatch_indices([',', ';', ':', '，', '、', '；', '،'])
        .map(|(at, mark)| half + at + mark.len());
    let space = head.rmatch_indices(char::is_whitespace).map(|(at, _)| at);
    comma.chain(space).find(|at| *at > 0).unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = sentences(text)
            .iter()
            .map(|span| span.of(text).unwrap())
            .collect();
        assert_eq!(found, expected, "in {text:?}");
    }

    #[test]
    fn a_row_of_a_table_is_one_sentence() {
        check(
            "Seen | Meaning. Remedy.\nin use | Taken. | Stop it. Or move.\nAfter. The table.",
            &[
                "Seen | Meaning. Remedy.",
                "in use | Taken. | Stop it. Or move.",
                "After.",
                "The table.",
            ],
        );
    }

    #[test]
    fn full_stops_end_sentences_and_abbreviations_do_not() {
        check("One. Two! Three?", &["One.", "Two!", "Three?"]);
        check(
            "Dr. Smith met J. R. Doe at 3.5 km.",
            &["Dr. Smith met J. R. Doe at 3.5 km."],
        );
        check(
            "He came (cf. Fig. 3). It ended.",
            &["He came (cf. Fig. 3).", "It ended."],
        );
        check(
            "It grew in the U.S. The rest fell.",
            &["It grew in the U.S.", "The rest fell."],
        );
        check("The U.S. Senate voted.", &["The U.S. Senate voted."]);
        check(
            "Under 18 U.S.C. § 1350, he certifies. ¶ 2 follows.",
            &["Under 18 U.S.C. § 1350, he certifies.", "¶ 2 follows."],
        );
        check(
            "Apples, pears, etc. They rot.",
            &["Apples, pears, etc.", "They rot."],
        );
        check(
            "Fruit, e.g. apples, i.e. food.",
            &["Fruit, e.g. apples, i.e. food."],
        );
        check(
            "Acme Inc. and others. End",
            &["Acme Inc. and others.", "End"],
        );
        check("At 5 p.m. He left.", &["At 5 p.m.", "He left."]);
        check(
            "Version 1.2.3 is out. See a.b.c now.",
            &["Version 1.2.3 is out.", "See a.b.c now."],
        );
    }

    #[test]
    fn quotes_brackets_and_ellipses_stay_with_their_sentence() {
        check(
            "\"Stop!\" she said. He did.",
            &["\"Stop!\" she said.", "He did."],
        );
        check("He said “No.” She left.", &["He said “No.”", "She left."]);
        check("Wait... what? Yes… No.", &["Wait... what?", "Yes…", "No."]);
        check(
            "It is so.[12] Next one.[3][4] End.",
            &["It is so.[12]", "Next one.[3][4]", "End."],
        );
        check("(It rained.) We stayed.", &["(It rained.)", "We stayed."]);
        check("What?! Really?", &["What?!", "Really?"]);
    }

    #[test]
    fn numbers_of_lists_and_ordinals_stay_with_what_follows() {
        check(
            "1. Open the door. 2. Go in.",
            &["1. Open the door.", "2. Go in."],
        );
        check(
            "Am 12. März 1920 kam er. Er blieb.",
            &["Am 12. März 1920 kam er.", "Er blieb."],
        );
        check(
            "Es war im 19. Jahrhundert. Gut.",
            &["Es war im 19. Jahrhundert.", "Gut."],
        );
        check("See page 12. The rest.", &["See page 12.", "The rest."]);
        check("It was 1945. Then peace.", &["It was 1945.", "Then peace."]);
    }

    #[test]
    fn other_scripts_end_sentences_with_their_own_marks() {
        check(
            "今天下雨。我们在家！好吗？好",
            &["今天下雨。", "我们在家！", "好吗？", "好"],
        );
        check(
            "「行く。」と言った。帰る。",
            &["「行く。」と言った。", "帰る。"],
        );
        check("यह एक है। वह दो है।", &["यह एक है।", "वह दो है।"]);
        check(
            "هل هذا صحيح؟ نعم. هذا صحيح.",
            &["هل هذا صحيح؟", "نعم.", "هذا صحيح."],
        );
        check(
            "Это г. Москва. Он т.е. она.",
            &["Это г. Москва.", "Он т.е. она."],
        );
        check(
            "Das ist z.B. gut, Nr. 5 usw. Er geht.",
            &["Das ist z.B. gut, Nr. 5 usw.", "Er geht."],
        );
        let clause = "ก".repeat(SPACE_SENTENCE_BYTES_MIN / 3);
        check(&format!("{clause} {clause}"), &[&clause, &clause]);
        check("สวัสดี ครับ", &["สวัสดี ครับ"]);
    }

    #[test]
    fn lines_end_sentences_and_nothing_gives_nothing() {
        check("a | b\nc | d", &["a | b", "c | d"]);
        check("", &[]);
        check(" \n\t ", &[]);
        check("...", &["..."]);
    }

    #[test]
    fn a_sentence_longer_than_the_limit_is_cut() {
        let text = "word ".repeat(1_000);
        assert!(sentences(&text).len() >= 5);
        let text = "x".repeat(5_000);
        assert_eq!(sentences(&text).len(), 5);
    }

    proptest! {
        #[test]
        fn every_visible_character_is_in_exactly_one_sentence(
            text in "([a-zA-Z.!?, \n\"'(\\[0-9。？」とก।é]|[[:upper:]]\\. ){0,200}|\\PC{0,1500}"
        ) {
            let spans = sentences(&text);
            let mut last = 0;
            for span in &spans {
                let part = span.of(&text).expect("on character boundaries");
                prop_assert!(!part.is_empty() && part.len() <= SENTENCE_BYTES_MAX);
                prop_assert_eq!(part.trim(), part);
                prop_assert!(span.start >= last);
                prop_assert!(Span::new(last, span.start).of(&text).unwrap().trim().is_empty());
                last = span.end;
            }
            prop_assert!(Span::new(last, text.len() as u64).of(&text).unwrap().trim().is_empty());
        }
    }
}
