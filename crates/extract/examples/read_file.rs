//! Reads the files named on the command line and prints their blocks, for looking at a parser's work.

use alexandria_extract::{Limits, Source, collect};

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn main() {
    for name in std::env::args().skip(1) {
        let Ok(bytes) = fs_err::read(&name) else {
            println!("cannot open {name}");
            continue;
        };
        match collect(&Source::new(bytes, name.clone()), &Limits::default()) {
            Ok(parsed) => {
                println!(
                    "== {name}: {} {:?} {:?} {:?} {} pages",
                    parsed.format,
                    parsed.title,
                    parsed.authors,
                    parsed.language,
                    parsed.pages.len()
                );
                for fault in &parsed.faults {
                    println!("!! {fault:?}");
                }
                for block in &parsed.blocks {
                    let place = &block.place;
                    println!(
                        "{:?} [{}] {:?} p{:?} #{:?}\n    {}",
                        block.kind,
                        place.section.join(" > "),
                        place.part,
                        place.page,
                        place.item,
                        block.text.replace('\n', "\n    ")
                    );
                }
            }
            Err(failure) => println!("== {name}: {failure:?}"),
        }
    }
}
