//! The second wall between tenants: row-level security of PostgreSQL.
//!
//! This program says in every statement whose rows it wants. Whoever connects past it (a report, a
//! person with a console, a stolen password of another role) is held by the database: a role that does
//! not own the tables sees the rows of the tenant that its connection names in `alexandria.tenant`,
//! and none while it names none. The wall is put up after every migration, around every table that has
//! a tenant, so that no new table is forgotten.

use alexandria_core::error::Result;
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use crate::catalog::Doing;

/// Puts the wall up where it is missing.
const WALL: &str = "
DO $$
DECLARE
    walled record;
    named constant text := 'nullif(current_setting(''alexandria.tenant'', true), '''')::uuid';
BEGIN
    FOR walled IN
        SELECT c.relname AS name, a.attname AS owner
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
            AND a.attname = CASE c.relname WHEN 'tenants' THEN 'id' ELSE 'tenant_id' END
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
            AND NOT EXISTS (
                SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant_wall')
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled.name);
        EXECUTE format('CREATE POLICY tenant_wall ON %I USING (%I = %s) WITH CHECK (%I = %s)',
            walled.name, walled.owner, named, walled.owner, named);
    END LOOP;
END $$";

/// Puts the wall up around every table that has none yet.
pub(super) async fn put_up(tx: &DatabaseTransaction) -> Result<()> {
    let done = tx.execute_unprepared(WALL).await;
    done.doing(|| "cannot put up row-level security".to_owned())?;
    Ok(())
}
