//! The pieces of words that the model knows, found by their bytes.

use std::collections::HashMap;
use std::path::Path;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use serde::Deserialize;

/// The longest piece, in bytes; those of the model have 18.
pub(super) const PIECE_BYTES_MAX: usize = 64;
/// The most pieces, so that a number fits the lower half of a slot with one to spare.
const PIECES_MAX: usize = 65_535;
/// Slots for each piece: twice as many keep the way to a free slot short.
const SLOTS_PER_PIECE: usize = 2;

/// The vocabulary of the model.
pub(super) struct Vocabulary {
    /// Pieces that begin a word.
    beginnings: Table,
    /// Pieces that continue a word.
    continuations: Table,
    /// The special pieces that a text may spell out, as the reference implementation reads them.
    specials: Vec<(String, u32)>,
}

/// Where a piece may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// At the beginning of a word.
    Beginning,
    /// Further on.
    Continuation,
}

#[derive(Deserialize)]
struct TokenizerFile {
    added_tokens: Vec<AddedToken>,
    model: ModelPart,
}

#[derive(Deserialize)]
struct AddedToken {
    id: u32,
    content: String,
}

#[derive(Deserialize)]
struct ModelPart {
    #[serde(rename = "continuing_subword_prefix")]
    prefix: String,
    vocab: HashMap<String, u32>,
}

impl Vocabulary {
    /// Reads a `tokenizer.json`.
    pub(super) fn read(path: &Path, pieces: usize) -> Result<Self> {
        let cannot = || format!("cannot read the vocabulary {}", path.display());
        let bytes = fs_err::read(path).context(ErrorKind::Unavailable, cannot)?;
        let file: TokenizerFile =
            serde_json::from_slice(&bytes).context(ErrorKind::Corrupt, cannot)?;
        let vocab = &file.model.vocab;
        let fits = vocab.len() == pieces
            && pieces <= PIECES_MAX
            && vocab
                .values()
                .all(|id| usize::try_from(*id).is_ok_and(|id| id < pieces))
            && vocab.keys().all(|piece| piece.len() <= PIECE_BYTES_MAX);
        if !fits {
            return Err(Error::new(
                ErrorKind::Corrupt,
                format!(
                    "{}: it is not the vocabulary of this model; fetch it again",
                    cannot()
                ),
            ));
        }
        let mut beginnings = Table::with_room(pieces);
        let mut continuations = Table::with_room(pieces);
        for (piece, id) in vocab {
            match piece.strip_prefix(&file.model.prefix) {
                Some(rest) if !rest.is_empty() => continuations.insert(rest, *id),
                _ => beginnings.insert(piece, *id),
            }
        }
        let specials = file
            .added_tokens
            .into_iter()
            .map(|token| (token.content, token.id));
        Ok(Self {
            beginnings,
            continuations,
            specials: specials.collect(),
        })
    }

    /// The number of the longest piece at the beginning of `rest`, and its length in bytes. Only
    /// lengths that end a character are tried.
    pub(super) fn longest(&self, position: Position, rest: &str) -> Option<(u32, usize)> {
        let table = match position {
            Position::Beginning => &self.beginnings,
            Position::Continuation => &self.continuations,
        };
        let mut hashes = [0_u64; PIECE_BYTES_MAX];
        let mut hash = HASH_BEGIN;
        let mut length = 0;
        for (byte, slot) in rest.bytes().take(table.longest).zip(&mut hashes) {
            hash = step(hash, byte);
            *slot = hash;
            length += 1;
        }
        for (index, hash) in hashes.iter().enumerate().take(length).rev() {
            let Some(piece) = rest.get(..=index) else {
                continue;
            };
            if let Some(id) = table.find(*hash, piece) {
                return Some((id, piece.len()));
            }
        }
        None
    }

    /// The first special piece spelled out in `text`: where it begins, where it ends, its number.
    pub(super) fn find_special(&self, text: &str) -> Option<(usize, usize, u32)> {
        for (at, _) in text.match_indices('[') {
            let rest = text.get(at..).unwrap_or_default();
            for (content, id) in &self.specials {
                if rest.starts_with(content.as_str()) {
                    return Some((at, at + content.len(), *id));
                }
            }
        }
        None
    }
}

/// A hash table whose hashes grow byte by byte, so that all prefixes of a word cost one pass.
struct Table {
    /// The upper half of a slot is a part of the hash, the lower half the place of the entry plus
    /// one; zero is free.
    slots: Vec<u32>,
    entries: Vec<(String, u32)>,
    /// The longest piece, in bytes.
    longest: usize,
}

/// The usual beginning and factor of the FNV-1a hash for 64 bits.
const HASH_BEGIN: u64 = 0xcbf2_9ce4_8422_2325;
const HASH_FACTOR: u64 = 0x0000_0100_0000_01b3;

fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(HASH_FACTOR)
}

impl Table {
    fn with_room(pieces: usize) -> Self {
        let slots = (pieces * SLOTS_PER_PIECE).next_power_of_two();
        Self {
            slots: vec![0; slots],
            entries: Vec::new(),
            longest: 0,
        }
    }

    /// The first slot to look at, and the part of the hash that a slot keeps.
    fn begin(&self, hash: u64) -> (usize, u32) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the lower bits are what is wanted"
        )]
        let (slot, tag) = ((hash ^ (hash >> 29)) as usize, (hash >> 48) as u32);
        (slot & (self.slots.len() - 1), tag)
    }

    fn insert(&mut self, piece: &str, id: u32) {
        let hash = piece.bytes().fold(HASH_BEGIN, step);
        let (mut slot, tag) = self.begin(hash);
        while self.slots.get(slot).is_some_and(|slot| *slot != 0) {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.entries.push((piece.to_owned(), id));
        let place = u32::try_from(self.entries.len()).expect("at most PIECES_MAX entries");
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = tag << 16 | place;
        }
        self.longest = self.longest.max(piece.len());
    }

    fn find(&self, hash: u64, piece: &str) -> Option<u32> {
        let (mut slot, tag) = self.begin(hash);
        loop {
            let value = *self.slots.get(slot)?;
            if value == 0 {
                return None;
            }
            if value >> 16 == tag {
                let (known, id) = self.entries.get((value & 0xffff) as usize - 1)?;
                if known == piece {
                    return Some(*id);
                }
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }
}
