//! The words that ask, in the languages that the product is tried in.

use std::borrow::Cow;

use super::AnswerKind;
use super::AnswerKind::{Number, Other, Person, Place, Time};

/// What one language asks with.
struct Asking {
    /// ISO 639-1.
    language: &'static str,
    /// Words that ask and helping verbs: no answer has to share them.
    words: &'static str,
    /// Phrases, and what they ask for; the first that occurs counts. A phrase that ends in `*` is the
    /// beginning of a word.
    phrases: &'static [(AnswerKind, &'static str)],
    /// Whether phrases are looked for inside runs of characters, because there are no spaces.
    spaceless: bool,
}

/// Whether a word in small letters only asks.
pub(super) fn asks(word: &str, language: Option<&str>) -> bool {
    tables(language)
        .any(|table| !table.spaceless && table.words.split(' ').any(|asking| asking == word))
}

/// A question without the words that ask, in languages that put no spaces between words; other
/// questions, and those of which nothing would be left, as they are.
pub(super) fn without_asking<'a>(text: &'a str, language: Option<&str>) -> Cow<'a, str> {
    let mut bare = Cow::Borrowed(text);
    for table in tables(language).filter(|table| table.spaceless) {
        for word in table
            .words
            .split(' ')
            .filter(|word| bare.contains(*word))
            .collect::<Vec<_>>()
        {
            bare = Cow::Owned(bare.replace(word, " "));
        }
    }
    if bare.chars().any(char::is_alphanumeric) {
        bare
    } else {
        Cow::Borrowed(text)
    }
}

/// What a question asks for. `plain` is its words parted by single spaces, `lower` the whole of it.
pub(super) fn kind(plain: &str, lower: &str, language: Option<&str>) -> AnswerKind {
    let padded = format!(" {plain} ");
    for table in tables(language) {
        let found = table.phrases.iter().find(|(_, phrase)| {
            if table.spaceless {
                lower.contains(phrase)
            } else if let Some(beginning) = phrase.strip_suffix('*') {
                padded.contains(&format!(" {beginning}"))
            } else {
                padded.contains(&format!(" {phrase} "))
            }
        });
        if let Some((kind, _)) = found {
            return *kind;
        }
    }
    Other
}

/// The table of a language; for an unknown one, English and those whose script tells them apart.
fn tables(language: Option<&str>) -> impl Iterator<Item = &'static Asking> {
    let known = language.filter(|language| TABLES.iter().any(|table| table.language == *language));
    let own = known.map(str::to_owned);
    TABLES.iter().filter(move |table| match &own {
        Some(language) => table.language == language,
        None => ["en", "ar", "el", "hi", "ru", "th", "zh"].contains(&table.language),
    })
}

