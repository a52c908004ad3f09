//! What people have beside a password: their own, and what those who look after people see and reset.

mod passkeys;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use alexandria_library::access::{Enrolment, Factors, Proof};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::passkeys::PasskeyBody;
use super::Shared;
use super::extract::{Asker, Body, Segments};
use super::keys::made;
use super::problem::Problem;

/// Where a person sees what they have.
const OWN: &str = "/api/v1/me/factors";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .merge(own())
        .merge(authenticator())
        .merge(passkeys::routes())
        .api_route(
            "/api/v1/users/{user}/factors",
            get_with(of_user, |operation| {
                operation
                    .id("users_factors")
                    .tag("people")
                    .summary("See what a person has beside a password")
            })
            .delete_with(reset, |operation| {
                operation
                    .id("users_factors_reset")
                    .tag("people")
                    .summary("Remove all second factors of a person")
                    .description(
                        "For somebody who has lost theirs: authenticator, recovery codes and \
                         passkeys go, and all sessions end. A password then signs them in.",
                    )
                    .response::<204, ()>()
            }),
        )
}

fn own() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            OWN,
            get_with(mine, |operation| {
                operation
                    .id("me_factors")
                    .tag("people")
                    .summary("See what you have beside a password")
            }),
        )
        .api_route(
            "/api/v1/me/factors/recovery-codes",
            post_with(renew_codes, |operation| {
                operation
                    .id("me_factors_recovery_codes")
                    .tag("people")
                    .summary("Get other recovery codes")
                    .description("Ten, shown this once and each good once; the former are void.")
                    .response::<200, Json<RecoveryCodesBody>>()
            }),
        )
}

fn authenticator() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/me/factors/totp",
            post_with(enrol, |operation| {
                operation
                    .id("me_factors_totp_begin")
                    .tag("people")
                    .summary("Begin to add an authenticator")
                    .description(
                        "The secret is shown this once. The authenticator counts when a code of it \
                         has been sent to `/api/v1/me/factors/totp/confirm`.",
                    )
                    .response::<201, Json<EnrolmentBody>>()
            }),
        )
        .api_route(
            "/api/v1/me/factors/totp/confirm",
            post_with(confirm, |operation| {
                operation
                    .id("me_factors_totp_confirm")
                    .tag("people")
                    .summary("Confirm an authenticator by a code of it")
                    .description(
                        "From then on a password alone signs you in no more. This session counts as \
                         begun with two factors; your others that a password alone has begun end. \
                         With the first second factor come recovery codes, shown this once.",
                    )
                    .response::<200, Json<RecoveryCodesBody>>()
            }),
        )
        .api_route(
            "/api/v1/me/factors/totp/remove",
            post_with(remove_totp, |operation| {
                operation
                    .id("me_factors_totp_remove")
                    .tag("people")
                    .summary("Remove your authenticator")
                    .description("With a fresh code, a recovery code or your password.")
                    .response::<204, ()>()
            }),
        )
}

/// What a person has beside a password.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Factors")]
pub(crate) struct FactorsBody {
    /// Since when they have an authenticator; none without one.
    totp_since: Option<Timestamp>,
    /// Their passkeys, oldest first.
    passkeys: Vec<PasskeyBody>,
    /// How many recovery codes they have left.
    recovery_codes_left: u32,
    /// Whether the tenant asks for a second factor.
    required: bool,
}

impl From<Factors> for FactorsBody {
    fn from(factors: Factors) -> Self {
        Self {
            totp_since: factors.totp,
            passkeys: factors.passkeys.into_iter().map(Into::into).collect(),
            recovery_codes_left: factors.recovery_codes_left,
            required: factors.required,
        }
    }
}

/// The secret of a new authenticator.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TotpEnrolment")]
struct EnrolmentBody {
    /// In base 32, to be typed in. Shown this once.
    secret: String,
    /// As an address, to be shown as a picture.
    uri: String,
}

impl From<Enrolment> for EnrolmentBody {
    fn from(enrolment: Enrolment) -> Self {
        Self {
            secret: enrolment.secret,
            uri: enrolment.uri,
        }
    }
}

/// Recovery codes.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "RecoveryCodes")]
struct RecoveryCodesBody {
    /// The codes, shown this once; none when there are some from before.
    recovery_codes: Option<Vec<String>>,
}

/// A code of an authenticator.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TotpCode")]
struct CodeBody {
    /// Six digits.
    #[schemars(length(min = 6, max = 64))]
    code: String,
}

/// What shows that it is still you: a code or the password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Proof")]
struct ProofBody {
    /// A code of your authenticator, or a recovery code.
    #[schemars(length(min = 6, max = 64))]
    code: Option<String>,
    /// Your password.
    #[schemars(length(min = 1, max = 1024))]
    password: Option<String>,
}

impl ProofBody {
    fn read(self) -> Result<Proof, Problem> {
        match (self.code, self.password) {
            (Some(code), None) => Ok(Proof::Code(code)),
            (None, Some(password)) => Ok(Proof::Password(password)),
            (Some(_), Some(_)) | (None, None) => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "send either a code or your password, to show that it is you",
            )),
        }
    }
}

/// Which person.
#[derive(Debug, Deserialize, JsonSchema)]
struct Which {
    /// The person's id or address.
    user: String,
}

/// A reply that holds a secret and is kept nowhere.
fn secret(body: &impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    let not_kept = HeaderValue::from_static("no-store");
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, not_kept);
    response
}

async fn mine(State(app): State<Shared>, asker: Asker) -> Result<Json<FactorsBody>, Problem> {
    Ok(Json(app.library.own_factors(&asker.0).await?.into()))
}

async fn enrol(State(app): State<Shared>, asker: Asker) -> Result<Response, Problem> {
    let begun = EnrolmentBody::from(app.library.enrol_totp(&asker.0).await?);
    Ok(made(OWN, &begun))
}

async fn confirm(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(shown): Body<CodeBody>,
) -> Result<Response, Problem> {
    let recovery_codes = app.library.confirm_totp(&principal, &shown.code).await?;
    Ok(secret(&RecoveryCodesBody { recovery_codes }))
}

async fn remove_totp(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(proof): Body<ProofBody>,
) -> Result<StatusCode, Problem> {
    let proof = proof.read()?;
    app.library.remove_own_totp(&principal, proof).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn renew_codes(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Body(proof): Body<ProofBody>,
) -> Result<Response, Problem> {
    let proof = proof.read()?;
    let codes = app.library.renew_recovery_codes(&principal, proof).await?;
    Ok(secret(&RecoveryCodesBody {
        recovery_codes: Some(codes),
    }))
}

async fn of_user(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<FactorsBody>, Problem> {
    let found = app.library.find_user(&principal, &which.user).await?;
    let factors = app.library.factors_of(&principal, found.id).await?;
    Ok(Json(factors.into()))
}

async fn reset(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<StatusCode, Problem> {
    let found = app.library.find_user(&principal, &which.user).await?;
    app.library.reset_factors(&principal, found.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
