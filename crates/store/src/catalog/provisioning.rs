//! A tenant's people as a directory sees them that looks after them (SCIM).

use alexandria_core::access::Role;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::UserId;
use alexandria_core::principal::Principal;
use alexandria_core::user::{Email, User};
use sea_orm::{FromQueryResult, Value};

use super::database::{execute, number, statement};
use super::users::UserRow;
use super::{Catalog, Doing, commit, not_found, tenant};

/// Under which issuer the directory's own ids of people are kept. Those of tokens are web addresses.
const DIRECTORY: &str = "scim";

/// A person, and what the directory calls them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provisioned {
    /// The person.
    pub user: User,
    /// The directory's own id of them, where it has told one.
    pub external_id: Option<String>,
}

/// Which people are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProvisionFilter {
    /// All of the tenant.
    All,
    /// This one.
    Id(UserId),
    /// The one with this address.
    Email(Email),
    /// The one whom the directory calls this.
    ExternalId(String),
    /// Those of this role.
    Role(Role),
    /// Nobody.
    Nobody,
}

impl ProvisionFilter {
    fn condition(&self) -> (&'static str, Option<Value>) {
        match self {
            Self::All => ("", None),
            Self::Id(id) => (" AND u.id = $2", Some(id.as_uuid().into())),
            Self::Email(email) => (" AND u.email_key = $2", Some(email.key().into())),
            Self::ExternalId(id) => (" AND i.subject = $2", Some(id.as_str().into())),
            Self::Role(role) => (" AND u.role = $2", Some(role.name().into())),
            Self::Nobody => (" AND 1 = 0", None),
        }
    }
}

/// People and what the directory calls them.
const FROM: &str = "FROM users u LEFT JOIN user_identities i ON i.tenant_id = u.tenant_id \
                    AND i.user_id = u.id AND i.issuer = 'scim' WHERE u.tenant_id = $1";

impl Catalog {
    /// How many people of the tenant are meant, and so many of them after the first `skip`, oldest
    /// first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn provisioned(
        &self,
        principal: &Principal,
        filter: &ProvisionFilter,
        (skip, limit): (u32, u32),
    ) -> Result<(u64, Vec<Provisioned>)> {
        let sentence = || "cannot list the people".to_owned();
        let (condition, value) = filter.condition();
        let mut values: Vec<Value> = vec![tenant(principal).into()];
        values.extend(value);
        let read = self.database.read();
        let count = format!("SELECT count(*) AS n {FROM}{condition}");
        let count = number(read, count, values.clone()).await.doing(sentence)?;
        let sql = format!(
            "SELECT u.id, u.tenant_id, u.email, u.name, u.phone_number, u.role, u.state, \
             u.created, u.signed_in, u.password_hash, i.subject AS external_id \
             {FROM}{condition} ORDER BY u.id LIMIT {limit} OFFSET {skip}"
        );
        let query = statement(read, sql, values);
        let found = sea_orm::ConnectionTrait::query_all_raw(read, query).await;
        let mut people = Vec::new();
        for row in found.doing(sentence)? {
            let user = UserRow::from_query_result(&row, "").doing(sentence)?;
            let external = ExternalRow::from_query_result(&row, "").doing(sentence)?;
            people.push(Provisioned {
                user: user.read()?,
                external_id: external.external_id,
            });
        }
        Ok((u64::try_from(count).unwrap_or(0), people))
    }

    /// The person with this id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn provisioned_user(&self, principal: &Principal, id: UserId) -> Result<Provisioned> {
        let filter = ProvisionFilter::Id(id);
        let (_one, mut found) = self.provisioned(principal, &filter, (0, 1)).await?;
        found.pop().ok_or_else(|| not_found("person", id))
    }

    /// Remembers what the directory calls a person; nothing from now on when that is none.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it calls another one that.
    pub async fn name_externally(
        &self,
        principal: &Principal,
        id: UserId,
        external_id: Option<&str>,
    ) -> Result<()> {
        let sentence = || format!("cannot change the person {id}");
        self.user(principal, id).await?;
        let tx = self.begin().await?;
        let mut values: Vec<Value> = vec![
            tenant(principal).into(),
            DIRECTORY.into(),
            id.as_uuid().into(),
        ];
        let sql = "DELETE FROM user_identities \
                   WHERE tenant_id = $1 AND issuer = $2 AND user_id = $3";
        execute(&tx, sql, values.clone()).await.doing(sentence)?;
        if let Some(external_id) = external_id {
            let sql = "INSERT INTO user_identities (tenant_id, issuer, user_id, subject, created) \
                       VALUES ($1, $2, $3, $4, $5)";
            values.extend([external_id.into(), self.now().into()]);
            match execute(&tx, sql, values).await.doing(sentence) {
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    let sentence = "the directory calls another person that already";
                    return Err(Error::new(ErrorKind::Conflict, sentence));
                }
                done => done?,
            };
        }
        commit(tx, "the change of a person").await
    }
}

#[derive(Debug, FromQueryResult)]
struct ExternalRow {
    external_id: Option<String>,
}
