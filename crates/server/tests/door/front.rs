//! What a browser is shown: the web application with its files, the plain page beside it, and who
//! gets which.

use std::path::Path;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, COOKIE, ETAG, IF_NONE_MATCH, LOCATION, SET_COOKIE,
};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};

use super::support::Server;

/// The addresses of the application's pages that are tried.
const PAGES: [&str; 6] = [
    "/",
    "/library",
    "/read/0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69",
    "/ask",
    "/admin/",
    "/admin/people",
];

/// Whether the program under test was compiled with the application.
fn is_built_in() -> bool {
    let built = Path::new(env!("ALEXANDRIA_WEB")).join("index.html");
    let there = built.try_exists().unwrap();
    if !there {
        println!("the program was compiled without the web application: nothing of it is tested");
    }
    there
}

/// Gets a path as a browser would that stays where it is sent from.
async fn get(
    server: &Server,
    path: &str,
    headers: &[(reqwest::header::HeaderName, &str)],
) -> Response {
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let mut request = client.get(format!("{}{path}", server.address));
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    request.send().await.unwrap()
}

/// The files that a page names.
fn files(page: &str) -> Vec<String> {
    page.split('"')
        .filter(|part| part.starts_with("/assets/"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn every_page_of_the_application_is_one_page_that_loads_only_our_files() {
    if !is_built_in() {
        return;
    }
    let server = Server::start();
    for path in PAGES {
        let reply = get(&server, path, &[]).await;
        assert_eq!(reply.status(), 200, "{path}");
        assert_eq!(reply.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        let fence = reply.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(fence.starts_with("default-src 'none'; script-src 'self' "));
        assert!(
            !fence.contains("unsafe-inline") && !fence.contains("http"),
            "{fence}"
        );
        let page = reply.text().await.unwrap();
        assert!(
            !page.contains("<style") && !page.contains("http"),
            "{path}: {page}"
        );
        let files = files(&page);
        assert!(files.len() >= 2, "{path}: {page}");
        for file in files {
            let reply = get(&server, &file, &[]).await;
            assert_eq!(reply.status(), 200, "{file}");
            assert_eq!(
                reply.headers()[CACHE_CONTROL],
                "public, max-age=31536000, immutable"
            );
        }
    }
    for path in [
        "/assets/nothing-12345678.js",
        "/nothing",
        "/assets/../index.html.br",
        "/index.html.gz",
    ] {
        assert_eq!(get(&server, path, &[]).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn an_address_without_anything_is_a_page_for_a_browser_and_a_problem_for_a_program() {
    if !is_built_in() {
        return;
    }
    let server = Server::start();
    let tag = get(&server, "/library", &[]).await.headers()[ETAG].clone();
    let browser = [
        (ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8"),
        (IF_NONE_MATCH, tag.to_str().unwrap()),
    ];
    for (headers, kind) in [
        (&browser[..], "text/html; charset=utf-8"),
        (&[(ACCEPT, "*/*")], "application/problem+json"),
        (&[], "application/problem+json"),
    ] {
        let reply = get(&server, "/libary", headers).await;
        assert_eq!(reply.status(), 404, "{kind}");
        assert_eq!(reply.headers()[CONTENT_TYPE], kind);
        assert_eq!(
            reply.headers().contains_key(CONTENT_SECURITY_POLICY),
            kind.starts_with("text/html")
        );
    }
}

#[tokio::test]
async fn files_come_as_small_as_the_browser_takes_them_and_only_once() {
    if !is_built_in() {
        return;
    }
    let server = Server::start();
    let page = get(&server, "/", &[]).await.text().await.unwrap();
    let script = files(&page)
        .into_iter()
        .find(|file| file.ends_with(".js"))
        .unwrap();
    let mut lengths = Vec::new();
    for (accepted, encoding) in [
        ("gzip, deflate, br, zstd", Some("br")),
        ("gzip", Some("gzip")),
        ("br;q=0, identity", None),
    ] {
        let reply = get(&server, &script, &[(ACCEPT_ENCODING, accepted)]).await;
        assert_eq!(reply.status(), 200);
        let said = reply
            .headers()
            .get(CONTENT_ENCODING)
            .map(|value| value.to_str().unwrap());
        assert_eq!(said, encoding, "{accepted}");
        assert_eq!(
            reply.headers()[CONTENT_TYPE],
            "text/javascript; charset=utf-8"
        );
        lengths.push(reply.content_length().unwrap());
    }
    assert!(lengths.is_sorted(), "{lengths:?}");
    let tag = get(&server, "/", &[]).await.headers()[ETAG]
        .to_str()
        .unwrap()
        .to_owned();
    let again = get(&server, "/", &[(IF_NONE_MATCH, &tag)]).await;
    assert_eq!(again.status(), 304);
    assert_eq!(again.headers()[CACHE_CONTROL], "no-cache");
}

#[tokio::test]
async fn a_browser_chooses_between_the_application_and_the_plain_page() {
    let server = Server::start();
    let chosen = get(&server, "/?front=plain", &[]).await;
    assert_eq!(chosen.status(), 303);
    assert_eq!(chosen.headers()[LOCATION], "/");
    let cookie = chosen.headers()[SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.starts_with("alexandria_front=plain; Path=/;"),
        "{cookie}"
    );
    let kept = cookie.split(';').next().unwrap();
    let page = get(&server, "/", &[(COOKIE, kept)])
        .await
        .text()
        .await
        .unwrap();
    assert!(page.contains("<h1>Alexandria</h1>"), "{page}");
    assert_eq!(page.contains("/?front=application"), is_built_in());
    // With everybody on the application no cookie is needed to say so.
    let plain = get(&server, "/", &[]).await;
    assert!(!plain.headers().contains_key(SET_COOKIE));
    assert_eq!(get(&server, "/plain", &[]).await.status(), 200);
}

#[tokio::test]
async fn a_share_of_the_browsers_gets_the_application_and_each_stays_where_it_is() {
    if !is_built_in() {
        return;
    }
    let server = Server::start_with(&[("ALEXANDRIA_APPLICATION_PERCENT", "50")]);
    let mut seen = [0_usize; 2];
    for _ in 0..64 {
        let first = get(&server, "/", &[]).await;
        let cookie = first.headers()[SET_COOKIE].to_str().unwrap().to_owned();
        let kept = cookie.split(';').next().unwrap().to_owned();
        let is_plain = first.text().await.unwrap().contains("<h1>Alexandria</h1>");
        seen[usize::from(is_plain)] += 1;
        let second = get(&server, "/", &[(COOKIE, &kept)]).await;
        assert!(!second.headers().contains_key(SET_COOKIE));
        assert_eq!(
            second.text().await.unwrap().contains("<h1>Alexandria</h1>"),
            is_plain
        );
    }
    // Half of 64, give or take: either side below 12 happens once in ten million runs.
    assert!(seen.iter().all(|count| *count >= 12), "{seen:?}");
    let none = Server::start_with(&[("ALEXANDRIA_APPLICATION_PERCENT", "0")]);
    let chosen = get(&none, "/", &[(COOKIE, "alexandria_front=application")]).await;
    assert!(chosen.text().await.unwrap().contains("<h1>Alexandria</h1>"));
}
