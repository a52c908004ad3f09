//! Reads the text of a picture: `recognise [LANGUAGE] < PNG`, for measuring.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it prints what it reads"
)]

use std::io::Read;

use alexandria_models::recogniser::tesseract::Tesseract;
use alexandria_models::recogniser::{Picture, Recogniser};

/// How finely `read --drawn` draws a page.
const DOTS_PER_INCH: u32 = 300;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(tesseract) = Tesseract::find() else {
        return Err("tesseract is not installed: install it with a language".into());
    };
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    let picture = Picture {
        bytes,
        dots_per_inch: DOTS_PER_INCH,
        language: std::env::args().nth(1),
    };
    let recognised = tesseract.recognise(&picture).await?;
    for line in recognised
        .words
        .chunk_by(|one, other| one.line == other.line)
    {
        let words: Vec<&str> = line.iter().map(|word| word.text.as_str()).collect();
        println!("{}", words.join(" "));
    }
    eprintln!("confidence {:.2}", recognised.confidence);
    Ok(())
}
