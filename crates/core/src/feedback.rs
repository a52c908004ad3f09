//! What somebody thought of an answer, and the case that can be made of it: a question with the answer
//! it should get.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::id::DocumentId;

/// The longest comment, in bytes.
pub const COMMENT_BYTES_MAX: usize = 4_000;

/// The longest correction, in bytes.
pub const CORRECTION_BYTES_MAX: usize = 4_000;

/// The most right answers that a case has.
pub const CASE_ANSWERS_MAX: usize = 20;

/// The longest right answer of a case, in bytes.
pub const CASE_ANSWER_BYTES_MAX: usize = 8_000;

/// Whether an answer was of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thumb {
    /// It was.
    Up,
    /// It was not.
    Down,
}

/// What was wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It says something false.
    Wrong,
    /// Something is missing, or nothing was found although it is there.
    Incomplete,
    /// The library does not answer the question, and it should have said so.
    NotInLibrary,
    /// It rests on the wrong document.
    WrongSource,
    /// It was right once.
    Outdated,
    /// It cannot be understood, or is not what was asked.
    Unclear,
    /// Something else; the comment says what.
    Other,
}

impl Thumb {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    /// The thumb of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Up, Self::Down]
            .into_iter()
            .find(|one| one.name() == name)
    }
}

impl Reason {
    /// Every reason there is.
    pub const ALL: [Self; 7] = [
        Self::Wrong,
        Self::Incomplete,
        Self::NotInLibrary,
        Self::WrongSource,
        Self::Outdated,
        Self::Unclear,
        Self::Other,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Incomplete => "incomplete",
            Self::NotInLibrary => "not_in_library",
            Self::WrongSource => "wrong_source",
            Self::Outdated => "outdated",
            Self::Unclear => "unclear",
            Self::Other => "other",
        }
    }

    /// The reason of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// What somebody thinks of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opinion {
    /// Whether it was of use.
    pub thumb: Thumb,
    /// What was wrong with it.
    pub reason: Option<Reason>,
    /// More in their own words.
    pub comment: Option<String>,
    /// What it should have said.
    pub correction: Option<String>,
}

impl Opinion {
    /// The same without empty texts.
    ///
    /// # Errors
    /// `Invalid` for a text that is too long, and for a reason with a thumb up.
    pub fn checked(self) -> Result<Self> {
        let text = |name: &str, text: Option<String>, bytes_max: usize| {
            let text = text.map(|text| text.trim().to_owned());
            let text = text.filter(|text| !text.is_empty());
            if text.as_ref().is_some_and(|text| text.len() > bytes_max) {
                let sentence = format!("the {name} is longer than {bytes_max} bytes; shorten it");
                return Err(Error::new(ErrorKind::Invalid, sentence));
            }
            Ok(text)
        };
        if self.thumb == Thumb::Up && self.reason.is_some() {
            let sentence =
                "a reason says what was wrong: give it with a thumb down, or leave it out";
            return Err(Error::new(ErrorKind::Invalid, sentence));
        }
        Ok(Self {
            comment: text("comment", self.comment, COMMENT_BYTES_MAX)?,
            correction: text("correction", self.correction, CORRECTION_BYTES_MAX)?,
            ..self
        })
    }
}

/// What a case needs of an answer, kept beside the opinion, so that it outlives the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerCopy {
    /// Whether the question was answered.
    pub answered: bool,
    /// The cited words of its supported sentences, in their order, each once.
    pub quotes: Vec<String>,
    /// The documents they stand in, each once.
    pub documents: Vec<DocumentId>,
    /// The language it was answered in, where known.
    pub language: Option<String>,
}

/// What a question should be answered with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Answers that are right; none when it must not be answered.
    pub answers: Vec<String>,
    /// Documents that the answer stands in; none when that is not known.
    pub documents: Vec<DocumentId>,
}

