//! Reads RTF: what groups, control words and bytes of text mean.

use std::collections::HashMap;

use alexandria_core::block::BlockKind;
use encoding_rs::{Encoding, WINDOWS_1252};

use super::codepage::{of_charset, of_page};
use super::tokens::{Token, Tokens};
use crate::About;
use crate::failure::{Failure, Result};
use crate::flow::Flow;
use crate::limits::Limits;

/// Groups may be nested this many times deeper than elements of other formats: they cost little.
const DEPTH_FACTOR: usize = 20;

/// Reads a whole file.
pub(super) fn read(bytes: &[u8], limits: &Limits, flow: &mut Flow<'_>) -> Result<()> {
    let mut reader = Reader::new(flow);
    let depth_max = limits.depth.saturating_mul(DEPTH_FACTOR);
    let result = reader.run(Tokens::new(bytes), depth_max);
    reader.end_paragraph();
    reader.end_table();
    reader.write_notes();
    reader.flow.about(std::mem::take(&mut reader.about));
    result
}

/// Where text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Body,
    Note,
    FontTable,
    StyleSheet,
    Title,
    Author,
    /// Nowhere.
    Skip,
}

/// What a group's end restores.
#[derive(Clone, Debug)]
struct State {
    target: Target,
    /// How many characters stand for one Unicode escape.
    skip_after_unicode: usize,
    encoding: Option<&'static Encoding>,
    is_hidden: bool,
}

struct Reader<'r, 'f> {
    flow: &'r mut Flow<'f>,
    page: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    /// Levels of the styles whose names make headings.
    headings: HashMap<i32, u8>,
    state: State,
    groups: Vec<State>,
    /// Bytes of text, not decoded yet.
    raw: Vec<u8>,
    /// Half of a character outside the basic plane.
    high: Option<u16>,
    /// Characters still to be skipped behind a Unicode escape.
    skip: usize,
    is_starred: bool,
    text: String,
    note: String,
    notes: Vec<String>,
    /// Font or style being defined, and its name.
    defined: i32,
    name: String,
    paragraph: Paragraph,
    rows: Vec<Vec<String>>,
    row: Vec<String>,
    about: About,
}

/// The format of the paragraph being read.
#[derive(Clone, Copy, Debug, Default)]
struct Paragraph {
    style: i32,
    outline: Option<u8>,
    in_table: bool,
    item: Option<u8>,
}

impl<'r, 'f> Reader<'r, 'f> {
    fn new(flow: &'r mut Flow<'f>) -> Self {
        let state = State {
            target: Target::Body,
            skip_after_unicode: 1,
            encoding: None,
            is_hidden: false,
        };
        Self {
            flow,
            page: WINDOWS_1252,
            fonts: HashMap::new(),
            headings: HashMap::new(),
            state,
            groups: Vec::new(),
            raw: Vec::new(),
            high: None,
            skip: 0,
            is_starred: false,
            text: String::new(),
            note: String::new(),
            notes: Vec::new(),
            defined: 0,
            name: String::new(),
            paragraph: Paragraph::default(),
            rows: Vec::new(),
            row: Vec::new(),
            about: About::default(),
        }
    }

    fn run(&mut self, tokens: Tokens<'_>, depth_max: usize) -> Result<()> {
        for token in tokens {
            match token {
                Token::Open => {
                    self.settle();
                    if self.groups.len() >= depth_max {
                        return Err(Failure::too_large(format!(
                            "this file is nested deeper than the {depth_max} groups that are \
                             read; save it again with another program and add that"
                        )));
                    }
                    self.groups.push(self.state.clone());
                    self.is_starred = false;
                    self.skip = 0;
                }
                Token::Close => self.end_group(),
                Token::Word(word, number) => self.word(word, number),
                Token::Symbol(symbol) => self.symbol(symbol),
                Token::Byte(byte) => self.byte(byte),
            }
            if self.flow.is_full() {
                break;
            }
        }
        self.settle();
        Ok(())
    }

