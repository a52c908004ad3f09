//! Signing in with a provider of identities (OpenID Connect).
//!
//! A browser is sent to the provider and comes back with a code. The cookie that goes along only
//! tells that it is the same browser that began; it lets nobody in. A page gets its session with a
//! code of ours, which is shown once, in a request of its own, by that same browser.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use alexandria_core::error::{Error, ErrorKind};
use alexandria_core::token::{Token, TokenKind};
use alexandria_library::access::{FLOW_OPEN, Whereabouts};
use alexandria_library::security::Account;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Shared;
use super::auth::{Caller, open};
use super::extract::{Body, Parameters};
use super::problem::Problem;
use super::record::Visit;
use super::second_step::{SignInReply, after_one_step};
use crate::access::{Provider, Returned, is_of_this_machine, refused_sign_in};
use crate::front::is_browsing;

/// Where the provider sends people back to.
const CALLBACK_PATH: &str = "/api/v1/auth/oidc/callback";

/// The paths that the cookie is sent to.
const COOKIE_PATH: &str = "/api/v1/auth/oidc";

/// The cookie that names a sign-in under way.
const COOKIE: &str = "alexandria_sign_in";

/// Where somebody is told that they were not let in. It holds no sentence that a link could forge.
const REFUSED_PAGE: &str = "/sign-in#refused";

/// The longest address to go back to, in bytes.
const RETURN_TO_BYTES_MAX: usize = 2_048;

/// The paths that are open to all, as signing in is.
pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/auth/oidc/start",
            get_with(start, |operation| {
                open(operation)
                    .id("oidc_start")
                    .summary("Sign in with the provider of identities")
                    .description(
                        "Sends the browser to the provider of the setting `oidc.issuer`, and from \
                         there back to this library.",
                    )
                    .response::<303, ()>()
            }),
        )
        .api_route(
            CALLBACK_PATH,
            get_with(callback, |operation| {
                open(operation)
                    .id("oidc_callback")
                    .summary("Come back from the provider of identities")
                    .description(
                        "Gives the tokens of a session, or sends the browser to the page it began \
                         at, with `#code=…`, for which that page gets the tokens. A person with a \
                         second factor, of whom the provider does not say that it has asked for two, \
                         gets `mfa_required` and an `mfa_token` instead, for `/api/v1/auth/mfa`. A \
                         browser that asks for a page and is refused is sent to `/sign-in#refused`.",
                    )
                    .response::<200, Json<SignInReply>>()
                    .response::<303, ()>()
                    .response::<401, ()>()
            }),
        )
        .api_route(
            "/api/v1/auth/oidc/token",
            post_with(token, |operation| {
                open(operation)
                    .id("oidc_token")
                    .summary("Get the session of a sign-in with the provider of identities")
                    .description(
                        "For the browser that began the sign-in, within a minute, once. As \
                         `oidc_callback`, it may ask for a second factor.",
                    )
                    .response::<200, Json<SignInReply>>()
                    .response::<401, ()>()
            }),
        )
}

/// Where to go back to.
#[derive(Debug, Deserialize, JsonSchema)]
struct StartQuery {
    /// The path of a page of this server, such as `/library`, that gets the session; without one the
    /// tokens are the reply.
    #[schemars(length(min = 1, max = 2048))]
    return_to: Option<String>,
}

/// What the provider sends along.
#[derive(Debug, Deserialize, JsonSchema)]
struct CallbackQuery {
    /// What is redeemed for a token.
    code: Option<String>,
    /// What names the sign-in.
    state: Option<String>,
    /// Who the provider says it is.
    iss: Option<String>,
    /// Why it vouches for nobody.
    error: Option<String>,
}

/// What a page got.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OidcCode")]
struct CodeBody {
    /// The code that stood in the address of the page after `#code=`.
    #[schemars(length(min = 1, max = 128))]
    code: String,
}

