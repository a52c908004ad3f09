//! What is kept of people: taking it along, erasing it, receipts, older copies that are put back, consent.

mod crashes;
mod documents;
mod exports;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::access::{Caller, PASSWORD, join, tenant, with_accounts};
use super::support::{Server, form, json_of, program, read, run, text_of};

/// Names and words of somebody that stand nowhere else.
const EMAIL: &str = "zebulonquill@canary.example";
const NAME: &str = "Zebulon Quillfeather";
const PHRASE: &str = "marmaladesextant";
const AGENT: &str = "CanaryBrowser-7f3e";

/// Somebody with everything that a person can have.
struct Somebody<'a> {
    caller: Caller<'a>,
    id: String,
}

impl<'a> Somebody<'a> {
    async fn of(owner: &Caller<'a>) -> Self {
        let server = owner.server;
        let body = json!({ "email": EMAIL, "role": "editor" });
        let (status, invited) = owner.send("POST", "/api/v1/invitations", &body).await;
        assert_eq!(status, 201, "{invited}");
        let body = json!({ "token": invited["token"], "name": NAME, "password": PASSWORD });
        let (status, begun) = server.send("POST", "/api/v1/auth/invitation", &body).await;
        assert_eq!(status, 200, "{begun}");
        let caller = Caller {
            server,
            token: begun["access_token"].as_str().unwrap().to_owned(),
        };
        let id = begun["user"]["id"].as_str().unwrap().to_owned();
        let somebody = Self { caller, id };
        somebody.act(owner).await;
        somebody
    }

    /// Leaves something of every kind.
    async fn act(&self, owner: &Caller<'_>) {
        let caller = &self.caller;
        let body = json!({ "email": EMAIL, "password": PASSWORD });
        let signed_in = caller.server.request("POST", "/api/v1/auth/sign-in");
        let signed_in = signed_in
            .header("content-type", "application/json")
            .header("user-agent", AGENT);
        assert_eq!(read(signed_in.body(body.to_string())).await.0, 200);
        let (kind, body) = form(
            &[(
                "harbour.md",
                b"# Harbour\n\nThe harbour of Ulm has four cranes.",
            )],
            &[("collection", "Notes")],
        );
        let request = caller.request("POST", "/api/v1/documents");
        let request = request
            .header("content-type", kind)
            .header("idempotency-key", format!("key {PHRASE}"));
        let (status, added) = read(request.body(body)).await;
        assert_eq!(status, 202, "{added}");
        let id = added["documents"][0]["document"]["id"].as_str().unwrap();
        found(caller, id).await;
        let title = json!({ "title": format!("About the {PHRASE}") });
        let (_, conversation) = caller.send("POST", "/api/v1/conversations", &title).await;
        let question = format!("How many cranes has the harbour, {PHRASE}?");
        let asked = json!({ "question": question, "conversation_id": conversation["id"] });
        let (status, answer) = caller.send("POST", "/api/v1/ask", &asked).await;
        assert_eq!(status, 200, "{answer}");
        let answer = answer["id"].as_str().unwrap();
        let path = format!("/api/v1/answers/{answer}/feedback");
        let thumb = json!({ "thumb": "down", "comment": format!("not {PHRASE}"),
            "correction": format!("it is {PHRASE}") });
        let (status, given) = caller.send("PUT", &path, &thumb).await;
        assert!((200..300).contains(&status), "{given}");
        let case = json!({ "answer_id": answer, "answers": [format!("right: {PHRASE}")] });
        let (status, made) = owner.send("POST", "/api/v1/evaluation/cases", &case).await;
        assert!((200..300).contains(&status), "{made}");
        let search = json!({ "query": PHRASE });
        assert_eq!(caller.send("POST", "/api/v1/search", &search).await.0, 200);
    }
}

