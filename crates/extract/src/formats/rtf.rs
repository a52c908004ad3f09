//! Rich Text Format: code pages, Unicode escapes, headings by style or outline level, tables, notes.

mod codepage;
mod reader;
mod tokens;

use crate::failure::Result;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::{Format, Sink, Source};

/// RTF.
pub(crate) const FORMAT: Format = Format {
    name: "rtf",
    media_types: &["application/rtf", "text/rtf"],
    extensions: &["rtf"],
    paged: false,
    parse,
};

fn parse(source: &Source, limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    let mut flow = Flow::new(sink);
    reader::read(source.bytes(), limits, &mut flow)
}
