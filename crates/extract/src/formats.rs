//! The table of formats: one line each, one file each.

pub(crate) mod cover;
mod csv;
mod docx;
mod eml;
mod epub;
mod html;
mod image;
mod markdown;
mod odt;
mod pdf;
mod plain;
mod pptx;
mod rtf;
pub(crate) mod spreadsheet;
mod text;

use crate::failure::{Failure, Result};
use crate::limits::Limits;
use crate::{Format, Sink, Source};

pub use pdf::recognised;

/// Every format that is read, in the order in which people meet them.
pub const FORMATS: &[Format] = &[
    pdf::FORMAT,
    epub::FORMAT,
    docx::FORMAT,
    pptx::FORMAT,
    spreadsheet::XLSX,
    spreadsheet::XLSB,
    spreadsheet::XLS,
    spreadsheet::ODS,
    odt::FORMAT,
    html::FORMAT,
    markdown::FORMAT,
    text::FORMAT,
    csv::FORMAT,
    rtf::FORMAT,
    eml::FORMAT,
    image::FORMAT,
    plain::JSON,
    plain::XML,
];

/// Reads a PDF file with its running heads and feet.
pub(crate) fn read_everything(source: &Source, limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    pdf::read(source, limits, pdf::Furniture::Kept, sink)
}

/// The picture of a page, for the formats that have them.
pub(crate) fn picture(
    format: &Format,
    source: &Source,
    page: u32,
    dots_per_inch: u32,
    limits: &Limits,
) -> Result<Vec<u8>> {
    match format.name {
        "pdf" => pdf::picture(source, page, dots_per_inch, limits),
        "image" => image::picture(source, page, dots_per_inch, limits),
        name => Err(Failure::unsupported(format!(
            "there are no pictures of pages for {name} files; only PDF and image files have them"
        ))),
    }
}
