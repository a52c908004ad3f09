//! The content stream of a page, decoded without being kept, and never larger than a limit.

use std::io::Read;

use flate2::read::ZlibDecoder;
use hayro_interpret::hayro_syntax::Filter;
use hayro_interpret::hayro_syntax::object::{Array, Object, Stream};
use hayro_interpret::hayro_syntax::page::Page;

/// The largest content stream of one page, decoded, in bytes.
pub(super) const CONTENT_BYTES_MAX: u64 = 256 << 20;

/// A deflated stream grows by at most this factor.
const INFLATION_MAX: u64 = 1032;

/// A page whose content passes [`CONTENT_BYTES_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

/// The decoded content of a page; parts that cannot be decoded are left out.
pub(super) fn content(page: &Page<'_>) -> Result<Vec<u8>, TooLarge> {
    let raw = page.raw();
    let mut content = Vec::new();
    if let Some(stream) = raw.get::<Stream<'_>>("Contents") {
        add(&stream, &mut content)?;
    } else if let Some(array) = raw.get::<Array<'_>>("Contents") {
        for stream in array.iter::<Object<'_>>().filter_map(Object::into_stream) {
            add(&stream, &mut content)?;
            content.push(b' ');
        }
    }
    Ok(content)
}

fn add(stream: &Stream<'_>, content: &mut Vec<u8>) -> Result<(), TooLarge> {
    let left = CONTENT_BYTES_MAX.saturating_sub(content.len() as u64);
    if inflates_beyond(stream, left) {
        return Err(TooLarge);
    }
    let Ok(data) = stream.decoded_data() else {
        return Ok(());
    };
    if data.len() as u64 > left {
        return Err(TooLarge);
    }
    if content.is_empty() {
        *content = data.into_owned();
    } else {
        content.extend_from_slice(&data);
    }
    Ok(())
}

/// Whether a stream that is deflated, perhaps several times, grows beyond a limit. Small ones cannot
/// and are not tried.
fn inflates_beyond(stream: &Stream<'_>, limit: u64) -> bool {
    let filters = stream.filters();
    let layers = filters
        .iter()
        .take_while(|filter| matches!(filter, Filter::FlateDecode))
        .count();
    let raw = stream.raw_data();
    let mut largest = raw.len() as u64;
    for _ in 0..layers {
        largest = largest.saturating_mul(INFLATION_MAX);
    }
    if largest <= limit {
        return false;
    }
    let mut reader: Box<dyn Read + '_> = Box::new(raw.as_ref());
    for _ in 0..layers {
        reader = Box::new(ZlibDecoder::new(reader));
    }
    // An error ends the stream there for the interpreter, too.
    let mut buffer = [0; 64 << 10];
    let mut bytes = 0_u64;
    while bytes <= limit {
        match reader.read(&mut buffer) {
            Ok(0) | Err(_) => return false,
            Ok(read) => bytes += read as u64,
        }
    }
    true
}
