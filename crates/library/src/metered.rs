//! A call of a language model that is counted whatever becomes of it: when it ends, by what the provider
//! says; when it breaks off or nobody listens any more, by an estimate of what it has used so far.

use alexandria_core::budget::Feature;
use alexandria_core::error::{Error, Result};
use alexandria_models::generator::{Delta, Price, Prompt, Usage, estimate_tokens};
use futures::StreamExt as _;
use futures::stream::BoxStream;

use crate::ledger::{Called, Charge, Ledger, Permit};
use crate::metrics::{COST_USD_TOTAL, TOKENS_TOTAL};
use crate::models::LentGenerator;

/// Tokens that stand around a message.
const MESSAGE_TOKENS: usize = 4;

/// A call under way.
pub(crate) struct Metered {
    stream: BoxStream<'static, Result<Delta>>,
    provider: String,
    price: Price,
    prompt_tokens: usize,
    written: String,
    /// What it used, once that is known.
    used: Option<Usage>,
    /// Where it is paid.
    charge: Box<Charge>,
}

/// What became of the wish to call a model.
pub(crate) enum Begun {
    /// It writes.
    Call(Box<Metered>),
    /// A budget is used up, as the sentence says.
    Refused(String),
    /// It did not answer; nothing is counted then.
    Failed(Error),
}

impl Metered {
    /// Begins to write.
    ///
    /// # Errors
    /// `Unavailable` when the catalog does not answer.
    pub(crate) async fn begin(
        ledger: &Ledger,
        feature: Feature,
        generator: &LentGenerator,
        prompt: &Prompt,
    ) -> Result<Begun> {
        let model = generator.model();
        let called = Called {
            feature,
            provider: &model.provider,
            model: &model.name,
            costs: generator.costs(),
        };
        let worst = worst(generator, prompt);
        let mut charge = match ledger.admit(generator.principal(), called, worst).await? {
            Permit::Yes(charge) => charge,
            Permit::Not(why) => return Ok(Begun::Refused(why)),
        };
        let stream = match generator.generate(prompt).await {
            Ok(stream) => stream,
            Err(error) => {
                charge.release().await;
                return Ok(Begun::Failed(error));
            }
        };
        Ok(Begun::Call(Box::new(Self {
            stream,
            provider: model.provider.clone(),
            price: generator.price(),
            prompt_tokens: texts(prompt)
                .map(|text| estimate_tokens(text) + MESSAGE_TOKENS)
                .sum(),
            written: String::new(),
            used: None,
            charge,
        })))
    }

    /// The next piece; nothing after the end or an error.
    pub(crate) async fn next(&mut self) -> Option<Result<Delta>> {
        let next = self.stream.next().await?;
        match &next {
            Ok(Delta::Text(text)) => self.written.push_str(text),
            Ok(Delta::Done { usage, .. }) => self.settle(*usage).await,
            Err(_) => self.settle(self.estimate()).await,
        }
        Some(next)
    }

    /// What the call has used, estimated as long as it has not ended.
    pub(crate) fn usage(&self) -> Usage {
        self.used.unwrap_or_else(|| self.estimate())
    }

    fn estimate(&self) -> Usage {
        let count = |tokens: usize| u64::try_from(tokens).unwrap_or(u64::MAX);
        let mut usage = Usage {
            prompt_tokens: count(self.prompt_tokens),
            completion_tokens: count(estimate_tokens(&self.written)),
            is_estimated: true,
            ..Usage::default()
        };
        usage.cost_micros = self.price.cost(&usage);
        usage
    }

    /// Counts the call, once.
    async fn settle(&mut self, usage: Usage) {
        if self.used.replace(usage).is_none() {
            self.measure(&usage);
            self.charge.settle(usage).await;
        }
    }

    fn measure(&self, usage: &Usage) {
        let estimated = if usage.is_estimated { "true" } else { "false" };
        for (kind, tokens) in [
            ("prompt", usage.prompt_tokens),
            ("completion", usage.completion_tokens),
            ("cached", usage.cached_tokens),
        ] {
            let labels = [
                ("provider", self.provider.clone()),
                ("kind", kind.to_owned()),
                ("estimated", estimated.to_owned()),
            ];
            metrics::counter!(TOKENS_TOTAL, &labels).increment(tokens);
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "far below 2^53 millionths of a dollar"
        )]
        let dollars = usage.cost_micros as f64 / 1e6;
        let labels = [
            ("provider", self.provider.clone()),
            ("estimated", estimated.to_owned()),
        ];
        metrics::gauge!(COST_USD_TOTAL, &labels).increment(dollars);
    }
}

impl Drop for Metered {
    fn drop(&mut self) {
        if self.used.is_none() {
            let usage = self.estimate();
            self.measure(&usage);
            self.charge.settle_later(usage);
        }
    }
}

/// What a call uses at most: no token is shorter than a byte.
fn worst(generator: &LentGenerator, prompt: &Prompt) -> Usage {
    let count = |tokens: usize| u64::try_from(tokens).unwrap_or(u64::MAX);
    let bytes = texts(prompt).map(|text| text.len() + MESSAGE_TOKENS).sum();
    let room = generator.model().context_tokens_max;
    let mut usage = Usage {
        prompt_tokens: count(room.min(bytes)),
        completion_tokens: u64::from(prompt.tokens_max),
        ..Usage::default()
    };
    usage.cost_micros = generator.price().cost(&usage);
    usage
}

/// Everything that a model is given.
fn texts(prompt: &Prompt) -> impl Iterator<Item = &str> {
    let messages = prompt.messages.iter().map(|message| message.text.as_str());
    messages.chain(std::iter::once(prompt.system.as_str()))
}
