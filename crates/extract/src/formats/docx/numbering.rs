//! The automatic numbers of a Word file, which stand nowhere in its text: "2.1" before a heading,
//! "a)" before an item of a list.

use std::collections::{HashMap, HashSet};

use crate::failure::Result;
use crate::limits::Limits;
use crate::xml::{Step, Tag, Xml};

/// How many levels a list has.
const LEVELS: usize = 9;

/// How often a letter is repeated at most: Word counts "z", "aa", "bb".
const LETTERS_MAX: u32 = 8;

/// The largest number that is written in Roman figures.
const ROMAN_MAX: u32 = 3999;

/// How a level writes its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Form {
    #[default]
    Decimal,
    /// Two digits at least.
    Padded,
    LowerLetter,
    UpperLetter,
    LowerRoman,
    UpperRoman,
    /// A sign instead of a number.
    Bullet,
    /// Nothing; what stands around the number remains.
    Nothing,
}

/// One level of a list.
#[derive(Clone, Debug, Default)]
struct Level {
    start: u32,
    form: Form,
    /// The number with its surroundings: `%1.%2)`.
    text: String,
    /// The style that brings a paragraph to this level.
    style: Option<String>,
    /// Whether higher levels are written in digits whatever their own form.
    is_legal: bool,
    /// Whether it counts on below a new number of a higher level.
    goes_on: bool,
}

/// A list as it is defined once, for several uses.
#[derive(Debug, Default)]
struct List {
    levels: Vec<Level>,
    /// The style that defines it, and the style that it takes its levels from.
    defines: Option<String>,
    follows: Option<String>,
}

/// A use of a list, with a start of its own on some levels.
#[derive(Debug, Default)]
struct Use {
    list: String,
    starts: HashMap<usize, u32>,
}

/// All lists of a file.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    lists: HashMap<String, List>,
    uses: HashMap<String, Use>,
}

/// What decides about the level of a paragraph, the first that is there: what it says itself, the
/// level that the list gives to its style, the level that its style asks for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted<'a> {
    pub(super) own: Option<u8>,
    pub(super) style: Option<&'a str>,
    pub(super) of_style: Option<u8>,
}

/// How far every list has counted.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// The last number of every level, by the list.
    last: HashMap<String, [Option<u32>; LEVELS]>,
    /// The uses, with levels, whose own start was taken.
    started: HashSet<(String, usize)>,
}

impl Numbering {
    pub(super) fn read(text: &str, limits: &Limits) -> Result<Self> {
        let mut xml = Xml::new(text, limits);
        let mut numbering = Self::default();
        let mut list: Option<(String, List)> = None;
        let mut used: Option<(String, Use)> = None;
        let mut level = 0;
        loop {
            match xml.step()? {
                Step::Open(tag) => match (tag.name(), &mut list, &mut used) {
                    ("abstractNum", _, _) => {
                        list = tag.get("abstractNumId").map(|id| (id, List::default()));
                    }
                    ("num", _, _) => used = tag.get("numId").map(|id| (id, Use::default())),
                    ("lvl", Some((_, list)), _) => list.begin_level(&tag),
                    (_, Some((_, list)), _) => list.take(&tag),
                    ("abstractNumId", None, Some((_, used))) => {
                        used.list = tag.get("val").unwrap_or_default();
                    }
                    ("lvlOverride", None, Some(_)) => level = number(&tag, "ilvl").unwrap_or(0),
                    ("startOverride", None, Some((_, used))) => {
                        let start = number(&tag, "val").and_then(|start| start.try_into().ok());
                        used.starts.extend(start.map(|start| (level, start)));
                    }
                    _ => {}
                },
                Step::Close(end) => match end.name() {
                    "abstractNum" => numbering.lists.extend(list.take()),
                    "num" => numbering.uses.extend(used.take()),
                    _ => {}
                },
                Step::Text(_) => {}
                Step::Done => return Ok(numbering),
            }
        }
    }

