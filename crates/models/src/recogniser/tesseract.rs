//! Reading printed text with the `tesseract` program, where the machine has it.
//!
//! It runs as a child with one thread and a deadline, gets the picture on its standard input and
//! says its words as tab-separated values; a child that is no longer waited for is killed. Pages at
//! a slant are put straight before; pages on their side or head the program turns itself, where it
//! has its data for that (`osd`).

mod answer;

use std::process::{Command as BlockingCommand, Stdio};
use std::time::Duration;

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use super::slant::straighten;
use super::{Picture, Recognised, Recogniser};

use self::answer::words;

/// The program, looked up on the search path.
const PROGRAM: &str = "tesseract";

/// How long one page may take. A dense page takes some three seconds of one processor.
pub const TIMEOUT_SECONDS: u64 = 120;

/// The words of one page, in bytes of its answer; more is cut off.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// The data that tells how a page lies.
const ORIENTATION: &str = "osd";

/// The program's way to find the text on a page by itself, with and without looking how it lies.
const LAYOUT_ORIENTED: &str = "1";
const LAYOUT: &str = "3";

/// The language that is always tried, because most machines have no other.
const LANGUAGE_DEFAULT: &str = "eng";

/// How many languages are tried on one page at most: every one takes time, and is one more to be
/// mistaken for.
const LANGUAGES_AT_ONCE_MAX: usize = 3;

/// Languages by their ISO 639-1 code and the program's own.
const LANGUAGES: [(&str, &str); 36] = [
    ("ar", "ara"),
    ("bg", "bul"),
    ("ca", "cat"),
    ("cs", "ces"),
    ("da", "dan"),
    ("de", "deu"),
    ("el", "ell"),
    ("en", "eng"),
    ("es", "spa"),
    ("et", "est"),
    ("fa", "fas"),
    ("fi", "fin"),
    ("fr", "fra"),
    ("he", "heb"),
    ("hi", "hin"),
    ("hr", "hrv"),
    ("hu", "hun"),
    ("id", "ind"),
    ("it", "ita"),
    ("ja", "jpn"),
    ("ko", "kor"),
    ("la", "lat"),
    ("lt", "lit"),
    ("nl", "nld"),
    ("no", "nor"),
    ("pl", "pol"),
    ("pt", "por"),
    ("ro", "ron"),
    ("ru", "rus"),
    ("sk", "slk"),
    ("sv", "swe"),
    ("th", "tha"),
    ("tr", "tur"),
    ("uk", "ukr"),
    ("vi", "vie"),
    ("zh", "chi_sim"),
];

/// The `tesseract` program of this machine.
#[derive(Clone, Debug)]
pub struct Tesseract {
    languages: Vec<String>,
    can_orient: bool,
    timeout: Duration,
}

impl Tesseract {
    /// The program on the search path with the languages it has, or nothing where there is none.
    /// Runs the program, which takes some milliseconds.
    #[must_use]
    pub fn find() -> Option<Self> {
        let output = BlockingCommand::new(PROGRAM)
            .arg("--list-langs")
            .stdin(Stdio::null())
            .output()
            .ok()?;
        // Some releases list on the standard error.
        let listed = [output.stdout, output.stderr].concat();
        let listed = String::from_utf8_lossy(&listed);
        let languages = languages(&listed);
        let can_orient = listed.lines().any(|line| line.trim() == ORIENTATION);
        let is_usable = output.status.success() && !languages.is_empty();
        is_usable.then(|| Self {
            languages,
            can_orient,
            timeout: Duration::from_secs(TIMEOUT_SECONDS),
        })
    }

    /// The same with another deadline for each page.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The languages it has, by the program's own codes.
    #[must_use]
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// What to ask for: the language of the document where it is there, and English. A scan mostly
    /// tells no language: then all that were installed are tried, if they are few.
    fn choose(&self, hint: Option<&str>) -> String {
        let hint = hint.map(|hint| hint.split(['-', '_']).next().unwrap_or(hint));
        let wanted = LANGUAGES
            .iter()
            .find(|(code, _)| Some(*code) == hint)
            .map(|(_, own)| *own);
        let mut chosen: Vec<&str> = Vec::new();
        let is_open = hint.is_none() && self.languages.len() <= LANGUAGES_AT_ONCE_MAX;
        let others = self.languages.iter().map(String::as_str);
        let others = others.filter(|_| is_open);
        for language in wanted.into_iter().chain([LANGUAGE_DEFAULT]).chain(others) {
            if self.languages.iter().any(|own| own == language) && !chosen.contains(&language) {
                chosen.push(language);
            }
        }
        if chosen.is_empty() {
            chosen.extend(self.languages.first().map(String::as_str));
        }
        chosen.join("+")
    }

