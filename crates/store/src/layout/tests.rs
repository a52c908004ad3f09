//! What a layout promises: everything comes back, by parts, and damage is seen.

#![expect(
    clippy::cast_possible_truncation,
    reason = "the texts of the tests are short"
)]

use alexandria_core::block::{Block, BlockKind, Line, PageSize, Parsed, Place, Rect, Span};
use alexandria_core::error::ErrorKind;
use proptest::prelude::{ProptestConfig, any, prop, prop_assert_eq, proptest};

use super::{LAYOUT_HEAD_BYTES, LayoutBlock, LayoutIndex, encode_layout};

fn parsed(texts: &[String]) -> Parsed {
    let block = |(index, text): (usize, &String)| Block {
        kind: BlockKind::Paragraph,
        text: text.clone(),
        place: Place {
            page: Some(index as u32 / 3 + 1),
            ..Place::default()
        },
        lines: vec![Line {
            span: Span::new(0, text.len() as u64),
            page: index as u32 / 3 + 1,
            rect: Rect {
                x0: 1.0,
                y0: 2.0,
                x1: 3.0,
                y1: 4.0,
            },
            edges: text
                .chars()
                .enumerate()
                .map(|(at, _)| at as u16 * 16)
                .collect(),
        }],
    };
    let page = PageSize {
        width: 100.0,
        height: 200.0,
        needs_recognition: false,
    };
    let blocks = texts.iter().enumerate().map(block).collect();
    let parsed = Parsed {
        blocks,
        pages: vec![page; texts.len() / 3 + 1],
        ..Parsed::default()
    };
    parsed.store().1
}

fn read(file: &[u8], span: Span) -> Vec<LayoutBlock> {
    let head = &file[..LAYOUT_HEAD_BYTES as usize];
    let bytes = LayoutIndex::bytes(head).unwrap();
    let index = LayoutIndex::parse(head, &file[bytes.start as usize..bytes.end as usize]).unwrap();
    let mut blocks = Vec::new();
    for group in index.groups(span) {
        let packed = &file[group.bytes.start as usize..group.bytes.end as usize];
        blocks.extend(group.decode(packed).unwrap());
    }
    blocks
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_block_that_touches_a_span_comes_back(
        texts in prop::collection::vec("[a-z é]{1,400}", 0..200),
        from in any::<prop::sample::Index>(),
        length in 1_u64..5_000,
    ) {
        let parsed = parsed(&texts);
        let file = encode_layout(&parsed).unwrap();
        let end = parsed.blocks.last().map_or(0, |block| block.place.span.end);
        let start = from.index(end as usize + 1) as u64;
        let span = Span::new(start, start + length);
        let touched = |place: &Place| place.span.overlap(&span).is_some();
        let wanted: Vec<_> =
            parsed.blocks.iter().filter(|b| touched(&b.place)).map(|b| b.lines.clone()).collect();
        let found: Vec<_> =
            read(&file, span).into_iter().filter(|b| touched(&b.place)).map(|b| b.lines).collect();
        prop_assert_eq!(found, wanted);
    }
}

#[test]
fn a_small_span_of_a_large_book_reads_a_small_part() {
    let texts: Vec<String> = (0..5_000)
        .map(|n| format!("paragraph {n} ").repeat(20))
        .collect();
    let file = encode_layout(&parsed(&texts)).unwrap();
    let head = &file[..LAYOUT_HEAD_BYTES as usize];
    let bytes = LayoutIndex::bytes(head).unwrap();
    let index = LayoutIndex::parse(head, &file[bytes.start as usize..bytes.end as usize]).unwrap();
    let groups = index.groups(Span::new(700_000, 700_100));
    let read: u64 = groups
        .iter()
        .map(|group| group.bytes.end - group.bytes.start)
        .sum();
    assert!(
        groups.len() <= 2,
        "{} groups for a hundred bytes",
        groups.len()
    );
    assert!(
        read * 50 < file.len() as u64,
        "{read} of {} bytes read",
        file.len()
    );
}

#[test]
fn damage_anywhere_is_seen() {
    let texts: Vec<String> = (0..100).map(|n| format!("paragraph {n}")).collect();
    let whole = encode_layout(&parsed(&texts)).unwrap();
    for at in 0..whole.len() {
        let mut file = whole.clone();
        file[at] ^= 0x55;
        if (12..16).contains(&at) {
            continue; // Reserved bytes carry nothing.
        }
        let head = &file[..LAYOUT_HEAD_BYTES as usize];
        let Ok(bytes) = LayoutIndex::bytes(head) else {
            continue;
        };
        let Some(part) = file.get(bytes.start as usize..bytes.end as usize) else {
            continue;
        };
        let Ok(index) = LayoutIndex::parse(head, part) else {
            continue;
        };
        let groups = index.groups(Span::new(0, u64::MAX));
        let broken = groups.iter().any(|group| {
            let packed = &file[group.bytes.start as usize..group.bytes.end as usize];
            group
                .decode(packed)
                .is_err_and(|error| error.kind() == ErrorKind::Corrupt)
        });
        assert!(broken, "byte {at} was changed and nobody noticed");
    }
}

#[test]
fn an_empty_layout_has_pages_and_no_groups() {
    let file = encode_layout(&parsed(&[])).unwrap();
    assert!(read(&file, Span::new(0, 100)).is_empty());
}
