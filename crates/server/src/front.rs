//! What a browser is shown: the web application, and beside it the plain page.
//!
//! Which of the two stands at `/` is a matter of degree, so that the application can be brought in, and
//! what was before it taken away, step by step (docs/web-application.md): every browser has a number
//! from 0 to 99 in a cookie, and the setting `front.application_percent` says from which number on it
//! gets the plain page. Whoever says `?front=plain` or `?front=application` has chosen for good.

mod application;
mod plain;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::api::Shared;
use crate::api::problem::Problem;

/// The cookie that holds a browser's number, or its choice. It says nothing of a person.
const COOKIE: &str = "alexandria_front";

/// For how long a browser keeps it, in seconds: a year.
const COOKIE_SECONDS: u64 = 365 * 24 * 60 * 60;

/// The pages of the web application: each of these addresses, and those below it, is the one page
/// whose script finds the rest.
const PAGES: [&str; 8] = [
    "/library", "/read", "/ask", "/search", "/admin", "/account", "/sign-in", "/welcome",
];

/// Where somebody who was invited arrives.
const INVITATION: &str = "/invitation";

pub(crate) fn routes() -> Router<Shared> {
    let mut router = Router::new()
        .route("/", get(front))
        .route("/plain", get(plain::page));
    for page in PAGES {
        router = router
            .route(page, get(application::page))
            .route(&format!("{page}/"), get(application::page))
            .route(&format!("{page}/{{*rest}}"), get(application::page));
    }
    router
        .route(INVITATION, get(application::page))
        .merge(application::files())
}

/// One of the two front ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Front {
    Application,
    Plain,
}

/// What a browser may choose in the address.
#[derive(Debug, Deserialize)]
struct Choice {
    front: Option<Front>,
}

/// What a browser's cookie says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    Chosen(Front),
    Number(u8),
}

async fn front(
    State(app): State<Shared>,
    choice: Result<Query<Choice>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    if let Ok(Query(Choice { front: Some(front) })) = choice {
        let mut response = Redirect::to("/").into_response();
        keep(&mut response, Kept::Chosen(front));
        return response;
    }
    let known = kept(&headers);
    let percent = app.config.application_percent;
    // A number is drawn only where it decides something.
    let now = known.unwrap_or_else(|| match percent {
        1..=99 => Kept::Number(draw(&app)),
        _ => Kept::Number(0),
    });
    let application = shown(now, percent) == Front::Application && application::is_built_in();
    let mut response = if application {
        application::page(headers).await
    } else {
        plain::page(State(app)).await
    };
    if known.is_none() && (1..=99).contains(&percent) {
        keep(&mut response, now);
    }
    response
}

/// There is nothing at this address: a browser is told so by a page from which it gets on, and a program
/// by a problem.
pub(crate) async fn nowhere(headers: HeaderMap) -> Response {
    if !is_browsing(&headers) || !application::is_built_in() {
        return Problem::of_status(StatusCode::NOT_FOUND).into_response();
    }
    let mut anew = headers;
    anew.remove(header::IF_NONE_MATCH);
    let mut response = application::page(anew).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// Whether a browser asks for a page, and not a program for a reply.
pub(crate) fn is_browsing(headers: &HeaderMap) -> bool {
    let wanted = headers.get_all(header::ACCEPT).iter();
    let mut wanted = wanted.filter_map(|value| value.to_str().ok());
    wanted.any(|value| value.contains("text/html"))
}

/// Which front end a browser gets.
fn shown(kept: Kept, percent: u8) -> Front {
    match kept {
        // Nobody is shown what has been switched off altogether.
        Kept::Chosen(Front::Application) if percent == 0 => Front::Plain,
        Kept::Chosen(front) => front,
        Kept::Number(number) if number < percent => Front::Application,
        Kept::Number(_) => Front::Plain,
    }
}

/// A number from 0 to 99, from the random half of an id.
fn draw(app: &Shared) -> u8 {
    let (_, random) = app.ids.next().as_u64_pair();
    u8::try_from(random % 100).unwrap_or_default()
}

fn kept(headers: &HeaderMap) -> Option<Kept> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let mut pairs = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == COOKIE)?;
    match value {
        "application" => Some(Kept::Chosen(Front::Application)),
        "plain" => Some(Kept::Chosen(Front::Plain)),
        number => number
            .parse()
            .ok()
            .filter(|number| *number < 100)
            .map(Kept::Number),
    }
}

fn keep(response: &mut Response, kept: Kept) {
    let value = match kept {
        Kept::Chosen(Front::Application) => "application".to_owned(),
        Kept::Chosen(Front::Plain) => "plain".to_owned(),
        Kept::Number(number) => number.to_string(),
    };
    let cookie =
        format!("{COOKIE}={value}; Path=/; Max-Age={COOKIE_SECONDS}; SameSite=Lax; HttpOnly");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::{Front, Kept, shown};

    #[test]
    fn the_share_decides_for_those_who_have_not_chosen() {
        for (kept, percent, front) in [
            (Kept::Number(0), 0, Front::Plain),
            (Kept::Number(0), 1, Front::Application),
            (Kept::Number(30), 30, Front::Plain),
            (Kept::Number(99), 100, Front::Application),
            (Kept::Chosen(Front::Plain), 100, Front::Plain),
            (Kept::Chosen(Front::Application), 1, Front::Application),
            (Kept::Chosen(Front::Application), 0, Front::Plain),
        ] {
            assert_eq!(shown(kept, percent), front, "{kept:?} at {percent}");
        }
    }
}
