//! Workers that stop in the middle of anything, and the library after that.

use std::sync::Arc;
use std::time::Duration;

use alexandria_core::document::DocumentState;
use alexandria_core::id::DocumentId;
use alexandria_library::Library;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::support::{Fixture, open};

/// A text long enough to be embedded in several batches.
fn long_text(seed: usize) -> String {
    let mut text = format!("# Volume {seed}\n\n");
    for number in 0..300 {
        let word = (seed + number) * 7919 % 1000;
        text.push_str(&format!(
            "## Chapter {number}\n\nThe keeper of lamp {word} wrote the {number}th letter of volume \
             {seed} in the tower. Nobody had seen ship {word} since winter.\n\n"
        ));
    }
    text
}

/// Drops a library and everything it does, as a killed process would, without closing anything.
async fn kill(library: Arc<Library>, cancel: &CancellationToken) {
    cancel.cancel();
    drop(library);
    tokio::task::yield_now().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_acknowledged_is_finished_after_workers_stop_anywhere() {
    let fixture = Fixture::new().await;
    let mut documents: Vec<DocumentId> = Vec::new();
    for seed in 0..3 {
        documents.push(
            fixture
                .add("tower", &format!("{seed}.md"), &long_text(seed))
                .await
                .document
                .id,
        );
    }
    let Fixture {
        mut library,
        folder,
        owner,
    } = fixture;
    for pause_ms in [0, 20, 60, 150, 300, 500, 700] {
        let settings = library.settings().clone();
        let cancel = CancellationToken::new();
        let worker = {
            let (library, cancel) = (Arc::clone(&library), cancel.clone());
            TaskTracker::new().spawn(async move { library.run_workers(cancel).await })
        };
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        worker.abort();
        kill(library, &cancel).await;
        library = reopen_when_free(settings).await;
        // Nothing that was stored is gone, and nothing is shown in part.
        for id in &documents {
            let document = library.document(&owner, *id).await.unwrap();
            assert_ne!(
                document.state,
                DocumentState::Failed,
                "{:?}",
                document.faults
            );
        }
    }
    let fixture = Fixture {
        library,
        folder,
        owner,
    };
    for id in &documents {
        let document = fixture.finish(*id).await;
        assert_eq!(document.state, DocumentState::Ready);
        assert_eq!(document.embedded, document.chunks);
    }
    let status = fixture.library.status(&fixture.owner).await.unwrap();
    let space = &status.spaces[0];
    assert_eq!(
        (space.entries, space.points),
        (status.chunks, status.chunks)
    );
    let diagnosis = fixture.library.doctor(&fixture.owner).await.unwrap();
    assert!(diagnosis.is_sound(), "{diagnosis:?}");
}

/// Opens the library once the tasks of the one before have let go of it.
async fn reopen_when_free(settings: alexandria_library::LibrarySettings) -> Arc<Library> {
    for _ in 0..500 {
        let library = open(settings.clone()).await;
        if library.is_working() {
            return library;
        }
        drop(library);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the data directory stays locked");
}
