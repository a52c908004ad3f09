//! Erasing a document with its words in answers.

use serde_json::json;

use super::super::support::{LIGHTHOUSE, Server, json_of, run};
use super::holding;

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn of_an_erased_document_no_word_is_left_in_answers_files_or_indexes() {
    let mut server = Server::start();
    let document = server.add("lighthouse.md", LIGHTHOUSE).await;
    let other = server
        .add(
            "harbour.md",
            "# Harbour\n\nThe harbour of Ulm has four cranes.",
        )
        .await;
    let id = document["id"].as_str().unwrap().to_owned();
    let (_, conversation) = server
        .send("POST", "/api/v1/conversations", &json!({}))
        .await;
    let asked = json!({ "question": "Who built the lighthouse?",
        "conversation_id": conversation["id"] });
    let (status, answer) = server.send("POST", "/api/v1/ask", &asked).await;
    assert!(
        status == 200 && answer["answer"].as_str().unwrap().contains("Tilda"),
        "{answer}"
    );
    let path = format!("/api/v1/answers/{}", answer["id"].as_str().unwrap());
    let (status, given) = server
        .send(
            "PUT",
            &format!("{path}/feedback"),
            &json!({ "thumb": "up" }),
        )
        .await;
    assert!((200..300).contains(&status), "{given}");
    let case = json!({ "answer_id": answer["id"] });
    let (status, made) = server.send("POST", "/api/v1/evaluation/cases", &case).await;
    assert!((200..300).contains(&status), "{made}");
    let words = ["Tilda Marrow", "Anselm Brandt", "grey parrot"];
    assert!(!holding(&server, &words).is_empty());

    let arguments = [
        "--data", "data", "--json", "erasure", "document", &id, "--yes",
    ];
    let output = run(server.home.path(), &arguments);
    assert!(output.status.success(), "{output:?}");
    let proof = json_of(&output);
    for table in [
        "documents",
        "versions",
        "chunks",
        "answers",
        "turns",
        "feedback",
        "evaluation_cases",
    ] {
        let count = proof["receipt"]["erased"][table].as_u64();
        assert!(count > Some(0), "nothing of {table} was erased: {proof}");
    }
    let (_, kept) = server.get(&path).await;
    assert_eq!(kept["question"], "Who built the lighthouse?", "{kept}");
    assert!(
        kept["answer"].as_str().unwrap().contains("erased"),
        "{kept}"
    );
    let turns = format!(
        "/api/v1/conversations/{}",
        conversation["id"].as_str().unwrap()
    );
    let (status, read) = server.get(&turns).await;
    assert!(
        status == 200 && !read.to_string().contains("Tilda"),
        "{read}"
    );
    let receipt = proof["receipt"]["id"].as_str().unwrap();
    let arguments = ["--data", "data", "--json", "erasure", "check", receipt];
    let check = run(server.home.path(), &arguments);
    assert!(check.status.success(), "{check:?}");
    let found = json!({ "query": "cranes" });
    let (_, found) = server.send("POST", "/api/v1/search", &found).await;
    assert_eq!(found["passages"][0]["document_id"], other["id"], "{found}");
    let (_, nothing) = server.send("POST", "/api/v1/ask", &asked).await;
    assert_eq!(nothing["answered"], false, "{nothing}");
    assert_eq!(holding(&server, &words), [""; 0]);
    server.stop();
    assert_eq!(holding(&server, &words), [""; 0]);
}

#[tokio::test]
async fn an_older_copy_of_the_catalog_does_not_bring_a_document_back() {
    let mut server = Server::start();
    let document = server.add("lighthouse.md", LIGHTHOUSE).await;
    let id = document["id"].as_str().unwrap().to_owned();
    server.stop();
    let data = server.home.path().join("data");
    let copy = std::fs::read(data.join("catalog.sqlite")).unwrap();
    server.kill_and_restart(&[]);
    let path = format!("/api/v1/documents/{id}/erasure");
    let (status, proof) = server.send("POST", &path, &json!({})).await;
    assert_eq!(status, 201, "{proof}");
    server.stop();
    for name in ["catalog.sqlite-wal", "catalog.sqlite-shm"] {
        std::fs::remove_file(data.join(name)).ok();
    }
    std::fs::write(data.join("catalog.sqlite"), copy).unwrap();
    server.kill_and_restart(&[]);
    assert_eq!(server.get(&format!("/api/v1/documents/{id}")).await.0, 404);
    let (_, erasures) = server.get("/api/v1/erasures").await;
    assert_eq!(erasures["items"][0], proof["receipt"]);
    assert_eq!(holding(&server, &["Tilda Marrow", "grey parrot"]), [""; 0]);
}
