//! Dialogues, and what the last question of each stands for.

use proptest::prelude::*;

use super::*;

mod languages;

/// A turn from a question and its answer.
fn turn(question: &str, answer: &str) -> Turn {
    Turn {
        question: question.to_owned(),
        names: names(answer),
    }
}

const PHAROS: (&str, &str) = (
    "Who built the lighthouse of Pharos?",
    "The architect of the lighthouse was Sostratus of Cnidus.",
);
const NAPOLEON: (&str, &str) = (
    "When was Napoleon born?",
    "Napoleon Bonaparte was born in Ajaccio in 1769.",
);
const FRANKENSTEIN: (&str, &str) = (
    "Who wrote Frankenstein?",
    "The novel was written by Mary Shelley in 1818.",
);
const FRANCE: (&str, &str) = (
    "What is the capital of France?",
    "Paris is the capital of France.",
);
const VERSAILLES: (&str, &str) = (
    "When was the Treaty of Versailles signed?",
    "It was signed on 28 June 1919.",
);
const WHALE: (&str, &str) = (
    "How heavy is the heart of a blue whale?",
    "The heart of a blue whale weighs about 180 kilograms.",
);

/// A question, what it follows, and what it stands for.
type Dialogue = ((&'static str, &'static str), &'static str, &'static str);