    fn layout(&self) -> &'static str {
        if self.can_orient {
            LAYOUT_ORIENTED
        } else {
            LAYOUT
        }
    }

    async fn run(&self, picture: &Picture, bytes: &[u8]) -> Result<String> {
        let mut child = Command::new(PROGRAM)
            .args(["stdin", "stdout", "--psm", self.layout(), "-l"])
            .arg(self.choose(picture.language.as_deref()))
            .arg("--dpi")
            .arg(picture.dots_per_inch.max(1).to_string())
            .arg("tsv")
            .env("OMP_THREAD_LIMIT", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context(ErrorKind::Unavailable, || format!("cannot start {PROGRAM}"))?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::new(
                ErrorKind::Internal,
                format!("{PROGRAM} has no pipes"),
            ));
        };
        let feed = async {
            // A child that stops reading ends with a status, which says more than the broken pipe.
            input.write_all(bytes).await.ok();
            drop(input);
        };
        let mut answer = Vec::new();
        let mut output = output.take(ANSWER_BYTES_MAX);
        let ((), read) = tokio::join!(feed, output.read_to_end(&mut answer));
        read.context(ErrorKind::Unavailable, || {
            format!("cannot read the answer of {PROGRAM}")
        })?;
        let status = child.wait().await.context(ErrorKind::Unavailable, || {
            format!("cannot wait for {PROGRAM}")
        })?;
        if !status.success() {
            let message = format!("{PROGRAM} could not read the picture and ended with {status}");
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

#[async_trait]
impl Recogniser for Tesseract {
    fn name(&self) -> &'static str {
        PROGRAM
    }

    async fn recognise(&self, picture: &Picture) -> Result<Recognised> {
        let png = picture.bytes.clone();
        let straight = tokio::task::spawn_blocking(move || straighten(&png)).await;
        let straight = straight.context(ErrorKind::Internal, || {
            "cannot put a picture straight".to_owned()
        })?;
        let (bytes, turn) = match &straight {
            Some((bytes, turn)) => (bytes, Some(*turn)),
            None => (&picture.bytes, None),
        };
        let answer = tokio::time::timeout(self.timeout, self.run(picture, bytes)).await;
        let answer = answer.map_err(|source| {
            let seconds = self.timeout.as_secs();
            let message = format!("{PROGRAM} did not read a page within {seconds} seconds");
            Error::new(ErrorKind::Timeout, message).with_source(source)
        })??;
        let mut recognised = words(&answer);
        for word in &mut recognised.words {
            word.rect = turn.map_or(word.rect, |turn| turn.back_rect(word.rect));
        }
        Ok(recognised)
    }
}

/// The languages in the program's list; its first line is a title.
fn languages(listed: &str) -> Vec<String> {
    let is_language = |line: &&str| {
        !line.is_empty()
            && *line != ORIENTATION
            && !line.contains(|sign: char| sign.is_whitespace())
    };
    listed
        .lines()
        .map(str::trim)
        .filter(is_language)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(languages: &[&str]) -> Tesseract {
        let languages = languages
            .iter()
            .map(|language| (*language).to_owned())
            .collect();
        Tesseract {
            languages,
            can_orient: false,
            timeout: Duration::from_secs(1),
        }
    }

    #[test]
    fn the_documents_language_is_asked_for_where_it_is_there() {
        for (has, hint, expected) in [
            (vec!["eng"], None, "eng"),
            (vec!["deu", "eng"], Some("de"), "deu+eng"),
            (vec!["deu", "eng"], Some("de-AT"), "deu+eng"),
            (vec!["eng"], Some("de"), "eng"),
            (vec!["eng"], Some("en"), "eng"),
            (vec!["fra"], None, "fra"),
            (vec!["deu", "eng"], None, "eng+deu"),
            (vec!["ces", "deu", "eng", "fra"], None, "eng"),
        ] {
            assert_eq!(sample(&has).choose(hint), expected, "{has:?} {hint:?}");
        }
    }

    #[test]
    fn languages_are_listed_without_title_and_script_detection() {
        let listed = "List of available languages in \"/usr/share\" (2):\neng\nosd\ndeu\n";
        assert_eq!(languages(listed), ["eng", "deu"]);
    }

    #[tokio::test]
    async fn a_picture_that_is_none_is_refused_and_a_deadline_is_kept() {
        let Some(tesseract) = Tesseract::find() else {
            println!("tesseract is not installed: nothing to test");
            return;
        };
        let picture = Picture {
            bytes: b"no picture".to_vec(),
            dots_per_inch: 200,
            language: None,
        };
        let error = tesseract.recognise(&picture).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        let hasty = tesseract.with_timeout(Duration::ZERO);
        assert_eq!(
            hasty.recognise(&picture).await.unwrap_err().kind(),
            ErrorKind::Timeout
        );
    }
}
