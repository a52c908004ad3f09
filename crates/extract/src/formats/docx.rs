//! Word files: headings by their styles, lists with their automatic numbers, tables, charts, notes and
//! comments; what was deleted with change tracking, headers and footers are left out.

mod body;
mod note;
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
        let is_wanted = matches!(
            kind,
            "styles"
                | "numbering"
                | "footnotes"
                | "endnotes"
                | "comments"
                | "chart"
                | "diagramData"
        );
        let Some(bytes) = archive.read(&relation.target)?.filter(|_| is_wanted) else {
            continue;
        };
        match kind {
            "styles" => parts.styles = styles::Styles::read(&decode(&bytes), limits)?,
            "numbering" => parts.numbering = numbering::Numbering::read(&decode(&bytes), limits)?,
            "chart" => drop(parts.charts.insert(relation.id, bytes)),
            "diagramData" => drop(parts.diagrams.insert(relation.id, bytes)),
            _ => {
                let place = match kind {
                    "footnotes" => note::Notes::Foot,
                    "endnotes" => note::Notes::End,
                    _ => note::Notes::Margin,
                };
                parts
                    .notes
                    .extend(note::notes(&decode(&bytes), place, limits)?);
            }
        }
    }
    let bytes = archive.require(&main)?;
    body::write(&decode(&bytes), &parts, limits, &mut flow)
}
