//! Questions that leave out what the one before has said: "what about Germany?", "why?", "tell me more".

use super::Before;
use super::entity::{Entity, Nature, entities};
use super::pronoun;
use super::table::Table;
use super::text::{Text, is_in, with_topic};

/// Words that a question can have which leaves out almost everything.
const WORDS_MAX: usize = 8;

/// Words of a question without words of its own.
const THIN_WORDS_MAX: usize = 5;

/// Words that say how exactly something is asked.
const PRECISELY: &str = "exactly precisely else so not then that come genau sonst denn exactement donc \
    exactamente";

/// Past forms whose participles are other words.
const PARTICIPLES: &[(&str, &str)] = &[
    ("wrote", "written"),
    ("drew", "drawn"),
    ("began", "begun"),
    ("chose", "chosen"),
    ("broke", "broken"),
    ("stole", "stolen"),
    ("gave", "given"),
    ("took", "taken"),
    ("knew", "known"),
    ("saw", "seen"),
    ("grew", "grown"),
    ("sang", "sung"),
    ("drove", "driven"),
    ("overthrew", "overthrown"),
    ("beat", "beaten"),
];

/// Past forms that are participles, too.
const SAME_PARTICIPLES: &str = "built made found held won lost sold led sent kept put set cut fought \
    bought brought caught taught burnt laid shot hung";

/// Fills in what a question leaves out; nothing when it leaves nothing out that can be found.
pub(super) fn fill(asked: &Text<'_>, before: &Before<'_>, table: &Table) -> Option<String> {
    let count = asked.tokens.len();
    let last = before.last.whole;
    if count == 0 {
        return Some(last.to_owned());
    }
    if count > WORDS_MAX {
        return None;
    }
    let lead = usize::from(count > 1 && is_in(table.conjunctions, asked.word(0)));
    let doubts = asked.has_any("true right correct certain sure") && count <= 4;
    if doubts && is_in("that this it", asked.word(lead + 1)) {
        return Some(last.to_owned());
    }
    if let Some(made) = bare(asked, lead, &before.last, table) {
        return Some(made);
    }
    let phrase = table
        .about
        .iter()
        .filter_map(|phrase| asked.begins(0, phrase))
        .max();
    let from = phrase.unwrap_or(lead);
    let is_noun = from < count
        && (from..count).all(|at| {
            let word = asked.word(at);
            !is_in(table.auxiliaries, word) && !is_in(table.asking, word)
        });
    let alone = from == 0;
    // "Germany?" and "In 1950?" go on; words without a question mark are a search of their own.
    let opens = !alone
        || asked.whole.trim_end().ends_with('?')
            && (is_in(table.prepositions, asked.word(0))
                || asked
                    .tokens
                    .iter()
                    .all(|token| token.is_capital || token.is_number));
    if !is_noun || !opens || asked.has_any(table.more) && alone {
        return None;
    }
    let part = asked.slice(from, count);
    let resolved = pronoun::resolve(&Text::read(part), before, table);
    Some(put_in_place(
        resolved.as_deref().unwrap_or(part),
        before,
        table,
    ))
}

/// Goes on where the question has no word of its own: "tell me more", "what happened next?".
pub(super) fn go_on(asked: &Text<'_>, before: &Before<'_>, table: &Table) -> Option<String> {
    let tokens = &asked.tokens;
    let is_more = tokens.len() <= WORDS_MAX
        && tokens.iter().all(|token| is_in(table.more, &token.text))
        && !tokens.iter().all(|token| is_in(table.asking, &token.text));
    if is_more {
        return Some(before.last.whole.to_owned());
    }
    let spoken = "i you we me us ich du wir mir je tu vous nous moi yo tú";
    let is_thin = tokens.len() <= THIN_WORDS_MAX
        && !asked.has_any(spoken)
        && tokens.iter().enumerate().all(|(at, token)| {
            let large = at > 0 && token.is_capital;
            let verb = is_in(table.verbs, &token.text) || is_in(table.lives, &token.text);
            let past = table.language == "en" && token.text.ends_with("ed");
            let next = is_in(
                "next later afterwards first finally happens afterward",
                &token.text,
            );
            !large && !token.is_number && (verb || past || next || table.is_small(&token.text))
        });
    let topic = before.turns.first()?.question.first()?;
    is_thin.then(|| with_topic(asked.whole, &topic.text))
}

/// A question word alone, in front of the question before.
fn bare(asked: &Text<'_>, lead: usize, last: &Text<'_>, table: &Table) -> Option<String> {
    let since = usize::from(is_in(table.prepositions, asked.word(lead)));
    let at = lead + since;
    let word = asked.word(at);
    if !is_in(table.alone, word) {
        return None;
    }
    let rest = at + 1..asked.tokens.len();
    let is_why_that = word == "why"
        && is_in("is was", asked.word(at + 1))
        && asked.word(at + 2) == "that"
        && asked.tokens.len() == at + 3;
    if !is_why_that && !rest.clone().all(|at| is_in(PRECISELY, asked.word(at))) {
        return None;
    }
    let mut word = super::text::capital(asked.slice(lead, at + 1));
    let mut rest = rest;
    if rest.any(|at| asked.word(at) == "else") {
        word.push_str(" else");
    }
    Some(ask_anew(&word, asked.word(at), last, table))
}

