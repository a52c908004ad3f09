//! Reading the published weights: a header in JSON, then the numbers.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use memmap2::Mmap;
use serde::Deserialize;

/// The longest header; that of the model has 11 kB.
const HEADER_BYTES_MAX: usize = 1 << 20;
/// Bytes before the header: its length.
const LENGTH_BYTES: usize = 8;

/// A file of named tensors, mapped into memory.
pub(super) struct Safetensors {
    path: PathBuf,
    map: Mmap,
    tensors: HashMap<String, Entry>,
    /// Where the numbers begin.
    begin: usize,
}

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

impl Safetensors {
    /// Maps a file and reads its header.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let cannot = || format!("cannot read the model weights {}", path.display());
        let file = fs_err::File::open(path).context(ErrorKind::Unavailable, cannot)?;
        let map = super::weights::map(&file).context(ErrorKind::Unavailable, cannot)?;
        let broken = || {
            Error::new(
                ErrorKind::Corrupt,
                format!("{}; fetch them again", cannot()),
            )
        };
        let length = map.first_chunk::<LENGTH_BYTES>().ok_or_else(broken)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok();
        let length = length
            .filter(|length| *length <= HEADER_BYTES_MAX)
            .ok_or_else(broken)?;
        let header = map
            .get(LENGTH_BYTES..LENGTH_BYTES + length)
            .ok_or_else(broken)?;
        let mut header: HashMap<String, serde_json::Value> =
            serde_json::from_slice(header).context(ErrorKind::Corrupt, cannot)?;
        header.remove("__metadata__");
        let tensors = header
            .into_iter()
            .map(|(name, value)| Ok((name, serde_json::from_value(value)?)))
            .collect::<Result<_, serde_json::Error>>()
            .context(ErrorKind::Corrupt, cannot)?;
        Ok(Self {
            path: path.to_owned(),
            map,
            tensors,
            begin: LENGTH_BYTES + length,
        })
    }

    /// The numbers of a tensor, which must have this shape.
    pub(super) fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let broken = || {
            Error::new(
                ErrorKind::Corrupt,
                format!(
                    "cannot find the tensor {name:?} of the expected shape in {}; fetch it again",
                    self.path.display()
                ),
            )
        };
        let entry = self.tensors.get(name).ok_or_else(broken)?;
        let [begin, end] = entry.data_offsets;
        let count = shape.iter().product::<usize>();
        if entry.dtype != "F32" || entry.shape != shape || end.checked_sub(begin) != Some(count * 4)
        {
            return Err(broken());
        }
        let numbers = self
            .map
            .get(self.begin..)
            .and_then(|all| all.get(begin..end));
        let (numbers, _) = numbers.ok_or_else(broken)?.as_chunks::<4>();
        Ok(numbers
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes))
            .collect())
    }
}
