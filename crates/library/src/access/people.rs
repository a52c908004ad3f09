//! A tenant's people: inviting, changing and removing them, their sessions, and what they change about
//! themselves.

use alexandria_core::access::{Role, Scope};
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::id::{InvitationId, SessionId, UserId};
use alexandria_core::label::Label;
use alexandria_core::principal::{Actor, Principal};
use alexandria_core::token::{Token, TokenKind};
use alexandria_core::user::{Email, Password, User, UserState, checked_phone_number};
use alexandria_store::catalog::{Invitation, Page, Session, UserChange};
use jiff::SignedDuration;

use super::{new_token, require_cover, scopes_of};
use crate::library::Library;

/// How long an invitation is open.
const INVITATION_OPEN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// An invitation just made, with the token that is shown this once.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// What the one who is invited shows.
    pub token: Token,
}

/// What a person changes about themselves; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct SelfChange {
    /// A new name.
    pub name: Option<String>,
    /// A telephone number; an empty one removes it.
    pub phone_number: Option<String>,
    /// The password so far and the new one.
    pub password: Option<(String, String)>,
}

impl Library {
    /// Invites somebody to become one of the tenant's people.
    ///
    /// # Errors
    /// `Invalid` for an address that cannot be one, `Conflict` when that person is there already,
    /// `Forbidden` for a role that allows more than the one who asks may do.
    pub async fn invite(&self, principal: &Principal, email: &str, role: Role) -> Result<Invited> {
        principal.require(Scope::People)?;
        require_cover(principal, scopes_of(principal.tenant(), role), "that role")?;
        let email = Email::parse(email)?;
        let token = new_token(TokenKind::Invitation)?;
        let expires = self.clock.now() + INVITATION_OPEN;
        let made = self
            .catalog
            .create_invitation(principal, (&email, role), &token, expires);
        let invitation = made.await?;
        Ok(Invited { invitation, token })
    }

    /// The open invitations, oldest first.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this list has not given, and for a limit that is no page's.
    pub async fn invitations(
        &self,
        principal: &Principal,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Invitation>> {
        principal.require(Scope::People)?;
        self.catalog.invitations(principal, cursor, limit).await
    }

    /// Withdraws an invitation.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn withdraw_invitation(&self, principal: &Principal, id: InvitationId) -> Result<()> {
        principal.require(Scope::People)?;
        self.catalog.remove_invitation(principal, id).await
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
        principal.require(Scope::People)?;
        self.catalog.users(principal, cursor, limit).await
    }

