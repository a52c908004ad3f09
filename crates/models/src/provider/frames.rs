//! Cutting what a provider streams into frames, one JSON text each: pure, with a limit.
//!
//! However the bytes arrive, the same bytes give the same frames. What a frame says is not looked at.

use alexandria_core::error::{Error, ErrorKind, Result};

/// The longest frame, in bytes. The largest that is known, a list of stop signs with a usage report,
/// has a few kilobytes.
pub(crate) const FRAME_BYTES_MAX: usize = 1024 * 1024;

/// How frames follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Server-sent events: `data:` lines, each event ended by an empty line.
    Events,
    /// One frame a line.
    Lines,
}

/// What has come so far of frames that are not complete.
#[derive(Debug)]
pub(crate) struct Frames {
    framing: Framing,
    line: Vec<u8>,
    event: Option<Vec<u8>>,
}

impl Frames {
    pub(crate) const fn new(framing: Framing) -> Self {
        Self {
            framing,
            line: Vec::new(),
            event: None,
        }
    }

    /// Takes the next bytes and gives the frames that they complete.
    ///
    /// # Errors
    /// `Unavailable` when a frame is longer than [`FRAME_BYTES_MAX`].
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
        let mut frames = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            match piece.split_last() {
                Some((b'\n', head)) => {
                    append(&mut self.line, head)?;
                    frames.extend(self.end_line()?);
                }
                _ => append(&mut self.line, piece)?,
            }
        }
        Ok(frames)
    }

    /// What is left when no more bytes come: some servers leave the last line end out.
    ///
    /// # Errors
    /// As for [`Self::push`].
    pub(crate) fn finish(mut self) -> Result<Vec<Vec<u8>>> {
        let mut frames = Vec::from_iter(self.end_line()?);
        frames.extend(self.event.take());
        Ok(frames)
    }

    fn end_line(&mut self) -> Result<Option<Vec<u8>>> {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        if self.framing == Framing::Lines {
            return Ok((!line.trim_ascii().is_empty()).then(|| line.to_vec()));
        }
        if line.is_empty() {
            return Ok(self.event.take());
        }
        // Names, ids and comments (which keep the connection open) say nothing that the data does not.
        if let Some(value) = line.strip_prefix(b"data:") {
            let value = value.strip_prefix(b" ").unwrap_or(value);
            match &mut self.event {
                Some(event) => {
                    append(event, b"\n")?;
                    append(event, value)?;
                }
                None => self.event = Some(value.to_vec()),
            }
        }
        Ok(None)
    }
}

fn append(frame: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
    if frame.len().saturating_add(bytes.len()) > FRAME_BYTES_MAX {
        return Err(Error::new(
            ErrorKind::Unavailable,
            format!("a piece of the reply is longer than {FRAME_BYTES_MAX} bytes"),
        ));
    }
    frame.extend_from_slice(bytes);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::{FRAME_BYTES_MAX, Frames, Framing};

    fn cut(framing: Framing, pieces: &[&[u8]]) -> Vec<String> {
        let mut frames = Frames::new(framing);
        let mut found = Vec::new();
        for piece in pieces {
            found.extend(frames.push(piece).unwrap());
        }
        found.extend(frames.finish().unwrap());
        let text = |frame| String::from_utf8_lossy(frame).into_owned();
        found.iter().map(|frame| text(frame)).collect()
    }

    #[test]
    fn events_are_their_data_and_nothing_else() {
        let check = |text: &str, expected: &[&str]| {
            assert_eq!(
                cut(Framing::Events, &[text.as_bytes()]),
                expected,
                "{text:?}"
            );
        };
        check("data: one\n\ndata:two\n\n", &["one", "two"]);
        check("event: x\nid: 7\nretry: 1\ndata: one\n\n", &["one"]);
        check(": kept open\n\n: still\n\ndata: one\r\n\r\n", &["one"]);
        check("data: one\ndata: two\n\n", &["one\ntwo"]);
        check("data:  one\n\n\n\n", &[" one"]);
        check("data: [DONE]", &["[DONE]"]);
        check("datum: one\n\n<html>\n\n", &[]);
        check("", &[]);
    }

    #[test]
    fn lines_are_frames_and_empty_ones_are_not() {
        let pieces: [&[u8]; 3] = [b"{\"a\"", b":1}\n\r\n  \n{", b"}"];
        assert_eq!(cut(Framing::Lines, &pieces), ["{\"a\":1}", "{}"]);
    }

    #[test]
    fn a_frame_that_does_not_end_is_refused() {
        for framing in [Framing::Events, Framing::Lines] {
            let mut frames = Frames::new(framing);
            let half = vec![b'x'; FRAME_BYTES_MAX];
            frames.push(&half).unwrap();
            frames.push(b"x").unwrap_err();
        }
        let mut frames = Frames::new(Framing::Events);
        let line = [b"data: ".as_slice(), &[b'x'; 1024], b"\n"].concat();
        let refused = (0..FRAME_BYTES_MAX / 1024).any(|_| frames.push(&line).is_err());
        assert!(refused, "an event of many lines has no limit");
    }

    proptest! {
        #[test]
        fn how_the_bytes_are_cut_does_not_matter(
            bytes in prop::collection::vec(
                prop::sample::select(b"data: \n\r{}\"x\xff".to_vec()), 0..200),
            places in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let mut places: Vec<usize> =
                places.iter().map(|place| place.index(bytes.len() + 1)).collect();
            places.sort_unstable();
            let mut pieces = Vec::new();
            let mut from = 0;
            for place in places {
                pieces.push(&bytes[from..place]);
                from = place;
            }
            pieces.push(&bytes[from..]);
            for framing in [Framing::Events, Framing::Lines] {
                prop_assert_eq!(cut(framing, &pieces), cut(framing, &[&bytes]));
            }
        }
    }
}
