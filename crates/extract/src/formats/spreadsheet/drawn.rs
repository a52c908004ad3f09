//! What lies over the cells of an Excel sheet: charts and comments.

use std::collections::HashMap;

use alexandria_core::block::BlockKind;

use crate::chart;
use crate::failure::Result;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::relations::{main_part, relations};
use crate::xml::{Step, Xml, decode};
use crate::zip::Archive;

/// The parts of a file that hold its sheets, by the sheets' names.
pub(super) struct Parts<'a> {
    archive: Archive<'a>,
    limits: &'a Limits,
    sheets: HashMap<String, String>,
}

impl<'a> Parts<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Self> {
        let mut archive = Archive::open(bytes, limits)?;
        let main = main_part(&mut archive, "officeDocument", "xl/workbook.xml", limits)?;
        let targets: HashMap<String, String> = relations(&mut archive, &main, limits)?
            .into_iter()
            .map(|relation| (relation.id, relation.target))
            .collect();
        let book = archive.require(&main)?;
        let book = decode(&book);
        let mut xml = Xml::new(&book, limits);
        let mut sheets = HashMap::new();
        loop {
            match xml.step()? {
                Step::Open(tag) if tag.name() == "sheet" => {
                    let target = tag.relation("id").and_then(|id| targets.get(&id));
                    sheets.extend(tag.get("name").zip(target.cloned()));
                }
                Step::Done => break,
                Step::Open(_) | Step::Close(_) | Step::Text(_) => {}
            }
        }
        Ok(Self {
            archive,
            limits,
            sheets,
        })
    }

    /// Writes the charts and comments of a sheet.
    pub(super) fn write(&mut self, sheet: &str, flow: &mut Flow<'_>) -> Result<()> {
        let Some(part) = self.sheets.get(sheet).cloned() else {
            return Ok(());
        };
        for relation in relations(&mut self.archive, &part, self.limits)? {
            match relation.kind.as_str() {
                "drawing" => self.drawing(&relation.target, flow)?,
                "comments" | "threadedComment" => {
                    if let Some(bytes) = self.archive.read(&relation.target)? {
                        comments(&decode(&bytes), self.limits, flow)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn drawing(&mut self, part: &str, flow: &mut Flow<'_>) -> Result<()> {
        for relation in relations(&mut self.archive, part, self.limits)? {
            if relation.kind == "chart"
                && let Some(bytes) = self.archive.read(&relation.target)?
            {
                chart::write(&decode(&bytes), self.limits, flow)?;
            }
        }
        Ok(())
    }
}

/// Writes the comments of a part. Threads of comments have a part of their own; the older part only
/// repeats them under an author whose name is a number.
fn comments(text: &str, limits: &Limits, flow: &mut Flow<'_>) -> Result<()> {
    let mut xml = Xml::new(text, limits);
    let mut authors: Vec<String> = Vec::new();
    let mut open: Option<(String, String)> = None;
    loop {
        match xml.step()? {
            Step::Open(tag) => match (tag.name(), &mut open) {
                ("author", _) => authors.push(xml.text()?),
                ("comment", _) => {
                    let author = tag.get("authorId").and_then(|id| id.parse::<usize>().ok());
                    let author = author.and_then(|author| authors.get(author));
                    let by = author.map(|author| format!(" by {author}"));
                    let is_repeated = author.is_some_and(|author| author.starts_with("tc="));
                    let start = format!(
                        "Comment on {}{}: ",
                        tag.get("ref").unwrap_or_default(),
                        by.unwrap_or_default()
                    );
                    open = (!is_repeated).then(|| (start, String::new()));
                }
                ("threadedComment", _) => {
                    let start = format!("Comment on {}: ", tag.get("ref").unwrap_or_default());
                    open = Some((start, String::new()));
                }
                // Threads have their text directly in this element, others in runs inside it.
                ("text" | "r", _) => {}
                ("t", Some((_, comment))) => comment.push_str(&xml.text()?),
                ("rPr" | "phoneticPr" | "rPh", _) => xml.skip()?,
                _ => {}
            },
            Step::Text(text) => {
                if let Some((_, comment)) = &mut open {
                    comment.push_str(&text);
                }
            }
            Step::Close(end) if matches!(end.name(), "comment" | "threadedComment") => {
                if let Some((start, comment)) = open.take().filter(|(_, text)| !text.is_empty()) {
                    flow.text(BlockKind::Footnote, &(start + &comment));
                }
            }
            Step::Close(_) => {}
            Step::Done => return Ok(()),
        }
    }
}