    /// A person, by id or address.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_user(&self, principal: &Principal, id_or_email: &str) -> Result<User> {
        principal.require(Scope::People)?;
        if let Ok(id) = id_or_email.parse::<UserId>() {
            return self.catalog.user(principal, id).await;
        }
        let found = match Email::parse(id_or_email) {
            Ok(email) => self.catalog.user_by_email(principal, &email).await?,
            Err(_cannot_be_known) => None,
        };
        found.ok_or_else(|| {
            let sentence = "there is no person with that id or address";
            Error::new(ErrorKind::NotFound, sentence)
        })
    }

    /// Gives a person another role or state. Their sessions end with it.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` when the former or the new role allows more than the one who asks may
    /// do; `Conflict` for the last owner.
    pub async fn change_user(
        &self,
        principal: &Principal,
        id: UserId,
        role: Option<Role>,
        state: Option<UserState>,
    ) -> Result<User> {
        principal.require(Scope::People)?;
        self.require_over(principal, id).await?;
        if let Some(role) = role {
            require_cover(principal, scopes_of(principal.tenant(), role), "that role")?;
        }
        let change = UserChange {
            role,
            state,
            ..UserChange::default()
        };
        self.catalog.update_user(principal, id, change).await
    }

    /// Removes a person with their sessions and grants.
    ///
    /// # Errors
    /// As for [`Self::change_user`].
    pub async fn remove_user(&self, principal: &Principal, id: UserId) -> Result<()> {
        principal.require(Scope::People)?;
        self.require_over(principal, id).await?;
        self.catalog.remove_user(principal, id).await
    }

    /// The sessions of a person.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn sessions(&self, principal: &Principal, id: UserId) -> Result<Vec<Session>> {
        principal.require(Scope::People)?;
        self.catalog.user(principal, id).await?;
        self.catalog.sessions(principal, id).await
    }

    /// Ends a session of a person, or all of them.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for a person who may do more than the one who asks.
    pub async fn end_sessions(
        &self,
        principal: &Principal,
        id: UserId,
        session: Option<SessionId>,
    ) -> Result<()> {
        principal.require(Scope::People)?;
        self.require_over(principal, id).await?;
        self.end_of_sessions(principal, id, session).await
    }

    /// The sessions of the one who asks.
    ///
    /// # Errors
    /// `NotFound` when that is not a person.
    pub async fn own_sessions(&self, principal: &Principal) -> Result<Vec<Session>> {
        let id = own_id(principal)?;
        principal.require_enrolled()?;
        self.catalog.sessions(principal, id).await
    }

    /// Ends a session of the one who asks, or all of them.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn end_own_sessions(
        &self,
        principal: &Principal,
        session: Option<SessionId>,
    ) -> Result<()> {
        let id = own_id(principal)?;
        self.end_of_sessions(principal, id, session).await
    }

    async fn end_of_sessions(
        &self,
        principal: &Principal,
        id: UserId,
        session: Option<SessionId>,
    ) -> Result<()> {
        match session {
            Some(session) => self.catalog.end_session(principal, id, session).await,
            None => self
                .catalog
                .end_sessions(principal, id)
                .await
                .map(|_ended| ()),
        }
    }

    /// The one who asks, if that is a person.
    ///
    /// # Errors
    /// `NotFound` for a key, and for the owner of a library without accounts.
    pub async fn me(&self, principal: &Principal) -> Result<User> {
        let id = own_id(principal)?;
        self.catalog.user(principal, id).await
    }

    /// Changes what a person may change about themselves. A new password ends their sessions.
    ///
    /// # Errors
    /// `Forbidden` when the password so far is wrong, `Invalid` for what cannot be.
    pub async fn change_me(&self, principal: &Principal, change: SelfChange) -> Result<User> {
        let id = own_id(principal)?;
        principal.require_enrolled()?;
        let user = self.catalog.user(principal, id).await?;
        let mut new = UserChange::default();
        if let Some(name) = change.name {
            new.name = Some(Label::parse("person", &name)?);
        }
        new.phone_number = match change.phone_number.as_deref() {
            None => None,
            Some("") => Some(None),
            Some(number) => Some(Some(checked_phone_number(number)?)),
        };
        if let Some((former, chosen)) = change.password {
            self.require_password(&user, former).await?;
            let chosen = Password::chosen(chosen, &user.email)?;
            new.password_hash = Some(self.passwords.hash(&chosen).await?);
        }
        self.catalog.update_user(principal, id, new).await
    }

    pub(super) async fn require_password(&self, user: &User, given: String) -> Result<()> {
        let given = Password::given(given)?;
        let known = self.catalog.identities().by_email(&user.email).await?;
        let known = known.into_iter().find(|known| known.user.id == user.id);
        let hash = known.and_then(|known| known.password_hash);
        if self.passwords.is_right(&given, hash.as_deref()).await? {
            return Ok(());
        }
        let sentence = "the password so far is wrong";
        Err(Error::new(ErrorKind::Forbidden, sentence))
    }

    /// Lets one who looks after people act on a person whose role they cover.
    pub(crate) async fn require_over(&self, principal: &Principal, id: UserId) -> Result<()> {
        let user = self.catalog.user(principal, id).await?;
        require_cover(principal, scopes_of(user.tenant, user.role), "that person")
    }
}

pub(crate) fn own_id(principal: &Principal) -> Result<UserId> {
    match principal.actor() {
        Actor::User(id) => Ok(*id),
        Actor::Owner | Actor::Key(_) | Actor::System(_) => {
            let sentence = "these credentials are not a person's: nobody has signed in with them";
            Err(Error::new(ErrorKind::NotFound, sentence))
        }
    }
}