async fn start(
    State(app): State<Shared>,
    headers: HeaderMap,
    Parameters(query): Parameters<StartQuery>,
) -> Result<Response, Problem> {
    let provider = provider(&app)?;
    if query.return_to.as_deref().is_some_and(|path| !is_own(path)) {
        let sentence = "return_to is the path of a page of this server, such as /library";
        return Err(Error::new(ErrorKind::Invalid, sentence).into());
    }
    let redirect = redirect(&app, provider, &headers)?;
    let authentication = app.library.authentication();
    let tenant = authentication.tenant_of(provider.tenant()).await?;
    let begun = authentication.begin_flow(tenant, query.return_to).await?;
    let url = provider.sign_in_url(&begun, &redirect).await?;
    let cookie = cookie(begun.state.reveal(), FLOW_OPEN.as_secs(), &redirect);
    let mut response = see_other(&url)?;
    put(&mut response, header::SET_COOKIE, &cookie)?;
    Ok(response)
}

async fn callback(
    State(app): State<Shared>,
    Caller(from): Caller,
    visit: Visit,
    headers: HeaderMap,
    Parameters(query): Parameters<CallbackQuery>,
) -> Result<Response, Problem> {
    let provider = provider(&app)?;
    let redirect = redirect(&app, provider, &headers)?;
    match come_back(&app, provider, &redirect, (&headers, &query, &from, &visit)).await {
        Ok(response) => Ok(response),
        Err(error) => {
            if error.kind() == ErrorKind::Forbidden {
                let account = Account::Named("oidc");
                let security = app.library.security();
                security.sign_in_failed(None, account, &visit.origin).await;
                if is_browsing(&headers) {
                    return Ok(see_other(REFUSED_PAGE)?);
                }
            }
            Err(refused_sign_in(error))
        }
    }
}

type Return<'a> = (&'a HeaderMap, &'a CallbackQuery, &'a Whereabouts, &'a Visit);

/// Goes on with a sign-in whose browser has come back.
async fn come_back(
    app: &Shared,
    provider: &Provider,
    redirect: &str,
    (headers, query, from, visit): Return<'_>,
) -> Result<Response, Error> {
    let strange = || {
        let sentence = "that sign-in was not begun by this browser, has taken too long or is over: \
                        sign in again";
        Error::new(ErrorKind::Forbidden, sentence)
    };
    let shown = query.state.as_deref().unwrap_or_default();
    let state = Token::parse(TokenKind::Once, shown).map_err(|_not_one| strange())?;
    if cookie_of(headers) != Some(state.reveal()) {
        return Err(strange());
    }
    let authentication = app.library.authentication();
    let flow = authentication.take_flow(&state).await?;
    let flow = flow.ok_or_else(strange)?;
    let Some(code) = query.code.as_deref().filter(|_code| query.error.is_none()) else {
        let sentence = "the provider of identities has let nobody in: sign in again";
        return Err(Error::new(ErrorKind::Forbidden, sentence));
    };
    let returned = Returned {
        code,
        issuer: query.iss.as_deref(),
    };
    let now = app.clock.now();
    let vouched = provider.vouched(&flow, &returned, redirect, now).await?;
    let Some(page) = flow.return_to else {
        let step = authentication.sign_in_vouched(flow.tenant, &vouched, from);
        let body = after_one_step(app, visit, step.await?).map_err(|problem| unsigned(&problem))?;
        let mut response = body.into_response();
        forget(&mut response, redirect)?;
        return Ok(response);
    };
    let known = authentication.meet(flow.tenant, &vouched).await?;
    let code = authentication.hand_over(&state, &known).await?;
    // What follows the sign is not sent to servers, and stands in no log.
    see_other(&format!("{page}#code={}", code.reveal()))
}

async fn token(
    State(app): State<Shared>,
    Caller(from): Caller,
    visit: Visit,
    headers: HeaderMap,
    Body(shown): Body<CodeBody>,
) -> Result<Response, Problem> {
    let provider = provider(&app)?;
    let state = cookie_of(&headers).unwrap_or_default();
    let authentication = app.library.authentication();
    let step = authentication.redeem(&shown.code, state, &from).await;
    let body = after_one_step(&app, &visit, step.map_err(refused_sign_in)?)?;
    let mut response = body.into_response();
    let redirect = redirect(&app, provider, &headers)?;
    forget(&mut response, &redirect)?;
    Ok(response)
}

