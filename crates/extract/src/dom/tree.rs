//! The arena of nodes while html5ever builds it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, Namespace, QualName};

use super::{Node, NodeId, Slot};

/// A node as html5ever holds it.
#[derive(Clone)]
pub(super) struct Handle {
    id: NodeId,
    name: Rc<QualName>,
}

/// The arena while it is built.
pub(super) struct Tree {
    pub(super) slots: RefCell<Vec<Slot>>,
    nameless: Rc<QualName>,
    /// How deep the innermost open element stands.
    pub(super) depth: Cell<usize>,
}

impl Tree {
    /// A document without anything in it.
    pub(super) fn new() -> Self {
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

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
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
