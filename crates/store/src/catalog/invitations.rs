//! Invitations to become one of a tenant's people. Only the digests of their tokens are kept.

use alexandria_core::access::Role;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{InvitationId, TenantId};
use alexandria_core::principal::Principal;
use alexandria_core::token::Token;
use alexandria_core::user::Email;
use jiff::Timestamp;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::cursor::{List, Page, page_limit};
use super::database::{execute, number, row, rows};
use super::row::timestamp;
use super::{Catalog, Doing, commit, micros, not_found, tenant};

/// The most open invitations of one tenant.
pub const INVITATIONS_MAX: i64 = 10_000;

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its identity.
    pub id: InvitationId,
    /// Whose people are asked to be joined.
    pub tenant: TenantId,
    /// Who is invited.
    pub email: Email,
    /// As what.
    pub role: Role,
    /// Who invites.
    pub made_by: String,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    pub expires: Timestamp,
}

/// What is read of an invitation.
pub(super) const SELECT: &str =
    "SELECT id, tenant_id, email, role, made_by, created, expires FROM invitations";

impl Catalog {
    /// Invites somebody. An earlier invitation to that address is void from now on.
    ///
    /// # Errors
    /// `Conflict` when that person is one of the tenant's already, or too many invitations are open.
    pub async fn create_invitation(
        &self,
        principal: &Principal,
        (email, role): (&Email, Role),
        token: &Token,
        expires: Timestamp,
    ) -> Result<Invitation> {
        let sentence = || "cannot invite somebody".to_owned();
        let whom = || vec![tenant(principal).into(), email.key().into()];
        let refuse = |sentence: &str| Err(Error::new(ErrorKind::Conflict, sentence));
        let tx = self.begin().await?;
        let known = "SELECT count(*) AS n FROM users WHERE tenant_id = $1 AND email_key = $2";
        if number(&tx, known, whom()).await.doing(sentence)? > 0 {
            return refuse("there is a person with that address already");
        }
        let former =
            "DELETE FROM invitations WHERE tenant_id = $1 AND (email_key = $2 OR expires < $3)";
        let mut values: Vec<Value> = whom();
        values.push(self.now().into());
        execute(&tx, former, values).await.doing(sentence)?;
        let count = "SELECT count(*) AS n FROM invitations WHERE tenant_id = $1";
        let count = number(&tx, count, vec![tenant(principal).into()]).await;
        if count.doing(sentence)? >= INVITATIONS_MAX {
            return refuse("too many invitations are open; withdraw some");
        }
        let id = InvitationId::from_uuid(self.next_id());
        let sql = "INSERT INTO invitations (id, tenant_id, email, email_key, role, digest, made_by, \
                   created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let values: Vec<Value> = vec![
            id.as_uuid().into(),
            tenant(principal).into(),
            email.as_str().into(),
            email.key().into(),
            role.name().into(),
            token.digest().to_vec().into(),
            principal.actor().to_string().into(),
            self.now().into(),
            micros(expires).into(),
        ];
        execute(&tx, sql, values).await.doing(sentence)?;
        commit(tx, "an invitation").await?;
        self.invitation(principal, id).await
    }

    /// The invitation with this id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn invitation(&self, principal: &Principal, id: InvitationId) -> Result<Invitation> {
        let sql = format!("{SELECT} WHERE tenant_id = $1 AND id = $2");
        let values = vec![tenant(principal).into(), id.as_uuid().into()];
        let found = row::<InvitationRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| format!("cannot read the invitation {id}"))?;
        found.ok_or_else(|| not_found("invitation", id))?.read()
    }

    /// The tenant's open invitations, oldest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn invitations(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Invitation>> {
        let limit = page_limit(limit)?;
        let after = cursor.map(|cursor| List::Invitations.decode(cursor));
        let after = after.transpose()?.map_or(Uuid::nil(), |(_, id)| id);
        let sql = format!(
            "{SELECT} WHERE tenant_id = $1 AND id > $2 AND expires > $3 ORDER BY id LIMIT {}",
            limit + 1
        );
        let values = vec![tenant(principal).into(), after.into(), self.now().into()];
        let found = rows::<InvitationRow, _>(self.database.read(), sql, values).await;
        let found = found.doing(|| "cannot list the invitations".to_owned())?;
        let items = found.into_iter().map(InvitationRow::read);
        let items = items.collect::<Result<_>>()?;
        Ok(List::Invitations.page(items, limit, |item: &Invitation| {
            (micros(item.created), item.id.as_uuid())
        }))
    }

    /// Withdraws an invitation.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_invitation(&self, principal: &Principal, id: InvitationId) -> Result<()> {
        let sql = "DELETE FROM invitations WHERE tenant_id = $1 AND id = $2";
        let values = vec![tenant(principal).into(), id.as_uuid().into()];
        let done = execute(self.database.write(), sql, values).await;
        match done.doing(|| format!("cannot withdraw the invitation {id}"))? {
            0 => Err(not_found("invitation", id)),
            _ => Ok(()),
        }
    }
}

#[derive(Debug, FromQueryResult)]
pub(super) struct InvitationRow {
    id: Uuid,
    tenant_id: Uuid,
    email: String,
    role: String,
    made_by: String,
    created: i64,
    expires: i64,
}

impl InvitationRow {
    pub(super) fn read(self) -> Result<Invitation> {
        Ok(Invitation {
            id: InvitationId::from_uuid(self.id),
            tenant: TenantId::from_uuid(self.tenant_id),
            email: Email::stored(self.email),
            role: self.role.parse()?,
            made_by: self.made_by,
            created: timestamp(self.created)?,
            expires: timestamp(self.expires)?,
        })
    }
}
