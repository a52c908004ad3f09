//! Whether a question or a sentence denies something: "What was not finished?" is not answered by a
//! sentence that says what was finished.
//!
//! English alone, because only there it was measured on questions that seem to be answered and are not.

use crate::words::{Word, words};

/// Words that deny.
const DENIALS: &str = "not never neither nor none nothing nobody nowhere without cannot";

/// Words that imply a denial: enough in a sentence that is to answer ("smoking is prohibited" for "What
/// may one not do?"), too little to say that a question denies.
const IMPLIED: &str = "no unable hardly ban bans banned";

/// The same, by how they begin.
const IMPLIED_BEGINNINGS: &str = "except fail lack refus reject deni deny prohibit forbid forbad prevent \
    avoid exclud illegal impossib absen";

/// Whether a question denies something.
pub(super) fn is_denied(question: &str, language: Option<&str>) -> bool {
    let all: Vec<Word> = words(question).collect();
    matches!(language, None | Some("en")) && denies(&all)
}

/// Whether a sentence denies something, be it by implication.
pub(crate) fn may_deny(sentence: &[Word]) -> bool {
    let implies = |word: &Word| {
        let begins = |beginning| word.text.starts_with(beginning);
        IMPLIED.split(' ').any(|implied| implied == word.text)
            || IMPLIED_BEGINNINGS.split(' ').any(begins)
    };
    denies(sentence) || sentence.iter().any(implies)
}

fn denies(all: &[Word]) -> bool {
    let is_denial = |word: &Word| DENIALS.split(' ').any(|denial| denial == word.text);
    // "Didn't" is read as "didn" and "t", one mark apart; a curly one takes three bytes.
    let mut pairs = all.iter().zip(all.iter().skip(1));
    let is_clipped = |(word, after): (&Word, &Word)| {
        let apart = after.span.start.saturating_sub(word.span.end);
        after.text == "t" && word.text.ends_with('n') && (1..=3).contains(&apart)
    };
    all.iter().any(is_denial) || pairs.any(is_clipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_sentences_that_deny_are_told_from_others() {
        let question = |text: &str| is_denied(text, Some("en"));
        assert!(question("What did the bishop not allow?"));
        assert!(question("Which ship didn't reach the harbour?"));
        assert!(question("Which ship didn’t reach the harbour?"));
        assert!(!question("What did the bishop prohibit?"));
        assert!(!question("Who plays Mass No. 3?"));
        assert!(!is_denied("Was ist not?", Some("de")));
        let sentence = |text: &str| may_deny(&words(text).collect::<Vec<_>>());
        assert!(sentence("Lanterns are prohibited on the bridge."));
        assert!(sentence("It has no hands and can't strike."));
        assert!(!sentence("Notable banners were shown."));
    }
}
