//! What every vector store must do, checked against a plain list of points.
//!
//! An engine runs [`rules`] on an empty store; and [`Model`] is the list to compare any further
//! history with.

mod model;

use alexandria_core::error::ErrorKind;
use alexandria_core::filter::{Attributes, Filter};
use alexandria_core::id::{ChunkId, CollectionId, DocumentId, GenerationId, TenantId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Effort, Point, VectorChange, VectorStore};

pub(crate) use self::model::Model;

/// Checks the rules of the contract on an empty store.
pub(crate) async fn rules(store: &dyn VectorStore) {
    an_unknown_space_is_empty(store).await;
    points_come_are_replaced_and_leave(store).await;
    filters_follow_the_documents(store).await;
    spaces_do_not_see_each_other(store).await;
    wrong_vectors_change_nothing(store).await;
    store.check().await.expect("a store that answers");
}

async fn an_unknown_space_is_empty(store: &dyn VectorStore) {
    let space = space(1, 1, 1);
    assert_eq!(store.position(space).await.expect("position"), None);
    assert_eq!(store.count(space).await.expect("count"), 0);
    let hits = store
        .search(&[space], &vector(1), &Filter::default(), 5, Effort::Normal)
        .await;
    assert_eq!(hits.expect("search"), []);
    store
        .drop_space(space)
        .await
        .expect("dropping what is not there");
    store
        .apply(space, Vec::new(), 3)
        .await
        .expect("moving the position only");
    assert_eq!(store.position(space).await.expect("position"), Some(3));
}

async fn points_come_are_replaced_and_leave(store: &dyn VectorStore) {
    let space = space(1, 2, 1);
    let mut model = Model::default();
    let steps = [
        vec![upsert(1, 1, 0..20), upsert(2, 2, 20..50)],
        vec![upsert(1, 1, 0..20)],
        vec![upsert(1, 3, 10..30)],
        vec![
            VectorChange::Remove(version(1)),
            VectorChange::Remove(version(99)),
        ],
        vec![
            VectorChange::Remove(version(3)),
            upsert(3, 4, 5..9),
            upsert(3, 5, 7..12),
        ],
    ];
    for (position, changes) in (10..).zip(steps) {
        for _ in 0..2 {
            store
                .apply(space, changes.clone(), position)
                .await
                .expect("apply");
        }
        model.apply(&changes);
        assert_eq!(
            store.position(space).await.expect("position"),
            Some(position)
        );
        model.compare(store, space, &Filter::default()).await;
    }
    store.drop_space(space).await.expect("drop");
    assert_eq!(store.position(space).await.expect("position"), None);
    Model::default()
        .compare(store, space, &Filter::default())
        .await;
}

async fn filters_follow_the_documents(store: &dyn VectorStore) {
    let space = space(1, 3, 1);
    let mut model = Model::default();
    let mut described = attributes(2);
    described.tags = vec!["new".to_owned()];
    described.language = "el".to_owned();
    let steps = [
        (0..8).map(|n| upsert(n, n, n * 10..n * 10 + 10)).collect(),
        vec![
            VectorChange::Describe(described),
            VectorChange::Describe(attributes(77)),
        ],
    ];
    for (position, changes) in (1..).zip(steps) {
        store
            .apply(space, changes.clone(), position)
            .await
            .expect("apply");
        model.apply(&changes);
        for filter in filters() {
            model.compare(store, space, &filter).await;
        }
    }
    let elsewhere = Filter {
        collections: vec![CollectionId::from_uuid(id(9, 9))],
        ..Filter::default()
    };
    let hits = store
        .search(&[space], &vector(1), &elsewhere, 5, Effort::Normal)
        .await
        .expect("search");
    assert_eq!(hits, []);
}

async fn spaces_do_not_see_each_other(store: &dyn VectorStore) {
    let spaces = [
        space(1, 4, 1),
        space(1, 5, 1),
        space(1, 4, 2),
        space(2, 4, 1),
    ];
    let mut models = vec![Model::default(); spaces.len()];
    for (n, (space, model)) in (0..).zip(spaces.iter().zip(&mut models)) {
        let changes = vec![upsert(1, 1, n * 3..n * 3 + 6)];
        store
            .apply(*space, changes.clone(), 1)
            .await
            .expect("apply");
        model.apply(&changes);
    }
    store
        .apply(spaces[0], vec![VectorChange::Remove(version(1))], 2)
        .await
        .expect("apply");
    models[0].apply(&[VectorChange::Remove(version(1))]);
    for (space, model) in spaces.iter().zip(&models) {
        model.compare(store, *space, &Filter::default()).await;
    }
    some_spaces_are_searched_as_one(store, &spaces[1..3]).await;
}

async fn some_spaces_are_searched_as_one(store: &dyn VectorStore, spaces: &[Space]) {
    let (query, open) = (vector(4), Filter::default());
    let mut each = Vec::new();
    for space in spaces {
        let found = store.search(std::slice::from_ref(space), &query, &open, 9, Effort::Exact);
        each.extend(found.await.expect("search of one"));
    }
    each.sort_by(|a, b| b.cosine.total_cmp(&a.cosine).then(a.chunk.cmp(&b.chunk)));
    let unknown = [space(1, 77, 1)];
    let asked: Vec<Space> = [spaces, &unknown].concat();
    for limit in [1, 5, 100] {
        let found = store.search(&asked, &query, &open, limit, Effort::Exact);
        let found = found.await.expect("search of some");
        let best = each.get(..limit.min(each.len())).unwrap_or_default();
        assert_eq!(found, best, "the best {limit} of all");
    }
    let only = Filter {
        collections: vec![spaces[0].collection()],
        ..Filter::default()
    };
    let found = store.search(&asked, &query, &only, 100, Effort::Normal);
    let alone = store.search(&spaces[..1], &query, &open, 100, Effort::Exact);
    assert_eq!(found.await.expect("filtered"), alone.await.expect("alone"));
    let nowhere = store.search(&[], &query, &open, 5, Effort::Normal);
    assert_eq!(nowhere.await.expect("no space"), []);
}

