//! Putting pictures straight whose lines of text run at a slant: beyond some three degrees a
//! recogniser loses most lines. What is found on the straight picture is mapped back.

use std::io::Cursor;

use alexandria_core::block::Rect;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{GrayImage, ImageFormat, ImageReader, Limits, Luma, imageops};

/// The slant is looked for on a picture at most this many pixels wide.
const WIDTH_SEARCHED: u32 = 800;

/// The largest slant that is put straight, in degrees.
const SLANT_DEGREES_MAX: f32 = 12.0;

/// A slant below this, in degrees, does no harm.
const SLANT_DEGREES_MIN: f32 = 1.0;

/// The steps in which the slant is looked for, in degrees: first coarse, then fine.
const STEPS_DEGREES: [f32; 2] = [0.5, 0.1];

/// Lines must stand out this much more clearly at the slant than without it.
const GAIN_MIN: f32 = 1.3;

/// Two pixels, one above the other, that differ by this much are the edge of a letter.
const EDGE_MIN: u8 = 40;

/// Fewer edges than this are no text.
const EDGES_MIN: usize = 200;

/// The memory that a picture may take, in bytes.
const PICTURE_BYTES_MAX: u64 = 512 << 20;

/// How a picture was turned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Turn {
    sine: f32,
    cosine: f32,
    /// The middle of the picture, and of the straight one, which is larger.
    middle: (f32, f32),
    middle_straight: (f32, f32),
}

impl Turn {
    /// Where a place of the straight picture stands in the picture.
    fn back(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = (x - self.middle_straight.0, y - self.middle_straight.1);
        (
            x * self.cosine - y * self.sine + self.middle.0,
            x * self.sine + y * self.cosine + self.middle.1,
        )
    }

    /// The place of a word in the picture: as large as on the straight one, around the same middle.
    pub(super) fn back_rect(&self, rect: Rect) -> Rect {
        let (width, height) = (rect.x1 - rect.x0, rect.y1 - rect.y0);
        let (x, y) = self.back(rect.x0 + width / 2.0, rect.y0 + height / 2.0);
        Rect {
            x0: (x - width / 2.0).max(0.0),
            y0: (y - height / 2.0).max(0.0),
            x1: x + width / 2.0,
            y1: y + height / 2.0,
        }
    }
}

/// The picture put straight, as PNG; nothing where it is straight already or cannot be read.
pub(super) fn straighten(png: &[u8]) -> Option<(Vec<u8>, Turn)> {
    let mut reader = ImageReader::with_format(Cursor::new(png), ImageFormat::Png);
    let mut limits = Limits::default();
    limits.max_alloc = Some(PICTURE_BYTES_MAX);
    reader.limits(limits);
    let picture = reader.decode().ok()?.into_luma8();
    let degrees = slant(&picture)?;
    let (straight, turn) = turned(&picture, degrees);
    let mut bytes = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive);
    straight.write_with_encoder(encoder).ok()?;
    Some((bytes, turn))
}

/// The slant of the lines of text, clockwise, in degrees, where there is one.
fn slant(picture: &GrayImage) -> Option<f32> {
    let (width, height) = picture.dimensions();
    let small;
    let picture = if width > WIDTH_SEARCHED {
        let height = u64::from(height) * u64::from(WIDTH_SEARCHED) / u64::from(width);
        let height = u32::try_from(height).ok()?.max(1);
        small = imageops::thumbnail(picture, WIDTH_SEARCHED, height);
        &small
    } else {
        picture
    };
    let edges = edges(picture);
    if edges.len() < EDGES_MIN {
        return None;
    }
    let level = clearness(&edges, 0.0);
    let (mut best, mut clearest) = (0.0, level);
    let mut reach = SLANT_DEGREES_MAX;
    for step in STEPS_DEGREES {
        let middle = best;
        let mut degrees = middle - reach;
        while degrees <= middle + reach {
            let clearness = clearness(&edges, degrees);
            if clearness > clearest {
                (best, clearest) = (degrees, clearness);
            }
            degrees += step;
        }
        reach = step;
    }
    (best.abs() >= SLANT_DEGREES_MIN && clearest >= GAIN_MIN * level).then_some(best)
}

/// The places, from the middle, where something dark begins or ends below something light.
#[expect(clippy::cast_precision_loss, reason = "the sides of a small picture")]
fn edges(picture: &GrayImage) -> Vec<(f32, f32)> {
    let middle = picture.width() as f32 / 2.0;
    let mut edges = Vec::new();
    let rows: Vec<_> = picture.rows().map(Iterator::collect::<Vec<_>>).collect();
    for (y, pair) in rows.windows(2).enumerate() {
        let [upper, lower] = pair else { continue };
        for (x, (above, below)) in upper.iter().zip(lower).enumerate() {
            if above.0[0].abs_diff(below.0[0]) >= EDGE_MIN {
                edges.push((x as f32 - middle, y as f32));
            }
        }
    }
    edges
}

/// How clearly lines stand out when a picture is looked at along a slant: letters of one line have
/// their heads and feet at the same heights.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "heights within a small picture, and counts of its pixels"
)]
fn clearness(edges: &[(f32, f32)], degrees: f32) -> f32 {
    let slope = degrees.to_radians().tan();
    let heights = edges.iter().map(|(x, y)| y - x * slope);
    let lowest = heights.clone().fold(f32::MAX, f32::min);
    let highest = heights.clone().fold(f32::MIN, f32::max);
    let mut counts = vec![0_u32; (highest - lowest) as usize + 2];
    for height in heights {
        if let Some(count) = counts.get_mut((height - lowest) as usize) {
            *count += 1;
        }
    }
    let squares: f64 = counts.iter().map(|count| f64::from(*count).powi(2)).sum();
    (squares / edges.len() as f64) as f32
}

