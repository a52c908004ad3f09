//! Migrations, up and down and up again, on both databases.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it should be"
)]
#![expect(
    clippy::cognitive_complexity,
    clippy::large_futures,
    reason = "a case is a list of steps and of what holds after each"
)]

#[path = "support/fixture.rs"]
#[expect(dead_code, reason = "only a part of the fixture is needed here")]
mod fixture;
#[path = "support/postgres.rs"]
mod postgres;

use alexandria_core::error::ErrorKind;
use alexandria_store::catalog::{Catalog, Upgrade};
use alexandria_store::migrate::{Migrator, Target};
use sea_orm::ConnectionTrait as _;

use fixture::{Fixture, file_url, options};

/// The catalog at this address, without a look at its age.
async fn open(url: &str) -> Catalog {
    Catalog::open_as_it_is(url, options().0).await.unwrap()
}

/// Every migration by itself: up, down, up; then all of them down and up.
async fn every_step_goes_both_ways(url: &str) {
    let catalog = open(url).await;
    let migrator = Migrator::of(&catalog);
    assert_eq!(migrator.current().await.unwrap(), None);
    let names = migrator.pending().await.unwrap();
    let before = schema(url).await;
    for name in &names {
        let below = schema(url).await;
        assert_eq!(
            migrator.up(Target::Steps(1)).await.unwrap(),
            [name.as_str()]
        );
        let above = schema(url).await;
        assert_ne!(above, below, "{name} changes nothing");
        assert_eq!(
            migrator.down(&Target::Steps(1)).await.unwrap(),
            [name.as_str()]
        );
        assert_eq!(schema(url).await, below, "{name} is not taken back whole");
        assert_eq!(
            migrator.up(Target::Revision(name.clone())).await.unwrap(),
            [name.as_str()]
        );
        assert_eq!(
            schema(url).await,
            above,
            "{name} is another the second time"
        );
        assert_eq!(migrator.current().await.unwrap().as_ref(), Some(name));
    }
    let whole = schema(url).await;
    assert_eq!(migrator.up(Target::Newest).await.unwrap(), [""; 0]);
    let history = migrator.history().await.unwrap();
    assert!(history.iter().all(|step| step.applied.is_some()));
    let plan = migrator.plan_down(&Target::Empty).await.unwrap();
    let backwards: Vec<_> = names.iter().rev().cloned().collect();
    assert_eq!(
        plan.iter()
            .map(|step| step.name.clone())
            .collect::<Vec<_>>(),
        backwards
    );
    assert!(
        plan.iter().all(|step| !step.down_loses.is_empty()),
        "both lose data"
    );
    assert_eq!(migrator.down(&Target::Empty).await.unwrap(), backwards);
    assert_eq!(schema(url).await, before);
    assert_eq!(migrator.up(Target::Newest).await.unwrap(), names);
    assert_eq!(schema(url).await, whole);
    assert_eq!(
        migrator.down(&Target::Newest).await.unwrap_err().kind(),
        ErrorKind::Invalid
    );
    let unknown = migrator
        .up(Target::Revision("9999".to_owned()))
        .await
        .unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    let back = migrator
        .up(Target::Revision("1".to_owned()))
        .await
        .unwrap_err();
    assert_eq!(back.kind(), ErrorKind::Invalid);
    catalog.close().await.unwrap();
}

/// What the tables hold outlives a step that does not touch it.
async fn a_step_back_keeps_the_rest(url: &str) {
    let fixture = Fixture::open(url.to_owned(), None).await;
    let collection = fixture.collection("books").await;
    let document = fixture.document(collection, "dune").await;
    fixture.publish(document, 3).await;
    let migrator = Migrator::of(&fixture.catalog);
    migrator
        .down(&Target::Revision("1".to_owned()))
        .await
        .unwrap();
    let (options, _) = options();
    let refused = Catalog::open(
        url,
        alexandria_store::catalog::CatalogOptions {
            upgrade: Upgrade::Refuse,
            ..options
        },
    );
    let error = refused.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.message().contains("alexandria migrate up"), "{error}");
    migrator.up(Target::Newest).await.unwrap();
    let found = fixture
        .catalog
        .document(&fixture::owner(), document)
        .await
        .unwrap();
    assert_eq!((found.title.as_str(), found.chunks), ("dune", 3));
    fixture.catalog.close().await.unwrap();
}

