//! What a page has to know before anybody has signed in. Open to all.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use schemars::JsonSchema;
use serde::Serialize;

use super::Shared;
use super::auth::open;
use super::problem::Problem;
use crate::access::{FirstAccount, Ways, ways};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/v1/auth/ways",
        get_with(tell, |operation| {
            open(operation)
                .id("auth_ways")
                .summary("Learn how to sign in")
                .description(
                    "What a page has to know before anybody has signed in: whether anything has to \
                     be shown at all, what there is to sign in with, and whether the first account \
                     is still to be made.",
                )
        }),
    )
}

/// How the caller is let in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SignInWays")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each way is there or not, whatever the others"
)]
struct WaysBody {
    /// The name of this installation.
    name: String,
    /// Whether you are let in without showing anything: a library without accounts, on its own
    /// machine.
    open: bool,
    /// Whether nobody has an account yet: `POST /api/v1/init` makes the first.
    first_account: bool,
    /// What the first account is made with; absent where somebody has one.
    first_account_needs: Option<NeedsBody>,
    /// Whether people sign in with a password.
    password: bool,
    /// Whether people sign in with a passkey on the page that asks.
    passkeys: bool,
    /// Whether people sign in with a provider of identities, at `/api/v1/auth/oidc/start`.
    oidc: bool,
}

/// What the first account is made with.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "FirstAccountNeeds")]
enum NeedsBody {
    /// Nothing: you may make it now.
    Nothing,
    /// To be on the machine that the library runs on: a browser there, or `alexandria init`.
    Machine,
    /// A key with the scope `operate`, as bearer token; or `alexandria init` on the machine.
    Key,
}

impl From<FirstAccount> for NeedsBody {
    fn from(needs: FirstAccount) -> Self {
        match needs {
            FirstAccount::Nothing => Self::Nothing,
            FirstAccount::Machine => Self::Machine,
            FirstAccount::Key => Self::Key,
        }
    }
}

impl FromRequestParts<Shared> for Ways {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        Ok(ways(app, parts).await?)
    }
}

impl aide::OperationInput for Ways {}

async fn tell(State(app): State<Shared>, ways: Ways) -> Json<WaysBody> {
    let has_accounts = ways.first_account.is_none();
    Json(WaysBody {
        name: app.config.name.clone(),
        open: ways.open,
        first_account: !has_accounts,
        first_account_needs: ways.first_account.map(NeedsBody::from),
        password: has_accounts,
        passkeys: has_accounts && ways.passkeys,
        oidc: ways.oidc,
    })
}
