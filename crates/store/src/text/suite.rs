//! What every text index must do, checked on an empty one by [`rules`].

use alexandria_core::filter::{Attributes, Filter};
use alexandria_core::id::ChunkId;
use alexandria_core::space::Space;

use super::{TextChange, TextEntry, TextIndex};
use crate::vectors::suite::{attributes, chunk, filters, space, version};

/// Checks the rules of the contract.
pub(crate) async fn rules(index: &dyn TextIndex) {
    an_unknown_space_is_empty(index).await;
    entries_come_are_replaced_and_leave(index).await;
    words_are_found_in_every_form(index).await;
    phrases_stand_together(index).await;
    no_question_is_an_error(index).await;
    filters_follow_the_documents(index).await;
    spaces_do_not_see_each_other(index).await;
    titles_and_headings_count(index).await;
    index.check().await.expect("an index that answers");
}

async fn an_unknown_space_is_empty(index: &dyn TextIndex) {
    let space = space(1, 1, 1);
    assert_eq!(index.position(space).await.expect("position"), None);
    assert_eq!(index.count(space).await.expect("count"), 0);
    assert_eq!(found(index, &[space], "anything").await, []);
    index
        .drop_space(space)
        .await
        .expect("dropping what is not there");
    index
        .apply(space, Vec::new(), 3)
        .await
        .expect("moving the position only");
    assert_eq!(index.position(space).await.expect("position"), Some(3));
    assert_eq!(found(index, &[], "anything").await, []);
}

async fn entries_come_are_replaced_and_leave(index: &dyn TextIndex) {
    let space = space(1, 2, 1);
    let first = vec![texts(
        1,
        1,
        &[(1, "red apples"), (2, "green apples"), (3, "blue plums")],
    )];
    for _ in 0..2 {
        index.apply(space, first.clone(), 1).await.expect("apply");
        assert_eq!(index.count(space).await.expect("count"), 3);
        assert_eq!(found(index, &[space], "apples").await, [chunk(1), chunk(2)]);
    }
    entries_leave(index, space).await;
}

async fn entries_leave(index: &dyn TextIndex, space: Space) {
    let second = vec![
        texts(1, 2, &[(2, "green pears"), (2, "yellow pears")]),
        TextChange::Remove(version(99)),
        TextChange::Describe(attributes(98)),
    ];
    index.apply(space, second, 2).await.expect("apply");
    assert_eq!(found(index, &[space], "apples").await, [chunk(1)]);
    assert_eq!(found(index, &[space], "pears").await, [chunk(2)]);
    assert_eq!(found(index, &[space], "green").await, []);
    index
        .apply(space, vec![TextChange::Remove(version(1))], 3)
        .await
        .expect("apply");
    assert_eq!(index.count(space).await.expect("count"), 1);
    assert_eq!(index.position(space).await.expect("position"), Some(3));
    index.drop_space(space).await.expect("drop");
    assert_eq!(index.position(space).await.expect("position"), None);
    assert_eq!(index.count(space).await.expect("count"), 0);
    assert_eq!(found(index, &[space], "pears").await, []);
}

async fn words_are_found_in_every_form(index: &dyn TextIndex) {
    let space = space(1, 3, 1);
    let cases = [
        ("en", "The libraries of Alexandria were burnt.", "LIBRARY"),
        ("de", "Die alten Häuser am Fluss", "haus"),
        ("fr", "Les universités parisiennes", "universite"),
        ("es", "Las canciones del pueblo", "canción"),
        ("ru", "Старые книги на полке", "книга"),
        ("el", "Οι παλιοί δρόμοι", "δρόμος"),
        ("tr", "Eski kitaplar rafta", "kitap"),
        ("ar", "المكتبة القديمة", "مكتبة"),
        ("ro", "Cărțile vechi", "cărți"),
        ("hi", "पुराना पुस्तकालय", "पुस्तकालय"),
        ("zh", "古老的图书馆", "图书馆"),
        ("th", "ห้องสมุดเก่าแก่", "ห้องสมุด"),
        ("vi", "Thư viện cổ", "thư viện"),
        ("ja", "東京の図書館", "図書館"),
        ("ko", "오래된 도서관에서", "도서관"),
        ("", "Zwyczajne słowa", "SŁOWA"),
    ];
    let changes = (0..).zip(cases).map(|(n, (language, text, _))| {
        let mut attributes = attributes(n);
        attributes.language = language.to_owned();
        TextChange::Upsert(attributes, vec![entry(n, n, text)])
    });
    index
        .apply(space, changes.collect(), 1)
        .await
        .expect("apply");
    for (n, (language, text, question)) in (0..).zip(cases) {
        let best = found(index, &[space], question).await;
        assert_eq!(
            best.first(),
            Some(&chunk(n)),
            "{language}: {question} in {text}"
        );
    }
}

