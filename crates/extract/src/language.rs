//! Tells the language of a text from its words, against what its file states.

use whatlang::{Lang, detect};

use crate::tidy::tidy;

/// How much text is looked at, in bytes of letters and the spaces between them.
const SAMPLE_BYTES_MAX: usize = 20 << 10;

/// From this confidence on, the words overrule the file.
const CONFIDENCE_SURE: f64 = 0.9;

/// Below this confidence, nothing is said when the file says nothing either.
const CONFIDENCE_FAIR: f64 = 0.35;

/// With fewer letters than this the words prove nothing against the file.
const LETTERS_MIN: usize = 60;

/// The beginning of a file's text, letters only.
#[derive(Default)]
pub(crate) struct Sample {
    text: String,
}

impl Sample {
    /// Adds text until there is enough.
    pub(crate) fn add(&mut self, text: &str) {
        for character in text.chars() {
            if self.text.len() >= SAMPLE_BYTES_MAX {
                return;
            }
            self.text.push(if character.is_alphabetic() {
                character
            } else {
                ' '
            });
        }
        self.text.push(' ');
    }

    /// ISO 639-1 of the text: what its words say where they are sure, else what the file states,
    /// else what the words say at all.
    pub(crate) fn language(&self, stated: Option<&str>) -> Option<String> {
        let text = tidy(&self.text);
        let letters = text.chars().filter(|character| *character != ' ').count();
        let stated = stated.and_then(two_letters);
        let Some(info) = detect(&text) else {
            return stated.map(str::to_owned);
        };
        let detected = of(info.lang());
        let is_sure = info.confidence() >= CONFIDENCE_SURE && letters >= LETTERS_MIN;
        let is_fair = info.confidence() >= CONFIDENCE_FAIR && letters >= LETTERS_MIN / 2;
        let language = match stated {
            _ if is_sure => Some(detected),
            Some(stated) => Some(stated),
            None => is_fair.then_some(detected),
        };
        language.map(str::to_owned)
    }
}

/// The two-letter code of a stated language such as `en-GB`, `eng` or `de_AT.UTF-8`.
fn two_letters(stated: &str) -> Option<&'static str> {
    let code = stated
        .trim()
        .split(['-', '_', '.', ' ', ',', ';'])
        .next()?
        .to_ascii_lowercase();
    let others = [
        ("ger", Lang::Deu),
        ("fre", Lang::Fra),
        ("dut", Lang::Nld),
        ("chi", Lang::Cmn),
    ];
    let others = others.iter().chain(&[
        ("zho", Lang::Cmn),
        ("gre", Lang::Ell),
        ("cze", Lang::Ces),
        ("per", Lang::Pes),
        ("fas", Lang::Pes),
        ("ara", Lang::Ara),
        ("rum", Lang::Ron),
        ("slo", Lang::Slk),
        ("nor", Lang::Nob),
        ("no", Lang::Nob),
        ("mac", Lang::Mkd),
        ("arm", Lang::Hye),
        ("geo", Lang::Kat),
        ("bur", Lang::Mya),
        ("lav", Lang::Lav),
        ("est", Lang::Est),
    ]);
    let known = Lang::all().iter().copied();
    known
        .clone()
        .find(|lang| of(*lang) == code || lang.code() == code)
        .or_else(|| {
            others
                .clone()
                .find(|(name, _)| *name == code)
                .map(|(_, lang)| *lang)
        })
        .map(of)
}

/// ISO 639-1 of a language.
fn of(lang: Lang) -> &'static str {
    CODES
        .iter()
        .find(|(other, _)| *other == lang)
        .map_or_else(|| lang.code(), |(_, code)| *code)
}

/// The two-letter codes of all languages that are told.
#[rustfmt::skip]
const CODES: [(Lang, &str); 70] = [
    (Lang::Epo, "eo"), (Lang::Eng, "en"), (Lang::Rus, "ru"), (Lang::Cmn, "zh"), (Lang::Spa, "es"),
    (Lang::Por, "pt"), (Lang::Ita, "it"), (Lang::Ben, "bn"), (Lang::Fra, "fr"), (Lang::Deu, "de"),
    (Lang::Ukr, "uk"), (Lang::Kat, "ka"), (Lang::Ara, "ar"), (Lang::Hin, "hi"), (Lang::Jpn, "ja"),
    (Lang::Heb, "he"), (Lang::Yid, "yi"), (Lang::Pol, "pl"), (Lang::Amh, "am"), (Lang::Jav, "jv"),
    (Lang::Kor, "ko"), (Lang::Nob, "no"), (Lang::Dan, "da"), (Lang::Swe, "sv"), (Lang::Fin, "fi"),
    (Lang::Tur, "tr"), (Lang::Nld, "nl"), (Lang::Hun, "hu"), (Lang::Ces, "cs"), (Lang::Ell, "el"),
    (Lang::Bul, "bg"), (Lang::Bel, "be"), (Lang::Mar, "mr"), (Lang::Kan, "kn"), (Lang::Ron, "ro"),
    (Lang::Slv, "sl"), (Lang::Hrv, "hr"), (Lang::Srp, "sr"), (Lang::Mkd, "mk"), (Lang::Lit, "lt"),
    (Lang::Lav, "lv"), (Lang::Est, "et"), (Lang::Tam, "ta"), (Lang::Vie, "vi"), (Lang::Urd, "ur"),
    (Lang::Tha, "th"), (Lang::Guj, "gu"), (Lang::Uzb, "uz"), (Lang::Pan, "pa"), (Lang::Aze, "az"),
    (Lang::Ind, "id"), (Lang::Tel, "te"), (Lang::Pes, "fa"), (Lang::Mal, "ml"), (Lang::Ori, "or"),
    (Lang::Mya, "my"), (Lang::Nep, "ne"), (Lang::Sin, "si"), (Lang::Khm, "km"), (Lang::Tuk, "tk"),
    (Lang::Aka, "ak"), (Lang::Zul, "zu"), (Lang::Sna, "sn"), (Lang::Afr, "af"), (Lang::Lat, "la"),
    (Lang::Slk, "sk"), (Lang::Cat, "ca"), (Lang::Tgl, "tl"), (Lang::Hye, "hy"), (Lang::Cym, "cy"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_overrule_a_wrong_statement_and_a_statement_helps_short_texts() {
        let german = "Der Himmel über der Stadt war grau und die Leute gingen schnell nach Hause, \
            weil es bald regnen sollte. Niemand sprach ein Wort, und auch die Hunde schwiegen.";
        for (text, stated, language) in [
            (german, Some("en-US"), Some("de")),
            (german, None, Some("de")),
            ("Salve", Some("lat"), Some("la")),
            ("ok", Some("ger"), Some("de")),
            ("12 345", Some("xx"), None),
            ("", None, None),
        ] {
            let mut sample = Sample::default();
            sample.add(text);
            assert_eq!(sample.language(stated).as_deref(), language, "{text}");
        }
    }
}
