//! Pronouns, and what they stand for.

use super::Before;
use super::entity::{Entity, Nature, entities};
use super::table::Table;
use super::text::{Text, capital, is_in};

/// What a pronoun asks of what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Person,
    Thing,
    Several,
    Place,
    /// The thing of this sort: "this treaty".
    Sort,
}

/// A word that stands for something spoken of.
#[derive(Clone, Copy, Debug)]
struct Pronoun {
    wanted: Wanted,
    /// Whether what follows belongs to it.
    is_possessive: bool,
    /// Its first word, and one past its last.
    words: (usize, usize),
}

/// Puts in the place of pronouns what they stand for; nothing when there is no pronoun that stands for
/// something spoken of before.
pub(super) fn resolve(asked: &Text<'_>, before: &Before<'_>, table: &Table) -> Option<String> {
    let own = entities(asked, table);
    let mut puts: Vec<((usize, usize), String)> = Vec::new();
    let mut seen: Vec<Wanted> = Vec::new();
    let mut at = 0;
    while at < asked.tokens.len() {
        let Some(pronoun) = pronoun(asked, at, table) else {
            at += 1;
            continue;
        };
        at = pronoun.words.1;
        // The second of a kind stands for what the first is replaced by.
        if seen.contains(&pronoun.wanted) || is_bound(asked, &pronoun, &own, table) {
            continue;
        }
        let Some(entity) = find(asked, &pronoun, before, table) else {
            continue;
        };
        seen.push(pronoun.wanted);
        puts.push((pronoun.words, written(asked, &pronoun, entity, table)));
    }
    (!puts.is_empty()).then(|| put(asked, &puts, table))
}

/// The pronoun at a word, if there is one.
fn pronoun(asked: &Text<'_>, at: usize, table: &Table) -> Option<Pronoun> {
    let word = asked.word(at);
    let next = asked.word(at + 1);
    let own = |wanted: Wanted, is_possessive: bool| {
        let noun = is_possessive && table.language != "en";
        Some(Pronoun {
            wanted,
            is_possessive,
            words: (at, at + 1 + usize::from(noun)),
        })
    };
    let before_noun = !next.is_empty() && !table.is_small(next);
    // German politeness writes the person spoken to with a capital letter.
    let polite = table.language == "de"
        && at > 0
        && asked.tokens.get(at).is_some_and(|token| token.is_capital);
    if polite {
        return None;
    }
    if is_in(table.this, word) {
        return demonstrative(asked, at, table);
    }
    if before_noun {
        if is_in(table.his, word) || is_in(table.her, word) {
            // One word for his, its and their in German and Spanish.
            let wanted = if is_in(table.its, word) || table.her.is_empty() {
                Wanted::Sort
            } else {
                Wanted::Person
            };
            return own(wanted, true);
        }
        if is_in(table.its, word) {
            return own(Wanted::Thing, true);
        }
        if is_in(table.their, word) {
            return own(Wanted::Several, true);
        }
    }
    if is_in(table.it, word) {
        return (!is_expletive(asked, at, table))
            .then_some(())
            .and_then(|()| own(Wanted::Thing, false));
    }
    if is_in(table.he, word) || is_in(table.she, word) {
        // Elsewhere things are he and she, too, but they are not born.
        let gendered = table.language == "en" || asked.has_any(table.lives);
        let impersonal = matches!(next, "y" | "faut") || asked.word(at + 2) == "a" && next == "y";
        let wanted = if gendered {
            Wanted::Person
        } else {
            Wanted::Sort
        };
        return if impersonal { None } else { own(wanted, false) };
    }
    if is_in(table.they, word) {
        return own(Wanted::Several, false);
    }
    let is_last = at + 1 == asked.tokens.len();
    let is_there = is_in(table.there, word)
        && (is_last || !is_in(table.auxiliaries, asked.word(at.wrapping_sub(1))));
    let exists = table.language == "en" && is_in(table.auxiliaries, next);
    if is_there && !exists {
        return own(Wanted::Place, false);
    }
    None
}