async fn wrong_vectors_change_nothing(store: &dyn VectorStore) {
    let space = space(1, 6, 1);
    let mut model = Model::default();
    let good = vec![upsert(1, 1, 0..5)];
    store.apply(space, good.clone(), 1).await.expect("apply");
    model.apply(&good);
    let point = |vector: Vec<f32>| {
        let point = Point {
            chunk: chunk(70),
            version: version(7),
            vector,
        };
        vec![
            upsert(6, 6, 60..62),
            VectorChange::Upsert(attributes(7), vec![point]),
        ]
    };
    let too_long = store.capability().dimensions_max + 8;
    for wrong in [
        vec![1.0; 24],
        Vec::new(),
        vec![f32::NAN; 16],
        vec![0.0; 16],
        vec![0.1; too_long],
    ] {
        let error = store
            .apply(space, point(wrong), 2)
            .await
            .expect_err("a wrong vector");
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error:?}");
        assert_eq!(store.position(space).await.expect("position"), Some(1));
        model.compare(store, space, &Filter::default()).await;
    }
    let short = store
        .search(&[space], &[1.0; 8], &Filter::default(), 5, Effort::Normal)
        .await;
    assert_eq!(
        short.expect_err("another length").kind(),
        ErrorKind::Invalid
    );
}

async fn scroll_all(store: &dyn VectorStore, space: Space) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    loop {
        let after = points.last().map(|point| point.chunk);
        let more = store.scroll(space, after, 7).await.expect("scroll");
        if more.is_empty() {
            return points;
        }
        points.extend(more);
    }
}

/// Filters that tell the documents of [`attributes`] apart.
pub(crate) fn filters() -> Vec<Filter> {
    let moment = |n| attributes(n).added;
    vec![
        Filter::default(),
        Filter {
            tags: vec!["odd".to_owned()],
            ..Filter::default()
        },
        Filter {
            tags: vec!["new".to_owned(), "even".to_owned()],
            ..Filter::default()
        },
        Filter {
            languages: vec!["el".to_owned()],
            ..Filter::default()
        },
        Filter {
            formats: vec!["pdf".to_owned(), "nothing".to_owned()],
            ..Filter::default()
        },
        Filter {
            documents: vec![document(2), document(5), document(99)],
            ..Filter::default()
        },
        Filter {
            added_after: Some(moment(2)),
            added_before: Some(moment(5)),
            tags: vec!["odd".to_owned()],
            ..Filter::default()
        },
        Filter {
            tags: vec!["nothing".to_owned()],
            ..Filter::default()
        },
    ]
}

/// The space of a tenant, collection and generation by number.
pub(crate) fn space(tenant: u64, collection: u64, generation: u64) -> Space {
    let principal = Principal::system(TenantId::from_uuid(id(1, tenant)), "a test");
    let collection = CollectionId::from_uuid(id(2, collection));
    Space::new(
        &principal,
        collection,
        GenerationId::from_uuid(id(3, generation)),
    )
}

/// A document with this number, described by it.
pub(crate) fn attributes(number: u64) -> Attributes {
    Attributes {
        document: document(number),
        tags: vec![
            if number.is_multiple_of(2) {
                "even"
            } else {
                "odd"
            }
            .to_owned(),
        ],
        language: ["en", "de", ""][(number % 3) as usize].to_owned(),
        format: ["pdf", "epub"][(number % 2) as usize].to_owned(),
        added: Timestamp::from_second(1_700_000_000 + number as i64).expect("a moment"),
    }
}

/// The points of a document with these chunk numbers; vectors follow chunk and version.
pub(crate) fn upsert(number: u64, of_version: u64, chunks: std::ops::Range<u64>) -> VectorChange {
    let point = |n| Point {
        chunk: chunk(n),
        version: version(of_version),
        vector: vector(n * 31 + of_version),
    };
    VectorChange::Upsert(attributes(number), chunks.map(point).collect())
}

/// A document by number.
pub(crate) fn document(number: u64) -> DocumentId {
    DocumentId::from_uuid(id(4, number))
}

/// A version by number.
pub(crate) fn version(number: u64) -> VersionId {
    VersionId::from_uuid(id(5, number))
}

/// A chunk by number.
pub(crate) fn chunk(number: u64) -> ChunkId {
    ChunkId::from_uuid(id(6, number))
}

/// A vector of sixteen numbers, of length one.
pub(crate) fn vector(seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut number = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 24) as f32 - 0.5
    };
    let numbers: Vec<f32> = (0..16).map(|_| number()).collect();
    let length = numbers
        .iter()
        .map(|number| number * number)
        .sum::<f32>()
        .sqrt();
    numbers.into_iter().map(|number| number / length).collect()
}

fn id(kind: u64, number: u64) -> Uuid {
    Uuid::from_u64_pair(
        0x0190_0000_0000_7000 | kind << 32,
        0x8000_0000_0000_0000 | number,
    )
}
