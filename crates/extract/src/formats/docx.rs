//! Word files: headings by their styles, lists, tables, notes; what was deleted with change tracking,
//! headers and footers are left out.

mod body;
mod styles;

use std::collections::HashMap;

use crate::failure::Result;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::relations::{main_part, properties, relations};
use crate::xml::decode;
use crate::zip::Archive;
use crate::{Format, Sink, Source};

/// Word.
pub(crate) const FORMAT: Format = Format {
    name: "docx",
    media_types: &["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    extensions: &["docx", "docm", "dotx", "dotm"],
    paged: false,
    parse,
};

fn parse(source: &Source, limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    let mut archive = Archive::open(source.bytes(), limits)?;
    let mut flow = Flow::new(sink);
    flow.about(properties(&mut archive, "docProps/core.xml", limits)?);
    let main = main_part(&mut archive, "officeDocument", "word/document.xml", limits)?;
    let mut styles = styles::Styles::default();
    let mut notes = HashMap::new();
    for relation in relations(&mut archive, &main, limits)? {
        let kind = relation.kind.as_str();
        let is_wanted = matches!(kind, "styles" | "footnotes" | "endnotes");
        let Some(bytes) = archive.read(&relation.target)?.filter(|_| is_wanted) else {
            continue;
        };
        let text = decode(&bytes);
        match kind {
            "styles" => styles = styles::Styles::read(&text, limits)?,
            "footnotes" => notes.extend(body::notes(&text, body::Notes::Foot, limits)?),
            _ => notes.extend(body::notes(&text, body::Notes::End, limits)?),
        }
    }
    let bytes = archive.require(&main)?;
    body::write(&decode(&bytes), &styles, &notes, limits, &mut flow)
}
