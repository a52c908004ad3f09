//! One thing of every kind that a tenant can have, by the word that stands for it in paths, queries and
//! bodies: what it is called, and what nobody's is called.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::access::{Caller, join};
use super::super::support::{PATIENCE, form, read};

/// What a tenant has.
pub(super) struct Things {
    /// By kind: the tenant's, and one that nobody has.
    kinds: Vec<(&'static str, String, String)>,
    /// A question that the tenant has asked.
    pub(super) question: String,
}

impl Things {
    /// Makes one thing of every kind, each bearing the word.
    #[expect(
        clippy::too_many_lines,
        reason = "one list of everything that can be had"
    )]
    pub(super) async fn of(owner: &Caller<'_>, tenant: &str, word: &str) -> Self {
        let mut things = Self {
            kinds: Vec::new(),
            question: format!("Where does the {word} nest?"),
        };
        let shelf = format!("Shelf of the {word}");
        let document = put_in(owner, &shelf, word).await;
        things.id("document", &document["id"]);
        things.id("collection", &document["collection_id"]);
        things.name("collection", &shelf);
        let file = |id: &str| format!("file-{}", id.replace('-', ""));
        let store = |id: &str| format!("vs_{}", id.replace('-', ""));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        things.pair("file", file(&text(&document["id"])), file(&fresh()));
        things.pair(
            "store",
            store(&text(&document["collection_id"])),
            store(&fresh()),
        );
        things.name("tag", word);
        things.name("title", word);
        let post = async |path: &'static str, body: Value| {
            let (status, made) = owner.send("POST", path, &body).await;
            assert!((200..300).contains(&status), "{path}: {made}");
            made
        };
        let persona = json!({ "name": format!("Keeper of the {word}"), "voice": word });
        let persona = post("/api/v1/personas", persona).await;
        things.id("persona", &persona["id"]);
        things.name("persona", &text(&persona["name"]));
        things.name("philosopher", &text(&persona["name"]));
        things.name("model", &text(&persona["name"]));
        let conversation = post("/api/v1/conversations", json!({ "title": word })).await;
        things.id("conversation", &conversation["id"]);
        let asked = json!({ "question": things.question, "conversation_id": conversation["id"] });
        let answer = post("/api/v1/ask", asked).await;
        things.id("answer", &answer["id"]);
        let path = format!("/api/v1/answers/{}/feedback", text(&answer["id"]));
        let thumb = json!({ "thumb": "up", "comment": word });
        let (status, given) = owner.send("PUT", &path, &thumb).await;
        assert!((200..300).contains(&status), "{given}");
        let case = json!({ "answer_id": answer["id"], "answers": [word] });
        let case = post("/api/v1/evaluation/cases", case).await;
        things.id("case", &case["id"]);
        let measured = json!({ "name": word, "kind": "questions", "digest": "d", "way": word,
            "version": "1", "asked": 1, "measures": { "answered": { "value": 1.0 } } });
        let measured = post("/api/v1/evaluations", measured).await;
        things.id("evaluation", &measured["id"]);
        let key = json!({ "name": word, "scopes": ["ask"] });
        things.id("key", &post("/api/v1/keys", key).await["id"]);
        let invited = json!({ "email": format!("{word}@alpha.example"), "role": "reader" });
        things.id(
            "invitation",
            &post("/api/v1/invitations", invited).await["id"],
        );
        let (_, me) = owner.get("/api/v1/me").await;
        things.id("user", &me["user"]["id"]);
        things.pair(
            "user",
            text(&me["user"]["email"]),
            "nobody@alpha.example".to_owned(),
        );
        things.pair("actor", text(&me["actor"]), format!("user:{}", fresh()));
        join(owner, &format!("gone-{word}@alpha.example"), "reader").await;
        let path = format!("/api/v1/users/gone-{word}@alpha.example/erasure");
        let (status, erased) = owner.send("POST", &path, &json!({})).await;
        assert_eq!(status, 201, "{erased}");
        things.id("erasure", &erased["receipt"]["id"]);
        let (_, sessions) = owner.get("/api/v1/me/sessions").await;
        things.id("session", &sessions["items"][0]["id"]);
        let (_, jobs) = owner.get("/api/v1/jobs").await;
        things.id("job", &jobs["items"][0]["id"]);
        let streamed = owner.request("POST", "/api/v1/ask");
        let streamed = streamed.header("accept", "text/event-stream");
        let streamed = streamed.header("content-type", "application/json");
        let streamed = streamed.body(json!({ "question": things.question }).to_string());
        let streamed = streamed.send().await.unwrap();
        let stream = streamed.headers()["x-stream-id"].to_str().unwrap();
        things.pair("stream", stream.to_owned(), fresh());
        things.pair("tenant", tenant.to_owned(), fresh());
        things.pair("tenant", "Alpha House".to_owned(), "Gamma House".to_owned());
        things
    }

    fn pair(&mut self, kind: &'static str, own: String, unknown: String) {
        self.kinds.push((kind, own, unknown));
    }

    fn id(&mut self, kind: &'static str, id: &Value) {
        let id = id
            .as_str()
            .unwrap_or_else(|| panic!("there is no {kind}: {id}"));
        self.pair(kind, id.to_owned(), fresh());
    }

    fn name(&mut self, kind: &'static str, name: &str) {
        let mut other = name.to_owned();
        other.pop();
        other.push('x');
        self.pair(kind, name.to_owned(), other);
    }

    /// What may stand where a word of this name is wanted: everything, if the name says nothing.
    pub(super) fn named(&self, name: &str) -> Vec<(&str, &str)> {
        let matching = |(kind, own, unknown)| name.contains(kind).then_some((own, unknown));
        let all = self
            .kinds
            .iter()
            .map(|(kind, own, unknown)| (*kind, own.as_str(), unknown.as_str()));
        let found: Vec<_> = all.clone().filter_map(matching).collect();
        if found.is_empty() {
            // A kind that is not known here is one of ids.
            let ids = all.filter(|(_, own, _)| Uuid::try_parse(own).is_ok());
            return ids.map(|(_, own, unknown)| (own, unknown)).collect();
        }
        found
    }

    /// Whether a name says what is wanted.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.kinds.iter().any(|(kind, _, _)| name.contains(kind))
    }
}

fn fresh() -> String {
    Uuid::now_v7().to_string()
}

/// Puts a document in and waits until it is found.
async fn put_in(owner: &Caller<'_>, shelf: &str, word: &str) -> Value {
    let text = format!("# The {word}\n\nThe {word} nests in the bell tower of Orvane.");
    let fields = [("collection", shelf), ("tag", word), ("title", word)];
    let (kind, body) = form(&[("bird.md", text.as_bytes())], &fields);
    let request = owner
        .request("POST", "/api/v1/documents")
        .header("content-type", kind);
    let (status, added) = read(request.body(body)).await;
    assert_eq!(status, 202, "{added}");
    let document = &added["documents"][0]["document"];
    let path = format!("/api/v1/documents/{}", document["id"].as_str().unwrap());
    let begun = std::time::Instant::now();
    loop {
        let (_, found) = owner.get(&path).await;
        if found["state"] == "searchable" {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{found}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
