//! Erasing a person: every row that is theirs goes, and what has to stay as evidence leads to nobody any
//! more. The tables are asked of the database, so that one that is added later is not forgotten.
//!
//! Invariant: the row of the person goes first and is held until the end, and whoever keeps something of
//! theirs holds it meanwhile ([`hold_actor`]); so nothing is kept after the erasure has been told.

use std::collections::BTreeMap;

use alexandria_core::erasure::Receipt;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{KeyId, UserId};
use alexandria_core::principal::{Actor, Principal};
use alexandria_core::user::Email;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Value};
use uuid::Uuid;

use super::database::{execute, number, placeholders, row, rows};
use super::users::refuse_no_owner;
use super::{Catalog, Doing, commit, not_found, tenant};

/// Tables that say who acted and stay: the chain of the audit log, which names ids alone, and what
/// models have cost.
const KEPT: [&str; 3] = ["audit_log", "usage_entries", "usage_reservations"];

/// What is erased before the tables that name an actor, because it is found by their rows.
const CASES: &str = "evaluation_cases";

/// How many rows were erased, and how many remain, by table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Those that are gone.
    pub erased: BTreeMap<String, u64>,
    /// Those that stay, under an id that leads to nobody.
    pub remaining: BTreeMap<String, u64>,
}

/// Who is to be erased, and under which names they have acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The person.
    pub user: UserId,
    /// The person and the keys that they have made, as the catalog names those who act.
    pub actors: Vec<String>,
    /// Their address, while they are one of the tenant's people.
    pub email: Option<Email>,
    /// What they are called.
    pub name: Option<String>,
}

/// Holds the one who acts until the end of a transaction.
///
/// # Errors
/// `NotFound` when they are a person who has been removed meanwhile.
pub(super) async fn hold_actor(tx: &DatabaseTransaction, principal: &Principal) -> Result<()> {
    let Actor::User(id) = principal.actor() else {
        return Ok(());
    };
    let is_postgres = tx.get_database_backend() == DbBackend::Postgres;
    let lock = if is_postgres { " FOR KEY SHARE" } else { "" };
    let sql = format!("SELECT id FROM users WHERE tenant_id = $1 AND id = $2{lock}");
    let values = vec![tenant(principal).into(), id.as_uuid().into()];
    let found = row::<IdRow, _>(tx, sql, values).await;
    let found = found.doing(|| "cannot see whether a person is still there".to_owned())?;
    found.map(drop).ok_or_else(|| {
        let sentence = "whoever asks is no longer one of the tenant's people: nothing is kept";
        Error::new(ErrorKind::NotFound, sentence)
    })
}

