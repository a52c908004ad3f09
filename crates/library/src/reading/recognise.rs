//! Pages that are pictures of text.

use std::path::Path;

use alexandria_core::block::{Fault, FaultKind, Parsed};
use alexandria_core::error::Result;

use super::{Reader, Report};

impl Reader {
    /// Says of the pages without text that they were not read.
    pub(super) async fn recognise(
        &self,
        parsed: &mut Parsed,
        _path: &Path,
        _name: &str,
        _report: &Report,
    ) -> Result<()> {
        let pages: Vec<u32> = (1_u32..)
            .zip(&parsed.pages)
            .filter(|(_, page)| page.needs_recognition)
            .map(|(number, _)| number)
            .collect();
        parsed.faults.extend(unread(&pages));
        Ok(())
    }
}

/// The fault of pages that nobody could read.
fn unread(pages: &[u32]) -> Option<Fault> {
    let first = *pages.first()?;
    let message = match pages.len() {
        1 => format!("page {first} is a picture without text; install tesseract to read it"),
        count => format!(
            "{count} pages, the first of them page {first}, are pictures without text; install \
             tesseract to read them"
        ),
    };
    Some(Fault { kind: FaultKind::NoText, page: Some(first), message })
}
