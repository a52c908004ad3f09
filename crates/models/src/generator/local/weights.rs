//! A loaded model: prompts become tokens, tokens become text.
//!
//! What a passage or a person says is never read as a control token: a passage that writes out the
//! marks which separate the messages of a chat stays a passage.

use std::num::NonZeroU32;
use std::sync::{Mutex, OnceLock, PoisonError};

use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::model::{LlamaChatMessage, LlamaChatTemplate, LlamaModel};
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;

use super::LocalConfig;
use crate::generator::{Prompt, Role};

/// Tokens read at a time; between two such batches a call can be given up.
const BATCH_TOKENS: u32 = 256;

/// The chat format of models that do not name their own.
const TEMPLATE_DEFAULT: &str = "chatml";

/// Threads at most: more do not make a processor's memory quicker.
const THREADS_MAX: usize = 16;

/// The seed of answers that are allowed to be free, so that the same question is answered alike.
const SEED: u32 = 1;

/// llama.cpp, which can be started once in a process.
fn backend() -> Result<&'static LlamaBackend> {
    static STARTED: OnceLock<LlamaBackend> = OnceLock::new();
    static STARTING: Mutex<()> = Mutex::new(());
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(backend) = STARTED.get() {
        return Ok(backend);
    }
    let mut backend = LlamaBackend::init()
        .context(ErrorKind::Internal, || "cannot start llama.cpp".to_owned())?;
    // It writes hundreds of lines to standard error otherwise.
    backend.void_logs();
    Ok(STARTED.get_or_init(|| backend))
}

/// A model that has been read.
#[derive(Debug)]
pub(super) struct Weights {
    model: LlamaModel,
    template: LlamaChatTemplate,
    context_tokens: u32,
    file: String,
}

impl Weights {
    /// Reads the model of the configuration; its weights stay in the file and are mapped.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be read.
    pub(super) fn open(config: &LocalConfig) -> Result<Self> {
        let file = config.file.display().to_string();
        let cannot = || format!("cannot load the language model {file}");
        let parameters = LlamaModelParams::default().with_use_mmap(true);
        let model = LlamaModel::load_from_file(backend()?, &config.file, &parameters)
            .context(ErrorKind::Unavailable, cannot)?;
        let template = match model.chat_template(None) {
            Ok(template) => template,
            Err(_) => {
                LlamaChatTemplate::new(TEMPLATE_DEFAULT).context(ErrorKind::Internal, cannot)?
            }
        };
        let wanted = u32::try_from(config.context_tokens_max).unwrap_or(u32::MAX);
        Ok(Self {
            context_tokens: wanted.min(model.n_ctx_train()).max(1),
            model,
            template,
            file,
        })
    }

    /// A place to write in.
    ///
    /// # Errors
    /// `Unavailable` when there is not enough memory for it.
    pub(super) fn writer(&self) -> Result<Writer<'_>> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = i32::try_from(threads.min(THREADS_MAX)).unwrap_or(1);
        let parameters = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(self.context_tokens))
            .with_n_batch(BATCH_TOKENS)
            .with_n_threads(threads)
            .with_n_threads_batch(threads);
        let context = self.model.new_context(backend()?, parameters).context(
            ErrorKind::Unavailable,
            || {
                format!(
                    "cannot set memory aside for {} tokens of the language model {}: set \
                     ALEXANDRIA_GENERATOR_CONTEXT_TOKENS_MAX to fewer",
                    self.context_tokens, self.file
                )
            },
        )?;
        Ok(Writer {
            weights: self,
            context,
            held: Vec::new(),
        })
    }

    /// The tokens of a prompt.
    fn tokens(&self, prompt: &Prompt) -> Result<Vec<LlamaToken>> {
        let mut texts = vec![("system", prompt.system.as_str())];
        texts.extend(prompt.messages.iter().map(|message| {
            let role = match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            (role, message.text.as_str())
        }));
        // The format is filled with marks, and each mark is then replaced by tokens of plain text.
        let mark = |at: usize| format!("(alexandria:{at})");
        let cannot = || format!("cannot put a prompt together for {}", self.file);
        let chat = (0..)
            .zip(&texts)
            .map(|(at, (role, _))| LlamaChatMessage::new((*role).to_owned(), mark(at)))
            .collect::<Result<Vec<_>, _>>()
            .context(ErrorKind::Internal, cannot)?;
        let frame = self
            .model
            .apply_chat_template(&self.template, &chat, true)
            .context(ErrorKind::Unsupported, cannot)?;
        let vocabulary = self.model.vocab();
        let mut tokens = Vec::new();
        let mut rest = frame.as_str();
        for (at, (_, text)) in (0..).zip(&texts) {
            let Some((before, after)) = rest.split_once(&mark(at)) else {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    format!(
                        "the chat format of {} takes no {} message: choose another model",
                        self.file,
                        if at == 0 { "system" } else { "such" }
                    ),
                ));
            };
            vocabulary.tokenize_into(before.as_bytes(), &mut tokens, false, true);
            tokens.extend(vocabulary.tokenize(text.as_bytes(), false, false));
            rest = after;
        }
        tokens.extend(vocabulary.tokenize(rest.as_bytes(), false, true));
        if vocabulary.should_add_bos() && tokens.first() != Some(&vocabulary.bos()) {
            tokens.insert(0, vocabulary.bos());
        }
        Ok(tokens)
    }
}

