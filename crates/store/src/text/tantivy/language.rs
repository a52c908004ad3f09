//! What languages do to words: stems, accents, and words that mean nothing alone.

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How words of one language are brought to one form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Language {
    algorithm: Option<Algorithm>,
    accents: Accents,
}

/// When accents go: people leave them out in some languages, stemmers need them in others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Accents {
    BeforeStem,
    AfterStem,
}

impl Language {
    /// The rules for an ISO 639-1 code; a language without rules has its words folded only.
    pub(super) fn of(code: &str) -> Self {
        use Accents::{AfterStem, BeforeStem};
        let (algorithm, accents) = match code {
            "ar" => (Algorithm::Arabic, AfterStem),
            "da" => (Algorithm::Danish, BeforeStem),
            "de" => (Algorithm::German, BeforeStem),
            "el" => (Algorithm::Greek, AfterStem),
            "en" => (Algorithm::English, BeforeStem),
            "es" => (Algorithm::Spanish, BeforeStem),
            "fi" => (Algorithm::Finnish, AfterStem),
            "fr" => (Algorithm::French, BeforeStem),
            "hu" => (Algorithm::Hungarian, AfterStem),
            "it" => (Algorithm::Italian, BeforeStem),
            "nl" => (Algorithm::Dutch, BeforeStem),
            "no" | "nb" | "nn" => (Algorithm::Norwegian, BeforeStem),
            "pt" => (Algorithm::Portuguese, BeforeStem),
            "ro" => (Algorithm::Romanian, AfterStem),
            "ru" => (Algorithm::Russian, AfterStem),
            "sv" => (Algorithm::Swedish, BeforeStem),
            "ta" => (Algorithm::Tamil, AfterStem),
            "tr" => (Algorithm::Turkish, AfterStem),
            _ => {
                return Self {
                    algorithm: None,
                    accents: BeforeStem,
                };
            }
        };
        Self {
            algorithm: Some(algorithm),
            accents,
        }
    }

    /// The one form of a word that is in lower case already.
    pub(super) fn form(self, word: &str) -> String {
        let Some(algorithm) = self.algorithm else {
            return fold(word);
        };
        let stemmer = Stemmer::create(algorithm);
        match self.accents {
            Accents::BeforeStem => stemmer.stem(&fold(word)).into_owned(),
            Accents::AfterStem => fold(&stemmer.stem(word)),
        }
    }
}

/// Lower case, with every character in its one compatible form.
pub(super) fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// A word without accents. Marks that are vowels (in the scripts of India) stay.
fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    let mut folded = String::with_capacity(word.len());
    for char in word
        .nfd()
        .filter(|char| !(is_combining_mark(*char) && is_accent(*char)))
    {
        match char {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            _ => folded.push(char),
        }
    }
    folded.nfc().collect()
}

/// Marks of Latin, Greek, Cyrillic, Hebrew and Arabic writing.
const fn is_accent(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6ed}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Whether a word says nothing in an English question that has other words.
pub(super) fn is_empty_word(word: &str) -> bool {
    EMPTY_WORDS.binary_search(&word).is_ok()
}

/// In order, for the search by halves.
const EMPTY_WORDS: &[&str] = &[
    "a", "about", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "could",
    "did", "do", "does", "for", "from", "had", "has", "have", "how", "if", "in", "into", "is",
    "it", "its", "may", "of", "on", "or", "s", "should", "so", "such", "t", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "those", "to", "was", "were",
    "what", "when", "where", "which", "who", "why", "will", "with", "would",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_to_one_form_in_each_language() {
        let check = |code: &str, forms: &[&str]| {
            let language = Language::of(code);
            let mut found: Vec<String> = forms
                .iter()
                .map(|word| language.form(&lower(word)))
                .collect();
            found.dedup();
            assert_eq!(found.len(), 1, "{code}: {forms:?} became {found:?}");
        };
        check("en", &["Library", "libraries", "LIBRARIES"]);
        check("en", &["ﬁnd", "finds", "finding"]);
        check("de", &["Häuser", "hauser", "Haus"]);
        check("de", &["Straße", "STRASSE", "strassen"]);
        check("fr", &["université", "universite", "UNIVERSITÉ"]);
        check("es", &["canción", "canciones", "cancion"]);
        check("ru", &["книга", "книги", "КНИГУ"]);
        check("el", &["δρόμος", "δρόμοι", "ΔΡΌΜΟΣ"]);
        check("tr", &["kitap", "kitaplar"]);
        check("ar", &["كِتَاب", "كتاب"]);
        check("", &["Ångström", "angstrom"]);
        check("vi", &["Tiếng", "tiếng"]);
    }

    #[test]
    fn vowels_of_indian_scripts_are_no_accents() {
        let language = Language::of("hi");
        assert_ne!(language.form("की"), language.form("का"));
    }

    #[test]
    fn the_empty_words_are_in_order() {
        assert!(EMPTY_WORDS.is_sorted());
        assert!(is_empty_word("the") && !is_empty_word("library"));
    }
}
