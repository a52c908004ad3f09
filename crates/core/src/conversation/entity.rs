//! What a question speaks of: names, numbers, and nouns with what belongs to them.

use super::table::Table;
use super::text::{Text, is_in};

/// The longest entity that is carried along, in bytes.
const ENTITY_BYTES_MAX: usize = 120;

/// What sort of thing an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    Person,
    Thing,
    /// A name that may be either.
    Unknown,
    Number,
}

/// Something a question speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entity {
    /// Its words as they stand.
    pub(super) text: String,
    pub(super) nature: Nature,
    /// Whether it is written with a capital letter.
    pub(super) is_named: bool,
    /// Whether there are several of it.
    pub(super) is_several: bool,
    /// Whether it stands behind "in" and the like.
    pub(super) is_place: bool,
    /// Its first word in the question, and one past its last.
    pub(super) words: (usize, usize),
}

impl Entity {
    /// A name of an answer.
    pub(super) fn of_answer(name: &str, table: &Table) -> Self {
        let text = Text::read(name);
        let end = text.tokens.len();
        make(&text, (0, end), table, Context::default())
    }

    /// Whether this word in small letters is in it.
    pub(super) fn holds(&self, word: &str) -> bool {
        Text::read(&self.text)
            .tokens
            .iter()
            .any(|token| token.text == word)
    }
}

/// What is known of the words around an entity.
#[derive(Clone, Copy, Debug, Default)]
struct Context {
    is_place: bool,
    lives: bool,
}

/// What a question speaks of, in its order.
pub(super) fn entities(text: &Text<'_>, table: &Table) -> Vec<Entity> {
    // Of "who wrote X?" the one who lives is not X.
    let lives = text.has_any(table.lives) && !text.has_any(table.who);
    let mut found: Vec<Entity> = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        let end = phrase_end(text, at, table);
        if end == at {
            at += 1;
            continue;
        }
        let is_first = found.is_empty();
        if let Some((from, to)) = core(text, (at, end), table, is_first) {
            let before = from.checked_sub(1).map_or("", |last| text.word(last));
            let context = Context {
                is_place: is_in(table.in_place, before),
                lives: lives && is_first,
            };
            push(text, (from, to), table, context, &mut found);
        }
        at = end;
    }
    found
}

/// Adds an entity, and what it belongs to in place of what is merely asked of that.
fn push(
    text: &Text<'_>,
    (from, to): (usize, usize),
    table: &Table,
    context: Context,
    found: &mut Vec<Entity>,
) {
    let joint = (from + 1..to).find(|at| is_in(table.connectors, text.word(*at)));
    if let Some(joint) = joint {
        let head = text.word(joint - 1);
        let is_role = is_in(table.roles, head);
        if is_role || is_in(table.facets, head) {
            if is_role {
                found.push(make(text, (from, to), table, context));
            }
            push(text, (joint + 1, to), table, Context::default(), found);
            return;
        }
    }
    let entity = make(text, (from, to), table, context);
    if !entity.text.is_empty() && entity.text.len() <= ENTITY_BYTES_MAX {
        found.push(entity);
    }
}

fn make(text: &Text<'_>, (from, to): (usize, usize), table: &Table, context: Context) -> Entity {
    let tokens = text.tokens.get(from..to).unwrap_or_default();
    let is_named = tokens
        .iter()
        .any(|token| token.is_capital && !is_in(table.articles, &token.text));
    let is_number = tokens.iter().all(|token| token.is_number);
    let joint = tokens
        .iter()
        .skip(1)
        .position(|token| is_in(table.connectors, &token.text))
        .map_or(tokens.len(), |at| at + 1);
    let head = joint
        .checked_sub(1)
        .and_then(|at| tokens.get(at))
        .map_or("", |token| token.text.as_str());
    let first = tokens.first().map_or("", |token| token.text.as_str());
    let has_article = is_in(table.articles, first);
    let is_sort = tokens.iter().any(|token| is_in(table.sorts, &token.text));
    let nature = if is_number {
        Nature::Number
    } else if is_in(table.roles, head) || (is_named && !is_sort && context.lives) {
        Nature::Person
    } else if !is_named || is_sort || context.is_place || has_article {
        Nature::Thing
    } else {
        Nature::Unknown
    };
    Entity {
        text: text.slice(from, to).to_owned(),
        nature,
        is_named,
        is_several: head.len() > 3 && head.ends_with('s') && !head.ends_with("ss"),
        is_place: context.is_place,
        words: (from, to),
    }
}

