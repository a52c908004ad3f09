//! Spreadsheets of all kinds: every sheet is a part and a section, its rows stand in blocks with the
//! header row repeated. Charts and comments of Excel sheets follow their cells.

mod drawn;

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{
    Data, DataRef, ExcelDateTime, Ods, OdsError, Reader, SheetType, Xls, XlsError, Xlsb, Xlsx,
};

use crate::failure::{Failure, Result};
use crate::flow::Flow;
use crate::limits::Limits;
use crate::relations::properties;
use crate::sheet::Sheet;
use crate::zip::Archive;
use crate::{Format, Sink, Source};

/// Excel since 2007.
pub(crate) const XLSX: Format = Format {
    name: "xlsx",
    media_types: &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
    extensions: &["xlsx", "xlsm", "xltx", "xltm"],
    paged: false,
    parse: |source, limits, sink| parse(source, limits, sink, xlsx),
};

/// Excel's binary kind.
pub(crate) const XLSB: Format = Format {
    name: "xlsb",
    media_types: &["application/vnd.ms-excel.sheet.binary.macroEnabled.12"],
    extensions: &["xlsb"],
    paged: false,
    parse: |source, limits, sink| parse(source, limits, sink, xlsb),
};

/// Excel before 2007.
pub(crate) const XLS: Format = Format {
    name: "xls",
    media_types: &["application/vnd.ms-excel"],
    extensions: &["xls", "xlt"],
    paged: false,
    parse: |source, limits, sink| parse(source, limits, sink, xls),
};

/// `OpenDocument` sheets.
pub(crate) const ODS: Format = Format {
    name: "ods",
    media_types: &["application/vnd.oasis.opendocument.spreadsheet"],
    extensions: &["ods", "ots"],
    paged: false,
    parse: |source, limits, sink| parse(source, limits, sink, ods),
};

/// Cells of one row, empty ones between others included.
const ROW_CELLS_MAX: usize = 16_384;

type ReadAll = fn(&[u8], &Limits, &mut Flow<'_>) -> Result<()>;

fn parse(source: &Source, limits: &Limits, sink: &mut dyn Sink, read: ReadAll) -> Result<()> {
    let bytes = source.bytes();
    let mut flow = Flow::new(sink);
    if bytes.starts_with(b"PK") {
        // The library that reads sheets unpacks without limits: see first that it may.
        let mut archive = Archive::open(bytes, limits)?;
        for path in ["docProps/core.xml", "meta.xml"] {
            flow.about(properties(&mut archive, path, limits)?);
        }
        archive.try_all()?;
    }
    // That library panics on some damaged files; nothing it leaves behind is used again.
    catch_unwind(AssertUnwindSafe(|| read(bytes, limits, &mut flow))).unwrap_or_else(|_| {
        Err(Failure::malformed(
            "this spreadsheet is damaged inside; save it again with its own program and add that",
        ))
    })
}

fn broken(source: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::malformed(
        "this spreadsheet is damaged; save it again with its own program and add that",
    )
    .with_source(source)
}

fn begin(name: &str, flow: &mut Flow<'_>) {
    flow.outline().leave(0);
    flow.part(name);
    flow.heading(1, name);
}

fn xlsx(bytes: &[u8], limits: &Limits, flow: &mut Flow<'_>) -> Result<()> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let mut parts = drawn::Parts::open(bytes, limits)?;
    let sheets: Vec<(String, SheetType)> = book
        .sheets_metadata()
        .iter()
        .map(|sheet| (sheet.name.clone(), sheet.typ))
        .collect();
    for (name, kind) in sheets {
        if !matches!(kind, SheetType::WorkSheet | SheetType::ChartSheet) {
            continue;
        }
        begin(&name, flow);
        if kind == SheetType::ChartSheet {
            parts.write(&name, flow)?;
            continue;
        }
        let mut reader = book.worksheet_cells_reader(&name).map_err(broken)?;
        let mut rows = Rows::default();
        while let Some(cell) = reader.next_cell().map_err(broken)? {
            rows.cell(cell.get_position(), shown_ref(cell.get_value()), flow);
        }
        rows.finish(flow);
        parts.write(&name, flow)?;
    }
    Ok(())
}

fn xlsb(bytes: &[u8], _: &Limits, flow: &mut Flow<'_>) -> Result<()> {
    let mut book: Xlsb<_> = Xlsb::new(Cursor::new(bytes)).map_err(broken)?;
    for name in work_sheets(&book) {
        begin(&name, flow);
        let mut reader = book.worksheet_cells_reader(&name).map_err(broken)?;
        let mut rows = Rows::default();
        while let Some(cell) = reader.next_cell().map_err(broken)? {
            rows.cell(cell.get_position(), shown_ref(cell.get_value()), flow);
        }
        rows.finish(flow);
    }
    Ok(())
}

fn xls(bytes: &[u8], _: &Limits, flow: &mut Flow<'_>) -> Result<()> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|source| {
        if matches!(source, XlsError::Password) {
            locked()
        } else {
            broken(source)
        }
    })?;
    whole_sheets(&mut book, flow)
}