/// A prompt that has been read, so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begun {
    /// Its tokens.
    pub(super) tokens: usize,
    /// Those of them that were held from the prompt before.
    pub(super) held: usize,
}

/// Where one answer is written after the other.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    weights: &'a Weights,
    context: LlamaContext<'a>,
    /// The tokens whose state is kept. Prompts begin alike, so much need not be read again.
    held: Vec<LlamaToken>,
}

impl Writer<'_> {
    /// Reads a prompt. None when `is_over` has said so in between.
    ///
    /// # Errors
    /// `Invalid` when the prompt and the answer do not fit; `Internal` when llama.cpp fails.
    pub(super) fn read(
        &mut self,
        prompt: &Prompt,
        is_over: &dyn Fn() -> bool,
    ) -> Result<Option<Begun>> {
        let tokens = self.weights.tokens(prompt)?;
        let room = self.weights.context_tokens as usize;
        let answer = usize::try_from(prompt.tokens_max).unwrap_or(usize::MAX);
        if tokens.len().saturating_add(answer) > room {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!(
                    "the prompt has {} tokens and the answer may have {answer}, more than the \
                     {room} of ALEXANDRIA_GENERATOR_CONTEXT_TOKENS_MAX",
                    tokens.len()
                ),
            ));
        }
        let same = self.held.iter().zip(&tokens).take_while(|(a, b)| a == b);
        // The last token is always read: what follows it is what is wanted.
        let mut held = same.count().min(tokens.len().saturating_sub(1));
        if !self.forget(held)? {
            self.context.clear_kv_cache();
            self.held.clear();
            held = 0;
        }
        let begun = Begun {
            tokens: tokens.len(),
            held,
        };
        for batch in tokens
            .get(held..)
            .unwrap_or_default()
            .chunks(BATCH_TOKENS as usize)
        {
            if is_over() {
                return Ok(None);
            }
            self.take(batch)?;
        }
        Ok(Some(begun))
    }

    /// Forgets all but the first tokens. False when this model cannot forget a part.
    fn forget(&mut self, kept: usize) -> Result<bool> {
        let from = u32::try_from(kept).ok();
        let done = self
            .context
            .clear_kv_cache_seq(Some(0), from, None)
            .context(ErrorKind::Internal, || {
                "cannot begin a new prompt".to_owned()
            })?;
        self.held.truncate(kept);
        Ok(done)
    }

    /// Reads tokens after those that are held.
    fn take(&mut self, tokens: &[LlamaToken]) -> Result<()> {
        let cannot = || format!("the language model {} broke off", self.weights.file);
        let mut batch = LlamaBatch::new(tokens.len(), 1);
        let last = tokens.len().saturating_sub(1);
        for (at, token) in tokens.iter().enumerate() {
            let position = i32::try_from(self.held.len() + at).unwrap_or(i32::MAX);
            batch
                .add(*token, position, &[0], at == last)
                .context(ErrorKind::Internal, cannot)?;
        }
        self.context
            .decode(&mut batch)
            .context(ErrorKind::Internal, cannot)?;
        self.held.extend_from_slice(tokens);
        Ok(())
    }

    /// The bytes of the next token, or none when the model has said all.
    ///
    /// # Errors
    /// `Internal` when llama.cpp fails.
    pub(super) fn next(&mut self, chooser: &mut Chooser) -> Result<Option<Vec<u8>>> {
        let token = chooser.0.sample(&self.context, -1);
        let vocabulary = self.weights.model.vocab();
        if vocabulary.is_eog(token) {
            return Ok(None);
        }
        let bytes = vocabulary.token_to_piece(token, false, None);
        self.take(&[token])?;
        Ok(Some(bytes))
    }
}

/// How the next token is chosen.
#[derive(Debug)]
pub(super) struct Chooser(LlamaSampler);

impl Chooser {
    /// The likeliest at 0, more freely above.
    pub(super) fn new(temperature: f32) -> Self {
        if temperature <= 0.0 {
            return Self(LlamaSampler::greedy());
        }
        Self(LlamaSampler::chain_simple([
            LlamaSampler::temp(temperature),
            LlamaSampler::dist(SEED),
        ]))
    }
}
