//! A call of a language model that is counted whatever becomes of it: when it ends, by what the provider
//! says; when it breaks off or nobody listens any more, by an estimate of what it has used so far.

use alexandria_core::error::Result;
use alexandria_models::generator::{Delta, Generator, Price, Prompt, Usage, estimate_tokens};
use futures::StreamExt as _;
use futures::stream::BoxStream;

use crate::metrics::{COST_USD_TOTAL, TOKENS_TOTAL};

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
}

impl Metered {
    /// Begins to write.
    ///
    /// # Errors
    /// As for [`Generator::generate`]; nothing is counted then.
    pub(crate) async fn begin(generator: &dyn Generator, prompt: &Prompt) -> Result<Self> {
        let stream = generator.generate(prompt).await?;
        let texts = prompt.messages.iter().map(|message| message.text.as_str());
        let texts = texts.chain(std::iter::once(prompt.system.as_str()));
        Ok(Self {
            stream,
            provider: generator.model().provider.clone(),
            price: generator.price(),
            prompt_tokens: texts
                .map(|text| estimate_tokens(text) + MESSAGE_TOKENS)
                .sum(),
            written: String::new(),
            used: None,
        })
    }

    /// The next piece; nothing after the end or an error.
    pub(crate) async fn next(&mut self) -> Option<Result<Delta>> {
        let next = self.stream.next().await?;
        match &next {
            Ok(Delta::Text(text)) => self.written.push_str(text),
            Ok(Delta::Done { usage, .. }) => self.settle(*usage),
            Err(_) => self.settle(self.estimate()),
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
    fn settle(&mut self, usage: Usage) {
        if self.used.replace(usage).is_some() {
            return;
        }
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
            self.settle(self.estimate());
        }
    }
}
