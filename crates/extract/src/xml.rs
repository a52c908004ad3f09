//! The one way into XML: a flat run of steps by local names, never an entity from a DTD, never
//! deeper than the limit.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesEnd, BytesStart, Event};

use crate::encoding::decode_labelled;
use crate::failure::{Failure, Result};
use crate::limits::Limits;

/// What comes next in an XML text. An empty element is an `Open` and a `Close`.
pub(crate) enum Step<'x> {
    /// An element begins.
    Open(Tag<'x>),
    /// An element ends.
    Close(End<'x>),
    /// Text, its character references resolved.
    Text(Cow<'x, str>),
    /// The end of the text.
    Done,
}

/// The beginning of an element.
pub(crate) struct Tag<'x>(BytesStart<'x>);

impl Tag<'_> {
    /// Its name without prefix.
    pub(crate) fn name(&self) -> &str {
        local(self.0.name().0)
    }

    /// An attribute by its name without prefix.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let attributes = attributes.with_checks(false).flatten();
        let mut found = attributes.filter(|attribute| local(attribute.key.0) == name);
        found.next().map(|attribute| value(&attribute.value))
    }

    /// The id of a relation (`r:id` and its like): an attribute of this name that has a prefix.
    pub(crate) fn relation(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let attributes = attributes.with_checks(false).flatten();
        let mut found = attributes
            .filter(|attribute| attribute.key.0.contains(':') && local(attribute.key.0) == name);
        found.next().map(|attribute| value(&attribute.value))
    }
}

/// The end of an element.
pub(crate) struct End<'x>(BytesEnd<'x>);

impl End<'_> {
    /// Its name without prefix.
    pub(crate) fn name(&self) -> &str {
        local(self.0.name().0)
    }
}

/// Decodes the bytes of an XML text by its own declaration.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let head = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes));
    let label = head.split_once("encoding=").and_then(|(_, rest)| {
        let quote = rest
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))?;
        rest.get(1..)?.split(quote).next()
    });
    decode_labelled(bytes, label)
}

/// Reads steps.
pub(crate) struct Xml<'x> {
    reader: Reader<&'x [u8]>,
    depth: usize,
    depth_max: usize,
}

impl<'x> Xml<'x> {
    pub(crate) fn new(text: &'x str, limits: &Limits) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self {
            reader,
            depth: 0,
            depth_max: limits.depth,
        }
    }

    /// The next step.
    pub(crate) fn step(&mut self) -> Result<Step<'x>> {
        loop {
            let event = self.reader.read_event().map_err(|source| {
                Failure::malformed(
                    "this file is damaged inside; save it again with its own program and add that",
                )
                .with_source(source)
            })?;
            match event {
                Event::Start(tag) | Event::Empty(tag) => {
                    self.depth += 1;
                    if self.depth > self.depth_max {
                        let most = self.depth_max;
                        return Err(Failure::too_large(format!(
                            "this file is nested deeper than the {most} levels that are read; \
                             save it again with another program and add that"
                        )));
                    }
                    return Ok(Step::Open(Tag(tag)));
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Step::Close(End(end)));
                }
                Event::Text(text) => return Ok(Step::Text(text.into_inner())),
                Event::CData(data) => return Ok(Step::Text(data.into_inner())),
                Event::GeneralRef(reference) => {
                    let resolved = reference.resolve_char_ref().ok().flatten();
                    let resolved = resolved.or_else(|| predefined(&reference.into_inner()));
                    if let Some(character) = resolved {
                        return Ok(Step::Text(Cow::Owned(character.to_string())));
                    }
                }
                Event::Eof => return Ok(Step::Done),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    /// Skips everything up to the end of the element just opened.
    pub(crate) fn skip(&mut self) -> Result<()> {
        let mut open = 1_usize;
        while open > 0 {
            match self.step()? {
                Step::Open(_) => open += 1,
                Step::Close(_) => open -= 1,
                Step::Text(_) => {}
                Step::Done => break,
            }
        }
        Ok(())
    }

    /// All text up to the end of the element just opened.
    pub(crate) fn text(&mut self) -> Result<String> {
        let mut text = String::new();
        let mut open = 1_usize;
        while open > 0 {
            match self.step()? {
                Step::Open(_) => open += 1,
                Step::Close(_) => open -= 1,
                Step::Text(part) => text.push_str(&part),
                Step::Done => break,
            }
        }
        Ok(text)
    }
}

/// The five entities of XML and the one of HTML that XML texts use undeclared.
fn predefined(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => None,
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn value(raw: &str) -> String {
    unescape(raw).map_or_else(|_| raw.to_owned(), Cow::into_owned)
}
