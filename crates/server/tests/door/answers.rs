//! Answers: where their quotes stand, and how sure they have to be.

use serde_json::{Value, json};

use super::paper::Paper;
use super::support::{LIGHTHOUSE, Server};

/// The pages that rectangles are on, in their order.
fn pages(rectangles: &Value) -> Vec<u64> {
    let rectangles = rectangles.as_array().unwrap();
    let pages = rectangles.iter().map(|one| one["page"].as_u64().unwrap());
    pages.collect()
}

/// A line of text for a page's content, so many points from its lower edge.
fn line(y: u32, text: &str) -> String {
    format!("BT /F 12 Tf 72 {y} Td ({text}) Tj ET\n")
}

#[tokio::test]
async fn a_quote_that_goes_on_overleaf_has_rectangles_on_both_pages() {
    let server = Server::start();
    let first = line(
        720,
        "The island of Orvane lies far out in the northern sea, and few ships call.",
    ) + &line(
        90,
        "The lighthouse of Orvane was built in the year 1743 by the",
    );
    let second = line(
        720,
        "engineer Tilda Marrow. The last keeper of the lighthouse was Anselm Brandt,",
    ) + &line(
        704,
        "who lived there with a grey parrot until the year 1968.",
    );
    let paper = Paper::with_pages(2).page(&first).page(&second).bytes();
    let (status, added) = server.upload(&[("orvane.pdf", &paper)], &[]).await;
    assert_eq!(status, 202, "{added}");
    let id = added["documents"][0]["document"]["id"].as_str().unwrap();
    let document = server.wait_for(id).await;
    assert_eq!(document["state"], "searchable", "{document}");

    let cited = async |question: &str, words: &str| {
        let body = json!({ "question": question });
        let (status, answer) = server.send("POST", "/api/v1/ask", &body).await;
        assert_eq!(status, 200, "{answer}");
        let sentences = answer["sentences"].as_array().unwrap().iter();
        let mut citations = sentences.flat_map(|one| one["citations"].as_array().unwrap());
        let quotes = |one: &&Value| one["quote"].as_str().unwrap().contains(words);
        citations
            .find(quotes)
            .unwrap_or_else(|| panic!("{answer}"))
            .clone()
    };
    let overleaf = cited("Who built the lighthouse of Orvane?", "Tilda Marrow").await;
    assert_eq!(pages(&overleaf["rectangles"]), [1, 2], "{overleaf}");
    assert_eq!(overleaf["page"], 1, "{overleaf}");
    let lower = &overleaf["rectangles"];
    assert!(lower[0]["y0"].as_f64() > lower[1]["y1"].as_f64(), "{lower}");

    // A quote wholly on the second page is there, although its passage begins on the first.
    let behind = cited(
        "Who was the last keeper of the lighthouse?",
        "Anselm Brandt",
    )
    .await;
    assert_eq!(pages(&behind["rectangles"]), [2, 2], "{behind}");
    assert_eq!(behind["page"], 2, "{behind}");

    let (_, found) = server.get("/api/v1/search?query=Tilda%20Marrow").await;
    let place = &found["passages"][0]["place"];
    assert_eq!(pages(&place["rectangles"]), [1, 1, 2, 2], "{found}");
    assert_eq!(place["page"], 1, "{found}");

    let (start, end) = (&overleaf["span"]["start"], &overleaf["span"]["end"]);
    let path = format!("/api/v1/documents/{id}/rectangles?start={start}&end={end}");
    let (status, drawn) = server.get(&path).await;
    assert_eq!(status, 200, "{drawn}");
    assert_eq!(drawn, overleaf["rectangles"]);
}

#[tokio::test]
async fn the_threshold_says_how_sure_an_answer_has_to_be() {
    let ask = async |threshold: &str, question: &str| {
        let server = Server::start_with(&[("ALEXANDRIA_ANSWER_THRESHOLD", threshold)]);
        server.add("orvane.md", LIGHTHOUSE).await;
        let body = json!({ "question": question });
        let (status, answer) = server.send("POST", "/api/v1/ask", &body).await;
        assert_eq!(status, 200, "{answer}");
        assert!(
            !answer["passages"].as_array().unwrap().is_empty(),
            "{answer}"
        );
        answer
    };
    let plain = "When was the lighthouse of Orvane built?";
    let vague = "Which bank lent the money for the railway to Orvane?";
    for (threshold, question, answered) in [
        ("1.0", plain, false),
        ("0.25", plain, true),
        ("0.25", vague, false),
        ("0", vague, true),
    ] {
        let answer = ask(threshold, question).await;
        assert_eq!(answer["answered"], answered, "{threshold} {answer}");
        let sentences = answer["sentences"].as_array().unwrap();
        assert_eq!(!sentences.is_empty(), answered, "{threshold} {answer}");
        let said_nothing = answer["answer"] == "Not found in your library.";
        assert_eq!(said_nothing, !answered, "{threshold} {answer}");
    }
}
