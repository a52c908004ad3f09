//! Tables in plain text: comma, semicolon, tab or bar, whichever the file uses.

use csv::{ReaderBuilder, StringRecord};

use crate::encoding::decode;
use crate::failure::{Failure, Result};
use crate::flow::Flow;
use crate::limits::Limits;
use crate::sheet::Sheet;
use crate::{Format, Sink, Source};

/// Comma-separated values and their kin.
pub(crate) const FORMAT: Format = Format {
    name: "csv",
    media_types: &["text/csv", "text/tab-separated-values"],
    extensions: &["csv", "tsv", "tab"],
    paged: false,
    parse,
};

/// Rows looked at to find the delimiter.
const SNIFF_ROWS: usize = 50;

/// Bytes looked at to find the delimiter.
const SNIFF_BYTES: usize = 64 << 10;

fn parse(source: &Source, _limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    let text = decode(source.bytes());
    let text = text.trim_start_matches('\u{feff}');
    let (named, text) = named_delimiter(text);
    let mut flow = Flow::new(sink);
    let mut sheet = Sheet::default();
    let mut builder = ReaderBuilder::new();
    builder
        .has_headers(false)
        .flexible(true)
        .delimiter(named.unwrap_or_else(|| delimiter(text)));
    let mut number = 0_u32;
    for record in builder.from_reader(text.as_bytes()).records() {
        if flow.is_full() {
            break;
        }
        let record = record.map_err(|source| {
            Failure::malformed("this table cannot be read to its end; save it again as CSV")
                .with_source(source)
        })?;
        number = number.saturating_add(1);
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        sheet.row(number, &cells, &mut flow);
    }
    sheet.finish(&mut flow);
    Ok(())
}

/// The delimiter that a first line such as `sep=;` names, and the text behind it.
fn named_delimiter(text: &str) -> (Option<u8>, &str) {
    let Some(rest) = text.strip_prefix("sep=") else {
        return (None, text);
    };
    let delimiter = rest.bytes().next().filter(u8::is_ascii);
    let rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    (delimiter, rest)
}

/// The delimiter that parts the most rows into the same number of cells.
fn delimiter(text: &str) -> u8 {
    let head = text
        .get(..text.floor_char_boundary(SNIFF_BYTES))
        .unwrap_or(text);
    let score = |delimiter: u8| {
        let mut builder = ReaderBuilder::new();
        builder
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter);
        let records = builder.from_reader(head.as_bytes()).into_records();
        let widths: Vec<usize> = records
            .flatten()
            .take(SNIFF_ROWS)
            .map(|record: StringRecord| record.len())
            .collect();
        let usual = |width: usize| widths.iter().filter(|other| **other == width).count();
        let best = widths
            .iter()
            .copied()
            .filter(|width| *width > 1)
            .max_by_key(|width| usual(*width));
        best.map_or((0, 0), |width| (usual(width), width))
    };
    let delimiters = [b'|', b';', b'\t', b','];
    delimiters
        .into_iter()
        .max_by_key(|delimiter| score(*delimiter))
        .unwrap_or(b',')
}
