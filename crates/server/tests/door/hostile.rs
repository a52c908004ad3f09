//! Files made to hurt: each ends as a fault on its own document or is read as far as it goes; the
//! server lives, its memory stays bounded, and the other documents are found as before.

mod archive;

use std::time::{Duration, Instant};

use serde_json::Value;

use self::archive::{Archive, bomb, document, docx, docx_with, epub, zlib_bomb};
use super::memory::{Watch, memory};
use super::paper::{Paper, line, lock};
use super::support::{LIGHTHOUSE, Server};

/// What a bomb inflates to, in mebibytes: two gibibytes.
const BOMB_MEBIBYTES: usize = 2 << 10;

/// The most memory that the server may have used after all of a test's files, in bytes.
const SERVER_BYTES_MAX: u64 = 400 << 20;

/// The most memory that the reader of one file may use, in bytes.
const READER_BYTES_MAX: u64 = 800 << 20;

/// How deep the nested files are nested: any reader that calls itself for every level is broken by it.
const DEPTH: usize = 200_000;

/// How long jobs may take to come to their end, and how often they are looked at.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What has to come of a file.
enum Expected {
    /// No text of it, and a fault of one of these kinds.
    Failed(&'static [&'static str]),
    /// Text, and no fault.
    Read,
    /// Text as far as the limits go, and a fault of this kind.
    Cut(&'static str),
    /// Text, or a fault: either is right.
    Ended,
}

use Expected::{Cut, Ended, Failed, Read};

/// A server with a document that must not be touched by the others.
struct Bench {
    server: Server,
    watch: Watch,
    witness: Value,
}

impl Bench {
    async fn start() -> Self {
        let server = Server::start();
        let watch = Watch::over(server.pid());
        let added = server.add("orvane.md", LIGHTHOUSE).await;
        rest(&server).await;
        let id = added["id"].as_str().unwrap();
        let (_, witness) = server.get(&format!("/api/v1/documents/{id}")).await;
        Self {
            server,
            watch,
            witness,
        }
    }

    /// Puts a file in, waits for its end, and compares what came of it.
    async fn check(&self, name: &str, bytes: &[u8], expected: &Expected) -> Value {
        let (status, added) = self.server.upload(&[(name, bytes)], &[]).await;
        assert_eq!(status, 202, "{name}: {added}");
        let id = added["documents"][0]["document"]["id"].as_str().unwrap();
        let document = self.server.wait_for(id).await;
        let peak = self.watch.take_peak();
        let faults = document["faults"].as_array().unwrap();
        println!(
            "{name}: {} bytes, {}, its reader used {} MiB: {}",
            bytes.len(),
            document["state"],
            peak >> 20,
            faults
                .first()
                .map_or("", |fault| fault["message"].as_str().unwrap())
        );
        assert!(
            peak < READER_BYTES_MAX,
            "{name}: its reader used {peak} bytes"
        );
        let failed = document["state"] == "failed";
        let kind = faults
            .first()
            .map_or("", |fault| fault["kind"].as_str().unwrap());
        let is_right = match expected {
            Failed(kinds) => failed && kinds.contains(&kind),
            Read => !failed && faults.is_empty(),
            Cut(cut) => !failed && kind == *cut,
            Ended => failed == (document["chunks"] == 0),
        };
        assert!(is_right, "{name}: {document}");
        for fault in faults {
            let message = fault["message"].as_str().unwrap();
            assert!(message.len() > 30, "{name}: no sentence: {message}");
        }
        document
    }

    /// The server is as it was, and so is the document beside the hostile ones.
    async fn end(self) {
        let used = memory(self.server.pid(), "VmHWM");
        println!("the server used {} MiB", used >> 20);
        assert!(used < SERVER_BYTES_MAX, "the server used {used} bytes");
        let (status, _) = self.server.get("/health/ready").await;
        assert_eq!(status, 200);
        let id = self.witness["id"].as_str().unwrap();
        let (_, found) = self
            .server
            .get("/api/v1/search?query=Orvane%20parrot")
            .await;
        assert_eq!(found["passages"][0]["document_id"], *id, "{found}");
        let (_, now) = self.server.get(&format!("/api/v1/documents/{id}")).await;
        assert_eq!(now, self.witness);
        for job in rest(&self.server).await {
            assert_eq!(job["state"], "done", "{job}");
        }
    }

    async fn text(&self, document: &Value) -> String {
        let id = document["id"].as_str().unwrap();
        let (_, stored) = self
            .server
            .get(&format!("/api/v1/documents/{id}/text"))
            .await;
        stored["text"].as_str().unwrap_or_default().to_owned()
    }
}

