//! Writes the tree of an HTML text as blocks: web pages, chapters of EPUBs and bodies of mails.

mod element;

use alexandria_core::block::BlockKind;

use crate::dom::{Dom, Node, NodeId};
use crate::flow::Flow;

use self::element::{is_footnote, is_inline, is_unseen};

/// Text of this length in a table cell, in bytes, makes the table a frame for layout.
const LAYOUT_CELL_BYTES: usize = 3000;

/// Cells that a span may add to a row.
const SPAN_CELLS_MAX: usize = 64;

/// How deep blocks and inline text may call each other; the tree's own cap lies below.
const NESTING_MAX: usize = 2000;

/// Writes everything under `root` that `is_left_out` does not name.
pub(crate) fn write_tree(
    dom: &Dom,
    root: NodeId,
    flow: &mut Flow<'_>,
    is_left_out: &dyn Fn(NodeId) -> bool,
) {
    let mut writer = Writer {
        dom,
        flow,
        is_left_out,
        inline: String::new(),
        kinds: vec![BlockKind::Paragraph],
        lists: Vec::new(),
        nesting: 0,
    };
    writer.visit(root);
    writer.flush();
}

struct Writer<'w, 'f> {
    dom: &'w Dom,
    flow: &'w mut Flow<'f>,
    is_left_out: &'w dyn Fn(NodeId) -> bool,
    /// Text gathered for the next block.
    inline: String,
    /// What the next block is; the innermost last.
    kinds: Vec<BlockKind>,
    /// The open lists: the number of the next item, or none for lists with marks.
    lists: Vec<Option<u32>>,
    nesting: usize,
}

