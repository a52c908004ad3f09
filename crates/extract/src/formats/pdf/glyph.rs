//! The glyphs of a page, in the order in which the page draws them.
//!
//! A glyph is kept in the frame of its own baseline: `along` grows in reading direction of
//! left-to-right text, `across` grows downwards, so that turned text is laid out by the same code as
//! upright text.

/// A glyph as drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    /// Its first character.
    pub(super) first: char,
    /// Its other characters: start and length in [`Drawing::rest`].
    pub(super) rest: (u32, u16),
    /// Where it begins, in the frame of its baseline, in points.
    pub(super) along: f32,
    /// Where its baseline stands in that frame, in points.
    pub(super) across: f32,
    /// How far the next glyph stands, in points.
    pub(super) advance: f32,
    /// The font size, in points.
    pub(super) size: f32,
    /// The direction of the baseline on the page, clockwise, in degrees.
    pub(super) angle: i16,
    /// Whether the font is bold, so far as it says.
    pub(super) is_bold: bool,
}

impl Glyph {
    /// Where it ends.
    pub(super) fn end(&self) -> f32 {
        self.along + self.advance
    }

    /// Whether it draws nothing.
    pub(super) fn is_space(&self) -> bool {
        self.first.is_whitespace()
    }
}

/// What a page draws.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    /// The glyphs, in drawing order.
    pub(super) glyphs: Vec<Glyph>,
    /// The characters after the first of glyphs that stand for several.
    pub(super) rest: String,
    /// Glyphs for which the file tells no character.
    pub(super) unknown: u64,
    /// Glyphs whose character is private or the replacement character.
    pub(super) useless: u64,
    /// The part of the page that pictures cover, in square points (overlaps count twice).
    pub(super) picture_area: f64,
    /// Paths drawn.
    pub(super) paths: u64,
}

impl Drawing {
    /// The characters of a glyph.
    pub(super) fn characters<'a>(&'a self, glyph: &Glyph) -> impl Iterator<Item = char> + 'a {
        let start = glyph.rest.0 as usize;
        let rest = self
            .rest
            .get(start..start + usize::from(glyph.rest.1))
            .unwrap_or_default();
        std::iter::once(glyph.first).chain(rest.chars())
    }

    /// Forgets everything, for the next page.
    pub(super) fn clear(&mut self) {
        self.glyphs.clear();
        self.rest.clear();
        (self.unknown, self.useless, self.picture_area, self.paths) = (0, 0, 0.0, 0);
    }
}
