//! A vector's record on disk: its chunk, a checksum, its numbers in half precision.
//!
//! Records have one size for a space and lie in the order of their rows, so a row is read by its
//! position; nothing of them stays in memory. The checksum is looked at when a row is first read.

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::id::ChunkId;
use fs_err::File;
use fs_err::os::unix::fs::FileExt;
use uuid::Uuid;

use super::half;
use super::kernel::STEP_BYTES;

const CHUNK_BYTES: usize = 16;
const HEAD_BYTES: usize = CHUNK_BYTES + 4;

/// How the vectors of a space are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Numbers in a vector.
    pub(super) dimensions: usize,
}

impl Shape {
    /// Bytes of one record.
    pub(super) const fn record_bytes(self) -> usize {
        HEAD_BYTES + 2 * self.dimensions
    }

    /// Bytes of one block of codes.
    pub(super) const fn block_bytes(self) -> usize {
        self.dimensions.div_ceil(16) * STEP_BYTES
    }
}

/// A record that has been checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    /// Whose vector.
    pub(super) chunk: ChunkId,
    /// Its numbers: half precision, little-endian.
    pub(super) numbers: &'a [u8],
}

impl<'a> Record<'a> {
    /// Takes a record apart.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] when it does not match its checksum.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self> {
        let damaged = || {
            Error::new(
                ErrorKind::Corrupt,
                "a stored vector does not match its checksum; the vectors of this collection have \
                 to be built again",
            )
        };
        let (chunk, rest) = bytes
            .split_first_chunk::<CHUNK_BYTES>()
            .ok_or_else(damaged)?;
        let (sum, numbers) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        if checksum(chunk, numbers) != u32::from_le_bytes(*sum) {
            return Err(damaged());
        }
        Ok(Self {
            chunk: ChunkId::from_uuid(Uuid::from_bytes(*chunk)),
            numbers,
        })
    }

    /// Takes a record apart that has been checked before.
    pub(super) fn known(bytes: &'a [u8]) -> Option<Self> {
        let (chunk, rest) = bytes.split_first_chunk::<CHUNK_BYTES>()?;
        let numbers = rest.get(4..)?;
        Some(Self {
            chunk: ChunkId::from_uuid(Uuid::from_bytes(*chunk)),
            numbers,
        })
    }

    /// The numbers in single precision.
    pub(super) fn vector(&self) -> Vec<f32> {
        let pairs = self.numbers.chunks_exact(2);
        pairs
            .map(|pair| half::to_f32(pair.try_into().map_or(0, u16::from_le_bytes)))
            .collect()
    }
}

fn checksum(chunk: &[u8], numbers: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(chunk);
    hasher.update(numbers);
    hasher.finalize()
}

/// Appends a vector's record.
pub(super) fn write(chunk: ChunkId, vector: &[f32], bytes: &mut Vec<u8>) {
    let numbers: Vec<u8> = vector
        .iter()
        .flat_map(|number| half::from_f32(*number).to_le_bytes())
        .collect();
    let chunk = chunk.to_bytes();
    bytes.extend_from_slice(&chunk);
    bytes.extend_from_slice(&checksum(&chunk, &numbers).to_le_bytes());
    bytes.extend_from_slice(&numbers);
}

/// The hash of a chunk id that stays in memory.
pub(super) fn print(chunk: ChunkId) -> u32 {
    let [a, b, c, d] = [0, 4, 8, 12].map(|start| {
        let bytes = chunk.to_bytes();
        let word = bytes
            .get(start..start + 4)
            .and_then(|word| word.try_into().ok());
        word.map_or(0, u32::from_le_bytes)
    });
    (a ^ c.rotate_left(13)).wrapping_mul(0x9e37_79b1)
        ^ (b ^ d.rotate_left(7)).wrapping_mul(0x85eb_ca6b)
}

/// Reads the records of rows that lie together, to the front of the buffer.
///
/// # Errors
/// [`ErrorKind::Corrupt`] when the file ends too early, [`ErrorKind::Unavailable`] when the disk
/// does not answer.
pub(super) fn read_rows(
    file: &File,
    shape: Shape,
    start: u32,
    rows: usize,
    bytes: &mut Vec<u8>,
) -> Result<()> {
    // Growing only once keeps the buffer from being cleared before every read.
    let length = rows * shape.record_bytes();
    if bytes.len() < length {
        bytes.resize(length, 0);
    }
    let bytes = bytes.get_mut(..length).unwrap_or_default();
    let offset = offset(shape, start);
    file.read_exact_at(bytes, offset).map_err(|source| {
        let kind = if source.kind() == std::io::ErrorKind::UnexpectedEof {
            ErrorKind::Corrupt
        } else {
            ErrorKind::Unavailable
        };
        Error::new(kind, "cannot read the stored vectors of a collection").with_source(source)
    })
}

/// Writes records at the place of their rows.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when the disk does not take them.
pub(super) fn write_rows(file: &File, shape: Shape, start: u32, bytes: &[u8]) -> Result<()> {
    file.write_all_at(bytes, offset(shape, start))
        .context(ErrorKind::Unavailable, || {
            "cannot write the vectors of a collection; see whether the disk is full".to_owned()
        })
}

fn offset(shape: Shape, row: u32) -> u64 {
    u64::from(row) * u64::try_from(shape.record_bytes()).unwrap_or(u64::MAX)
}
