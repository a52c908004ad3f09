//! Budgets: for whom money is counted, and how much may be spent in a month.
//!
//! Money is counted in millionths of a US dollar, months are calendar months in UTC.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};
use crate::principal::{Actor, Principal};

/// The longest name of a subject, in bytes.
pub const SUBJECT_BYTES_MAX: usize = 200;

/// The most budgets that a tenant sets.
pub const BUDGETS_MAX: usize = 10_000;

/// The name of the one user of a library without accounts.
const OWNER: &str = "owner";

/// What a call of a model is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feature {
    /// Writing an answer.
    Answer,
    /// Making a question stand alone after what was said before it.
    Rewrite,
    /// Embedding the chunks of documents.
    Embed,
    /// Embedding questions, and sentences to weigh them, while searching and answering.
    SearchEmbedding,
    /// Embedding texts for a caller.
    EmbedTexts,
}

impl Feature {
    /// Every feature.
    pub const ALL: [Self; 5] = [
        Self::Answer,
        Self::Rewrite,
        Self::Embed,
        Self::SearchEmbedding,
        Self::EmbedTexts,
    ];

    /// The feature's name in the catalog, the API and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Rewrite => "rewrite",
            Self::Embed => "embed",
            Self::SearchEmbedding => "search-embedding",
            Self::EmbedTexts => "embed-texts",
        }
    }

    /// The component whose cost it is.
    #[must_use]
    pub const fn component(self) -> Component {
        match self {
            Self::Answer | Self::Rewrite => Component::Generator,
            Self::Embed | Self::SearchEmbedding | Self::EmbedTexts => Component::Embedder,
        }
    }
}

/// A part of an installation that costs money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Component {
    /// The language model.
    Generator,
    /// The embedding model.
    Embedder,
    /// The pages in a browser; what they cost is told by bills.
    Web,
    /// The server of the API; what it costs is told by bills.
    Api,
    /// The database; what it costs is told by bills.
    Database,
}

impl Component {
    /// Every component.
    pub const ALL: [Self; 5] = [
        Self::Generator,
        Self::Embedder,
        Self::Web,
        Self::Api,
        Self::Database,
    ];

    /// The component's name in the catalog, the API and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Generator => "generator",
            Self::Embedder => "embedder",
            Self::Web => "web",
            Self::Api => "api",
            Self::Database => "database",
        }
    }

    /// Whether its cost is counted call by call; else it is told by bills, and a budget can only say
    /// that it is used up.
    #[must_use]
    pub const fn is_metered(self) -> bool {
        matches!(self, Self::Generator | Self::Embedder)
    }

    /// What it may cost in a month unless a budget says otherwise.
    #[must_use]
    pub const fn ceiling(self) -> Ceiling {
        match self {
            Self::Generator | Self::Embedder => Ceiling::NONE,
            Self::Web => Ceiling {
                micros_max: Some(50_000_000),
                micros_alert: None,
            },
            Self::Api => Ceiling {
                micros_max: None,
                micros_alert: Some(100_000_000),
            },
            Self::Database => Ceiling {
                micros_max: Some(200_000_000),
                micros_alert: None,
            },
        }
    }
}

impl FromStr for Component {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = || Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|one| one.name() == text);
        found.ok_or_else(|| invalid(format!("that is not a component: there are {}", known())))
    }
}

/// What kind of subject money is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// The tenant as a whole.
    Tenant,
    /// A person.
    User,
    /// A program's key.
    Key,
    /// What calls are made for.
    Feature,
    /// A part of the installation.
    Component,
}

impl SubjectKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Tenant,
        Self::User,
        Self::Key,
        Self::Feature,
        Self::Component,
    ];

    /// The kind's name in the catalog, the API and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::User => "user",
            Self::Key => "key",
            Self::Feature => "feature",
            Self::Component => "component",
        }
    }
}

impl FromStr for SubjectKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = || Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| invalid(format!("a budget is for one of {}", known())))
    }
}

/// For whom money is counted.
///
/// Invariant: the name of the tenant as a whole is empty, a feature and a component are known ones, and
/// a person or key is named by its id (or `owner`, the one user without an account).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    kind: SubjectKind,
    name: String,
}

impl Subject {
    /// The tenant as a whole.
    #[must_use]
    pub const fn tenant() -> Self {
        Self {
            kind: SubjectKind::Tenant,
            name: String::new(),
        }
    }

    /// A feature.
    #[must_use]
    pub fn feature(feature: Feature) -> Self {
        Self {
            kind: SubjectKind::Feature,
            name: feature.name().to_owned(),
        }
    }

    /// A component.
    #[must_use]
    pub fn component(component: Component) -> Self {
        Self {
            kind: SubjectKind::Component,
            name: component.name().to_owned(),
        }
    }

