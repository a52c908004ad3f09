//! Sealed blobs: whole, in ranges, and whatever is done to them.

use alexandria_core::id::TENANT_DEFAULT;
use proptest::prelude::*;

use super::*;

const ID: Uuid = Uuid::from_u128(9);

fn bound(bytes: &[u8]) -> Bound {
    Bound {
        tenant: TENANT_DEFAULT,
        digest: Digest::of(bytes),
    }
}

fn key() -> Cipher {
    Cipher::new(&[3; KEY_BYTES]).unwrap()
}

/// Seals in parts of this length.
fn seal(bytes: &[u8], part: usize) -> Vec<u8> {
    let mut writer = Writer::begin().unwrap();
    let mut sealed = Vec::new();
    for part in bytes.chunks(part) {
        sealed.extend(writer.write(part).unwrap());
    }
    sealed.extend(writer.finish().unwrap());
    let mut whole = writer.header(ID, &key(), bound(bytes)).unwrap();
    whole.append(&mut sealed);
    whole
}

fn open(sealed: &[u8], bound: Bound, range: Range<u64>) -> Option<Vec<u8>> {
    let header = Header::decode(sealed, sealed.len() as u64)?;
    let data = header
        .slots()
        .find_map(|slot| header.unwrap(slot, &key(), bound))?;
    let place = header.place(&range);
    let at = |at: u64| usize::try_from(at).unwrap();
    let stored = sealed.get(at(place.stored.start)..at(place.stored.end))?;
    data.open(&place, stored)
}

/// Bytes that repeat nowhere nearby.
fn text(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

#[test]
fn every_length_around_a_piece_comes_out_again() {
    for length in [
        0,
        1,
        PIECE_BYTES - 1,
        PIECE_BYTES,
        PIECE_BYTES + 1,
        3 * PIECE_BYTES,
    ] {
        let plain = text(length);
        let sealed = seal(&plain, 10_000);
        assert_eq!(
            open(&sealed, bound(&plain), 0..u64::MAX),
            Some(plain),
            "{length}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_range_is_that_of_the_plain_bytes(length in 0..3 * PIECE_BYTES, part in 1..100_000_usize, a in 0..4 * PIECE_BYTES, b in 0..4 * PIECE_BYTES) {
        let plain = text(length);
        let sealed = seal(&plain, part);
        let range = a.min(b) as u64..a.max(b) as u64;
        let expected = &plain[a.min(b).min(length)..a.max(b).min(length)];
        prop_assert_eq!(open(&sealed, bound(&plain), range).unwrap(), expected);
    }
}

#[test]
fn what_was_moved_cut_or_changed_does_not_open() {
    let plain = text(2 * PIECE_BYTES + 100);
    let sealed = seal(&plain, 50_000);
    let whole = || 0..u64::MAX;
    let check = |what: &str, sealed: &[u8], bound: Bound| {
        assert_eq!(open(sealed, bound, whole()), None, "{what}");
    };
    let tenant = TenantId::from_uuid(Uuid::from_u128(5));
    let other = Bound {
        tenant,
        ..bound(&plain)
    };
    check("another tenant", &sealed, other);
    check("another name", &sealed, bound(b"other"));
    check("cut", &sealed[..sealed.len() - 1], bound(&plain));
    let piece = PIECE_BYTES + TAG_BYTES;
    check(
        "without its last piece",
        &sealed[..HEADER_BYTES + 2 * piece],
        bound(&plain),
    );
    let mut swapped = sealed.clone();
    swapped[HEADER_BYTES..HEADER_BYTES + 2 * piece].rotate_left(piece);
    check("pieces in another order", &swapped, bound(&plain));
    for place in [
        8,
        16,
        23 + 1,
        HEADER_BYTES,
        HEADER_BYTES + piece,
        sealed.len() - 1,
    ] {
        let mut damaged = sealed.clone();
        damaged[place] ^= 1;
        if place == 24 {
            // One slot of two is damaged, as by a crash: the other one opens.
            assert!(open(&damaged, bound(&plain), whole()).is_some());
            damaged[24 + SLOT_BYTES] ^= 1;
        }
        check(&format!("byte {place}"), &damaged, bound(&plain));
    }
    check(
        "another blob's pieces",
        &[
            &seal(&plain, 7_000)[..HEADER_BYTES],
            &sealed[HEADER_BYTES..],
        ]
        .concat(),
        bound(&plain),
    );
}

#[test]
fn a_blob_shows_nothing_of_its_text() {
    let plain = b"the lighthouse of Orvane".repeat(10_000);
    let sealed = seal(&plain, 4_096);
    assert!(!sealed.windows(10).any(|part| part == b"lighthouse"));
}
