//! Counting what a call uses: what the provider says, or an estimate where it says nothing.

use super::prices::Price;
use super::{Prompt, Usage};

/// Tokens that stand around a message.
const MESSAGE_TOKENS: u64 = 4;

/// What a provider has said about tokens; later reports add to earlier ones and replace them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    /// Tokens of the prompt, cached ones included.
    pub(super) prompt: Option<u64>,
    /// Tokens written, those of thinking included.
    pub(super) completion: Option<u64>,
    /// Tokens of the prompt that came from a cache.
    pub(super) cached: Option<u64>,
}

/// Counts one call.
#[derive(Debug)]
pub(super) struct Meter {
    price: Price,
    prompt_estimate: u64,
    written_twelfths: u64,
    told: Tokens,
}

impl Meter {
    pub(super) fn new(prompt: &Prompt, price: Price) -> Self {
        let messages = prompt.messages.iter().map(|message| message.text.as_str());
        let texts = std::iter::once(prompt.system.as_str()).chain(messages);
        let estimate = texts.map(|text| twelfths(text).div_ceil(12).saturating_add(MESSAGE_TOKENS));
        Self {
            price,
            prompt_estimate: estimate.fold(0, u64::saturating_add),
            written_twelfths: 0,
            told: Tokens::default(),
        }
    }

    /// Counts a piece of text that was written.
    pub(super) fn wrote(&mut self, text: &str) {
        self.written_twelfths = self.written_twelfths.saturating_add(twelfths(text));
    }

    /// Notes what the provider says.
    pub(super) fn told(&mut self, tokens: Tokens) {
        self.told = Tokens {
            prompt: tokens.prompt.or(self.told.prompt),
            completion: tokens.completion.or(self.told.completion),
            cached: tokens.cached.or(self.told.cached),
        };
    }

    /// What the call has used so far.
    pub(super) fn usage(&self) -> Usage {
        let prompt_tokens = self.told.prompt.unwrap_or(self.prompt_estimate);
        let written = self.written_twelfths.div_ceil(12);
        let mut usage = Usage {
            prompt_tokens,
            completion_tokens: self.told.completion.unwrap_or(written),
            cached_tokens: self.told.cached.unwrap_or(0).min(prompt_tokens),
            cost_micros: 0,
            is_estimated: self.told.prompt.is_none() || self.told.completion.is_none(),
        };
        usage.cost_micros = self.price.cost(&usage);
        usage
    }
}

/// About how many tokens a text has, for models whose way to count is not known: four letters of
/// English make one, and so do one and a half of the letters outside ASCII.
#[must_use]
pub fn estimate_tokens(text: &str) -> usize {
    usize::try_from(twelfths(text).div_ceil(12)).unwrap_or(usize::MAX)
}

/// Twelfths of a token, so that pieces can be added without rounding each.
fn twelfths(text: &str) -> u64 {
    let weight = |sign: char| if sign.is_ascii() { 3 } else { 8 };
    text.chars().map(weight).sum()
}

#[cfg(test)]
mod tests {
    use super::super::prices::Price;
    use super::super::{Message, Prompt, Role, Usage};
    use super::{Meter, Tokens, estimate_tokens};

    fn meter() -> Meter {
        let prompt = Prompt {
            system: "Say it in one word.".to_owned(),
            messages: vec![Message {
                role: Role::User,
                text: "Who am I?".to_owned(),
            }],
            tokens_max: 10,
            temperature: 0.0,
        };
        let price = Price {
            prompt: 2_000_000,
            cached: 500_000,
            completion: 8_000_000,
        };
        let mut meter = Meter::new(&prompt, price);
        meter.wrote("Nobo");
        meter.wrote("dy.");
        meter
    }

    #[test]
    fn what_the_provider_says_counts() {
        let mut meter = meter();
        meter.told(Tokens {
            prompt: Some(1000),
            cached: Some(400),
            completion: Some(1),
        });
        meter.told(Tokens {
            completion: Some(100),
            ..Tokens::default()
        });
        let expected = Usage {
            prompt_tokens: 1000,
            completion_tokens: 100,
            cached_tokens: 400,
            cost_micros: 600 * 2 + 400 / 2 + 100 * 8,
            is_estimated: false,
        };
        assert_eq!(meter.usage(), expected);
    }

    #[test]
    fn what_it_does_not_say_is_estimated_and_marked() {
        let mut meter = meter();
        let estimated = meter.usage();
        assert!(estimated.is_estimated);
        assert_eq!(
            (estimated.prompt_tokens, estimated.completion_tokens),
            (5 + 4 + 3 + 4, 2)
        );
        assert_eq!(estimated.cost_micros, 16 * 2 + 2 * 8);
        meter.told(Tokens {
            prompt: Some(12),
            cached: Some(99),
            completion: None,
        });
        let half = meter.usage();
        assert!(half.is_estimated);
        assert_eq!((half.prompt_tokens, half.cached_tokens), (12, 12));
    }

    #[test]
    fn other_writings_have_more_tokens_a_letter() {
        assert_eq!(estimate_tokens(""), 0);
        assert_eq!(estimate_tokens("a"), 1);
        assert_eq!(estimate_tokens("four letters"), 3);
        assert_eq!(estimate_tokens("図書館"), 2);
    }
}
