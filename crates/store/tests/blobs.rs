//! Blobs in a folder: written whole or not at all, found by their digest, kept apart by tenant.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it should be"
)]

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use alexandria_core::error::ErrorKind;
use alexandria_core::id::TenantId;
use alexandria_core::principal::Principal;
use alexandria_store::blobs::{BlobKey, BlobStore, Digest, FolderBlobs};
use tokio::io::{AsyncRead, ReadBuf};
use uuid::Uuid;

const MIB: u64 = 1 << 20;

fn open() -> (FolderBlobs, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (FolderBlobs::open(folder.path()).unwrap(), folder)
}

fn stranger() -> Principal {
    Principal::system(TenantId::from_uuid(Uuid::from_u128(5)), "being a stranger")
}

/// Every file below the folder.
fn files(folder: &tempfile::TempDir) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = if path.is_dir() {
                &mut folders
            } else {
                &mut found
            };
            kind.push(path);
        }
    }
    found
}

#[tokio::test]
async fn what_is_put_in_comes_out_again() {
    let (blobs, folder) = open();
    let owner = Principal::owner();
    let check = async |bytes: Vec<u8>| {
        let blob = blobs.put(&owner, &mut bytes.as_slice(), MIB).await.unwrap();
        assert_eq!(
            (blob.bytes, blob.digest),
            (bytes.len() as u64, Digest::of(&bytes))
        );
        assert_eq!(blobs.put_bytes(&owner, bytes.clone()).await.unwrap(), blob);
        let file = folder.path().join("upload");
        std::fs::write(&file, &bytes).unwrap();
        assert_eq!(blobs.put_file(&owner, &file, MIB).await.unwrap(), blob);
        std::fs::remove_file(file).unwrap();
        assert_eq!(blobs.get(&owner, &blob.key).await.unwrap(), bytes);
        assert_eq!(blobs.size(&owner, &blob.key).await.unwrap(), blob.bytes);
        let path = blobs.file(&owner, &blob.key).await.unwrap().path;
        assert_eq!(std::fs::read(path).unwrap(), bytes);
        for (start, end) in [(0, 1), (0, MIB), (3, 7), (9, 3), (MIB, MIB + 1)] {
            let size = |bytes: u64| usize::try_from(bytes).unwrap();
            let from = size(start).min(bytes.len());
            let to = size(end).clamp(from, bytes.len());
            let range = blobs
                .get_range(&owner, &blob.key, start..end)
                .await
                .unwrap();
            assert_eq!(range, bytes[from..to], "{start}..{end} of {}", bytes.len());
        }
    };
    check(Vec::new()).await;
    check(b"a book".to_vec()).await;
    check((0..MIB).map(|n| (n % 251) as u8).collect()).await;
    assert_eq!(files(&folder).len(), 3, "equal bytes are kept once");
    blobs.check().await.unwrap();
}

#[tokio::test]
async fn more_bytes_than_allowed_leave_nothing() {
    let (blobs, folder) = open();
    let owner = Principal::owner();
    let bytes = vec![7; 600_000];
    let streamed = blobs
        .put(&owner, &mut bytes.as_slice(), 599_999)
        .await
        .unwrap_err();
    let file = folder.path().join("upload");
    std::fs::write(&file, &bytes).unwrap();
    let copied = blobs.put_file(&owner, &file, 599_999).await.unwrap_err();
    std::fs::remove_file(file).unwrap();
    for error in [streamed, copied] {
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert!(error.message().contains("599999"), "{error}");
    }
    assert_eq!(files(&folder), [""; 0].map(std::path::PathBuf::from));
    assert_eq!(
        blobs
            .put(&owner, &mut bytes.as_slice(), 600_000)
            .await
            .unwrap()
            .bytes,
        600_000
    );
}

/// Gives some bytes and then breaks off.
struct Broken(usize);

