//! The power goes out: the server is killed at random moments while files go in, are read, indexed and
//! embedded, and the library is whole when it starts again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::support::{Server, json_of, models, run};

/// A series of kills.
struct Series {
    /// How often the server is killed.
    kills: u32,
    /// The longest time between a start and a kill, in milliseconds.
    alive_ms_max: u64,
    /// Files put in between two kills.
    files: u32,
    /// Sentences in a file.
    sentences: u32,
    /// The embedder that the server is started with.
    embedder: &'static str,
    /// The state in which every document ends.
    end: &'static str,
}

#[tokio::test]
async fn killed_at_fifty_random_moments_the_library_is_whole() {
    let series = Series {
        kills: 50,
        alive_ms_max: 700,
        files: 3,
        sentences: 200,
        embedder: "off",
        end: "searchable",
    };
    series.run().await;
}

#[tokio::test]
async fn killed_while_embedding_the_library_is_whole_and_ends_ready() {
    if !models().join("all-minilm-l6-v2").is_dir() {
        println!("the models are missing: not run");
        return;
    }
    let series = Series {
        kills: 20,
        alive_ms_max: 2_500,
        files: 1,
        sentences: 1_000,
        embedder: "int8",
        end: "ready",
    };
    let embedding = series.run().await;
    assert!(
        embedding >= 5,
        "only {embedding} kills fell into an embedding"
    );
}

/// A file that was accepted: its document and the word by which it is found.
struct Acknowledged {
    id: String,
    word: String,
}

impl Series {
    /// Kills, starts, and looks; gives how many kills came while something was being embedded.
    async fn run(&self) -> u32 {
        let environment = [("ALEXANDRIA_EMBEDDER", self.embedder)];
        let mut server = Server::start_with(&environment);
        let mut acknowledged = Vec::new();
        let mut random = Random(0x5eed_1e55);
        let begun = Instant::now();
        let mut embedding = 0;
        for kill in 0..self.kills {
            let until = Instant::now() + Duration::from_millis(random.next() % self.alive_ms_max);
            // Whether the files are in or not when the time is up is left to chance.
            let putting = self.put_some(&server, kill, &mut acknowledged);
            tokio::time::timeout_at(until.into(), putting).await.ok();
            tokio::time::sleep_until(until.into()).await;
            embedding += u32::from(self.is_embedding(&server, &acknowledged).await);
            server.kill_and_restart(&environment);
        }
        println!(
            "{} kills in {:?}, {embedding} while embedding, {} files acknowledged",
            self.kills,
            begun.elapsed(),
            acknowledged.len()
        );
        assert!(
            acknowledged.len() * 3 > usize::try_from(self.kills).unwrap(),
            "the kills left too little to look at"
        );
        self.look(&server, &acknowledged).await;
        embedding
    }

    /// Every acknowledged document is there, found, and comes to its end; the doctor is content.
    async fn look(&self, server: &Server, acknowledged: &[Acknowledged]) {
        let mut lost = Vec::new();
        for Acknowledged { id, word } in acknowledged {
            let document = server.wait_until(id, &[self.end, "failed"]).await;
            let (status, found) = server
                .get(&format!("/api/v1/search?query={word}&mode=text"))
                .await;
            assert_eq!(status, 200, "{found}");
            let first = &found["passages"][0]["document_id"];
            let is_whole = self.end != "ready" || document["embedded"] == document["chunks"];
            if document["state"] != self.end || *first != json!(id) || !is_whole {
                lost.push(format!("{word}: {document} {found}"));
            }
        }
        let (_, all) = server.get("/api/v1/documents?limit=200").await;
        for document in all["items"].as_array().unwrap() {
            let id = document["id"].as_str().unwrap();
            server.wait_until(id, &[self.end, "failed"]).await;
        }
        let doctor = json_of(&run(
            server.home.path(),
            &["--data", "data", "--json", "doctor"],
        ));
        assert!(
            lost.is_empty(),
            "{} of {}: {lost:#?} {doctor:#}",
            lost.len(),
            acknowledged.len()
        );
        assert_eq!(doctor["sound"], json!(true), "{doctor:#}");
    }

    async fn put_some(&self, server: &Server, kill: u32, acknowledged: &mut Vec<Acknowledged>) {
        for file in 0..self.files {
            let word = format!("quill{kill}x{file}");
            // No two files share a sentence, so that each has to be embedded.
            let sentence = |number| {
                format!("Ink {number} of {word} dries on paper while the tide goes out again. ")
            };
            let sentences: String = (0..self.sentences).map(sentence).collect();
            let text = format!("# Note {word}\n\n{sentences}");
            let name = format!("{word}.md");
            let (status, added) = server.upload(&[(&name, text.as_bytes())], &[]).await;
            assert_eq!(status, 202, "{added}");
            let id = added["documents"][0]["document"]["id"]
                .as_str()
                .unwrap()
                .to_owned();
            acknowledged.push(Acknowledged { id, word });
        }
    }

    /// Whether the words of some document are found already, and its meaning not yet.
    async fn is_embedding(&self, server: &Server, acknowledged: &[Acknowledged]) -> bool {
        if self.end != "ready" || acknowledged.is_empty() {
            return false;
        }
        let path = "/api/v1/documents?state=searchable&limit=1";
        let (_, waiting): (u16, Value) = server.get(path).await;
        waiting["items"]
            .as_array()
            .is_some_and(|items| !items.is_empty())
    }
}

/// Numbers that look random and are the same every time (Marsaglia's xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
