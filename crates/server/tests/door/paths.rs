//! The whole path over HTTP: in, found, asked, looked at, changed, out.

use serde_json::json;

use super::support::{LIGHTHOUSE, Server, read};

#[tokio::test]
async fn a_document_goes_in_is_found_and_cited_and_goes_out() {
    let server = Server::start();
    let fields = [
        ("collection", "Coast"),
        ("tag", "sea"),
        ("tag", "old"),
        ("category", "places"),
    ];
    let (status, added) = server
        .upload(&[("orvane.md", LIGHTHOUSE.as_bytes())], &fields)
        .await;
    assert_eq!(status, 202, "{added}");
    let id = added["documents"][0]["document"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(added["documents"][0]["duplicate"], false);
    let document = server.wait_for(&id).await;
    assert_eq!(document["title"], "The Lighthouse of Orvane");
    assert_eq!(document["collection"], "Coast");
    assert_eq!(document["tags"], json!(["old", "sea"]));
    assert_eq!(document["category"], "places");

    let search = json!({ "query": "who kept a parrot", "filter": { "collections": ["Coast"] },
        "explain": true });
    let (status, found) = server.send("POST", "/api/v1/search", &search).await;
    assert_eq!(status, 200, "{found}");
    let passage = &found["passages"][0];
    for key in [
        "document_id",
        "title",
        "collection",
        "text",
        "score",
        "place",
    ] {
        assert!(passage.get(key).is_some(), "{key} is missing in {passage}");
    }
    assert_eq!(passage["document_id"], id);
    assert!(passage["text"].as_str().unwrap().contains("parrot"));
    assert!(passage["score"]["fused"].as_f64().unwrap() > 0.0);
    let (status, same) = server
        .get("/api/v1/search?query=parrot&tags=sea&limit=3")
        .await;
    assert_eq!(
        (status, &same["passages"][0]["document_id"]),
        (200, &json!(id))
    );
    let (_, none) = server.get("/api/v1/search?query=parrot&tags=desert").await;
    assert_eq!(none["passages"], json!([]));

    check_quotes(&server, "When was the lighthouse of Orvane built?", "1743").await;
    change_and_remove(&server, &id).await;
}

/// An answer's quotes are the stored text at their spans, byte for byte.
async fn check_quotes(server: &Server, question: &str, expected: &str) {
    let (status, answer) = server
        .send("POST", "/api/v1/ask", &json!({ "question": question }))
        .await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["answered"], true, "{answer}");
    assert!(
        answer["answer"].as_str().unwrap().contains(expected),
        "{answer}"
    );
    assert!(answer["timings_ms"]["total"].as_f64().unwrap() > 0.0);
    for sentence in answer["sentences"].as_array().unwrap() {
        for citation in sentence["citations"].as_array().unwrap() {
            let (start, end) = (&citation["span"]["start"], &citation["span"]["end"]);
            let id = citation["document_id"].as_str().unwrap();
            let path = format!("/api/v1/documents/{id}/text?start={start}&end={end}");
            let (_, stored) = server.get(&path).await;
            assert_eq!(stored["text"], citation["quote"]);
        }
    }
}

async fn change_and_remove(server: &Server, id: &str) {
    let path = format!("/api/v1/documents/{id}");
    let change = json!({ "title": "Orvane", "tags": ["new"], "category": null });
    let (status, changed) = server.send("PATCH", &path, &change).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["title"], "Orvane");
    assert_eq!(changed["category"], json!(null));
    let (_, found) = server.get("/api/v1/search?query=parrot&tags=new").await;
    assert_eq!(found["passages"][0]["title"], "Orvane");
    let (status, _) = server.send("DELETE", &path, &json!(null)).await;
    assert_eq!(status, 204);
    let (status, _) = server.get(&path).await;
    assert_eq!(status, 404);
    let (_, found) = server.get("/api/v1/search?query=parrot").await;
    assert_eq!(found["passages"], json!([]));
}