impl Catalog {
    /// Under which names a person has acted in the tenant. Somebody who has been removed is found by
    /// what they have left.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn holder(&self, principal: &Principal, user: UserId) -> Result<Holder> {
        let sentence = || format!("cannot look for what belongs to the person {user}");
        let read = self.database.read();
        let actor = Actor::User(user).to_string();
        let sql = "SELECT id FROM api_keys WHERE tenant_id = $1 AND made_by = $2 ORDER BY id";
        let values = vec![tenant(principal).into(), actor.clone().into()];
        let keys = rows::<IdRow, _>(read, sql, values).await.doing(sentence)?;
        let mut holder = Holder {
            user,
            actors: vec![actor],
            email: None,
            name: None,
        };
        let key = |row: &IdRow| Actor::Key(KeyId::from_uuid(row.id)).to_string();
        holder.actors.extend(keys.iter().map(key));
        match self.user(principal, user).await {
            Ok(user) => {
                holder.email = Some(user.email);
                holder.name = Some(user.name.to_string());
                return Ok(holder);
            }
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Err(_removed) => {}
        }
        for table in self.tables_of_actors().await? {
            let (wanted, values) = of_actors(principal, &holder.actors);
            let sql = format!("SELECT count(*) AS n FROM {table} WHERE {wanted}");
            if number(read, sql, values).await.doing(sentence)? > 0 {
                return Ok(holder);
            }
        }
        Err(not_found("person", user))
    }

    /// Erases a person. `seal` is told what was erased before anything is permanent, and gives the
    /// receipt that is kept with it.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the tenant would be left without an owner who can sign in; those of
    /// `seal`. Then nothing is erased.
    pub async fn erase_user<F>(
        &self,
        principal: &Principal,
        user: UserId,
        seal: impl FnOnce(Holder, Erased) -> F + Send,
    ) -> Result<Receipt>
    where
        F: Future<Output = Result<Receipt>> + Send,
    {
        let holder = self.holder(principal, user).await?;
        let by_actor = self.tables_of_actors().await?;
        let by_user = self.tables_with("user_id").await?;
        let tx = self.begin_alone(principal).await?;
        let erasing = Erasing {
            tx: &tx,
            principal,
            holder: &holder,
        };
        let mut done = Erased::default();
        erasing.count_beneath(&by_user, &mut done).await?;
        erasing.erase_account(&mut done).await?;
        erasing.erase_rows(&by_actor, &by_user, &mut done).await?;
        erasing.erase_names(&mut done).await?;
        erasing.count_remaining(&mut done).await?;
        let receipt = seal(holder.clone(), done).await?;
        self.insert_erasure(&tx, &receipt, user.as_uuid()).await?;
        commit(tx, "the erasure of a person").await?;
        self.database.empty_log().await?;
        Ok(receipt)
    }

    /// Removes what somebody has left who was erased while they acted. Says how many rows there were.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn sweep_actors(&self, principal: &Principal, actors: &[String]) -> Result<u64> {
        let sentence = || "cannot remove what somebody erased has left".to_owned();
        let mut swept = 0;
        for table in self.tables_of_actors().await? {
            let (wanted, values) = of_actors(principal, actors);
            let sql = format!("DELETE FROM {table} WHERE {wanted}");
            let done = execute(self.database.write(), sql, values).await;
            swept += done.doing(sentence)?;
        }
        if swept > 0 {
            self.database.empty_log().await?;
        }
        Ok(swept)
    }

    /// How many rows name somebody of these, by table: none after an erasure.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn rows_of_user(
        &self,
        principal: &Principal,
        user: UserId,
    ) -> Result<BTreeMap<String, u64>> {
        let sentence = || format!("cannot look for what belongs to the person {user}");
        let read = self.database.read();
        let mut found = BTreeMap::new();
        let mut note = |table: &str, count: i64| {
            if count > 0 {
                found.insert(table.to_owned(), u64::try_from(count).unwrap_or(0));
            }
        };
        let actors = [Actor::User(user).to_string()];
        for table in self.tables_of_actors().await? {
            let (wanted, values) = of_actors(principal, &actors);
            let sql = format!("SELECT count(*) AS n FROM {table} WHERE {wanted}");
            note(&table, number(read, sql, values).await.doing(sentence)?);
        }
        let own = || -> Vec<Value> { vec![tenant(principal).into(), user.as_uuid().into()] };
        for table in self.tables_with("user_id").await? {
            let sql =
                format!("SELECT count(*) AS n FROM {table} WHERE tenant_id = $1 AND user_id = $2");
            note(&table, number(read, sql, own()).await.doing(sentence)?);
        }
        let sql = "SELECT count(*) AS n FROM users WHERE tenant_id = $1 AND id = $2";
        note("users", number(read, sql, own()).await.doing(sentence)?);
        let beside = "SELECT count(*) AS n FROM audit_addresses WHERE tenant_id = $1 AND sequence \
                      IN (SELECT sequence FROM audit_log WHERE tenant_id = $1 AND actor = $2)";
        let [actor] = actors;
        let values = vec![tenant(principal).into(), actor.into()];
        let left = number(read, beside, values).await.doing(sentence)?;
        note("audit_addresses", left);
        Ok(found)
    }

    /// The tables whose rows belong to one who acts, save those that stay.
    async fn tables_of_actors(&self) -> Result<Vec<String>> {
        let mut tables = self.tables_with("actor").await?;
        tables.retain(|table| !KEPT.contains(&table.as_str()));
        Ok(tables)
    }
}

/// The rows of a tenant that belong to these who act.
fn of_actors(principal: &Principal, actors: &[String]) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = vec![tenant(principal).into()];
    values.extend(actors.iter().map(|actor| Value::from(actor.clone())));
    let list = placeholders(2, actors.len());
    (format!("tenant_id = $1 AND actor IN ({list})"), values)
}

/// The erasure of a person under way.
struct Erasing<'a> {
    tx: &'a DatabaseTransaction,
    principal: &'a Principal,
    holder: &'a Holder,
}

