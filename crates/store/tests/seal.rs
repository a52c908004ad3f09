//! Encrypted blobs in a folder: the same rules as plain ones, and what keys change.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it should be"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use alexandria_core::clock::Clock;
use alexandria_core::error::ErrorKind;
use alexandria_core::id::TenantId;
use alexandria_core::principal::Principal;
use alexandria_store::blobs::{BlobKey, BlobStore, Digest, FolderBlobs, Resealed};
use alexandria_store::seal::{KEYRING_FILE, KeyState, Keyring, LocalRoot, RootKey, Sealer};
use uuid::Uuid;

const MIB: u64 = 1 << 20;
const TEXT: &[u8] = b"the lighthouse of Orvane was built in 1743";

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> jiff::Timestamp {
        "2026-02-03T12:00:00Z".parse().unwrap()
    }
}

fn root(key: u8) -> Arc<dyn RootKey> {
    Arc::new(LocalRoot::new(&[key; 32]).unwrap())
}

struct Library {
    folder: tempfile::TempDir,
}

impl Library {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("blobs")
    }

    fn plain(&self) -> FolderBlobs {
        FolderBlobs::open(&self.path()).unwrap()
    }

    async fn keyring(&self) -> Arc<Keyring> {
        let opened = Keyring::open(self.folder.path(), root(1), &Noon).await;
        Arc::new(opened.unwrap())
    }

    async fn sealed(&self) -> (FolderBlobs, Arc<Keyring>) {
        let keyring = self.keyring().await;
        (self.plain().sealed_by(Arc::clone(&keyring)), keyring)
    }

    /// Every file of the blobs with its bytes.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        files(&self.path())
    }

    /// Whether the text stands anywhere on the disk as it is.
    fn shows_text(&self) -> bool {
        let shows = |bytes: &[u8]| bytes.windows(10).any(|part| TEXT.starts_with(part));
        self.files().iter().any(|(_, bytes)| shows(bytes))
    }
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found
}

#[tokio::test]
async fn what_is_put_in_comes_out_again_and_is_not_on_the_disk() {
    let library = Library::new();
    let (blobs, _) = library.sealed().await;
    let owner = Principal::owner();
    let long: Vec<u8> = TEXT.iter().copied().cycle().take(300_000).collect();
    for bytes in [Vec::new(), TEXT.to_vec(), long] {
        let blob = blobs.put(&owner, &mut bytes.as_slice(), MIB).await.unwrap();
        assert_eq!(
            (blob.bytes, blob.digest),
            (bytes.len() as u64, Digest::of(&bytes))
        );
        assert_eq!(blobs.put_bytes(&owner, bytes.clone()).await.unwrap(), blob);
        assert_eq!(blobs.get(&owner, &blob.key).await.unwrap(), bytes);
        assert_eq!(blobs.size(&owner, &blob.key).await.unwrap(), blob.bytes);
        let file = blobs.file(&owner, &blob.key).await.unwrap();
        assert_eq!(std::fs::read(&file.path).unwrap(), bytes);
        for (start, end) in [(0, 1), (0, MIB), (65_530, 65_540), (9, 3), (MIB, MIB + 1)] {
            let from = usize::try_from(start).unwrap().min(bytes.len());
            let to = usize::try_from(end).unwrap().clamp(from, bytes.len());
            let range = blobs
                .get_range(&owner, &blob.key, start..end)
                .await
                .unwrap();
            assert_eq!(range, bytes[from..to], "{start}..{end} of {}", bytes.len());
        }
    }
    assert_eq!(library.files().len(), 3, "equal bytes are kept once");
    assert!(!library.shows_text());
    let keys = blobs.list(&owner, None, 9).await.unwrap();
    assert_eq!(keys.len(), 3);
    for key in &keys {
        blobs.delete(&owner, key).await.unwrap();
    }
    assert_eq!(library.files().len(), 0);
}

#[tokio::test]
async fn a_blob_moved_to_another_tenant_or_name_does_not_open() {
    let library = Library::new();
    let (blobs, _) = library.sealed().await;
    let owner = Principal::owner();
    let thief = Principal::system(TenantId::from_uuid(Uuid::from_u128(5)), "being a thief");
    let key = blobs.put_bytes(&owner, TEXT.to_vec()).await.unwrap().key;
    let (path, bytes) = library.files().remove(0);
    let moved = |to: &BlobKey| library.path().join(format!("{to}.sealed"));
    let stolen = BlobKey::new(&thief, Digest::of(TEXT));
    let renamed = BlobKey::new(&owner, Digest::of(b"other"));
    for (principal, to) in [(&thief, &stolen), (&owner, &renamed)] {
        std::fs::create_dir_all(moved(to).parent().unwrap()).unwrap();
        std::fs::copy(&path, moved(to)).unwrap();
        let error = blobs.get(principal, to).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
    }
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1;
        std::fs::write(&path, damaged).unwrap();
        // A byte of nothing in the header, and a wrapped key that is there twice, may go.
        let found = blobs.get(&owner, &key).await;
        assert!(
            found.as_ref().map_or_else(
                |error| error.kind() == ErrorKind::Corrupt,
                |bytes| bytes == TEXT
            ),
            "byte {place}: {found:?}"
        );
    }
    blobs.put_bytes(&owner, TEXT.to_vec()).await.unwrap();
    assert_eq!(blobs.get(&owner, &key).await.unwrap(), TEXT);
}