    /// Who acts, unless it is the product itself.
    #[must_use]
    pub fn actor(principal: &Principal) -> Option<Self> {
        let (kind, name) = match principal.actor() {
            Actor::Owner => (SubjectKind::User, OWNER.to_owned()),
            Actor::User(id) => (SubjectKind::User, id.to_string()),
            Actor::Key(id) => (SubjectKind::Key, id.to_string()),
            Actor::System(_) => return None,
        };
        Some(Self { kind, name })
    }

    /// Everybody whom a call counts for; the tenant is the first of them.
    #[must_use]
    pub fn of_call(principal: &Principal, feature: Feature) -> Vec<Self> {
        let mut subjects = vec![Self::tenant()];
        subjects.extend(Self::actor(principal));
        subjects.push(Self::feature(feature));
        subjects.push(Self::component(feature.component()));
        subjects
    }

    /// The subject that a person names.
    ///
    /// # Errors
    /// `Invalid` for a name that no subject of the kind can have.
    pub fn named(kind: SubjectKind, name: &str) -> Result<Self> {
        let fits = match kind {
            SubjectKind::Tenant => name.is_empty(),
            SubjectKind::Feature => Feature::ALL.iter().any(|one| one.name() == name),
            SubjectKind::Component => Component::ALL.iter().any(|one| one.name() == name),
            SubjectKind::User | SubjectKind::Key => {
                let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
                !name.is_empty() && name.len() <= SUBJECT_BYTES_MAX && name.bytes().all(is_id)
            }
        };
        if fits {
            let name = name.to_owned();
            return Ok(Self { kind, name });
        }
        Err(invalid(match kind {
            SubjectKind::Tenant => "the budget of the tenant as a whole has no further name".into(),
            SubjectKind::Feature => {
                let known = Feature::ALL.map(Feature::name).join(", ");
                format!("that is not a feature: there are {known}")
            }
            SubjectKind::Component => {
                let known = Component::ALL.map(Component::name).join(", ");
                format!("that is not a component: there are {known}")
            }
            SubjectKind::User => "a person is named by their id".into(),
            SubjectKind::Key => "a key is named by its id".into(),
        }))
    }

    /// Whether it is the one user of a library without accounts.
    #[must_use]
    pub fn is_owner_without_account(&self) -> bool {
        self.kind == SubjectKind::User && self.name == OWNER
    }

    /// What kind of subject it is.
    #[must_use]
    pub const fn kind(&self) -> SubjectKind {
        self.kind
    }

    /// Its name within the kind.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Subject {
    /// For sentences: `the tenant`, `the feature answer`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            SubjectKind::Tenant => formatter.write_str("the tenant"),
            SubjectKind::User
            | SubjectKind::Key
            | SubjectKind::Feature
            | SubjectKind::Component => write!(formatter, "the {} {}", self.kind.name(), self.name),
        }
    }
}

/// How much may be spent in a month; what is none is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ceiling {
    /// From what on no further call is begun, in millionths of a US dollar.
    pub micros_max: Option<u64>,
    /// From what on an alert is sent.
    pub micros_alert: Option<u64>,
}

impl Ceiling {
    /// No limit and no alert.
    pub const NONE: Self = Self {
        micros_max: None,
        micros_alert: None,
    };
}

fn invalid(sentence: String) -> Error {
    Error::new(ErrorKind::Invalid, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_that_can_be() {
        let check = |kind: SubjectKind, name: &str, fits: bool| {
            assert_eq!(
                Subject::named(kind, name).is_ok(),
                fits,
                "{kind:?} {name:?}"
            );
        };
        check(SubjectKind::Tenant, "", true);
        check(SubjectKind::Tenant, "acme", false);
        check(SubjectKind::Feature, "answer", true);
        check(SubjectKind::Feature, "answers", false);
        check(SubjectKind::Component, "database", true);
        check(SubjectKind::Component, "", false);
        check(SubjectKind::User, "owner", true);
        check(SubjectKind::User, "a b", false);
        check(SubjectKind::Key, &"a".repeat(201), false);
    }

    #[test]
    fn a_call_counts_for_tenant_actor_feature_and_component() {
        let named = |principal: &Principal| -> Vec<String> {
            let subjects = Subject::of_call(principal, Feature::Rewrite);
            subjects.iter().map(ToString::to_string).collect()
        };
        let owner = named(&Principal::owner());
        let expected = [
            "the tenant",
            "the user owner",
            "the feature rewrite",
            "the component generator",
        ];
        assert_eq!(owner, expected);
        let system = Principal::system(crate::id::TENANT_DEFAULT, "a test");
        assert_eq!(named(&system).len(), 3);
    }
}
