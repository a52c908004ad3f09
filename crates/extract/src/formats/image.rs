//! Pictures: a file with one page, or one for each picture of a TIFF, whose text must be recognised.

use std::io::Cursor;

use alexandria_core::block::{FaultKind, PageSize};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits as ImageLimits, RgbImage};

use crate::failure::{Failure, Result};
use crate::limits::Limits;
use crate::{About, Format, Sink, Source};

/// Pixels to the inch of a picture that does not say, so that its page has a size.
const DOTS_PER_INCH_DEFAULT: f32 = 150.0;

/// Points to the inch.
const POINTS_PER_INCH: f32 = 72.0;

/// Bytes that a decoded pixel takes at most: four channels of 32 bits.
const BYTES_PER_PIXEL_MAX: u64 = 16;

/// The line of the table of formats.
pub(crate) const FORMAT: Format = Format {
    name: "image",
    media_types: &[
        "image/png",
        "image/jpeg",
        "image/tiff",
        "image/webp",
        "image/bmp",
        "image/gif",
    ],
    extensions: &["png", "jpg", "jpeg", "tif", "tiff", "webp", "bmp", "gif"],
    paged: true,
    parse,
};

/// Says how large the picture is; its text has to be recognised.
fn parse(source: &Source, limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    let (width, height) = dimensions(source, limits)?;
    sink.about(About {
        pages: Some(1),
        ..About::default()
    });
    sink.page(PageSize {
        width: points(width),
        height: points(height),
        needs_recognition: true,
    });
    Ok(())
}

/// The picture as PNG, turned the way it is meant to be seen; `page` must be 1. The picture keeps its
/// pixels up to the asked number to the inch (its page counts as set at 150 to the inch) and is never
/// enlarged.
///
/// # Errors
/// A [`Failure`] when the picture is damaged or larger than the limits.
pub(crate) fn picture(
    source: &Source,
    page: u32,
    dots_per_inch: u32,
    limits: &Limits,
) -> Result<Vec<u8>> {
    if page != 1 {
        return Err(Failure::malformed(format!(
            "there is no page {page} to draw: a picture is one page"
        )));
    }
    let picture = decode(source, limits)?;
    let picture = shrink(picture, dots_per_inch);
    let mut png = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Adaptive);
    picture.write_with_encoder(encoder).map_err(damaged)?;
    Ok(png)
}

/// The picture at most so high, turned the way it is meant to be seen.
///
/// # Errors
/// As [`picture`].
pub(crate) fn small(source: &Source, height: u32, limits: &Limits) -> Result<RgbImage> {
    let picture = opaque(decode(source, limits)?);
    if picture.height() <= height {
        return Ok(picture.into_rgb8());
    }
    Ok(picture.thumbnail(u32::MAX, height).into_rgb8())
}

/// The picture, turned the way it is meant to be seen.
fn decode(source: &Source, limits: &Limits) -> Result<DynamicImage> {
    dimensions(source, limits)?;
    let mut reader = reader(source)?;
    let mut caps = ImageLimits::default();
    caps.max_alloc = Some(limits.pixels.saturating_mul(BYTES_PER_PIXEL_MAX));
    reader.limits(caps);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let orientation = decoder.orientation().map_err(damaged)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Makes the picture smaller where fewer pixels were asked for, and gives it 8 bits a channel.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the sides of a picture, made smaller"
)]
fn shrink(picture: DynamicImage, dots_per_inch: u32) -> DynamicImage {
    let scale = dots_per_inch.max(1) as f32 / DOTS_PER_INCH_DEFAULT;
    let picture = opaque(picture);
    if scale >= 1.0 {
        return picture;
    }
    let side = |pixels: u32| ((pixels as f32 * scale) as u32).max(1);
    picture.thumbnail(side(picture.width()), side(picture.height()))
}

/// The picture with 8 bits a channel, and nothing to be seen through.
fn opaque(picture: DynamicImage) -> DynamicImage {
    match picture.has_alpha() {
        true => on_white(&picture),
        false if picture.color().has_color() => DynamicImage::ImageRgb8(picture.into_rgb8()),
        false => DynamicImage::ImageLuma8(picture.into_luma8()),
    }
}

/// Lays a picture that can be seen through on white ground.
fn on_white(picture: &DynamicImage) -> DynamicImage {
    let mut opaque = RgbImage::new(picture.width(), picture.height());
    for (target, pixel) in opaque.pixels_mut().zip(picture.to_rgba8().pixels()) {
        let [red, green, blue, alpha] = pixel.0.map(u32::from);
        let mix = |colour: u32| u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255);
        target.0 = [red, green, blue].map(|colour| mix(colour).unwrap_or(u8::MAX));
    }
    DynamicImage::ImageRgb8(opaque)
}

fn reader(source: &Source) -> Result<ImageReader<Cursor<&[u8]>>> {
    let reader = ImageReader::new(Cursor::new(source.bytes())).with_guessed_format();
    reader.map_err(|error| damaged(ImageError::IoError(error)))
}

/// The width and height as seen, in pixels, from the header alone.
fn dimensions(source: &Source, limits: &Limits) -> Result<(u32, u32)> {
    let mut decoder = reader(source)?.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.pixels {
        return Err(Failure::too_large(format!(
            "this picture has {width} × {height} pixels, more than the {} that are read; save it \
             smaller and add that",
            limits.pixels
        )));
    }
    if pixels == 0 {
        return Err(Failure::malformed("this picture has no pixels"));
    }
    let orientation = decoder.orientation().map_err(damaged)?;
    let is_turned = matches!(
        orientation,
        image::metadata::Orientation::Rotate90
            | image::metadata::Orientation::Rotate270
            | image::metadata::Orientation::Rotate90FlipH
            | image::metadata::Orientation::Rotate270FlipH
    );
    Ok(if is_turned {
        (height, width)
    } else {
        (width, height)
    })
}

#[expect(clippy::cast_precision_loss, reason = "the sides of a picture")]
fn points(pixels: u32) -> f32 {
    pixels as f32 / DOTS_PER_INCH_DEFAULT * POINTS_PER_INCH
}

#[expect(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn damaged(error: ImageError) -> Failure {
    let (kind, message) = match &error {
        ImageError::Limits(_) => (
            FaultKind::TooLarge,
            "this picture needs more memory than one may; save it smaller and add that",
        ),
        ImageError::Unsupported(_) => (
            FaultKind::Unsupported,
            "this kind of picture is not read; save it as PNG or JPEG and add that",
        ),
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::IoError(_) => (
            FaultKind::Malformed,
            "this picture is damaged; save it again with another program and add that",
        ),
    };
    Failure::new(kind, message).with_source(error.to_string())
}
