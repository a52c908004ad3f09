//! The tree of an HTML or XHTML text: html5ever's parser into a plain arena, with caps on depth and
//! size that hold while the tree is built, because html5ever itself slows down without bound on deep
//! trees.

mod tree;

use std::cell::Cell;
use std::rc::Rc;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, QualName, TokenizerResult};

use self::tree::{Handle, Tree};

/// Nodes of one tree. Badly nested marks make a parser repeat elements; this ends it.
const NODES_MAX: usize = 4_000_000;

/// The number of a node in its tree; the document itself is 0.
pub(crate) type NodeId = u32;

/// What a node is.
#[derive(Debug)]
pub(crate) enum Node {
    /// An element, by its local name in lower case.
    Element(Rc<QualName>, Vec<Attribute>),
    /// Text.
    Text(StrTendril),
    /// The document, comments and the like.
    Other,
}

#[derive(Debug)]
struct Slot {
    node: Node,
    parent: Option<NodeId>,
    children: Vec<NodeId>,
    depth: usize,
}

/// A parsed text.
#[derive(Debug)]
pub(crate) struct Dom {
    slots: Vec<Slot>,
    /// Whether elements were flattened because they stood too deep, or left out as too many.
    pub(crate) is_cut: bool,
}

impl Dom {
    /// Parses HTML.
    pub(crate) fn html(text: &str, depth_max: usize) -> Self {
        parse(text, depth_max, Dialect::Html)
    }

    /// Parses XHTML, where any element may close itself.
    pub(crate) fn xhtml(text: &str, depth_max: usize) -> Self {
        parse(text, depth_max, Dialect::Xhtml)
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        self.slot(id).map_or(&Node::Other, |slot| &slot.node)
    }

    pub(crate) fn children(&self, id: NodeId) -> &[NodeId] {
        self.slot(id)
            .map(|slot| slot.children.as_slice())
            .unwrap_or_default()
    }

    /// The element's name, or nothing for what is not an element.
    pub(crate) fn name(&self, id: NodeId) -> Option<&str> {
        match self.node(id) {
            Node::Element(name, _) => Some(&name.local),
            Node::Text(_) | Node::Other => None,
        }
    }

    /// An attribute of an element.
    pub(crate) fn attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        let Node::Element(_, attributes) = self.node(id) else {
            return None;
        };
        let attribute = attributes
            .iter()
            .find(|attribute| &*attribute.name.local == name)?;
        Some(&attribute.value)
    }

    /// All nodes from this one down, in the order of the text.
    pub(crate) fn descend(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let mut open = vec![id];
        std::iter::from_fn(move || {
            let next = open.pop()?;
            open.extend(self.children(next).iter().rev());
            Some(next)
        })
    }

    /// The first element of this name.
    pub(crate) fn find(&self, name: &str) -> Option<NodeId> {
        self.descend(0).find(|id| self.name(*id) == Some(name))
    }

    /// All text from a node down.
    pub(crate) fn text(&self, id: NodeId) -> String {
        let mut text = String::new();
        for id in self.descend(id) {
            if let Node::Text(part) = self.node(id) {
                text.push_str(part);
            }
        }
        text
    }

    fn slot(&self, id: NodeId) -> Option<&Slot> {
        self.slots.get(id as usize)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Html,
    Xhtml,
}

fn parse(text: &str, depth_max: usize, dialect: Dialect) -> Dom {
    let builder = TreeBuilder::new(Tree::new(), TreeBuilderOpts::default());
    let capped = Capped {
        builder,
        depth_max,
        dialect,
        dropped: Cell::new(0),
        is_cut: Cell::new(false),
    };
    let tokenizer = Tokenizer::new(capped, TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(text));
    // It pauses where a browser would run a script or change the encoding; neither is done here.
    while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
    tokenizer.end();
    let capped = tokenizer.sink;
    let is_cut = capped.is_cut.get();
    Dom {
        slots: capped.builder.sink.slots.into_inner(),
        is_cut,
    }
}

/// Passes tokens to the tree builder and flattens what stands too deep.
struct Capped {
    builder: TreeBuilder<Handle, Tree>,
    depth_max: usize,
    dialect: Dialect,
    /// Start tags left out whose end tags are still to come.
    dropped: Cell<usize>,
    is_cut: Cell<bool>,
}

impl Capped {
    /// Whether a tag is to be left out.
    fn drops(&self, tag: &Tag) -> bool {
        if self.builder.sink.len() > NODES_MAX {
            self.is_cut.set(true);
            return true;
        }
        match tag.kind {
            TagKind::StartTag if self.builder.sink.depth.get() >= self.depth_max => {
                self.is_cut.set(true);
                if !tag.self_closing && !is_void(&tag.name) {
                    self.dropped.set(self.dropped.get() + 1);
                }
                true
            }
            TagKind::EndTag if self.dropped.get() > 0 => {
                self.dropped.set(self.dropped.get() - 1);
                true
            }
            TagKind::StartTag | TagKind::EndTag => false,
        }
    }
}

impl TokenSink for Capped {
    type Handle = Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Handle> {
        let Token::TagToken(tag) = &token else {
            return self.builder.process_token(token, line);
        };
        if self.drops(tag) {
            return TokenSinkResult::Continue;
        }
        let closes_itself = self.dialect == Dialect::Xhtml
            && tag.kind == TagKind::StartTag
            && tag.self_closing
            && !is_void(&tag.name);
        if !closes_itself {
            return self.builder.process_token(token, line);
        }
        let end = Tag {
            kind: TagKind::EndTag,
            self_closing: false,
            attrs: Vec::new(),
            ..tag.clone()
        };
        // What the start tag asks of the tokenizer is void: the element has ended already.
        drop(self.builder.process_token(token, line));
        drop(self.builder.process_token(Token::TagToken(end), line));
        TokenSinkResult::Continue
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

fn is_void(name: &LocalName) -> bool {
    matches!(
        &**name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_beyond_the_depth_are_flattened_and_keep_their_text() {
        let deep = format!(
            "{}core{}<p>after",
            "<div>".repeat(200_000),
            "</div>".repeat(200_000)
        );
        let dom = Dom::html(&deep, 64);
        assert!(dom.is_cut);
        assert_eq!(dom.text(0), "coreafter");
        assert!(dom.slots.iter().all(|slot| slot.depth <= 70));
    }

    #[test]
    fn xhtml_elements_may_close_themselves() {
        let dom = Dom::xhtml(
            "<html><head><title/></head><body><p/><i/>text</body></html>",
            64,
        );
        assert_eq!(dom.text(0), "text");
        let body = dom.find("body").unwrap();
        assert_eq!(dom.children(body).len(), 3);
    }

    #[test]
    fn marks_that_multiply_elements_end() {
        let bad: String = (0..20_000)
            .map(|n| format!("<p><font color={n}>x</p>"))
            .collect();
        let dom = Dom::html(&bad, 512);
        assert!(dom.slots.len() < NODES_MAX + 100_000);
    }
}
