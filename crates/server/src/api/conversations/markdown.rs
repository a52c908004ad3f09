//! A conversation as Markdown: questions as headings, answers with marks, sources below each.
//!
//! Titles, quotes and questions are foreign text: nothing in them is a link, a picture or a heading.

use crate::api::wire::{CitationBody, TurnBody, WholeConversationBody};

/// Characters that mean something in Markdown.
const MEANINGFUL: &[char] = &[
    '\\', '`', '*', '_', '[', ']', '(', ')', '<', '>', '#', '!', '|', '~', '&', '$',
];

/// Writes a conversation.
pub(super) fn write(whole: &WholeConversationBody) -> String {
    let conversation = &whole.conversation;
    let title = match conversation.title.as_str() {
        "" => "Conversation",
        title => title,
    };
    let begun = conversation.created.strftime("%Y-%m-%d %H:%M");
    let mut text = format!("# {}\n\nBegun {begun} UTC.\n", plain(title));
    let mut mark = 0;
    for turn in &whole.turns {
        write_turn(turn, &mut mark, &mut text);
    }
    text
}

fn write_turn(turn: &TurnBody, mark: &mut usize, text: &mut String) {
    let question = plain(&turn.question);
    text.push_str(&format!("\n## {}. {question}\n", turn.position));
    if turn.standalone != turn.question {
        text.push_str(&format!("\n*Understood as: {}*\n", plain(&turn.standalone)));
    }
    let mut sources = String::new();
    let mut said = Vec::new();
    for sentence in &turn.sentences {
        let mut one = plain(&sentence.text);
        if !sentence.verdict.supported {
            one.push_str(" (not supported)");
        }
        for citation in &sentence.citations {
            *mark += 1;
            one.push_str(&format!(" \\[{mark}\\]"));
            sources.push_str(&source(citation, *mark));
        }
        said.push(one);
    }
    if said.is_empty() {
        said.push(plain(&turn.answer));
    }
    text.push_str(&format!("\n{}\n", said.join(" ")));
    if !sources.is_empty() {
        text.push_str(&format!("\n{sources}"));
    }
}

fn source(citation: &CitationBody, mark: usize) -> String {
    let page = citation.page.map(|page| format!(", page {page}"));
    let part = citation
        .part
        .as_deref()
        .map(|part| format!(", {}", plain(part)));
    let place = page.or(part).unwrap_or_default();
    let (title, quote) = (plain(&citation.title), plain(&citation.quote));
    format!("- \\[{mark}\\] {title}{place}: “{quote}”\n")
}

/// Foreign text on one line, in which nothing means anything.
fn plain(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut safe = String::with_capacity(line.len());
    for letter in line.chars() {
        if MEANINGFUL.contains(&letter) {
            safe.push('\\');
        }
        safe.push(letter);
    }
    // Many readers make links of bare addresses.
    safe.replace("://", ":<!-- -->//")
        .replace("www.", "www<!-- -->.")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn nothing_in_foreign_text_is_live() {
        assert_eq!(plain("![a](b)\n# c"), "\\!\\[a\\]\\(b\\) \\# c");
        assert_eq!(plain("see https://x.org"), "see https:<!-- -->//x.org");
        assert_eq!(plain("<b>&amp;"), "\\<b\\>\\&amp;");
    }
}
