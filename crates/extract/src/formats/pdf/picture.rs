//! The picture of a page.

use std::panic::{AssertUnwindSafe, catch_unwind};

use alexandria_core::block::FaultKind;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use hayro_interpret::InterpreterSettings;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, RgbImage};

use super::open;
use crate::Source;
use crate::failure::{Failure, Result};
use crate::limits::Limits;

/// The longest side of a picture, in pixels.
const SIDE_PIXELS_MAX: f64 = 16_000.0;

/// Points to the inch.
const POINTS_PER_INCH: f64 = 72.0;

/// Draws a page, counted from 1, as PNG. A page too large for the limits is drawn smaller.
///
/// # Errors
/// A [`Failure`] when the file cannot be opened, has no such page, or the page cannot be drawn.
pub(crate) fn picture(
    source: &Source,
    page: u32,
    dots_per_inch: u32,
    limits: &Limits,
) -> Result<Vec<u8>> {
    let picture = draw(source, page, |size| {
        scale(size, dots_per_inch, limits.pixels)
    })?;
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Adaptive)
        .write_image(
            picture.as_raw(),
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgb8,
        )
        .map_err(|source| {
            let message = format!("cannot write the picture of page {page}");
            Failure::new(FaultKind::TooLarge, message).with_source(source)
        })?;
    Ok(png)
}

/// Draws the first page about as high as the pixels say.
///
/// # Errors
/// As [`picture`].
pub(crate) fn first_page(source: &Source, height: u32, limits: &Limits) -> Result<RgbImage> {
    draw(source, 1, |(width, page_height)| {
        let dots_per_inch = f64::from(height) * POINTS_PER_INCH / f64::from(page_height).max(1.0);
        scale((width, page_height), whole(dots_per_inch), limits.pixels)
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts of positive numbers stop at the largest"
)]
fn whole(number: f64) -> u32 {
    number.ceil() as u32
}

/// Draws a page, so many pixels to the point.
fn draw(source: &Source, page: u32, scale: impl Fn((f32, f32)) -> f32) -> Result<RgbImage> {
    let pdf = open(source)?;
    let index = page
        .checked_sub(1)
        .and_then(|index| usize::try_from(index).ok());
    let Some(sheet) = index.and_then(|index| pdf.pages().get(index)) else {
        let pages = pdf.pages().len();
        return Err(Failure::malformed(format!(
            "there is no page {page} to draw: this file has {pages} pages"
        )));
    };
    let scale = scale(sheet.render_dimensions());
    let settings = PixmapSettings {
        x_scale: scale,
        y_scale: scale,
        bg_color: WHITE,
    };
    let drawn = catch_unwind(AssertUnwindSafe(|| {
        render(
            sheet,
            &RenderCache::new(),
            &InterpreterSettings::default(),
            &RenderSettings::default(),
            &settings,
        )
    }));
    let pixmap = drawn.map_err(|_panic| {
        Failure::malformed(format!("page {page} is damaged and cannot be drawn"))
    })?;
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    // The ground is opaque white, so the colours are not mixed with any transparency.
    let colours: Vec<u8> = pixmap
        .data()
        .iter()
        .flat_map(|pixel| [pixel.r, pixel.g, pixel.b])
        .collect();
    RgbImage::from_raw(width, height, colours).ok_or_else(|| {
        let message = format!("page {page} is drawn with too few pixels");
        Failure::malformed(message)
    })
}

/// Pixels to the point: what was asked for, or as much as the limits allow.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a scale needs no more digits"
)]
fn scale((width, height): (f32, f32), dots_per_inch: u32, pixels_max: u64) -> f32 {
    let (width, height) = (f64::from(width).max(1.0), f64::from(height).max(1.0));
    let asked = f64::from(dots_per_inch.max(1)) / POINTS_PER_INCH;
    let by_area = (pixels_max as f64 / (width * height)).sqrt();
    let by_side = SIDE_PIXELS_MAX / width.max(height);
    asked.min(by_area).min(by_side) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_never_larger_than_its_limits() {
        for (size, dots_per_inch) in [
            ((612.0, 792.0), 72),
            ((612.0, 792.0), 100_000),
            ((1e6, 1e6), 200),
            ((1e6, 1.0), 200),
        ] {
            let scale = scale(size, dots_per_inch, 40_000_000);
            let (width, height) = (size.0 * scale, size.1 * scale);
            assert!(width * height <= 40_100_000.0, "{size:?}");
            assert!(width.max(height) <= 16_001.0, "{size:?}");
        }
        assert!((scale((612.0, 792.0), 144, 40_000_000) - 2.0).abs() < 1e-6);
    }
}