    /// The number of the next paragraph of a list, as it is printed; nothing where a sign stands
    /// instead, or the file does not know the list.
    pub(super) fn next(&self, counts: &mut Counts, id: &str, wanted: Wanted<'_>) -> Option<String> {
        let used = self.uses.get(id)?;
        let (name, list) = self.list(&used.list)?;
        let mut levels = list.levels.iter();
        let by_list = wanted
            .style
            .and_then(|style| levels.position(|level| level.style.as_deref() == Some(style)));
        let by_paragraph = wanted.own.map(usize::from);
        let by_style = wanted.of_style.map(usize::from);
        let at = by_paragraph.or(by_list).or(by_style).unwrap_or(0);
        let own = list.levels.get(at)?;
        let last = counts.last.entry(name.to_owned()).or_default();
        let restart = used.starts.get(&at).copied();
        let restart = restart.filter(|_| counts.started.insert((id.to_owned(), at)));
        let count = last.get_mut(at)?;
        *count = Some(match (*count, restart) {
            (_, Some(start)) => start,
            (None, None) => own.start,
            (Some(last), None) => last.saturating_add(1),
        });
        for (lower, level) in last.iter_mut().zip(&list.levels).skip(at + 1) {
            if !level.goes_on {
                *lower = None;
            }
        }
        printed(&list.levels, at, last)
    }

    /// A list and the name that it counts under: its own, or that of the list it follows.
    fn list(&self, id: &str) -> Option<(&str, &List)> {
        let (name, list) = self.lists.get_key_value(id)?;
        let Some(style) = &list.follows else {
            return Some((name, list));
        };
        let is_source = |list: &List| list.defines.as_ref() == Some(style);
        let mut lists = self.lists.iter();
        lists
            .find(|(_, list)| is_source(list))
            .map(|(name, list)| (name.as_str(), list))
    }
}

impl List {
    fn begin_level(&mut self, tag: &Tag<'_>) {
        let at = number(tag, "ilvl").unwrap_or(self.levels.len());
        if at < LEVELS {
            self.levels
                .resize_with(self.levels.len().max(at + 1), Level::default);
            // Levels come in order; one that is told twice is told anew.
            self.levels.truncate(at + 1);
        }
    }

    fn take(&mut self, tag: &Tag<'_>) {
        let value = || tag.get("val").unwrap_or_default();
        match tag.name() {
            "styleLink" => self.defines = Some(value()),
            "numStyleLink" => self.follows = Some(value()),
            _ => {}
        }
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        match tag.name() {
            "start" => level.start = value().parse().unwrap_or(0),
            "numFmt" => level.form = form(&value()),
            "lvlText" => level.text = value(),
            "pStyle" => level.style = Some(value()),
            "isLgl" => level.is_legal = !matches!(value().as_str(), "0" | "false"),
            "lvlRestart" => level.goes_on = value() == "0",
            _ => {}
        }
    }
}

fn number(tag: &Tag<'_>, name: &str) -> Option<usize> {
    tag.get(name).and_then(|number| number.parse().ok())
}

fn form(name: &str) -> Form {
    match name {
        "bullet" => Form::Bullet,
        "none" => Form::Nothing,
        "lowerLetter" => Form::LowerLetter,
        "upperLetter" => Form::UpperLetter,
        "lowerRoman" => Form::LowerRoman,
        "upperRoman" => Form::UpperRoman,
        "decimalZero" => Form::Padded,
        _ => Form::Decimal,
    }
}

/// The number of a level with what stands around it: `%2` is the number of the second level.
fn printed(levels: &[Level], at: usize, last: &[Option<u32>; LEVELS]) -> Option<String> {
    let own = levels.get(at)?;
    if own.form == Form::Bullet {
        return None;
    }
    let mut printed = String::new();
    let mut rest = own.text.chars();
    while let Some(character) = rest.next() {
        let digit = rest
            .as_str()
            .chars()
            .next()
            .and_then(|next| next.to_digit(10));
        let (true, Some(digit)) = (character == '%', digit) else {
            printed.push(character);
            continue;
        };
        rest.next();
        let index = (digit as usize).checked_sub(1)?;
        let level = levels.get(index)?;
        let count = last.get(index).copied().flatten().unwrap_or(level.start);
        let form = if own.is_legal {
            Form::Decimal
        } else {
            level.form
        };
        printed.push_str(&written(count, form));
    }
    let printed = printed.trim().to_owned();
    (!printed.is_empty()).then_some(printed)
}

