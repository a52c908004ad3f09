//! Finding conversations again by words of their titles, questions and answers.
//!
//! What was said is looked through as it is kept, newest conversation first, a bounded part at a time: a page says
//! where the next one goes on, so that a long history is searched in many short requests and needs no index.

use alexandria_core::access::Scope;
use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use alexandria_core::find::Needle;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{
    CONVERSATION_TURNS_MAX, Conversation, ConversationQuery, KeptTurn, Page,
};
use serde::Deserialize;

use crate::library::Library;

/// The longest text that is looked for in conversations, in bytes.
pub const CONVERSATION_WANTED_BYTES_MAX: usize = 200;

/// Words that are looked for at most; further ones are left out.
const WORDS_MAX: usize = 12;

/// Turns that one page looks through at most, save that it ends with a whole conversation.
const TURNS_PER_PAGE_MAX: u32 = 2_000;

/// Characters of what was said that are shown before and after the word that was found.
const EXCERPT_CHARACTERS: usize = 60;

/// A conversation that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// Where something looked for stands in what was said; none where the title holds all of it.
    pub excerpt: Option<String>,
}

/// What of a turn is looked through, beside the question.
#[derive(Deserialize)]
struct SaidText {
    text: String,
}

impl Library {
    /// The conversations of the one who asks in which every word of a text stands: in the title, a question or an
    /// answer. The last that was gone on with comes first. A page may have few items, or none, and still a next
    /// one.
    ///
    /// # Errors
    /// `Invalid` for a text without a word or of too many bytes, and for a cursor that this list has not given.
    pub async fn find_conversations(
        &self,
        principal: &Principal,
        wanted: &str,
        query: &ConversationQuery,
    ) -> Result<Page<FoundConversation>> {
        principal.require(Scope::Ask)?;
        let words = words(wanted)?;
        let mut query = query.clone();
        let mut items = Vec::new();
        let mut looked_at = 0;
        loop {
            let page = self.catalog.conversations(principal, &query).await?;
            let mut rest = page.items.into_iter();
            while let Some(conversation) = rest.next() {
                looked_at += conversation.turns.max(1);
                let after = ConversationQuery::after(&conversation);
                items.extend(self.look_into(principal, conversation, &words).await?);
                let is_full =
                    items.len() >= query.limit as usize || looked_at >= TURNS_PER_PAGE_MAX;
                if is_full && (rest.len() > 0 || page.next.is_some()) {
                    let next = Some(after);
                    return Ok(Page { items, next });
                }
            }
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => return Ok(Page { items, next: None }),
            }
        }
    }

    /// A conversation, if all the words stand in it.
    async fn look_into(
        &self,
        principal: &Principal,
        conversation: Conversation,
        words: &[Needle],
    ) -> Result<Option<FoundConversation>> {
        let mut open: Vec<&Needle> = words
            .iter()
            .filter(|word| word.find(&conversation.title).is_empty())
            .collect();
        let mut excerpt = None;
        if !open.is_empty() {
            let id = conversation.id;
            let turns = self.catalog.turns(principal, id, CONVERSATION_TURNS_MAX);
            match turns.await {
                Ok(turns) => excerpt = look_through(&turns, &mut open)?,
                // Somebody has deleted it meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(open.is_empty().then_some(FoundConversation {
            conversation,
            excerpt,
        }))
    }
}

/// The words to look for.
fn words(wanted: &str) -> Result<Vec<Needle>> {
    if wanted.len() > CONVERSATION_WANTED_BYTES_MAX {
        let sentence = format!(
            "conversations are looked for by {CONVERSATION_WANTED_BYTES_MAX} bytes at most, and this has {}",
            wanted.len()
        );
        return Err(Error::new(ErrorKind::Invalid, sentence));
    }
    let words: Vec<Needle> = wanted
        .split_whitespace()
        .filter_map(Needle::new)
        .take(WORDS_MAX)
        .collect();
    if words.is_empty() {
        let sentence = "there is no word to look for in conversations";
        return Err(Error::new(ErrorKind::Invalid, sentence));
    }
    Ok(words)
}

