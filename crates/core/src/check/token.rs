//! The words of a sentence as the checker sees them: facts, words that count, words that join.

use crate::words::{Stems, words};

/// Tokens of a sentence or quote that are looked at; those beyond are not.
const TOKENS_MAX: usize = 400;

/// What a word is to the checker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number, in digits or as a word.
    Number,
    /// A word with a capital letter inside a sentence.
    Name,
    /// The capital at the beginning of a sentence: a name, or any word.
    Opening,
    /// A word that denies.
    Negation,
    /// A word that counts.
    Content,
    /// A word that only joins.
    Filler,
}

/// A word, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: Kind,
    /// What is compared: the stem, or the value of a number.
    pub(super) stem: String,
    /// The word in small letters.
    pub(super) lower: String,
    /// The word as it is written.
    pub(super) written: String,
    /// The unit behind, or sign before, a number.
    pub(super) unit: Option<&'static str>,
    /// Whether a comma or the like stands before it: what denies does not reach across.
    pub(super) is_after_break: bool,
}

impl Token {
    /// Whether two words say the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        if self.kind == Kind::Number || other.kind == Kind::Number {
            return self.kind == other.kind && self.stem == other.stem;
        }
        self.stem == other.stem || self.lower == other.lower
    }

    /// What the word counts in the share that quotes hold.
    pub(super) const fn weight(&self) -> f32 {
        match self.kind {
            Kind::Number | Kind::Name => 1.5,
            Kind::Opening | Kind::Content => 1.0,
            Kind::Negation => 0.5,
            Kind::Filler => 0.1,
        }
    }

    /// Whether it is a word whose denial would change what is said.
    pub(super) const fn counts(&self) -> bool {
        matches!(
            self.kind,
            Kind::Number | Kind::Name | Kind::Opening | Kind::Content
        )
    }
}

/// Reads a text. `capitals` says whether a capital letter inside a sentence names something.
pub(super) fn tokens(text: &str, stems: &Stems, capitals: bool) -> Vec<Token> {
    let mut read: Vec<Token> = Vec::new();
    let mut last_end = 0;
    let mut sentence_opens = true;
    for word in words(text).take(TOKENS_MAX) {
        let start = usize::try_from(word.span.start).unwrap_or_default();
        let end = usize::try_from(word.span.end).unwrap_or_default();
        let between = text.get(last_end..start).unwrap_or_default();
        sentence_opens |= between.contains(['.', '!', '?', ':', '\n', '"', '“']);
        let written = text.get(start..end).unwrap_or_default();
        let sign = between.chars().next_back().and_then(currency);
        let behind = text.get(end..).unwrap_or_default();
        // What is left of "didn't" and "doctor's" behind the mark.
        let clipped = between == "'" || between == "’";
        let is_after_break =
            between.contains([',', ';', ':', '(', ')', '—', '–', '.', '!', '?', '\n']);
        if clipped && word.text == "t" && read.last().is_some_and(|last| last.lower.ends_with('n'))
        {
            if let Some(last) = read.last_mut() {
                last.kind = Kind::Negation;
                last.stem = "not".to_owned();
            }
        } else if !(clipped && word.text == "s") {
            let kind = kind(&word.text, &word, sentence_opens, capitals);
            let (value, own_unit) = value(&word.text);
            let number = kind == Kind::Number;
            let unit = if number {
                sign.or(own_unit).or_else(|| percent(behind))
            } else {
                None
            };
            read.push(Token {
                kind,
                stem: if number {
                    value
                } else {
                    stems.stem(&word.text)
                },
                lower: word.text,
                written: written.to_owned(),
                unit,
                is_after_break,
            });
        }
        sentence_opens = false;
        last_end = end;
    }
    join_units(&mut read);
    read
}

fn kind(lower: &str, word: &crate::words::Word, opens: bool, capitals: bool) -> Kind {
    if word.is_number || number_word(lower).is_some() {
        return Kind::Number;
    }
    if NEGATIONS.split(' ').any(|negation| negation == lower) {
        return Kind::Negation;
    }
    if is_filler(lower) {
        return Kind::Filler;
    }
    if word.is_capital && capitals {
        return if opens { Kind::Opening } else { Kind::Name };
    }
    Kind::Content
}

/// Numbers written as words that stand for a unit or scale behind them.
fn join_units(tokens: &mut [Token]) {
    for at in 1..tokens.len() {
        let (before, from) = tokens.split_at_mut(at);
        let (Some(number), Some(word)) = (before.last_mut(), from.first()) else {
            continue;
        };
        if number.kind == Kind::Number && number.unit.is_none() {
            number.unit = unit(&word.lower);
        }
    }
}

/// The value of a number, and the unit written onto it as in `17mg` and `1990s`.
fn value(word: &str) -> (String, Option<&'static str>) {
    if let Some(value) = number_word(word) {
        return (value.to_owned(), None);
    }
    let digits_end = word
        .find(|c: char| !(c.is_numeric() || c == '.'))
        .unwrap_or(word.len());
    let (digits, rest) = word.split_at(digits_end);
    if digits.is_empty() {
        return (word.to_owned(), None);
    }
    let plain = if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.')
    } else {
        digits
    };
    match rest {
        "" | "st" | "nd" | "rd" | "th" => (plain.to_owned(), None),
        rest => match unit(rest) {
            Some(unit) => (plain.to_owned(), Some(unit)),
            None => (word.to_owned(), None),
        },
    }
}

