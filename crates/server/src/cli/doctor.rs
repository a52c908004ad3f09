//! `alexandria doctor`: check the whole installation and say what to do about what is found.

use alexandria_core::error::Result;
use clap::Args;

use super::door::{Door, Work};
use super::paint::{BAD, FAINT, GOOD, WARN, clean, paint};
use super::{Outcome, Setting};
use crate::api::status::{DiagnosisBody, FindingBody, RebuildBody, RebuildWhat, RebuiltBody};

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria doctor
  alexandria doctor --rebuild";

/// Check the whole installation and say what to do about what is found.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Doctor {
    /// Build the indexes again from the catalog first; nothing is read or embedded again
    #[arg(long)]
    rebuild: bool,
}

impl Doctor {
    /// Checks.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let work = if self.rebuild {
            Work::Jobs
        } else {
            Work::Store
        };
        let door = Door::open(setting, work).await?;
        let checked = self.check(setting, &door).await;
        door.close().await;
        let mut diagnosis = checked?;
        diagnosis.findings.extend(installation(setting));
        diagnosis.sound = diagnosis
            .findings
            .iter()
            .all(|finding| finding.severity == "note");
        if setting.painter.is_json() {
            setting.painter.json(&diagnosis)?;
        } else {
            show(setting, &diagnosis);
        }
        Ok(if diagnosis.sound {
            Outcome::Done
        } else {
            Outcome::Incomplete
        })
    }

    async fn check(&self, setting: &Setting, door: &Door) -> Result<DiagnosisBody> {
        if self.rebuild {
            let wish = RebuildBody {
                what: RebuildWhat::All,
            };
            let built: RebuiltBody = door.post("/api/v1/rebuild", &wish).await?;
            if !setting.painter.is_json() {
                setting.painter.say(format!(
                    "{} built {} collections again: {} texts, {} vectors",
                    paint(GOOD, "✓"),
                    built.spaces,
                    built.entries,
                    built.points
                ));
            }
        }
        door.get("/api/v1/doctor").await
    }
}

/// What is missing around the library.
fn installation(setting: &Setting) -> Vec<FindingBody> {
    let mut findings = Vec::new();
    let mut note = |part: &str, severity: &str, message: String, remedy: &str| {
        findings.push(FindingBody {
            severity: severity.to_owned(),
            part: part.to_owned(),
            message,
            remedy: remedy.to_owned(),
        });
    };
    let config = setting.config();
    if crate::config::embedder::is_here(config)
        && let Err(error) = super::models::find(config)
    {
        note(
            "embedder",
            "warning",
            error.message().to_owned(),
            "run alexandria models fetch",
        );
    }
    if config.ocr == crate::config::Ocr::Off {
        let remedy = "set ALEXANDRIA_OCR=auto to read scanned pages";
        note(
            "reader",
            "note",
            "scanned pages are not recognised".to_owned(),
            remedy,
        );
    }
    for warning in &setting.settled.warnings {
        note(
            "settings",
            "warning",
            warning.clone(),
            "see docs/secrets.md for what each file may be open to",
        );
    }
    findings
}

fn show(setting: &Setting, diagnosis: &DiagnosisBody) {
    let painter = setting.painter;
    for sentence in &diagnosis.checked {
        painter.say(format!("{} {}", paint(GOOD, "✓"), clean(sentence)));
    }
    for finding in &diagnosis.findings {
        let style = match finding.severity.as_str() {
            "note" => FAINT,
            "warning" => WARN,
            _ => BAD,
        };
        let (severity, part) = (paint(style, &finding.severity), clean(&finding.part));
        painter.say(format!("{severity} {part}: {}", clean(&finding.message)));
        painter.say(paint(FAINT, format!("    → {}", clean(&finding.remedy))));
    }
    if diagnosis.sound {
        painter.say(paint(GOOD, "Everything is in order."));
    }
}