impl AsyncRead for Broken {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.0 == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let part = self.0.min(buffer.remaining());
        buffer.put_slice(&vec![1; part]);
        self.0 -= part;
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let (blobs, folder) = open();
    for bytes in [0, 10, 300_000, 2_000_000] {
        let error = blobs
            .put(&Principal::owner(), &mut Broken(bytes), MIB * 9)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.message().contains("broke off"), "{error}");
    }
    assert_eq!(files(&folder).len(), 0);
}

#[tokio::test]
async fn another_tenants_blob_behaves_as_unknown() {
    let (blobs, _folder) = open();
    let owner = Principal::owner();
    let key = blobs.put_bytes(&owner, b"mine".to_vec()).await.unwrap().key;
    let unknown = BlobKey::new(&owner, Digest::of(b"unknown"));
    let hostile = BlobKey::stored(format!("{}/../../etc/passwd", owner.tenant()));
    for (principal, key) in [(&stranger(), &key), (&owner, &unknown), (&owner, &hostile)] {
        let kind = ErrorKind::NotFound;
        assert_eq!(blobs.get(principal, key).await.unwrap_err().kind(), kind);
        assert_eq!(
            blobs
                .get_range(principal, key, 0..1)
                .await
                .unwrap_err()
                .kind(),
            kind
        );
        assert_eq!(blobs.size(principal, key).await.unwrap_err().kind(), kind);
        assert_eq!(blobs.file(principal, key).await.unwrap_err().kind(), kind);
        blobs.delete(principal, key).await.unwrap();
    }
    assert_eq!(blobs.list(&stranger(), None, 9).await.unwrap(), []);
    assert_eq!(blobs.get(&owner, &key).await.unwrap(), b"mine");
}

#[tokio::test]
async fn blobs_are_listed_in_order_and_deleted() {
    let (blobs, _folder) = open();
    let owner = Principal::owner();
    let mut keys = Vec::new();
    for number in 0..40_u8 {
        keys.push(blobs.put_bytes(&owner, vec![number]).await.unwrap().key);
    }
    keys.sort_unstable();
    let mut seen: Vec<BlobKey> = Vec::new();
    loop {
        let page = blobs.list(&owner, seen.last(), 7).await.unwrap();
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen, keys);
    blobs.delete(&owner, &keys[3]).await.unwrap();
    blobs.delete(&owner, &keys[3]).await.unwrap();
    assert_eq!(blobs.list(&owner, None, 99).await.unwrap().len(), 39);
    assert_eq!(
        blobs.get(&owner, &keys[3]).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn damaged_bytes_are_noticed_and_mended_by_putting_them_in_again() {
    let (blobs, _folder) = open();
    let owner = Principal::owner();
    let key = blobs
        .put_bytes(&owner, b"exact words".to_vec())
        .await
        .unwrap()
        .key;
    let path = blobs.file(&owner, &key).await.unwrap().path;
    std::fs::write(path, b"other words").unwrap();
    assert_eq!(
        blobs.get(&owner, &key).await.unwrap_err().kind(),
        ErrorKind::Corrupt
    );
    blobs
        .put_bytes(&owner, b"exact words".to_vec())
        .await
        .unwrap();
    assert_eq!(blobs.get(&owner, &key).await.unwrap(), b"exact words");
}

#[test]
fn what_killed_writers_left_is_removed_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let incoming = folder.path().join("incoming");
    std::fs::create_dir(&incoming).unwrap();
    // No process has this number: it is larger than the largest that Linux gives.
    std::fs::write(incoming.join("99999999-0"), b"half a bo").unwrap();
    std::fs::write(incoming.join("of no process"), b"x").unwrap();
    let living = incoming.join(format!("{}-0", std::process::id()));
    std::fs::write(&living, b"being written").unwrap();
    FolderBlobs::open(folder.path()).unwrap();
    assert_eq!(files(&folder), [living]);
}

#[test]
fn a_folder_that_cannot_be_made_is_told_of() {
    let error = FolderBlobs::open(std::path::Path::new("/proc/no/such/folder")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}
