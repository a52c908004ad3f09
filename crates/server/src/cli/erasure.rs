//! `alexandria erasure`: erasing a document, the receipts of what was erased, and whether anything is
//! left of it.

use std::path::{Path, PathBuf};

use alexandria_core::erasure::{Fingerprint, Receipt, unhex};
use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use alexandria_core::id::{DocumentId, ErasureId};
use alexandria_library::erasure::is_genuine;
use clap::{Args, Subcommand};

use super::door::{Door, Work};
use super::list::gather;
use super::paint::{FAINT, GOOD, WARN, clean, paint};
use super::{Outcome, Setting};
use crate::api::erasures::{CheckBody, ERASURES_PATH, KeyBody, ProofBody, ReceiptBody};
use crate::config::write_alone;

/// The largest receipt that is read, in bytes.
const RECEIPT_BYTES_MAX: u64 = 1024 * 1024;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria erasure document 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69 --out receipt.json
  alexandria erasure list
  alexandria erasure check 0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69
  alexandria erasure verify receipt.json --about grace@example.org
  alexandria erasure key";

/// Erase a document, look at what was erased, and verify receipts; people are erased by `user erase`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Erasure {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Erase a document with its words in every answer that quotes it
    Document {
        /// The document's id; `alexandria list` shows it
        #[arg(value_name = "ID")]
        document: String,
        /// Write the receipt, with its salt, into this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Do not ask
        #[arg(long, short = 'y')]
        yes: bool,
    },
    /// List what was erased, newest first
    List {
        /// At most so many
        #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Look whether anything is left of what was erased; exits with 1 when there is
    Check {
        /// The id of the receipt
        #[arg(value_name = "ID")]
        erasure: String,
    },
    /// Verify a receipt in a file, without the library; exits with 1 when it is not genuine
    Verify {
        /// The receipt, as `--out` has written it or the API gave it
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The key it must be signed with, as `alexandria erasure key` prints it
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
        /// An address, a name or an id that it must be about; the file must hold the salt
        #[arg(long, value_name = "IDENTIFIER")]
        about: Option<String>,
    },
    /// Print the key that receipts of this installation are verified with
    Key,
}

impl Erasure {
    /// Does what is asked.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        if let Verb::Verify { file, key, about } = &self.verb {
            return verify(setting, file, key.as_deref(), about.as_deref());
        }
        let door = Door::open(setting, Work::Look).await?;
        let done = self.verb.run(setting, &door).await;
        door.close().await;
        done
    }
}

impl Verb {
    async fn run(&self, setting: &Setting, door: &Door) -> Result<Outcome> {
        match self {
            Self::Document { document, out, yes } => {
                let id: DocumentId = document.parse()?;
                let question = format!("Erase the document {id} for good?");
                let path = format!("/api/v1/documents/{id}/erasure");
                erase(setting, door, (&path, &question), out.as_deref(), *yes).await?;
                Ok(Outcome::Done)
            }
            Self::List { limit } => list(setting, door, *limit).await,
            Self::Check { erasure } => check(setting, door, erasure.parse()?).await,
            Self::Key => {
                let key: KeyBody = door.get(&format!("{ERASURES_PATH}/key")).await?;
                if setting.painter.is_json() {
                    setting.painter.json(&key)?;
                } else {
                    setting.painter.say(key.public_key);
                }
                Ok(Outcome::Done)
            }
            // It needs no library, and was done before.
            Self::Verify { .. } => Ok(Outcome::Done),
        }
    }
}

/// Erases what a path names, and shows or writes the receipt.
///
/// # Errors
/// What the library said; `Conflict` when a person says no.
pub(super) async fn erase(
    setting: &Setting,
    door: &Door,
    (path, question): (&str, &str),
    out: Option<&Path>,
    yes: bool,
) -> Result<()> {
    if !yes && !super::confirm(setting, question)? {
        let sentence = "nothing was erased; say --yes to erase without being asked";
        return Err(Error::new(ErrorKind::Conflict, sentence));
    }
    let proof: ProofBody = door.post(path, &serde_json::json!({})).await?;
    if let Some(out) = out {
        let json = serde_json::to_vec_pretty(&proof).context(ErrorKind::Internal, || {
            "cannot write the receipt".to_owned()
        })?;
        write_alone(out, &json)?;
    }
    let painter = setting.painter;
    if painter.is_json() {
        return painter.json(&proof);
    }
    painter.say(format!(
        "{} erased; the receipt is {}",
        paint(GOOD, "✓"),
        proof.receipt.id
    ));
    for (table, count) in &proof.receipt.erased {
        painter.say(format!("  {count} {} erased", clean(table)));
    }
    for (table, count) in &proof.receipt.remaining {
        let line = format!(
            "  {count} {} remain under an id that leads to nobody",
            clean(table)
        );
        painter.say(paint(FAINT, line));
    }
    match out {
        Some(out) => painter.say(format!("receipt and salt are in {}", out.display())),
        None => painter.say(format!("its salt, shown this once: {}", clean(&proof.salt))),
    }
    Ok(())
}

