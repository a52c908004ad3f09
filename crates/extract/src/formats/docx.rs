//! Word files: headings by their styles, lists, automatic numbers, tables, notes; what was deleted with change tracking,
//! headers and footers are left out.

mod body;
mod numbering;
mod styles;

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
    let mut parts = body::Parts::default();
    for relation in relations(&mut archive, &main, limits)? {
        let kind = relation.kind.as_str();
        let is_wanted = matches!(kind, "styles" | "numbering" | "footnotes" | "endnotes");
        let Some(bytes) = archive.read(&relation.target)?.filter(|_| is_wanted) else {
            continue;
        };
        let text = decode(&bytes);
        match kind {
            "styles" => parts.styles = styles::Styles::read(&text, limits)?,
            "numbering" => parts.numbering = numbering::Numbering::read(&text, limits)?,
            "footnotes" => parts
                .notes
                .extend(body::notes(&text, body::Notes::Foot, limits)?),
            _ => parts
                .notes
                .extend(body::notes(&text, body::Notes::End, limits)?),
        }
    }
    let bytes = archive.require(&main)?;
    body::write(&decode(&bytes), &parts, limits, &mut flow)
}
