//! A sealed blob: a header with its data key, then its bytes in pieces, each sealed for itself.
//!
//! The pieces follow the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, "Online
//! Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015): the nonce of
//! a piece is a random prefix, its number, and whether it is the last. A piece that was moved,
//! repeated, left out or cut off does not open, a blob of any size is sealed while it streams, and
//! a range is read by opening the pieces it lies in.
//!
//! The data key is wrapped for the tenant, the digest and the length of the blob: a file moved to
//! another tenant or another name does not open. It is kept twice, so that a crash while it is
//! wrapped again leaves one of the two whole.

use std::ops::Range;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::TenantId;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::cipher::{Cipher, OVERHEAD_BYTES, new_key, random};
use super::{KEY_BYTES, KeyBytes};
use crate::blobs::Digest;

/// How a sealed blob begins: the name of the format and its version.
const MAGIC: [u8; 8] = *b"ALXSEAL\x01";

/// Bytes of a piece before it is sealed.
pub(crate) const PIECE_BYTES: usize = 64 << 10;

/// What sealing adds to each piece, in bytes.
const TAG_BYTES: usize = 16;

/// Random bytes of a blob's nonces.
const PREFIX_BYTES: usize = 7;

/// A wrapped data key: the id of the key that wrapped it, the wrapped bytes, a checksum.
pub(crate) const SLOT_BYTES: usize = 16 + KEY_BYTES + OVERHEAD_BYTES + 4;

/// Where the first slot begins: after the magic, the length, the prefix and a byte of nothing.
const SLOTS_AT: usize = 24;

/// The length of the header, in bytes.
pub(crate) const HEADER_BYTES: usize = SLOTS_AT + 2 * SLOT_BYTES;

/// What a data key is bound to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) tenant: TenantId,
    pub(crate) digest: Digest,
}

/// What the beginning of a sealed blob says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The length of the plain bytes.
    pub(crate) bytes: u64,
    prefix: [u8; PREFIX_BYTES],
    slots: [Option<Slot>; 2],
}

/// A wrapped data key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The key of the keyring that wrapped it.
    pub(crate) key: Uuid,
    wrapped: Vec<u8>,
}

impl Slot {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = [self.key.as_bytes().as_slice(), &self.wrapped].concat();
        let sum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// None for a slot that a crash has left half written.
    fn decode(bytes: &[u8]) -> Option<Self> {
        let (text, sum) = bytes.split_last_chunk::<4>()?;
        let (key, wrapped) = text.split_first_chunk::<16>()?;
        (crc32fast::hash(text) == u32::from_le_bytes(*sum)).then(|| Self {
            key: Uuid::from_bytes(*key),
            wrapped: wrapped.to_vec(),
        })
    }
}

impl Header {
    /// The header as stored.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.bytes.to_le_bytes());
        bytes.extend_from_slice(&self.prefix);
        bytes.push(0);
        for slot in &self.slots {
            bytes.extend(slot.as_ref().map_or(vec![0; SLOT_BYTES], Slot::encode));
        }
        bytes
    }

    /// The header of a sealed blob that is so long in all; none for anything else.
    pub(crate) fn decode(bytes: &[u8], stored_bytes: u64) -> Option<Self> {
        let rest = bytes.get(..HEADER_BYTES)?.strip_prefix(&MAGIC)?;
        let (length, rest) = rest.split_first_chunk::<8>()?;
        let (prefix, rest) = rest.split_first_chunk::<PREFIX_BYTES>()?;
        let (first, second) = rest.get(1..)?.split_at_checked(SLOT_BYTES)?;
        let header = Self {
            bytes: u64::from_le_bytes(*length),
            prefix: *prefix,
            slots: [Slot::decode(first), Slot::decode(second)],
        };
        (sealed_bytes(header.bytes)? == stored_bytes).then_some(header)
    }

    /// The wrapped data keys that are whole.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().flatten()
    }

    /// Whether both slots are whole and wrapped by this key.
    pub(crate) fn is_under(&self, key: Uuid) -> bool {
        self.slots
            .iter()
            .all(|slot| slot.as_ref().is_some_and(|slot| slot.key == key))
    }

    /// The order in which the slots are to be written again: first one that is not needed.
    pub(crate) fn writing_order(&self) -> [u64; 2] {
        let at = |number: u64| SLOTS_AT as u64 + number * SLOT_BYTES as u64;
        match self.slots {
            [Some(_), None] => [at(1), at(0)],
            _ => [at(0), at(1)],
        }
    }

    /// The data key, out of a slot whose key is at hand.
    pub(crate) fn unwrap(&self, slot: &Slot, key: &Cipher, bound: Bound) -> Option<DataKey> {
        let opened = key.open(&slot.wrapped, &self.context(bound))?;
        let bytes: KeyBytes = Zeroizing::new(opened.as_slice().try_into().ok()?);
        DataKey::new(bytes, self.prefix).ok()
    }

    /// The bytes of a slot that holds the data key under another key.
    pub(crate) fn wrap(
        &self,
        data: &DataKey,
        id: Uuid,
        key: &Cipher,
        bound: Bound,
    ) -> Result<Vec<u8>> {
        let wrapped = key.seal(data.bytes.as_slice(), &self.context(bound))?;
        Ok(Slot { key: id, wrapped }.encode())
    }

    /// Which stored bytes hold a range of the plain ones, and how many pieces come before them.
    pub(crate) fn place(&self, range: &Range<u64>) -> Place {
        let end = range.end.min(self.bytes);
        let start = range.start.min(end);
        let piece = PIECE_BYTES as u64;
        let first = (start / piece).min(pieces(self.bytes) - 1);
        let past = end.div_ceil(piece).max(first + 1);
        let stored = |number: u64| HEADER_BYTES as u64 + number * (piece + TAG_BYTES as u64);
        let whole = sealed_bytes(self.bytes).unwrap_or(u64::MAX);
        Place {
            first,
            last: pieces(self.bytes) - 1,
            stored: stored(first)..stored(past).min(whole),
            plain: (start - first * piece)..(end - first * piece),
        }
    }

    fn context(&self, bound: Bound) -> Vec<u8> {
        [
            b"alexandria blob\0".as_slice(),
            bound.tenant.to_string().as_bytes(),
            bound.digest.as_bytes(),
            &self.bytes.to_le_bytes(),
            &self.prefix,
        ]
        .concat()
    }
}