    /// A byte of text.
    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.state.target != Target::Skip && !self.state.is_hidden {
            self.raw.push(byte);
        }
    }

    /// A character of text.
    fn push(&mut self, text: &str) {
        self.settle();
        if self.state.is_hidden {
            return;
        }
        match self.state.target {
            Target::Body => self.text.push_str(text),
            Target::Note => self.note.push_str(text),
            Target::FontTable | Target::StyleSheet | Target::Title | Target::Author => {
                self.name.push_str(text);
            }
            Target::Skip => {}
        }
    }

    /// Decodes the bytes gathered so far.
    fn settle(&mut self) {
        if self.raw.is_empty() {
            return;
        }
        let raw = std::mem::take(&mut self.raw);
        let encoding = self.state.encoding.unwrap_or(self.page);
        let text = encoding.decode_without_bom_handling(&raw).0.into_owned();
        self.push(&text);
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        if word == "u" {
            return self.unicode(number.unwrap_or_default());
        }
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        if !self.text_word(word) && !self.destination(word) {
            self.format_word(word, number);
        }
    }

    fn symbol(&mut self, symbol: u8) {
        match symbol {
            b'*' => self.is_starred = true,
            b'~' => self.push(" "),
            b'_' => self.push("\u{2011}"),
            b'\r' | b'\n' => self.end_paragraph(),
            _ => {}
        }
    }

    fn unicode(&mut self, number: i32) {
        self.settle();
        // Numbers above 32,767 are written as negative ones.
        let unit = u16::try_from(number.rem_euclid(0x1_0000)).unwrap_or_default();
        let units: Vec<u16> = self.high.take().into_iter().chain([unit]).collect();
        if (0xd800..0xdc00).contains(&unit) {
            self.high = Some(unit);
        } else {
            let text = String::from_utf16_lossy(&units);
            self.push(&text);
        }
        self.skip = self.state.skip_after_unicode;
    }

    /// Words that stand for text or end some.
    fn text_word(&mut self, word: &str) -> bool {
        let text = match word {
            "par" | "sect" | "page" => {
                self.end_paragraph();
                return true;
            }
            "cell" | "nestcell" => {
                self.end_cell();
                return true;
            }
            "row" | "nestrow" => {
                self.end_row();
                return true;
            }
            "line" | "lbr" => "\n",
            "tab" => "\t",
            "emdash" => "—",
            "endash" => "–",
            "lquote" => "‘",
            "rquote" => "’",
            "ldblquote" => "“",
            "rdblquote" => "”",
            "bullet" => "•",
            "emspace" | "enspace" | "qmspace" => " ",
            _ => return false,
        };
        self.push(text);
        true
    }

    /// Words that say where the text of their group goes.
    fn destination(&mut self, word: &str) -> bool {
        let is_starred = std::mem::take(&mut self.is_starred);
        let target = match word {
            "fonttbl" => Target::FontTable,
            "stylesheet" => Target::StyleSheet,
            "footnote" => Target::Note,
            "title" if self.state.target == Target::Skip => Target::Title,
            "author" if self.state.target == Target::Skip => Target::Author,
            "listtext" | "pntext" => {
                self.paragraph.item = self.paragraph.item.or(Some(0));
                Target::Skip
            }
            "shptxt" | "shprslt" | "ud" | "shpinst" | "shp" => return is_starred,
            "colortbl" | "info" | "pict" | "header" | "headerl" | "headerr" | "headerf"
            | "footer" | "footerl" | "footerr" | "footerf" | "ftnsep" | "ftnsepc" | "objdata"
            | "fldinst" | "listtable" | "listoverridetable" | "themedata" | "datastore" | "upr"
            | "xe" | "tc" | "bkmkstart" | "bkmkend" | "sp" | "nonshppict" | "generator"
            | "annotation" | "atnid" | "atnauthor" | "revtbl" | "rsidtbl" | "private1" => {
                Target::Skip
            }
            _ if is_starred => Target::Skip,
            _ => return false,
        };
        self.settle();
        let is_dead =
            self.state.target == Target::Skip && !matches!(target, Target::Title | Target::Author);
        if !is_dead {
            self.state.target = target;
        }
        true
    }

    /// Words that change how text is read or what its paragraph is.
    fn format_word(&mut self, word: &str, number: Option<i32>) {
        self.settle();
        let value = number.unwrap_or(1);
        match word {
            "ansicpg" => self.page = of_page(value).unwrap_or(self.page),
            "mac" => self.page = encoding_rs::MACINTOSH,
            "uc" => self.state.skip_after_unicode = usize::try_from(value).unwrap_or(1),
            "v" => self.state.is_hidden = value != 0,
            "f" if self.state.target == Target::FontTable => self.defined = value,
            "f" => self.state.encoding = self.fonts.get(&value).copied(),
            "fcharset" => {
                if let Some(encoding) = of_charset(value) {
                    self.fonts.insert(self.defined, encoding);
                }
            }
            "plain" => {
                self.state.encoding = None;
                self.state.is_hidden = false;
            }
            "s" if self.state.target == Target::StyleSheet => self.defined = value,
            "s" => self.paragraph.style = value,
            "pard" => {
                self.paragraph = Paragraph {
                    item: self.paragraph.item,
                    ..Paragraph::default()
                };
            }
            "outlinelevel" if self.state.target == Target::Body => {
                self.paragraph.outline = u8::try_from(value).ok().filter(|level| *level < 9);
            }
            "intbl" => self.paragraph.in_table = true,
            "ilvl" => self.paragraph.item = u8::try_from(value).ok(),
            _ => {}
        }
    }

    fn end_group(&mut self) {
        self.settle();
        let ended = self.state.target;
        // A brace too many at the end of a damaged file ends nothing.
        let Some(outer) = self.groups.pop() else {
            return;
        };
        self.skip = 0;
        if ended != outer.target || ended == Target::StyleSheet || ended == Target::FontTable {
            self.end_target(ended);
        }
        self.state = outer;
    }

    fn end_target(&mut self, target: Target) {
        let name = std::mem::take(&mut self.name);
        match target {
            Target::Note => {
                let note = std::mem::take(&mut self.note);
                self.notes.push(note);
            }
            Target::StyleSheet => {
                if let Some(level) = heading_level(&name) {
                    self.headings.insert(self.defined, level);
                }
                self.defined = 0;
            }
            Target::Title => self.about.title = Some(name).filter(|name| !name.trim().is_empty()),
            Target::Author => self.about.authors = vec![name],
            Target::Body | Target::FontTable | Target::Skip => {}
        }
    }

    fn end_paragraph(&mut self) {
        self.settle();
        match self.state.target {
            Target::Body => {}
            Target::Note => return self.note.push(' '),
            Target::FontTable
            | Target::StyleSheet
            | Target::Title
            | Target::Author
            | Target::Skip => return,
        }
        if self.paragraph.in_table {
            return self.text.push(' ');
        }
        self.end_table();
        let text = std::mem::take(&mut self.text);
        let styled = self.headings.get(&self.paragraph.style).copied();
        let outlined = self.paragraph.outline.map(|level| level + 1);
        match (outlined.or(styled), self.paragraph.item.take()) {
            (Some(level), _) => self.flow.heading(level, &text),
            (None, Some(depth)) => self.flow.text(BlockKind::ListItem(depth), &text),
            (None, None) => self.flow.text(BlockKind::Paragraph, &text),
        }
        self.write_notes();
    }

    fn end_cell(&mut self) {
        self.settle();
        let cell = std::mem::take(&mut self.text);
        self.row.push(cell);
    }

    fn end_row(&mut self) {
        self.settle();
        let row = std::mem::take(&mut self.row);
        if !row.is_empty() {
            self.rows.push(row);
        }
    }

    fn end_table(&mut self) {
        self.end_row();
        let rows = std::mem::take(&mut self.rows);
        if !rows.is_empty() {
            self.flow.table(&rows);
        }
    }

    fn write_notes(&mut self) {
        for note in std::mem::take(&mut self.notes) {
            self.flow.text(BlockKind::Footnote, &note);
        }
    }
}

/// The level that a style's name gives a paragraph.
fn heading_level(name: &str) -> Option<u8> {
    let name = name.trim().trim_end_matches(';').to_lowercase();
    if name == "title" {
        return Some(1);
    }
    let level = name
        .strip_prefix("heading ")
        .or_else(|| name.strip_prefix("überschrift "))?;
    level.parse().ok().filter(|level| (1..=9).contains(level))
}