#[tokio::test]
async fn switched_on_it_opens_the_old_and_rotating_encrypts_it() {
    let library = Library::new();
    let owner = Principal::owner();
    let old = library.plain();
    let first = old.put_bytes(&owner, TEXT.to_vec()).await.unwrap().key;
    let (blobs, keyring) = library.sealed().await;
    assert_eq!(blobs.get(&owner, &first).await.unwrap(), TEXT);
    let second = blobs.put_bytes(&owner, b"new".to_vec()).await.unwrap().key;
    assert!(library.shows_text());

    assert!(!keyring.is_pending().await.unwrap());
    let key = keyring.rotate(&Noon).await.unwrap();
    assert!(keyring.is_pending().await.unwrap());
    // Another process that has the keyring open knows of the new key when it is needed.
    let (others, other) = library.sealed().await;
    assert_eq!(
        blobs.reseal(&owner, &first).await.unwrap(),
        Resealed::Sealed
    );
    let before = library.files();
    assert_eq!(
        blobs.reseal(&owner, &second).await.unwrap(),
        Resealed::Rewrapped
    );
    let after = library.files();
    assert_eq!(before.len(), after.len());
    for ((path, before), (_, after)) in before.iter().zip(&after) {
        let body = before.len().min(after.len()) - 10;
        assert_eq!(before[body..], after[body..], "{path:?}: the text stays");
    }
    for key in [&first, &second] {
        assert_eq!(blobs.reseal(&owner, key).await.unwrap(), Resealed::Current);
    }
    keyring.settle(key.id).await.unwrap();
    let states: Vec<KeyState> = other.keys().iter().map(|key| key.state).collect();
    assert_eq!(states, [KeyState::Former, KeyState::Active]);
    assert!(!other.is_pending().await.unwrap());
    let states: Vec<KeyState> = other.keys().iter().map(|key| key.state).collect();
    assert_eq!(states, [KeyState::Retired, KeyState::Active]);
    assert!(!library.shows_text());
    assert_eq!(others.get(&owner, &first).await.unwrap(), TEXT);
    assert_eq!(others.get(&owner, &second).await.unwrap(), b"new");
    assert_eq!(others.tenants().await.unwrap(), [owner.tenant()]);
}

#[tokio::test]
async fn a_crash_at_any_moment_of_rewrapping_leaves_the_blob_readable() {
    let library = Library::new();
    let owner = Principal::owner();
    let (blobs, keyring) = library.sealed().await;
    let key = blobs.put_bytes(&owner, TEXT.to_vec()).await.unwrap().key;
    let (path, before) = library.files().remove(0);
    keyring.rotate(&Noon).await.unwrap();
    blobs.reseal(&owner, &key).await.unwrap();
    let after = std::fs::read(&path).unwrap();
    let changed: Vec<usize> = (0..after.len())
        .filter(|place| before[*place] != after[*place])
        .collect();
    // The slots are written one after the other: any beginning of that may be on the disk.
    for written in 0..=changed.len() {
        let mut torn = before.clone();
        for place in &changed[..written] {
            torn[*place] = after[*place];
        }
        std::fs::write(&path, torn).unwrap();
        assert_eq!(blobs.get(&owner, &key).await.unwrap(), TEXT, "{written}");
        blobs.reseal(&owner, &key).await.unwrap();
        assert_eq!(blobs.reseal(&owner, &key).await.unwrap(), Resealed::Current);
        assert_eq!(blobs.get(&owner, &key).await.unwrap(), TEXT, "{written}");
    }
}

#[tokio::test]
async fn a_crash_while_encrypting_leaves_one_of_two_files_and_both_are_one_blob() {
    let library = Library::new();
    let owner = Principal::owner();
    let key = library
        .plain()
        .put_bytes(&owner, TEXT.to_vec())
        .await
        .unwrap()
        .key;
    let (path, bytes) = library.files().remove(0);
    let (blobs, _) = library.sealed().await;
    blobs.reseal(&owner, &key).await.unwrap();
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(library.files().len(), 2);
    assert_eq!(blobs.get(&owner, &key).await.unwrap(), TEXT);
    assert_eq!(
        blobs.list(&owner, None, 9).await.unwrap(),
        std::slice::from_ref(&key)
    );
    // Begun again, it removes the plain one.
    blobs.reseal(&owner, &key).await.unwrap();
    assert_eq!(library.files().len(), 1);
    assert!(!library.shows_text());
    blobs.delete(&owner, &key).await.unwrap();
    assert_eq!(library.files().len(), 0);
}

