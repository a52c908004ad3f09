//! Answers that are kept, and what verifying them notices.

use alexandria_core::access::Scopes;
use alexandria_core::error::ErrorKind;
use alexandria_core::id::KeyId;
use alexandria_core::principal::{Actor, Principal};
use alexandria_library::AnswerQuery;
use alexandria_library::answers::TextState;
use uuid::Uuid;

use crate::support::{Fixture, LIGHTHOUSE, open, settings};

const QUESTION: &str = "Who was the architect of the lighthouse of Pharos?";

#[tokio::test]
async fn a_kept_answer_holds_until_a_byte_changes_or_its_document_goes() {
    let fixture = Fixture::new().await;
    let document = fixture.read("notes", "pharos.md", LIGHTHOUSE).await;
    let answer = fixture.ask(QUESTION).await;
    let id = answer.id.unwrap();
    let (library, owner) = (&fixture.library, &fixture.owner);
    let listed = library
        .answers(
            owner,
            &AnswerQuery {
                limit: 10,
                cursor: None,
            },
        )
        .await
        .unwrap();
    assert_eq!(listed.items[0].question, QUESTION);
    assert_eq!(listed.items[0].said.sentences, answer.sentences);
    let found = library.verify_answer(owner, id).await.unwrap();
    assert!(found.holds, "{found:?}");
    assert_eq!(found.texts, [TextState::Unchanged]);
    // One byte of the stored text, far from the quote, on the disk.
    let changed = change_a_stored_text(
        fixture.folder.path(),
        &answer.sentences[0].citations[0].quote,
    );
    assert_eq!(changed, 1);
    let found = library.verify_answer(owner, id).await.unwrap();
    assert!(!found.holds, "{found:?}");
    assert_eq!(found.texts, [TextState::Changed]);
    library.remove_document(owner, document.id).await.unwrap();
    let folder = fixture.folder;
    library.close().await.unwrap();
    drop(fixture.library);
    // Opening again purges what was removed.
    let library = open(settings(folder.path())).await;
    let other = Fixture {
        library,
        folder,
        owner: Principal::owner(),
    };
    other.read("notes", "bread.md", crate::support::BREAD).await;
    let found = other.library.verify_answer(&other.owner, id).await.unwrap();
    assert!(!found.holds);
    assert_eq!(found.texts, [TextState::Gone]);
    assert_eq!(found.sentences[0].quotes_standing, 0);
}

/// Changes the last letter of the stored text that holds these words; says how many there were.
fn change_a_stored_text(folder: &std::path::Path, words: &str) -> usize {
    let mut changed = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut bytes = std::fs::read(&path).unwrap();
            let is_text = std::str::from_utf8(&bytes).is_ok_and(|text| text.contains(words));
            // The original begins with its heading's mark; the stored text does not.
            if is_text && !bytes.starts_with(b"#") && path.to_string_lossy().contains("blobs") {
                let last = bytes.iter().rposition(u8::is_ascii_lowercase).unwrap();
                bytes[last] = if bytes[last] == b'x' { b'y' } else { b'x' };
                std::fs::remove_file(&path).unwrap();
                std::fs::write(&path, bytes).unwrap();
                changed += 1;
            }
        }
    }
    changed
}

#[tokio::test]
async fn an_answer_belongs_to_the_one_who_asked() {
    let fixture = Fixture::new().await;
    fixture.read("notes", "pharos.md", LIGHTHOUSE).await;
    let id = fixture.ask(QUESTION).await.id.unwrap();
    let library = &fixture.library;
    let actor = Actor::Key(KeyId::from_uuid(Uuid::from_u128(7)));
    let colleague = Principal::authenticated(fixture.owner.tenant(), actor.clone(), Scopes::all());
    let nobody = Principal::authenticated(fixture.owner.tenant(), actor, Scopes::of(&[]));
    for (who, kind) in [
        (&colleague, ErrorKind::NotFound),
        (&nobody, ErrorKind::Forbidden),
    ] {
        assert_eq!(
            library.given_answer(who, id).await.unwrap_err().kind(),
            kind
        );
        assert_eq!(
            library.verify_answer(who, id).await.unwrap_err().kind(),
            kind
        );
        assert_eq!(
            library.forget_answer(who, id).await.unwrap_err().kind(),
            kind
        );
    }
    library.forget_answer(&fixture.owner, id).await.unwrap();
    assert_eq!(
        library
            .given_answer(&fixture.owner, id)
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn answers_are_not_kept_where_the_settings_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path());
    settings.answers_kept_days = 0;
    let fixture = Fixture {
        library: open(settings).await,
        folder,
        owner: Principal::owner(),
    };
    fixture.read("notes", "pharos.md", LIGHTHOUSE).await;
    assert_eq!(fixture.ask(QUESTION).await.id, None);
}