fn check(dialogues: &[Dialogue]) {
    let mut wrong = Vec::new();
    for ((question, answer), asked, expected) in dialogues {
        let made = standalone(&[turn(question, answer)], asked);
        let same = asked == expected;
        if made.text != *expected || made.depends == same {
            wrong.push(format!("{question} {asked}\n  {}\n  {expected}", made.text));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[expect(clippy::too_many_lines, reason = "one list of dialogues")]
#[test]
fn pronouns_stand_for_what_was_spoken_of() {
    check(&[
        (
            PHAROS,
            "And when was he born?",
            "When was Sostratus of Cnidus born?",
        ),
        (
            PHAROS,
            "When was it built?",
            "When was the lighthouse of Pharos built?",
        ),
        (
            PHAROS,
            "How tall was it?",
            "How tall was the lighthouse of Pharos?",
        ),
        (
            PHAROS,
            "What was its purpose?",
            "What was the lighthouse of Pharos' purpose?",
        ),
        (
            PHAROS,
            "Where did he live and where did he die?",
            "Where did Sostratus of Cnidus live and where did he die?",
        ),
        (
            PHAROS,
            "What else did he build?",
            "What else did Sostratus of Cnidus build?",
        ),
        (
            PHAROS,
            "How much did it cost?",
            "How much did the lighthouse of Pharos cost?",
        ),
        (NAPOLEON, "Where did he die?", "Where did Napoleon die?"),
        (
            NAPOLEON,
            "Who was his first wife?",
            "Who was Napoleon's first wife?",
        ),
        (
            NAPOLEON,
            "What did they call him?",
            "What did they call Napoleon?",
        ),
        (
            FRANKENSTEIN,
            "When was she born?",
            "When was Mary Shelley born?",
        ),
        (
            FRANKENSTEIN,
            "When was it published?",
            "When was Frankenstein published?",
        ),
        (
            FRANKENSTEIN,
            "Who was her husband?",
            "Who was Mary Shelley's husband?",
        ),
        (
            FRANKENSTEIN,
            "What is this book about?",
            "What is Frankenstein about?",
        ),
        (
            VERSAILLES,
            "Who signed it?",
            "Who signed the Treaty of Versailles?",
        ),
        (
            VERSAILLES,
            "What did this treaty say about Germany?",
            "What did the Treaty of Versailles say about Germany?",
        ),
        (
            VERSAILLES,
            "What were its consequences?",
            "What were the Treaty of Versailles' consequences?",
        ),
        (
            FRANCE,
            "How many people live there?",
            "How many people live in the capital of France?",
        ),
        (
            FRANCE,
            "How large is it?",
            "How large is the capital of France?",
        ),
        (
            WHALE,
            "How fast does it beat?",
            "How fast does the heart of a blue whale beat?",
        ),
        (
            (
                "Where do the Vikings come from?",
                "The Vikings came from Scandinavia.",
            ),
            "When did they reach America?",
            "When did the Vikings reach America?",
        ),
        (
            (
                "Where do the Vikings come from?",
                "The Vikings came from Scandinavia.",
            ),
            "What were their ships like?",
            "What were the Vikings' ships like?",
        ),
        (
            ("What is photosynthesis?", "Plants make sugar from light."),
            "How does it work?",
            "How does photosynthesis work?",
        ),
        (
            ("What is photosynthesis?", "Plants make sugar from light."),
            "Who discovered this?",
            "Who discovered photosynthesis?",
        ),
        (
            (
                "What is the height of the lighthouse of Orvane?",
                "It is 41 metres tall.",
            ),
            "When was it built?",
            "When was the lighthouse of Orvane built?",
        ),
        (
            (
                "How much did the bridge cost?",
                "The bridge cost two million.",
            ),
            "And how long is it?",
            "How long is the bridge?",
        ),
        (
            (
                "Who was the last keeper of the lighthouse of Orvane?",
                "The last keeper was Anselm Brandt.",
            ),
            "When did he die?",
            "When did Anselm Brandt die?",
        ),
        (
            (
                "Where was Marie Curie born?",
                "Marie Curie was born in Warsaw.",
            ),
            "What did she discover?",
            "What did Marie Curie discover?",
        ),
        (
            (
                "Where was Marie Curie born?",
                "Marie Curie was born in Warsaw.",
            ),
            "How large is that city?",
            "How large is Warsaw?",
        ),
    ]);
}

#[expect(clippy::too_many_lines, reason = "one list of dialogues")]
#[test]
fn what_is_left_out_is_filled_in() {
    check(&[
        (
            FRANCE,
            "What about Germany?",
            "What is the capital of Germany?",
        ),
        (FRANCE, "And of Spain?", "What is the capital of Spain?"),
        (FRANCE, "And Italy?", "What is the capital of Italy?"),
        (
            FRANCE,
            "How about the population?",
            "What is the population of France?",
        ),
        (
            NAPOLEON,
            "What about Wellington?",
            "When was Wellington born?",
        ),
        (NAPOLEON, "And his wife?", "When was Napoleon's wife born?"),
        (NAPOLEON, "Where?", "Where was Napoleon born?"),
        (NAPOLEON, "Where exactly?", "Where was Napoleon born?"),
        (PHAROS, "When?", "When was the lighthouse of Pharos built?"),
        (
            PHAROS,
            "And why?",
            "Why was the lighthouse of Pharos built?",
        ),
        (
            PHAROS,
            "Who else?",
            "Who else built the lighthouse of Pharos?",
        ),
        (
            PHAROS,
            "What about the lighthouse of Orvane?",
            "Who built the lighthouse of Orvane?",
        ),
        (FRANKENSTEIN, "When?", "When was Frankenstein written?"),
        (FRANKENSTEIN, "And Dracula?", "Who wrote Dracula?"),
        (
            VERSAILLES,
            "Where?",
            "Where was the Treaty of Versailles signed?",
        ),
        (
            VERSAILLES,
            "Who?",
            "By whom was the Treaty of Versailles signed?",
        ),
        (
            VERSAILLES,
            "Why?",
            "Why was the Treaty of Versailles signed?",
        ),
        (
            ("Did Rome fall in 476?", "It did."),
            "Why?",
            "Why did Rome fall in 476?",
        ),
        (
            ("What was the price of bread in 1920?", "Ten pence."),
            "And in 1950?",
            "What was the price of bread in 1950?",
        ),
        (
            ("How long does sourdough rest?", "Twelve hours."),
            "What about rye dough?",
            "How long does rye dough rest?",
        ),
        (
            ("How many lighthouses stand in Norway?", "There are 212."),
            "In Sweden?",
            "How many lighthouses stand in Sweden?",
        ),
        (
            ("Who governs Egypt?", "A president."),
            "Since when?",
            "Since when? Who governs Egypt?",
        ),
        (
            VERSAILLES,
            "Tell me more.",
            "When was the Treaty of Versailles signed?",
        ),
        (
            VERSAILLES,
            "Is that true?",
            "When was the Treaty of Versailles signed?",
        ),
        (
            VERSAILLES,
            "What happened next?",
            "What happened next (the Treaty of Versailles)?",
        ),
    ]);
}

#[test]
fn a_question_that_stands_alone_stays_as_it_is() {
    let own: Vec<Dialogue> = [
        "When was the Eiffel Tower built?",
        "And when was the Eiffel Tower built?",
        "Who was Sostratus?",
        "Did Nelson love his wife?",
        "When did the Titanic sink and where was it built?",
        "Is it true that whales sing?",
        "How long did it take to build the Suez Canal?",
        "What time is it?",
        "What do blue whales eat?",
        "photosynthesis",
        "lighthouse keeper Orvane",
        "Thanks!",
        "What is krill?",
        "Which animals sing for hours?",
        "Are there wolves in Norway?",
        "How is bread baked?",
        "Why is the sky blue?",
        "  What  does \"krill\" mean ? ",
        "What did Newton say about the book that he wrote?",
        "谁写了红楼梦？",
        "Wer hat den Eiffelturm gebaut?",
        "Quelle est la capitale de la France ?",
        "¿Qué es la fotosíntesis?",
    ]
    .map(|question| (PHAROS, question, question))
    .to_vec();
    check(&own);
}

#[test]
fn what_was_spoken_of_earlier_is_found_when_the_last_turn_does_not_have_it() {
    let turns = [
        turn(
            "Who was Ada Lovelace?",
            "Ada Lovelace wrote the first programme.",
        ),
        turn("What is an analytical engine?", "A machine that computes."),
    ];
    let made = standalone(&turns, "When did she die?");
    assert_eq!(made.text, "When did Ada Lovelace die?");
    let made = standalone(&turns, "Who designed it?");
    assert_eq!(made.text, "Who designed an analytical engine?");
    assert_eq!(
        standalone(&[], "When did she die?").text,
        "When did she die?"
    );
}

#[test]
fn a_title_is_cut_at_a_word_and_has_one_line() {
    assert_eq!(title(" Who built\nit? "), "Who built it?");
    let long = title(&"lighthouse ".repeat(20));
    assert!(
        long.len() <= TITLE_BYTES_MAX && long.ends_with("lighthouse…"),
        "{long}"
    );
    let run = title(&"灯".repeat(90));
    assert!(run.len() <= TITLE_BYTES_MAX && run.ends_with('…'), "{run}");
    assert_eq!(title(""), "");
}

#[test]
fn names_are_found_where_they_stand() {
    let found = |text: &str| names(text).join("; ");
    assert_eq!(found(PHAROS.1), "Sostratus of Cnidus");
    assert_eq!(
        found("It was built in 1743 by the engineer Tilda Marrow."),
        "1743; Tilda Marrow"
    );
    assert_eq!(found("Earthquakes damaged the tower badly."), "");
    assert_eq!(
        found("The painter was Leonardo da Vinci. He met J. R. Smith."),
        "Leonardo da Vinci; J. R. Smith"
    );
}

proptest! {
    #[test]
    fn no_dialogue_breaks_it_and_its_length_is_bounded(
        question in "\\PC{0,80}", answer in "\\PC{0,120}", asked in "\\PC{0,120}",
    ) {
        let made = standalone(&[turn(&question, &answer)], &asked);
        prop_assert!(made.text.len() <= asked.len() + CARRIED_BYTES_MAX);
        prop_assert!(made.depends || made.text == asked);
        prop_assert!(title(&asked).len() <= TITLE_BYTES_MAX);
    }

    #[test]
    fn words_in_any_order_do_not_break_it(
        last in proptest::collection::vec(0_usize..WORDS.len(), 0..12),
        asked in proptest::collection::vec(0_usize..WORDS.len(), 0..9),
    ) {
        let text = |words: &[usize]| words.iter().map(|at| WORDS[*at]).collect::<Vec<_>>().join(" ");
        let asked = text(&asked);
        let made = standalone(&[turn(&text(&last), "Tilda Marrow")], &asked);
        prop_assert!(made.text.len() <= asked.len() + CARRIED_BYTES_MAX);
        prop_assert!(made.depends || made.text == asked);
    }
}

/// Words that the rules look at.
const WORDS: &[&str] = &[
    "who", "what", "when", "about", "the", "of", "Paris", "it", "he", "his", "this", "treaty",
    "was", "did", "and", "in", "1950", "there", "they", "that", "wife", "why", "else", "?", "'s",
    "-", "est", "il", "sa", "su", "er", "und", "et", "Y",
];