fn ods(bytes: &[u8], _: &Limits, flow: &mut Flow<'_>) -> Result<()> {
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|source| {
        if matches!(source, OdsError::Password) {
            locked()
        } else {
            broken(source)
        }
    })?;
    whole_sheets(&mut book, flow)
}

fn locked() -> Failure {
    Failure::encrypted(
        "this file needs a password; open it, save it without a password and add that",
    )
}

/// The names of the sheets that hold cells; sheets of charts have none.
fn work_sheets<'a, B: Reader<Cursor<&'a [u8]>>>(book: &B) -> Vec<String> {
    let sheets = book.sheets_metadata().iter();
    sheets
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect()
}

/// For the kinds whose sheets the library reads whole.
fn whole_sheets<'a, B: Reader<Cursor<&'a [u8]>>>(book: &mut B, flow: &mut Flow<'_>) -> Result<()>
where
    B::Error: std::error::Error + Send + Sync + 'static,
{
    for name in work_sheets(book) {
        begin(&name, flow);
        let range = book.worksheet_range(&name).map_err(broken)?;
        let (top, left) = range.start().unwrap_or_default();
        let mut rows = Rows::default();
        for (row, column, value) in range.used_cells() {
            let row = u32::try_from(row).unwrap_or(u32::MAX).saturating_add(top);
            let column = u32::try_from(column)
                .unwrap_or(u32::MAX)
                .saturating_add(left);
            rows.cell((row, column), shown(value), flow);
        }
        rows.finish(flow);
    }
    Ok(())
}

/// Gathers cells into rows.
#[derive(Default)]
struct Rows {
    sheet: Sheet,
    row: u32,
    cells: Vec<String>,
    /// The column of the first cell seen: what is left of it is empty in most rows.
    left: Option<u32>,
}

impl Rows {
    fn cell(&mut self, (row, column): (u32, u32), text: String, flow: &mut Flow<'_>) {
        if text.is_empty() || flow.is_full() {
            return;
        }
        if row != self.row {
            self.end_row(flow);
            self.row = row;
        }
        let left = *self.left.get_or_insert(column);
        let at = usize::try_from(column.saturating_sub(left)).unwrap_or(usize::MAX);
        let at = at.max(self.cells.len()).min(ROW_CELLS_MAX);
        self.cells.resize(at, String::new());
        self.cells.push(text);
    }

    fn end_row(&mut self, flow: &mut Flow<'_>) {
        let cells = std::mem::take(&mut self.cells);
        if !cells.is_empty() {
            self.sheet.row(self.row.saturating_add(1), &cells, flow);
        }
    }

    fn finish(mut self, flow: &mut Flow<'_>) {
        self.end_row(flow);
        self.sheet.finish(flow);
    }
}

fn shown_ref(value: &DataRef<'_>) -> String {
    match value {
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => shown_number(*number),
        DataRef::Bool(value) => shown_bool(*value),
        DataRef::DateTime(moment) => shown_moment(moment),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn shown(value: &Data) -> String {
    match value {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => shown_number(*number),
        Data::Bool(value) => shown_bool(*value),
        Data::DateTime(moment) => shown_moment(moment),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

fn shown_bool(value: bool) -> String {
    if value { "TRUE" } else { "FALSE" }.to_owned()
}

/// A number with the fifteen digits that spreadsheets keep.
pub(crate) fn shown_number(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse().unwrap_or(number);
    let exponent = rounded.abs();
    if exponent != 0.0 && !(1e-9..1e21).contains(&exponent) {
        return format!("{rounded:e}");
    }
    format!("{rounded}")
}

/// A date, a time of day, both, or a length of time.
fn shown_moment(moment: &ExcelDateTime) -> String {
    let value = moment.as_f64();
    if !(0.0..3e6).contains(&value) {
        return shown_number(value);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if moment.is_duration() {
        let days = format!("{:.0}", value.trunc())
            .parse::<u64>()
            .unwrap_or_default();
        let hours = days * 24 + u64::from(hour);
        return format!("{hours}:{minute:02}:{second:02}");
    }
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (value < 1.0, value.fract() == 0.0) {
        (true, _) => time,
        (_, true) => date,
        _ => format!("{date} {time}"),
    }
}
