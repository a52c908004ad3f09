//! Rows in reading order to paragraphs, list items, code and tables.

use alexandria_core::block::BlockKind;

use super::draft::{Compounds, Draft};
use super::row::Row;
use super::table::tables;

/// Rows of one paragraph have font sizes within this ratio.
const SIZE_RATIO_MAX: f32 = 1.09;

/// Baselines of one paragraph are this many font sizes apart at most, unless the whole page is set
/// wider.
const PITCH_MAX: f32 = 1.62;

/// How much wider than the usual pitch a row may follow.
const PITCH_SLACK: f32 = 1.22;

/// A first line is indented by at least this many font sizes, and at most by ...
const INDENT_MIN: f32 = 0.7;

/// ... this many.
const INDENT_MAX: f32 = 6.0;

/// A line that ends this many font sizes before its column does is the last of a paragraph, if it
/// ends a sentence.
const SHORTFALL_MIN: f32 = 2.0;

/// How many rows around a row tell where its column ends.
const COLUMN_ROWS: usize = 8;

/// How deep lists are told apart.
const LIST_DEPTH_MAX: u8 = 5;

/// What the document's other pages say of its text.
#[derive(Debug)]
pub(super) struct Style<'a> {
    /// The font size of most letters.
    pub(super) body_size: f32,
    /// Whether most letters are monospaced, so that monospaced text is no code.
    pub(super) is_monospace: bool,
    /// Words with real hyphens.
    pub(super) compounds: &'a Compounds,
}

/// The blocks of a page.
pub(super) fn paragraphs(rows: &[Row], page: u32, height: f32, style: &Style<'_>) -> Vec<Draft> {
    let tables = tables(rows);
    let pitch = usual_pitch(rows);
    let mut drafts: Vec<Draft> = Vec::new();
    let mut indents: Vec<f32> = Vec::new();
    let mut index = 0;
    let mut last: Option<usize> = None;
    while let Some(row) = rows.get(index) {
        if let Some(table) = tables.iter().find(|table| table.start == index) {
            let inside = rows.get(table.start..table.end).unwrap_or_default();
            drafts.extend(Draft::table(table, inside, page));
            index = table.end;
            last = None;
            continue;
        }
        let before = last.and_then(|last| rows.get(last));
        let right = column_right(rows, index);
        let kind = kind(row, before, &mut indents, height, style);
        match (drafts.last_mut(), before) {
            (Some(draft), Some(before)) if draft.kind == BlockKind::Code => {
                if kind == BlockKind::Code && continues_code(before, row, pitch) {
                    draft.add_code(row, page);
                } else {
                    drafts.push(Draft::new(kind, row, page));
                }
            }
            (Some(draft), Some(before)) => {
                let is_split_code = kind == BlockKind::Code && !ends_mid_line(before, row, right);
                let is_other = matches!(kind, BlockKind::ListItem(_) | BlockKind::Caption)
                    || (kind == BlockKind::Footnote && draft.kind != BlockKind::Footnote);
                if is_split_code || is_other || begins(draft, before, row, pitch, right) {
                    drafts.push(Draft::new(kind, row, page));
                } else {
                    draft.flow(row, page, style.compounds);
                }
            }
            _ => drafts.push(Draft::new(kind, row, page)),
        }
        last = Some(index);
        index += 1;
    }
    drafts
}

