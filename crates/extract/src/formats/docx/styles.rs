//! The styles of a Word file: which make a heading, a list, code.

use std::collections::HashMap;

use crate::failure::Result;
use crate::limits::Limits;
use crate::xml::{Step, Tag, Xml};

/// How long a chain of styles based on each other may be.
const CHAIN_MAX: usize = 16;

/// What a style makes of a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Running text.
    Plain,
    /// A heading of this level.
    Heading(u8),
    /// An item of a list.
    Item,
    /// Program text.
    Code,
    /// Quoted text.
    Quote,
    /// A caption.
    Caption,
    /// A line of a table of contents.
    Contents,
}

#[derive(Default)]
struct Style {
    name: String,
    based_on: Option<String>,
    /// 0 for the first level.
    outline: Option<u8>,
    is_list: bool,
    /// The list that it numbers its paragraphs in, and their level.
    list: Option<String>,
    level: Option<u8>,
}

/// All paragraph styles by their ids.
#[derive(Default)]
pub(super) struct Styles(HashMap<String, Style>);

impl Styles {
    pub(super) fn read(text: &str, limits: &Limits) -> Result<Self> {
        let mut xml = Xml::new(text, limits);
        let mut styles = HashMap::new();
        let mut open: Option<(String, Style)> = None;
        loop {
            match xml.step()? {
                Step::Open(tag) => match (tag.name(), &mut open) {
                    ("style", _) => open = tag.get("styleId").map(|id| (id, Style::default())),
                    ("name", Some((_, style))) => {
                        style.name = tag.get("val").unwrap_or_default().to_lowercase();
                    }
                    ("basedOn", Some((_, style))) => style.based_on = tag.get("val"),
                    ("outlineLvl", Some((_, style))) => style.outline = outline(&tag),
                    ("numPr", Some((_, style))) => style.is_list = true,
                    ("numId", Some((_, style))) => style.list = tag.get("val"),
                    ("ilvl", Some((_, style))) => {
                        style.level = tag.get("val").and_then(|level| level.parse().ok());
                    }
                    _ => {}
                },
                Step::Close(end) if end.name() == "style" => styles.extend(open.take()),
                Step::Close(_) | Step::Text(_) => {}
                Step::Done => return Ok(Self(styles)),
            }
        }
    }

    /// The list that the style of this id puts its paragraphs in, with the level and the style that
    /// says so.
    pub(super) fn list<'s>(&'s self, id: &'s str) -> Option<(&'s str, Option<u8>, &'s str)> {
        let mut id = id;
        let mut level = None;
        for _ in 0..CHAIN_MAX {
            let style = self.0.get(id)?;
            level = level.or(style.level);
            if let Some(list) = &style.list {
                return Some((list, level, id));
            }
            id = style.based_on.as_deref()?;
        }
        None
    }

    /// What the style of this id makes of a paragraph.
    pub(super) fn look(&self, id: &str) -> Look {
        let mut is_list = false;
        let mut id = id;
        for _ in 0..CHAIN_MAX {
            let Some(style) = self.0.get(id) else {
                return by_name(&id.to_lowercase());
            };
            let look = by_name(&style.name);
            if look != Look::Plain {
                return look;
            }
            if let Some(level) = style.outline {
                return Look::Heading(level + 1);
            }
            is_list |= style.is_list;
            match &style.based_on {
                Some(parent) => id = parent,
                None => break,
            }
        }
        if is_list { Look::Item } else { Look::Plain }
    }
}

/// The level that an element names, if it is one of a heading (9 is body text).
pub(super) fn outline(tag: &Tag<'_>) -> Option<u8> {
    tag.get("val")
        .and_then(|level| level.parse().ok())
        .filter(|level| *level < 9)
}

/// What a style's name says, in the languages in which Word writes its names.
fn by_name(name: &str) -> Look {
    const HEADINGS: [&str; 16] = [
        "heading",
        "überschrift",
        "berschrift",
        "titre",
        "título",
        "titulo",
        "titolo",
        "kop",
        "rubrik",
        "overskrift",
        "otsikko",
        "nagłówek",
        "nagwek",
        "заголовок",
        "标题",
        "見出し",
    ];
    let digits = name.trim_start_matches(|character: char| !character.is_ascii_digit());
    if let Ok(level) = digits.parse::<u8>()
        && (1..=9).contains(&level)
    {
        let stem = name.strip_suffix(digits).unwrap_or_default().trim();
        if HEADINGS.contains(&stem) {
            return Look::Heading(level);
        }
        if matches!(
            stem,
            "toc" | "table of contents" | "verzeichnis" | "tm" | "contents"
        ) {
            return Look::Contents;
        }
    }
    match name {
        "title" | "titel" => Look::Heading(1),
        "caption" | "beschriftung" | "légende" => Look::Caption,
        "quote" | "intense quote" | "block text" | "quotations" | "zitat" => Look::Quote,
        "toc heading" | "table of figures" => Look::Contents,
        _ if name.starts_with("list bullet") || name.starts_with("list number") => Look::Item,
        _ if name.contains("code") || name.contains("preformatted") || name == "macro" => {
            Look::Code
        }
        _ => Look::Plain,
    }
}
