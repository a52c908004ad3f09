//! Products of bytes: rows of activations from 0 to 255 by weights from -127 to 127.
//!
//! A row stands for `scale * byte + offset`, a column for `scale * byte`, so that a product is
//! `row.scale * column.scale * Σ bytes + row.offset * column.sum + bias`, where the sum over bytes is
//! exact in 32 bits.

/// Columns that are stored together.
pub(in super::super) const PANEL_COLUMNS: usize = 64;
/// Neighbouring bytes of a column that one instruction multiplies and adds.
pub(in super::super) const GROUP: usize = 4;
/// The longest row whose sum of products cannot leave 32 bits: 255 * 127 * 65,536 < 2^31.
const INNER_MAX: usize = 65_536;

/// A matrix of bytes and what turns its products into numbers again.
///
/// The bytes stand in panels of [`PANEL_COLUMNS`] columns; in a panel, groups of [`GROUP`] bytes of
/// one column follow each other column by column.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct IntegerMatrix<'a> {
    /// The bytes.
    pub(in super::super) bytes: &'a [i8],
    /// What one step of a byte is worth, by column.
    pub(in super::super) scales: &'a [f32],
    /// The sum of a column, in numbers.
    pub(in super::super) sums: &'a [f32],
    /// What is added, by column.
    pub(in super::super) bias: &'a [f32],
    /// The length of a column.
    pub(in super::super) inner: usize,
}

/// Rows of bytes with what a step is worth and where zero lies.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct IntegerRows<'a> {
    /// The bytes, row after row.
    pub(in super::super) bytes: &'a [u8],
    /// What a step is worth, by row.
    pub(in super::super) scales: &'a [f32],
    /// What the byte 0 stands for, by row.
    pub(in super::super) offsets: &'a [f32],
}

/// A product to be computed: `out[row][column]`.
#[derive(Debug)]
pub(in super::super) struct IntegerProduct<'a> {
    /// The rows.
    pub(in super::super) rows: IntegerRows<'a>,
    /// The columns.
    pub(in super::super) matrix: IntegerMatrix<'a>,
    /// Rows times columns numbers.
    pub(in super::super) out: &'a mut [f32],
}

impl IntegerProduct<'_> {
    /// How many rows there are.
    pub(super) fn row_count(&self) -> usize {
        self.rows.scales.len()
    }

    /// How many columns there are.
    pub(super) fn column_count(&self) -> usize {
        self.matrix.scales.len()
    }

    /// Makes sure of every length, once, so that the loops need not.
    pub(super) fn check(&self) {
        let (rows, columns, inner) = (self.row_count(), self.column_count(), self.matrix.inner);
        assert!(
            inner.is_multiple_of(GROUP) && inner <= INNER_MAX,
            "rows come in groups of four"
        );
        assert!(
            columns.is_multiple_of(PANEL_COLUMNS),
            "columns come in panels"
        );
        assert_eq!(
            self.rows.bytes.len(),
            rows * inner,
            "a byte for every number of a row"
        );
        assert_eq!(self.rows.offsets.len(), rows, "an offset for every row");
        assert_eq!(
            self.matrix.bytes.len(),
            columns * inner,
            "a byte for every weight"
        );
        assert_eq!(self.matrix.sums.len(), columns, "a sum for every column");
        assert_eq!(self.matrix.bias.len(), columns, "a bias for every column");
        assert_eq!(self.out.len(), rows * columns, "room for every product");
    }
}

/// Where the byte of a weight stands in the panels.
pub(in super::super) fn place(inner: usize, row: usize, column: usize) -> usize {
    let panel = column / PANEL_COLUMNS * PANEL_COLUMNS * inner;
    let group = row / GROUP * GROUP * PANEL_COLUMNS;
    panel + group + column % PANEL_COLUMNS * GROUP + row % GROUP
}
