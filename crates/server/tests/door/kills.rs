//! The power goes out: the server is killed at random moments while files go in, and the library is
//! whole when it starts again.

use std::time::{Duration, Instant};

use serde_json::json;

use super::support::{Server, json_of, run};

/// How often it is killed.
const KILLS: u32 = 50;

/// The longest time between a start and a kill, in milliseconds.
const ALIVE_MS_MAX: u64 = 700;

/// Files put in between two kills.
const FILES: u32 = 3;

#[tokio::test]
async fn killed_at_fifty_random_moments_the_library_is_whole() {
    let mut server = Server::start();
    let mut acknowledged: Vec<(String, String)> = Vec::new();
    let mut random = Random(0x5eed_1e55);
    let begun = Instant::now();
    for kill in 0..KILLS {
        let alive = Duration::from_millis(random.next() % ALIVE_MS_MAX);
        let putting = put_some(&server, kill, &mut acknowledged);
        // Whether the files are in or not when the time is up is left to chance.
        tokio::time::timeout(alive, putting).await.ok();
        server.kill_and_restart(&[]);
    }
    println!(
        "{KILLS} kills in {:?}, {} files acknowledged",
        begun.elapsed(),
        acknowledged.len()
    );
    assert!(
        acknowledged.len() > 20,
        "the kills left too little to look at"
    );
    let mut lost = Vec::new();
    for (id, word) in &acknowledged {
        let document = server.wait_for(id).await;
        let (status, found) = server.get(&format!("/api/v1/search?query={word}")).await;
        assert_eq!(status, 200, "{found}");
        let first = &found["passages"][0]["document_id"];
        if document["state"] != "searchable" || *first != json!(id) {
            lost.push(format!("{word}: {document} {found}"));
        }
    }
    let (_, all) = server.get("/api/v1/documents?limit=200").await;
    for document in all["items"].as_array().unwrap() {
        server.wait_for(document["id"].as_str().unwrap()).await;
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

async fn put_some(server: &Server, kill: u32, acknowledged: &mut Vec<(String, String)>) {
    for file in 0..FILES {
        let word = format!("quill{kill}x{file}");
        let text = format!(
            "# Note {word}\n\n{}",
            "Ink and paper and time. ".repeat(200)
        );
        let name = format!("{word}.md");
        let (status, added) = server.upload(&[(&name, text.as_bytes())], &[]).await;
        assert_eq!(status, 202, "{added}");
        let id = added["documents"][0]["document"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        acknowledged.push((id, word));
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
