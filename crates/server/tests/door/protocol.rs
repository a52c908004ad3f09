//! How the API speaks: problems, keys, pages, events, its description.

use serde_json::{Value, json};

use super::support::{LIGHTHOUSE, Server, form, read};

#[expect(clippy::too_many_lines, reason = "one list of refusals")]
#[tokio::test]
async fn every_refusal_is_told_as_problem_details() {
    let server = Server::start_with(&[("ALEXANDRIA_BODY_BYTES_MAX", "2000")]);
    let check = async |method: &str, path: &str, content: Option<(&str, &str)>, status: u16| {
        let mut request = server
            .request(method, path)
            .header("x-request-id", "test-1");
        if let Some((kind, body)) = content {
            request = request.header("content-type", kind).body(body.to_owned());
        }
        let reply = request.send().await.unwrap();
        let case = format!("{method} {path}");
        assert_eq!(reply.status(), status, "{case}");
        assert_eq!(
            reply.headers()["content-type"],
            "application/problem+json",
            "{case}"
        );
        assert_eq!(reply.headers()["x-request-id"], "test-1", "{case}");
        let problem: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
        assert_eq!(problem["status"], status, "{case}");
        assert_eq!(problem["instance"], "test-1", "{case}");
        for key in ["type", "title", "detail"] {
            assert!(
                !problem[key].as_str().unwrap().is_empty(),
                "{case}: {problem}"
            );
        }
        problem
    };
    let json = "application/json";
    let unknown = "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69";
    let document = format!("/api/v1/documents/{unknown}");
    check("GET", "/nowhere", None, 404).await;
    check("GET", "/api/v1/nowhere", None, 404).await;
    check("PUT", "/api/v1/collections", None, 405).await;
    check("DELETE", "/health", None, 405).await;
    check("GET", &document, None, 404).await;
    check("GET", &format!("{document}/text"), None, 404).await;
    check("GET", "/api/v1/documents/7", None, 422).await;
    check("GET", "/api/v1/documents?limit=many", None, 422).await;
    check("GET", "/api/v1/documents?cursor=made-up", None, 422).await;
    check("GET", "/api/v1/documents?colour=red", None, 422).await;
    check("GET", "/api/v1/search", None, 422).await;
    check("GET", "/api/v1/search?query=a&collections=none", None, 404).await;
    check("POST", "/api/v1/collections", Some((json, "{")), 422).await;
    check("POST", "/api/v1/collections", Some((json, "{}")), 422).await;
    check(
        "POST",
        "/api/v1/collections",
        Some((json, "{\"name\":\"\"}")),
        422,
    )
    .await;
    check(
        "POST",
        "/api/v1/collections",
        Some((json, "{\"name\":\"a\\nb\"}")),
        422,
    )
    .await;
    check(
        "POST",
        "/api/v1/collections",
        Some(("text/plain", "{}")),
        415,
    )
    .await;
    check("POST", "/api/v1/documents", Some((json, "{}")), 422).await;
    check("POST", "/api/v1/documents", Some(("text/plain", "a")), 415).await;
    check("POST", "/api/v1/collections", Some((json, "[]")), 422).await;
    check("PATCH", &document, Some((json, "[]")), 422).await;
    check("POST", "/api/v1/ask", None, 415).await;
    check(
        "POST",
        "/api/v1/documents",
        Some(("multipart/form-data; boundary=B", "--B--")),
        422,
    )
    .await;
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(3000));
    check("POST", "/api/v1/collections", Some((json, &large)), 413).await;
    let problem = check("POST", "/api/v1/ask", Some((json, "{\"question\":3}")), 422).await;
    assert!(
        problem["detail"].as_str().unwrap().contains("question"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_request_sent_twice_with_its_key_makes_one_thing() {
    let server = Server::start();
    let create = async |key: &str, name: &str| {
        let request = server
            .request("POST", "/api/v1/collections")
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(json!({ "name": name }).to_string());
        read(request).await
    };
    let first = create("one", "Poems").await;
    assert_eq!(first.0, 201);
    assert_eq!(create("one", "Poems").await, first);
    assert_eq!(create("one", "Plays").await.0, 409);
    assert_eq!(create("two", "Poems").await.0, 409);

    let upload = async |key: &str, text: &str| {
        let (kind, body) = form(&[("a.txt", text.as_bytes())], &[("collection", "Poems")]);
        let request = server
            .request("POST", "/api/v1/documents")
            .header("content-type", kind)
            .header("idempotency-key", key)
            .body(body);
        read(request).await
    };
    let first = upload("one", "A poem about a heron.").await;
    assert_eq!(first.0, 202, "{}", first.1);
    assert_eq!(upload("one", "A poem about a heron.").await, first);
    assert_eq!(upload("one", "A poem about an owl.").await.0, 409);
    let (_, listed) = server.get("/api/v1/documents").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_request_sent_again_while_the_first_is_under_way_makes_one_thing() {
    let server = Server::start();
    let (kind, body) = form(&[("heron.txt", b"A poem about a heron.")], &[]);
    let upload = |body: reqwest::Body| {
        let request = server.request("POST", "/api/v1/documents");
        let request = request.header("content-type", &kind);
        request.header("idempotency-key", "heron").body(body)
    };
    // The first half of the first request is sent, and the rest when the second has its reply.
    let (head, tail) = body.split_at(body.len() / 2);
    let (sender, receiver) = futures::channel::mpsc::unbounded();
    let part = |bytes: &[u8]| Ok::<_, std::io::Error>(bytes.to_vec());
    sender.unbounded_send(part(head)).unwrap();
    let first = upload(reqwest::Body::wrap_stream(receiver)).send();
    let second = async {
        let second = read(upload(body.clone().into())).await;
        sender.unbounded_send(part(tail)).unwrap();
        sender.close_channel();
        second
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(second.0, 202, "{}", second.1);
    let first = first.unwrap();
    assert_eq!(first.status(), 202);
    assert_eq!(first.headers()["idempotency-replayed"], "true");
    let first: Value = serde_json::from_slice(&first.bytes().await.unwrap()).unwrap();
    assert_eq!(first, second.1);

    let create = async |_| {
        let request = server.request("POST", "/api/v1/collections");
        let request = request.header("content-type", "application/json");
        let request = request.header("idempotency-key", "poems");
        read(request.body(json!({ "name": "Poems" }).to_string())).await
    };
    let replies = futures::future::join_all((0..4).map(create)).await;
    let made: Vec<_> = replies
        .iter()
        .filter(|(status, _)| *status == 201)
        .collect();
    assert!(!made.is_empty(), "{replies:?}");
    assert!(made.iter().all(|reply| *reply == made[0]), "{replies:?}");
    let others = replies.iter().filter(|(status, _)| *status != 201);
    assert!(
        others.into_iter().all(|(status, _)| *status == 409),
        "{replies:?}"
    );
    let (_, listed) = server.get("/api/v1/documents").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let (_, listed) = server.get("/api/v1/collections").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2, "{listed}");
}

#[tokio::test]
async fn lists_are_read_page_by_page_without_gaps() {
    let server = Server::start();
    for number in 0..5 {
        let text = format!("Note number {number}.");
        let (status, added) = server
            .upload(&[(&format!("{number}.txt"), text.as_bytes())], &[])
            .await;
        assert_eq!(status, 202, "{added}");
    }
    for order in ["newest", "oldest"] {
        let mut names = Vec::new();
        let mut path = format!("/api/v1/documents?limit=2&order={order}");
        loop {
            let (status, page) = server.get(&path).await;
            assert_eq!(status, 200, "{page}");
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 2);
            names.extend(
                items
                    .iter()
                    .map(|item| item["name"].as_str().unwrap().to_owned()),
            );
            let Some(next) = page["next"].as_str() else {
                break;
            };
            path = format!("/api/v1/documents?limit=2&order={order}&cursor={next}");
        }
        let mut expected = ["0.txt", "1.txt", "2.txt", "3.txt", "4.txt"];
        if order == "newest" {
            expected.reverse();
        }
        assert_eq!(names, expected);
    }
}

#[tokio::test]
async fn a_cursor_holds_for_the_list_and_order_that_gave_it() {
    let server = Server::start();
    for number in 0..2 {
        let text = format!("Note number {number}.");
        let collection = [("collection", ["One", "Two"][number])];
        let (status, added) = server
            .upload(&[("note.txt", text.as_bytes())], &collection)
            .await;
        assert_eq!(status, 202, "{added}");
    }
    let lists = [
        "/api/v1/documents?limit=1",
        "/api/v1/documents?limit=1&order=oldest",
        "/api/v1/collections?limit=1",
        "/api/v1/jobs?limit=1",
    ];
    let mut cursors = Vec::new();
    for list in lists {
        let (_, page) = server.get(list).await;
        cursors.push(
            page["next"]
                .as_str()
                .unwrap_or_else(|| panic!("{list}: {page}"))
                .to_owned(),
        );
    }
    for (at, list) in lists.into_iter().enumerate() {
        for (from, cursor) in cursors.iter().enumerate() {
            let (status, reply) = server.get(&format!("{list}&cursor={cursor}")).await;
            if at == from {
                assert_eq!(status, 200, "{list}: {reply}");
                continue;
            }
            assert_eq!(
                status, 422,
                "{list} takes the cursor of {}: {reply}",
                lists[from]
            );
            let detail = reply["detail"].as_str().unwrap();
            assert!(detail.contains("not of this list"), "{detail}");
        }
    }
}

#[tokio::test]
async fn a_limit_that_is_no_pages_is_refused_with_the_maximum() {
    let server = Server::start();
    for list in ["documents", "collections", "jobs"] {
        for (limit, status) in [("0", 422), ("1", 200), ("200", 200), ("201", 422)] {
            let path = format!("/api/v1/{list}?limit={limit}");
            let (found, reply) = server.get(&path).await;
            assert_eq!(found, status, "{path}: {reply}");
            if status == 422 {
                let detail = reply["detail"].as_str().unwrap();
                assert!(detail.contains("1 to 200"), "{path}: {detail}");
            }
        }
    }
}

#[tokio::test]
async fn answers_and_jobs_can_be_followed_as_events() {
    let server = Server::start();
    let (_, added) = server
        .upload(&[("orvane.md", LIGHTHOUSE.as_bytes())], &[])
        .await;
    let job = added["documents"][0]["job_id"].as_str().unwrap();
    let follow = server.request("GET", &format!("/api/v1/jobs/{job}"));
    let events = follow
        .header("accept", "text/event-stream")
        .send()
        .await
        .unwrap();
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    let told = events.text().await.unwrap();
    assert!(told.contains("event: done"), "{told}");
    server
        .wait_for(added["documents"][0]["document"]["id"].as_str().unwrap())
        .await;

    let ask = server
        .request("POST", "/api/v1/ask")
        .header("accept", "text/event-stream")
        .header("content-type", "application/json")
        .body(json!({ "question": "Who built the lighthouse of Orvane?" }).to_string());
    let told = ask.send().await.unwrap().text().await.unwrap();
    let place = |event: &str| {
        told.find(event)
            .unwrap_or_else(|| panic!("no {event} in {told}"))
    };
    assert!(place("event: passages") < place("event: sentence"));
    assert!(place("event: sentence") < place("event: done"));
}

#[tokio::test]
async fn the_description_is_whole_and_its_pages_load_nothing_from_elsewhere() {
    let server = Server::start();
    let (status, api) = server.get("/openapi.json").await;
    assert_eq!(status, 200);
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    insta::assert_json_snapshot!("openapi", api);
    for path in ["/plain", "/docs", "/redoc"] {
        let reply = server.request("GET", path).send().await.unwrap();
        assert_eq!(reply.status(), 200, "{path}");
        let fence = reply.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            fence.contains("default-src 'none'") && !fence.contains("http"),
            "{fence}"
        );
        let page = reply.text().await.unwrap();
        for load in [
            "<script src=\"http",
            "<link rel=\"stylesheet\" href=\"http",
            "@import",
            "https://cdn.",
        ] {
            assert!(!page.contains(load), "{path} loads {load}");
        }
        for said in ["name=\"viewport\"", "<link rel=\"icon\" href=\"data:,\">"] {
            assert!(page.contains(said), "{path} does not say {said}");
        }
    }
}