/// Whether a row begins a new paragraph after the row before it.
fn begins(draft: &Draft, before: &Row, row: &Row, usual: f32, right: f32) -> bool {
    let large = row.size.max(before.size);
    if large > row.size.min(before.size) * SIZE_RATIO_MAX
        || row.angle != before.angle
        || row.is_bold != before.is_bold
        || row.is_right_to_left != before.is_right_to_left
    {
        return true;
    }
    let pitch = row.baseline - before.baseline;
    if pitch <= 0.0 || row.left > before.right || row.right < before.left {
        // The text goes on in another column, or another paragraph begins there.
        return ends_sentence(&before.text) || !begins_lower(&row.text);
    }
    if pitch > (PITCH_MAX * large).max(usual * PITCH_SLACK) || pitch > usual * 1.45 {
        return true;
    }
    if row.is_right_to_left {
        return before.left - row.left > SHORTFALL_MIN * large && ends_sentence(&before.text);
    }
    let indent = row.left - before.left;
    let is_hanging = draft.lines.len() == 1 || matches!(draft.kind, BlockKind::ListItem(_));
    if indent > INDENT_MIN * large && indent < INDENT_MAX * large && !is_hanging {
        return !is_centred(before, row);
    }
    let is_short = before.right < right - SHORTFALL_MIN * large;
    is_short && ends_sentence(&before.text) && !begins_lower(&row.text)
        || matches!(draft.kind, BlockKind::ListItem(_))
            && indent < -INDENT_MIN * large
            && row.left < draft.left - 0.2 * large
}

fn is_centred(one: &Row, other: &Row) -> bool {
    let middle = |row: &Row| (row.left + row.right) / 2.0;
    (middle(one) - middle(other)).abs() < 0.5 * one.size
}

fn continues_code(before: &Row, row: &Row, usual: f32) -> bool {
    let pitch = row.baseline - before.baseline;
    pitch > 0.0 && pitch < (2.3 * row.size).max(usual * 1.6)
}

/// Whether a row of monospaced letters only carries on a line of running text.
fn ends_mid_line(before: &Row, row: &Row, right: f32) -> bool {
    let is_same_margin = (row.left - before.left).abs() < 0.5 * row.size;
    let is_full = before.right > right - 4.0 * row.size;
    is_same_margin && is_full && !before.is_monospace && !ends_sentence(&before.text)
}

fn kind(
    row: &Row,
    before: Option<&Row>,
    indents: &mut Vec<f32>,
    height: f32,
    style: &Style<'_>,
) -> BlockKind {
    if is_list_item(row, before) {
        return BlockKind::ListItem(list_depth(row, indents));
    }
    let is_list_text = indents
        .last()
        .is_some_and(|indent| row.left > indent + 0.3 * row.size);
    if !is_list_text {
        indents.clear();
    }
    if row.is_monospace && !style.is_monospace {
        return BlockKind::Code;
    }
    if is_caption(&row.text) {
        return BlockKind::Caption;
    }
    let is_small = row.size < 0.9 * style.body_size && row.baseline > 0.6 * height;
    if is_small && row.angle == 0 && begins_with_mark(&row.text) {
        return BlockKind::Footnote;
    }
    BlockKind::Paragraph
}

fn list_depth(row: &Row, indents: &mut Vec<f32>) -> u8 {
    while indents
        .last()
        .is_some_and(|indent| *indent > row.left + 0.5 * row.size)
    {
        indents.pop();
    }
    if indents
        .last()
        .is_none_or(|indent| *indent < row.left - 0.5 * row.size)
    {
        indents.push(row.left);
    }
    u8::try_from(indents.len().saturating_sub(1))
        .unwrap_or(LIST_DEPTH_MAX)
        .min(LIST_DEPTH_MAX)
}

fn is_list_item(row: &Row, before: Option<&Row>) -> bool {
    let Some((mark, rest)) = row.text.split_once(' ') else {
        return false;
    };
    if rest.is_empty() {
        return false;
    }
    if is_bullet(mark) {
        return true;
    }
    // A number at the start of a line is an item only where a sentence cannot have brought it there.
    is_enumerator(mark)
        && rest.starts_with(char::is_alphabetic)
        && before.is_none_or(|before| {
            ends_sentence(&before.text)
                || before.size > row.size * SIZE_RATIO_MAX
                || row.baseline - before.baseline > PITCH_MAX * row.size
                || (row.left - before.left).abs() > INDENT_MIN * row.size
        })
}

