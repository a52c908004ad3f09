//! The device that the PDF interpreter draws on: it keeps the glyphs, and measures pictures and paths.

use std::collections::HashMap;

use hayro_interpret::font::{Glyph as FontGlyph, GlyphIdentifier, GlyphRun, OutlineGlyph};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect as KurboRect, Vec2};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
};

use super::character::{control_ligature, is_invisible, is_presentation_form, ligature};
use super::glyph::{Drawing, Glyph};

/// How many drawing operations one page may have: pages made of millions of nested forms end here.
const OPERATIONS_PER_PAGE_MAX: u64 = 20_000_000;

/// How far outside the page, in points, a glyph may stand and still count as seen.
const MARGIN_POINTS: f32 = 1.0;

/// The unit of glyph space: thousandths of the font size.
const UNITS_PER_EM: f64 = 1000.0;

/// How many neighbours in a run tell whether it is stretched.
const RUN_GLYPHS_COMPARED: usize = 8;

/// How many glyphs of a page are remembered with the weight of their font.
const BOLD_GLYPHS_KEPT: usize = 256;

/// The hyphen that other formats hide.
const SOFT_HYPHEN: char = '\u{AD}';

/// Stops the interpreter in the middle of a page that passes a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OverBudget;

/// Collects the glyphs of a page.
#[derive(Debug)]
pub(super) struct TextDevice {
    /// What was drawn so far.
    pub(super) drawing: Drawing,
    width: f32,
    height: f32,
    glyphs_max: u64,
    glyphs_seen: u64,
    operations: u64,
    bold_fonts: HashMap<u128, bool>,
    bold_glyphs: Vec<Option<(GlyphIdentifier, bool)>>,
}

impl TextDevice {
    /// A device without a page.
    pub(super) fn new() -> Self {
        Self {
            drawing: Drawing::default(),
            width: 0.0,
            height: 0.0,
            glyphs_max: 0,
            glyphs_seen: 0,
            operations: 0,
            bold_fonts: HashMap::new(),
            bold_glyphs: vec![None; BOLD_GLYPHS_KEPT],
        }
    }

    /// Begins a page of this size; what the page before left is thrown away.
    pub(super) fn begin(&mut self, width: f32, height: f32, glyphs_max: u64) {
        self.drawing.clear();
        // A remembered glyph holds its font in memory.
        self.bold_glyphs.fill(None);
        (self.width, self.height, self.glyphs_max) = (width, height, glyphs_max);
        (self.glyphs_seen, self.operations) = (0, 0);
    }

    /// How many glyphs the page has drawn, kept or not.
    pub(super) fn glyphs_seen(&self) -> u64 {
        self.glyphs_seen
    }

    /// Counts one operation and leaves the interpreter when the page has had too many.
    fn spend(&mut self, glyphs: usize) {
        self.operations += 1;
        self.glyphs_seen += glyphs as u64;
        if self.operations > OPERATIONS_PER_PAGE_MAX || self.glyphs_seen > self.glyphs_max {
            // The interpreter offers no other way out; `read_page` catches it.
            std::panic::resume_unwind(Box::new(OverBudget));
        }
    }

    /// Whether the font of a run is bold, so far as its program says. Many files draw every letter as
    /// a run of its own, so the answer is remembered for the letters of the page.
    fn is_bold(&mut self, glyph: &FontGlyph<'_>) -> bool {
        let FontGlyph::Outline(outline) = glyph else {
            return false;
        };
        let identifier = outline.identifier();
        let slot = outline.glyph_id().to_u32() as usize % BOLD_GLYPHS_KEPT;
        if let Some(Some((kept, is_bold))) = self.bold_glyphs.get(slot)
            && *kept == identifier
        {
            return *is_bold;
        }
        let is_bold = self.is_bold_font(outline);
        if let Some(kept) = self.bold_glyphs.get_mut(slot) {
            *kept = Some((identifier, is_bold));
        }
        is_bold
    }

    /// The same from the font's tables, which is slow.
    fn is_bold_font(&mut self, outline: &OutlineGlyph) -> bool {
        let Some(data) = outline.font_data() else {
            return false;
        };
        *self.bold_fonts.entry(data.cache_key).or_insert_with(|| {
            let name = data
                .postscript_name
                .unwrap_or_default()
                .to_ascii_lowercase();
            data.weight.is_some_and(|weight| weight >= 600)
                || ["bold", "black", "heavy", "cmbx", "-bd"]
                    .iter()
                    .any(|word| name.contains(word))
        })
    }