#[tokio::test]
async fn fields_after_the_files_are_not_lost() {
    let server = Server::start();
    let field = |name: &str, value: &str| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file = |text: &str| {
        format!(
            "--B\r\nContent-Disposition: form-data; name=\"file\"; \
             filename=\"a.txt\"\r\n\r\n{text}\r\n"
        )
    };
    let send = async |parts: &[String]| {
        let request = server
            .request("POST", "/api/v1/documents")
            .header("content-type", "multipart/form-data; boundary=B")
            .body(parts.concat() + "--B--\r\n");
        read(request).await
    };
    let (status, added) = send(&[
        field("tag", "sea"),
        file("A note about a heron."),
        field("tag", "late"),
        field("category", "birds"),
        field("title", "The heron"),
    ])
    .await;
    assert_eq!(status, 202, "{added}");
    let id = added["documents"][0]["document"]["id"].as_str().unwrap();
    let document = server.wait_for(id).await;
    assert_eq!(document["tags"], json!(["late", "sea"]));
    assert_eq!(document["category"], "birds");
    assert_eq!(document["title"], "The heron");

    let (status, refused) =
        send(&[file("A note about an owl."), field("collection", "Coast")]).await;
    assert_eq!(status, 422, "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("before"));
    let (_, listed) = server.get("/api/v1/documents").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
}

#[tokio::test]
async fn the_original_is_given_back_whole_and_in_parts() {
    let server = Server::start();
    let document = server.add("orvane.md", LIGHTHOUSE).await;
    let path = format!(
        "/api/v1/documents/{}/original",
        document["id"].as_str().unwrap()
    );
    let whole = server.request("GET", &path).send().await.unwrap();
    assert_eq!(whole.status(), 200);
    let disposition = whole.headers()["content-disposition"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(disposition.contains("orvane.md"), "{disposition}");
    assert_eq!(whole.text().await.unwrap(), LIGHTHOUSE);
    let check = async |range: &str, status: u16, content: Option<&str>| {
        let reply = server
            .request("GET", &path)
            .header("range", range)
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), status, "{range}");
        if let Some(content) = content {
            assert_eq!(reply.text().await.unwrap(), content, "{range}");
        }
    };
    check("bytes=2-15", 206, Some("The Lighthouse")).await;
    check("bytes=-5", 206, Some("sea.\n")).await;
    check("bytes=99999-", 416, None).await;
    check("lines=1-2", 200, Some(LIGHTHOUSE)).await;
    keeps_what_is_known(&server, &path).await;
}

/// A caller who has the file is not sent it again, and is never sent a part of another file.
async fn keeps_what_is_known(server: &Server, path: &str) {
    let head = server.request("HEAD", path).send().await.unwrap();
    assert_eq!(head.status(), 200);
    let length = LIGHTHOUSE.len().to_string();
    assert_eq!(head.headers()["content-length"], *length);
    let tag = head.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(head.text().await.unwrap(), "");
    let check = async |headers: &[(&str, &str)], status: u16, bytes: usize| {
        let mut request = server.request("GET", path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let reply = request.send().await.unwrap();
        assert_eq!(reply.status(), status, "{headers:?}");
        assert_eq!(reply.bytes().await.unwrap().len(), bytes, "{headers:?}");
    };
    let all = LIGHTHOUSE.len();
    check(&[("if-none-match", &tag)], 304, 0).await;
    check(&[("if-none-match", "\"other\"")], 200, all).await;
    check(&[("range", "bytes=0-3"), ("if-range", &tag)], 206, 4).await;
    check(
        &[("range", "bytes=0-3"), ("if-range", "\"other\"")],
        200,
        all,
    )
    .await;
}

#[tokio::test]
async fn a_page_is_drawn_as_a_picture() {
    let server = Server::start();
    let (status, added) = server.upload(&[("page.pdf", &pdf("Orvane"))], &[]).await;
    assert_eq!(status, 202, "{added}");
    let id = added["documents"][0]["document"]["id"].as_str().unwrap();
    server.wait_for(id).await;
    let path = format!("/api/v1/documents/{id}/pages/1/picture?dpi=50");
    let reply = server.request("GET", &path).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()["content-type"], "image/png");
    assert!(reply.bytes().await.unwrap().starts_with(b"\x89PNG"));
    let (status, _) = server
        .get(&format!("/api/v1/documents/{id}/pages/9/picture"))
        .await;
    assert!((400..500).contains(&status), "{status}");
}

/// A small PDF with a word on its one page.
pub(super) fn pdf(word: &str) -> Vec<u8> {
    let content = format!("BT /F1 24 Tf 72 700 Td ({word}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font \
         << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", index + 1).as_bytes());
    }
    let table = file.len();
    file.extend_from_slice(b"xref\n0 6\n0000000000 65535 f \n");
    for offset in offsets {
        file.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    let end = format!("trailer << /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
    file.extend_from_slice(end.as_bytes());
    file
}