/// The length of a sealed blob; none for one longer than its pieces can be numbered.
fn sealed_bytes(plain_bytes: u64) -> Option<u64> {
    let pieces = pieces(plain_bytes);
    u32::try_from(pieces).ok()?;
    plain_bytes.checked_add(HEADER_BYTES as u64 + pieces * TAG_BYTES as u64)
}

/// How many pieces a blob has; an empty one has an empty piece.
const fn pieces(plain_bytes: u64) -> u64 {
    let pieces = plain_bytes.div_ceil(PIECE_BYTES as u64);
    if pieces == 0 { 1 } else { pieces }
}

/// The key of one blob.
#[derive(Debug)]
pub(crate) struct DataKey {
    bytes: KeyBytes,
    cipher: Cipher,
    prefix: [u8; PREFIX_BYTES],
}

impl DataKey {
    fn new(bytes: KeyBytes, prefix: [u8; PREFIX_BYTES]) -> Result<Self> {
        let cipher = Cipher::new(&bytes)?;
        Ok(Self {
            bytes,
            cipher,
            prefix,
        })
    }

    fn nonce(&self, number: u32, last: bool) -> [u8; 12] {
        let mut nonce = [0; 12];
        let parts = self.prefix.into_iter().chain(number.to_be_bytes());
        for (place, byte) in nonce.iter_mut().zip(parts.chain([u8::from(last)])) {
            *place = byte;
        }
        nonce
    }

    /// Opens the stored bytes of a place; none when a byte of them is another.
    pub(crate) fn open(&self, place: &Place, stored: &[u8]) -> Option<Vec<u8>> {
        let mut plain = Vec::with_capacity(stored.len());
        let pieces = stored.chunks(PIECE_BYTES + TAG_BYTES);
        for (number, piece) in (place.first..).zip(pieces) {
            let nonce = self.nonce(u32::try_from(number).ok()?, number == place.last);
            let mut piece = piece.to_vec();
            if !self.cipher.open_with(nonce, &[], &mut piece) {
                return None;
            }
            plain.append(&mut piece);
        }
        let cut = |at: u64| usize::try_from(at).ok();
        plain.truncate(cut(place.plain.end)?);
        plain.drain(..cut(place.plain.start)?.min(plain.len()));
        Some(plain)
    }
}

/// Where a range of a sealed blob is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    first: u64,
    last: u64,
    /// The stored bytes.
    pub(crate) stored: Range<u64>,
    plain: Range<u64>,
}

/// A blob being sealed.
#[derive(Debug)]
pub(crate) struct Writer {
    data: DataKey,
    waiting: Zeroizing<Vec<u8>>,
    number: u32,
    bytes: u64,
}

impl Writer {
    /// Begins one, under a data key of its own.
    pub(crate) fn begin() -> Result<Self> {
        Ok(Self {
            data: DataKey::new(new_key()?, random()?)?,
            waiting: Zeroizing::new(Vec::with_capacity(PIECE_BYTES)),
            number: 0,
            bytes: 0,
        })
    }

    /// Takes plain bytes and gives the sealed ones that are ready. A piece waits until more bytes
    /// show that it is not the last.
    pub(crate) fn write(&mut self, mut part: &[u8]) -> Result<Vec<u8>> {
        let mut ready = Vec::with_capacity(part.len() + TAG_BYTES);
        self.bytes += part.len() as u64;
        while !part.is_empty() {
            if self.waiting.len() == PIECE_BYTES {
                ready.append(&mut self.seal(false)?);
            }
            let room = (PIECE_BYTES - self.waiting.len()).min(part.len());
            let (head, tail) = part.split_at(room);
            self.waiting.extend_from_slice(head);
            part = tail;
        }
        Ok(ready)
    }

    /// The last sealed bytes.
    pub(crate) fn finish(&mut self) -> Result<Vec<u8>> {
        self.seal(true)
    }

    /// The header, once the digest is known; it goes before everything else.
    pub(crate) fn header(&self, id: Uuid, key: &Cipher, bound: Bound) -> Result<Vec<u8>> {
        let mut header = Header {
            bytes: self.bytes,
            prefix: self.data.prefix,
            slots: [None, None],
        };
        for number in 0..2_usize {
            let slot = Slot::decode(&header.wrap(&self.data, id, key, bound)?);
            if let Some(place) = header.slots.get_mut(number) {
                *place = slot;
            }
        }
        Ok(header.encode())
    }

    fn seal(&mut self, last: bool) -> Result<Vec<u8>> {
        let nonce = self.data.nonce(self.number, last);
        let mut piece = std::mem::take(&mut *self.waiting);
        self.data.cipher.seal_with(nonce, &[], &mut piece)?;
        self.number = self.number.checked_add(1).ok_or_else(|| {
            let sentence = "a file of more than 256 TiB cannot be encrypted";
            Error::new(ErrorKind::TooLarge, sentence)
        })?;
        Ok(piece)
    }
}

#[cfg(test)]
mod tests;
