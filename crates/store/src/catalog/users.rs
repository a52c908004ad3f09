//! The people of a tenant.

use alexandria_core::access::Role;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{TenantId, UserId};
use alexandria_core::label::Label;
use alexandria_core::principal::Principal;
use alexandria_core::user::{Email, User, UserState};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use uuid::Uuid;

use super::cursor::{List, Page, page_limit};
use super::database::{execute, number, row, rows};
use super::row::timestamp;
use super::{Catalog, Doing, commit, micros, not_found, tenant};

/// The most people of one tenant.
pub const USERS_MAX: u64 = 100_000;

/// A person about to become one of a tenant's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// The address they sign in with.
    pub email: Email,
    /// What they are called.
    pub name: Label,
    /// What they are in the tenant.
    pub role: Role,
    /// The hash of their password, where they have one (PHC string format).
    pub password_hash: Option<String>,
}

/// What to change about a person; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserChange {
    /// Another address to sign in with.
    pub email: Option<Email>,
    /// A new name.
    pub name: Option<Label>,
    /// A telephone number, or none from now on.
    pub phone_number: Option<Option<String>>,
    /// Another role.
    pub role: Option<Role>,
    /// Another state.
    pub state: Option<UserState>,
    /// The hash of a new password.
    pub password_hash: Option<String>,
}

/// What is read of a person.
pub(super) const SELECT: &str = "SELECT id, tenant_id, email, name, phone_number, role, state, \
                                 created, signed_in, password_hash FROM users";

impl Catalog {
    /// Makes a person one of the tenant's.
    ///
    /// # Errors
    /// `Conflict` when the tenant has one with that address, or as many as there may be.
    pub async fn create_user(&self, principal: &Principal, new: NewUser) -> Result<User> {
        let tx = self.begin().await?;
        let id = self.insert_user(&tx, tenant(principal), &new).await?;
        commit(tx, "a person").await?;
        self.user(principal, id).await
    }

    pub(super) async fn insert_user<C: ConnectionTrait>(
        &self,
        tx: &C,
        tenant: Uuid,
        new: &NewUser,
    ) -> Result<UserId> {
        let sentence = || "cannot make a person one of the tenant's".to_owned();
        let count = "SELECT count(*) AS n FROM users WHERE tenant_id = $1";
        let count = number(tx, count, vec![tenant.into()])
            .await
            .doing(sentence)?;
        if count >= i64::try_from(USERS_MAX).unwrap_or(i64::MAX) {
            let sentence = format!("the tenant has {USERS_MAX} people already");
            return Err(Error::new(ErrorKind::Conflict, sentence));
        }
        let id = UserId::from_uuid(self.next_id());
        let sql = "INSERT INTO users (id, tenant_id, email, email_key, name, role, state, \
                   password_hash, created, changed) \
                   VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $8)";
        let values: Vec<Value> = vec![
            id.as_uuid().into(),
            tenant.into(),
            new.email.as_str().into(),
            new.email.key().into(),
            new.name.as_str().into(),
            new.role.name().into(),
            new.password_hash.clone().into(),
            self.now().into(),
        ];
        match execute(tx, sql, values).await.doing(sentence) {
            Err(error) => Err(taken(error)),
            Ok(_) => Ok(id),
        }
    }

