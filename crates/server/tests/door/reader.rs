//! Reading a document in pieces: its blocks, outline, lines, and the places where words stand.

use serde_json::{Value, json};

use super::paths::pdf;
use super::support::Server;

const NOTES: &str = "# Coasts

A note on the café by the harbour.

## Towers

- The first tower
- The second tower

| Tower | Metres |
|---|---|
| Orvane | 41 |

> The sea was grey, says the keeper.

### Lamps

The lamp of the second tower burns oil.
";

async fn id_of(server: &Server, name: &str, bytes: &[u8]) -> String {
    let (status, added) = server.upload(&[(name, bytes)], &[]).await;
    assert_eq!(status, 202, "{added}");
    let id = added["documents"][0]["document"]["id"].as_str().unwrap();
    server.wait_for(id).await;
    id.to_owned()
}

async fn read(server: &Server, id: &str, rest: &str) -> Value {
    let (status, body) = server.get(&format!("/api/v1/documents/{id}/{rest}")).await;
    assert_eq!(status, 200, "{rest}: {body}");
    body
}

/// The whole stored text.
async fn whole(server: &Server, id: &str) -> String {
    let text = read(server, id, "text").await;
    text["text"].as_str().unwrap().to_owned()
}

/// Every piece of text is the stored text at its span.
fn check_spans(items: &[Value], whole: &str) {
    for item in items {
        let at = |end: &str| usize::try_from(item["span"][end].as_u64().unwrap()).unwrap();
        let stored = whole.get(at("start")..at("end"));
        assert_eq!(item["text"].as_str(), stored, "{item}");
    }
}

