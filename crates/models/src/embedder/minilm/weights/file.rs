//! The file of our own in which the weights stand as bytes, ready to be mapped.
//!
//! A header of [`HEADER_BYTES`] bytes, then the sections in the order of the plan, in little-endian
//! numbers. A change of the layout or of how weights become bytes raises [`VERSION`], with it the name
//! of the file and that of the model.

use std::io::Write as _;
use std::path::Path;

use alexandria_core::error::{Context, Error, ErrorKind, Result};

use super::{Image, Plan, build, map, missing, source, source_path};

/// The name of the file, with the version in it: processes of two releases may share a directory.
const NAME: &str = "minilm-l6-v2.1.i8";
/// What the file begins with.
const MAGIC: [u8; 8] = *b"ALXMINI8";
/// The version of the layout.
const VERSION: u64 = 1;
/// Bytes before the sections.
pub(super) const HEADER_BYTES: usize = 64;

/// Maps the file; where it is missing or broken, makes it from the published weights.
pub(super) fn open(directory: &Path, plan: &Plan) -> Result<Image> {
    let path = directory.join(NAME);
    let broken = match load(&path, plan) {
        Ok(Some(image)) => return Ok(image),
        Ok(None) => None,
        Err(error) => Some(error),
    };
    if !source_path(directory).try_exists().unwrap_or(false) {
        return Err(broken.unwrap_or_else(|| missing(directory)));
    }
    let mut words = build::build(&source(directory)?, plan)?;
    seal(&mut words);
    let written = write(&path, bytemuck::cast_slice(&words));
    if let Err(error) = written {
        // A directory that cannot be written to, as in a container image, costs memory and a
        // second at every start, nothing else.
        tracing::warn!(
            error = error.chain(),
            "cannot keep the prepared model weights; they are prepared again at the next start"
        );
        return Ok(Image::Built(words));
    }
    drop(words);
    load(&path, plan)?.ok_or_else(|| missing(directory))
}

/// Maps the file and compares its header; `None` where there is no file.
fn load(path: &Path, plan: &Plan) -> Result<Option<Image>> {
    let cannot = || format!("cannot read the prepared model weights {}", path.display());
    let file = match fs_err::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(Error::new(ErrorKind::Unavailable, cannot()).with_source(error));
        }
    };
    let map = map(&file).context(ErrorKind::Unavailable, cannot)?;
    if map.len() != plan.length || map.get(..HEADER_BYTES) != Some(&header(&map)) {
        let message = format!("{}: it is damaged; delete it", cannot());
        return Err(Error::new(ErrorKind::Corrupt, message));
    }
    Ok(Some(Image::Mapped(map)))
}

/// Writes under another name and renames, so that no half-written file is ever mapped.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let partial = path.with_extension(format!("{}.partial", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut file = fs_err::File::create(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs_err::rename(&partial, path)
    };
    write().map_err(|error| {
        // Nothing more can be done about a file that was perhaps never made.
        let _gone = fs_err::remove_file(&partial);
        Error::new(
            ErrorKind::Unavailable,
            "cannot write the prepared model weights",
        )
        .with_source(error)
    })
}

fn seal(words: &mut [u64]) {
    let header = header(bytemuck::cast_slice(words));
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(words);
    if let Some(place) = bytes.first_chunk_mut::<HEADER_BYTES>() {
        *place = header;
    }
}

/// The header that belongs to an image: magic, version, length, checksum of the sections, zeros.
fn header(image: &[u8]) -> [u8; HEADER_BYTES] {
    let sections = image.get(HEADER_BYTES..).unwrap_or_default();
    let mut header = [0; HEADER_BYTES];
    let fields = [
        u64::from_le_bytes(MAGIC),
        VERSION,
        image.len() as u64,
        checksum(sections),
    ];
    for (place, field) in header.chunks_exact_mut(size_of::<u64>()).zip(fields) {
        place.copy_from_slice(&field.to_le_bytes());
    }
    header
}

/// A factor whose bits are well mixed: 2^64 divided by the golden ratio.
const CHECKSUM_FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
/// Sums that run side by side, because each waits for its own multiplication.
const CHECKSUM_LANES: usize = 4;

/// Finds damage, not malice: 23 MB take about two milliseconds.
fn checksum(bytes: &[u8]) -> u64 {
    let mut lanes = [1_u64, 2, 3, 4];
    let (words, _) = bytes.as_chunks::<{ size_of::<u64>() }>();
    for group in words.chunks(CHECKSUM_LANES) {
        for (lane, word) in lanes.iter_mut().zip(group) {
            let mixed = (*lane ^ u64::from_le_bytes(*word)).wrapping_mul(CHECKSUM_FACTOR);
            *lane = mixed ^ (mixed >> 32);
        }
    }
    lanes
        .iter()
        .fold(0, |sum, lane| (sum ^ lane).wrapping_mul(CHECKSUM_FACTOR))
}