impl Writer<'_, '_> {
    /// Writes what was gathered as a block.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.inline);
        if !text.trim().is_empty() {
            let kind = self.kinds.last().copied().unwrap_or(BlockKind::Paragraph);
            self.flow.text(kind, &text);
        }
    }

    fn children(&mut self, id: NodeId) {
        for child in self.dom.children(id) {
            self.visit(*child);
        }
    }

    fn visit(&mut self, id: NodeId) {
        if self.nesting > NESTING_MAX || self.flow.is_full() {
            return;
        }
        self.nesting += 1;
        match self.dom.node(id) {
            Node::Text(text) => self.inline.push_str(text),
            Node::Element(name, _) => {
                if !is_unseen(self.dom, id, &name.local) && !(self.is_left_out)(id) {
                    self.element(id, &name.local);
                }
            }
            Node::Other => self.children(id),
        }
        self.nesting -= 1;
    }

    fn element(&mut self, id: NodeId, name: &str) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(id, name),
            "ul" | "ol" | "menu" | "dir" => self.list(id, name),
            "li" => self.item(id),
            "table" => self.table(id),
            "pre" | "listing" | "xmp" => {
                self.flush();
                let text = self.dom.text(id);
                self.flow.lines(BlockKind::Code, &text);
            }
            "blockquote" => self.block_as(id, BlockKind::Quote),
            "figcaption" | "caption" => self.block_as(id, BlockKind::Caption),
            "img" | "image" => self.picture(id),
            "br" => self.inline.push('\n'),
            "q" => {
                self.inline.push('“');
                self.children(id);
                self.inline.push('”');
            }
            "td" | "th" => {
                self.inline.push(' ');
                self.children(id);
                self.inline.push(' ');
            }
            _ if is_footnote(self.dom, id) => self.block_as(id, BlockKind::Footnote),
            _ if is_inline(name) => self.children(id),
            _ => {
                self.flush();
                self.children(id);
                self.flush();
            }
        }
    }

    fn heading(&mut self, id: NodeId, name: &str) {
        self.flush();
        let level = name
            .strip_prefix('h')
            .and_then(|level| level.parse().ok())
            .unwrap_or(1);
        let text = self.inline_text(id);
        self.flow.heading(level, &text);
    }

    /// The children as blocks of a kind of their own.
    fn block_as(&mut self, id: NodeId, kind: BlockKind) {
        self.flush();
        self.kinds.push(kind);
        self.children(id);
        self.flush();
        self.kinds.pop();
    }

    fn list(&mut self, id: NodeId, name: &str) {
        self.flush();
        let start = self
            .dom
            .attribute(id, "start")
            .and_then(|start| start.trim().parse().ok());
        self.lists.push((name == "ol").then(|| start.unwrap_or(1)));
        self.children(id);
        self.flush();
        self.lists.pop();
    }

    fn item(&mut self, id: NodeId) {
        let depth = u8::try_from(self.lists.len().saturating_sub(1)).unwrap_or(u8::MAX);
        self.flush();
        let is_note = is_footnote(self.dom, id) || self.kinds.last() == Some(&BlockKind::Footnote);
        self.kinds.push(if is_note {
            BlockKind::Footnote
        } else {
            BlockKind::ListItem(depth)
        });
        if let Some(Some(number)) = self.lists.last_mut() {
            self.inline.push_str(&format!("{number}. "));
            *number = number.saturating_add(1);
        }
        let number = self.inline.len();
        for child in self.dom.children(id) {
            // A paragraph at the head of an item belongs to its number.
            let is_head = self
                .inline
                .get(number..)
                .is_none_or(|text| text.trim().is_empty());
            if is_head && number > 0 && self.dom.name(*child) == Some("p") {
                self.children(*child);
            } else {
                self.visit(*child);
            }
        }
        self.flush();
        self.kinds.pop();
    }

    fn picture(&mut self, id: NodeId) {
        let Some(words) = self.dom.attribute(id, "alt") else {
            return;
        };
        let words = words.trim();
        if self.inline.trim().is_empty() {
            self.flow.text(BlockKind::Image, words);
        } else {
            self.inline.push(' ');
            self.inline.push_str(words);
            self.inline.push(' ');
        }
    }

    fn table(&mut self, id: NodeId) {
        self.flush();
        let mut rows = Vec::new();
        self.rows(id, &mut rows);
        let is_layout = self.dom.attribute(id, "role") == Some("presentation")
            || rows.iter().all(|row| row.len() <= 1)
            || self.holds_blocks(&rows);
        if is_layout {
            for row in rows {
                for cell in row {
                    self.block_as(cell, BlockKind::Paragraph);
                }
            }
            return;
        }
        for child in self.dom.children(id) {
            if self.dom.name(*child) == Some("caption") {
                self.visit(*child);
            }
        }
        let rows: Vec<Vec<String>> = rows.iter().map(|row| self.row(row)).collect();
        self.flow.table(&rows);
    }

    /// The cells of every row of a table, but not of tables inside it.
    fn rows(&self, id: NodeId, rows: &mut Vec<Vec<NodeId>>) {
        for child in self.dom.children(id) {
            match self.dom.name(*child) {
                Some("tr") => {
                    let cells = self.dom.children(*child).iter().copied();
                    let is_cell = |cell: &NodeId| matches!(self.dom.name(*cell), Some("td" | "th"));
                    rows.push(cells.filter(is_cell).collect());
                }
                Some("thead" | "tbody" | "tfoot") => self.rows(*child, rows),
                _ => {}
            }
        }
    }

    /// Whether any cell holds what a line of a table cannot: another table, headings, long text.
    fn holds_blocks(&self, rows: &[Vec<NodeId>]) -> bool {
        rows.iter().flatten().any(|cell| {
            let holds = |id| {
                matches!(
                    self.dom.name(id),
                    Some("table" | "h1" | "h2" | "h3" | "h4" | "pre")
                )
            };
            self.dom.descend(*cell).skip(1).any(holds)
                || self.dom.text(*cell).trim().len() > LAYOUT_CELL_BYTES
        })
    }

    fn row(&mut self, cells: &[NodeId]) -> Vec<String> {
        let mut row = Vec::new();
        for cell in cells {
            row.push(self.inline_text(*cell));
            let span = self
                .dom
                .attribute(*cell, "colspan")
                .and_then(|span| span.parse().ok());
            let more = span
                .unwrap_or(1_usize)
                .saturating_sub(1)
                .min(SPAN_CELLS_MAX);
            row.extend(std::iter::repeat_n(String::new(), more));
        }
        row
    }

    /// The seen text from a node down, blocks parted by spaces.
    fn inline_text(&self, id: NodeId) -> String {
        let mut text = String::new();
        self.push_inline(id, 0, &mut text);
        text
    }

    fn push_inline(&self, id: NodeId, depth: usize, text: &mut String) {
        for child in self.dom.children(id) {
            match self.dom.node(*child) {
                Node::Text(part) => text.push_str(part),
                Node::Element(name, _) if !is_unseen(self.dom, *child, &name.local) => {
                    let name = &*name.local;
                    if name == "img" {
                        text.push_str(self.dom.attribute(*child, "alt").unwrap_or_default());
                    }
                    let is_apart = !is_inline(name);
                    if is_apart {
                        text.push(' ');
                    }
                    if depth < NESTING_MAX {
                        self.push_inline(*child, depth + 1, text);
                    }
                    if is_apart {
                        text.push(' ');
                    }
                }
                Node::Element(..) | Node::Other => {}
            }
        }
    }
}