/// Waits until a document is found by its words.
async fn found(caller: &Caller<'_>, id: &str) {
    let begun = std::time::Instant::now();
    loop {
        let (_, document) = caller.get(&format!("/api/v1/documents/{id}")).await;
        if document["state"] == "searchable" {
            return;
        }
        assert!(begun.elapsed() < super::support::PATIENCE, "{document}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// The files below a directory.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// The files of a server that hold one of these words: tables, indexes, logs and all.
fn holding(server: &Server, words: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for file in files(server.home.path()) {
        let bytes = std::fs::read(&file).unwrap();
        for word in words {
            let lower = word.to_lowercase();
            let is_there = |word: &str| bytes.windows(word.len()).any(|at| at == word.as_bytes());
            if is_there(word) || is_there(&lower) {
                all.push(format!("{word} in {}", file.display()));
            }
        }
    }
    all
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test]
async fn of_somebody_erased_nothing_is_left_in_any_table_file_or_log() {
    let (mut server, token) = with_accounts().await;
    let proof;
    let id;
    {
        let ada = Caller {
            server: &server,
            token,
        };
        let (_, token) = tenant(&ada, "Alpha House", "anna@alpha.example").await;
        let anna = Caller {
            server: &server,
            token,
        };
        let somebody = Somebody::of(&anna).await;
        let caller = &somebody.caller;
        id = somebody.id.clone();
        // A key of theirs, and what was asked with it.
        let role = json!({ "role": "admin" });
        let path = format!("/api/v1/users/{id}");
        assert_eq!(anna.send("PATCH", &path, &role).await.0, 200);
        let body = json!({ "email": EMAIL, "password": PASSWORD });
        let (_, begun) = server.send("POST", "/api/v1/auth/sign-in", &body).await;
        let again = Caller {
            server: &server,
            token: begun["access_token"].as_str().unwrap().to_owned(),
        };
        let key = json!({ "name": format!("key of {NAME}"), "scopes": ["ask"] });
        let (status, made) = again.send("POST", "/api/v1/keys", &key).await;
        assert_eq!(status, 201, "{made}");
        let with_key = Caller {
            server: &server,
            token: made["key"].as_str().unwrap().to_owned(),
        };
        let asked = json!({ "question": format!("Where is the {PHRASE} kept?") });
        assert_eq!(with_key.send("POST", "/api/v1/ask", &asked).await.0, 200);
        assert!(!holding(&server, &[EMAIL, NAME, PHRASE]).is_empty());

        let path = format!("/api/v1/users/{EMAIL}/erasure");
        let (status, erased) = anna.send("POST", &path, &json!({})).await;
        assert_eq!(status, 201, "{erased}");
        proof = erased;
        for table in [
            "users",
            "sessions",
            "conversations",
            "turns",
            "answers",
            "feedback",
            "evaluation_cases",
            "api_keys",
            "idempotency_keys",
            "audit_addresses",
        ] {
            let count = proof["receipt"]["erased"][table].as_u64();
            assert!(count > Some(0), "nothing of {table} was erased: {proof}");
        }
        assert!(
            proof["receipt"]["remaining"]["audit_log"].as_u64() > Some(0),
            "{proof}"
        );
        assert_eq!(
            caller.get("/api/v1/me").await.0,
            401,
            "they are still let in"
        );
        assert_eq!(
            with_key.get("/api/v1/collections").await.0,
            401,
            "their key still opens"
        );
        assert_eq!(
            anna.send("POST", &path, &json!({})).await.0,
            404,
            "a second time"
        );
        let (_, verdict) = anna.get("/api/v1/audit/verify").await;
        assert_eq!(verdict["holds"], true, "{verdict}");
        let (_, log) = anna.get(&format!("/api/v1/audit?actor=user:{id}")).await;
        let entries = log["items"].as_array().unwrap();
        assert!(!entries.is_empty());
        for entry in entries {
            assert_eq!(entry["address"], Value::Null, "{entry}");
            assert!(
                entry["address_digest"]
                    .as_str()
                    .unwrap()
                    .starts_with("sha256:")
            );
        }
        let receipt = proof["receipt"]["id"].as_str().unwrap();
        let (_, check) = anna.get(&format!("/api/v1/erasures/{receipt}/check")).await;
        assert_eq!(check["clean"], true, "{check}");
        let (_, listed) = anna.get("/api/v1/erasures").await;
        assert_eq!(listed["items"][0], proof["receipt"]);
        // The question is asked anew: what was remembered of it is gone with its words.
        let (_, documents) = anna.get("/api/v1/documents").await;
        assert_eq!(
            documents["items"].as_array().unwrap().len(),
            1,
            "theirs stay the tenant's"
        );
    }
    // While it runs, and after it has stopped.
    assert_eq!(holding(&server, &[EMAIL, NAME, PHRASE, AGENT]), [""; 0]);
    server.stop();
    assert_eq!(holding(&server, &[EMAIL, NAME, PHRASE, AGENT]), [""; 0]);
    let file = server.home.path().join("receipt.json");
    std::fs::write(&file, proof.to_string()).unwrap();
    verified_without_the_library(&server, &file, &proof);
}

/// A receipt is verified offline; one that was touched is not.
fn verified_without_the_library(server: &Server, file: &Path, proof: &Value) {
    let elsewhere = tempfile::tempdir().unwrap();
    let file = file.to_str().unwrap();
    let key = proof["receipt"]["public_key"].as_str().unwrap();
    let verify = |more: &[&str]| {
        let arguments = [&["--json", "erasure", "verify", file], more].concat();
        let output = program(elsewhere.path(), &arguments, &[]).output().unwrap();
        (output.status.code().unwrap(), json_of(&output))
    };
    let (code, verdict) = verify(&["--key", key, "--about", EMAIL]);
    assert_eq!((code, &verdict["about"]), (0, &json!("email")), "{verdict}");
    assert_eq!(verify(&["--about", "somebody@else.example"]).0, 1);
    assert_eq!(verify(&["--key", &key.replace(['0', '1'], "2")]).0, 1);
    let mut touched = proof.clone();
    touched["receipt"]["erased"]["answers"] = json!(1_000);
    std::fs::write(file, touched.to_string()).unwrap();
    let (code, verdict) = verify(&[]);
    assert_eq!((code, &verdict["genuine"]), (1, &json!(false)), "{verdict}");
    let printed = run(server.home.path(), &["--data", "data", "erasure", "key"]);
    assert_eq!(text_of(&printed).trim(), key);
}

#[tokio::test]
async fn an_older_copy_of_the_catalog_does_not_bring_somebody_back() {
    let (mut server, token) = with_accounts().await;
    let id = {
        let ada = Caller {
            server: &server,
            token: token.clone(),
        };
        Somebody::of(&ada).await.id
    };
    server.stop();
    let catalog = server.home.path().join("data/catalog.sqlite");
    let copy = std::fs::read(&catalog).unwrap();
    server.kill_and_restart(&[]);
    let path = format!("/api/v1/users/{id}/erasure");
    let receipt = {
        let ada = Caller {
            server: &server,
            token: token.clone(),
        };
        let (status, proof) = ada.send("POST", &path, &json!({})).await;
        assert_eq!(status, 201, "{proof}");
        proof["receipt"]["id"].as_str().unwrap().to_owned()
    };
    server.stop();
    for name in ["catalog.sqlite-wal", "catalog.sqlite-shm"] {
        std::fs::remove_file(server.home.path().join("data").join(name)).ok();
    }
    std::fs::write(&catalog, copy).unwrap();
    assert!(
        !holding(&server, &[EMAIL]).is_empty(),
        "the copy does not hold them"
    );
    server.kill_and_restart(&[]);
    let ada = Caller {
        server: &server,
        token,
    };
    assert_eq!(ada.get(&format!("/api/v1/users/{id}")).await.0, 404);
    let (_, check) = ada.get(&format!("/api/v1/erasures/{receipt}/check")).await;
    assert_eq!(check["clean"], true, "{check}");
    assert_eq!(holding(&server, &[EMAIL, NAME, PHRASE, AGENT]), [""; 0]);
}

#[tokio::test]
async fn the_last_owner_and_those_who_may_more_are_not_erased() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let (_, me) = ada.get("/api/v1/me").await;
    let path = format!(
        "/api/v1/users/{}/erasure",
        me["user"]["id"].as_str().unwrap()
    );
    let (status, refused) = ada.send("POST", &path, &json!({})).await;
    assert_eq!(status, 409, "{refused}");
    assert_eq!(ada.get("/api/v1/me").await.0, 200);
    let admin = Caller {
        server: &server,
        token: join(&ada, "bob@example.org", "admin").await,
    };
    assert_eq!(admin.send("POST", &path, &json!({})).await.0, 403);
    let export = path.replace("erasure", "export");
    assert_eq!(admin.get(&export).await.0, 403);
    let reader = Caller {
        server: &server,
        token: join(&ada, "carl@example.org", "reader").await,
    };
    let of_bob = "/api/v1/users/bob@example.org/erasure";
    assert_eq!(reader.send("POST", of_bob, &json!({})).await.0, 403);
    assert_eq!(reader.get("/api/v1/erasures").await.0, 403);
    // Nothing of it is done at the next start.
    let tombstones = server.home.path().join("data/erasures.jsonl");
    assert!(!tombstones.try_exists().unwrap());
}

#[tokio::test]
async fn somebody_who_was_removed_before_is_erased_by_their_id() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let id = Somebody::of(&ada).await.id;
    assert_eq!(ada.delete(&format!("/api/v1/users/{id}")).await, 204);
    let path = format!("/api/v1/users/{id}/erasure");
    let (status, proof) = ada.send("POST", &path, &json!({})).await;
    assert_eq!(status, 201, "{proof}");
    assert!(
        proof["receipt"]["erased"]["answers"].as_u64() > Some(0),
        "{proof}"
    );
    assert_eq!(ada.send("POST", &path, &json!({})).await.0, 404);
}

/// Asks again and again; gives the status that ended it.
async fn asked_until_refused(caller: &Caller<'_>, question: &str) -> u16 {
    let body = json!({ "question": question, "fresh": true });
    for _ in 0..1_000 {
        let (status, _answer) = caller.send("POST", "/api/v1/ask", &body).await;
        if status == 401 {
            return status;
        }
    }
    0
}

#[tokio::test]
async fn somebody_erased_while_they_ask_leaves_nothing() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    for round in 0..5 {
        let somebody = Somebody::of(&ada).await;
        let question = format!("What is the {PHRASE} of round {round}?");
        let ask = asked_until_refused(&somebody.caller, &question);
        let erase = async {
            tokio::time::sleep(std::time::Duration::from_millis(round * 7)).await;
            let path = format!("/api/v1/users/{}/erasure", somebody.id);
            ada.send("POST", &path, &json!({})).await
        };
        let (last, (status, proof)) = tokio::join!(ask, erase);
        assert_eq!((last, status), (401, 201), "{proof}");
        let receipt = proof["receipt"]["id"].as_str().unwrap();
        let (_, check) = ada.get(&format!("/api/v1/erasures/{receipt}/check")).await;
        assert_eq!(check["clean"], true, "{check}");
    }
}

