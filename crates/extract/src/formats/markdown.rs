//! Markdown, with the tables, notes and lists of its common dialects; written as HTML first, so that
//! the marks inside it are read the same way.

use pulldown_cmark::{CowStr, Event, MetadataBlockKind, Options, Parser, Tag, TagEnd, html};

use super::html::note_cut;
use crate::dom::Dom;
use crate::encoding::decode;
use crate::failure::Result;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::markup::write_tree;
use crate::{About, Format, Sink, Source};

/// Markdown.
pub(crate) const FORMAT: Format = Format {
    name: "markdown",
    media_types: &["text/markdown"],
    extensions: &["md", "markdown", "mdown", "mkd", "qmd", "rmd"],
    paged: false,
    parse,
};

#[expect(
    clippy::unnecessary_wraps,
    reason = "all parsers of the table have one shape"
)]
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all others are passed on as they are"
)]
fn parse(source: &Source, limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    let text = decode(source.bytes());
    let text = text.trim_start_matches('\u{feff}');
    let mut flow = Flow::new(sink);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let mut front = String::new();
    let mut in_front = false;
    let events = Parser::new_ext(text, options).filter_map(|event| match event {
        Event::Start(Tag::MetadataBlock(
            MetadataBlockKind::YamlStyle | MetadataBlockKind::PlusesStyle,
        )) => {
            in_front = true;
            None
        }
        Event::End(TagEnd::MetadataBlock(_)) => {
            in_front = false;
            None
        }
        Event::Text(text) if in_front => {
            front.push_str(&text);
            None
        }
        // A note's mark and a task's box are no words of the text.
        Event::FootnoteReference(_) | Event::TaskListMarker(_) => None,
        Event::Start(Tag::FootnoteDefinition(_)) => {
            Some(Event::Html(CowStr::Borrowed("<div role=\"doc-footnote\">")))
        }
        Event::End(TagEnd::FootnoteDefinition) => Some(Event::Html(CowStr::Borrowed("</div>"))),
        event => Some(event),
    });
    let mut page = String::with_capacity(text.len() * 5 / 4);
    html::push_html(&mut page, events);
    flow.about(about(&front));
    let dom = Dom::html(&page, limits.depth);
    drop(page);
    write_tree(
        &dom,
        dom.find("body").unwrap_or_default(),
        &mut flow,
        &|_| false,
    );
    note_cut(&dom, &mut flow);
    Ok(())
}

/// Title, author and language of the front matter, YAML or TOML, where they are plain strings.
fn about(front: &str) -> About {
    let value = |wanted: &str| {
        front.lines().find_map(|line| {
            let (key, value) = line.split_once([':', '='])?;
            let value = value.trim().trim_matches(['"', '\'', '[', ']']).trim();
            (key.trim() == wanted && !value.is_empty()).then(|| value.to_owned())
        })
    };
    About {
        title: value("title"),
        authors: value("author")
            .or_else(|| value("authors"))
            .into_iter()
            .collect(),
        language: value("lang").or_else(|| value("language")),
        pages: None,
    }
}
