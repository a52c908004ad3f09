//! A person's words into a query: never an error, whatever they are.

use std::collections::BTreeMap;

use ::tantivy::Term;
use ::tantivy::query::{BooleanQuery, BoostQuery, Occur, PhraseQuery, Query, TermQuery};
use ::tantivy::schema::{Field, IndexRecordOption};

use super::language::{Language, is_empty_word};
use super::words::{Word, WordKind, words};

/// Different words of a question that are looked up; what follows is left out.
const QUESTION_WORDS_MAX: usize = 128;

/// What a word in the title or a heading counts beside the same word in the text, which holds
/// title and headings as well. Measured on abstracts of science (`SciFact`, Cranfield).
pub(super) const TITLE_BOOST: f32 = 0.3;

/// The fields that words are looked for in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    /// Title, headings and text.
    pub(super) words: Field,
    /// Title and headings.
    pub(super) title: Field,
}

/// The query for a question in an index whose documents have these languages; none when there is
/// nothing to look for.
pub(super) fn query(
    question: &str,
    languages: &[String],
    fields: Fields,
) -> Option<Box<dyn Query>> {
    let (loose, phrases) = split(question);
    let rules: Vec<Language> = languages.iter().map(|code| Language::of(code)).collect();
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for phrase in phrases {
        if let Some(phrase) = standing_together(&phrase, &rules, fields) {
            clauses.push((Occur::Must, phrase));
        }
    }
    let english = languages.iter().any(|code| code == "en");
    let terms = counted(meaningful(words(&loose), english), &rules);
    for (form, count) in terms {
        let once = |field| -> Box<dyn Query> {
            let term = Term::from_field_text(field, &form);
            Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
        };
        let title = BoostQuery::new(once(fields.title), TITLE_BOOST * count);
        clauses.push((
            Occur::Should,
            Box::new(BoostQuery::new(once(fields.words), count)),
        ));
        clauses.push((Occur::Should, Box::new(title)));
    }
    (!clauses.is_empty()).then(|| Box::new(BooleanQuery::new(clauses)) as Box<dyn Query>)
}

/// Loose words, and what stands between pairs of straight double quotes. The words of phrases
/// count as loose words too, which orders what the phrases let through.
fn split(question: &str) -> (String, Vec<String>) {
    let parts: Vec<&str> = question.split('"').collect();
    let paired = parts.len() - (parts.len() + 1) % 2;
    let phrases = parts
        .iter()
        .take(paired)
        .skip(1)
        .step_by(2)
        .map(|part| (*part).to_owned());
    (parts.join(" "), phrases.collect())
}

/// Words without those that say nothing, unless there are no others; pairs instead of single
/// characters where there are pairs.
fn meaningful(words: Vec<Word>, english: bool) -> Vec<Word> {
    let mut words: Vec<Word> = words;
    let mut after_pair = false;
    words.retain(|word| {
        let kept = match word.kind {
            WordKind::Lead => false,
            WordKind::Single => !after_pair,
            WordKind::Spaced | WordKind::Pair => true,
        };
        after_pair = word.kind == WordKind::Pair;
        kept
    });
    if english && words.iter().any(|word| !is_empty_word(&word.plain)) {
        words.retain(|word| !is_empty_word(&word.plain));
    }
    words
}

/// The forms of all words in all languages, each once, with how often it was said.
fn counted(words: Vec<Word>, rules: &[Language]) -> Vec<(String, f32)> {
    let mut counts: BTreeMap<String, f32> = BTreeMap::new();
    for word in words {
        for form in forms(&word, rules) {
            if counts.len() < QUESTION_WORDS_MAX * rules.len().max(1) || counts.contains_key(&form)
            {
                *counts.entry(form).or_default() += 1.0;
            }
        }
    }
    counts.into_iter().collect()
}

fn forms(word: &Word, rules: &[Language]) -> Vec<String> {
    let mut forms: Vec<String> = rules.iter().map(|language| word.form(*language)).collect();
    if forms.is_empty() || word.kind != WordKind::Spaced {
        forms = vec![word.form(Language::of(""))];
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// The words of a phrase side by side, in any of the languages.
fn standing_together(phrase: &str, rules: &[Language], fields: Fields) -> Option<Box<dyn Query>> {
    let words: Vec<Word> = words(phrase)
        .into_iter()
        .filter(|word| word.kind != WordKind::Lead)
        .take(QUESTION_WORDS_MAX)
        .collect();
    let plain = [Language::of("")];
    let rules = if rules.is_empty() { &plain } else { rules };
    let mut variants: Vec<Vec<(usize, Term)>> = rules
        .iter()
        .map(|language| {
            let term = |word: &Word| Term::from_field_text(fields.words, &word.form(*language));
            words.iter().map(|word| (word.place, term(word))).collect()
        })
        .collect();
    variants.sort_unstable();
    variants.dedup();
    let queries = variants
        .into_iter()
        .filter_map(|terms| -> Option<Box<dyn Query>> {
            match terms.as_slice() {
                [] => None,
                [(_, term)] => Some(Box::new(TermQuery::new(
                    term.clone(),
                    IndexRecordOption::WithFreqs,
                ))),
                _ => Some(Box::new(PhraseQuery::new_with_offset(terms))),
            }
        });
    let queries: Vec<Box<dyn Query>> = queries.collect();
    (!queries.is_empty()).then(|| Box::new(BooleanQuery::union(queries)) as Box<dyn Query>)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_quotes_make_phrases_and_a_lone_one_does_not() {
        let check = |question: &str, phrases: &[&str]| {
            assert_eq!(split(question).1, phrases, "{question:?}");
        };
        check("plain words", &[]);
        check("a \"b c\" d", &["b c"]);
        check("\"a\"\"b\"", &["a", "b"]);
        check("a \"b c", &[]);
        check("\"a b\" \"c", &["a b"]);
        check("\"", &[]);
    }

    #[test]
    fn empty_words_stay_when_there_are_no_others() {
        let check = |question: &str, kept: &[&str]| {
            let words: Vec<String> = meaningful(words(question), true)
                .into_iter()
                .map(|word| word.plain)
                .collect();
            assert_eq!(words, kept, "{question:?}");
        };
        check("what is the library", &["library"]);
        check("to be or not", &["not"]);
        check("who are they", &["who", "are", "they"]);
        check("图书馆 in 法", &["图书", "书馆", "法"]);
    }
}