static TABLES: &[Asking] = &[
    Asking {
        language: "en",
        words: "what which who whom whose when where why how do does did is are was were be been has \
                have had can could will would should many much",
        phrases: &[
            (Number, "how many"),
            (Number, "how much"),
            (Number, "how old"),
            (Number, "how far"),
            (Number, "how tall"),
            (Number, "how large"),
            (Number, "how big"),
            (Number, "how high"),
            (Number, "how long"),
            (Number, "what percent*"),
            (Number, "what number"),
            (Number, "what amount"),
            (Time, "when"),
            (Time, "what year*"),
            (Time, "which year*"),
            (Time, "what date"),
            (Time, "what day"),
            (Time, "what month"),
            (Time, "what decade"),
            (Time, "what century"),
            (Time, "what time"),
            (Place, "where"),
            (Place, "what city"),
            (Place, "what country"),
            (Place, "what state"),
            (Place, "which city"),
            (Place, "which country"),
            (Other, "how"),
            (Other, "why"),
            (Person, "who"),
            (Person, "whom"),
            (Person, "whose"),
        ],
        spaceless: false,
    },
    Asking {
        language: "de",
        words: "was wer wen wem wessen wann wo wohin woher warum wieso weshalb wie welche welcher \
                welches welchen welchem viele viel wurde wurden war waren ist sind hat haben hatte",
        phrases: &[
            (Number, "wie viel*"),
            (Number, "wieviel*"),
            (Number, "wie hoch"),
            (Number, "wie lange"),
            (Number, "wie alt"),
            (Number, "wie groß"),
            (Time, "wann"),
            (Time, "welchem jahr"),
            (Time, "welches jahr"),
            (Place, "wo"),
            (Place, "wohin"),
            (Place, "woher"),
            (Person, "wer"),
            (Person, "wen"),
            (Person, "wem"),
            (Person, "wessen"),
        ],
        spaceless: false,
    },
    Asking {
        language: "es",
        words: "qué que cuál cuáles quién quiénes cuándo dónde cómo cuánto cuánta cuántos cuántas por \
                fue fueron es son era ha han",
        phrases: &[
            (Number, "cuánt*"),
            (Number, "cuant*"),
            (Time, "cuándo"),
            (Time, "qué año"),
            (Place, "dónde"),
            (Person, "quién*"),
            (Person, "quien*"),
        ],
        spaceless: false,
    },
    Asking {
        language: "fr",
        words: "que quel quelle quels quelles qui quand où comment combien pourquoi est ce sont était \
                étaient a ont",
        phrases: &[
            (Number, "combien"),
            (Time, "quand"),
            (Time, "quelle année"),
            (Place, "où"),
            (Person, "qui"),
        ],
        spaceless: false,
    },
    Asking {
        language: "it",
        words: "che cosa quale quali chi quando dove come quanto quanta quanti quante perché è sono era",
        phrases: &[
            (Number, "quant*"),
            (Time, "quando"),
            (Time, "che anno"),
            (Place, "dove"),
            (Person, "chi"),
        ],
        spaceless: false,
    },
    Asking {
        language: "pt",
        words: "que qual quais quem quando onde como quanto quanta quantos quantas por é são foi foram era",
        phrases: &[
            (Number, "quant*"),
            (Time, "quando"),
            (Time, "que ano"),
            (Place, "onde"),
            (Person, "quem"),
        ],
        spaceless: false,
    },
    Asking {
        language: "nl",
        words: "wat wie wanneer waar waarom hoe welke welk hoeveel is zijn was waren werd heeft hebben",
        phrases: &[
            (Number, "hoeveel"),
            (Time, "wanneer"),
            (Time, "welk jaar"),
            (Place, "waar"),
            (Person, "wie"),
        ],
        spaceless: false,
    },
    Asking {
        language: "ro",
        words: "ce care cine cui când unde cum cât câtă câți câte de a au fost este sunt era",
        phrases: &[
            (Number, "cât"),
            (Number, "câtă"),
            (Number, "câți"),
            (Number, "câte"),
            (Time, "când"),
            (Time, "ce an"),
            (Place, "unde"),
            (Person, "cine"),
            (Person, "cui"),
        ],
        spaceless: false,
    },
    Asking {
        language: "tr",
        words: "ne kim kimin kime nerede nereden nereye neden niçin nasıl kaç hangi zaman mi mı mu mü",
        phrases: &[
            (Number, "kaç"),
            (Number, "ne kadar"),
            (Time, "ne zaman"),
            (Time, "hangi yıl*"),
            (Place, "nere*"),
            (Person, "kim*"),
        ],
        spaceless: false,
    },
    Asking {
        language: "vi",
        words: "gì ai nào đâu khi sao bao nhiêu thế là đã có được",
        phrases: &[
            (Number, "bao nhiêu"),
            (Number, "mấy"),
            (Time, "khi nào"),
            (Time, "năm nào"),
            (Place, "ở đâu"),
            (Place, "nơi nào"),
            (Person, "ai"),
        ],
        spaceless: false,
    },
    Asking {
        language: "ru",
        words: "что кто кого кому чем когда где куда откуда почему как какой какая какое какие каким \
                каких сколько был была были было",
        phrases: &[
            (Number, "сколько"),
            (Time, "когда"),
            (Time, "каком году"),
            (Place, "где"),
            (Place, "куда"),
            (Place, "откуда"),
            (Person, "кто"),
            (Person, "кого"),
            (Person, "кому"),
        ],
        spaceless: false,
    },
    Asking {
        language: "el",
        words: "τι ποιος ποια ποιο ποιοι ποιες ποιον πότε πού που πώς γιατί πόσο πόσα πόσοι πόσες ήταν είναι",
        phrases: &[
            (Number, "πόσ*"),
            (Time, "πότε"),
            (Time, "ποια χρονιά"),
            (Time, "ποιο έτος"),
            (Place, "πού"),
            (Person, "ποιος"),
            (Person, "ποιοι"),
            (Person, "ποιον"),
        ],
        spaceless: false,
    },
    Asking {
        language: "ar",
        words: "ما ماذا من متى أين كيف لماذا كم هل أي هو هي كان كانت",
        phrases: &[
            (Number, "كم"),
            (Time, "متى"),
            (Time, "أي عام"),
            (Place, "أين"),
            (Person, "من الذي"),
            (Person, "من هو"),
        ],
        spaceless: false,
    },
    Asking {
        language: "hi",
        words: "क्या कौन किसने किसे किस किसका कब कहाँ कहां क्यों कैसे कितने कितनी कितना था थी थे है हैं",
        phrases: &[
            (Number, "कितन*"),
            (Time, "कब"),
            (Time, "किस वर्ष"),
            (Place, "कहाँ"),
            (Place, "कहां"),
            (Person, "कौन"),
            (Person, "किसने"),
            (Person, "किसे"),
        ],
        spaceless: false,
    },
    Asking {
        language: "th",
        words: "อย่างไร อะไร ใคร ที่ไหน ที่ใด เมื่อใด เมื่อไร เมื่อไหร่ เท่าไร เท่าไหร่ เท่าใด ทำไม ปีใด กี่ ใด",
        phrases: &[
            (Number, "กี่"),
            (Number, "เท่าไร"),
            (Number, "เท่าไหร่"),
            (Number, "เท่าใด"),
            (Time, "เมื่อใด"),
            (Time, "เมื่อไร"),
            (Time, "เมื่อไหร่"),
            (Time, "ปีใด"),
            (Place, "ที่ไหน"),
            (Place, "ที่ใด"),
            (Person, "ใคร"),
        ],
        spaceless: true,
    },
    Asking {
        language: "zh",
        words: "什么时候 为什么 什么 哪一年 哪一个 哪些 哪个 哪里 哪儿 哪年 哪 谁 多少 几个 何时 何处 如何 怎么 怎样",
        phrases: &[
            (Number, "多少"),
            (Number, "几个"),
            (Time, "什么时候"),
            (Time, "何时"),
            (Time, "哪一年"),
            (Time, "哪年"),
            (Place, "哪里"),
            (Place, "何处"),
            (Place, "哪儿"),
            (Person, "谁"),
        ],
        spaceless: true,
    },
];