async fn list(setting: &Setting, door: &Door, limit: usize) -> Result<Outcome> {
    let items: Vec<ReceiptBody> = gather(door, ERASURES_PATH, &[], limit).await?;
    let row = |receipt: &ReceiptBody| {
        let rows: u64 = receipt.erased.values().sum();
        vec![
            receipt.moment.to_string(),
            clean(&receipt.kind),
            rows.to_string(),
            clean(&receipt.by),
            receipt.id.to_string(),
        ]
    };
    setting
        .painter
        .list(&items, &["MOMENT", "WHAT", "ROWS", "BY", "ID"], row)?;
    Ok(Outcome::Done)
}

async fn check(setting: &Setting, door: &Door, id: ErasureId) -> Result<Outcome> {
    let found: CheckBody = door.get(&format!("{ERASURES_PATH}/{id}/check")).await?;
    let painter = setting.painter;
    if painter.is_json() {
        painter.json(&found)?;
    } else if found.clean {
        let places = clean(&found.looked_at.join(", "));
        painter.say(format!("{} nothing is left in: {places}", paint(GOOD, "✓")));
    } else {
        if !found.genuine {
            painter.say(format!("{} the receipt is not genuine", paint(WARN, "✗")));
        }
        for (place, count) in &found.found {
            painter.say(format!("{} {count} in {}", paint(WARN, "✗"), clean(place)));
        }
    }
    Ok(if found.clean {
        Outcome::Done
    } else {
        Outcome::Incomplete
    })
}

/// A receipt with its salt, where the file holds it.
fn read(file: &Path) -> Result<(Receipt, Option<String>)> {
    let about = || format!("cannot read a receipt in {}", file.display());
    let of = fs_err::metadata(file).context(ErrorKind::Invalid, about)?;
    if of.len() > RECEIPT_BYTES_MAX {
        let sentence = format!("{}: it is too large to be one", about());
        return Err(Error::new(ErrorKind::TooLarge, sentence));
    }
    let text = fs_err::read_to_string(file).context(ErrorKind::Invalid, about)?;
    let value: serde_json::Value =
        serde_json::from_str(&text).context(ErrorKind::Invalid, about)?;
    let salt = value.get("salt").and_then(serde_json::Value::as_str);
    let salt = salt.map(str::to_owned);
    let receipt = value.get("receipt").cloned().unwrap_or(value);
    let receipt = serde_json::from_value(receipt).context(ErrorKind::Invalid, about)?;
    Ok((receipt, salt))
}

fn verify(
    setting: &Setting,
    file: &Path,
    key: Option<&str>,
    about: Option<&str>,
) -> Result<Outcome> {
    let (receipt, salt) = read(file)?;
    let mut faults = Vec::new();
    if !is_genuine(&receipt) {
        faults.push("the signature does not fit the receipt");
    }
    if key.is_some_and(|key| key != receipt.public_key) {
        faults.push("it is signed with another key");
    }
    let matched = match about {
        None => None,
        Some(about) => {
            let salt = salt.as_deref().and_then(unhex).ok_or_else(|| {
                let sentence = "the file does not hold the salt that identifiers are compared with";
                Error::new(ErrorKind::Invalid, sentence)
            })?;
            let print = Fingerprint::of(&salt, about);
            let found = receipt.identifiers.iter().find(|(_, one)| **one == print);
            if found.is_none() {
                faults.push("it is not about that");
            }
            found.map(|(what, _)| what.clone())
        }
    };
    let painter = setting.painter;
    if painter.is_json() {
        let genuine = faults.is_empty();
        let verdict = serde_json::json!({
            "genuine": genuine, "faults": faults, "about": matched, "id": receipt.id,
            "kind": receipt.kind, "moment": receipt.moment, "public_key": receipt.public_key,
        });
        painter.json(&verdict)?;
    } else if faults.is_empty() {
        let (kind, moment) = (receipt.kind.name(), receipt.moment);
        painter.say(format!(
            "{} the receipt is genuine: a {kind} was erased on {moment}",
            paint(GOOD, "✓")
        ));
        if let Some(what) = matched {
            painter.say(format!("it is about that {}", clean(&what)));
        }
        if key.is_none() {
            let line = format!(
                "signed with {}; compare it with a key you trust",
                clean(&receipt.public_key)
            );
            painter.say(paint(FAINT, line));
        }
    } else {
        for fault in &faults {
            painter.say(format!("{} {fault}", paint(WARN, "✗")));
        }
    }
    Ok(if faults.is_empty() {
        Outcome::Done
    } else {
        Outcome::Incomplete
    })
}
