//! Mails: what stands in the header, the text, and the attachments, each read as the file it is.

use alexandria_core::block::{Block, BlockKind, Fault, FaultKind, PageSize};
use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};

use super::html::note_cut;
use super::text::write_text;
use crate::dom::Dom;
use crate::failure::{Failure, Result};
use crate::flow::Flow;
use crate::limits::Limits;
use crate::markup::write_tree;
use crate::{About, Format, Sink, Source, detect};

/// Mail.
pub(crate) const FORMAT: Format = Format {
    name: "eml",
    media_types: &["message/rfc822"],
    extensions: &["eml"],
    paged: false,
    parse,
};

/// Attachments read of one mail.
const ATTACHMENTS_MAX: usize = 100;

/// People named in one line of the header.
const PEOPLE_MAX: usize = 50;

fn parse(source: &Source, limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    // A first line "From …" is an envelope of a mailbox and no header.
    let mut bytes = source.bytes();
    if bytes.starts_with(b"From ") || bytes.starts_with(b">From ") {
        let end = bytes
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(bytes.len(), |at| at + 1);
        bytes = bytes.get(end..).unwrap_or_default();
    }
    let message = MessageParser::default().parse(bytes).ok_or_else(|| {
        Failure::malformed("this mail cannot be read; save it again as .eml and add that")
    })?;
    write_message(&message, "", limits, sink);
    attachments(&message, limits, sink);
    Ok(())
}

/// Header and body. `prefix` stands before the names of the parts.
fn write_message(message: &Message<'_>, prefix: &str, limits: &Limits, sink: &mut dyn Sink) {
    let mut flow = Flow::new(sink);
    flow.about(About {
        title: message.subject().map(str::to_owned),
        authors: message.from().map(people).unwrap_or_default(),
        ..About::default()
    });
    flow.part(&format!("{prefix}header"));
    flow.heading(1, message.subject().unwrap_or_default());
    for (label, address) in [
        ("From", message.from()),
        ("To", message.to()),
        ("Cc", message.cc()),
    ] {
        let people = address.map(people).unwrap_or_default();
        if !people.is_empty() {
            flow.text(
                BlockKind::Paragraph,
                &format!("{label}: {}", people.join(", ")),
            );
        }
    }
    if let Some(date) = message.date() {
        flow.text(
            BlockKind::Paragraph,
            &format!("Date: {}", date.to_rfc3339()),
        );
    }
    flow.part(&format!("{prefix}body"));
    let is_html = |part: &&mail_parser::MessagePart<'_>| matches!(part.body, PartType::Html(_));
    let has_text = message.text_bodies().any(|part| !is_html(&part));
    let bodies: Vec<_> = if has_text {
        message.text_bodies().collect()
    } else {
        message.html_bodies().collect()
    };
    for part in bodies {
        match &part.body {
            PartType::Html(page) => {
                let dom = Dom::html(page, limits.depth);
                write_tree(
                    &dom,
                    dom.find("body").unwrap_or_default(),
                    &mut flow,
                    &|_| false,
                );
                note_cut(&dom, &mut flow);
            }
            PartType::Text(text) => write_text(text, &mut flow),
            PartType::Binary(_)
            | PartType::InlineBinary(_)
            | PartType::Message(_)
            | PartType::Multipart(_) => {}
        }
    }
}

/// Every attachment as the file it is; mails inside by header and body only.
fn attachments(message: &Message<'_>, limits: &Limits, sink: &mut dyn Sink) {
    for (number, part) in (1_u32..).zip(message.attachments().take(ATTACHMENTS_MAX)) {
        let name = part
            .attachment_name()
            .map_or_else(|| format!("attachment {number}"), str::to_owned);
        let name = crate::tidy::tidy(&name);
        if let PartType::Message(inner) = &part.body {
            let mut inside = Inside {
                sink: &mut *sink,
                name: &name,
            };
            write_message(inner, "", limits, &mut inside);
            continue;
        }
        let is_picture = part
            .content_type()
            .is_some_and(|kind| kind.ctype() == "image");
        let bytes = part.contents();
        if is_picture || bytes.is_empty() {
            continue;
        }
        let source = Source::new(bytes.to_vec(), name.clone());
        let mut inside = Inside {
            sink: &mut *sink,
            name: &name,
        };
        let result = detect(source.bytes(), &name).and_then(|format| {
            if format.name == FORMAT.name {
                let inner = MessageParser::default().parse(source.bytes());
                if let Some(inner) = inner {
                    write_message(&inner, "", limits, &mut inside);
                }
                return Ok(());
            }
            (format.parse)(&source, limits, &mut inside)
        });
        if let Err(failure) = result {
            inside.fault(failure.into_fault(None));
        }
    }
    let left_out = message.attachment_count().saturating_sub(ATTACHMENTS_MAX);
    if left_out > 0 {
        sink.fault(Fault {
            kind: FaultKind::TooLarge,
            page: None,
            message: format!(
                "{left_out} attachments of this mail were left out; save them and add them as files"
            ),
        });
    }
}

/// Names with their addresses.
fn people(address: &Address<'_>) -> Vec<String> {
    let one = |person: &mail_parser::Addr<'_>| match (person.name(), person.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    };
    address
        .iter()
        .map(one)
        .filter(|one| !one.is_empty())
        .take(PEOPLE_MAX)
        .collect()
}

/// Takes what an attachment's parser finds as parts of the mail.
struct Inside<'a> {
    sink: &'a mut dyn Sink,
    name: &'a str,
}

impl Sink for Inside<'_> {
    /// What an attachment says of itself says nothing of the mail.
    fn about(&mut self, _about: About) {}

    /// The pages of an attachment are not pages of the mail.
    fn page(&mut self, _size: PageSize) {}

    fn block(&mut self, mut block: Block) {
        let name = self.name;
        block.place.part = Some(match (block.place.page.take(), block.place.part.take()) {
            (Some(page), _) => format!("{name}, page {page}"),
            (None, Some(part)) => format!("{name}: {part}"),
            (None, None) => name.to_owned(),
        });
        block.place.section.insert(0, name.to_owned());
        block.place.rectangles.clear();
        block.lines.clear();
        self.sink.block(block);
    }

    fn fault(&mut self, fault: Fault) {
        let message = format!("in the attachment \"{}\": {}", self.name, fault.message);
        self.sink.fault(Fault {
            page: None,
            message,
            ..fault
        });
    }

    fn is_full(&self) -> bool {
        self.sink.is_full()
    }
}