/// The jobs, as soon as nothing is worked on any more: a document is ready, or has failed, before its
/// cover has been looked for.
async fn rest(server: &Server) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let (_, jobs) = server.get("/api/v1/jobs?limit=100").await;
        let jobs = jobs["items"].as_array().unwrap().clone();
        let goes_on = |job: &Value| job["state"] == "waiting" || job["state"] == "running";
        if !jobs.iter().any(goes_on) || begun.elapsed() > PATIENCE {
            return jobs;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

#[tokio::test]
async fn bombs_of_two_gibibytes_are_faults_and_nothing_more() {
    let bench = Bench::start().await;
    let size = u32::try_from(BOMB_MEBIBYTES << 20).unwrap();
    let body = document("", "<w:p><w:r><w:t>begins</w:t></w:r></w:p>");
    let open = body.trim_end_matches("</w:body></w:document>").as_bytes();
    let honest = docx().with_deflated("word/document.xml", bomb(open, b' ', BOMB_MEBIBYTES), size);
    bench
        .check("bomb.docx", &honest.bytes(), &Failed(&["too_large"]))
        .await;
    let chapter = bomb(b"<html><body><p>begins", b'a', BOMB_MEBIBYTES);
    let lying = epub().with_deflated("c.xhtml", chapter, 21);
    bench
        .check(
            "bomb.epub",
            &lying.bytes(),
            &Failed(&["too_large", "malformed"]),
        )
        .await;
    let content = zlib_bomb(line("begins").as_bytes(), b' ', BOMB_MEBIBYTES);
    let page = Paper::with_pages(1).page_of("/Filter/FlateDecode", &content);
    bench
        .check("bomb.pdf", &page.bytes(), &Failed(&["too_large"]))
        .await;
    // Beside a good page, the page with the bomb is the only one that is lost.
    let pages = Paper::with_pages(2)
        .page(&line("A good page about the tides of Orvane."))
        .page_of("/Filter/FlateDecode", &content);
    bench
        .check("half-a-bomb.pdf", &pages.bytes(), &Cut("too_large"))
        .await;
    let hidden = zlib_bomb(b"9 0 <</Type/Page>>", b' ', BOMB_MEBIBYTES);
    let objects = Paper::with_pages(1)
        .object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 9 0 R>>")
        .stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &hidden)
        .object("<</Type/XRef>>");
    bench.check("objects.pdf", &objects.bytes(), &Ended).await;
    bench
        .check("font.pdf", &greedy(BOMB_MEBIBYTES), &Ended)
        .await;
    bench.end().await;
}

/// A PDF file whose font inflates to so many mebibytes, all of which its reader has to hold.
pub(super) fn greedy(mebibytes: usize) -> Vec<u8> {
    let font = zlib_bomb(b"", 0, mebibytes);
    Paper::with_pages(1)
        .page_in(8, &line("A page in a font of its own."))
        .stream("/Filter/FlateDecode", &font)
        .object("<</Type/FontDescriptor/FontName/B/FontFile2 6 0 R>>")
        .object("<</Type/Font/Subtype/TrueType/BaseFont/B/FontDescriptor 7 0 R>>")
        .bytes()
}

#[tokio::test]
async fn pages_beyond_measure_are_read_as_far_as_the_limits_go() {
    let bench = Bench::start().await;
    let mut points = line("A drawing of a million points.");
    points.push_str("0 0 m\n");
    for point in 0..1_000_000 {
        points.push_str(if point % 2 == 0 { "9 9 l\n" } else { "5 7 l\n" });
    }
    points.push_str("S\n");
    let drawing = Paper::with_pages(1).page(&points).bytes();
    let document = bench.check("points.pdf", &drawing, &Read).await;
    assert!(bench.text(&document).await.contains("a million points"));
    let letters = line("abcdefghij").repeat(100_000);
    let crowded = Paper::with_pages(2)
        .page(&line("The page before it is good."))
        .page(&letters);
    bench
        .check("letters.pdf", &crowded.bytes(), &Cut("too_large"))
        .await;
    let mut paper = Paper::with_pages(10_000);
    for page in 1..=10_000 {
        paper = paper.page(&line(&format!("Leaf {page} speaks of tides and of ropes.")));
    }
    let document = bench.check("leaves.pdf", &paper.bytes(), &Read).await;
    assert_eq!(document["pages"], 10_000);
    let (_, found) = bench.server.get("/api/v1/search?query=leaf%209999").await;
    assert_eq!(
        found["passages"][0]["document_id"], document["id"],
        "{found}"
    );
    bench.end().await;
}

