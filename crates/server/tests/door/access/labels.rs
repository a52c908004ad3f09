//! What is not meant for somebody: labels, collections open by name, quotas.

use serde_json::json;

use super::super::support::read;
use super::{Caller, accept, join, with_accounts};

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn collections_and_labels_keep_documents_from_those_who_are_not_meant() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let token = join(&ada, "rita@example.org", "reader").await;
    let rita = Caller {
        server: &server,
        token,
    };
    let token = join(&ada, "edda@example.org", "editor").await;
    let edda = Caller {
        server: &server,
        token,
    };
    let put =
        async |collection: &'static str, label: &'static str, name: &'static str, text: &str| {
            let fields = [("collection", collection), ("classification", label)];
            let (kind, body) = super::super::support::form(&[(name, text.as_bytes())], &fields);
            let request = ada
                .request("POST", "/api/v1/documents")
                .header("content-type", kind);
            let (status, added) = read(request.body(body)).await;
            assert_eq!(status, 202, "{added}");
            let id = added["documents"][0]["document"]["id"]
                .as_str()
                .unwrap()
                .to_owned();
            let begun = std::time::Instant::now();
            loop {
                let (_, found) = ada.get(&format!("/api/v1/documents/{id}")).await;
                if found["state"] == "searchable" {
                    return id;
                }
                assert!(begun.elapsed() < super::super::support::PATIENCE, "{found}");
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
    let open = put(
        "Shelf",
        "internal",
        "a.md",
        "# Open\n\nThe wombat sleeps in the open shelf.",
    )
    .await;
    let secret = put(
        "Shelf",
        "restricted",
        "b.md",
        "# Secret\n\nThe wombat guards the secret shelf.",
    )
    .await;
    let board = put(
        "Board",
        "internal",
        "c.md",
        "# Board\n\nThe wombat chairs the board meeting.",
    )
    .await;
    let closed = json!({ "access": "granted" });
    assert_eq!(
        edda.send("PATCH", "/api/v1/collections/Board", &closed)
            .await
            .0,
        403
    );
    assert_eq!(
        ada.send("PATCH", "/api/v1/collections/Board", &closed)
            .await
            .0,
        200
    );
    let sees = async |who: &Caller<'_>| {
        let (_, listed) = who.get("/api/v1/documents").await;
        let (_, found) = who.get("/api/v1/search?query=wombat").await;
        let listed = listed["items"].as_array().unwrap().len();
        let found = found["passages"].as_array().unwrap().len();
        assert_eq!(listed, found, "what is listed is what is found");
        found
    };
    assert_eq!(sees(&ada).await, 3);
    assert_eq!(sees(&rita).await, 1);
    assert_eq!(sees(&edda).await, 1);
    for (id, status) in [(&open, 200), (&secret, 404), (&board, 404)] {
        for path in ["", "/text", "/original"] {
            let path = format!("/api/v1/documents/{id}{path}");
            assert_eq!(
                rita.request("GET", &path).send().await.unwrap().status(),
                status,
                "{path}"
            );
        }
        let (_, unknown) = rita
            .get(&format!("/api/v1/documents/{}", uuid::Uuid::nil()))
            .await;
        assert!(
            unknown["detail"]
                .as_str()
                .unwrap()
                .starts_with("there is no document")
        );
    }
    assert_eq!(rita.get("/api/v1/collections/Board").await.0, 404);
    let question = json!({ "question": "Who chairs the board meeting?" });
    let (_, answer) = ada.send("POST", "/api/v1/ask", &question).await;
    assert_eq!(answer["answered"], true, "{answer}");
    let (_, answer) = rita.send("POST", "/api/v1/ask", &question).await;
    assert_eq!(
        answer["answered"], false,
        "an answer of another's is not given: {answer}"
    );
    // A grant opens it by name, and closes again.
    let path = "/api/v1/collections/Board/grants/rita@example.org";
    assert_eq!(ada.send("PUT", path, &json!({})).await.0, 204);
    assert_eq!(sees(&rita).await, 2);
    assert_eq!(sees(&edda).await, 1);
    let (_, answer) = rita.send("POST", "/api/v1/ask", &question).await;
    assert_eq!(answer["answered"], true, "{answer}");
    assert_eq!(ada.delete(path).await, 204);
    assert_eq!(sees(&rita).await, 1);
    // Another label counts at once; nobody hides a document from themselves.
    let label = json!({ "classification": "confidential" });
    assert_eq!(
        ada.send("PATCH", &format!("/api/v1/documents/{secret}"), &label)
            .await
            .0,
        200
    );
    assert_eq!(sees(&rita).await, 2);
    let label = json!({ "classification": "restricted" });
    assert_eq!(
        edda.send("PATCH", &format!("/api/v1/documents/{open}"), &label)
            .await
            .0,
        403
    );
    // The owner may bar readers from what is confidential.
    let settings = json!({ "settings": { "clearances": { "reader": "internal" } } });
    assert_eq!(
        ada.send("PATCH", "/api/v1/tenants/default", &settings)
            .await
            .0,
        200
    );
    assert_eq!(sees(&rita).await, 1);
    assert_eq!(sees(&edda).await, 2);
    // A key bound to a collection reaches no other.
    let (_, shelf) = ada.get("/api/v1/collections/Shelf").await;
    let new = json!({ "name": "k", "scopes": ["ask", "ingest"], "collections": [shelf["id"]] });
    let (_, made) = ada.send("POST", "/api/v1/keys", &new).await;
    let key = Caller {
        server: &server,
        token: made["key"].as_str().unwrap().to_owned(),
    };
    assert_eq!(sees(&key).await, 2);
    // Nor does it see what is worked on there.
    let of_board = format!("/api/v1/jobs?document={board}");
    let (_, listed) = ada.get(&of_board).await;
    let job = listed["items"][0]["id"].as_str().unwrap();
    assert_eq!(ada.get(&format!("/api/v1/jobs/{job}")).await.0, 200);
    assert_eq!(key.get(&format!("/api/v1/jobs/{job}")).await.0, 404);
    let (_, none) = key.get(&of_board).await;
    assert_eq!(none["items"], json!([]));
    let (_, listed) = key.get("/api/v1/jobs").await;
    assert!(listed.to_string().contains(open.as_str()), "{listed}");
    assert!(!listed.to_string().contains(board.as_str()), "{listed}");
}

#[tokio::test]
async fn a_tenant_holds_no_more_than_its_quota_however_many_come_at_once() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let quotas =
        json!({ "name": "Small", "quotas": { "documents": 3 }, "owner_email": "bea@example.org" });
    let (_, made) = ada.send("POST", "/api/v1/tenants", &quotas).await;
    let token = accept(&server, made["invited"]["token"].as_str().unwrap()).await;
    let bea = Caller {
        server: &server,
        token,
    };
    let put = async |number: usize| {
        let (name, text) = (format!("{number}.md"), format!("# Note {number}\n\nWords."));
        let (kind, body) = super::super::support::form(&[(&name, text.as_bytes())], &[]);
        let request = bea
            .request("POST", "/api/v1/documents")
            .header("content-type", kind);
        read(request.body(body)).await.0
    };
    let sent = futures::future::join_all((0..8).map(put)).await;
    let stored = sent.iter().filter(|status| **status == 202).count();
    assert_eq!(stored, 3, "{sent:?}");
    assert!(
        sent.iter().all(|status| [202, 403].contains(status)),
        "{sent:?}"
    );
}
