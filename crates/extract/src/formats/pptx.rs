//! `PowerPoint` files: every slide is a page, its title a heading, its charts, notes and comments
//! at its end. What the masters draw on every slide is left out.

mod slide;

use std::collections::HashMap;

use alexandria_core::block::{FaultKind, PageSize};

use crate::chart;
use crate::failure::{Failure, Result};
use crate::flow::Flow;
use crate::limits::Limits;
use crate::relations::{Relation, main_part, properties, relations};
use crate::xml::{Step, Xml, decode};
use crate::zip::Archive;
use crate::{About, Format, Sink, Source};

/// `PowerPoint`.
pub(crate) const FORMAT: Format = Format {
    name: "pptx",
    media_types: &["application/vnd.openxmlformats-officedocument.presentationml.presentation"],
    extensions: &["pptx", "pptm", "ppsx", "ppsm", "potx"],
    paged: true,
    parse,
};

/// Units of the format in a point.
const UNITS_PER_POINT: f32 = 12_700.0;

fn parse(source: &Source, limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    let mut archive = Archive::open(source.bytes(), limits)?;
    let mut flow = Flow::new(sink);
    let main = main_part(
        &mut archive,
        "officeDocument",
        "ppt/presentation.xml",
        limits,
    )?;
    let bytes = archive.require(&main)?;
    let (ids, size) = slides(&decode(&bytes), limits)?;
    let about = properties(&mut archive, "docProps/core.xml", limits)?;
    flow.about(About {
        pages: u32::try_from(ids.len()).ok(),
        ..about
    });
    let parts = relations(&mut archive, &main, limits)?;
    let named =
        |relation: &&Relation| matches!(relation.kind.as_str(), "commentAuthors" | "authors");
    let mut authors = HashMap::new();
    if let Some(relation) = parts.iter().find(named)
        && let Some(bytes) = archive.read(&relation.target)?
    {
        authors = slide::authors(&decode(&bytes), limits)?;
    }
    let target = |id: &String| parts.iter().find(|relation| relation.id == *id);
    for (page, id) in (1_u32..).zip(&ids) {
        if flow.is_full() {
            break;
        }
        flow.sink().page(size);
        flow.page(page);
        flow.outline().leave(0);
        let result = match target(id) {
            Some(relation) => {
                write_slide(&mut archive, &relation.target, &authors, limits, &mut flow)
            }
            None => Err(Failure::malformed("this slide is missing in the file")),
        };
        if let Err(failure) = result {
            flow.sink().fault(failure.into_fault(Some(page)));
        }
    }
    if ids.is_empty() {
        flow.fault(FaultKind::NoText, "this presentation has no slides");
    }
    Ok(())
}

/// The slides' relations in the order of the presentation, and the size of a slide.
fn slides(text: &str, limits: &Limits) -> Result<(Vec<String>, PageSize)> {
    let mut xml = Xml::new(text, limits);
    let mut ids = Vec::new();
    let mut size = PageSize {
        width: 960.0,
        height: 540.0,
        needs_recognition: false,
    };
    loop {
        match xml.step()? {
            Step::Open(tag) if tag.name() == "sldId" => ids.extend(tag.relation("id")),
            Step::Open(tag) if tag.name() == "sldSz" => {
                let points = |name| {
                    let units = tag.get(name).and_then(|units| units.parse::<f32>().ok())?;
                    (units.is_finite() && units > 0.0).then_some(units / UNITS_PER_POINT)
                };
                size.width = points("cx").unwrap_or(size.width);
                size.height = points("cy").unwrap_or(size.height);
            }
            Step::Done => return Ok((ids, size)),
            Step::Open(_) | Step::Close(_) | Step::Text(_) => {}
        }
    }
}

fn write_slide(
    archive: &mut Archive<'_>,
    part: &str,
    authors: &HashMap<String, String>,
    limits: &Limits,
    flow: &mut Flow<'_>,
) -> Result<()> {
    let bytes = archive.require(part)?;
    slide::write(&decode(&bytes), slide::Kind::Slide, limits, flow)?;
    let related = relations(archive, part, limits)?;
    let of_kind = |kind: &'static str| {
        related
            .iter()
            .filter(move |relation: &&Relation| relation.kind == kind)
    };
    for kind in ["chart", "diagramData", "notesSlide", "comments"] {
        for relation in of_kind(kind) {
            let Some(bytes) = archive.read(&relation.target)? else {
                continue;
            };
            let text = decode(&bytes);
            match kind {
                "chart" => chart::write(&text, limits, flow)?,
                "diagramData" => slide::write(&text, slide::Kind::Slide, limits, flow)?,
                "notesSlide" => slide::write(&text, slide::Kind::Notes, limits, flow)?,
                _ => slide::comments(&text, authors, limits, flow)?,
            }
        }
    }
    Ok(())
}
