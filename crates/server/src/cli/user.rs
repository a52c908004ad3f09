//! `alexandria user`: the people of a tenant.

use std::path::PathBuf;

use alexandria_core::access::Role;
use alexandria_core::error::Result;
use clap::{Args, Subcommand};

use super::door::{Door, Work};
use super::download::download;
use super::erasure::erase;
use super::list::{encode, gather};
use super::paint::{FAINT, STRONG, clean, paint, shorten};
use super::{Outcome, Setting};
use crate::api::invitations::{InvitationBody, InviteBody, InvitedBody};
use crate::api::users::{ChangeBody, RoleBody, UserBody, UserStateBody};

/// The width of a name and of an address, in characters.
const COLUMN_CHARACTERS: usize = 40;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria user invite grace@example.org --role editor
  alexandria user list
  alexandria user role grace@example.org reader
  alexandria user suspend grace@example.org
  alexandria user reset-mfa grace@example.org
  alexandria user export grace@example.org --out grace.zip
  alexandria user erase grace@example.org --out receipt.json
  alexandria --tenant \"City Library\" user list";

/// Invite people, give them roles, suspend and remove them
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct User {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the people, oldest first
    List {
        /// At most so many
        #[arg(long, short = 'n', value_name = "N", default_value_t = 200)]
        limit: usize,
    },
    /// Invite somebody; prints the token that they accept with
    Invite {
        /// Their address
        #[arg(value_name = "ADDRESS")]
        email: String,
        /// owner, admin, editor, reader, billing or auditor
        #[arg(long, value_name = "ROLE", default_value = "reader")]
        role: Role,
    },
    /// List the open invitations
    Invitations,
    /// Give somebody another role; their sessions end with it
    Role {
        /// Their address or id
        #[arg(value_name = "WHO")]
        who: String,
        /// owner, admin, editor, reader, billing or auditor
        #[arg(value_name = "ROLE")]
        role: Role,
    },
    /// Do not let somebody in any more; their sessions end
    Suspend {
        /// Their address or id
        #[arg(value_name = "WHO")]
        who: String,
    },
    /// Let somebody in again
    Resume {
        /// Their address or id
        #[arg(value_name = "WHO")]
        who: String,
    },
    /// End all sessions of somebody
    SignOut {
        /// Their address or id
        #[arg(value_name = "WHO")]
        who: String,
    },
    /// Remove all second factors of somebody who has lost theirs; their sessions end
    ResetMfa {
        /// Their address or id
        #[arg(value_name = "WHO")]
        who: String,
    },
    /// Remove somebody; what they have put in stays
    Remove {
        /// Their address or id
        #[arg(value_name = "WHO")]
        who: String,
    },
    /// Write everything that is kept of somebody into a ZIP archive
    Export {
        /// Their address or id
        #[arg(value_name = "WHO")]
        who: String,
        /// The archive
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// With the files that they have put in
        #[arg(long)]
        files: bool,
    },
    /// Erase somebody with everything that is theirs; what they have put in stays
    Erase {
        /// Their address or id
        #[arg(value_name = "WHO")]
        who: String,
        /// Write the receipt, with its salt, into this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Do not ask
        #[arg(long, short = 'y')]
        yes: bool,
    },
}

impl User {
    /// Does what is asked.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let door = Door::open(setting, Work::Look).await?;
        let done = self.verb.run(setting, &door).await;
        door.close().await;
        done.map(|()| Outcome::Done)
    }
}

impl Verb {
    async fn run(&self, setting: &Setting, door: &Door) -> Result<()> {
        match self {
            Self::List { limit } => list(setting, door, *limit).await,
            Self::Invite { email, role } => invite(setting, door, email, *role).await,
            Self::Invitations => invitations(setting, door).await,
            Self::Role { who, role } => {
                let change = ChangeBody {
                    role: Some(RoleBody::from(*role)),
                    state: None,
                };
                self::change(setting, door, who, &change).await
            }
            Self::Suspend { who } => state(setting, door, who, UserStateBody::Suspended).await,
            Self::Resume { who } => state(setting, door, who, UserStateBody::Active).await,
            Self::SignOut { who } => {
                door.delete(&format!("{}/sessions", path(who))).await?;
                said(setting, who, "sessions_ended", "is signed out everywhere")
            }
            Self::ResetMfa { who } => {
                door.delete(&format!("{}/factors", path(who))).await?;
                let what = "has no second factor any more, and signs in with the password alone";
                said(setting, who, "factors_removed", what)
            }
            Self::Remove { who } => {
                door.delete(&path(who)).await?;
                said(setting, who, "removed", "is removed")
            }
            Self::Export { who, out, files } => {
                let path = format!("{}/export?files={files}", path(who));
                download(setting, door, &path, out).await
            }
            Self::Erase { who, out, yes } => {
                let question = format!("Erase {} for good?", clean(who));
                let path = format!("{}/erasure", path(who));
                erase(setting, door, (&path, &question), out.as_deref(), *yes).await
            }
        }
    }
}

