//! The headings above a block, kept while a file is read from top to bottom.

/// How many bytes of a heading go into section paths; a longer one is cut at a character.
pub const SECTION_TITLE_BYTES_MAX: usize = 200;

/// How many headings deep a section path may be; beyond, the innermost is replaced.
pub const SECTION_DEPTH_MAX: usize = 12;

/// The open headings, outermost first.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    open: Vec<(u8, String)>,
}

impl Outline {
    /// Closes every heading of this level or deeper and opens this one.
    pub fn enter(&mut self, level: u8, title: &str) {
        self.leave(level);
        if self.open.len() >= SECTION_DEPTH_MAX {
            self.open.pop();
        }
        let end = title.floor_char_boundary(SECTION_TITLE_BYTES_MAX);
        self.open
            .push((level, title.get(..end).unwrap_or_default().to_owned()));
    }

    /// Closes every heading of this level or deeper.
    pub fn leave(&mut self, level: u8) {
        while self.open.last().is_some_and(|(open, _)| *open >= level) {
            self.open.pop();
        }
    }

    /// The open headings, outermost first: the section of the next block. A heading's own block
    /// stands in the section above it, so ask before [`Self::enter`].
    #[must_use]
    pub fn path(&self) -> Vec<String> {
        self.open.iter().map(|(_, title)| title.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_closes_its_equals_and_everything_deeper() {
        let mut outline = Outline::default();
        for (level, title, path) in [
            (1, "One", "One"),
            (3, "Deep", "One/Deep"),
            (2, "Two", "One/Two"),
            (2, "Three", "One/Three"),
            (1, "Four", "Four"),
        ] {
            outline.enter(level, title);
            assert_eq!(outline.path().join("/"), path);
        }
        outline.enter(2, &"ä".repeat(SECTION_TITLE_BYTES_MAX));
        assert!(
            outline
                .path()
                .iter()
                .all(|title| title.len() <= SECTION_TITLE_BYTES_MAX)
        );
    }
}
