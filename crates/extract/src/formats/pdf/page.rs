//! One page: from its drawing to rows in reading order.

use std::panic::{AssertUnwindSafe, catch_unwind};

use alexandria_core::block::PageSize;
use hayro_interpret::hayro_syntax::content::TypedIter;
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::kurbo::Rect as KurboRect;
use hayro_interpret::util::TransformExt;
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, interpret};

use super::content::{CONTENT_BYTES_MAX, content};
use super::device::{OverBudget, TextDevice};
use super::glyph::Drawing;
use super::order::arrange;
use super::row::{Row, rows};
use crate::failure::Failure;

/// A page with fewer letters than this, under a picture, is a scanned page.
const LETTERS_MIN: usize = 16;

/// A picture covers a scanned page by at least this part.
const PICTURE_SHARE: f64 = 0.6;

/// On a page without any letter, a picture that covers at least this part may hold its text.
const PICTURE_SHARE_ALONE: f64 = 0.1;

/// A page without letters but with this many paths draws its letters as shapes.
const PATHS_MIN: u64 = 400;

/// A page on which more than this part of the glyphs stand for no known character is useless.
const UNKNOWN_SHARE_MAX: f64 = 0.2;

/// Fewer glyphs than this without a character are signs of one cluster, or bullets.
const UNKNOWN_MIN: u64 = 16;

/// The same for private and replacement characters.
const USELESS_SHARE_MAX: f64 = 0.3;

/// A page, read.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Its number, counted from 1.
    pub(super) number: u32,
    /// Its width and height as shown, in points.
    pub(super) size: (f32, f32),
    /// Whether its picture should be recognised; then it has no rows.
    pub(super) needs_recognition: bool,
    /// Its rows, in reading order.
    pub(super) rows: Vec<Row>,
    /// Why it could not be read, or not to its end.
    pub(super) failure: Option<Failure>,
}

impl Sheet {
    /// The page's size, for the sink.
    pub(super) fn page_size(&self) -> PageSize {
        let (width, height) = self.size;
        PageSize {
            width,
            height,
            needs_recognition: self.needs_recognition,
        }
    }
}

/// Reads a page. A page that breaks the interpreter or a budget keeps what it drew before.
pub(super) fn read_page<'a>(
    page: &'a Page<'a>,
    number: u32,
    glyphs_max: u64,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    device: &mut TextDevice,
) -> Sheet {
    let size = page.render_dimensions();
    device.begin(size.0, size.1, glyphs_max);
    let drawn = catch_unwind(AssertUnwindSafe(|| {
        draw(page, size, cache, settings, device)
    }));
    let failure = match drawn {
        Ok(result) => result.err(),
        Err(panic) if panic.is::<OverBudget>() => Some(Failure::too_large(format!(
            "page {number} draws more than one page may; what comes after its limit was left out; \
             save the page again from the program it came from"
        ))),
        Err(_) => Some(Failure::malformed(format!(
            "page {number} is damaged and was read only in part; save the file again with another \
             program and add it again"
        ))),
    };
    // The layout is our own code on hostile numbers: it is caught like the interpreter.
    let laid_out = catch_unwind(AssertUnwindSafe(|| arrange(rows(&device.drawing))));
    let needs_recognition = needs_recognition(&device.drawing, size);
    Sheet {
        number,
        size,
        needs_recognition,
        rows: if needs_recognition {
            Vec::new()
        } else {
            laid_out.unwrap_or_default()
        },
        failure,
    }
}

fn draw<'a>(
    page: &'a Page<'a>,
    (width, height): (f32, f32),
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    device: &mut TextDevice,
) -> Result<(), Failure> {
    let content = content(page).map_err(|_too_large| {
        let mebibytes = CONTENT_BYTES_MAX >> 20;
        Failure::too_large(format!(
            "a page unpacks to more than {mebibytes} MiB and was left out; save the file again \
             from the program it came from"
        ))
    })?;
    let area = KurboRect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, area, cache, page.xref(), settings.clone());
    interpret(
        TypedIter::new(&content),
        page.resources(),
        &mut context,
        device,
    );
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "shares of counts far below 2^52"
)]
fn needs_recognition(drawing: &Drawing, (width, height): (f32, f32)) -> bool {
    let letters = drawing
        .glyphs
        .iter()
        .filter(|glyph| glyph.first.is_alphanumeric())
        .take(LETTERS_MIN);
    let has_letters = letters.count() == LETTERS_MIN;
    let area = f64::from(width) * f64::from(height);
    let is_bare = drawing.glyphs.is_empty();
    let picture_share = if is_bare {
        PICTURE_SHARE_ALONE
    } else {
        PICTURE_SHARE
    };
    let is_scan = !has_letters
        && (drawing.picture_area > picture_share * area || is_bare && drawing.paths >= PATHS_MIN);
    let all = drawing.glyphs.len() as f64 + drawing.unknown as f64;
    let is_garbage = drawing.unknown >= UNKNOWN_MIN
        && drawing.unknown as f64 > UNKNOWN_SHARE_MAX * all
        || drawing.useless as f64 > USELESS_SHARE_MAX * all;
    is_scan || is_garbage
}
