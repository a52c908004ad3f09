//! Reading printed text in pictures (OCR): the contract of every recogniser.

mod slant;
pub mod tesseract;

use std::fmt::Debug;

use alexandria_core::block::Rect;
use alexandria_core::error::Result;
use async_trait::async_trait;

/// A picture of a page.
#[derive(Clone, Debug)]
pub struct Picture {
    /// PNG, JPEG or another format that the product reads.
    pub bytes: Vec<u8>,
    /// Pixels to the inch, where known.
    pub dots_per_inch: u32,
    /// The language of the document (ISO 639-1), where known: a hint.
    pub language: Option<String>,
}

/// A word in a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct RecognisedWord {
    /// The word.
    pub text: String,
    /// Where it stands, in pixels, origin at the top left.
    pub rect: Rect,
    /// How sure the recogniser is, from 0 to 1.
    pub confidence: f32,
    /// Paragraph and line numbers: words that share both stand in one line.
    pub paragraph: u32,
    /// The line within the page.
    pub line: u32,
}

/// What was read in a picture, in reading order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognised {
    /// The words.
    pub words: Vec<RecognisedWord>,
    /// The mean confidence of the words, from 0 to 1.
    pub confidence: f32,
}

/// Reads printed text.
#[async_trait]
pub trait Recogniser: Send + Sync + Debug {
    /// Its name, for faults and logs.
    fn name(&self) -> &'static str;

    /// Reads a picture. A picture without text gives no words.
    async fn recognise(&self, picture: &Picture) -> Result<Recognised>;
}
