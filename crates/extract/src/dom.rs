//! The tree of an HTML or XHTML text: html5ever's parser into a plain arena, with caps on depth and
//! size that hold while the tree is built, because html5ever itself slows down without bound on deep
//! trees.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, Namespace, QualName, TokenizerResult};

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

/// A node as html5ever holds it.
#[derive(Clone)]
struct Handle {
    id: NodeId,
    name: Rc<QualName>,
}

/// The arena while it is built.
struct Tree {
    slots: RefCell<Vec<Slot>>,
    nameless: Rc<QualName>,
    /// How deep the innermost open element stands.
    depth: Cell<usize>,
}

impl Tree {
    fn new() -> Self {
        let name = QualName::new(None, Namespace::default(), LocalName::default());
        let document = Slot {
            node: Node::Other,
            parent: None,
            children: Vec::new(),
            depth: 0,
        };
        Self {
            slots: RefCell::new(vec![document]),
            nameless: Rc::new(name),
            depth: Cell::new(0),
        }
    }

    fn len(&self) -> usize {
        self.slots.borrow().len()
    }

    fn add(&self, node: Node) -> Handle {
        let name = match &node {
            Node::Element(name, _) => Rc::clone(name),
            Node::Text(_) | Node::Other => Rc::clone(&self.nameless),
        };
        let mut slots = self.slots.borrow_mut();
        let id = NodeId::try_from(slots.len()).unwrap_or(NodeId::MAX);
        slots.push(Slot {
            node,
            parent: None,
            children: Vec::new(),
            depth: 0,
        });
        Handle { id, name }
    }

    /// Hangs a child under a parent, before the child at `position` or at the end.
    fn attach(&self, parent: NodeId, position: Option<usize>, child: NodeOrText<Handle>) {
        let child = match child {
            NodeOrText::AppendNode(handle) => handle.id,
            NodeOrText::AppendText(text) => {
                if self.lengthen(parent, position, &text) {
                    return;
                }
                self.add(Node::Text(text)).id
            }
        };
        let mut slots = self.slots.borrow_mut();
        let Some(slot) = slots.get_mut(parent as usize) else {
            return;
        };
        let depth = slot.depth + 1;
        match position.filter(|position| *position <= slot.children.len()) {
            Some(position) => slot.children.insert(position, child),
            None => slot.children.push(child),
        }
        if let Some(slot) = slots.get_mut(child as usize) {
            slot.parent = Some(parent);
            slot.depth = depth;
            if matches!(slot.node, Node::Element(..)) {
                self.depth.set(depth);
            }
        }
    }

    /// Adds text to the text node that stands before `position`, if one does.
    fn lengthen(&self, parent: NodeId, position: Option<usize>, text: &StrTendril) -> bool {
        let mut slots = self.slots.borrow_mut();
        let Some(slot) = slots.get(parent as usize) else {
            return false;
        };
        let before = position.unwrap_or(slot.children.len()).checked_sub(1);
        let before = before.and_then(|before| slot.children.get(before)).copied();
        match before
            .and_then(|before| slots.get_mut(before as usize))
            .map(|slot| &mut slot.node)
        {
            Some(Node::Text(before)) => {
                before.push_tendril(text);
                true
            }
            _ => false,
        }
    }

    fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.slots
            .borrow()
            .get(id as usize)
            .and_then(|slot| slot.parent)
    }
}

impl TreeSink for Tree {
    type Handle = Handle;
    type Output = Self;
    type ElemName<'a> = &'a QualName;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _message: std::borrow::Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle {
            id: 0,
            name: Rc::clone(&self.nameless),
        }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> &'a QualName {
        &target.name
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> Handle {
        self.add(Node::Element(Rc::new(name), attrs))
    }

    fn create_comment(&self, _text: StrTendril) -> Handle {
        self.add(Node::Other)
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> Handle {
        self.add(Node::Other)
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.attach(parent.id, None, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Handle,
        prev_element: &Handle,
        child: NodeOrText<Handle>,
    ) {
        if self.parent(element.id).is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(prev_element, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn pop(&self, node: &Handle) {
        let depth = self
            .slots
            .borrow()
            .get(node.id as usize)
            .map_or(0, |slot| slot.depth);
        self.depth.set(depth.saturating_sub(1));
    }

    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, new_node: NodeOrText<Handle>) {
        let Some(parent) = self.parent(sibling.id) else {
            return;
        };
        if let NodeOrText::AppendNode(node) = &new_node {
            self.remove_from_parent(node);
        }
        let position = self
            .slots
            .borrow()
            .get(parent as usize)
            .and_then(|slot| slot.children.iter().rposition(|child| *child == sibling.id));
        self.attach(parent, position, new_node);
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        let mut slots = self.slots.borrow_mut();
        let Some(slot) = slots.get_mut(target.id as usize) else {
            return;
        };
        if let Node::Element(_, attributes) = &mut slot.node {
            for attribute in attrs {
                if attributes.iter().all(|other| other.name != attribute.name) {
                    attributes.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        let Some(parent) = self.parent(target.id) else {
            return;
        };
        let mut slots = self.slots.borrow_mut();
        if let Some(slot) = slots.get_mut(parent as usize)
            && let Some(position) = slot.children.iter().rposition(|child| *child == target.id)
        {
            slot.children.remove(position);
        }
        if let Some(slot) = slots.get_mut(target.id as usize) {
            slot.parent = None;
        }
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let mut slots = self.slots.borrow_mut();
        let Some(slot) = slots.get_mut(node.id as usize) else {
            return;
        };
        let children = std::mem::take(&mut slot.children);
        for child in &children {
            if let Some(slot) = slots.get_mut(*child as usize) {
                slot.parent = Some(new_parent.id);
            }
        }
        if let Some(slot) = slots.get_mut(new_parent.id as usize) {
            slot.children.extend(children);
        }
    }
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
