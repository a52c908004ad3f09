//! Words that a full stop does not end: abbreviations, initials and what follows them.

/// What a word before a full stop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An ordinary word: the stop ends the sentence.
    None,
    /// An abbreviation that something always follows, such as a title before a name.
    BeforeName,
    /// An abbreviation only when a number follows.
    BeforeNumber,
    /// An abbreviation that may also stand at the end of a sentence.
    MayEnd,
}

/// What the word before a full stop is. Capitals are not looked at, except in initials.
pub(super) fn kind(word: &str) -> Kind {
    let lower = word.to_lowercase();
    if BEFORE_NUMBER.contains(&lower.as_str()) && !word.chars().all(char::is_uppercase) {
        return Kind::BeforeNumber;
    }
    let mut letters = word.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        // "J. Smith"; a lone ideograph or digit is an ordinary word.
        return if letter.is_uppercase() || (letter.is_lowercase() && !letter.is_ascii()) {
            Kind::MayEnd
        } else if letter.is_ascii_lowercase() {
            Kind::BeforeName
        } else {
            Kind::None
        };
    }
    if BEFORE_NAME.contains(&lower.as_str()) {
        return Kind::BeforeName;
    }
    if MAY_END.contains(&lower.as_str()) || is_dotted(word) {
        return Kind::MayEnd;
    }
    Kind::None
}

/// Whether a word is letters parted by stops: "U.S", "p.m", "Ph.D", "т.е", "z.B".
fn is_dotted(word: &str) -> bool {
    word.contains('.')
        && word.split('.').all(|part| {
            (1..=2).contains(&part.chars().count()) && part.chars().all(char::is_alphabetic)
        })
}

/// Whether what follows begins with a word that hardly ever continues a name.
pub(super) fn opens_sentence(following: &str) -> bool {
    let end = following.find(|c: char| !c.is_alphabetic() && c != '\'' && c != '’');
    let word = following
        .get(..end.unwrap_or(following.len()))
        .unwrap_or_default();
    word.is_empty() || OPENERS.contains(&word)
}

/// Whether what follows is counted by an ordinal in a language that writes ordinals with a stop.
pub(super) fn follows_ordinal(following: &str) -> bool {
    let end = following
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(following.len());
    let word = following.get(..end).unwrap_or_default();
    COUNTED.iter().any(|counted| word.starts_with(counted))
}

/// Titles, references and the like, in the languages that use the Latin, Greek or Cyrillic script.
const BEFORE_NAME: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "gen", "gov", "sen", "rep", "rev", "hon", "capt", "col", "lt",
    "sgt", "cmdr", "adm", "maj", "pres", "st", "ste", "mt", "fr", "messrs", "mme", "mlle", "fig",
    "figs", "eq", "eqs", "vol", "vols", "chap", "sect", "ref", "refs", "eds", "vs", "cf", "ca",
    "approx", "viz", "e.g", "i.e", "eg", "ie", "resp", "dept", "univ", "z.b", "d.h", "u.a", "bzw",
    "bspw", "vgl", "abb", "sog", "sig", "dott", "sr", "sra", "srta", "dña", "dhr", "mevr", "bijv",
    "dl", "dna", "av", "apr", "т.е", "т.н", "им", "ул", "пл", "см", "рис", "гг", "тыс", "д-р",
    "проф", "π.χ", "δηλ", "tp", "örn",
];

/// Words that are abbreviations only before a number.
const BEFORE_NUMBER: &[&str] = &[
    "no", "nos", "nr", "p", "pp", "ch", "sec", "art", "tab", "núm", "pág", "стр", "ed", "hr",
];

/// Abbreviations that also end sentences.
const MAY_END: &[&str] = &[
    "etc",
    "inc",
    "ltd",
    "co",
    "corp",
    "jr",
    "bros",
    "llc",
    "plc",
    "al",
    "ibid",
    "op",
    "cit",
    "jan",
    "feb",
    "mar",
    "aug",
    "sept",
    "sep",
    "oct",
    "nov",
    "dec",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "a.m",
    "p.m",
    "est",
    "ave",
    "blvd",
    "rd",
    "sq",
    "ft",
    "oz",
    "lb",
    "lbs",
    "min",
    "max",
    "hrs",
    "usw",
    "jh",
    "str",
    "geb",
    "gest",
    "st.-pierre",
    "др",
    "руб",
    "коп",
    "млн",
    "млрд",
    "вв",
    "vb",
    "yy",
    "κ.λπ",
    "κτλ",
];

/// Words that open a sentence and are no part of a name.
const OPENERS: &[&str] = &[
    "The",
    "A",
    "An",
    "This",
    "That",
    "These",
    "Those",
    "It",
    "Its",
    "He",
    "She",
    "They",
    "We",
    "You",
    "His",
    "Her",
    "Their",
    "Our",
    "My",
    "There",
    "Here",
    "In",
    "On",
    "At",
    "By",
    "For",
    "From",
    "To",
    "With",
    "After",
    "Before",
    "During",
    "Since",
    "Until",
    "While",
    "When",
    "Where",
    "If",
    "As",
    "Although",
    "Though",
    "However",
    "But",
    "And",
    "Or",
    "So",
    "Then",
    "Thus",
    "Also",
    "Both",
    "Some",
    "Many",
    "Most",
    "All",
    "One",
    "Two",
    "No",
    "Not",
    "What",
    "Who",
    "Why",
    "How",
    "Which",
    "Because",
    "Der",
    "Die",
    "Das",
    "Ein",
    "Eine",
    "Er",
    "Sie",
    "Es",
    "Wir",
    "Im",
    "Am",
    "Bei",
    "Nach",
    "Dies",
    "Le",
    "La",
    "Les",
    "Il",
    "Elle",
    "Ils",
    "Un",
    "Une",
    "Ce",
    "Cette",
    "Dans",
    "El",
    "Los",
    "Las",
    "Una",
    "Este",
    "Esta",
    "En",
    "Lo",
    "Gli",
    "Nel",
    "O",
    "Os",
    "De",
    "Het",
    "Een",
    "Он",
    "Она",
    "Они",
    "Это",
    "В",
    "На",
    "После",
    "Но",
    "Ο",
    "Η",
    "Το",
    "Οι",
    "Bu",
    "Ancak",
    "În",
];

/// What ordinals with a stop count, at the beginning of the word.
const COUNTED: &[&str] = &[
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
    "Jahrhundert",
    "Jahrestag",
    "Lebensjahr",
    "Weltkrieg",
    "Platz",
    "Mal",
    "Auflage",
    "Kapitel",
    "Bezirk",
    "Klasse",
    "Armee",
    "Division",
    "Dezennium",
    "Etage",
    "Januari",
    "Desember",
    "Yüzyıl",
    "Jh",
];
