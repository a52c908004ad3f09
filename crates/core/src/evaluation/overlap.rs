//! How much an answer and the answers that people gave have in common.
//!
//! Exact match and token F1 are those of `SQuAD` (Rajpurkar et al., 2016): small letters, no
//! punctuation, no articles, and the best over all of the people's answers counts. As in MLQA (Lewis
//! et al., 2020) the articles are those of the language, and scripts that put no space between words
//! are compared by character. An extract, which is made of whole sentences, cannot match a short
//! answer exactly; what counts for it is [`holds`].

use std::collections::HashMap;

use crate::words::{is_letter, is_spaceless};

/// The articles of a language; none where it has none, or writes them onto the word.
const ARTICLES: [(&str, &str); 8] = [
    ("en", "a an the"),
    (
        "de",
        "der die das den dem des ein eine einen einem einer eines",
    ),
    ("es", "el la los las un una unos unas"),
    ("fr", "le la les un une des"),
    ("it", "il lo la i gli le un uno una"),
    ("nl", "de het een"),
    ("pt", "o a os as um uma uns umas"),
    ("el", "ο η το οι τα του της των τον την ένας μία μια ένα"),
];

/// Whether an answer is, but for writing, one of the people's.
#[must_use]
pub fn is_match(answer: &str, gold: &[String], language: Option<&str>) -> bool {
    let answer = tokens(answer, language);
    gold.iter().any(|gold| tokens(gold, language) == answer)
}

/// The harmonic mean of the precision and recall of an answer's tokens; the best over the people's
/// answers, 0 when there are none.
#[must_use]
pub fn token_f1(answer: &str, gold: &[String], language: Option<&str>) -> f64 {
    let answer = tokens(answer, language);
    let each = gold
        .iter()
        .map(|gold| f1_of(&answer, &tokens(gold, language)));
    each.fold(0.0, f64::max)
}

/// Whether a text holds one of the people's answers, word for word; only case and white space may
/// differ.
#[must_use]
pub fn holds(text: &str, gold: &[String]) -> bool {
    let text = plain(text);
    gold.iter().any(|gold| text.contains(&plain(gold)))
}

fn f1_of(answer: &[String], gold: &[String]) -> f64 {
    if answer.is_empty() || gold.is_empty() {
        return f64::from(u8::from(answer == gold));
    }
    let mut left: HashMap<&str, usize> = HashMap::new();
    for token in gold {
        *left.entry(token).or_default() += 1;
    }
    let mut shared = 0;
    for token in answer {
        if let Some(left) = left.get_mut(token.as_str()).filter(|left| **left > 0) {
            *left -= 1;
            shared += 1;
        }
    }
    2.0 * super::count(shared) / super::count(answer.len() + gold.len())
}

/// The tokens that are compared: words without articles, and each character of a script without
/// spaces. What is no letter or digit is dropped, as `SQuAD` does, so that "U.S." is "us".
fn tokens(text: &str, language: Option<&str>) -> Vec<String> {
    let articles = ARTICLES
        .iter()
        .find(|(own, _)| Some(*own) == language)
        .map_or("", |(_, articles)| *articles);
    let mut tokens = Vec::new();
    for word in text.to_lowercase().split_whitespace() {
        let mut run = String::new();
        for letter in word.chars().filter(|letter| is_letter(*letter)) {
            if is_spaceless(letter) {
                tokens.extend((!run.is_empty()).then(|| std::mem::take(&mut run)));
                tokens.push(letter.to_string());
            } else {
                run.push(letter);
            }
        }
        let is_article = articles.split(' ').any(|article| article == run);
        tokens.extend((!run.is_empty() && !is_article).then_some(run));
    }
    tokens
}

/// Small letters, and one space wherever there is white space.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gold(answers: &[&str]) -> Vec<String> {
        answers.iter().map(|answer| (*answer).to_owned()).collect()
    }

    fn check(answer: &str, answers: &[&str], language: &str, is_same: bool, f1: f64) {
        let (gold, language) = (gold(answers), Some(language));
        assert_eq!(is_match(answer, &gold, language), is_same, "{answer:?}");
        let found = token_f1(answer, &gold, language);
        assert!((found - f1).abs() < 1e-9, "{answer:?}: {found}, not {f1}");
    }

    #[test]
    fn the_best_of_the_peoples_answers_counts() {
        check(
            "The Eiffel Tower!",
            &["tower", "eiffel tower"],
            "en",
            true,
            1.0,
        );
        // Two of three tokens are in the answer of two.
        check("tall Eiffel Tower", &["eiffel tower"], "en", false, 0.8);
        check("in the U.S.", &["US"], "en", false, 2.0 / 3.0);
        check("a a b", &["a b b"], "de", false, 2.0 / 3.0);
        check("nothing", &[], "en", false, 0.0);
        check("", &["the"], "en", true, 1.0);
    }

    #[test]
    fn articles_are_those_of_the_language() {
        check("der Turm", &["Turm"], "de", true, 1.0);
        check("die Turm", &["turm"], "en", false, 2.0 / 3.0);
        check("the tower", &["tower"], "de", false, 2.0 / 3.0);
    }

    #[test]
    fn scripts_without_spaces_are_compared_by_character() {
        check("北京大学", &["北京"], "zh", false, 2.0 / 3.0);
        check("2008年", &["2008 年"], "zh", true, 1.0);
        check("ครู", &["ครู"], "th", true, 1.0);
    }

    #[test]
    fn words_are_held_whatever_their_case_and_white_space() {
        let holding = |text: &str, answer: &str| holds(text, &gold(&[answer]));
        assert!(holding(
            "The keeper\nlit the  LAMP at dusk.",
            "lit the lamp"
        ));
        assert!(!holding("The keeper lit a lamp.", "lit the lamp"));
        assert!(!holds("anything", &[]));
    }
}
