//! Rows to reading order: drawing order where it is sound, and cuts along white space where the page
//! draws its rows helter-skelter or straight across its columns.

use super::row::{Cell, Row};

/// A page with more than this part of its rows out of order is put in order by its white space.
const DISORDER_MAX: f32 = 0.15;

/// Fewer rows than this out of order are footers and the like, drawn first.
const DISORDER_ROWS_MIN: usize = 3;

/// A gap between columns is at least this many points wide.
const GUTTER_MIN: f32 = 8.0;

/// A cell with fewer characters than this on average belongs to a table, not to a column of text.
const COLUMN_CHARACTERS_MIN: usize = 22;

/// Columns of text have at least this many rows.
const COLUMN_ROWS_MIN: usize = 5;

/// How many times a page may be cut in two, one cut inside the other.
const CUTS_MAX: u32 = 24;

/// Puts the rows of a page into reading order. Text that runs in another direction than most of the
/// page comes last.
pub(super) fn arrange(rows: Vec<Row>) -> Vec<Row> {
    let angle = main_angle(&rows);
    let (mut main, turned): (Vec<Row>, Vec<Row>) = rows
        .into_iter()
        .partition(|row| (row.angle - angle).abs() <= 1);
    if has_split_columns(&main) {
        main = main.into_iter().flat_map(split).collect();
        main = cut(main, 0);
    } else if is_disordered(&main) {
        main = join(cut(main, 0));
    }
    main.extend(turned);
    main
}

/// The direction of most letters.
fn main_angle(rows: &[Row]) -> i16 {
    let mut letters: Vec<(i16, usize)> = Vec::new();
    for row in rows {
        match letters.iter_mut().find(|(angle, _)| *angle == row.angle) {
            Some((_, count)) => *count += row.text.len(),
            None => letters.push((row.angle, row.text.len())),
        }
    }
    letters
        .iter()
        .max_by_key(|(_, count)| *count)
        .map_or(0, |(angle, _)| *angle)
}

/// Whether many rows stand above the row drawn before them, in the same column.
fn is_disordered(rows: &[Row]) -> bool {
    let climbs = rows
        .windows(2)
        .filter(|pair| match pair {
            [one, other] => {
                other.bottom() < one.top() && other.left < one.right && one.left < other.right
            }
            _ => false,
        })
        .count();
    #[expect(clippy::cast_precision_loss, reason = "a page has few rows")]
    let share = climbs as f32 / rows.len().max(1) as f32;
    climbs >= DISORDER_ROWS_MIN && share > DISORDER_MAX
}

/// Whether the page draws each row straight across two columns of running text.
fn has_split_columns(rows: &[Row]) -> bool {
    let pairs: Vec<[&Cell; 2]> = rows
        .iter()
        .filter_map(|row| match row.cells.as_slice() {
            [one, other] => Some([one, other]),
            _ => None,
        })
        .collect();
    if pairs.len() < COLUMN_ROWS_MIN || pairs.len() * 2 < rows.len() {
        return false;
    }
    let characters: usize = pairs
        .iter()
        .flatten()
        .map(|cell| cell.end - cell.start)
        .sum();
    let left = pairs
        .iter()
        .map(|[one, _]| one.right)
        .reduce(f32::max)
        .unwrap_or_default();
    let right = pairs
        .iter()
        .map(|[_, other]| other.left)
        .reduce(f32::min)
        .unwrap_or_default();
    characters >= pairs.len() * 2 * COLUMN_CHARACTERS_MIN && right - left >= GUTTER_MIN
}

/// A row as one row for each of its cells.
fn split(row: Row) -> Vec<Row> {
    if row.cells.len() < 2 {
        return vec![row];
    }
    row.cells
        .iter()
        .filter_map(|cell| row.part(std::slice::from_ref(cell)))
        .collect()
}

/// Cuts rows along white space, columns before bands, until nothing can be cut; the rest is sorted
/// from top to bottom.
fn cut(rows: Vec<Row>, depth: u32) -> Vec<Row> {
    if depth < CUTS_MAX && rows.len() > 1 {
        let is_column = |rows: &[Row]| {
            let characters: usize = rows.iter().map(|row| row.text.len()).sum();
            rows.len() >= COLUMN_ROWS_MIN && characters >= rows.len() * COLUMN_CHARACTERS_MIN
        };
        let columns = gap(&rows, GUTTER_MIN, |row| (row.left, row.right));
        if let Some(middle) = columns {
            let (left, right): (Vec<Row>, Vec<Row>) =
                rows.iter().cloned().partition(|row| row.left < middle);
            if is_column(&left) && is_column(&right) {
                let order = if right_to_left(&rows) {
                    [right, left]
                } else {
                    [left, right]
                };
                return order
                    .into_iter()
                    .flat_map(|half| cut(half, depth + 1))
                    .collect();
            }
        }
        if let Some(middle) = gap(&rows, 0.5, |row| (row.top(), row.bottom())) {
            let (upper, lower): (Vec<Row>, Vec<Row>) =
                rows.into_iter().partition(|row| row.top() < middle);
            return [upper, lower]
                .into_iter()
                .flat_map(|half| cut(half, depth + 1))
                .collect();
        }
    }
    by_lines(rows)
}

/// Sorts from top to bottom, and from left to right what stands on one baseline.
fn by_lines(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|one, other| one.baseline.total_cmp(&other.baseline));
    for line in rows.chunk_by_mut(|one, other| other.baseline - one.baseline < 0.3 * one.size) {
        line.sort_by(|one, other| one.left.total_cmp(&other.left));
    }
    rows
}

fn right_to_left(rows: &[Row]) -> bool {
    rows.iter().filter(|row| row.is_right_to_left).count() * 2 > rows.len()
}

/// The middle of the widest gap that no row's interval covers, if it is wide enough.
fn gap(rows: &[Row], least: f32, interval: impl Fn(&Row) -> (f32, f32)) -> Option<f32> {
    let mut intervals: Vec<(f32, f32)> = rows.iter().map(interval).collect();
    intervals.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut reach = intervals.first()?.1;
    let mut widest = (least, None);
    for (start, end) in intervals {
        if start - reach > widest.0 {
            widest = (start - reach, Some((start + reach) / 2.0));
        }
        reach = reach.max(end);
    }
    widest.1
}

/// Joins rows that follow each other on one baseline: a table drawn column by column has its rows
/// again.
fn join(rows: Vec<Row>) -> Vec<Row> {
    let mut joined: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows {
        match joined.last_mut() {
            Some(last) if continues(last, &row) => append(last, &row),
            _ => joined.push(row),
        }
    }
    joined
}

fn continues(last: &Row, row: &Row) -> bool {
    (last.baseline - row.baseline).abs() < 0.12 * last.size.max(row.size)
        && row.left >= last.right
        && last.edges.is_empty() == row.edges.is_empty()
        && !row.is_right_to_left
        && !last.is_right_to_left
}

fn append(last: &mut Row, row: &Row) {
    last.text.push(' ');
    if !last.edges.is_empty() {
        last.edges.push(row.left);
    }
    let shift = last.text.len();
    last.text.push_str(&row.text);
    last.edges.extend_from_slice(&row.edges);
    let moved = |cell: &Cell| Cell {
        start: cell.start + shift,
        end: cell.end + shift,
        ..*cell
    };
    last.cells.extend(row.cells.iter().map(moved));
    last.right = row.right;
    last.is_bold &= row.is_bold;
    last.is_monospace &= row.is_monospace;
}
