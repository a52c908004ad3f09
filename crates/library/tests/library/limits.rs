//! What is refused, and with which words.

use alexandria_core::block::Span;
use alexandria_core::error::{ErrorKind, Result};
use alexandria_library::documents::Upload;
use alexandria_library::{DocumentChange, SearchRequest};

use crate::support::{BREAD, Fixture, open, words_only};

fn refused<T>(result: Result<T>, kind: ErrorKind, words: &str) {
    let Err(error) = result else {
        panic!("it was not refused: {words}")
    };
    assert_eq!(error.kind(), kind, "{error:?}");
    assert!(
        error.chain().contains(words),
        "{error:?} does not say {words:?}"
    );
}

#[tokio::test]
async fn uploads_outside_the_limits_are_refused_and_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = words_only(folder.path());
    settings.limits.upload_bytes_max = 10_000;
    let library = open(settings).await;
    let owner = alexandria_core::principal::Principal::owner();
    let collection = library.ensure_collection(&owner, "notes").await.unwrap();
    let add = async |name: &str, bytes: Vec<u8>| {
        library
            .add_document(&owner, Upload::new(collection.id, name), &*bytes)
            .await
    };
    refused(
        add("empty.txt", Vec::new()).await,
        ErrorKind::Invalid,
        "empty",
    );
    refused(
        add("large.txt", vec![b'a'; 10_001]).await,
        ErrorKind::TooLarge,
        "",
    );
    refused(add("", b"text".to_vec()).await, ErrorKind::Invalid, "name");
    refused(
        add(&"n".repeat(1_001), b"text".to_vec()).await,
        ErrorKind::Invalid,
        "longer",
    );
    assert_eq!(library.status(&owner).await.unwrap().documents.total(), 0);
    let names = [
        "../../etc/passwd",
        "a\nb.txt",
        "𝒟𝓊𝓃𝑒.txt",
        "C:\\books\\a.txt",
        "  spaced .txt",
    ];
    for (at, name) in names.into_iter().enumerate() {
        let added = add(name, format!("text number {at}").into_bytes())
            .await
            .unwrap();
        assert!(!added.document.name.contains('\n'));
        assert!(!added.document.title.is_empty());
    }
}

#[tokio::test]
async fn searches_outside_the_limits_are_refused() {
    let fixture = Fixture::words_only().await;
    let search = async |query: &str, limit| {
        let request = SearchRequest {
            limit,
            ..SearchRequest::new(query)
        };
        fixture.library.search(&fixture.owner, &request).await
    };
    refused(search(" ", 10).await, ErrorKind::Invalid, "empty");
    refused(search("a", 0).await, ErrorKind::Invalid, "1 to");
    refused(search("a", 10_000).await, ErrorKind::Invalid, "1 to");
    refused(
        search(&"a".repeat(9_000), 10).await,
        ErrorKind::Invalid,
        "longer",
    );
    for query in [
        "\"",
        "AND OR NOT",
        "a:b^2 ~(",
        "\u{0}",
        "🦀",
        "title:\"",
        "ﷺ",
    ] {
        assert!(search(query, 10).await.is_ok(), "{query:?}");
    }
}

#[tokio::test]
async fn stored_text_is_cut_to_whole_characters_and_to_the_limit() {
    let fixture = Fixture::words_only().await;
    let text = "Über Größe und Maß läßt sich streiten. ".repeat(20);
    let document = fixture.read("notes", "a.txt", &text).await;
    let part = async |start, end| {
        let span = Some(Span::new(start, end));
        fixture
            .library
            .stored_text(&fixture.owner, document.id, span)
            .await
    };
    let whole = fixture
        .library
        .stored_text(&fixture.owner, document.id, None)
        .await
        .unwrap();
    assert_eq!(whole.span, Span::new(0, whole.bytes));
    for start in 0..20 {
        let part = part(start, start + 7).await.unwrap();
        assert_eq!(part.span.of(&whole.text), Some(part.text.as_str()));
    }
    refused(
        part(whole.bytes + 1, whole.bytes + 2).await,
        ErrorKind::Invalid,
        "no such part",
    );
    refused(part(5, 4).await, ErrorKind::Invalid, "no such part");
}

#[tokio::test]
async fn names_of_collections_and_tags_are_checked() {
    let fixture = Fixture::words_only().await;
    let library = &fixture.library;
    let create = async |name: &str| library.create_collection(&fixture.owner, name, "").await;
    refused(create("  ").await, ErrorKind::Invalid, "empty");
    refused(create("a\nb").await, ErrorKind::Invalid, "line break");
    refused(create(&"n".repeat(300)).await, ErrorKind::Invalid, "longer");
    assert!(create(" collection ").await.is_ok());
    refused(create("collection").await, ErrorKind::Conflict, "already");
    let bread = fixture.read("collection", "bread.md", BREAD).await;
    let change = async |tags: Vec<String>| {
        let change = DocumentChange {
            tags: Some(tags),
            ..DocumentChange::default()
        };
        library
            .update_document(&fixture.owner, bread.id, change)
            .await
    };
    refused(change(vec![String::new()]).await, ErrorKind::Invalid, "tag");
    refused(
        change(vec!["t".to_owned(); 51]).await,
        ErrorKind::Invalid,
        "50",
    );
    assert_eq!(change(vec!["a".to_owned()]).await.unwrap().tags, ["a"]);
}