/// A program does not touch tables that a newer one has made.
async fn newer_tables_are_refused(url: &str) {
    let (options, _) = options();
    Catalog::open(url, options.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    raw(
        url,
        "INSERT INTO schema_migrations (name, applied) VALUES ('m9999_add_x', 1)",
    )
    .await;
    let error = Catalog::open(url, options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(
        error.message().contains("newer than this program"),
        "{error}"
    );
    let catalog = open(url).await;
    let migrator = Migrator::of(&catalog);
    for refused in [
        migrator.down(&Target::Empty).await.err(),
        migrator.up(Target::Steps(1)).await.err(),
        migrator.history().await.err(),
    ] {
        assert_eq!(refused.unwrap().kind(), ErrorKind::Conflict);
    }
    catalog.close().await.unwrap();
}

/// Processes that start together on an empty database do not collide.
async fn starting_together_migrates_once(url: &str) {
    let start = || Catalog::open(url, options().0);
    let (a, b, c) = tokio::join!(start(), start(), start());
    for catalog in [a, b, c] {
        let catalog = catalog.unwrap();
        assert_eq!(Migrator::of(&catalog).pending().await.unwrap(), [""; 0]);
        catalog.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_goes_every_way() {
    let (url, _folder) = file_url();
    every_step_goes_both_ways(&url).await;
    a_step_back_keeps_the_rest(&url).await;
    let (url, _folder) = file_url();
    newer_tables_are_refused(&url).await;
    let (url, _folder) = file_url();
    starting_together_migrates_once(&url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_goes_every_way() {
    let Some(url) = postgres::fresh_database() else {
        return;
    };
    every_step_goes_both_ways(&url).await;
    a_step_back_keeps_the_rest(&url).await;
    newer_tables_are_refused(&postgres::fresh_database().unwrap()).await;
    starting_together_migrates_once(&postgres::fresh_database().unwrap()).await;
}

async fn connect(url: &str) -> sea_orm::DatabaseConnection {
    // The path of the file may hold a question mark, which an address would take for its query.
    let encoded = url.replace(' ', "%20").replace('?', "%3F");
    let url = if url.starts_with("sqlite:") {
        &encoded
    } else {
        url
    };
    sea_orm::Database::connect(url).await.unwrap()
}

async fn raw(url: &str, sql: &str) {
    let connection = connect(url).await;
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}

/// Every column and index there is, save the record of migrations.
async fn schema(url: &str) -> Vec<String> {
    let sql = if url.starts_with("sqlite:") {
        "SELECT m.name || '.' || c.name || ' ' || c.type || c.\"notnull\" || c.pk AS line \
         FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
         AND m.name NOT IN ('schema_migrations', 'sqlite_sequence') \
         UNION SELECT 'index ' || coalesce(sql, name) FROM sqlite_master WHERE type = 'index' \
         AND tbl_name <> 'schema_migrations' ORDER BY 1"
    } else {
        "SELECT table_name || '.' || column_name || ' ' || data_type || is_nullable AS line \
         FROM information_schema.columns WHERE table_schema = 'public' \
         AND table_name <> 'schema_migrations' \
         UNION SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' \
         AND tablename <> 'schema_migrations' ORDER BY 1"
    };
    let connection = connect(url).await;
    let backend = connection.get_database_backend();
    let rows = connection
        .query_all_raw(sea_orm::Statement::from_string(backend, sql))
        .await
        .unwrap();
    connection.close().await.unwrap();
    rows.iter()
        .map(|row| row.try_get::<String>("", "line").unwrap())
        .collect()
}