/// The picture turned against its slant, on a white ground large enough for all of it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the sides of a picture, and shades from 0 to 255"
)]
fn turned(picture: &GrayImage, degrees: f32) -> (GrayImage, Turn) {
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let wide = width * cosine + height * sine.abs();
    let high = height * cosine + width * sine.abs();
    let turn = Turn {
        sine,
        cosine,
        middle: (width / 2.0, height / 2.0),
        middle_straight: (wide / 2.0, high / 2.0),
    };
    let shade = |x: i64, y: i64| {
        let (x, y) = (u32::try_from(x).ok()?, u32::try_from(y).ok()?);
        picture
            .get_pixel_checked(x, y)
            .map(|pixel| f32::from(pixel.0[0]))
    };
    let ground = corner_shade(picture);
    let straight = GrayImage::from_fn(wide as u32 + 1, high as u32 + 1, |x, y| {
        let (x, y) = turn.back(x as f32, y as f32);
        let (left, top) = (x.floor(), y.floor());
        let (across, down) = (x - left, y - top);
        let (left, top) = (left as i64, top as i64);
        let at = |x, y| shade(x, y).unwrap_or(ground);
        let upper = at(left, top) * (1.0 - across) + at(left + 1, top) * across;
        let lower = at(left, top + 1) * (1.0 - across) + at(left + 1, top + 1) * across;
        Luma([(upper * (1.0 - down) + lower * down).round() as u8])
    });
    (straight, turn)
}

/// The shade of the ground: that of the lightest corner.
fn corner_shade(picture: &GrayImage) -> f32 {
    let (right, bottom) = (
        picture.width().saturating_sub(1),
        picture.height().saturating_sub(1),
    );
    let corners = [(0, 0), (right, 0), (0, bottom), (right, bottom)];
    let shades = corners
        .iter()
        .filter_map(|(x, y)| picture.get_pixel_checked(*x, *y))
        .map(|pixel| pixel.0[0]);
    f32::from(shades.max().unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of words as dark bars, its lines at a slant.
    fn page(degrees: f32) -> GrayImage {
        let mut page = GrayImage::from_pixel(1200, 1500, Luma([250]));
        let turn = Turn {
            sine: degrees.to_radians().sin(),
            cosine: degrees.to_radians().cos(),
            middle: (600.0, 750.0),
            middle_straight: (600.0, 750.0),
        };
        // Words of different lengths, with letters that reach above the others.
        let words = (0..30_u16).flat_map(|line| (0..12_u16).map(move |word| (line, word)));
        for (line, word) in words {
            let left = 150.0 + f32::from(word) * 75.0;
            let top = 200.0 + f32::from(line) * 36.0;
            for letter in 0..(3 + (line + word) % 3) {
                let rise = f32::from(u16::from((letter + word) % 3 == 0)) * 6.0;
                let corner = (left + f32::from(letter) * 12.0, top - rise);
                bar(&mut page, &turn, corner, 18.0 + rise);
            }
        }
        page
    }

    /// Draws one letter, 8 pixels wide.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "places on a page of known size"
    )]
    fn bar(page: &mut GrayImage, turn: &Turn, (left, top): (f32, f32), height: f32) {
        let steps = (0..80_u8).flat_map(|across| (0..180_u8).map(move |down| (across, down)));
        for (across, down) in steps {
            let x = left + f32::from(across) / 10.0;
            let y = top + f32::from(down) / 180.0 * height;
            let (x, y) = turn.back(x, y);
            page.put_pixel(x as u32, y as u32, Luma([20]));
        }
    }

    #[test]
    fn a_slant_is_found_and_a_straight_page_left_alone() {
        for degrees in [-9.0_f32, -4.0, 2.5, 6.0] {
            let found = slant(&page(degrees)).unwrap();
            assert!((found - degrees).abs() < 0.3, "{degrees}: {found}");
        }
        assert_eq!(slant(&page(0.0)), None);
        assert_eq!(slant(&GrayImage::from_pixel(300, 300, Luma([90]))), None);
        assert_eq!(slant(&GrayImage::new(0, 0)), None);
        assert!(straighten(b"no picture").is_none());
    }

    #[test]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "places on a page of known size"
    )]
    fn words_found_on_the_straight_page_are_where_they_were() {
        let page = page(5.0);
        let (straight, turn) = turned(&page, 5.0);
        assert!(straight.width() > page.width() && straight.height() > page.height());
        assert_eq!(slant(&straight), None);
        // Every dark place of the straight page is dark where it came from.
        let (mut dark, mut same) = (0, 0);
        for (x, y, pixel) in straight.enumerate_pixels() {
            if pixel.0[0] < 30 {
                let place = Rect {
                    x0: x as f32 - 1.0,
                    y0: y as f32 - 1.0,
                    x1: x as f32 + 1.0,
                    y1: y as f32 + 1.0,
                };
                let back = turn.back_rect(place);
                let (x, y) = ((back.x0 + back.x1) / 2.0, (back.y0 + back.y1) / 2.0);
                dark += 1;
                same += usize::from(page.get_pixel(x as u32, y as u32).0[0] < 60);
            }
        }
        assert!(dark > 10_000 && same * 100 > dark * 95, "{same} of {dark}");
    }
}
