//! JSON as it stands, and XML of any other kind by its text.

use alexandria_core::block::BlockKind;

use crate::encoding;
use crate::failure::Result;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::xml::{Step, Xml, decode};
use crate::{Format, Sink, Source};

/// JSON.
pub(crate) const JSON: Format = Format {
    name: "json",
    media_types: &["application/json", "application/x-ndjson"],
    extensions: &["json", "jsonl", "ndjson", "geojson"],
    paged: false,
    parse: json,
};

/// XML that is nothing else.
pub(crate) const XML: Format = Format {
    name: "xml",
    media_types: &["application/xml", "text/xml"],
    extensions: &["xml", "fb2", "nxml", "dita", "tei"],
    paged: false,
    parse: xml,
};

/// Lines of JSON in one block.
const LINES_PER_BLOCK: usize = 40;

/// Bytes of JSON in one block, unless a line is longer.
const BYTES_PER_BLOCK: usize = 4 << 10;

#[expect(
    clippy::unnecessary_wraps,
    reason = "all parsers of the table have one shape"
)]
fn json(source: &Source, _limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    let text = encoding::decode(source.bytes());
    let mut flow = Flow::new(sink);
    let mut block = String::new();
    let mut lines = 0;
    for line in text.lines() {
        if flow.is_full() {
            return Ok(());
        }
        if lines == LINES_PER_BLOCK || block.len() + line.len() > BYTES_PER_BLOCK {
            flow.lines(BlockKind::Code, &std::mem::take(&mut block));
            lines = 0;
        }
        block.push_str(line);
        block.push('\n');
        lines += 1;
    }
    flow.lines(BlockKind::Code, &block);
    Ok(())
}

/// The text of an open element.
#[derive(Default)]
struct Open {
    name: String,
    text: String,
    /// Whether it has words of its own, so that elements in it stand inside a line.
    is_mixed: bool,
}

fn xml(source: &Source, limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    let text = decode(source.bytes());
    let mut flow = Flow::new(sink);
    let mut xml = Xml::new(&text, limits);
    let mut open: Vec<Open> = vec![Open::default()];
    while !flow.is_full() {
        match xml.step()? {
            Step::Open(tag) if matches!(tag.name(), "binary" | "style" | "script") => xml.skip()?,
            Step::Open(tag) => open.push(Open {
                name: tag.name().to_owned(),
                ..Open::default()
            }),
            Step::Text(text) => {
                if let Some(element) = open.last_mut() {
                    element.is_mixed |= !text.trim().is_empty();
                    element.text.push_str(&text);
                }
            }
            Step::Close(_) => {
                let Some(element) = open.pop() else { break };
                match open.last_mut() {
                    Some(parent) if parent.is_mixed => parent.text.push_str(&element.text),
                    Some(_) => write_element(&element, open.len(), &mut flow),
                    None => break,
                }
            }
            Step::Done => break,
        }
    }
    while let Some(element) = open.pop() {
        write_element(&element, open.len(), &mut flow);
    }
    Ok(())
}

fn write_element(element: &Open, depth: usize, flow: &mut Flow<'_>) {
    let is_heading = matches!(
        element.name.as_str(),
        "title" | "article-title" | "head" | "subtitle"
    );
    if is_heading {
        let level = u8::try_from(depth.div_ceil(2)).unwrap_or(u8::MAX);
        return flow.heading(level, &element.text);
    }
    flow.text(BlockKind::Paragraph, &element.text);
}