fn is_bullet(mark: &str) -> bool {
    let mut characters = mark.chars();
    let (Some(sign), None) = (characters.next(), characters.next()) else {
        return false;
    };
    matches!(
        sign,
        '•' | '◦'
            | '▪'
            | '▫'
            | '■'
            | '□'
            | '●'
            | '○'
            | '‣'
            | '⁃'
            | '·'
            | '∙'
            | '–'
            | '—'
            | '-'
            | '*'
            | '➢'
            | '➤'
            | '✓'
            | '✔'
            | '❖'
            | '\u{F0B7}'
            | '\u{F0A7}'
    )
}

fn is_enumerator(mark: &str) -> bool {
    let Some(inner) = mark.strip_suffix(['.', ')']) else {
        return false;
    };
    let inner = inner.strip_prefix('(').unwrap_or(inner);
    let is_number = inner.len() <= 3 && inner.chars().all(|character| character.is_ascii_digit());
    let is_letter = inner.len() == 1
        && inner
            .chars()
            .all(|character| character.is_ascii_lowercase());
    let is_roman = inner.len() <= 4 && inner.chars().all(|character| "ivx".contains(character));
    !inner.is_empty() && (is_number || is_letter || is_roman)
}

/// Whether a text begins as captions of figures and tables do: a word and a number, then a stop.
pub(super) fn is_caption(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "figure",
        "fig.",
        "table",
        "tab.",
        "abbildung",
        "abb.",
        "tabelle",
        "tableau",
        "figura",
        "tabla",
        "listing",
        "chart",
    ];
    let mut words = text.split(' ');
    let (Some(word), Some(number)) = (words.next(), words.next()) else {
        return false;
    };
    let digits = number.trim_end_matches([':', '.']);
    WORDS.contains(&word.to_lowercase().as_str())
        && digits.len() < number.len()
        && digits.starts_with(|character: char| character.is_ascii_digit())
}

fn begins_with_mark(text: &str) -> bool {
    let mut characters = text.chars();
    let Some(first) = characters.next() else {
        return false;
    };
    let is_sign = matches!(first, '*' | '†' | '‡' | '§' | '¹' | '²' | '³' | '⁴'..='⁹');
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let after = text.chars().nth(digits);
    is_sign
        || (digits > 0
            && digits < 4
            && after.is_some_and(|next| next.is_alphabetic() || next == ' '))
}

/// Whether a text ends where a sentence may end.
pub(super) fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', '*']);
    text.ends_with(['.', '!', '?', ':', ';', '…', '。', '！', '？', '؟', '۔'])
}

/// Whether a text begins in the middle of a sentence.
pub(super) fn begins_lower(text: &str) -> bool {
    text.chars()
        .find(|character| character.is_alphanumeric())
        .is_some_and(char::is_lowercase)
}

/// How far apart lines of running text usually stand on a page, in points.
fn usual_pitch(rows: &[Row]) -> f32 {
    let mut pitches: Vec<f32> = rows
        .windows(2)
        .filter_map(|pair| {
            let [one, other] = pair else { return None };
            let pitch = other.baseline - one.baseline;
            let is_line = pitch > 0.5 * one.size && pitch < 3.0 * one.size;
            is_line.then_some(pitch)
        })
        .collect();
    pitches.sort_by(f32::total_cmp);
    // The quarter with the narrowest pitches: the others may be paragraphs of one line each.
    let usual = pitches.get(pitches.len() / 4).copied();
    usual
        .or_else(|| rows.first().map(|row| 1.2 * row.size))
        .unwrap_or_default()
}

/// Where the column of a row ends: as far right as its neighbours with the same margin reach.
fn column_right(rows: &[Row], index: usize) -> f32 {
    let Some(row) = rows.get(index) else {
        return 0.0;
    };
    let start = index.saturating_sub(COLUMN_ROWS);
    let near = rows.iter().skip(start).take(2 * COLUMN_ROWS + 1);
    near.filter(|other| (other.left - row.left).abs() < 4.0 * row.size)
        .map(|other| other.right)
        .fold(row.right, f32::max)
}