fn items(page: &Value) -> Vec<Value> {
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_text_is_read_block_by_block_from_any_place_in_both_directions() {
    let server = Server::start();
    let id = id_of(&server, "coasts.md", NOTES.as_bytes()).await;
    let text = whole(&server, &id).await;
    let all = read(&server, &id, "blocks").await;
    let blocks = items(&all);
    check_spans(&blocks, &text);
    let kinds: Vec<(&str, Option<u64>)> = blocks
        .iter()
        .map(|block| (block["kind"].as_str().unwrap(), block["level"].as_u64()))
        .collect();
    let expected = [
        ("heading", Some(1)),
        ("paragraph", None),
        ("heading", Some(2)),
        ("list_item", Some(0)),
        ("list_item", Some(0)),
        ("table", None),
        ("quote", None),
        ("heading", Some(3)),
        ("paragraph", None),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(
        (&all["previous"], &all["next"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(all["bytes"], text.len());
    // Page by page, and back again from the end.
    let (mut forwards, mut at) = (Vec::new(), json!(0));
    while !at.is_null() {
        let page = read(&server, &id, &format!("blocks?limit=2&start={at}")).await;
        forwards.extend(items(&page));
        at = page["next"].clone();
    }
    assert_eq!(forwards, blocks);
    let (mut backwards, mut at) = (Vec::new(), json!(text.len()));
    while !at.is_null() {
        let page = read(&server, &id, &format!("blocks?limit=2&end={at}")).await;
        backwards.splice(0..0, items(&page));
        at = page["previous"].clone();
    }
    assert_eq!(backwards, blocks);
    // From the middle of a block, and between two places.
    let inside = text.find("grey").unwrap();
    let page = read(&server, &id, &format!("blocks?limit=1&start={inside}")).await;
    assert_eq!(page["items"], json!([blocks[6]]));
    let (start, end) = (&blocks[3]["span"]["start"], &blocks[5]["span"]["end"]);
    let page = read(&server, &id, &format!("blocks?start={start}&end={end}")).await;
    assert_eq!(items(&page), blocks[3..6]);
    assert_eq!(page["next"], json!(null));
    for wrong in [
        "blocks?start=99999",
        "blocks?start=5&end=4",
        "blocks?limit=0",
    ] {
        let (status, told) = server.get(&format!("/api/v1/documents/{id}/{wrong}")).await;
        assert_eq!(status, 422, "{wrong}: {told}");
    }
}

#[tokio::test]
async fn a_long_block_comes_in_parts_that_join() {
    let server = Server::start();
    let line = "let größe = \"ein Wörtchen über Größen\"; // 𝒟\n";
    let code = format!("```\n{}```\n\nThe end.\n", line.repeat(4_000));
    let id = id_of(&server, "code.md", code.as_bytes()).await;
    let (mut parts, mut at) = (Vec::new(), json!(0));
    while !at.is_null() {
        let page = read(&server, &id, &format!("blocks?start={at}")).await;
        parts.extend(items(&page));
        at = page["next"].clone();
    }
    let text = whole(&server, &id).await;
    let (last, code) = parts.split_last().unwrap();
    assert_eq!(last["text"], "The end.");
    let cut: Vec<&Value> = code
        .iter()
        .filter(|part| !part["whole"].is_null())
        .collect();
    assert!(cut.len() > 2, "{}", cut.len());
    // The parts of a block meet, and a block follows the one before it.
    for pair in code.windows(2) {
        let gap =
            pair[1]["span"]["start"].as_u64().unwrap() - pair[0]["span"]["end"].as_u64().unwrap();
        let same = !pair[0]["whole"].is_null() && pair[0]["whole"] == pair[1]["whole"];
        assert_eq!(gap, if same { 0 } else { 2 });
    }
    for part in &parts {
        let at = |end: &str| usize::try_from(part["span"][end].as_u64().unwrap()).unwrap();
        assert!(part["text"].as_str() == text.get(at("start")..at("end")));
    }
    let (mut backwards, mut at) = (Vec::new(), last["span"]["end"].clone());
    while !at.is_null() {
        let page = read(&server, &id, &format!("blocks?end={at}")).await;
        backwards.splice(0..0, items(&page));
        at = page["previous"].clone();
    }
    assert!(backwards == parts);
}

#[tokio::test]
async fn an_outline_names_headings_where_they_stand() {
    let server = Server::start();
    let id = id_of(&server, "coasts.md", NOTES.as_bytes()).await;
    let text = whole(&server, &id).await;
    let outline = read(&server, &id, "outline").await;
    let told: Vec<(u64, &str)> = outline["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            (
                entry["level"].as_u64().unwrap(),
                entry["text"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [(1, "Coasts"), (2, "Towers"), (3, "Lamps")]);
    for entry in items(&outline) {
        let start = usize::try_from(entry["start"].as_u64().unwrap()).unwrap();
        let rest = text.get(start..).unwrap();
        assert!(rest.starts_with(entry["text"].as_str().unwrap()));
    }
    assert_eq!(
        read(&server, &id, "outline").await,
        outline,
        "kept as it was made"
    );
    let sheet = id_of(
        &server,
        "towers.csv",
        b"tower,metres\nOrvane,41\nPharos,103\n",
    )
    .await;
    assert_eq!(read(&server, &sheet, "outline").await["cut"], false);
}

#[tokio::test]
async fn the_lines_of_a_page_are_the_stored_text() {
    let server = Server::start();
    let id = id_of(&server, "page.pdf", &pdf("Orvane")).await;
    let pages = read(&server, &id, "pages").await;
    assert_eq!(pages["count"], 1);
    assert_eq!(
        pages["sizes"],
        json!([{ "first": 1, "width": 595.0, "height": 842.0 }])
    );
    let page = read(&server, &id, "pages/1/lines").await;
    let lines = items(&page);
    assert_eq!(lines.len(), 1, "{page}");
    check_spans(&lines, &whole(&server, &id).await);
    assert_eq!(lines[0]["text"], "Orvane");
    assert_eq!(lines[0]["edges"].as_array().unwrap().len(), 6);
    assert_eq!(lines[0]["rectangle"]["page"], 1);
    let (status, told) = server
        .get(&format!("/api/v1/documents/{id}/pages/2/lines"))
        .await;
    assert_eq!(status, 422, "{told}");
    let text = id_of(&server, "coasts.md", NOTES.as_bytes()).await;
    assert_eq!(read(&server, &text, "pages").await["count"], 0);
}

#[tokio::test]
async fn words_are_found_whatever_their_case_and_accents() {
    let server = Server::start();
    let id = id_of(&server, "coasts.md", NOTES.as_bytes()).await;
    let text = whole(&server, &id).await;
    let found = read(&server, &id, "find?query=CAFE").await;
    check_spans(&items(&found), &text);
    assert_eq!(found["items"][0]["text"], "café");
    assert_eq!(found["items"][0]["before"], "A note on the ");
    assert_eq!(found["items"][0]["after"], " by the harbour.");
    assert_eq!(found["next"], json!(null));
    let all = items(&read(&server, &id, "find?query=tower").await);
    assert_eq!(all.len(), 5);
    check_spans(&all, &text);
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = read(&server, &id, &format!("find?query=tower&limit=2{cursor}")).await;
        paged.extend(items(&page));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(paged, all);
    // A book of some pieces, in which words stand where two pieces meet.
    let page = format!(
        "The wonder of the northern cliff {}. ",
        "and the sea ".repeat(25)
    );
    let book = page.repeat(2_000);
    let book = id_of(&server, "book.txt", book.as_bytes()).await;
    let (mut count, mut cursor) = (0, String::new());
    loop {
        let path = format!("find?query=the+northern&limit=200{cursor}");
        let page = read(&server, &book, &path).await;
        count += items(&page).len();
        let Some(next) = page["next"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(count, 2_000);
    let paper = id_of(&server, "page.pdf", &pdf("Orvane")).await;
    let found = read(&server, &paper, "find?query=orvane").await;
    assert_eq!(found["items"][0]["page"], 1);
    for wrong in [
        "query=%20",
        "query=a&limit=500",
        "query=a&cursor=x",
        &format!("query=tower{cursor}"),
    ] {
        let (status, told) = server
            .get(&format!("/api/v1/documents/{id}/find?{wrong}"))
            .await;
        assert_eq!(status, 422, "{wrong}: {told}");
    }
}