/// "This treaty", or "that" alone behind a verb or a preposition.
fn demonstrative(asked: &Text<'_>, at: usize, table: &Table) -> Option<Pronoun> {
    let next = asked.word(at + 1);
    let last = at.checked_sub(1).map_or("", |before| asked.word(before));
    let opens = last.is_empty()
        || is_in(table.auxiliaries, last)
        || is_in(table.prepositions, last)
        || is_in(table.connectors, last)
        || is_in(table.conjunctions, last)
        || next.is_empty();
    if !next.is_empty() && !table.is_small(next) {
        let has_name = asked
            .tokens
            .get(at + 1)
            .is_some_and(|token| token.is_capital || token.is_number)
            && table.language != "de";
        let after = asked.word(at + 2);
        let complete = is_in(table.connectors, after) || is_in(table.prepositions, after);
        let noun = is_in(table.sorts, next) || is_in(table.roles, next) || opens;
        let is_that = asked.word(at) != "that" || opens;
        return (noun && is_that && !has_name && !(complete && after == "of")).then_some(Pronoun {
            wanted: Wanted::Sort,
            is_possessive: false,
            words: (at, at + 2),
        });
    }
    let alone = table.language == "en" && opens && !is_in(table.asking, next);
    alone.then_some(Pronoun {
        wanted: Wanted::Thing,
        is_possessive: false,
        words: (at, at + 1),
    })
}

/// Whether an "it" stands for nothing: "is it true that", "does it take to build the tower".
fn is_expletive(asked: &Text<'_>, at: usize, table: &Table) -> bool {
    if table.language != "en" {
        return asked.whole.to_lowercase().contains("gibt es");
    }
    let adjectives = "true possible impossible likely necessary known legal illegal safe hard easy better \
                      best important common raining snowing dark cold warm said worth wrong right";
    let next = asked.word(at + 1);
    let clock = asked.has_any("time day date") && at + 1 == asked.tokens.len();
    let takes = matches!(next, "take" | "takes" | "took")
        && (at + 2..asked.tokens.len()).any(|at| {
            is_in(table.articles, asked.word(at))
                || asked.tokens.get(at).is_some_and(|token| token.is_capital)
        });
    is_in(adjectives, next) || clock || takes
}

/// Whether a pronoun stands for something that the same question names before it.
fn is_bound(asked: &Text<'_>, pronoun: &Pronoun, own: &[Entity], table: &Table) -> bool {
    let (at, _) = pronoun.words;
    let mut earlier = own.iter().filter(|entity| entity.words.1 <= at);
    match pronoun.wanted {
        Wanted::Place | Wanted::Sort if !pronoun.is_possessive => false,
        Wanted::Person => earlier.any(|entity| entity.is_named && !entity.is_place),
        Wanted::Thing | Wanted::Several | Wanted::Sort | Wanted::Place => earlier.any(|entity| {
            let (_, end) = entity.words;
            let joint = (end..at).any(|at| {
                is_in(table.conjunctions, asked.word(at))
                    || is_in("when before after", asked.word(at))
            });
            entity.is_named && entity.nature != Nature::Number || joint
        }),
    }
}

/// What a pronoun stands for: what the last turn spoke of first, then the turns before it.
fn find<'a>(
    asked: &Text<'_>,
    pronoun: &Pronoun,
    before: &'a Before<'_>,
    table: &Table,
) -> Option<&'a Entity> {
    let noun = match (pronoun.wanted, pronoun.is_possessive) {
        (Wanted::Sort, false) => asked.word(pronoun.words.1 - 1),
        _ => "",
    };
    for turn in &before.turns {
        let question = turn.question.iter().rev();
        let answer = turn.answer.iter();
        let who_first = turn.asks_who || turn.asks_where && pronoun.wanted == Wanted::Place;
        let mut all: Vec<&Entity> = match pronoun.wanted {
            Wanted::Person | Wanted::Place if who_first => answer.chain(question).collect(),
            Wanted::Place => question.chain(answer).collect(),
            // What a question is about stands at its beginning as a rule.
            Wanted::Person | Wanted::Thing | Wanted::Several | Wanted::Sort => {
                turn.question.iter().chain(answer).collect()
            }
        };
        let sort = noun_fits(noun, table);
        all.retain(|entity| fits(entity, pronoun, sort));
        // Whoever was asked for is spoken of from then on.
        let asked_for = all.first().filter(|entity| {
            pronoun.wanted == Wanted::Person && turn.asks_who && turn.answer.contains(entity)
        });
        let named_by = all
            .iter()
            .find(|entity| !noun.is_empty() && entity.holds(noun));
        let best = named_by
            .or(asked_for)
            .or_else(|| all.iter().find(|entity| is_sure(entity, pronoun, sort)))
            .or_else(|| all.first());
        if let Some(entity) = best {
            return Some(entity);
        }
    }
    None
}

/// The nature that a noun behind "this" asks for, where it says one.
fn noun_fits(noun: &str, table: &Table) -> Option<Nature> {
    if matches!(noun, "year" | "jahr" | "année" | "año") {
        Some(Nature::Number)
    } else if is_in(table.roles, noun) {
        Some(Nature::Person)
    } else if is_in(table.sorts, noun) {
        Some(Nature::Thing)
    } else {
        None
    }
}

