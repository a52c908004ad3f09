//! A ZIP archive that is sent while it is made: what has been packed leaves before the next is read, so
//! that an archive of any size takes no more memory than a piece of it.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use alexandria_core::erasure::hex;
use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use ring::digest::{Context as Digest, SHA256};
use serde::Serialize;
use tokio::sync::mpsc::Sender;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// Bytes that are packed before others get their turn.
const PIECE_BYTES: usize = 16 * 1024;

/// Bytes that are gathered before they are sent.
const SENT_BYTES_MIN: usize = 32 * 1024;

/// A file of the archive, as its manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Packed {
    /// Its name.
    pub(super) name: String,
    /// The rows in it, where it is a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rows: Option<u64>,
    /// Its bytes.
    pub(super) bytes: u64,
    /// SHA-256 of them, in hexadecimal.
    pub(super) sha256: String,
}

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// Made smaller: lists.
    Deflated,
    /// As it is: files, most of which are small already.
    Stored,
}

/// What has been packed and not sent.
#[derive(Clone, Default)]
struct Pending(Arc<Mutex<Vec<u8>>>);

impl Pending {
    fn take(&self, least: usize) -> Vec<u8> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if bytes.len() < least {
            return Vec::new();
        }
        std::mem::take(&mut bytes)
    }
}

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The archive.
pub(super) struct Archive {
    zip: ZipWriter<StreamWriter<Pending>>,
    pending: Pending,
    sender: Sender<Result<Vec<u8>>>,
    current: Option<Current>,
    packed: Vec<Packed>,
}

struct Current {
    name: String,
    digest: Digest,
    bytes: u64,
}

impl Archive {
    /// An empty archive that is sent there.
    pub(super) fn new(sender: Sender<Result<Vec<u8>>>) -> Self {
        let pending = Pending::default();
        Self {
            zip: ZipWriter::new_stream(pending.clone()),
            pending,
            sender,
            current: None,
            packed: Vec::new(),
        }
    }

    /// Begins a file.
    pub(super) fn begin(&mut self, name: &str, packing: Packing) -> Result<()> {
        let (method, level) = match packing {
            Packing::Deflated => (CompressionMethod::Deflated, Some(1)),
            Packing::Stored => (CompressionMethod::Stored, None),
        };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .compression_level(level)
            .large_file(true);
        let begun = self.zip.start_file(name, options);
        begun.context(ErrorKind::Internal, || cannot_pack(name))?;
        self.current = Some(Current {
            name: name.to_owned(),
            digest: Digest::new(&SHA256),
            bytes: 0,
        });
        Ok(())
    }

    /// Adds to the file that was begun, and sends what is packed.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        for piece in bytes.chunks(PIECE_BYTES) {
            if let Some(current) = &mut self.current {
                current.digest.update(piece);
                current.bytes = current.bytes.saturating_add(piece.len() as u64);
            }
            let written = self.zip.write_all(piece);
            written.context(ErrorKind::Internal, || cannot_pack("a file"))?;
            self.send(SENT_BYTES_MIN).await?;
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Ends the file that was begun.
    pub(super) fn end(&mut self, rows: Option<u64>) {
        if let Some(current) = self.current.take() {
            self.packed.push(Packed {
                name: current.name,
                rows,
                bytes: current.bytes,
                sha256: hex(current.digest.finish().as_ref()),
            });
        }
    }

    /// The files so far.
    pub(super) fn packed(&self) -> &[Packed] {
        &self.packed
    }

    /// Ends the archive and sends the rest.
    pub(super) async fn finish(self) -> Result<()> {
        let Self {
            zip,
            pending,
            sender,
            ..
        } = self;
        let finished = zip.finish();
        finished.context(ErrorKind::Internal, || cannot_pack("the end"))?;
        let rest = pending.take(0);
        sender.send(Ok(rest)).await.map_err(|_gone| gone())
    }

    async fn send(&self, least: usize) -> Result<()> {
        let bytes = self.pending.take(least);
        if bytes.is_empty() {
            return Ok(());
        }
        self.sender.send(Ok(bytes)).await.map_err(|_gone| gone())
    }
}

fn cannot_pack(what: &str) -> String {
    format!("cannot pack {what} into an archive")
}

fn gone() -> Error {
    let sentence = "whoever takes an archive has gone";
    Error::new(ErrorKind::Unavailable, sentence)
}
