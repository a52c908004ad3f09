//! How fast the embedding model is on this machine, in processor time.
//!
//! `cargo run --release -p alexandria-models --example speed -- MODELS TEXT [int8|f32]`

use std::error::Error;
use std::path::Path;

use alexandria_models::embedder::minilm::{MiniLm, MiniLmConfig, Precision};
use alexandria_models::embedder::{Embedder as _, Purpose};

/// Tokens of a chunk.
const CHUNK_TOKENS: usize = 199;
/// Chunks that are measured at most.
const CHUNKS_MAX: usize = 400;
/// Questions that are measured.
const QUESTIONS: usize = 200;

#[expect(clippy::print_stdout, reason = "printing is what this is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let [models, text, rest @ ..] = arguments.as_slice() else {
        return Err("give the directory of models and a text file".into());
    };
    let precision = match rest.first().map(String::as_str) {
        Some("f32") => Precision::F32,
        _ => Precision::Int8,
    };
    let text = fs_err::read_to_string(text)?;
    let before = processor_seconds()?;
    let config = MiniLmConfig {
        precision,
        threads: std::num::NonZeroUsize::new(1),
    };
    let model = MiniLm::open(&config, Path::new(models))?;
    println!("opened in {:.0} ms", (processor_seconds()? - before) * 1e3);

    let before = processor_seconds()?;
    let mut tokens = 0;
    for _ in 0..10 {
        tokens += model.count_tokens(&text);
    }
    let seconds = processor_seconds()? - before;
    println!(
        "tokenizer {:.1} MB/s, {tokens} tokens",
        text.len() as f64 * 10.0 / 1e6 / seconds
    );

    let chunks = chunks(&model, &text);
    let chunks = chunks.iter().map(String::as_str).collect::<Vec<_>>();
    let before = processor_seconds()?;
    let embedded = model.embed_blocking(&chunks, Purpose::Passage);
    let seconds = processor_seconds()? - before;
    println!(
        "{:.1} chunks per second, {:.0} tokens per second, {} chunks, {} tokens",
        chunks.len() as f64 / seconds,
        embedded.usage.tokens as f64 / seconds,
        chunks.len(),
        embedded.usage.tokens
    );
    let before = processor_seconds()?;
    for _ in 0..QUESTIONS {
        let question = "which treatment lowers blood pressure most?";
        std::hint::black_box(model.embed_blocking(&[question], Purpose::Query));
    }
    let seconds = processor_seconds()? - before;
    println!("{:.2} ms for a question", seconds / QUESTIONS as f64 * 1e3);
    let status = fs_err::read_to_string("/proc/self/status")?;
    for line in status
        .lines()
        .filter(|line| line.starts_with("VmHWM") || line.starts_with("Rss"))
    {
        println!("{line}");
    }
    Ok(())
}

/// Words put together to chunks of about the same number of tokens.
fn chunks(model: &MiniLm, text: &str) -> Vec<String> {
    let mut chunks = Vec::new();
    let mut chunk = String::new();
    let mut tokens = 0;
    for word in text.split_whitespace() {
        tokens += model.count_tokens(word);
        chunk.push_str(word);
        chunk.push(' ');
        if tokens >= CHUNK_TOKENS {
            chunks.push(std::mem::take(&mut chunk));
            tokens = 0;
        }
    }
    chunks.truncate(CHUNKS_MAX);
    chunks
}

/// Processor time of this process, in user and in system mode, in steps of 10 ms.
fn processor_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = fs_err::read_to_string("/proc/self/stat")?;
    let after = stat.rsplit(')').next().ok_or("no statistics")?;
    let mut fields = after.split_whitespace().skip(11).map(str::parse::<f64>);
    let user = fields.next().ok_or("no user time")??;
    let system = fields.next().ok_or("no system time")??;
    Ok((user + system) / 100.0)
}