/// Takes the words out that stand in what was said, and gives the place of the first that was found.
fn look_through(turns: &[KeptTurn], open: &mut Vec<&Needle>) -> Result<Option<String>> {
    let mut excerpt = None;
    for turn in turns {
        let said: SaidText =
            serde_json::from_str(&turn.body).context(ErrorKind::Corrupt, || {
                format!(
                    "cannot read what turn {} of a conversation said",
                    turn.position
                )
            })?;
        for text in [&turn.question, &said.text] {
            open.retain(|word| {
                let found = word.find(text);
                let Some(place) = found.first() else {
                    return true;
                };
                let at = usize::try_from(place.start).unwrap_or(usize::MAX);
                excerpt.get_or_insert_with(|| around(text, at));
                false
            });
            if open.is_empty() {
                return Ok(excerpt);
            }
        }
    }
    Ok(excerpt)
}

/// What stands around a byte of a text, on one line.
fn around(text: &str, at: usize) -> String {
    let (before, after) = text.split_at(text.floor_char_boundary(at));
    let start = before.char_indices().rev().nth(EXCERPT_CHARACTERS);
    let start = start.map_or(0, |(start, _)| start);
    // The word itself is part of what follows.
    let end = after.char_indices().nth(2 * EXCERPT_CHARACTERS);
    let end = end.map_or(text.len(), |(end, _)| before.len() + end);
    let words = text.get(start..end).unwrap_or_default().split_whitespace();
    // The first word may be the end of one.
    let words: Vec<&str> = words.skip(usize::from(start > 0)).collect();
    let less = if start > 0 { "… " } else { "" };
    let more = if end < text.len() { " …" } else { "" };
    format!("{less}{}{more}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_without_case_and_accents_in_questions_and_answers() {
        let turn = |question: &str, answer: &str| KeptTurn {
            position: 1,
            question: question.to_owned(),
            standalone: String::new(),
            answer: None,
            body: serde_json::json!({ "text": answer, "answered": true }).to_string(),
            created: jiff::Timestamp::UNIX_EPOCH,
        };
        let turns = [
            turn("Wer baute den Léuchtturm?", "Tilda Marrow, 1743."),
            turn("Why?", "Because of the rocks."),
        ];
        let check = |wanted: &str, left: usize, excerpt: Option<&str>| {
            let words = words(wanted).unwrap();
            let mut open = words.iter().collect();
            let found = look_through(&turns, &mut open).unwrap();
            assert_eq!((open.len(), found.as_deref()), (left, excerpt), "{wanted}");
        };
        check("leucht ROCKS", 0, Some("Wer baute den Léuchtturm?"));
        check("marrow", 0, Some("Tilda Marrow, 1743."));
        check("marrow sailor", 1, Some("Tilda Marrow, 1743."));
        check("sailor", 1, None);
    }

    #[test]
    fn an_excerpt_is_one_short_line_around_the_word() {
        let long = format!(
            "{} the\nlamp burns {}",
            "before ".repeat(40),
            "after ".repeat(40)
        );
        let at = long.find("lamp").unwrap();
        let excerpt = around(&long, at);
        assert!(excerpt.starts_with("… before"), "{excerpt}");
        assert!(excerpt.contains("the lamp burns after"), "{excerpt}");
        assert!(excerpt.ends_with(" …") && excerpt.chars().count() < 200);
        assert_eq!(around("ätna", 0), "ätna");
    }

    #[test]
    fn what_has_no_word_is_refused() {
        assert!(words("  ").is_err());
        assert!(words(&"a".repeat(CONVERSATION_WANTED_BYTES_MAX + 1)).is_err());
        assert_eq!(words(&"a ".repeat(40)).unwrap().len(), WORDS_MAX);
    }
}
