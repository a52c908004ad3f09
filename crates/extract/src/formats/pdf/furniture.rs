//! Running heads, running feet and page numbers: rows near the upper or lower edge of the page that
//! its neighbours repeat.
//!
//! A page is judged by the pages around it only, so that pages can be given out while the file is
//! still being read.

use std::collections::VecDeque;

use super::row::Row;

/// How many pages before and after a page have a say.
pub(super) const NEIGHBOURS: usize = 5;

/// How far from the page's edge furniture stands, as a part of the page's height.
const ZONE: f32 = 0.14;

/// How many rows at each edge of a page may be furniture.
const ROWS_MAX: usize = 4;

/// How far, in points, furniture moves from page to page.
const DRIFT_MAX: f32 = 4.0;

/// How many neighbours must repeat a text for it to be furniture.
const REPEATS_MIN: usize = 2;

/// A row that may be furniture.
#[derive(Clone, Debug)]
struct Candidate {
    /// Its index among the rows of the page.
    index: usize,
    /// Its text in lower case, digits as `#`.
    key: String,
    /// Its baseline.
    baseline: f32,
    /// The numbers that it begins and ends with.
    numbers: [Option<i64>; 2],
}

/// The rows of a page that may be furniture.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    page: i64,
    rows: Vec<Candidate>,
    /// Whether the page has no other rows.
    are_all: bool,
}

impl Candidates {
    /// Whether these are the rows of a page.
    pub(super) fn is_of(&self, page: u32) -> bool {
        self.page == i64::from(page)
    }
}

/// The rows at the edges of a page.
pub(super) fn candidates(page: u32, height: f32, rows: &[Row]) -> Candidates {
    let mut upright: Vec<(usize, &Row)> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.angle == 0)
        .collect();
    upright.sort_by(|one, other| one.1.baseline.total_cmp(&other.1.baseline));
    let upper = upright
        .iter()
        .take(ROWS_MAX)
        .filter(|(_, row)| row.baseline < height * ZONE);
    let lower = upright
        .iter()
        .rev()
        .take(ROWS_MAX)
        .filter(|(_, row)| row.baseline > height * (1.0 - ZONE));
    let candidate = |(index, row): &(usize, &Row)| Candidate {
        index: *index,
        key: key(&row.text),
        baseline: row.baseline,
        numbers: numbers(&row.text),
    };
    let mut candidates: Vec<Candidate> = upper.chain(lower).map(candidate).collect();
    // On a page of few rows one may lie near both edges.
    candidates.sort_by_key(|candidate| candidate.index);
    candidates.dedup_by_key(|candidate| candidate.index);
    Candidates {
        page: i64::from(page),
        are_all: candidates.len() == rows.len(),
        rows: candidates,
    }
}

/// The indices of the rows of a page that are furniture.
pub(super) fn furniture(page: &Candidates, around: &VecDeque<Candidates>) -> Vec<usize> {
    let near = |other: &&Candidates| {
        other.page != page.page && other.page.abs_diff(page.page) <= NEIGHBOURS as u64
    };
    let others: Vec<&Candidates> = around.iter().filter(near).collect();
    // Where page after page holds nothing else, this is what the file says.
    if page.are_all && others.iter().filter(|other| other.are_all).count() >= REPEATS_MIN {
        return Vec::new();
    }
    let repeated = page
        .rows
        .iter()
        .filter(|row| is_repeated(row, page.page, &others));
    repeated.map(|row| row.index).collect()
}

fn is_repeated(row: &Candidate, page: i64, others: &[&Candidates]) -> bool {
    let mut repeats = 0;
    let mut counts = 0;
    for other in others {
        let twins = || {
            other
                .rows
                .iter()
                .filter(|twin| (twin.baseline - row.baseline).abs() < DRIFT_MAX)
        };
        repeats += usize::from(twins().any(|twin| twin.key == row.key));
        counts += usize::from(twins().any(|twin| counts_on(row, twin, other.page - page)));
    }
    let is_number = row.key.chars().all(|character| !character.is_alphabetic());
    repeats >= REPEATS_MIN || counts >= REPEATS_MIN || (is_number && counts >= 1)
}

/// Whether both rows begin, or end, with numbers as far apart as their pages.
fn counts_on(row: &Candidate, twin: &Candidate, pages: i64) -> bool {
    let pairs = row
        .numbers
        .iter()
        .flat_map(|one| twin.numbers.iter().map(move |two| (one, two)));
    let mut steps = pairs.filter_map(|(one, two)| Some(two.as_ref()? - one.as_ref()?));
    steps.any(|step| step == pages)
}

fn key(text: &str) -> String {
    let digit = |character: char| {
        if character.is_ascii_digit() {
            '#'
        } else {
            character
        }
    };
    let mut key = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase).map(digit) {
        if !(character == '#' && key.ends_with('#')) {
            key.push(character);
        }
    }
    key
}

/// The numbers at the beginning and the end of a row: Arabic figures or, alone, Roman ones.
fn numbers(text: &str) -> [Option<i64>; 2] {
    let trim = |word: &str| {
        let word = word.trim_matches(|character: char| !character.is_alphanumeric());
        word.parse::<i64>()
            .ok()
            .filter(|number| *number < 100_000)
            .or_else(|| roman(word))
    };
    let words = || {
        text.split_whitespace()
            .filter(|word| word.contains(char::is_alphanumeric))
    };
    [
        words().next().and_then(trim),
        words().next_back().and_then(trim),
    ]
}

/// The value of a Roman numeral below 200, in one case.
fn roman(word: &str) -> Option<i64> {
    if word.is_empty() || word.len() > 9 {
        return None;
    }
    let mut value = 0;
    let mut largest = 0;
    for letter in word.chars().rev() {
        let worth = match letter {
            'i' | 'I' => 1,
            'v' | 'V' => 5,
            'x' | 'X' => 10,
            'l' | 'L' => 50,
            'c' | 'C' => 100,
            _ => return None,
        };
        value += if worth < largest { -worth } else { worth };
        largest = largest.max(worth);
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_at_both_ends_of_a_row_are_read() {
        for (text, expected) in [
            ("12 Chapter One", [Some(12), None]),
            ("Chapter One - 13 -", [None, Some(13)]),
            ("xiv", [Some(14), Some(14)]),
            ("Page 3 of 9", [None, Some(9)]),
            ("no number", [None, None]),
        ] {
            assert_eq!(numbers(text), expected, "{text}");
        }
    }

    #[test]
    fn digits_of_any_number_give_one_key() {
        assert_eq!(key("Page 123 of 456"), key("PAGE 9 of 7"));
        assert_ne!(key("Page 1"), key("Pages 1"));
    }
}