/// What a question should be answered with, by an answer and what somebody thought of it.
///
/// - A correction is the right answer. The cited documents are expected too, unless the opinion says that
///   they are the wrong ones or that nothing was found.
/// - A thumb up, or no opinion, confirms the answer: its cited words are right (first all of them
///   together, where there are several), or, when it said that nothing was found, that is right.
/// - A thumb down because the library does not answer the question means that it must not be answered.
/// - Any other thumb down says that the answer was wrong and not what is right. A case that every other
///   wrong answer would pass measures nothing, so none is made.
///
/// # Errors
/// `Conflict` in the last case; it says what is missing.
pub fn expected(copy: &AnswerCopy, opinion: Option<&Opinion>) -> Result<Expected> {
    let reason = opinion.and_then(|opinion| opinion.reason);
    if let Some(correction) = opinion.and_then(|opinion| opinion.correction.clone()) {
        let elsewhere = matches!(reason, Some(Reason::WrongSource | Reason::NotInLibrary));
        let documents = match elsewhere {
            true => Vec::new(),
            false => copy.documents.clone(),
        };
        return Ok(Expected {
            answers: vec![correction],
            documents,
        });
    }
    if opinion.is_none_or(|opinion| opinion.thumb == Thumb::Up) {
        return Ok(match copy.answered {
            true => confirmed(copy),
            false => Expected::default(),
        });
    }
    if reason == Some(Reason::NotInLibrary) {
        return Ok(Expected::default());
    }
    Err(Error::new(
        ErrorKind::Conflict,
        "the thumb is down, and nothing says what is right: add a correction to the feedback, or the reason \
         \"not_in_library\" when it must not be answered, or give the right answers with the call",
    ))
}

fn confirmed(copy: &AnswerCopy) -> Expected {
    let mut answers = copy.quotes.clone();
    if answers.len() > 1 {
        answers.insert(0, answers.join(" "));
    }
    answers.retain(|answer| answer.len() <= CASE_ANSWER_BYTES_MAX);
    answers.truncate(CASE_ANSWERS_MAX);
    Expected {
        answers,
        documents: copy.documents.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn copy(quotes: &[&str]) -> AnswerCopy {
        AnswerCopy {
            answered: !quotes.is_empty(),
            quotes: quotes.iter().map(|&quote| quote.to_owned()).collect(),
            documents: quotes
                .iter()
                .take(1)
                .map(|_| DocumentId::from_uuid(Uuid::from_u128(7)))
                .collect(),
            language: None,
        }
    }

    fn opinion(thumb: Thumb, reason: Option<Reason>, correction: Option<&str>) -> Opinion {
        Opinion {
            thumb,
            reason,
            comment: None,
            correction: correction.map(str::to_owned),
        }
    }

    #[test]
    fn what_is_expected_follows_from_the_opinion() {
        let check = |quotes: &[&str], opinion: Option<&Opinion>, answers: &[&str], documents| {
            let found = expected(&copy(quotes), opinion).unwrap();
            assert_eq!(found.answers, answers, "{opinion:?}");
            assert_eq!(found.documents.len(), documents, "{opinion:?}");
        };
        let up = opinion(Thumb::Up, None, None);
        check(&["In 1743."], Some(&up), &["In 1743."], 1);
        check(&["A.", "B."], None, &["A. B.", "A.", "B."], 1);
        check(&[], Some(&up), &[], 0);
        let corrected = opinion(Thumb::Down, Some(Reason::Wrong), Some("1744"));
        check(&["In 1743."], Some(&corrected), &["1744"], 1);
        let elsewhere = opinion(Thumb::Down, Some(Reason::WrongSource), Some("1744"));
        check(&["In 1743."], Some(&elsewhere), &["1744"], 0);
        let unanswerable = opinion(Thumb::Down, Some(Reason::NotInLibrary), None);
        check(&["In 1743."], Some(&unanswerable), &[], 0);
        for reason in [None, Some(Reason::Wrong), Some(Reason::Unclear)] {
            let down = opinion(Thumb::Down, reason, None);
            let refused = expected(&copy(&["In 1743."]), Some(&down)).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Conflict);
        }
    }

    #[test]
    fn texts_of_an_opinion_have_an_end() {
        let long = "x".repeat(CORRECTION_BYTES_MAX + 1);
        let refused = opinion(Thumb::Down, None, Some(&long)).checked();
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);
        let blank = opinion(Thumb::Down, None, Some("  ")).checked().unwrap();
        assert_eq!(blank.correction, None);
        let odd = opinion(Thumb::Up, Some(Reason::Wrong), None).checked();
        assert_eq!(odd.unwrap_err().kind(), ErrorKind::Invalid);
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for reason in Reason::ALL {
            assert_eq!(Reason::named(reason.name()), Some(reason));
        }
        for thumb in [Thumb::Up, Thumb::Down] {
            assert_eq!(Thumb::named(thumb.name()), Some(thumb));
        }
    }
}