    fn push(&mut self, placed: &Placed, text: Option<BfString>, code: u32, is_bold: bool) {
        let Some(text) = text else {
            self.drawing.unknown += 1;
            return;
        };
        let start = self.drawing.rest.len();
        let Some(first) = self.fold(&text, code) else {
            return;
        };
        let length = self.drawing.rest.len() - start;
        let (Ok(start), Ok(length)) = (u32::try_from(start), u16::try_from(length)) else {
            return;
        };
        self.drawing.glyphs.push(Glyph {
            first,
            rest: (start, length),
            along: placed.along,
            across: placed.across,
            advance: placed.advance,
            size: placed.size,
            angle: placed.angle,
            is_bold,
        });
    }

    /// Turns what the file says a glyph stands for into plain characters: the first is returned, the
    /// others go to [`Drawing::rest`]; nothing where no character is left.
    fn fold(&mut self, text: &BfString, code: u32) -> Option<char> {
        let mut first = None;
        match text {
            BfString::Char(character) => self.fold_character(*character, code, &mut first),
            BfString::String(string) => {
                for character in string.chars() {
                    self.fold_character(character, code, &mut first);
                }
            }
        }
        first
    }

    fn fold_character(&mut self, character: char, code: u32, first: &mut Option<char>) {
        if character.is_ascii_graphic() {
            self.keep(character, first);
            return;
        }
        if matches!(character, '\u{E000}'..='\u{F8FF}' | '\u{FFFD}' | '\u{F0000}'..) {
            self.drawing.useless += 1;
        }
        if character == SOFT_HYPHEN {
            // What is drawn is seen: fonts that say so mean the hyphen of their encoding.
            self.keep('-', first);
        } else if let Some(letters) = ligature(character) {
            letters.chars().for_each(|letter| self.keep(letter, first));
        } else if is_presentation_form(character) {
            unicode_normalization::char::decompose_compatible(character, |plain| {
                self.keep(plain, first);
            });
        } else if character.is_control() || is_invisible(character) {
            if let Some(letters) = control_ligature(character, code) {
                letters.chars().for_each(|letter| self.keep(letter, first));
            }
        } else if character.is_whitespace() {
            self.keep(' ', first);
        } else {
            self.keep(character, first);
        }
    }

    fn keep(&mut self, character: char, first: &mut Option<char>) {
        if first.is_none() {
            *first = Some(character);
        } else {
            self.drawing.rest.push(character);
        }
    }
}

/// A glyph's place, before its characters are known.
struct Placed {
    along: f32,
    across: f32,
    advance: f32,
    size: f32,
    angle: i16,
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "points of a page fit; the rest is refused"
)]
fn place(transform: Affine, width: f64, mode: WritingMode) -> Option<(Placed, Point)> {
    let origin = transform * Point::ZERO;
    let [a, b, c, d, ..] = transform.as_coeffs();
    let horizontal = Vec2::new(a, b);
    let size = Vec2::new(c, d).hypot() * UNITS_PER_EM;
    let reach = horizontal.hypot() * width;
    let (direction, advance) = match mode {
        WritingMode::Horizontal => (horizontal, reach),
        WritingMode::Vertical => (Vec2::new(0.0, 1.0), size),
    };
    let length = direction.hypot();
    if !(length > 0.0 && size > 0.05 && size < 1e5 && origin.x.abs() < 1e6 && origin.y.abs() < 1e6)
    {
        return None;
    }
    let (cosine, sine) = (direction.x / length, direction.y / length);
    let (along, across) = (
        origin.x * cosine + origin.y * sine,
        origin.y * cosine - origin.x * sine,
    );
    let placed = Placed {
        along: along as f32,
        across: across as f32,
        advance: advance.clamp(0.0, size * 4.0) as f32,
        size: size as f32,
        angle: if sine == 0.0 && cosine > 0.0 {
            0
        } else {
            sine.atan2(cosine).to_degrees().round() as i16
        },
    };
    let middle = Point::new(
        origin.x + cosine * advance.clamp(0.0, size) / 2.0,
        origin.y + sine * advance.clamp(0.0, size) / 2.0,
    );
    Some((placed, middle))
}