/// The last question, asked with another question word.
fn ask_anew(word: &str, plain: &str, last: &Text<'_>, table: &Table) -> String {
    let first = last.word(0);
    let mark = last.before(0);
    let same = plain == first;
    let both = || format!("{mark}{word}? {}", last.whole);
    if is_in(table.auxiliaries, first) {
        let rest = last.slice(0, last.tokens.len());
        return format!(
            "{mark}{word} {}{}",
            rest.to_lowercase_first(),
            last.after(last.tokens.len() - 1)
        );
    }
    let follows_verb = match table.language {
        "en" => is_in(table.auxiliaries, last.word(1)),
        _ => !is_in(table.who, first),
    };
    let is_question = is_in(table.asking, first);
    if is_question && (same || follows_verb && !is_in(table.who, plain)) {
        return format!("{mark}{word}{}", last.after(0));
    }
    if is_question && is_in("was were", last.word(1)) && table.language == "en" {
        return format!("By {}{}", whom(word), last.after(0));
    }
    if is_in(table.who, first) && table.language == "en" {
        return passive(word, last).unwrap_or_else(both);
    }
    both()
}

fn whom(word: &str) -> String {
    word.to_lowercase().replacen("who", "whom", 1)
}

/// "Who built the tower?" asked for the time: "When was the tower built?".
fn passive(word: &str, last: &Text<'_>) -> Option<String> {
    let verb = last.word(1);
    let other = PARTICIPLES.iter().find(|(past, _)| *past == verb);
    let participle = match other {
        Some((_, participle)) => participle,
        None if verb.ends_with("ed") || is_in(SAME_PARTICIPLES, verb) => verb,
        None => return None,
    };
    let object = last.slice(2, last.tokens.len());
    (!object.is_empty()).then(|| format!("{word} was {object} {participle}?"))
}

/// The last question with this in the place of what is parallel to it.
fn put_in_place(part: &str, before: &Before<'_>, table: &Table) -> String {
    let text = Text::read(part);
    let last = &before.last;
    let named: &[Entity] = before
        .turns
        .first()
        .map_or(&[], |turn| turn.question.as_slice());
    let preposition = text.word(0);
    let has_preposition =
        is_in(table.prepositions, preposition) || is_in(table.connectors, preposition);
    let from = usize::from(has_preposition);
    let own = entities(&text, table);
    let is_number = own
        .first()
        .is_some_and(|entity| entity.nature == Nature::Number);
    let is_name = own.iter().any(|entity| entity.is_named) && !is_number;
    let mut places: Vec<(usize, usize)> = named
        .iter()
        .filter(|entity| (entity.nature == Nature::Number) == is_number)
        .filter_map(|entity| place(entity, last, &text, (is_name, is_number), table))
        .collect();
    let stands_behind = |place: &&(usize, usize)| {
        has_preposition
            && place
                .0
                .checked_sub(1)
                .is_some_and(|at| last.word(at) == preposition)
    };
    let length = text.tokens.len() - from;
    // The nearest in length, and the last of those that are equally near.
    places.sort_by_key(|(start, end)| (end - start).abs_diff(length));
    let shortest = places
        .first()
        .map(|(start, end)| (end - start).abs_diff(length));
    let best = places.iter().find(stands_behind).or_else(|| {
        let near = |place: &&(usize, usize)| Some((place.1 - place.0).abs_diff(length)) == shortest;
        let candidates = places.iter().filter(near);
        candidates
            .max_by_key(|(start, _)| *start)
            .filter(|_| !has_preposition || is_number)
    });
    match best {
        Some((start, end)) => {
            let put = text.slice(from, text.tokens.len());
            format!("{}{put}{}", last.before(*start), last.after(end - 1))
        }
        None if has_preposition => {
            let body = last.whole.trim_end_matches(['?', ' ', '.']);
            let end = last.whole.get(body.len()..).unwrap_or_default();
            format!("{body} {part}{end}")
        }
        None => with_topic(last.whole, part),
    }
}

/// Which words of the last question something takes the place of, where the two are alike.
fn place(
    entity: &Entity,
    last: &Text<'_>,
    part: &Text<'_>,
    (is_name, is_number): (bool, bool),
    table: &Table,
) -> Option<(usize, usize)> {
    let (start, end) = entity.words;
    let has_article = is_in(table.articles, part.word(0));
    let joint = (start..end).find(|at| is_in(table.connectors, last.word(*at)));
    if is_name && is_in(table.connectors, part.word(0)) {
        return joint.map(|joint| (joint + 1, end));
    }
    let is_large = |at: usize| at > 0 && last.tokens.get(at).is_some_and(|token| token.is_capital);
    let whole_name = (start..end).all(|at| is_large(at) || is_in(table.connectors, last.word(at)));
    if is_number || is_name && has_article || is_name && whole_name {
        return entity_or_number(entity, is_number).then_some((start, end));
    }
    if is_name {
        // The name in "the capital of France".
        let first = (start..end).find(|at| is_large(*at));
        return first
            .map(|first| (first, end))
            .or_else(|| (!entity.is_named).then_some((start, end)));
    }
    // "The population" in the place of "the area" in "the area of France".
    if let Some(joint) = joint {
        return Some((start, joint));
    }
    let behind = start
        .checked_sub(1)
        .is_some_and(|at| is_in(table.connectors, last.word(at)));
    if behind && has_article {
        let head = (0..start - 1)
            .rev()
            .find(|at| is_in(table.articles, last.word(*at)));
        return head.map(|head| (head, start - 1));
    }
    (!entity.is_named).then_some((start, end))
}

const fn entity_or_number(entity: &Entity, is_number: bool) -> bool {
    entity.is_named || is_number
}

/// A small letter at the beginning.
trait LowercaseFirst {
    fn to_lowercase_first(&self) -> String;
}

impl LowercaseFirst for str {
    fn to_lowercase_first(&self) -> String {
        let mut letters = self.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_lowercase().chain(letters).collect()
        })
    }
}