fn fits(entity: &Entity, pronoun: &Pronoun, sort: Option<Nature>) -> bool {
    match pronoun.wanted {
        Wanted::Person => matches!(entity.nature, Nature::Person | Nature::Unknown),
        Wanted::Thing => matches!(entity.nature, Nature::Thing | Nature::Unknown),
        // "They" may be people in general.
        Wanted::Several => entity.is_several,
        Wanted::Place => {
            matches!(entity.nature, Nature::Thing | Nature::Unknown) && entity.is_named
                || entity.is_place
        }
        Wanted::Sort => match sort {
            Some(Nature::Number) => entity.nature == Nature::Number,
            Some(Nature::Person) => matches!(entity.nature, Nature::Person | Nature::Unknown),
            Some(_) => matches!(entity.nature, Nature::Thing | Nature::Unknown),
            None => entity.nature != Nature::Number,
        },
    }
}

/// Whether an entity is what the pronoun asks for beyond doubt.
fn is_sure(entity: &Entity, pronoun: &Pronoun, sort: Option<Nature>) -> bool {
    match pronoun.wanted {
        Wanted::Person => entity.nature == Nature::Person,
        Wanted::Thing => entity.nature == Nature::Thing,
        Wanted::Several => entity.is_named,
        Wanted::Place => entity.is_place,
        Wanted::Sort => sort.is_some_and(|sort| entity.nature == sort),
    }
}

/// An entity as it is written in the place of a pronoun.
fn written(asked: &Text<'_>, pronoun: &Pronoun, entity: &Entity, table: &Table) -> String {
    let name = &entity.text;
    if pronoun.wanted == Wanted::Place {
        let before = pronoun
            .words
            .0
            .checked_sub(1)
            .map_or("", |at| asked.word(at));
        if is_in(table.prepositions, before) {
            return name.clone();
        }
        let preposition = match table.language {
            "fr" => "à",
            "es" => "en",
            _ => "in",
        };
        return format!("{preposition} {name}");
    }
    if !pronoun.is_possessive {
        return name.clone();
    }
    // Elsewhere the owner stands behind the noun, which gets an article.
    let (word, noun) = (
        asked.word(pronoun.words.0),
        asked.slice(pronoun.words.0 + 1, pronoun.words.1),
    );
    match table.language {
        "fr" => format!(
            "{} {noun} de {name}",
            ending(word, &[("a", "la"), ("es", "les"), ("s", "les")], "le")
        ),
        "es" => {
            let feminine = ["a", "ión", "dad"].iter().any(|end| noun.ends_with(end));
            let article = if feminine { "la" } else { "el" };
            format!(
                "{} {noun} de {name}",
                ending(word, &[("s", "los")], article)
            )
        }
        "de" => {
            let articles = [
                ("en", "den"),
                ("em", "dem"),
                ("er", "der"),
                ("es", "des"),
                ("e", "die"),
            ];
            format!("{} {noun} von {name}", ending(word, &articles, "das"))
        }
        _ if name.ends_with('s') => format!("{name}'"),
        _ => format!("{name}'s"),
    }
}

/// The article that the ending of a pronoun asks for.
fn ending<'a>(pronoun: &str, endings: &[(&str, &'a str)], other: &'a str) -> &'a str {
    let found = endings
        .iter()
        .find(|(end, _)| pronoun.ends_with(end) && pronoun != "ihr");
    found.map_or(other, |(_, article)| article)
}

/// The question with what is put in, without the "and" it begins with.
fn put(asked: &Text<'_>, puts: &[((usize, usize), String)], table: &Table) -> String {
    let mut made = String::new();
    let mut done = 0;
    if asked.tokens.len() > 1 && is_in(table.conjunctions, asked.word(0)) {
        made.push_str(asked.before(0));
        done = asked.before(1).len();
    }
    for ((from, to), name) in puts {
        let start = asked.before(*from).len();
        made.push_str(asked.whole.get(done..start).unwrap_or_default());
        // "est-il": what is put in is no part of the verb.
        if made.ends_with('-') {
            made.pop();
            if made.ends_with("-t") {
                made.truncate(made.len() - 2);
            }
            made.push(' ');
        }
        made.push_str(name);
        done = asked.whole.len() - asked.after(to - 1).len();
    }
    made.push_str(asked.whole.get(done..).unwrap_or_default());
    let begin = made.find(char::is_alphanumeric).unwrap_or(0);
    let (mark, rest) = made.split_at(begin);
    format!("{mark}{}", capital(rest))
}
