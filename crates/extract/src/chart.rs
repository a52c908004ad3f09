//! Charts of Office files as tables: a row for every category, a column for every series. A chart
//! draws numbers that often stand nowhere else in the file.

use alexandria_core::block::BlockKind;

use crate::failure::Result;
use crate::flow::Flow;
use crate::formats::spreadsheet::shown_number;
use crate::limits::Limits;
use crate::xml::{Step, Tag, Xml};

/// The largest number of points that are read of a series.
const POINTS_MAX: usize = 10_000;

/// Which part of a series is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Name,
    Category,
    Value,
}

/// A series of values.
#[derive(Debug, Default)]
struct Series {
    name: String,
    categories: Vec<String>,
    values: Vec<String>,
}

/// What a chart shows.
#[derive(Debug, Default)]
struct Chart {
    /// Its titles and those of its axes.
    titles: Vec<String>,
    series: Vec<Series>,
    is_in_series: bool,
    part: Option<Part>,
    point: usize,
}

/// Writes a chart: its titles as a caption, its values as tables.
pub(crate) fn write(text: &str, limits: &Limits, flow: &mut Flow<'_>) -> Result<()> {
    let mut xml = Xml::new(text, limits);
    let mut chart = Chart::default();
    loop {
        match xml.step()? {
            Step::Open(tag) => match tag.name() {
                "t" => {
                    let text = xml.text()?;
                    chart.add_to_title(&text);
                }
                "v" => {
                    let text = xml.text()?;
                    chart.add(text);
                }
                // Labels repeat values; the rest is decoration.
                "dLbls" | "txPr" | "spPr" | "extLst" | "trendline" | "errBars" => xml.skip()?,
                _ => chart.open(&tag),
            },
            Step::Close(end) => chart.close(end.name()),
            Step::Text(_) => {}
            Step::Done => break,
        }
    }
    chart.titles.retain(|title| !title.trim().is_empty());
    flow.text(BlockKind::Caption, &chart.titles.join(", "));
    for table in chart.tables() {
        flow.table(&table);
    }
    Ok(())
}

impl Chart {
    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "ser" => {
                self.series.push(Series::default());
                self.is_in_series = true;
            }
            "title" => self.titles.push(String::new()),
            "tx" if self.is_in_series => self.part = Some(Part::Name),
            "cat" | "xVal" => self.part = Some(Part::Category),
            "val" | "yVal" => self.part = Some(Part::Value),
            "pt" => {
                let index = tag.get("idx").and_then(|index| index.parse().ok());
                self.point = index.unwrap_or(usize::MAX);
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "ser" => self.is_in_series = false,
            "tx" | "cat" | "val" | "xVal" | "yVal" => self.part = None,
            _ => {}
        }
    }

    fn add_to_title(&mut self, text: &str) {
        if let Some(title) = self.titles.last_mut().filter(|_| !self.is_in_series) {
            title.push_str(text);
        }
    }

    fn add(&mut self, text: String) {
        let (Some(series), Some(part)) = (self.series.last_mut(), self.part) else {
            return;
        };
        let texts = match part {
            Part::Name => return series.name.push_str(&text),
            Part::Category => &mut series.categories,
            Part::Value => &mut series.values,
        };
        // Values are kept with more digits than they were given.
        let number = text.parse().ok().filter(|_| part == Part::Value);
        let text = number.map_or(text, shown_number);
        if self.point < POINTS_MAX {
            texts.resize(texts.len().max(self.point + 1), String::new());
            if let Some(place) = texts.get_mut(self.point) {
                *place = text;
            }
        }
    }

    /// Series with the same categories stand in one table.
    fn tables(&self) -> Vec<Vec<Vec<String>>> {
        let mut tables = Vec::new();
        let is_same = |one: &Series, other: &Series| {
            other.categories.is_empty() || one.categories == other.categories
        };
        for group in self.series.chunk_by(is_same) {
            let Some(first) = group.first() else { continue };
            let lines = group.iter().map(|series| series.values.len()).max();
            let lines = lines.unwrap_or(0).max(first.categories.len());
            let heads = group.iter().map(|series| series.name.clone());
            let mut table = vec![std::iter::once(String::new()).chain(heads).collect()];
            for line in 0..lines {
                let at = |texts: &[String]| texts.get(line).cloned().unwrap_or_default();
                let values = group.iter().map(|series| at(&series.values));
                table.push(
                    std::iter::once(at(&first.categories))
                        .chain(values)
                        .collect(),
                );
            }
            tables.push(table);
        }
        tables
    }
}
