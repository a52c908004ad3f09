//! Covers: the small picture that a file is shown by.

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

use super::{epub, image as picture, pdf};
use crate::failure::{Failure, Result};
use crate::limits::Limits;
use crate::zip::Archive;
use crate::{Format, Source};

/// The height of a cover, in pixels; a smaller picture stays as it is.
pub const COVER_HEIGHT_PIXELS: u32 = 480;

/// The widest cover, in pixels: a panorama is made lower.
const COVER_WIDTH_PIXELS: u32 = 720;

/// How good the picture is, of 100.
const QUALITY: u8 = 80;

/// Where office programs leave a small picture of the first page.
const MINIATURES: [&str; 4] = [
    "docProps/thumbnail.jpeg",
    "docProps/thumbnail.jpg",
    "docProps/thumbnail.png",
    "Thumbnails/thumbnail.png",
];

/// Whether files of a format may have a cover.
#[must_use]
pub fn may_have_cover(format: &str) -> bool {
    matches!(
        format,
        "pdf" | "image" | "epub" | "docx" | "pptx" | "xlsx" | "odt" | "ods"
    )
}

/// The cover of a file of this format, as JPEG.
pub(crate) fn cover(format: &Format, source: &Source, limits: &Limits) -> Result<Option<Vec<u8>>> {
    let small = |bytes: Vec<u8>| {
        let source = Source::new(bytes, String::new());
        picture::small(&source, COVER_HEIGHT_PIXELS, limits).map(Some)
    };
    let picture = match format.name {
        "pdf" => Some(pdf::first_page(source, COVER_HEIGHT_PIXELS, limits)?),
        "image" => Some(picture::small(source, COVER_HEIGHT_PIXELS, limits)?),
        "epub" => epub::cover(source, limits)?.map_or(Ok(None), small)?,
        name if may_have_cover(name) => miniature(source, limits)?.map_or(Ok(None), small)?,
        _ => None,
    };
    picture.map(|picture| jpeg(&fitting(picture))).transpose()
}

/// What an office program left of the first page.
fn miniature(source: &Source, limits: &Limits) -> Result<Option<Vec<u8>>> {
    let mut archive = Archive::open(source.bytes(), limits)?;
    let named = MINIATURES.into_iter().find(|name| archive.has(name));
    named.map_or(Ok(None), |name| archive.read(name))
}

/// The picture, made smaller where it is too wide.
fn fitting(picture: RgbImage) -> RgbImage {
    if picture.width() <= COVER_WIDTH_PIXELS {
        return picture;
    }
    let height = u64::from(picture.height()) * u64::from(COVER_WIDTH_PIXELS);
    let height = height / u64::from(picture.width());
    let height = u32::try_from(height).unwrap_or(u32::MAX).max(1);
    image::imageops::thumbnail(&picture, COVER_WIDTH_PIXELS, height)
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    picture.write_with_encoder(encoder).map_err(|source| {
        Failure::malformed("the picture of the cover cannot be written").with_source(source)
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, Rgb};

    use super::*;
    use crate::zip::tests::packed;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = RgbImage::from_pixel(width, height, Rgb([10, 90, 200]));
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    fn check(name: &str, bytes: Vec<u8>, expected: Option<(u32, u32)>) {
        let source = Source::new(bytes, name.to_owned());
        let cover = crate::cover(&source, &Limits::default()).unwrap();
        let size = cover.map(|bytes| {
            let picture = image::load_from_memory(&bytes).unwrap();
            (picture.width(), picture.height())
        });
        assert_eq!(size, expected, "{name}");
    }

    fn book(package: &str) -> Vec<u8> {
        let chapter = b"<html><body><p>The sea.</p></body></html>".as_slice();
        let container = b"<container><rootfiles><rootfile full-path=\"OPS/book.opf\"/></rootfiles>\
                          </container>";
        packed(&[
            ("mimetype", b"application/epub+zip"),
            ("META-INF/container.xml", container),
            ("OPS/book.opf", package.as_bytes()),
            ("OPS/one.xhtml", chapter),
            ("OPS/art/front.png", &png(600, 960)),
        ])
    }

    #[test]
    fn pictures_become_small_and_small_ones_stay() {
        check("large.png", png(1200, 960), Some((600, 480)));
        check("small.png", png(60, 40), Some((60, 40)));
        check("panorama.png", png(4000, 400), Some((720, 72)));
        check("tall.png", png(10, 960), Some((5, 480)));
    }

    #[test]
    fn a_book_shows_the_cover_that_its_package_names() {
        let package = |named: &str, item: &str| {
            book(&format!(
                "<package><metadata><title>Sea</title>{named}</metadata><manifest>\
                 <item id=\"one\" href=\"one.xhtml\" media-type=\"application/xhtml+xml\"/>\
                 <item id=\"front\" href=\"art/front.png\" media-type=\"image/png\" {item}/>\
                 </manifest><spine><itemref idref=\"one\"/></spine></package>"
            ))
        };
        let third = "properties=\"cover-image\"";
        let second = "<meta name=\"cover\" content=\"front\"/>";
        check("third.epub", package("", third), Some((300, 480)));
        check("second.epub", package(second, ""), Some((300, 480)));
        check("none.epub", package("", ""), None);
        let gone = "<meta name=\"cover\" content=\"nothing\"/>";
        check("gone.epub", package(gone, ""), None);
    }

    #[test]
    fn plain_text_has_no_cover() {
        check("notes.txt", b"The sea was grey.".to_vec(), None);
        assert!(!may_have_cover("text"));
    }

    #[test]
    fn a_cover_that_is_too_large_is_refused() {
        let limits = Limits {
            pixels: 10_000,
            ..Limits::default()
        };
        let source = Source::new(png(600, 600), "large.png".to_owned());
        assert!(crate::cover(&source, &limits).is_err());
    }
}
