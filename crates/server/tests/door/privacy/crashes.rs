//! A server that is killed while it erases: what was written down as erased is gone after the next start.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::super::access::{Caller, join, with_accounts};
use super::super::support::{PATIENCE, Server};
use super::holding;

/// The file in which erasures are written down before they are permanent.
const TOMBSTONES: &str = "data/erasures.jsonl";

/// How long after that the server is killed, in milliseconds: between the two, before the files are gone,
/// and when all is done.
const KILLED_AFTER_MS: [u64; 8] = [0, 1, 4, 8, 10, 12, 40, 120];

/// How many more kills are tried when none of these came in time.
const FURTHER_KILLS_MAX: usize = 24;

fn tombstones(home: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(home.join(TOMBSTONES)).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Sends a request and kills the server so long after it has written a tombstone; the tombstone's receipt.
async fn killed_while_erasing(
    server: &mut Server,
    request: reqwest::RequestBuilder,
    after: Duration,
) -> String {
    let before =
        std::fs::metadata(server.home.path().join(TOMBSTONES)).map_or(0, |file| file.len());
    let mut erasing = JoinSet::new();
    erasing.spawn(async move {
        request
            .send()
            .await
            .is_ok_and(|reply| reply.status().is_success())
    });
    let begun = Instant::now();
    loop {
        let file = std::fs::metadata(server.home.path().join(TOMBSTONES));
        if file.is_ok_and(|file| file.len() > before) {
            break;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "nothing was written down as erased"
        );
        tokio::task::yield_now().await;
    }
    if !after.is_zero() {
        tokio::time::sleep(after).await;
    }
    server.kill();
    let answered = erasing.join_next().await.unwrap().unwrap();
    println!("killed {after:?} after the tombstone; answered: {answered}");
    server.kill_and_restart(&[]);
    let written = tombstones(server.home.path());
    written.last().unwrap()["receipt"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// How often the log says that an erasure was finished at a start.
fn finished_at_a_start(server: &Server) -> usize {
    log(server)
        .matches("erased again what was put back")
        .count()
}

fn log(server: &Server) -> String {
    std::fs::read_to_string(server.home.path().join("server.log")).unwrap()
}

fn owner<'a>(server: &'a Server, token: &str) -> Caller<'a> {
    Caller {
        server,
        token: token.to_owned(),
    }
}

#[tokio::test]
async fn an_erasure_of_a_person_that_a_crash_breaks_off_is_finished_at_the_next_start() {
    let (mut server, token) = with_accounts().await;
    // On a machine with other things to do every kill may come too late: then further ones are tried.
    let further = std::iter::repeat_n(0, FURTHER_KILLS_MAX);
    for (round, after) in KILLED_AFTER_MS.into_iter().chain(further).enumerate() {
        if round >= KILLED_AFTER_MS.len() && finished_at_a_start(&server) > 0 {
            break;
        }
        let word = format!("quillfeather{round}x");
        let email = format!("{word}@canary.example");
        let (id, request) = {
            let ada = owner(&server, &token);
            let token = join(&ada, &email, "reader").await;
            let somebody = Caller {
                server: &server,
                token,
            };
            let asked = json!({ "question": format!("Where is the {word}?") });
            assert_eq!(somebody.send("POST", "/api/v1/ask", &asked).await.0, 200);
            let (_, me) = somebody.get("/api/v1/me").await;
            let id = me["user"]["id"].as_str().unwrap().to_owned();
            let path = format!("/api/v1/users/{id}/erasure");
            let request = ada.request("POST", &path);
            (
                id,
                request
                    .header("content-type", "application/json")
                    .body("{}"),
            )
        };
        assert!(!holding(&server, &[&word]).is_empty());
        let after = Duration::from_millis(after);
        let receipt = killed_while_erasing(&mut server, request, after).await;
        let ada = owner(&server, &token);
        assert_eq!(ada.get(&format!("/api/v1/users/{id}")).await.0, 404);
        let (_, check) = ada.get(&format!("/api/v1/erasures/{receipt}/check")).await;
        assert_eq!(check["clean"], true, "{after:?}: {check} {}", log(&server));
        assert_eq!(holding(&server, &[&word]), [""; 0], "{after:?}");
    }
    let finished = finished_at_a_start(&server);
    println!("{finished} erasures were finished at a start");
    assert!(
        finished > 0,
        "no kill came before the erasure was permanent"
    );
}

#[tokio::test]
async fn an_erasure_of_a_document_that_a_crash_breaks_off_is_finished_at_the_next_start() {
    let mut server = Server::start();
    for (round, after) in KILLED_AFTER_MS.into_iter().enumerate() {
        let word = format!("marrowlight{round}x");
        let sentence = format!("The {word} stands on the northern cliff of Orvane. ");
        let text = format!("# The {word}\n\n{}\n", sentence.repeat(400));
        let document = server.add(&format!("{word}.md"), &text).await;
        let asked = json!({ "question": format!("Where does the {word} stand?") });
        let (status, answer) = server.send("POST", "/api/v1/ask", &asked).await;
        assert_eq!(
            (status, &answer["answered"]),
            (200, &json!(true)),
            "{answer}"
        );
        let id = document["id"].as_str().unwrap();
        let request = server.request("POST", &format!("/api/v1/documents/{id}/erasure"));
        let request = request
            .header("content-type", "application/json")
            .body("{}");
        assert!(!holding(&server, &[&word]).is_empty());
        let after = Duration::from_millis(after);
        let receipt = killed_while_erasing(&mut server, request, after).await;
        assert_eq!(server.get(&format!("/api/v1/documents/{id}")).await.0, 404);
        let (_, check) = server
            .get(&format!("/api/v1/erasures/{receipt}/check"))
            .await;
        assert_eq!(check["clean"], true, "{after:?}: {check} {}", log(&server));
        // The name of the file is told in the questions; the words of the document are nowhere.
        let words = format!("{word} stands");
        assert_eq!(holding(&server, &[&words]), [""; 0], "{after:?}");
        let found = server
            .get(&format!("/api/v1/search?query={word}&mode=text"))
            .await;
        assert_eq!(found.1["passages"], json!([]), "{found:?}");
    }
    let finished = finished_at_a_start(&server);
    println!("{finished} erasures were finished at a start");
    assert!(
        finished > 0,
        "no kill came before the erasure was permanent"
    );
}
