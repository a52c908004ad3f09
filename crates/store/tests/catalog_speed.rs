//! What the catalog costs in processor time, on SQLite in a file. The limits are nine times what is
//! asked of a release build: tests are built with little optimisation, and on a busy machine the same
//! work takes up to three times the processor time.

#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "a measurement is a list of steps, and stops where one fails"
)]

#[path = "support/fixture.rs"]
#[expect(dead_code, reason = "only a part of the fixture is needed here")]
mod fixture;

use std::time::{Duration, Instant};

use alexandria_core::audit::{Deed, Outcome};
use alexandria_core::block::BlockKind;
use alexandria_core::principal::Principal;
use alexandria_store::blobs::Digest;
use alexandria_store::catalog::{NewChunk, NewEmbedding, NewEntry, NewJob, NewVersion};

use fixture::{Fixture, facts, new_chunk, new_version, owner, tenant};

/// Processor time of this process's threads so far.
fn cpu() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let time = |thread: std::fs::DirEntry| -> Option<u64> {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok()
    };
    Duration::from_nanos(threads.filter_map(|thread| time(thread.unwrap())).sum())
}

fn chunk(ordinal: u32) -> NewChunk {
    let text = format!(
        "{ordinal} {}",
        "A sentence as books have them, of some length. ".repeat(20)
    );
    let text_digest = Digest::of(text.as_bytes());
    NewChunk {
        kind: BlockKind::Paragraph,
        text,
        text_digest,
        ..new_chunk(ordinal)
    }
}

#[tokio::test]
async fn storing_and_reading_a_thousand_chunks_costs_little() {
    const CHUNKS: u32 = 1_000;
    let fixture = Fixture::file().await;
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let document = fixture.document(collection, "dune").await;
    let generation = catalog
        .ensure_generation("wide", 384, "structure-1")
        .await
        .expect("a generation")
        .id;
    let new = || NewVersion {
        generation,
        ..new_version(document)
    };
    let chunks: Vec<_> = (0..CHUNKS).map(chunk).collect();
    let mut version = catalog.begin_version(&owner, new()).await.unwrap().id;
    catalog
        .append_chunks(&owner, version, chunks.clone())
        .await
        .unwrap();
    version = catalog.begin_version(&owner, new()).await.unwrap().id;
    let measure = |what: &str, begin: Duration, times: u32, limit_ms: f64| {
        let each = (cpu() - begin).as_secs_f64() * 1_000.0 / f64::from(times);
        println!("{what}: {each:.2} ms of processor time (limit {limit_ms} ms)");
        assert!(each < limit_ms, "{what} costs {each:.2} ms");
    };
    let begin = cpu();
    let ids = catalog
        .append_chunks(&owner, version, chunks.clone())
        .await
        .unwrap();
    measure("append_chunks of 1,000", begin, 1, 270.0);
    catalog
        .publish_version(&owner, version, facts(CHUNKS))
        .await
        .unwrap();

    let some: Vec<_> = ids.iter().step_by(20).copied().collect();
    catalog.passages(&owner, generation, &some).await.unwrap();
    let begin = cpu();
    for _ in 0..20 {
        assert_eq!(
            catalog
                .passages(&owner, generation, &some)
                .await
                .unwrap()
                .len(),
            50
        );
    }
    measure("passages of 50", begin, 20, 9.0);

    let embeddings = (0..).zip(&chunks).map(|(ordinal, chunk)| NewEmbedding {
        ordinal,
        text_digest: chunk.text_digest,
        vector: vec![0.05; 384],
    });
    let begin = cpu();
    catalog
        .record_embeddings(&owner, version, &embeddings.collect::<Vec<_>>())
        .await
        .unwrap();
    measure("record_embeddings of 1,000", begin, 1, 450.0);

    for _ in 0..300 {
        catalog
            .enqueue(&owner, NewJob::new("read", "{}"))
            .await
            .unwrap();
    }
    let begin = cpu();
    for _ in 0..20 {
        catalog
            .claim("worker", &["read"], Duration::from_secs(60))
            .await
            .unwrap()
            .unwrap();
    }
    measure("claim with 300 waiting", begin, 20, 90.0);
}

