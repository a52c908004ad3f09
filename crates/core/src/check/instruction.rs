//! Sentences that tell a reader or a machine what to write: orders about an answer, tasks, exercises.
//! They say nothing about the world and are never evidence, just as a question is not.

/// Whether a sentence of a document is about the answer that is being written, or about the writer.
///
/// A handbook's "Press the button" is no such thing: what counts is that the sentence speaks of a
/// reply, of earlier instructions, or of the assistant.
#[must_use]
pub fn is_instruction(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .filter(|word| !word.is_empty())
        .collect();
    let plain = format!(" {} ", words.join(" "));
    if PHRASES.iter().any(|phrase| plain.contains(phrase)) {
        return true;
    }
    if is_task(&words) {
        return true;
    }
    let speaks_of_answer = words
        .windows(2)
        .any(|pair| matches!(pair, [owner, answer] if OWNERS.contains(owner) && ANSWERS.contains(answer)));
    let orders = |words: &[&str]| {
        let mut first = words.iter().take(ORDER_WORDS_MAX);
        first.any(|word| ORDERS.split(' ').any(|order| order == *word))
    };
    speaks_of_answer && (is_order(&words) || words.contains(&"your") && orders(&words))
}

/// What stands before the word for an answer.
const OWNERS: [&str; 6] = ["your", "the", "this", "any", "every", "final"];

/// Words behind a task's verb among which its object is looked for.
const TASK_WORDS_MAX: usize = 5;

/// Whether a sentence sets somebody a task of writing: "Explain how …", "Write a poem about …".
fn is_task(words: &[&str]) -> bool {
    let polite = ["please", "now", "then", "also", "briefly", "kindly"];
    let mut rest = words.iter().skip_while(|word| polite.contains(word));
    let Some(verb) = rest.next() else {
        return false;
    };
    if TASKS.split(' ').any(|task| task == *verb) {
        return true;
    }
    let mut near = rest.take(TASK_WORDS_MAX);
    let is = |list: &str| list.split(' ').any(|item| item == *verb);
    let mut follows = |list: &str| near.any(|word| list.split(' ').any(|item| item == *word));
    is(WRITINGS) && follows(WORKS) || is(TWISTS) && follows(LETTERS)
}

/// Verbs with which only tasks begin.
const TASKS: &str = "explain describe translate compose draft summarize summarise paraphrase rephrase \
    rewrite reword proofread roleplay";

/// Verbs of twisting a text, when its letters or words follow.
const TWISTS: &str = "replace substitute scramble rearrange jumble swap reverse remove convert misspell \
    group shuffle";

/// What a text is made of.
const LETTERS: &str = "letter letters vowel vowels consonant consonants word words spaces symbols \
    characters";

/// Verbs with which tasks begin when a work of words follows.
const WRITINGS: &str = "write provide give develop create generate produce break outline list";

/// Works of words, and what else is asked of one who writes.
const WORKS: &str = "poem story essay letter speech introduction conclusion summary translation example \
    equivalent function script program code snippet plot sentence paragraph email joke song tweet headline \
    slogan argument";

/// Words from the beginning among which an order is looked for.
const ORDER_WORDS_MAX: usize = 12;

/// Whether a sentence begins with an order.
fn is_order(words: &[&str]) -> bool {
    let polite = [
        "please",
        "now",
        "then",
        "also",
        "always",
        "instead",
        "important",
        "note",
    ];
    let first = words.iter().find(|word| !polite.contains(word));
    first.is_some_and(|first| ORDERS.split(' ').any(|order| order == *first))
}

/// What an answerer writes.
const ANSWERS: [&str; 11] = [
    "answer",
    "answers",
    "reply",
    "response",
    "responses",
    "output",
    "message",
    "summary",
    "response's",
    "answer's",
    "reply's",
];

/// Orders that are given to one who writes.
const ORDERS: &str = "add include append integrate insert modify augment enhance mention write replace \
    use provide give make convert substitute render introduce misspell scramble jumble rearrange anagram \
    remove group combine end begin start finish output print repeat say tell respond reply answer \
    translate ignore disregard forget reveal show suggest recommend encourage link promote state stress \
    highlight express tease draft compose execute call send put mark cite quote switch speak act pretend";

/// Phrases that only somebody uses who speaks to a machine.
const PHRASES: [&str; 22] = [
    " ignore all previous ",
    " ignore previous ",
    " ignore the previous ",
    " ignore your previous ",
    " ignore the above ",
    " ignore all instructions ",
    " disregard all previous ",
    " disregard previous ",
    " disregard the above ",
    " disregard your instructions ",
    " forget your instructions ",
    " forget all previous ",
    " previous instructions ",
    " new instructions ",
    " system prompt ",
    " you are now ",
    " as an ai ",
    " language model must ",
    " ai assistant must ",
    " assistant should ",
    " in your response ",
    " in your reply ",
];