fn path(who: &str) -> String {
    format!("/api/v1/users/{}", encode(who))
}

fn said(setting: &Setting, who: &str, key: &str, what: &str) -> Result<()> {
    if setting.painter.is_json() {
        return setting.painter.json(&serde_json::json!({ key: who }));
    }
    setting.painter.say(format!("{} {what}.", clean(who)));
    Ok(())
}

async fn list(setting: &Setting, door: &Door, limit: usize) -> Result<()> {
    let items: Vec<UserBody> = gather(door, "/api/v1/users", &[], limit).await?;
    if items.is_empty() && !setting.painter.is_json() {
        let sentence = "Nobody has an account. Make the first: alexandria init --help";
        setting.painter.say(sentence);
        return Ok(());
    }
    let row = |user: &UserBody| {
        vec![
            shorten(&user.name, COLUMN_CHARACTERS),
            shorten(&user.email, COLUMN_CHARACTERS),
            Role::from(user.role).name().to_owned(),
            match user.state {
                UserStateBody::Active => "active".to_owned(),
                UserStateBody::Suspended => "suspended".to_owned(),
            },
            user.signed_in.map_or_else(|| "never".to_owned(), day),
        ]
    };
    let headings = ["NAME", "ADDRESS", "ROLE", "STATE", "SIGNED IN"];
    setting.painter.list(&items, &headings, row)
}

/// The day of a moment (UTC).
pub(super) fn day(moment: jiff::Timestamp) -> String {
    moment.strftime("%Y-%m-%d").to_string()
}

async fn invite(setting: &Setting, door: &Door, email: &str, role: Role) -> Result<()> {
    let body = InviteBody {
        email: email.to_owned(),
        role: role.into(),
    };
    let made: InvitedBody = door.post("/api/v1/invitations", &body).await?;
    tell_invited(setting, &made)
}

/// Says of an invitation what is needed to accept it.
pub(super) fn tell_invited(setting: &Setting, made: &InvitedBody) -> Result<()> {
    let painter = setting.painter;
    if painter.is_json() {
        return painter.json(made);
    }
    let (who, until) = (clean(&made.invitation.email), day(made.invitation.expires));
    painter.say(format!(
        "{who} is invited until {until}. The token, shown this once:"
    ));
    painter.say(paint(STRONG, &made.token));
    painter.say(paint(
        FAINT,
        "they send it with a name and a password to POST /api/v1/auth/invitation",
    ));
    Ok(())
}

async fn invitations(setting: &Setting, door: &Door) -> Result<()> {
    let items: Vec<InvitationBody> = gather(door, "/api/v1/invitations", &[], 10_000).await?;
    let row = |invitation: &InvitationBody| {
        vec![
            shorten(&invitation.email, COLUMN_CHARACTERS),
            Role::from(invitation.role).name().to_owned(),
            day(invitation.expires),
            invitation.id.to_string(),
        ]
    };
    setting
        .painter
        .list(&items, &["ADDRESS", "ROLE", "UNTIL", "ID"], row)
}

async fn state(setting: &Setting, door: &Door, who: &str, state: UserStateBody) -> Result<()> {
    let change = ChangeBody {
        role: None,
        state: Some(state),
    };
    self::change(setting, door, who, &change).await
}

async fn change(setting: &Setting, door: &Door, who: &str, change: &ChangeBody) -> Result<()> {
    let changed: UserBody = door.patch(&path(who), change).await?;
    let painter = setting.painter;
    if painter.is_json() {
        return painter.json(&changed);
    }
    let (name, role) = (clean(&changed.email), Role::from(changed.role).name());
    painter.say(match changed.state {
        UserStateBody::Active => format!("{name} is {role}."),
        UserStateBody::Suspended => format!("{name} is {role}, and suspended."),
    });
    Ok(())
}
