//! What may be done: scopes, the roles that hold them, and the labels that keep documents from some
//! roles.
//!
//! A person has one role in one tenant; a key has scopes of its own, never more than the one who made
//! it. Least privilege is the table in [`Role::scopes`], which the handbook prints and a test calls
//! every operation against.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// One thing a principal may do. The names are a contract of the API keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Scope {
    /// Put documents in, change and remove them.
    Ingest = 0,
    /// Search, ask and read.
    Ask = 1,
    /// Read the metrics of the installation.
    Metrics = 2,
    /// Look after the tenant's library: experiments, cases, what others thought of answers.
    Admin = 3,
    /// Look after people: invitations, roles, sessions, keys, grants.
    People = 4,
    /// Read what has been used and what it cost.
    Usage = 5,
    /// Set budgets and limits of use.
    Budget = 6,
    /// Read and verify the audit log, and the review of who has access.
    Audit = 7,
    /// Look after the tenant itself: its name, settings, export and end.
    Tenant = 8,
    /// Look after the installation: tenants, checks and rebuilding, secrets.
    Operate = 9,
}

impl Scope {
    /// Every scope there is.
    pub const ALL: [Self; 10] = [
        Self::Ingest,
        Self::Ask,
        Self::Metrics,
        Self::Admin,
        Self::People,
        Self::Usage,
        Self::Budget,
        Self::Audit,
        Self::Tenant,
        Self::Operate,
    ];

    /// The scopes that reach beyond one tenant: only the installation's own tenant holds them.
    pub const OF_THE_INSTALLATION: [Self; 2] = [Self::Metrics, Self::Operate];

    /// The scope's name in keys, tokens and errors.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Ask => "ask",
            Self::Metrics => "metrics",
            Self::Admin => "admin",
            Self::People => "people",
            Self::Usage => "usage",
            Self::Budget => "budget",
            Self::Audit => "audit",
            Self::Tenant => "tenant",
            Self::Operate => "operate",
        }
    }
}

impl FromStr for Scope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        named(Self::ALL, Self::name, text, "scope")
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u16);

impl Scopes {
    /// The set of the scopes given.
    #[must_use]
    pub fn of(scopes: &[Scope]) -> Self {
        scopes.iter().copied().collect()
    }

    /// Every scope.
    #[must_use]
    pub fn all() -> Self {
        Self::of(&Scope::ALL)
    }

    /// Whether the set holds this scope.
    #[must_use]
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }

    /// Whether every scope of the other set is in this one.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// The scopes that both sets hold.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The scopes that either set holds.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The scopes held, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromStr for Scopes {
    type Err = Error;

    /// The scopes named in a list such as `ingest,ask`.
    fn from_str(list: &str) -> Result<Self> {
        list.split(',').map(|name| name.trim().parse()).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        let bits = |bits, scope| bits | (1 << scope as u8);
        Self(scopes.into_iter().fold(0, bits))
    }
}

impl fmt::Display for Scopes {
    /// As they are read again.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Scope::name).collect();
        formatter.write_str(&names.join(","))
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_set()
            .entries(self.iter().map(Scope::name))
            .finish()
    }
}

/// What a person is in a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything in the tenant, its end included. There is always one.
    Owner,
    /// People, library, budgets; not the tenant itself.
    Admin,
    /// Puts documents in and asks.
    Editor,
    /// Asks.
    Reader,
    /// Reads what is used and sets budgets; sees no document.
    Billing,
    /// Reads the audit log and who has access; sees no document.
    Auditor,
}

impl Role {
    /// Every role there is.
    pub const ALL: [Self; 6] = [
        Self::Owner,
        Self::Admin,
        Self::Editor,
        Self::Reader,
        Self::Billing,
        Self::Auditor,
    ];