fn percent(behind: &str) -> Option<&'static str> {
    let behind = behind.trim_start();
    let sign = behind.chars().next()?;
    match sign {
        '%' | '％' => Some("percent"),
        '°' => Some("degree"),
        '€' | '£' | '¥' | '$' => currency(sign),
        _ => None,
    }
}

const fn currency(sign: char) -> Option<&'static str> {
    match sign {
        '$' => Some("dollar"),
        '€' => Some("euro"),
        '£' => Some("pound"),
        '¥' => Some("yen"),
        _ => None,
    }
}

/// The unit or scale that a word names, in one form for all its spellings.
fn unit(word: &str) -> Option<&'static str> {
    UNITS
        .iter()
        .find(|(_, spellings)| spellings.split(' ').any(|spelling| spelling == word))
        .map(|(unit, _)| *unit)
}

static UNITS: &[(&str, &str)] = &[
    ("percent", "percent percentage pct prozent pourcent"),
    ("thousand", "thousand thousands tausend mille mil"),
    ("million", "million millions millionen millones milioni"),
    ("billion", "billion billions milliarden milliards"),
    ("trillion", "trillion trillions"),
    ("dozen", "dozen dozens"),
    ("hundred", "hundred hundreds"),
    ("metre", "m metre metres meter meters"),
    ("kilometre", "km kilometre kilometres kilometer kilometers"),
    (
        "centimetre",
        "cm centimetre centimetres centimeter centimeters",
    ),
    (
        "millimetre",
        "mm millimetre millimetres millimeter millimeters",
    ),
    ("mile", "mile miles mi"),
    ("foot", "foot feet ft"),
    ("inch", "inch inches"),
    ("yard", "yard yards yd"),
    ("hectare", "hectare hectares ha"),
    ("acre", "acre acres"),
    ("gram", "g gram grams"),
    ("kilogram", "kg kilogram kilograms"),
    ("milligram", "mg milligram milligrams"),
    ("microgram", "µg mcg microgram micrograms"),
    ("tonne", "t ton tons tonne tonnes"),
    ("pound", "lb lbs pound pounds"),
    ("ounce", "oz ounce ounces"),
    ("litre", "l litre litres liter liters"),
    (
        "millilitre",
        "ml millilitre millilitres milliliter milliliters",
    ),
    ("second", "s second seconds sec sekunden"),
    ("minute", "min minute minutes minuten"),
    ("hour", "h hour hours stunden"),
    ("day", "day days tage tagen"),
    ("week", "week weeks wochen"),
    ("month", "month months monate monaten"),
    ("year", "year years jahre jahren"),
    ("decade", "decade decades"),
    ("century", "century centuries"),
    ("dollar", "dollar dollars usd"),
    ("euro", "euro euros eur"),
    ("yen", "yen jpy"),
    ("degree", "degree degrees"),
    ("celsius", "celsius"),
    ("fahrenheit", "fahrenheit"),
    ("watt", "w watt watts"),
    ("kilowatt", "kw kilowatt kilowatts"),
    ("megawatt", "mw megawatt megawatts"),
    ("byte", "byte bytes"),
    ("kilobyte", "kb kilobyte kilobytes"),
    ("megabyte", "mb megabyte megabytes"),
    ("gigabyte", "gb gigabyte gigabytes"),
    ("hertz", "hz hertz"),
    ("volt", "v volt volts"),
];

/// The value of a number written as a word. "One" is left out: it is a pronoun as often.
fn number_word(word: &str) -> Option<&'static str> {
    NUMBER_WORDS
        .iter()
        .find(|(spellings, _)| spellings.split(' ').any(|spelling| spelling == word))
        .map(|(_, value)| *value)
}

static NUMBER_WORDS: &[(&str, &str)] = &[
    ("two zwei deux dos due", "2"),
    ("three drei trois tres", "3"),
    ("four vier quatre cuatro", "4"),
    ("five fünf cinq cinco", "5"),
    ("six sechs seis", "6"),
    ("seven sieben sept siete", "7"),
    ("eight acht huit ocho", "8"),
    ("nine neun neuf nueve", "9"),
    ("ten zehn dix diez", "10"),
    ("eleven elf onze once", "11"),
    ("twelve zwölf douze doce", "12"),
    ("thirteen", "13"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("sixteen", "16"),
    ("seventeen", "17"),
    ("eighteen", "18"),
    ("nineteen", "19"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("seventy", "70"),
    ("eighty", "80"),
    ("ninety", "90"),
];

/// Words that deny, in the languages that the product is tried in most.
const NEGATIONS: &str = "not no never none nobody nothing neither nor without cannot nowhere nicht kein \
    keine keinen keiner nie niemals ohne ne pas jamais aucun sans nunca jamás sin ninguno ningún non \
    mai senza não nunca sem не нет никогда без";

/// Whether a word only joins others. Very short words of any language with an alphabet count too.
fn is_filler(word: &str) -> bool {
    let letters = word.chars().count();
    (letters <= 2 && word.is_ascii()) || FILLERS.split(' ').any(|filler| filler == word)
}

const FILLERS: &str = "the and that this these those with from for are was were been being has have had \
    its his her their our your they she him them who whom whose which what when where why how there \
    here also but than then can could may might must shall should will would does did done into onto \
    upon about such some any each every both all most more very just only own same other another one \
    out off over under again because while during until through between among within per via yet \
    according text passage passages document documents states stated says said mentions der die das den \
    dem des ein eine einen und oder ist sind war waren wird werden hat haben les des une est sont dans \
    pour par sur avec los las una por para con del que son";