fn written(count: u32, form: Form) -> String {
    let letters = |first: u8| {
        let index = count.checked_sub(1)?;
        let letter = char::from(first + u8::try_from(index % 26).ok()?);
        let times = index / 26 + 1;
        (times <= LETTERS_MAX).then(|| (0..times).map(|_| letter).collect())
    };
    let special = match form {
        Form::Decimal => None,
        Form::Padded => Some(format!("{count:02}")),
        Form::LowerLetter => letters(b'a'),
        Form::UpperLetter => letters(b'A'),
        Form::LowerRoman => roman(count).map(|roman| roman.to_lowercase()),
        Form::UpperRoman => roman(count),
        Form::Bullet | Form::Nothing => Some(String::new()),
    };
    special.unwrap_or_else(|| count.to_string())
}

fn roman(mut count: u32) -> Option<String> {
    const FIGURES: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if count == 0 || count > ROMAN_MAX {
        return None;
    }
    let mut roman = String::new();
    for (value, figure) in FIGURES {
        while count >= value {
            roman.push_str(figure);
            count -= value;
        }
    }
    Some(roman)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"<w:numbering xmlns:w="w">
        <w:abstractNum w:abstractNumId="7">
            <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/>
                <w:pStyle w:val="Heading1"/><w:lvlText w:val="Part %1"/></w:lvl>
            <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/>
                <w:pStyle w:val="Heading2"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl>
            <w:lvl w:ilvl="2"><w:start w:val="3"/><w:numFmt w:val="lowerLetter"/>
                <w:lvlText w:val="%3)"/></w:lvl>
            <w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="bullet"/>
                <w:lvlText w:val="-"/></w:lvl>
        </w:abstractNum>
        <w:abstractNum w:abstractNumId="8"><w:styleLink w:val="Mine"/>
            <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>
                <w:lvlText w:val="%1."/></w:lvl></w:abstractNum>
        <w:abstractNum w:abstractNumId="9"><w:numStyleLink w:val="Mine"/></w:abstractNum>
        <w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
        <w:num w:numId="2"><w:abstractNumId w:val="9"/></w:num>
        <w:num w:numId="3"><w:abstractNumId w:val="8"/>
            <w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
        </w:numbering>"#;

    #[test]
    fn lists_count_as_they_are_printed() {
        let numbering = Numbering::read(TEXT, &Limits::default()).unwrap();
        let mut counts = Counts::default();
        for (id, level, style, expected) in [
            ("1", None, Some("Heading1"), Some("Part I")),
            ("1", None, Some("Heading2"), Some("1.1")),
            ("1", Some(2), None, Some("c)")),
            ("1", Some(2), None, Some("d)")),
            ("1", Some(3), None, None),
            ("1", None, Some("Heading2"), Some("1.2")),
            ("1", Some(2), None, Some("c)")),
            ("1", Some(0), None, Some("Part II")),
            ("1", Some(1), None, Some("2.1")),
            ("2", None, None, Some("1.")),
            ("2", None, None, Some("2.")),
            ("3", None, None, Some("5.")),
            ("3", None, None, Some("6.")),
            ("2", None, None, Some("7.")),
            ("4", None, None, None),
            ("1", Some(200), None, None),
        ] {
            let wanted = Wanted {
                own: level,
                style,
                of_style: None,
            };
            let printed = numbering.next(&mut counts, id, wanted);
            assert_eq!(printed.as_deref(), expected, "{id} {level:?} {style:?}");
        }
    }

    #[test]
    fn numbers_too_large_for_their_form_are_written_in_digits() {
        for (count, form, expected) in [
            (28, Form::LowerLetter, "bb"),
            (26, Form::UpperLetter, "Z"),
            (u32::MAX, Form::UpperLetter, "4294967295"),
            (0, Form::LowerLetter, "0"),
            (1994, Form::LowerRoman, "mcmxciv"),
            (4000, Form::UpperRoman, "4000"),
            (7, Form::Padded, "07"),
            (7, Form::Nothing, ""),
        ] {
            assert_eq!(written(count, form), expected);
        }
    }
}