    /// The role's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Reader => "reader",
            Self::Billing => "billing",
            Self::Auditor => "auditor",
        }
    }

    /// What it allows. Scopes of the installation come on top for those who look after it, see
    /// [`Role::scopes_of_operator`].
    #[must_use]
    pub fn scopes(self) -> Scopes {
        match self {
            Self::Owner => Scopes::all().without_installation(),
            Self::Admin => Scopes::of(&[
                Scope::Ingest,
                Scope::Ask,
                Scope::Admin,
                Scope::People,
                Scope::Usage,
                Scope::Budget,
                Scope::Audit,
            ]),
            Self::Editor => Scopes::of(&[Scope::Ingest, Scope::Ask]),
            Self::Reader => Scopes::of(&[Scope::Ask]),
            Self::Billing => Scopes::of(&[Scope::Usage, Scope::Budget]),
            Self::Auditor => Scopes::of(&[Scope::Audit, Scope::Usage]),
        }
    }

    /// What it allows in the installation's own tenant: its owners look after the installation, and
    /// its admins may read the metrics.
    #[must_use]
    pub fn scopes_of_operator(self) -> Scopes {
        match self {
            Self::Owner => Scopes::all(),
            Self::Admin => self.scopes().or(Scopes::of(&[Scope::Metrics])),
            Self::Editor | Self::Reader | Self::Billing | Self::Auditor => self.scopes(),
        }
    }

    /// Whether it reaches collections that are open to named people only.
    #[must_use]
    pub const fn reaches_all(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }

    /// The highest label of documents that it sees unless the tenant's settings say otherwise.
    #[must_use]
    pub const fn clearance(self) -> Classification {
        match self {
            Self::Owner | Self::Admin => Classification::Restricted,
            Self::Editor | Self::Reader => Classification::Confidential,
            Self::Billing | Self::Auditor => Classification::Public,
        }
    }
}

impl Scopes {
    /// The same without those that reach beyond one tenant.
    #[must_use]
    pub fn without_installation(self) -> Self {
        Self(self.0 & !Self::of(&Scope::OF_THE_INSTALLATION).0)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        named(Self::ALL, Self::name, text, "role")
    }
}

/// How closely a document is to be held, from the widest to the narrowest circle.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Classification {
    /// Anybody may know it.
    Public = 0,
    /// For the tenant's people: what a document is unless somebody says otherwise.
    #[default]
    Internal = 1,
    /// For those who need it.
    Confidential = 2,
    /// For the few who look after the tenant.
    Restricted = 3,
}

impl Classification {
    /// Every label, the widest circle first.
    pub const ALL: [Self; 4] = [
        Self::Public,
        Self::Internal,
        Self::Confidential,
        Self::Restricted,
    ];

    /// The label's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Confidential => "confidential",
            Self::Restricted => "restricted",
        }
    }

    /// Its number, as stored: the narrower the circle, the larger.
    #[must_use]
    pub const fn level(self) -> u8 {
        self as u8
    }

    /// The label of a number, as stored.
    ///
    /// # Errors
    /// `Corrupt` for a number that no label has.
    pub fn of_level(level: i64) -> Result<Self> {
        let position = usize::try_from(level).unwrap_or(usize::MAX);
        Self::ALL.get(position).copied().ok_or_else(|| {
            let sentence = format!("the catalog holds a document with the label {level}");
            Error::new(ErrorKind::Corrupt, sentence)
        })
    }
}

impl fmt::Display for Classification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Classification {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        named(Self::ALL, Self::name, text, "classification")
    }
}

/// The one of a list that bears this name.
fn named<T: Copy, const N: usize>(
    all: [T; N],
    name: impl Fn(T) -> &'static str,
    text: &str,
    noun: &str,
) -> Result<T> {
    let found = all.into_iter().find(|item| name(*item) == text);
    found.ok_or_else(|| {
        let known = all.map(name).join(", ");
        let sentence = format!("that is not a {noun}: there are {known}");
        Error::new(ErrorKind::Invalid, sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for scope in Scope::ALL {
            assert_eq!(scope.name().parse::<Scope>().unwrap(), scope);
        }
        for role in Role::ALL {
            assert_eq!(role.name().parse::<Role>().unwrap(), role);
            let scopes = role.scopes();
            assert_eq!(scopes.to_string().parse::<Scopes>().unwrap(), scopes);
        }
        for label in Classification::ALL {
            assert_eq!(label.name().parse::<Classification>().unwrap(), label);
            let level = i64::from(label.level());
            assert_eq!(Classification::of_level(level).unwrap(), label);
        }
        assert!(Classification::of_level(4).is_err());
        for wrong in ["", "ASK", "ask,", "ask,root", " "] {
            assert!(wrong.parse::<Scopes>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn nobody_but_those_who_look_after_the_installation_reaches_beyond_a_tenant() {
        for role in Role::ALL {
            for scope in Scope::OF_THE_INSTALLATION {
                assert!(!role.scopes().has(scope), "{role} has {scope:?}");
            }
            assert!(role.scopes_of_operator().covers(role.scopes()));
        }
        assert!(!Role::Admin.scopes_of_operator().has(Scope::Operate));
    }

    #[test]
    fn who_counts_money_or_reads_the_log_sees_no_document() {
        for role in [Role::Billing, Role::Auditor] {
            assert!(!role.scopes().has(Scope::Ask));
            assert!(!role.scopes().has(Scope::Ingest));
        }
    }
}