#[tokio::test]
async fn a_lost_or_wrong_key_is_told_of() {
    let library = Library::new();
    let owner = Principal::owner();
    Keyring::require_none(library.folder.path()).unwrap();
    let (blobs, keyring) = library.sealed().await;
    let key = blobs.put_bytes(&owner, TEXT.to_vec()).await.unwrap().key;
    let data = library.folder.path();
    let lost = Keyring::require_none(data).unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::Invalid);
    assert!(lost.message().contains("ENCRYPTION_KEY_FILE"), "{lost}");
    let unread = library.plain().get(&owner, &key).await.unwrap_err();
    assert!(unread.message().contains("no key is set"), "{unread}");
    let wrong = Keyring::open(data, root(2), &Noon).await.unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::Invalid);
    assert!(
        wrong.chain().contains("not the key") && wrong.chain().contains(&keyring.root()),
        "{}",
        wrong.chain()
    );
    std::fs::write(data.join(KEYRING_FILE), "{").unwrap();
    let damaged = Keyring::open(data, root(1), &Noon).await.unwrap_err();
    assert_eq!(damaged.kind(), ErrorKind::Corrupt);
}

#[tokio::test]
async fn the_root_key_changes_in_two_steps_and_both_open_in_between() {
    let library = Library::new();
    let owner = Principal::owner();
    let (blobs, keyring) = library.sealed().await;
    let key = blobs.put_bytes(&owner, TEXT.to_vec()).await.unwrap().key;
    let data = library.folder.path();
    keyring.admit(root(2).as_ref()).await.unwrap();
    Keyring::open(data, root(1), &Noon).await.unwrap();
    let new = Keyring::open(data, root(2), &Noon).await.unwrap();
    new.expel_others().await.unwrap();
    Keyring::open(data, root(1), &Noon).await.unwrap_err();
    let blobs = library.plain().sealed_by(Arc::new(new));
    assert_eq!(blobs.get(&owner, &key).await.unwrap(), TEXT);
    let mode =
        std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(data.join(KEYRING_FILE)).unwrap());
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn small_secrets_are_bound_to_their_tenant_and_place() {
    let library = Library::new();
    let owner = Principal::owner();
    let thief = Principal::system(TenantId::from_uuid(Uuid::from_u128(5)), "being a thief");
    let keyring = library.keyring().await;
    let (on, off) = (Sealer::new(Some(Arc::clone(&keyring))), Sealer::default());
    let plain = off.seal(&owner, b"otp", "user 7 otp").await.unwrap();
    let sealed = on.seal(&owner, b"otp", "user 7 otp").await.unwrap();
    keyring.rotate(&Noon).await.unwrap();
    for stored in [&plain, &sealed] {
        let opened = on.open(&owner, stored, "user 7 otp").await.unwrap();
        assert_eq!(opened.as_slice(), b"otp");
    }
    assert!(!sealed.windows(3).any(|part| part == b"otp"));
    for (principal, context) in [(&thief, "user 7 otp"), (&owner, "user 8 otp")] {
        let error = on.open(principal, &sealed, context).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
    }
    let error = off.open(&owner, &sealed, "user 7 otp").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    for damaged in [&[][..], &[1, 2], &[9; 60]] {
        on.open(&owner, damaged, "user 7 otp").await.unwrap_err();
    }
}

#[tokio::test]
async fn live_how_fast_plain_and_encrypted_files_are_put_in_and_read() {
    const BYTES: u64 = 256 * MIB;
    let owner = Principal::owner();
    let library = Library::new();
    let (sealed, _) = library.sealed().await;
    let other = tempfile::tempdir().unwrap();
    let plain = FolderBlobs::open(other.path()).unwrap();
    let bytes: Vec<u8> = (0..BYTES).map(|n| (n % 251) as u8).collect();
    for (name, blobs) in [("plain", plain), ("encrypted", sealed)] {
        let begun = std::time::Instant::now();
        let key = blobs
            .put(&owner, &mut bytes.as_slice(), BYTES)
            .await
            .unwrap()
            .key;
        let put = begun.elapsed();
        let begun = std::time::Instant::now();
        for start in (0..BYTES).step_by(1 << 18) {
            let part = blobs.get_range(&owner, &key, start..start + (1 << 18));
            assert_eq!(part.await.unwrap().len(), 1 << 18);
        }
        let whole = begun.elapsed();
        let begun = std::time::Instant::now();
        for start in (0..BYTES).step_by(1 << 20) {
            let part = blobs.get_range(&owner, &key, start..start + 4_096);
            assert_eq!(part.await.unwrap().len(), 4_096);
        }
        let small = begun.elapsed() / u32::try_from(BYTES >> 20).unwrap();
        println!("{name}: 256 MiB put in {put:?}, read in {whole:?}, 4 KiB of it in {small:?}");
    }
}
