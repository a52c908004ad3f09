//! What a setting may hold: one way to read it from text, one way to show it.

use std::path::PathBuf;

use alexandria_core::error::Error;
use alexandria_core::region::Region;

/// A type that a setting can have.
pub(super) trait Value: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// What it must be, to stand after "it must be".
    fn read(text: &str) -> Result<Self, String>;

    /// Shows it as it would be written in a file.
    fn show(&self) -> String;
}

impl Value for String {
    fn read(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn show(&self) -> String {
        self.clone()
    }
}

impl Value for PathBuf {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("the path of a file or folder".to_owned());
        }
        Ok(Self::from(text))
    }

    fn show(&self) -> String {
        self.display().to_string()
    }
}

impl Value for Option<String> {
    fn read(text: &str) -> Result<Self, String> {
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    fn show(&self) -> String {
        self.clone().unwrap_or_default()
    }
}

impl Value for Vec<String> {
    fn read(text: &str) -> Result<Self, String> {
        let items = text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty());
        Ok(items.map(str::to_owned).collect())
    }

    fn show(&self) -> String {
        self.join(",")
    }
}

macro_rules! number {
    ($($type:ty),*) => {$(
        impl Value for $type {
            fn read(text: &str) -> Result<Self, String> {
                let digits: String = text.chars().filter(|c| *c != '_').collect();
                digits.parse().map_err(|_source: std::num::ParseIntError| {
                    format!("a whole number from 0 to {}", Self::MAX)
                })
            }

            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

number!(u8, u16, u32, u64, usize);

impl Value for Option<u64> {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "" => Ok(None),
            _ => u64::read(text).map(Some),
        }
    }

    fn show(&self) -> String {
        self.map_or_else(String::new, |number| number.to_string())
    }
}

impl Value for Option<Region> {
    fn read(text: &str) -> Result<Self, String> {
        let region = (!text.is_empty()).then(|| text.parse());
        let region: Result<Self, Error> = region.transpose();
        region.map_err(|_not_one| {
            "a label of small letters, digits and hyphens, such as eu-central".to_owned()
        })
    }

    fn show(&self) -> String {
        self.as_ref().map(Region::to_string).unwrap_or_default()
    }
}

/// The keys of programs, as the setting gives them; never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct KeyList(String);

impl KeyList {
    /// The setting as it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for KeyList {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("***")
    }
}

impl Value for KeyList {
    fn read(text: &str) -> Result<Self, String> {
        crate::access::check_keys(text)?;
        Ok(Self(text.to_owned()))
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

/// A number from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Share(f32);

impl Share {
    /// A share, at least 0 and at most 1.
    pub(super) const fn new(value: f32) -> Self {
        Self(value.clamp(0.0, 1.0))
    }

    /// The number.
    pub(crate) const fn value(self) -> f32 {
        self.0
    }
}

impl Value for Share {
    fn read(text: &str) -> Result<Self, String> {
        let share = text
            .parse()
            .ok()
            .filter(|share| (0.0..=1.0).contains(share));
        share
            .map(Self)
            .ok_or_else(|| "a number from 0 to 1, such as 0.25".to_owned())
    }

    fn show(&self) -> String {
        self.0.to_string()
    }
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal $(| $other:literal)*),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl Value for $name {
            fn read(text: &str) -> Result<Self, String> {
                match text.to_ascii_lowercase().as_str() {
                    $($word $(| $other)* => Ok(Self::$variant),)*
                    _ => Err(format!("one of: {}", [$($word),*].join(", "))),
                }
            }

            fn show(&self) -> String {
                match self {
                    $(Self::$variant => $word.to_owned(),)*
                }
            }
        }
    };
}

choice!(
    /// On or off.
    Switch {
        /// On.
        On = "true" | "1" | "yes" | "on",
        /// Off.
        Off = "false" | "0" | "no" | "off",
    }
);

impl Switch {
    /// Whether it is on.
    pub(crate) const fn is_on(self) -> bool {
        matches!(self, Self::On)
    }
}

choice!(
    /// What a process does.
    Role {
        /// It answers requests and works on jobs.
        All = "all",
        /// It answers requests.
        Api = "api",
        /// It works on jobs.
        Worker = "worker",
    }
);

choice!(
    /// Who has to show who they are.
    Login {
        /// Everybody, as soon as there is an account or a key.
        Auto = "auto",
        /// Everybody.
        Required = "required",
        /// Nobody: the machine itself is the one user.
        Off = "off",
    }
);

choice!(
    /// How access tokens are signed.
    Signature {
        /// HMAC with SHA-256.
        Hs256 = "hs256",
    }
);

choice!(
    /// How log lines look.
    LogFormat {
        /// For people on a terminal, JSON elsewhere.
        Auto = "auto",
        /// One JSON object a line.
        Json = "json",
        /// For people.
        Pretty = "pretty",
    }
);

choice!(
    /// The least important log line that is written.
    LogLevel {
        /// Only what failed.
        Error = "error" | "critical",
        /// What may become a failure.
        Warn = "warning" | "warn",
        /// What happens.
        Info = "info",
        /// What happens inside.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
);

choice!(
    /// What becomes of a sentence that nothing in the library supports.
    Doubted {
        /// It is taken out.
        Remove = "remove",
        /// It stays, and its verdict says so.
        Mark = "mark",
    }
);

choice!(
    /// Whether pages without text are recognised from their picture.
    Ocr {
        /// With the recogniser found on this machine.
        Auto = "auto",
        /// Never.
        Off = "off",
    }
);

choice!(
    /// Who writes answers in sentences of its own.
    Writer {
        /// Nobody: answers are quotes.
        Off = "off",
        /// OpenAI.
        OpenAi = "openai",
        /// A server that speaks as OpenAI does.
        Compatible = "compatible",
        /// Google's Gemini.
        Gemini = "gemini" | "google",
        /// Ollama.
        Ollama = "ollama",
        /// Anthropic.
        Anthropic = "anthropic",
        /// A model in this process.
        Local = "local",
    }
);

impl LogLevel {
    /// The level as the log's filters know it.
    pub(crate) const fn filter(self) -> tracing::level_filters::LevelFilter {
        use tracing::level_filters::LevelFilter;
        match self {
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }
}
