//! The laws of cutting a text into pieces, and the cases that the policy is for.

use std::cell::Cell;

use alexandria_core::block::{Block, BlockKind, Line, Parsed, Place, Rect, Span};
use alexandria_core::chunk::{ChunkPolicy, Piece, chunk, context};
use proptest::prelude::*;

fn block(kind: BlockKind, text: &str, section: &[&str]) -> Block {
    let section = section
        .iter()
        .map(|heading| (*heading).to_owned())
        .collect();
    let place = Place {
        section,
        ..Place::default()
    };
    Block {
        kind,
        text: text.to_owned(),
        place,
        lines: Vec::new(),
    }
}

fn policy(tokens_soft: usize, tokens_hard: usize, overlap_sentences: usize) -> ChunkPolicy {
    ChunkPolicy {
        tokens_soft,
        tokens_hard,
        overlap_sentences,
    }
}

/// One token a word, one more for every ten letters of it.
fn count(text: &str) -> usize {
    text.split_whitespace()
        .map(|word| 1 + word.chars().count() / 10)
        .sum()
}

fn cut(blocks: &[Block], policy: &ChunkPolicy) -> (String, Vec<Piece>) {
    let parsed = Parsed {
        blocks: blocks.to_vec(),
        ..Parsed::default()
    };
    let (text, parsed) = parsed.store();
    let pieces = chunk(&parsed, &text, policy, &count);
    (text, pieces)
}

fn check(blocks: &[Block], policy: &ChunkPolicy, expected: &[&str]) {
    let (text, pieces) = cut(blocks, policy);
    let found: Vec<&str> = pieces
        .iter()
        .map(|piece| piece.span.of(&text).expect("on character boundaries"))
        .collect();
    assert_eq!(found, expected);
}

const P: BlockKind = BlockKind::Paragraph;
const H1: BlockKind = BlockKind::Heading(1);
const H3: BlockKind = BlockKind::Heading(3);

#[test]
fn paragraphs_are_packed_up_to_the_soft_limit() {
    let blocks = [
        block(P, "a b c", &[]),
        block(P, "d e", &[]),
        block(P, "f g h", &[]),
    ];
    check(&blocks, &policy(5, 6, 0), &["a b c\n\nd e", "f g h"]);
    check(&blocks, &policy(8, 8, 0), &["a b c\n\nd e\n\nf g h"]);
}

#[test]
fn a_heading_stands_with_what_follows_it_and_chapters_are_not_crossed() {
    let blocks = [
        block(H1, "Part", &[]),
        block(H1, "One", &["Part"]),
        block(P, "a b", &["One"]),
        block(H3, "Small", &["One"]),
        block(P, "c d e", &["One", "Small"]),
        block(H1, "Two", &[]),
        block(P, "f", &["Two"]),
    ];
    check(
        &blocks,
        &policy(5, 7, 0),
        &["Part\n\nOne\n\na b", "Small\n\nc d e", "Two\n\nf"],
    );
    let (_, pieces) = cut(&blocks, &policy(5, 7, 0));
    assert_eq!(pieces[1].section, ["One", "Small"]);
    assert_eq!(pieces[2].kind, P);
    check(&blocks[5..6], &policy(5, 7, 0), &["Two"]);
}

#[test]
fn a_long_paragraph_is_cut_at_sentences_and_may_overlap() {
    let blocks = [block(
        P,
        "One two three. Four five six. Seven eight nine.",
        &[],
    )];
    check(
        &blocks,
        &policy(6, 6, 0),
        &["One two three. Four five six.", "Seven eight nine."],
    );
    let expected = [
        "One two three. Four five six.",
        "Four five six. Seven eight nine.",
    ];
    check(&blocks, &policy(6, 6, 1), &expected);
    let blocks = [block(P, "alpha beta gamma delta epsilon", &[])];
    check(
        &blocks,
        &policy(2, 2, 0),
        &["alpha beta", "gamma delta", "epsilon"],
    );
}

#[test]
fn tables_and_code_stand_alone_and_a_cut_table_carries_its_header_as_context() {
    let table = "name | age\nann | 1\nbob | 2\ncy | 3";
    let blocks = [
        block(P, "before", &["S"]),
        block(H3, "Ages", &["S"]),
        block(BlockKind::Table, table, &["S", "Ages"]),
        block(P, "after", &["S"]),
        block(BlockKind::Code, "let x = 1;", &["S"]),
        block(P, "end", &["S"]),
    ];
    let policy = policy(7, 9, 0);
    let table = ["Ages\n\nname | age\nann | 1", "bob | 2\ncy | 3"];
    check(
        &blocks,
        &policy,
        &["before", table[0], table[1], "after", "let x = 1;", "end"],
    );
    let (_, pieces) = cut(&blocks, &policy);
    assert_eq!(pieces[1].header, None);
    assert_eq!(pieces[2].header.as_deref(), Some("name | age"));
    assert_eq!(pieces[2].context("Book"), "Book\nS > Ages\nname | age");
}