fn provider(app: &Shared) -> Result<&Provider, Problem> {
    app.gate.provider().ok_or_else(|| {
        let sentence = "this library has no provider of identities; oidc.issuer and oidc.client_id \
                        set one";
        Problem::new(StatusCode::NOT_FOUND, sentence)
    })
}

/// Where the provider sends people back to: as the settings say, or to this machine.
fn redirect(app: &Shared, provider: &Provider, headers: &HeaderMap) -> Result<String, Problem> {
    if let Some(url) = provider.redirect_url() {
        return Ok(url.to_owned());
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = host.filter(|host| is_of_this_machine(host, &app.config.host));
    let host = host.ok_or_else(|| {
        let sentence = "oidc.redirect_url is not set, so people sign in on this machine alone";
        Problem::new(StatusCode::FORBIDDEN, sentence)
    })?;
    let scheme = if app.config.speaks_tls() {
        "https"
    } else {
        "http"
    };
    Ok(format!("{scheme}://{host}{CALLBACK_PATH}"))
}

/// Whether a path is one of this server's pages, whatever a browser makes of it.
fn is_own(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#');
    path.len() <= RETURN_TO_BYTES_MAX
        && path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(plain)
}

fn cookie(value: &str, seconds: i64, redirect: &str) -> String {
    let secure = if redirect.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    format!(
        "{COOKIE}={value}; Path={COOKIE_PATH}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    )
}

/// The sign-in that a browser says it has begun. Of two cookies of that name none counts.
fn cookie_of(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter();
    let pairs = all
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'));
    let mut found = pairs.filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then_some(value)
    });
    found.next().filter(|_one| found.next().is_none())
}

fn forget(response: &mut Response, redirect: &str) -> Result<(), Error> {
    put(response, header::SET_COOKIE, &cookie("", 0, redirect))?;
    put(response, header::CACHE_CONTROL, "no-store")
}

fn see_other(url: &str) -> Result<Response, Error> {
    let mut response = StatusCode::SEE_OTHER.into_response();
    put(&mut response, header::LOCATION, url)?;
    put(&mut response, header::CACHE_CONTROL, "no-store")?;
    Ok(response)
}

fn put(response: &mut Response, name: header::HeaderName, value: &str) -> Result<(), Error> {
    let value = HeaderValue::from_str(value).map_err(|source| {
        let sentence = "the provider of identities names an address that is none";
        Error::new(ErrorKind::Unavailable, sentence).with_source(source)
    })?;
    response.headers_mut().insert(name, value);
    Ok(())
}

fn unsigned(problem: &Problem) -> Error {
    Error::new(ErrorKind::Internal, problem.detail().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_gone_back_to() {
        for right in ["/", "/library", "/library?shelf=a&page=2"] {
            assert!(is_own(right), "{right}");
        }
        for wrong in [
            "",
            "library",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a b",
            "/a\r\nSet-Cookie: a=b",
            "/\t/evil.example",
            "/a#code=mine",
            &format!("/{}", "a".repeat(3000)),
        ] {
            assert!(!is_own(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn of_two_cookies_none_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(cookie_of(&headers), None);
        headers.append(header::COOKIE, "a=b; alexandria_sign_in=x".parse().unwrap());
        assert_eq!(cookie_of(&headers), Some("x"));
        headers.append(header::COOKIE, "alexandria_sign_in=y".parse().unwrap());
        assert_eq!(cookie_of(&headers), None);
    }

    #[test]
    fn the_cookie_is_for_the_sign_in_alone() {
        let told = cookie("x", 600, "https://library.example.org/callback");
        assert_eq!(
            told,
            "alexandria_sign_in=x; Path=/api/v1/auth/oidc; Max-Age=600; HttpOnly; SameSite=Lax; \
             Secure"
        );
        assert!(!cookie("x", 600, "http://localhost/").contains("Secure"));
    }
}
