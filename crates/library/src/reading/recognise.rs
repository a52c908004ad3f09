//! Pages that are pictures of text: drawn by the parse worker, read by a recogniser.

use std::path::Path;

use alexandria_core::block::{Block, Fault, FaultKind, PageSize, Parsed};
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_extract::recognised::{Word, blocks};
use alexandria_models::recogniser::{Picture, RecognisedWord, Recogniser};

use super::{Reader, Report};

/// How finely pages are drawn to be recognised.
const RECOGNITION_DOTS_PER_INCH: u32 = 300;

/// Points to the inch.
const POINTS_PER_INCH: f32 = 72.0;

/// Where the width in pixels stands in a PNG file: four bytes, most significant first.
const PNG_WIDTH_AT: usize = 16;

impl Reader {
    /// Reads the pages that have no text of their own and puts their blocks where they belong. Pages
    /// that cannot be read become faults.
    ///
    /// # Errors
    /// `Unavailable` when the machinery does not work at all.
    pub(super) async fn recognise(
        &self,
        parsed: &mut Parsed,
        path: &Path,
        name: &str,
        report: &Report,
    ) -> Result<()> {
        let pages: Vec<(u32, PageSize)> = (1_u32..)
            .zip(parsed.pages.iter().copied())
            .filter(|(_, page)| page.needs_recognition)
            .collect();
        let Some(recogniser) = &self.recogniser else {
            let remedy = "if it is a scan, install tesseract and add it again";
            parsed.faults.extend(unread(&pages, remedy));
            return Ok(());
        };
        let _turn = self
            .recognising
            .acquire()
            .await
            .context(ErrorKind::Internal, || {
                "cannot wait for a turn to recognise".to_owned()
            })?;
        let total = Some(pages.len() as u64);
        let mut empty = Vec::new();
        for (done, (number, size)) in pages.into_iter().enumerate() {
            report(done as u64, total);
            let language = parsed.language.clone();
            let work = Page {
                recogniser: &**recogniser,
                path,
                name,
                number,
                size,
                language,
            };
            match self.page(work).await {
                Ok(found) if found.is_empty() => empty.push((number, size)),
                Ok(found) => parsed.blocks.extend(found),
                Err(error) => parsed.faults.push(Fault {
                    kind: FaultKind::NoText,
                    page: Some(number),
                    message: format!(
                        "page {number} is a picture that could not be read: {}",
                        error.chain()
                    ),
                }),
            }
        }
        // Blocks of a page keep their order; recognised pages go between the others.
        parsed.blocks.sort_by_key(|block| block.place.page);
        if parsed.blocks.is_empty() {
            parsed.faults.extend(unread(
                &empty,
                "if it shows some, scan it more finely and add that",
            ));
        }
        Ok(())
    }

    async fn page(&self, page: Page<'_>) -> Result<Vec<Block>> {
        let dots_per_inch = RECOGNITION_DOTS_PER_INCH;
        let bytes = self
            .picture(page.path, page.name, page.number, dots_per_inch)
            .await?;
        let scale = points_per_pixel(&bytes, page.size)?;
        let picture = Picture {
            bytes,
            dots_per_inch,
            language: page.language,
        };
        let recognised = page.recogniser.recognise(&picture).await?;
        let words: Vec<Word> = recognised.words.into_iter().map(word).collect();
        Ok(blocks(&words, scale, page.number, &[]))
    }
}

/// A page to be recognised.
struct Page<'a> {
    recogniser: &'a dyn Recogniser,
    path: &'a Path,
    name: &'a str,
    number: u32,
    size: PageSize,
    language: Option<String>,
}

/// How many points a pixel of the picture is wide: very large pages are drawn less finely than asked.
fn points_per_pixel(png: &[u8], size: PageSize) -> Result<f32> {
    let width = png
        .get(PNG_WIDTH_AT..)
        .and_then(|rest| rest.first_chunk::<4>());
    let width = width.map_or(0, |bytes| u32::from_be_bytes(*bytes));
    if width == 0 {
        return Err(Error::new(
            ErrorKind::Internal,
            "the picture of a page is no PNG",
        ));
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "pictures are far below 2^24 pixels wide"
    )]
    let (width, dots) = (width as f32, RECOGNITION_DOTS_PER_INCH as f32);
    Ok(if size.width > 0.0 {
        size.width / width
    } else {
        POINTS_PER_INCH / dots
    })
}

fn word(word: RecognisedWord) -> Word {
    Word {
        text: word.text,
        rect: word.rect,
        confidence: word.confidence,
        paragraph: word.paragraph,
        line: word.line,
    }
}

/// The fault of pages that were not read.
fn unread(pages: &[(u32, PageSize)], remedy: &str) -> Option<Fault> {
    let (first, _) = pages.first()?;
    let message = match pages.len() {
        1 => format!("no text was found on page {first} of this file; {remedy}"),
        count => {
            format!(
                "no text was found on {count} pages of this file, from page {first} on; {remedy}"
            )
        }
    };
    Some(Fault {
        kind: FaultKind::NoText,
        page: Some(*first),
        message,
    })
}
