//! Reads files and prints their text: `read [--everything] [--quiet] [--blocks] FILE...`, for measuring.
//!
//! With `--drawn`, the first page is written as PNG instead, as it is drawn to be recognised.
//!
//! With `--everything`, running heads, running feet and page numbers of PDF files stay in, as other
//! readers keep them. Pages, blocks, lines and faults are counted on the standard error.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it prints what it reads"
)]

use std::io::Write;

use alexandria_core::block::Parsed;
use alexandria_extract::{Limits, Source, collect, collect_everything, picture};

/// How finely pages are drawn to be recognised.
const DOTS_PER_INCH: u32 = 300;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (flags, files): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    let has = |flag: &str| flags.iter().any(|given| given == flag);
    for file in files {
        let source = Source::new(fs_err::read(&file)?, file.clone());
        let limits = Limits::default();
        if has("--drawn") {
            let drawn = picture(&source, 1, DOTS_PER_INCH, &limits)?;
            std::io::stdout().write_all(&drawn)?;
            continue;
        }
        let read = if has("--everything") {
            collect_everything
        } else {
            collect
        };
        match read(&source, &limits) {
            Ok(parsed) => report(&file, &parsed, has("--quiet"), has("--blocks")),
            Err(failure) => eprintln!("{file}: {failure}"),
        }
    }
    Ok(())
}

fn report(file: &str, parsed: &Parsed, is_quiet: bool, is_detailed: bool) {
    for block in &parsed.blocks {
        if is_detailed {
            let page = block.place.page.unwrap_or_default();
            println!(
                "[{page} {:?} {}]",
                block.kind,
                block.place.section.join(" > ")
            );
        }
        if !is_quiet {
            println!("{}\n", block.text);
        }
    }
    let lines: usize = parsed.blocks.iter().map(|block| block.lines.len()).sum();
    eprintln!(
        "{file}: {} pages, {} to recognise, {} blocks, {lines} lines, {} faults, title {:?}",
        parsed.pages.len(),
        parsed
            .pages
            .iter()
            .filter(|page| page.needs_recognition)
            .count(),
        parsed.blocks.len(),
        parsed.faults.len(),
        parsed.title,
    );
    for fault in &parsed.faults {
        eprintln!("  {fault:?}");
    }
}
