//! Web pages: what the page is about, without the navigation around it.

use alexandria_core::block::FaultKind;

use crate::dom::{Dom, Node, NodeId};
use crate::encoding::decode_labelled;
use crate::failure::Result;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::markup::write_tree;
use crate::{About, Format, Sink, Source};

/// HTML.
pub(crate) const FORMAT: Format = Format {
    name: "html",
    media_types: &["text/html", "application/xhtml+xml"],
    extensions: &["html", "htm", "xhtml", "xht"],
    paged: false,
    parse,
};

/// Where a page may declare its encoding at the latest, in bytes.
const CHARSET_HEAD_BYTES: usize = 2048;

/// How much of a page's text its main element must hold, in percent, to be taken for the whole.
const MAIN_SHARE_PERCENT: usize = 25;

/// Text outside links, in bytes, from which on a page is about something and not a list of links.
const PROSE_BYTES_MIN: usize = 400;

#[expect(
    clippy::unnecessary_wraps,
    reason = "all parsers of the table have one shape"
)]
fn parse(source: &Source, limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    let text = decode(source.bytes());
    let mut flow = Flow::new(sink);
    let dom = Dom::html(&text, limits.depth);
    drop(text);
    about(&dom, &mut flow);
    write_page(&dom, &mut flow);
    note_cut(&dom, &mut flow);
    Ok(())
}

/// Says so when the tree was flattened or cut.
pub(crate) fn note_cut(dom: &Dom, flow: &mut Flow<'_>) {
    if dom.is_cut {
        flow.fault(
            FaultKind::TooLarge,
            "this page is nested deeper or has more elements than are read; its text was kept as \
             far as possible, its structure was not",
        );
    }
}

/// Decodes a page by the encoding it declares, if it does.
pub(crate) fn decode(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let head = String::from_utf8_lossy(bytes.get(..CHARSET_HEAD_BYTES).unwrap_or(bytes));
    let head = head.to_ascii_lowercase();
    let label = ["charset=", "encoding="].iter().find_map(|key| {
        let (_, rest) = head.split_once(key)?;
        let rest = rest.trim_start_matches(['"', '\'', ' ']);
        rest.split(['"', '\'', ' ', ';', '>', '/', '?']).next()
    });
    decode_labelled(bytes, label)
}

fn about(dom: &Dom, flow: &mut Flow<'_>) {
    let meta = |wanted: &str| {
        let mut metas = dom.descend(0).filter(|id| dom.name(*id) == Some("meta"));
        let meta = metas.find(|id| {
            [dom.attribute(*id, "name"), dom.attribute(*id, "property")].contains(&Some(wanted))
        })?;
        dom.attribute(meta, "content").map(str::to_owned)
    };
    let is_title = |id: &NodeId| dom.name(*id) == Some("title");
    let title = dom.descend(0).find(is_title).map(|id| dom.text(id));
    let language = dom.find("html").and_then(|html| {
        dom.attribute(html, "lang")
            .or_else(|| dom.attribute(html, "xml:lang"))
    });
    flow.about(About {
        title: meta("og:title")
            .or(title)
            .filter(|title| !title.trim().is_empty()),
        authors: meta("author")
            .or_else(|| meta("article:author"))
            .into_iter()
            .collect(),
        language: language.map(str::to_owned),
        pages: None,
    });
}

/// Writes a page without what stands around its content.
fn write_page(dom: &Dom, flow: &mut Flow<'_>) {
    let weights = Weights::of(dom);
    let body = dom.find("body").unwrap_or_default();
    let whole = weights.of_node(body);
    let mains = dom
        .descend(body)
        .filter(|id| dom.name(*id) == Some("main") || dom.attribute(*id, "role") == Some("main"));
    let main = mains
        .max_by_key(|id| weights.of_node(*id).text)
        .filter(|id| {
            let text = weights.of_node(*id).text;
            text > 0 && text * 100 >= whole.text * MAIN_SHARE_PERCENT
        });
    let has_prose = whole.text.saturating_sub(whole.linked) >= PROSE_BYTES_MIN;
    let is_left_out = |id: NodeId| is_around(dom, id, weights.of_node(id), has_prose);
    write_tree(dom, main.unwrap_or(body), flow, &is_left_out);
}

/// Whether an element stands around the content: navigation by its name, or a crowd of links.
fn is_around(dom: &Dom, id: NodeId, weight: Weight, has_prose: bool) -> bool {
    let Some(name) = dom.name(id) else {
        return false;
    };
    let role = dom.attribute(id, "role").unwrap_or_default();
    let is_furniture = matches!(name, "nav" | "aside" | "footer")
        || matches!(
            role,
            "navigation" | "banner" | "contentinfo" | "search" | "complementary"
        );
    if is_furniture {
        return true;
    }
    if !has_prose
        || !matches!(
            name,
            "div" | "section" | "ul" | "ol" | "header" | "table" | "form"
        )
    {
        return false;
    }
    let density = weight.linked * 100 / weight.text.max(1);
    let link_length = weight.linked / weight.links.max(1);
    let class = dom.attribute(id, "class").unwrap_or_default();
    let words = format!("{class} {}", dom.attribute(id, "id").unwrap_or_default()).to_lowercase();
    let hints = [
        "nav",
        "menu",
        "breadcrumb",
        "sidebar",
        "footer",
        "share",
        "social",
        "cookie",
    ];
    let is_named = hints.iter().any(|hint| {
        words
            .split([' ', '-', '_'])
            .any(|word| word.starts_with(hint))
    });
    (is_named && density > 50)
        || (name != "table" && weight.links >= 6 && density > 85 && link_length < 30)
}

/// How much text an element holds, and how much of it in links.
#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    text: usize,
    linked: usize,
    links: usize,
}

struct Weights(Vec<Weight>);

impl Weights {
    fn of(dom: &Dom) -> Self {
        let mut order: Vec<(NodeId, Option<NodeId>, bool)> = Vec::new();
        let mut open = vec![(0, None, false)];
        while let Some((id, parent, in_link)) = open.pop() {
            order.push((id, parent, in_link));
            let in_link = in_link || dom.name(id) == Some("a");
            let is_silent = matches!(dom.name(id), Some("script" | "style" | "head" | "svg"));
            if !is_silent {
                open.extend(
                    dom.children(id)
                        .iter()
                        .map(|child| (*child, Some(id), in_link)),
                );
            }
        }
        let most = order
            .iter()
            .map(|(id, ..)| *id as usize)
            .max()
            .unwrap_or_default();
        let mut weights = vec![Weight::default(); most + 1];
        // Children come behind their parents: from the end, every child is whole before it is added.
        for (id, parent, in_link) in order.iter().rev() {
            let mut own = weights.get(*id as usize).copied().unwrap_or_default();
            if let Node::Text(text) = dom.node(*id) {
                own.text = text.trim().len();
                own.linked = if *in_link { own.text } else { 0 };
            } else if dom.name(*id) == Some("a") {
                own.links += 1;
            }
            if let Some(slot) = weights.get_mut(*id as usize) {
                *slot = own;
            }
            if let Some(slot) = parent.and_then(|parent| weights.get_mut(parent as usize)) {
                slot.text += own.text;
                slot.linked += own.linked;
                slot.links += own.links;
            }
        }
        Self(weights)
    }

    fn of_node(&self, id: NodeId) -> Weight {
        self.0.get(id as usize).copied().unwrap_or_default()
    }
}