async fn phrases_stand_together(index: &dyn TextIndex) {
    let space = space(1, 4, 1);
    let mut english = attributes(1);
    english.language = "en".to_owned();
    let entries = [
        (1, "the great library of Alexandria"),
        (2, "a library, great in its day, of Alexandria"),
        (3, "亚历山大图书馆"),
        (4, "图书在馆"),
    ];
    let entries = entries.map(|(n, text)| entry(n, 1, text));
    let change = TextChange::Upsert(english, entries.to_vec());
    index.apply(space, vec![change], 1).await.expect("apply");
    let check = async |question: &str, expected: &[ChunkId]| {
        let mut chunks = found(index, &[space], question).await;
        chunks.sort_unstable();
        assert_eq!(chunks, expected, "{question}");
    };
    check("great library", &[chunk(1), chunk(2)]).await;
    check("\"great library\"", &[chunk(1)]).await;
    check("\"Great Libraries of\" day", &[chunk(1)]).await;
    check("\"great library", &[chunk(1), chunk(2)]).await;
    check("\"library great\"", &[chunk(2)]).await;
    check("\"图书馆\"", &[chunk(3)]).await;
    check("\"day\" alexandria", &[chunk(2)]).await;
    check("\"one two\" \"great library\"", &[]).await;
}

async fn no_question_is_an_error(index: &dyn TextIndex) {
    let space = space(1, 5, 1);
    let change = texts(1, 1, &[(1, "to be or not to be: that is the question")]);
    index.apply(space, vec![change], 1).await.expect("apply");
    let long = "word ".repeat(20_000);
    let questions = [
        "",
        " ",
        "\"",
        "\"\"",
        "\"\"\"",
        "a AND",
        "title:",
        "(((",
        "+-!{}[]^~*?:\\/",
        "\u{0}",
        "\u{301}",
        "🙂",
        "OR OR OR",
        "\"\u{301}\" x",
        &long,
    ];
    for question in questions {
        found(index, &[space], question).await;
    }
    assert_eq!(found(index, &[space], "to be or").await, [chunk(1)]);
    let none = index
        .search(&[space], "question", &Filter::default(), 0)
        .await;
    assert_eq!(none.expect("search"), []);
}

async fn filters_follow_the_documents(index: &dyn TextIndex) {
    let space = space(1, 6, 1);
    let mut known: Vec<Attributes> = (0..8).map(attributes).collect();
    let upsert = |attributes: &Attributes| {
        let number = known
            .iter()
            .position(|known| known == attributes)
            .unwrap_or(0) as u64;
        let entries = (0..3).map(|n| entry(number * 3 + n, number, "a common word"));
        TextChange::Upsert(attributes.clone(), entries.collect())
    };
    index
        .apply(space, known.iter().map(upsert).collect(), 1)
        .await
        .expect("apply");
    for round in 0..2 {
        for filter in filters() {
            let hits = index
                .search(&[space], "common", &filter, 100)
                .await
                .expect("search");
            let mut chunks: Vec<ChunkId> = hits.iter().map(|hit| hit.chunk).collect();
            chunks.sort_unstable();
            let passing = (0..).zip(&known).filter(|(_, known)| filter.passes(known));
            let expected = passing.flat_map(|(n, _)| (0..3).map(move |k| chunk(n * 3 + k)));
            assert_eq!(
                chunks,
                expected.collect::<Vec<_>>(),
                "round {round}: {filter:?}"
            );
        }
        let mut described = known[2].clone();
        described.tags = vec!["new".to_owned()];
        described.language = "el".to_owned();
        let changes = vec![TextChange::Describe(described.clone())];
        index.apply(space, changes, 2).await.expect("apply");
        known[2] = described;
    }
}

