//! Case: the database keeps tenants apart by itself, for connections that come past this program.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};

use crate::fixture::{Fixture, tenant};

/// Somebody with a role of their own, who may read and write every table.
async fn somebody(url: &str) -> DatabaseConnection {
    let admin = Database::connect(url).await.unwrap();
    for sql in [
        "CREATE ROLE somebody LOGIN",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO somebody",
    ] {
        admin.execute_unprepared(sql).await.unwrap();
    }
    let mut options = sea_orm::ConnectOptions::new(url);
    // One connection, so that what it names holds for the next statement.
    options.max_connections(1);
    let connection = Database::connect(options).await.unwrap();
    connection
        .execute_unprepared("SET ROLE somebody")
        .await
        .unwrap();
    connection
}

async fn count(connection: &DatabaseConnection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) AS n FROM {table}");
    let query = Statement::from_string(connection.get_database_backend(), sql);
    let found = connection.query_one_raw(query).await.unwrap().unwrap();
    found.try_get::<i64>("", "n").unwrap()
}

pub(crate) async fn a_connection_past_this_program_sees_one_tenant_or_none(fixture: &Fixture) {
    let Some(url) = fixture.postgres_url() else {
        return;
    };
    let books = fixture.collection("books").await;
    let dune = fixture.document(books, "dune").await;
    fixture.publish(dune, 3).await;
    let other = tenant(&fixture.catalog, "other").await;
    let somebody = somebody(&url).await;
    let backend = somebody.get_database_backend();
    let tables = "SELECT relname::text AS name, relrowsecurity AS walled FROM pg_class \
                  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
    let tables = Statement::from_string(backend, tables);
    let mut held = 0;
    for row in somebody.query_all_raw(tables).await.unwrap() {
        let name = row.try_get::<String>("", "name").unwrap();
        // The tables' own age, and which embedding model is in use, are nobody's.
        if ["schema_migrations", "generations"].contains(&name.as_str()) {
            continue;
        }
        assert!(
            row.try_get::<bool>("", "walled").unwrap(),
            "{name} has no wall"
        );
        assert_eq!(
            count(&somebody, &name).await,
            0,
            "{name} shows rows to nobody's tenant"
        );
        held += 1;
    }
    assert!(held > 20, "only {held} tables");
    let name = |tenant: String| format!("SET alexandria.tenant = '{tenant}'");
    let own = crate::fixture::owner().tenant().to_string();
    somebody.execute_unprepared(&name(own)).await.unwrap();
    assert_eq!(count(&somebody, "documents").await, 1);
    assert_eq!(count(&somebody, "chunks").await, 3);
    assert_eq!(count(&somebody, "tenants").await, 1);
    somebody
        .execute_unprepared(&name(other.to_string()))
        .await
        .unwrap();
    assert_eq!(count(&somebody, "documents").await, 0);
    let changed = somebody
        .execute_unprepared("UPDATE documents SET title = 'stolen'")
        .await;
    assert_eq!(changed.unwrap().rows_affected(), 0);
    let moved = "INSERT INTO collections (id, tenant_id, name, description, created, changed) \
                 SELECT gen_random_uuid(), '01900000-0000-7000-8000-000000000001', 'x', '', 0, 0";
    assert!(
        somebody.execute_unprepared(moved).await.is_err(),
        "a row is put into another tenant"
    );
}
