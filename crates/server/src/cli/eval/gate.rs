//! The gate of `alexandria eval`: what an earlier run printed with `--json`, the figures of this run
//! beside it, and which have become worse by more than is allowed.

use std::path::Path;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::evaluation::gate::{Difference, Figure, compare};
use alexandria_library::evaluate::{EvaluationKind, Figures};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::cli::paint::{BAD, FAINT, clean, paint, table};
use crate::cli::{Outcome, Setting};

/// What is evaluated, for people.
const fn noun(kind: EvaluationKind) -> &'static str {
    match kind {
        EvaluationKind::Search => "the search",
        EvaluationKind::Checker => "the checker",
        EvaluationKind::Questions => "the answers to questions",
    }
}

/// What was evaluated on what: the first fields of what `--json` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    kind: EvaluationKind,
    /// The name of the folder, for people.
    collection: String,
    /// What the folder held and what of it was asked.
    digest: String,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a, T> {
    #[serde(flatten)]
    head: Head,
    #[serde(flatten)]
    found: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Comparison>,
}

/// Every figure beside what it was.
#[derive(Debug, Serialize)]
struct Comparison {
    /// The share of the baseline's figure that is still good enough, where one was given.
    fail_below: Option<f64>,
    figures: Vec<Compared>,
    /// Figures that the baseline has and this run has not.
    gone: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Compared {
    name: String,
    now: f64,
    before: Option<f64>,
    fell: bool,
}

/// An evaluation that is about to be made, and the baseline that it is compared with.
#[derive(Debug)]
pub(super) struct Gate<T> {
    head: Head,
    baseline: Option<T>,
    fail_below: Option<f64>,
}

impl<T: Figures + DeserializeOwned> Gate<T> {
    /// Reads the baseline before anything is measured, so that a wrong one costs no time.
    ///
    /// # Errors
    /// `Invalid` when the file is no evaluation, or one of something else.
    pub(super) fn open(
        kind: EvaluationKind,
        folder: &Path,
        digest: String,
        baseline: Option<&Path>,
        fail_below: Option<f64>,
    ) -> Result<Self> {
        let name = folder.canonicalize().ok();
        let name = name.as_deref().unwrap_or(folder).file_name();
        let collection = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let head = Head {
            kind,
            collection,
            digest,
        };
        let baseline = baseline.map(|path| read(path, &head)).transpose()?;
        Ok(Self {
            head,
            baseline,
            fail_below,
        })
    }

    /// The name of what is measured, and the digest of what it holds.
    pub(super) fn asked(&self) -> (&str, &str) {
        (&self.head.collection, &self.head.digest)
    }

    /// Compares what was found with the baseline.
    pub(super) fn pass(self, found: &T) -> Report<'_, T> {
        let comparison = self.baseline.map(|baseline| {
            // Without a share nothing fails: no figure is below none of the baseline's.
            let least = self.fail_below.unwrap_or(0.0);
            let (differences, gone) = compare(&found.figures(), &baseline.figures(), least);
            Comparison {
                fail_below: self.fail_below,
                figures: differences.into_iter().map(Compared::from).collect(),
                gone,
            }
        });
        Report {
            head: self.head,
            found,
            comparison,
        }
    }
}

impl From<Difference> for Compared {
    fn from(difference: Difference) -> Self {
        let Figure { name, value, .. } = difference.figure;
        Self {
            name,
            now: value,
            before: difference.before,
            fell: difference.has_fallen,
        }
    }
}

/// Reads a baseline that is to be of the same kind and the same questions.
fn read<T: DeserializeOwned>(path: &Path, head: &Head) -> Result<T> {
    let shown = path.display();
    let invalid = |why: String| Error::new(ErrorKind::Invalid, why);
    let text = fs_err::read(path).context(ErrorKind::Invalid, || {
        format!("cannot read the baseline {shown}")
    })?;
    let no_evaluation = || {
        format!(
            "the baseline {shown} is not what `alexandria eval --json` of this version prints: \
             measure it again"
        )
    };
    let value: serde_json::Value =
        serde_json::from_slice(&text).context(ErrorKind::Invalid, no_evaluation)?;
    let own: Head =
        serde_json::from_value(value.clone()).context(ErrorKind::Invalid, no_evaluation)?;
    if own.kind != head.kind {
        return Err(invalid(format!(
            "the baseline {shown} measures {}, and this run {}: they cannot be compared",
            noun(own.kind),
            noun(head.kind)
        )));
    }
    if own.digest != head.digest {
        return Err(invalid(format!(
            "the baseline {shown} was measured on {:?}, which holds or asks something else than {:?}: \
             they cannot be compared; measure the baseline again on the same folder with the same \
             options",
            own.collection, head.collection
        )));
    }
    serde_json::from_value(value).context(ErrorKind::Invalid, no_evaluation)
}

/// Prints every figure beside what it was.
pub(super) fn show<T>(setting: &Setting, report: &Report<'_, T>) {
    let Some(comparison) = &report.comparison else {
        return;
    };
    let rows: Vec<Vec<String>> = comparison
        .figures
        .iter()
        .map(|figure| {
            let before = figure.before;
            vec![
                clean(&figure.name),
                before.map_or_else(String::new, number),
                number(figure.now),
                before.map_or_else(|| "new".to_owned(), |before| signed(figure.now - before)),
                if figure.fell {
                    paint(BAD, "fell")
                } else {
                    String::new()
                },
            ]
        })
        .collect();
    let headings = ["FIGURE", "BASELINE", "NOW", "DIFFERENCE", ""];
    setting
        .painter
        .say(format!("\n{}", table(&headings, &rows)));
    let sentence =
        "Times and tokens are shown and fail nothing: they belong to the machine and the model.";
    setting.painter.say(paint(FAINT, sentence));
}

/// Says which figures fell, and how the verb ends.
pub(super) fn outcome<T>(setting: &Setting, report: &Report<'_, T>) -> Outcome {
    let Some(comparison) = &report.comparison else {
        return Outcome::Done;
    };
    let Some(least) = comparison.fail_below else {
        return Outcome::Done;
    };
    let fell = comparison.figures.iter().filter(|figure| figure.fell);
    let mut outcome = Outcome::Done;
    for figure in fell {
        outcome = Outcome::Worse;
        setting.painter.tell(format!(
            "{} {} is {} and was {}: worse by more than the {} % that are allowed",
            paint(BAD, "worse:"),
            clean(&figure.name),
            number(figure.now),
            number(figure.before.unwrap_or_default()),
            number(100.0 * (1.0 - least)),
        ));
    }
    for name in &comparison.gone {
        outcome = Outcome::Worse;
        setting.painter.tell(format!(
            "{} the baseline has the figure {}, and this run has not",
            paint(BAD, "worse:"),
            clean(name)
        ));
    }
    outcome
}

/// A figure with four digits behind the point, less where they are nothing.
fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    short.to_owned()
}

fn signed(value: f64) -> String {
    let text = number(value);
    if value > 0.0 && text != "0" {
        return format!("+{text}");
    }
    if text == "-0" { "0".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::{number, signed};

    #[test]
    fn figures_are_written_short() {
        assert_eq!([number(0.5), number(12.0), number(0.0)], ["0.5", "12", "0"]);
        assert_eq!([number(0.12345), number(100.0)], ["0.1235", "100"]);
        assert_eq!([signed(0.25), signed(-0.25)], ["+0.25", "-0.25"]);
        assert_eq!([signed(0.000_01), signed(-0.000_01)], ["0", "0"]);
    }
}