/// Whether a glyph draws nothing: many fonts name no character for their space, and the gap that it
/// leaves says the same.
fn is_blank(glyph: &FontGlyph<'_>) -> bool {
    match glyph {
        FontGlyph::Outline(outline) => outline.outline().elements().is_empty(),
        FontGlyph::Type3(_) => false,
    }
}

/// Whether the glyphs of a run are stretched beyond their advance: the interpreter stretches the
/// outlines of a substitute font to the widths that the file asks for, and its transforms show it.
fn is_stretched(run: &GlyphRun<'_, '_>) -> bool {
    let (mut as_drawn, mut as_set) = (0.0, 0.0);
    for pair in run.glyphs().windows(2).take(RUN_GLYPHS_COMPARED) {
        let [one, other] = pair else { break };
        let [a, b, c, d, x, y] = one.transform().as_coeffs();
        let ratio = Vec2::new(a, b).hypot() / Vec2::new(c, d).hypot();
        if (ratio - 1.0).abs() < 0.005 {
            continue;
        }
        let width = match &**one {
            FontGlyph::Outline(outline) => outline.advance_width(),
            FontGlyph::Type3(_) => return false,
        };
        let [.., next_x, next_y] = other.transform().as_coeffs();
        let step = Vec2::new(next_x - x, next_y - y).hypot();
        let set = Vec2::new(c, d).hypot() * f64::from(width.unwrap_or_default());
        as_drawn += (step - set * ratio).abs();
        as_set += (step - set).abs();
    }
    as_set < as_drawn
}

/// The transform with its horizontal axis as long as its vertical one.
fn unstretched(transform: Affine) -> Affine {
    let [a, b, c, d, x, y] = transform.as_coeffs();
    let ratio = Vec2::new(c, d).hypot() / Vec2::new(a, b).hypot();
    if ratio.is_finite() {
        Affine::new([a * ratio, b * ratio, c, d, x, y])
    } else {
        transform
    }
}

impl<'a> Device<'a> for TextDevice {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.spend(0);
        self.drawing.paths += 1;
    }

    fn draw_rect(&mut self, _: &KurboRect, _: DrawProps<'a>, _: &DrawMode) {
        self.spend(0);
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.spend(0);
    }

    fn push_clip_rect(&mut self, _: &KurboRect) {
        self.spend(0);
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.spend(0);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        self.spend(run.glyphs().len());
        let Some(first) = run.glyphs().first() else {
            return;
        };
        let is_bold = self.is_bold(first);
        let is_stretched = is_stretched(run);
        for glyph in run.glyphs() {
            let width = match &**glyph {
                FontGlyph::Outline(outline) => outline.advance_width(),
                FontGlyph::Type3(type3) => type3.advance_width(),
            };
            let width = f64::from(width.unwrap_or(500.0));
            let mut own = glyph.transform();
            if is_stretched {
                own = unstretched(own);
            }
            let place = place(props.transform * own, width, run.writing_mode());
            let Some((placed, middle)) = place else {
                continue;
            };
            if !self.shows(middle) {
                continue;
            }
            let text = glyph.as_unicode();
            if text.is_some() || !is_blank(glyph) {
                self.push(&placed, text, glyph.char_code(), is_bold);
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.spend(0);
        // The transform takes the picture's pixels to the page.
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let pixels = KurboRect::new(0.0, 0.0, width, height);
        let page = KurboRect::new(0.0, 0.0, f64::from(self.width), f64::from(self.height));
        let seen = props.transform.transform_rect_bbox(pixels).intersect(page);
        if seen.area().is_finite() {
            self.drawing.picture_area += seen.area();
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

impl TextDevice {
    /// Whether a point stands on the page.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "compared with a page's size only"
    )]
    fn shows(&self, point: Point) -> bool {
        let (x, y) = (point.x as f32, point.y as f32);
        x >= -MARGIN_POINTS
            && y >= -MARGIN_POINTS
            && x <= self.width + MARGIN_POINTS
            && y <= self.height + MARGIN_POINTS
    }
}