/// Where the phrase that begins at a word ends; there, if none begins.
fn phrase_end(text: &Text<'_>, from: usize, table: &Table) -> usize {
    let mut at = from;
    if is_in(table.articles, text.word(at)) {
        at += 1;
    }
    let begun = at;
    loop {
        let end = run_end(text, at, table);
        if end == at {
            break;
        }
        at = end;
        // A joint, perhaps an article, and more of it.
        let mut next = at;
        if !is_in(table.connectors, text.word(next)) || !is_tight(text, at - 1) {
            break;
        }
        next += 1;
        if is_in(table.articles, text.word(next)) {
            next += 1;
        }
        if run_end(text, next, table) == next {
            break;
        }
        at = next;
    }
    if at == begun { from } else { at }
}

/// Where the run of words with a meaning of their own ends.
fn run_end(text: &Text<'_>, from: usize, table: &Table) -> usize {
    let mut at = from;
    while at < text.tokens.len() && is_content(text, at, table) {
        at += 1;
        if !is_tight(text, at - 1) {
            break;
        }
    }
    at
}

fn is_content(text: &Text<'_>, at: usize, table: &Table) -> bool {
    let Some(token) = text.tokens.get(at) else {
        return false;
    };
    let after_apostrophe = at > 0 && matches!(text.gap(at - 1), "'" | "’");
    if token.text == "s" {
        return after_apostrophe && table.language == "en";
    }
    // Inside a name a small word may be written large.
    let is_large = token.is_capital && at > 0 && !is_in(table.asking, &token.text);
    token.is_number || is_large && token.text.len() > 1 || !table.is_small(&token.text)
}

/// Whether nothing parts a word from the next.
fn is_tight(text: &Text<'_>, at: usize) -> bool {
    let gap = text.gap(at);
    gap.trim_matches(' ').is_empty() || matches!(gap, "-" | "'" | "’" | ". " | "." | "–")
}

/// A phrase without the verbs that stand before and behind it; nothing when it is a verb, or the noun
/// that is asked for.
fn core(
    text: &Text<'_>,
    (mut from, mut to): (usize, usize),
    table: &Table,
    is_first: bool,
) -> Option<(usize, usize)> {
    let is_lower = |at: usize| {
        text.tokens
            .get(at)
            .is_some_and(|token| !token.is_capital && !token.is_number)
    };
    let before = from.checked_sub(1).map_or("", |last| text.word(last));
    let has_article = is_in(table.articles, text.word(from));
    if is_in(table.asking, before) && !has_article {
        let named = (from..to).any(|at| !is_lower(at));
        if !named && (to - from == 1 || before == "which" || before == "how") {
            return None;
        }
        if is_lower(from) {
            from += 1;
        }
    }
    while to - from > 1 && is_lower(from) && is_verb(text.word(from), table) {
        from += 1;
    }
    // "Built" in "built the tower": a verb of its own.
    if to - from == 1 && is_lower(from) && is_in(table.verbs, text.word(from)) {
        return None;
    }
    let shortest = from + usize::from(has_article) + 1;
    let has_large = (from..to).any(|at| !is_lower(at));
    let supported = is_first
        && (0..from).any(|at| is_in(table.supports, text.word(at)))
        && !is_in(table.auxiliaries, text.word(to));
    if supported && to > shortest && is_lower(to - 1) && !follows_possessive(text, to - 1) {
        to -= 1;
    }
    while to > shortest && is_lower(to - 1) && is_verb(text.word(to - 1), table) {
        to -= 1;
    }
    if has_large {
        while to > shortest
            && is_lower(to - 1)
            && !follows_possessive(text, to - 1)
            && !is_in(table.sorts, text.word(to - 1))
            && text.word(to - 1) != "s"
        {
            to -= 1;
        }
    }
    (from < to).then_some((from, to))
}

fn follows_possessive(text: &Text<'_>, at: usize) -> bool {
    at > 0 && text.word(at - 1) == "s"
}

fn is_verb(word: &str, table: &Table) -> bool {
    let past = table.language == "en" && word.len() > 4 && word.ends_with("ed");
    past || is_in(table.verbs, word) || is_in(table.lives, word)
}