#[tokio::test]
async fn files_nested_beyond_any_stack_end() {
    let bench = Bench::start().await;
    let nest = |open: &str, middle: &str, close: &str| {
        [&open.repeat(DEPTH), middle, &close.repeat(DEPTH)].concat()
    };
    let rows = nest("<w:tbl><w:tr><w:tc>", "<w:p/>", "</w:tc></w:tr></w:tbl>");
    let cases = [
        ("deep.html", nest("<div>", "deep", "</div>")),
        ("lists.html", nest("<ul><li>", "deep", "")),
        ("tables.html", nest("<table><tr><td>", "deep", "")),
        (
            "deep.xml",
            format!("<?xml version=\"1.0\"?>{}", nest("<a>", "deep", "</a>")),
        ),
        ("deep.json", nest("[", "1", "]")),
        ("maps.json", nest("{\"a\":", "1", "}")),
        ("quotes.md", format!("# Deep\n\n{}", nest("> ", "deep", ""))),
        (
            "emphasis.md",
            format!("# Deep\n\n{}", nest("*a **b ", "deep", "")),
        ),
        (
            "brackets.md",
            format!("# Deep\n\n{}", nest("[", "deep", "](x)")),
        ),
        ("deep.rtf", format!("{{\\rtf1 {}}}", nest("{", "deep", "}"))),
    ];
    for (name, text) in cases {
        bench.check(name, text.as_bytes(), &Ended).await;
    }
    bench
        .check("deep.docx", &docx_with("", &rows), &Ended)
        .await;
    let chapter = nest("<div>", "deep", "</div>");
    let book = epub().with("c.xhtml", chapter.as_bytes()).bytes();
    bench.check("deep.epub", &book, &Ended).await;
    let mail = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(20_000);
    let mail = format!("From: a@example.org\r\nSubject: Deep\r\n{mail}\r\ndeep\r\n");
    bench.check("deep.eml", mail.as_bytes(), &Ended).await;
    bench.check("arrays.pdf", arrays().as_bytes(), &Ended).await;
    bench.end().await;
}

/// A PDF file whose trailer is nested.
fn arrays() -> String {
    let nested = ["[".repeat(DEPTH), "]".repeat(DEPTH)].concat();
    let paper = Paper::with_pages(1)
        .page(&line("deep"))
        .trailer(&format!("/Deep {nested}"));
    String::from_utf8(paper.bytes()).unwrap()
}

#[tokio::test]
async fn entities_of_a_file_reach_no_other_file_and_do_not_multiply() {
    let bench = Bench::start().await;
    let secret = bench.server.home.path().join("secret.txt");
    std::fs::write(&secret, "the hidden treasure of Orvane").unwrap();
    let outside = format!(
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file://{}\">]>",
        secret.display()
    );
    let mut laughs = "<!DOCTYPE a [<!ENTITY l0 \"laughter\">".to_owned();
    for level in 1..12 {
        let below = format!("&l{};", level - 1).repeat(10);
        laughs.push_str(&format!("<!ENTITY l{level} \"{below}\">"));
    }
    laughs.push_str("]>");
    for (prologue, entity) in [(&outside, "&x;"), (&laughs, "&l11;")] {
        let paragraph = format!("<w:p><w:r><w:t>Before {entity} after.</w:t></w:r></w:p>");
        let page = format!("{prologue}<html><body><p>Before {entity} after.</p></body></html>");
        let chapter = epub().with("c.xhtml", page.as_bytes()).bytes();
        let files = [
            ("x.docx", docx_with(prologue, &paragraph)),
            ("x.epub", chapter),
            ("x.html", page.into_bytes()),
            (
                "x.xml",
                format!("<?xml version=\"1.0\"?>{prologue}<a>Before {entity} after.</a>")
                    .into_bytes(),
            ),
        ];
        for (name, bytes) in files {
            let document = bench.check(name, &bytes, &Ended).await;
            let text = bench.text(&document).await;
            assert!(!text.contains("treasure"), "{name}: {text}");
            assert!(text.len() < 10_000, "{name} gave {} bytes", text.len());
        }
    }
    bench.end().await;
}

#[tokio::test]
async fn damaged_locked_and_mislabelled_files_say_what_they_are() {
    let bench = Bench::start().await;
    let paper = Paper::with_pages(1).page(&line("A page about the ropes of Orvane."));
    let words = "<w:p><w:r><w:t>A paragraph about ropes.</w:t></w:r></w:p>";
    let letter = docx_with("", words);
    let read = bench.check("paper.docx", &paper.bytes(), &Read).await;
    assert_eq!(read["format"], "pdf");
    let read = bench.check("letter.pdf", &letter, &Read).await;
    assert_eq!(read["format"], "docx");
    let locked = lock(paper.clone()).bytes();
    bench
        .check("locked.pdf", &locked, &Failed(&["encrypted"]))
        .await;
    let behind = docx().with("word/document.xml", document("", words).as_bytes());
    let behind = behind.locked().bytes();
    bench
        .check("locked.docx", &behind, &Failed(&["encrypted", "malformed"]))
        .await;
    let half = &letter[..letter.len() / 2];
    bench
        .check("half.docx", half, &Failed(&["malformed", "unsupported"]))
        .await;
    let whole = paper.bytes();
    for part in 1..8 {
        let cut = &whole[..whole.len() * part / 8];
        bench.check(&format!("cut-{part}.pdf"), cut, &Ended).await;
    }
    let hollow = [
        b"Words before.\n".as_slice(),
        &[0; 4096],
        b"\nWords after.\n",
    ]
    .concat();
    bench.check("hollow.txt", &hollow, &Ended).await;
    bench
        .check(
            "nothing.pdf",
            &[0; 64 << 10],
            &Failed(&["malformed", "unsupported", "no_text"]),
        )
        .await;
    let empty = Archive::default().bytes();
    bench
        .check("empty.zip", &empty, &Failed(&["malformed", "unsupported"]))
        .await;
    bench.end().await;
}