#[tokio::test]
async fn nobody_asks_before_they_have_accepted_what_their_tenant_asks_for() {
    let (server, token) = with_accounts().await;
    let ada = Caller {
        server: &server,
        token,
    };
    let (id, token) = tenant(&ada, "Alpha House", "anna@alpha.example").await;
    let anna = Caller {
        server: &server,
        token,
    };
    let path = format!("/api/v1/tenants/{id}");
    let consent = |version: &str| {
        let text = json!({ "version": version, "text": "Questions are kept for a month." });
        json!({ "settings": { "consent": text } })
    };
    let (status, refused) = anna.send("PATCH", &path, &consent("")).await;
    assert_eq!(status, 422, "{refused}");
    let question = json!({ "question": "What is kept?" });
    assert_eq!(anna.send("POST", "/api/v1/ask", &question).await.0, 200);
    let (status, changed) = anna.send("PATCH", &path, &consent("2026-01")).await;
    assert_eq!(status, 200, "{changed}");
    for _ in 0..2 {
        let (status, refused) = anna.send("POST", "/api/v1/ask", &question).await;
        let kind = "urn:alexandria:problem:consent-required";
        assert_eq!((status, &refused["type"]), (403, &json!(kind)), "{refused}");
    }
    let (_, asked) = anna.get("/api/v1/me/consent").await;
    assert_eq!(asked["text"]["version"], "2026-01");
    let accept = |version: &str| json!({ "version": version });
    let wrong = accept("2025-01");
    let refused = anna.send("POST", "/api/v1/me/consent", &wrong).await;
    assert_eq!(refused.0, 409);
    let (status, accepted) = anna
        .send("POST", "/api/v1/me/consent", &accept("2026-01"))
        .await;
    assert_eq!(status, 200, "{accepted}");
    assert!(accepted["accepted"].is_string());
    assert_eq!(anna.send("POST", "/api/v1/ask", &question).await.0, 200);
    anna.send("PATCH", &path, &consent("2026-02")).await;
    assert_eq!(anna.send("POST", "/api/v1/ask", &question).await.0, 403);
}