async fn spaces_do_not_see_each_other(index: &dyn TextIndex) {
    let spaces = [
        space(1, 7, 1),
        space(1, 8, 1),
        space(1, 7, 2),
        space(2, 7, 1),
    ];
    for (n, space) in (0..).zip(spaces) {
        let change = texts(1, 1, &[(1, "shared words"), (10 + n, "shared words")]);
        index.apply(space, vec![change], n).await.expect("apply");
    }
    index
        .apply(spaces[0], vec![TextChange::Remove(version(1))], 9)
        .await
        .expect("apply");
    assert_eq!(found(index, &spaces[..1], "shared").await, []);
    for (n, space) in (0..).zip(spaces).skip(1) {
        assert_eq!(
            found(index, &[space], "shared").await,
            [chunk(1), chunk(10 + n)]
        );
        assert_eq!(index.position(space).await.expect("position"), Some(n));
    }
    let both = found(index, &spaces[..2], "shared").await;
    assert_eq!(both, [chunk(1), chunk(11)]);
    let filter = Filter {
        collections: vec![spaces[0].collection()],
        ..Filter::default()
    };
    let hits = index
        .search(&spaces[..2], "shared", &filter, 10)
        .await
        .expect("search");
    assert_eq!(hits, []);
}

async fn titles_and_headings_count(index: &dyn TextIndex) {
    let space = space(1, 9, 1);
    let filler = "some other words that fill the page with nothing at all";
    let mut titled = entry(1, 1, filler);
    titled.title = "On Whales".to_owned();
    let mut headed = entry(2, 1, filler);
    headed.section = vec!["Part One".to_owned(), "The dolphins".to_owned()];
    let mut continued = entry(4, 1, filler);
    continued.header = Some("Name | Tonnage".to_owned());
    let plain = entry(3, 1, filler);
    let mut english = attributes(1);
    english.language = "en".to_owned();
    let change = TextChange::Upsert(english, vec![titled, headed, plain, continued]);
    index.apply(space, vec![change], 1).await.expect("apply");
    assert_eq!(found(index, &[space], "whale").await, [chunk(1)]);
    assert_eq!(found(index, &[space], "dolphin").await, [chunk(2)]);
    assert_eq!(found(index, &[space], "tonnage").await, [chunk(4)]);
    assert_eq!(
        found(index, &[space], "\"part one the dolphins\"").await,
        []
    );
}

async fn found(index: &dyn TextIndex, spaces: &[Space], question: &str) -> Vec<ChunkId> {
    let hits = index
        .search(spaces, question, &Filter::default(), 10)
        .await
        .expect("search");
    let ordered = |a: &super::TextHit, b: &super::TextHit| {
        a.score > b.score || (a.score == b.score && a.chunk < b.chunk)
    };
    assert!(
        hits.is_sorted_by(ordered),
        "best first, equal ones by chunk: {hits:?}"
    );
    hits.into_iter().map(|hit| hit.chunk).collect()
}

fn texts(document: u64, of_version: u64, entries: &[(u64, &str)]) -> TextChange {
    let entries = entries.iter().map(|(n, text)| entry(*n, of_version, text));
    TextChange::Upsert(attributes(document), entries.collect())
}

fn entry(number: u64, of_version: u64, text: &str) -> TextEntry {
    TextEntry {
        chunk: chunk(number),
        version: version(of_version),
        title: String::new(),
        section: Vec::new(),
        header: None,
        text: text.to_owned(),
    }
}