    /// The person with this id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn user(&self, principal: &Principal, id: UserId) -> Result<User> {
        let sql = format!("{SELECT} WHERE tenant_id = $1 AND id = $2");
        let values = vec![tenant(principal).into(), id.as_uuid().into()];
        let found = row::<UserRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read the person {id}"))?;
        found.ok_or_else(|| not_found("person", id))?.read()
    }

    /// The person with this address, if the tenant has one.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn user_by_email(
        &self,
        principal: &Principal,
        email: &Email,
    ) -> Result<Option<User>> {
        let sql = format!("{SELECT} WHERE tenant_id = $1 AND email_key = $2");
        let values = vec![tenant(principal).into(), email.key().into()];
        let found = row::<UserRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot look for a person".to_owned())?;
        found.map(UserRow::read).transpose()
    }

    /// The tenant's people, oldest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn users(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<User>> {
        let limit = page_limit(limit)?;
        let after = cursor
            .map(|cursor| List::Users.decode(cursor))
            .transpose()?;
        let after = after.map_or(Uuid::nil(), |(_, id)| id);
        let sql = format!(
            "{SELECT} WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT {}",
            limit + 1
        );
        let values = vec![tenant(principal).into(), after.into()];
        let found = rows::<UserRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the people".to_owned())?;
        let items = found
            .into_iter()
            .map(UserRow::read)
            .collect::<Result<_>>()?;
        Ok(List::Users.page(items, limit, |item: &User| {
            (micros(item.created), item.id.as_uuid())
        }))
    }

    /// Changes a person. Sessions end when the role, the state or the password changes.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the tenant would be left without an owner who can sign in.
    pub async fn update_user(
        &self,
        principal: &Principal,
        id: UserId,
        change: UserChange,
    ) -> Result<User> {
        let sentence = || format!("cannot change the person {id}");
        let owned = || vec![tenant(principal).into(), id.as_uuid().into()];
        let mut values: Vec<Value> = owned();
        let mut sets = Vec::new();
        let mut set = |column: &str, value: Value| {
            values.push(value);
            sets.push(format!("{column} = ${}", values.len()));
        };
        set("changed", self.now().into());
        if let Some(email) = &change.email {
            set("email", email.as_str().into());
            set("email_key", email.key().into());
        }
        if let Some(name) = &change.name {
            set("name", name.as_str().into());
        }
        if let Some(number) = &change.phone_number {
            set("phone_number", number.clone().into());
        }
        if let Some(role) = change.role {
            set("role", role.name().into());
        }
        if let Some(state) = change.state {
            set("state", state.name().into());
        }
        if let Some(hash) = &change.password_hash {
            set("password_hash", hash.clone().into());
        }
        let tx = self.begin_alone(principal).await?;
        let set = sets.join(", ");
        let sql = format!("UPDATE users SET {set} WHERE tenant_id = $1 AND id = $2");
        if execute(&tx, sql, values)
            .await
            .doing(sentence)
            .map_err(taken)?
            == 0
        {
            return Err(not_found("person", id));
        }
        if change.role.is_some() || change.state.is_some() {
            refuse_no_owner(&tx, tenant(principal)).await?;
        }
        if change.role.is_some() || change.state.is_some() || change.password_hash.is_some() {
            let sql = "DELETE FROM sessions WHERE tenant_id = $1 AND user_id = $2";
            execute(&tx, sql, owned()).await.doing(sentence)?;
        }
        commit(tx, "the change of a person").await?;
        self.user(principal, id).await
    }

    /// Removes a person with their sessions and grants. What they made stays the tenant's.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the tenant would be left without an owner who can sign in.
    pub async fn remove_user(&self, principal: &Principal, id: UserId) -> Result<()> {
        let sentence = || format!("cannot remove the person {id}");
        let tx = self.begin_alone(principal).await?;
        let values = vec![tenant(principal).into(), id.as_uuid().into()];
        let sql = "DELETE FROM users WHERE tenant_id = $1 AND id = $2";
        if execute(&tx, sql, values).await.doing(sentence)? == 0 {
            return Err(not_found("person", id));
        }
        refuse_no_owner(&tx, tenant(principal)).await?;
        let actor = alexandria_core::principal::Actor::User(id).to_string();
        let sql = "DELETE FROM grants WHERE tenant_id = $1 AND actor = $2";
        let values = vec![tenant(principal).into(), actor.into()];
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "the removal of a person").await
    }

    /// Begins a transaction in which nobody else changes who owns the tenant: its row is locked.
    pub(super) async fn begin_alone(
        &self,
        principal: &Principal,
    ) -> Result<sea_orm::DatabaseTransaction> {
        let tx = self.begin().await?;
        if self.database.is_postgres() {
            // Not against rows that refer to the tenant: they may hold a person who is about to go.
            let sql = "SELECT id FROM tenants WHERE id = $1 FOR NO KEY UPDATE";
            let values = vec![tenant(principal).into()];
            let locked = execute(&tx, sql, values).await;
            locked.doing(|| "cannot lock the tenant".to_owned())?;
        }
        Ok(tx)
    }
}

/// Says what it is that a person cannot be told apart by.
fn taken(error: Error) -> Error {
    if error.kind() == ErrorKind::Conflict {
        let sentence = "there is a person with that address already";
        return Error::new(ErrorKind::Conflict, sentence);
    }
    error
}

/// Fails when a tenant that has people has no owner who may work.
pub(super) async fn refuse_no_owner<C: ConnectionTrait>(tx: &C, tenant: Uuid) -> Result<()> {
    let sql = "SELECT count(*) AS n FROM users \
               WHERE tenant_id = $1 AND role = 'owner' AND state = 'active'";
    let owners = number(tx, sql, vec![tenant.into()]).await;
    if owners.doing(|| "cannot count the owners".to_owned())? == 0 {
        let sentence = "that is the last owner who can sign in: make somebody else an owner first";
        return Err(Error::new(ErrorKind::Conflict, sentence));
    }
    Ok(())
}

#[derive(Debug, FromQueryResult)]
pub(super) struct UserRow {
    id: Uuid,
    tenant_id: Uuid,
    email: String,
    name: String,
    phone_number: Option<String>,
    role: String,
    state: String,
    created: i64,
    signed_in: Option<i64>,
    pub(super) password_hash: Option<String>,
}

impl UserRow {
    pub(super) fn read(self) -> Result<User> {
        Ok(User {
            id: UserId::from_uuid(self.id),
            tenant: TenantId::from_uuid(self.tenant_id),
            email: Email::stored(self.email),
            name: Label::stored(self.name),
            phone_number: self.phone_number,
            role: self.role.parse()?,
            state: self.state.parse()?,
            created: timestamp(self.created)?,
            signed_in: self.signed_in.map(timestamp).transpose()?,
            has_password: self.password_hash.is_some(),
        })
    }
}