impl Erasing<'_> {
    fn sentence(&self) -> String {
        format!("cannot erase the person {}", self.holder.user)
    }

    async fn run(&self, sql: &str, values: Vec<Value>) -> Result<u64> {
        let done = execute(self.tx, sql, values).await;
        done.doing(|| self.sentence())
    }

    async fn count(&self, sql: &str, values: Vec<Value>) -> Result<u64> {
        let found = number(self.tx, sql, values).await;
        Ok(u64::try_from(found.doing(|| self.sentence())?).unwrap_or(0))
    }

    /// Tenant and person, as the first two parameters.
    fn own(&self) -> Vec<Value> {
        let user = self.holder.user.as_uuid();
        vec![tenant(self.principal).into(), user.into()]
    }

    /// What goes with the row of the person by itself.
    async fn count_beneath(&self, by_user: &[String], done: &mut Erased) -> Result<()> {
        for table in by_user {
            let sql =
                format!("SELECT count(*) AS n FROM {table} WHERE tenant_id = $1 AND user_id = $2");
            add(&mut done.erased, table, self.count(&sql, self.own()).await?);
        }
        Ok(())
    }

    /// The row of the person, held from now on.
    async fn erase_account(&self, done: &mut Erased) -> Result<()> {
        let sql = "DELETE FROM users WHERE tenant_id = $1 AND id = $2";
        let gone = self.run(sql, self.own()).await?;
        add(&mut done.erased, "users", gone);
        if gone > 0 {
            refuse_no_owner(self.tx, tenant(self.principal)).await?;
        }
        Ok(())
    }

    async fn erase_rows(
        &self,
        by_actor: &[String],
        by_user: &[String],
        done: &mut Erased,
    ) -> Result<()> {
        let (wanted, values) = of_actors(self.principal, &self.holder.actors);
        // Cases and turns are found by the answers and conversations they belong to.
        let cases = format!(
            "DELETE FROM {CASES} WHERE tenant_id = $1 AND (\
             answer_id IN (SELECT id FROM answers WHERE {wanted}) \
             OR answer_id IN (SELECT answer_id FROM feedback WHERE {wanted}))"
        );
        let gone = self.run(&cases, values.clone()).await?;
        add(&mut done.erased, CASES, gone);
        let turns = format!(
            "DELETE FROM turns WHERE tenant_id = $1 AND conversation_id IN (\
             SELECT id FROM conversations WHERE {wanted})"
        );
        let gone = self.run(&turns, values.clone()).await?;
        add(&mut done.erased, "turns", gone);
        for table in by_actor {
            let sql = format!("DELETE FROM {table} WHERE {wanted}");
            let gone = self.run(&sql, values.clone()).await?;
            add(&mut done.erased, table, gone);
        }
        // Replies that were kept before it was noted for whom.
        let sql = "DELETE FROM idempotency_keys WHERE tenant_id = $1 AND actor IS NULL";
        let gone = self.run(sql, vec![tenant(self.principal).into()]).await?;
        add(&mut done.erased, "idempotency_keys", gone);
        for table in by_user {
            // Where the row of the person has gone before, and for tables that do not refer to it.
            let sql = format!("DELETE FROM {table} WHERE tenant_id = $1 AND user_id = $2");
            self.run(&sql, self.own()).await?;
        }
        Ok(())
    }

    /// What names the person elsewhere.
    async fn erase_names(&self, done: &mut Erased) -> Result<()> {
        let owner = tenant(self.principal);
        let actor = Actor::User(self.holder.user).to_string();
        let sql = "DELETE FROM api_keys WHERE tenant_id = $1 AND made_by = $2";
        let gone = self.run(sql, vec![owner.into(), actor.into()]).await?;
        add(&mut done.erased, "api_keys", gone);
        if let Some(email) = &self.holder.email {
            let sql = "DELETE FROM invitations WHERE tenant_id = $1 AND email_key = $2";
            let gone = self
                .run(sql, vec![owner.into(), email.key().into()])
                .await?;
            add(&mut done.erased, "invitations", gone);
        }
        let (_, values) = of_actors(self.principal, &self.holder.actors);
        let list = placeholders(2, self.holder.actors.len());
        let sql =
            format!("DELETE FROM security_events WHERE tenant_id = $1 AND subject IN ({list})");
        let gone = self.run(&sql, values.clone()).await?;
        add(&mut done.erased, "security_events", gone);
        let sql = format!(
            "DELETE FROM audit_addresses WHERE tenant_id = $1 AND sequence IN (\
             SELECT sequence FROM audit_log WHERE tenant_id = $1 AND actor IN ({list}))"
        );
        let gone = self.run(&sql, values.clone()).await?;
        add(&mut done.erased, "audit_addresses", gone);
        let sql = format!(
            "UPDATE documents SET added_by = NULL WHERE tenant_id = $1 AND added_by IN ({list})"
        );
        let freed = self.run(&sql, values).await?;
        add(&mut done.remaining, "documents", freed);
        let user = self.holder.user.to_string();
        for table in ["budgets", "notices"] {
            let sql = format!("DELETE FROM {table} WHERE tenant_id = $1 AND subject = $2");
            let gone = self
                .run(&sql, vec![owner.into(), user.clone().into()])
                .await?;
            add(&mut done.erased, table, gone);
        }
        Ok(())
    }

    async fn count_remaining(&self, done: &mut Erased) -> Result<()> {
        for table in KEPT {
            let (wanted, values) = of_actors(self.principal, &self.holder.actors);
            let sql = format!("SELECT count(*) AS n FROM {table} WHERE {wanted}");
            add(&mut done.remaining, table, self.count(&sql, values).await?);
        }
        Ok(())
    }
}

/// Adds to a count; nothing is not counted.
fn add(counts: &mut BTreeMap<String, u64>, name: &str, count: u64) {
    if count > 0 {
        *counts.entry(name.to_owned()).or_default() += count;
    }
}

#[derive(Debug, FromQueryResult)]
struct IdRow {
    id: Uuid,
}
