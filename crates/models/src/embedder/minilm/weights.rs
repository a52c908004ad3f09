//! The weights of the model as one piece of memory that the kernels read where it lies.
//!
//! For bytes it is a file of our own, written once and mapped ever after: 23 MB that processes share
//! and that the system may take back. For numbers of full precision, which serve as the reference, it
//! is built in memory at every start.

use std::ops::{Deref, Range};
use std::path::{Path, PathBuf};

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use memmap2::Mmap;

use super::Precision;
use super::kernel::float::STEP;
use super::kernel::integer::IntegerMatrix;

mod build;
mod file;

/// Numbers that stand for a token between two layers, and in a vector.
pub(super) const HIDDEN: usize = 384;
/// Numbers that a head of attention looks at.
pub(super) const HEAD: usize = 32;
/// Numbers inside the feed-forward part of a layer.
pub(super) const INNER: usize = 1536;
/// Query, key and value of every head, side by side.
pub(super) const ATTENTION: usize = 3 * HIDDEN;
const LAYERS: usize = 6;
/// Pieces in the vocabulary.
pub(super) const PIECES: usize = 30_522;
/// The longest sequence, the marks before and behind the text included.
pub(super) const POSITIONS: usize = 256;
/// Sections begin at multiples of it, the width of the widest register.
const ALIGNMENT: usize = 64;

/// The weights.
pub(super) struct Weights {
    image: Image,
    plan: Plan,
}

/// A layer, as the forward pass wants it.
#[derive(Clone, Copy)]
pub(super) struct Layer<'a> {
    pub(super) attention: Matrix<'a>,
    pub(super) joined: Matrix<'a>,
    pub(super) joined_norm: Norm<'a>,
    pub(super) widened: Matrix<'a>,
    pub(super) narrowed: Matrix<'a>,
    pub(super) narrowed_norm: Norm<'a>,
}

/// What a row is multiplied with.
#[derive(Clone, Copy)]
pub(super) enum Matrix<'a> {
    /// In bytes.
    Integer(IntegerMatrix<'a>),
    /// In full precision, in panels of [`STEP`] columns.
    Float {
        numbers: &'a [f32],
        bias: &'a [f32],
        inner: usize,
    },
}

/// Gain and bias of a normalisation.
#[derive(Clone, Copy)]
pub(super) struct Norm<'a> {
    pub(super) gain: &'a [f32],
    pub(super) bias: &'a [f32],
}

impl Weights {
    /// Opens the weights in a directory, from our own file where there is one.
    pub(super) fn open(directory: &Path, precision: Precision) -> Result<Self> {
        let plan = Plan::new(precision);
        let image = match precision {
            Precision::Int8 => file::open(directory, &plan)?,
            Precision::F32 => Image::Built(build::build(&source(directory)?, &plan)?),
        };
        Ok(Self { image, plan })
    }

    /// The numbers of a piece at a position of a sequence: the first is to be filled, the second to
    /// be added.
    pub(super) fn embed(&self, piece: u32, position: usize, out: &mut [f32]) -> &[f32] {
        let piece = usize::try_from(piece).unwrap_or_default().min(PIECES - 1);
        let row = piece * HIDDEN..(piece + 1) * HIDDEN;
        if self.plan.words.scales.is_empty() {
            out.copy_from_slice(part(self.floats(&self.plan.words.numbers), row));
        } else {
            let bytes: &[i8] = bytemuck::cast_slice(self.section(&self.plan.words.numbers));
            let scale = self
                .floats(&self.plan.words.scales)
                .get(piece)
                .copied()
                .unwrap_or(0.0);
            for (out, byte) in out.iter_mut().zip(part(bytes, row)) {
                *out = f32::from(*byte) * scale;
            }
        }
        let position = position.min(POSITIONS - 1);
        part(
            self.floats(&self.plan.positions),
            position * HIDDEN..(position + 1) * HIDDEN,
        )
    }

    /// The normalisation of the first layer's input.
    pub(super) fn input_norm(&self) -> Norm<'_> {
        self.norm(&self.plan.input_norm)
    }

    /// The layers, the first first.
    pub(super) fn layers(&self) -> impl Iterator<Item = Layer<'_>> {
        self.plan.layers.iter().map(|layer| Layer {
            attention: self.matrix(&layer.attention),
            joined: self.matrix(&layer.joined),
            joined_norm: self.norm(&layer.joined_norm),
            widened: self.matrix(&layer.widened),
            narrowed: self.matrix(&layer.narrowed),
            narrowed_norm: self.norm(&layer.narrowed_norm),
        })
    }

    fn matrix(&self, plan: &MatrixPlan) -> Matrix<'_> {
        let (bias, inner) = (self.floats(&plan.bias), plan.inner);
        if plan.scales.is_empty() {
            return Matrix::Float {
                numbers: self.floats(&plan.numbers),
                bias,
                inner,
            };
        }
        Matrix::Integer(IntegerMatrix {
            bytes: bytemuck::cast_slice(self.section(&plan.numbers)),
            scales: self.floats(&plan.scales),
            sums: self.floats(&plan.sums),
            bias,
            inner,
        })
    }

    fn norm(&self, plan: &NormPlan) -> Norm<'_> {
        Norm {
            gain: self.floats(&plan.gain),
            bias: self.floats(&plan.bias),
        }
    }

    fn floats(&self, range: &Range<usize>) -> &[f32] {
        bytemuck::cast_slice(self.section(range))
    }

    fn section(&self, range: &Range<usize>) -> &[u8] {
        part(&self.image, range.clone())
    }
}

