//! The notes and comments of a Word file, each in a part of its own.

use std::collections::HashMap;

use crate::failure::Result;
use crate::limits::Limits;
use crate::xml::{Step, Xml};

/// Where a note stands; their ids are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Notes {
    /// At the foot of its page.
    Foot,
    /// At the end.
    End,
    /// In the margin, by somebody who commented.
    Margin,
}

/// The texts of all notes of a part by their ids.
pub(super) fn notes(
    text: &str,
    place: Notes,
    limits: &Limits,
) -> Result<HashMap<(Notes, String), String>> {
    let mut xml = Xml::new(text, limits);
    let mut notes = HashMap::new();
    let mut open: Option<(String, String)> = None;
    loop {
        match xml.step()? {
            Step::Open(tag) => match (tag.name(), &mut open) {
                // The separators are notes of a special type.
                ("footnote" | "endnote", _) if tag.get("type").is_none() => {
                    open = tag.get("id").map(|id| (id, String::new()));
                }
                ("comment", _) => {
                    let author = tag.get("author").filter(|author| !author.is_empty());
                    let by = author.map(|author| format!(" by {author}"));
                    let start = format!("Comment{}: ", by.unwrap_or_default());
                    open = tag.get("id").map(|id| (id, start));
                }
                ("t", Some((_, note))) => note.push_str(&xml.text()?),
                ("tab" | "br" | "p", Some((_, note))) => note.push(' '),
                ("del" | "moveFrom", _) => xml.skip()?,
                _ => {}
            },
            Step::Close(end) if matches!(end.name(), "footnote" | "endnote" | "comment") => {
                notes.extend(open.take().map(|(id, note)| ((place, id), note)));
            }
            Step::Close(_) | Step::Text(_) => {}
            Step::Done => return Ok(notes),
        }
    }
}