#[test]
fn the_page_of_a_piece_is_where_its_first_word_stands() {
    let mut long = block(P, "One two three. Four five six.", &[]);
    long.place.page = Some(1);
    let line = |start, end, page| Line {
        span: Span::new(start, end),
        page,
        rect: Rect::default(),
        edges: Vec::new(),
    };
    long.lines = vec![line(0, 14, 1), line(15, 29, 2)];
    let (_, pieces) = cut(&[long], &policy(3, 3, 0));
    let pages: Vec<_> = pieces.iter().map(|piece| piece.page).collect();
    assert_eq!(pages, [Some(1), Some(2)]);
}

#[test]
fn a_context_is_short_and_says_nothing_twice() {
    let section: Vec<String> = ["Dune", "I", "II", "III"]
        .iter()
        .map(|s| (*s).to_owned())
        .collect();
    assert_eq!(context("Dune", &section[..2], None), "Dune\nI");
    assert_eq!(context("", &section, None), "I > II > III");
    assert_eq!(context("", &[], None), "");
    assert!(context(&"é".repeat(500), &[], Some(&"x".repeat(999))).len() <= 120 + 1 + 240);
}

#[test]
fn the_name_of_a_policy_changes_with_its_numbers() {
    assert_ne!(policy(1, 2, 0).name(), policy(1, 2, 1).name());
    assert_ne!(policy(1, 2, 0).name(), policy(1, 3, 0).name());
}

fn any_block() -> impl Strategy<Value = Block> {
    let kind = prop_oneof![
        6 => Just(P),
        2 => (1u8..=6).prop_map(BlockKind::Heading),
        1 => Just(BlockKind::Table),
        1 => Just(BlockKind::Code),
        1 => Just(BlockKind::ListItem(0)),
    ];
    let text = prop_oneof![
        "([a-z]{1,12}[ .\n]{1,2}){1,60}",
        "[あ-ん。 ]{1,80}",
        "[a-z]{1,400}",
        "\\PC{0,120}",
        "[ \n]{0,3}",
    ];
    (kind, text).prop_map(|(kind, text)| block(kind, &text, &["S"]))
}

/// Whether only white space stands between two bytes.
fn is_gap(text: &str, start: u64, end: u64) -> bool {
    start >= end
        || Span::new(start, end)
            .of(text)
            .expect("on character boundaries")
            .trim()
            .is_empty()
}

proptest! {
    #[test]
    fn pieces_cover_the_text_in_order_and_keep_the_limit(
        blocks in prop::collection::vec(any_block(), 0..25),
        soft in 2usize..40,
        more in 0usize..30,
        overlap in 0usize..3,
    ) {
        let policy = policy(soft, soft + more, overlap);
        let (text, pieces) = cut(&blocks, &policy);
        let mut covered = 0;
        let mut last = None;
        for piece in &pieces {
            let words = piece.span.of(&text).expect("on character boundaries");
            prop_assert!(!words.is_empty() && words.trim() == words);
            prop_assert!(last.is_none_or(|last| piece.span.start > last));
            prop_assert!(is_gap(&text, covered, piece.span.start));
            prop_assert!(piece.tokens <= policy.tokens_hard);
            prop_assert!(count(words) <= piece.tokens);
            prop_assert!(piece.span.end > covered);
            covered = piece.span.end;
            last = Some(piece.span.start);
        }
        prop_assert!(is_gap(&text, covered, text.len() as u64));
    }

    #[test]
    fn tokens_are_counted_a_few_times_a_byte(words in 1usize..2_000, soft in 4usize..50) {
        let blocks = vec![block(P, &"word word. ".repeat(words), &[])];
        let bytes = Cell::new(0);
        let (text, parsed) = Parsed { blocks, ..Parsed::default() }.store();
        let counting = |part: &str| {
            bytes.set(bytes.get() + part.len());
            count(part)
        };
        let pieces = chunk(&parsed, &text, &policy(soft, soft, 0), &counting);
        prop_assert!(!pieces.is_empty());
        prop_assert!(bytes.get() <= text.len() * 3);
    }
}
