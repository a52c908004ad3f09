//! The table of formats: one line each, one file each.

mod text;

use crate::failure::{Failure, Result};
use crate::limits::Limits;
use crate::{Format, Source};

/// Every format that is read, in the order in which people meet them.
pub const FORMATS: &[Format] = &[text::FORMAT];

/// The picture of a page, for the formats that have them.
pub(crate) fn picture(
    format: &Format,
    _source: &Source,
    _page: u32,
    _dots_per_inch: u32,
    _limits: &Limits,
) -> Result<Vec<u8>> {
    let name = format.name;
    Err(Failure::unsupported(format!(
        "there are no pictures of pages for {name} files; only PDF and image files have them"
    )))
}