/// The published weights in a directory.
fn source(directory: &Path) -> Result<super::safetensors::Safetensors> {
    let path = source_path(directory);
    let found = path.try_exists().context(ErrorKind::Unavailable, || {
        format!("cannot look for the model weights {}", path.display())
    })?;
    if !found {
        return Err(missing(directory));
    }
    super::safetensors::Safetensors::open(&path)
}

fn source_path(directory: &Path) -> PathBuf {
    directory.join("model.safetensors")
}

/// The model has not been fetched.
pub(super) fn missing(directory: &Path) -> Error {
    Error::new(
        ErrorKind::Unavailable,
        format!(
            "cannot find the embedding model in {directory:?}: run scripts/fetch-models or \
             \"alexandria models fetch\""
        ),
    )
}

/// Maps a file that nobody changes: ours are replaced by renaming, never written to again.
#[expect(unsafe_code, reason = "a map is as good as the file beneath it")]
pub(super) fn map(file: &fs_err::File) -> std::io::Result<Mmap> {
    // SAFETY: model files are written under another name and renamed, and never changed afterwards,
    // so that the bytes stay what they are for as long as the map lives.
    unsafe { Mmap::map(file.file()) }
}

/// A part of a slice that the plan has made sure of.
fn part<T>(slice: &[T], range: Range<usize>) -> &[T] {
    slice
        .get(range)
        .expect("the plan's ranges lie inside the image, whose length was compared")
}

/// Header and sections, mapped or built.
enum Image {
    Mapped(Mmap),
    Built(Vec<u64>),
}

impl Deref for Image {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Built(words) => bytemuck::cast_slice(words),
        }
    }
}

/// Where every section lies. It follows from the precision alone, so that the file needs no table of
/// contents.
struct Plan {
    words: WordPlan,
    positions: Range<usize>,
    input_norm: NormPlan,
    layers: Vec<LayerPlan>,
    /// Bytes of header and sections, a multiple of [`ALIGNMENT`].
    length: usize,
}

struct WordPlan {
    numbers: Range<usize>,
    /// Empty in full precision, here and below.
    scales: Range<usize>,
}

struct LayerPlan {
    attention: MatrixPlan,
    joined: MatrixPlan,
    joined_norm: NormPlan,
    widened: MatrixPlan,
    narrowed: MatrixPlan,
    narrowed_norm: NormPlan,
}

struct MatrixPlan {
    inner: usize,
    columns: usize,
    numbers: Range<usize>,
    scales: Range<usize>,
    sums: Range<usize>,
    bias: Range<usize>,
}

struct NormPlan {
    gain: Range<usize>,
    bias: Range<usize>,
}

impl Plan {
    fn new(precision: Precision) -> Self {
        let mut cursor = Cursor {
            precision,
            at: file::HEADER_BYTES,
        };
        let words = WordPlan {
            numbers: cursor.weights(PIECES * HIDDEN),
            scales: cursor.limits(PIECES),
        };
        let positions = cursor.floats(POSITIONS * HIDDEN);
        let input_norm = cursor.norm();
        let layers = std::iter::repeat_with(|| LayerPlan {
            attention: cursor.matrix(HIDDEN, ATTENTION),
            joined: cursor.matrix(HIDDEN, HIDDEN),
            joined_norm: cursor.norm(),
            widened: cursor.matrix(HIDDEN, INNER),
            narrowed: cursor.matrix(INNER, HIDDEN),
            narrowed_norm: cursor.norm(),
        });
        let layers = layers.take(LAYERS).collect();
        Self {
            words,
            positions,
            input_norm,
            layers,
            length: cursor.at,
        }
    }
}

struct Cursor {
    precision: Precision,
    at: usize,
}

impl Cursor {
    fn bytes(&mut self, count: usize) -> Range<usize> {
        let begin = self.at;
        self.at = (begin + count).next_multiple_of(ALIGNMENT);
        begin..begin + count
    }

    fn floats(&mut self, count: usize) -> Range<usize> {
        self.bytes(count * size_of::<f32>())
    }

    /// Numbers in the precision of the image.
    fn weights(&mut self, count: usize) -> Range<usize> {
        match self.precision {
            Precision::Int8 => self.bytes(count),
            Precision::F32 => self.floats(count),
        }
    }

    /// Numbers that only bytes need.
    fn limits(&mut self, count: usize) -> Range<usize> {
        match self.precision {
            Precision::Int8 => self.floats(count),
            Precision::F32 => 0..0,
        }
    }

    fn matrix(&mut self, inner: usize, columns: usize) -> MatrixPlan {
        debug_assert!(columns.is_multiple_of(STEP), "columns come in steps");
        MatrixPlan {
            inner,
            columns,
            numbers: self.weights(inner * columns),
            scales: self.limits(columns),
            sums: self.limits(columns),
            bias: self.floats(columns),
        }
    }

    fn norm(&mut self) -> NormPlan {
        NormPlan {
            gain: self.floats(HIDDEN),
            bias: self.floats(HIDDEN),
        }
    }
}
