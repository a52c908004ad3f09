//! Signing in beyond a password: the second step, and passkeys. Open to all, as signing in is.

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use alexandria_core::error::{Error, ErrorKind};
use alexandria_core::id::{TenantId, UserId};
use alexandria_library::access::{Factors, FirstStep, SecondStep};
use alexandria_library::security::Account;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Shared;
use super::auth::{Caller, SignedInBody, answer, open};
use super::extract::Body;
use super::problem::Problem;
use super::record::Visit;
use crate::access::refused_sign_in;

/// The longest name of a credential that a failure is counted under, in characters.
const CREDENTIAL_CHARACTERS_MAX: usize = 64;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/auth/mfa",
            post_with(second_step, |operation| {
                open(operation)
                    .id("sign_in_second_step")
                    .summary("Do the second step of signing in")
                    .description(
                        "With the `mfa_token` that the first step gave, and a code of \
                         your authenticator or a recovery code. Each code is good once. After five \
                         wrong ones the way is closed for a minute, and for twice as long after \
                         each further one.",
                    )
                    .response::<401, ()>()
            }),
        )
        .api_route(
            "/api/v1/auth/passkey/options",
            post_with(begin_passkey, |operation| {
                open(operation)
                    .id("sign_in_passkey_options")
                    .summary("Begin to sign in with a passkey")
                    .description(
                        "Gives what a browser calls `navigator.credentials.get` with, as \
                         `PublicKeyCredential.parseRequestOptionsFromJSON` reads it. It is good \
                         once, for five minutes.",
                    )
            }),
        )
        .api_route(
            "/api/v1/auth/passkey",
            post_with(passkey, |operation| {
                open(operation)
                    .id("sign_in_passkey")
                    .summary("Sign in with a passkey")
                    .description("With what the browser gave, as its `toJSON` writes it.")
                    .response::<401, ()>()
            }),
        )
}

/// What the first step of signing in gives: a session, or the question for a second factor.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "SignInReply")]
pub(super) enum SignInReply {
    /// A session.
    SignedIn(Box<SignedInBody>),
    /// The person has a second factor, and has to show it.
    SecondFactor(SecondFactorBody),
}

/// The question for a second factor.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SecondFactorNeeded")]
pub(super) struct SecondFactorBody {
    /// Always true: a session has no such field.
    mfa_required: bool,
    /// What the second step is done with; good once.
    mfa_token: String,
    /// Seconds for which it is good.
    expires_in: i64,
    /// What the person has.
    methods: Vec<MethodBody>,
}

/// A way to do the second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SecondFactorMethod")]
enum MethodBody {
    /// A code of an authenticator.
    Totp,
    /// A recovery code.
    RecoveryCode,
    /// A passkey, by itself: at `/api/v1/auth/passkey`.
    Passkey,
}

fn methods(factors: &Factors) -> Vec<MethodBody> {
    let all = [
        (factors.totp.is_some(), MethodBody::Totp),
        (!factors.passkeys.is_empty(), MethodBody::Passkey),
        (factors.recovery_codes_left > 0, MethodBody::RecoveryCode),
    ];
    let there = all.into_iter().filter(|(there, _)| *there);
    there.map(|(_, method)| method).collect()
}

/// The second step.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SecondStep")]
struct SecondStepBody {
    /// What the first step gave.
    mfa_token: String,
    /// Six digits of an authenticator, or a recovery code.
    #[schemars(length(min = 6, max = 64))]
    code: String,
}

/// What a browser is to do with a passkey.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PasskeyOptions")]
pub(super) struct OptionsBody {
    /// The options, in the JSON form of the Web Authentication standard.
    pub(super) options: Map<String, Value>,
}

impl From<Value> for OptionsBody {
    fn from(options: Value) -> Self {
        let Value::Object(options) = options else {
            return Self {
                options: Map::new(),
            };
        };
        Self { options }
    }
}

/// What a browser gave for a passkey.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PasskeyAssertion")]
struct AssertionBody {
    /// The credential, in the JSON form of the Web Authentication standard.
    credential: Map<String, Value>,
}

/// The reply to a first step that was right.
pub(super) fn after_one_step(
    app: &Shared,
    visit: &Visit,
    step: FirstStep,
) -> Result<Json<SignInReply>, Problem> {
    match step {
        FirstStep::Begun(begun) => {
            let Json(body) = answer(app, visit, *begun)?;
            Ok(Json(SignInReply::SignedIn(Box::new(body))))
        }
        FirstStep::SecondFactor(step) => Ok(Json(SignInReply::SecondFactor(ask(app, &step)))),
    }
}

fn ask(app: &Shared, step: &SecondStep) -> SecondFactorBody {
    let left: Timestamp = step.expires;
    SecondFactorBody {
        mfa_required: true,
        mfa_token: step.token.reveal().to_owned(),
        expires_in: left.as_second() - app.clock.now().as_second(),
        methods: methods(&step.factors),
    }
}

async fn second_step(
    State(app): State<Shared>,
    Caller(from): Caller,
    visit: Visit,
    Body(shown): Body<SecondStepBody>,
) -> Result<Json<SignedInBody>, Problem> {
    let authentication = app.library.authentication();
    let whose = authentication.whose_second_step(&shown.mfa_token).await?;
    let begun = authentication.second_step(&shown.mfa_token, &shown.code, &from);
    let begun = begun.await;
    if let (Err(error), Some((tenant, user))) = (&begun, whose) {
        tell_wrong_code(&app, error, (tenant, user), &visit).await;
    }
    answer(&app, &visit, begun.map_err(refused_sign_in)?)
}

async fn tell_wrong_code(
    app: &Shared,
    error: &Error,
    (tenant, user): (TenantId, UserId),
    visit: &Visit,
) {
    if matches!(error.kind(), ErrorKind::Forbidden | ErrorKind::Exhausted) {
        let security = app.library.security();
        let failed = security.sign_in_failed(Some(tenant), Account::Known(user), &visit.origin);
        failed.await;
    }
}

async fn begin_passkey(State(app): State<Shared>) -> Result<Json<OptionsBody>, Problem> {
    let options = app.library.authentication().begin_with_passkey().await?;
    Ok(Json(options.into()))
}

async fn passkey(
    State(app): State<Shared>,
    Caller(from): Caller,
    visit: Visit,
    Body(shown): Body<AssertionBody>,
) -> Result<Json<SignedInBody>, Problem> {
    let id = shown.credential.get("id").and_then(Value::as_str);
    let id: String = id
        .unwrap_or_default()
        .chars()
        .take(CREDENTIAL_CHARACTERS_MAX)
        .collect();
    let authentication = app.library.authentication();
    let credential = Value::Object(shown.credential);
    let begun = authentication
        .sign_in_with_passkey(&credential, &from)
        .await;
    if let Err(error) = &begun
        && error.kind() == ErrorKind::Forbidden
    {
        let security = app.library.security();
        let failed = security.sign_in_failed(None, Account::Named(&id), &visit.origin);
        failed.await;
    }
    answer(&app, &visit, begun.map_err(refused_sign_in)?)
}