#[tokio::test]
async fn reading_passages_does_not_cost_more_in_a_larger_library() {
    const LIMIT_MS: f64 = 3.0;
    let fixture = Fixture::file().await;
    let (catalog, owner) = (&fixture.catalog, owner());
    let collection = fixture.collection("books").await;
    let generation = fixture.generation().await.id;
    let mut some = Vec::new();
    for number in 0..300 {
        let document = fixture
            .document(collection, &format!("book {number}"))
            .await;
        let version = fixture.publish(document, 60).await;
        if number % 6 == 0 {
            let chunks = catalog.neighbours(&owner, version, 7..8).await.unwrap();
            some.extend(chunks.into_iter().map(|chunk| chunk.id));
        }
    }
    let begin = cpu();
    for _ in 0..20 {
        let found = catalog.passages(&owner, generation, &some).await.unwrap();
        assert_eq!(found.len(), 50);
    }
    let each = (cpu() - begin).as_secs_f64() * 1_000.0 / 20.0;
    println!("passages of 50 among 18,000: {each:.2} ms of processor time (limit {LIMIT_MS} ms)");
    assert!(
        each < LIMIT_MS,
        "passages of 50 among 18,000 cost {each:.2} ms"
    );
}

#[tokio::test]
async fn claiming_costs_by_tenants_and_not_by_jobs() {
    let fixture = Fixture::memory().await;
    let (catalog, owner) = (&fixture.catalog, owner());
    let new = || NewJob::new("read", "{}");
    let measure = async |what: &str, limit_ms: f64| {
        const CLAIMS: u32 = 10;
        let begin = cpu();
        for _ in 0..CLAIMS {
            let claimed = catalog.claim("worker", &["read"], Duration::from_secs(60));
            claimed.await.unwrap().unwrap();
        }
        let each = (cpu() - begin).as_secs_f64() * 1_000.0 / f64::from(CLAIMS);
        println!("claim {what}: {each:.2} ms of processor time (limit {limit_ms} ms)");
        assert!(each < limit_ms, "claim {what} costs {each:.2} ms");
    };
    for _ in 0..5_000 {
        catalog.enqueue(&owner, new()).await.unwrap();
    }
    measure("of 5,000 jobs of one tenant", 9.0).await;
    for number in 0..1_000 {
        let tenant = tenant(catalog, &format!("tenant {number}")).await;
        let principal = Principal::system(tenant, "measuring claims");
        catalog.enqueue(&principal, new()).await.unwrap();
    }
    measure("among 1,000 tenants", 45.0).await;
}

#[tokio::test]
async fn writing_an_entry_of_the_audit_log_costs_little() {
    const TIMES: u32 = 300;
    const BATCH: usize = 32;
    let fixture = Fixture::file().await;
    let entry = || NewEntry {
        principal: owner(),
        deed: Deed::new("documents_change", Outcome::Done).with("status", "200"),
    };
    let catalog = &fixture.catalog;
    catalog.append_audit(&[entry()]).await.unwrap();
    let (begin, begun) = (cpu(), Instant::now());
    for _ in 0..TIMES {
        catalog.append_audit(&[entry()]).await.unwrap();
    }
    let micros = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(TIMES);
    let (each, waited) = (micros(cpu() - begin), micros(begun.elapsed()));
    println!("an entry alone: {each:.0} µs of processor time, {waited:.0} µs until it is safe");
    let batch: Vec<_> = (0..BATCH).map(|_| entry()).collect();
    let (begin, begun) = (cpu(), Instant::now());
    for _ in 0..TIMES {
        catalog.append_audit(&batch).await.unwrap();
    }
    let (all, waited) = (micros(cpu() - begin), micros(begun.elapsed()));
    println!("{BATCH} entries at once: {all:.0} µs of processor time, {waited:.0} µs until safe");
    assert!(each < 9_000.0, "an entry costs {each:.0} µs");
}
