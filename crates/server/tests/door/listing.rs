//! Lists of documents in every order, by state and by tag, and the counts that go with them.

use serde_json::{Value, json};

use super::access::{Caller, join, with_accounts};
use super::support::{Server, read};

/// Puts four documents in and waits until they have been read.
async fn fill(server: &Server) {
    for (name, title, text, tags) in [
        (
            "b-tower.txt",
            "anchor",
            "The tower by the sea is grey.",
            &["sea", "old"][..],
        ),
        ("A-note.txt", "Zebra", "A short note.", &["old"][..]),
        (
            "c-long.txt",
            "Ärmel",
            &"A long text about nets and ropes. ".repeat(40),
            &["sea"][..],
        ),
        (
            "d-boats.txt",
            "boats",
            "Two boats lie on the sand, side by side.",
            &[][..],
        ),
    ] {
        let mut fields = vec![("collection", "Coast"), ("title", title)];
        fields.extend(tags.iter().map(|tag| ("tag", *tag)));
        let (status, added) = server.upload(&[(name, text.as_bytes())], &fields).await;
        assert_eq!(status, 202, "{added}");
        let id = added["documents"][0]["document"]["id"].as_str().unwrap();
        server.wait_for(id).await;
    }
}

/// What a field says down the list, taken page by page.
async fn list(server: &Server, order: &str, field: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/documents?limit=1&order={order}{cursor}");
        let (status, page) = server.get(&path).await;
        assert_eq!(status, 200, "{page}");
        found.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item[field].clone()),
        );
        let Some(next) = page["next"].as_str() else {
            return found;
        };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn documents_are_listed_in_every_order_page_by_page() {
    let server = Server::start();
    fill(&server).await;
    let titles = ["anchor", "boats", "Zebra", "Ärmel"];
    let names = ["A-note.txt", "b-tower.txt", "c-long.txt", "d-boats.txt"];
    let check = async |order: &str, back: &str, field: &str, expected: &[&str]| {
        let mut expected: Vec<Value> = expected.iter().map(|word| json!(word)).collect();
        assert_eq!(list(&server, order, field).await, expected, "{order}");
        expected.reverse();
        assert_eq!(list(&server, back, field).await, expected, "{back}");
    };
    check("title", "title_descending", "title", &titles).await;
    check("name", "name_descending", "name", &names).await;
    let by_size = ["c-long.txt", "d-boats.txt", "b-tower.txt", "A-note.txt"];
    check("largest", "smallest", "name", &by_size).await;
    let (_, page) = server.get("/api/v1/documents?order=title").await;
    let id = page["items"][0]["id"].as_str().unwrap();
    let change = json!({ "category": "sea" });
    let path = format!("/api/v1/documents/{id}");
    assert_eq!(server.send("PATCH", &path, &change).await.0, 200);
    assert_eq!(list(&server, "changed", "title").await[0], "anchor");
    assert_eq!(list(&server, "unchanged", "title").await[3], "anchor");
    // A cursor of one order is none of another.
    let (_, page) = server.get("/api/v1/documents?order=title&limit=1").await;
    let next = page["next"].as_str().unwrap();
    let path = format!("/api/v1/documents?order=title_descending&cursor={next}");
    assert_eq!(server.get(&path).await.0, 422);
}

#[tokio::test]
async fn documents_are_listed_by_several_states() {
    let server = Server::start();
    fill(&server).await;
    let (status, added) = server
        .upload(&[("broken.pdf", b"%PDF-1.4 and nothing")], &[])
        .await;
    assert_eq!(status, 202, "{added}");
    let id = added["documents"][0]["document"]["id"].as_str().unwrap();
    server.wait_until(id, &["failed"]).await;
    let count = async |states: &str| {
        let (status, page) = server
            .get(&format!("/api/v1/documents?state={states}"))
            .await;
        assert_eq!(status, 200, "{page}");
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(count("failed").await, 1);
    assert_eq!(count("failed,searchable,ready").await, 5);
    assert_eq!(count("queued,reading").await, 0);
    assert_eq!(
        server.get("/api/v1/documents?state=failed,lost").await.0,
        422
    );
}

#[tokio::test]
async fn tags_and_collections_say_how_many_documents_they_have() {
    let server = Server::start();
    fill(&server).await;
    let (status, tags) = server.get("/api/v1/tags").await;
    assert_eq!(status, 200, "{tags}");
    let both = json!([{ "tag": "old", "documents": 2 }, { "tag": "sea", "documents": 2 }]);
    assert_eq!(tags["items"], both);
    let (_, first) = server.get("/api/v1/tags?limit=1&collection=Coast").await;
    assert_eq!(first["items"], json!([both[0]]));
    let next = first["next"].as_str().unwrap();
    let path = format!("/api/v1/tags?limit=1&collection=Coast&cursor={next}");
    let (_, second) = server.get(&path).await;
    assert_eq!(
        (&second["items"], &second["next"]),
        (&json!([both[1]]), &json!(null))
    );
    assert_eq!(server.get("/api/v1/tags?collection=Nowhere").await.0, 404);
    let (_, empty) = server
        .send("POST", "/api/v1/collections", &json!({ "name": "Empty" }))
        .await;
    assert_eq!(empty["documents"], 0);
    let (_, page) = server.get("/api/v1/collections").await;
    let counts: Vec<(&str, u64)> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (
                item["name"].as_str().unwrap(),
                item["documents"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(counts, [("Coast", 4), ("Empty", 0)]);
    let (_, coast) = server.get("/api/v1/collections/Coast").await;
    assert_eq!(coast["documents"], 4);
}

#[tokio::test]
async fn counts_are_of_what_the_one_who_asks_sees() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let body = |label: &str| {
        let field = |name: &str, value: &str| {
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file =
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n";
        let fields = [
            field("collection", "Coast"),
            field("tag", label),
            field("classification", label),
        ];
        fields.concat() + file + label + "\r\n--B--\r\n"
    };
    for label in ["public", "restricted"] {
        let request = ada.request("POST", "/api/v1/documents");
        let request = request.header("content-type", "multipart/form-data; boundary=B");
        assert_eq!(read(request.body(body(label))).await.0, 202);
    }
    let token = join(&ada, "bob@example.org", "reader").await;
    let bob = Caller {
        server: &server,
        token,
    };
    let count = async |caller: &Caller<'_>| {
        let (_, tags) = caller.get("/api/v1/tags").await;
        let (_, coast) = caller.get("/api/v1/collections/Coast").await;
        (
            tags["items"].as_array().unwrap().len(),
            coast["documents"].as_u64(),
        )
    };
    assert_eq!(count(&ada).await, (2, Some(2)));
    assert_eq!(count(&bob).await, (1, Some(1)));
}
