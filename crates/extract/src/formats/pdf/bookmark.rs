//! The outline that a file carries: its bookmarks, with the page and height each points to.

use std::collections::{HashMap, HashSet};

use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{
    Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, String as PdfString,
};
use hayro_interpret::kurbo::Point;
use hayro_interpret::util::TransformExt;

use super::text_string;

/// How many bookmarks are read.
const BOOKMARKS_MAX: usize = 20_000;

/// How many named places are read.
const NAMES_MAX: usize = 200_000;

/// How deep the tree of names may be.
const NAME_DEPTH_MAX: usize = 32;

/// Bookmarks deeper than this count as this deep.
const LEVEL_MAX: u8 = 6;

/// A bookmark.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bookmark {
    /// Its level, from 1.
    pub(super) level: u8,
    /// Its title.
    pub(super) title: String,
    /// The page, counted from 1.
    pub(super) page: u32,
    /// How far below the page's upper edge, in points, where it says.
    pub(super) top: Option<f32>,
}

/// The bookmarks of a file, in their order.
pub(super) fn bookmarks(pdf: &Pdf) -> Vec<Bookmark> {
    let Some(catalog) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) else {
        return Vec::new();
    };
    let Some(outlines) = catalog.get::<Dict<'_>>("Outlines") else {
        return Vec::new();
    };
    let mut reader = Reader {
        pdf,
        pages: HashMap::new(),
        names: None,
        catalog,
        seen: HashSet::new(),
        found: Vec::new(),
    };
    for (index, page) in pdf.pages().iter().enumerate() {
        if let (Some(id), Ok(index)) = (page.raw().obj_id(), u32::try_from(index)) {
            reader.pages.insert(id, index);
        }
    }
    reader.walk(&outlines);
    reader.found
}

struct Reader<'a> {
    pdf: &'a Pdf,
    catalog: Dict<'a>,
    pages: HashMap<ObjectIdentifier, u32>,
    names: Option<HashMap<Vec<u8>, Array<'a>>>,
    seen: HashSet<ObjectIdentifier>,
    found: Vec<Bookmark>,
}

impl<'a> Reader<'a> {
    fn walk(&mut self, outlines: &Dict<'a>) {
        let mut open: Vec<(Dict<'a>, u8)> = Vec::new();
        open.extend(outlines.get::<Dict<'a>>("First").map(|first| (first, 1)));
        let mut steps = 0;
        while let Some((item, level)) = open.pop() {
            steps += 1;
            let is_new = item.obj_id().is_none_or(|id| self.seen.insert(id));
            if !is_new || steps > BOOKMARKS_MAX {
                continue;
            }
            self.add(&item, level);
            // The next sister waits beneath the first child, which is read before it.
            open.extend(item.get::<Dict<'a>>("Next").map(|next| (next, level)));
            let below = level.saturating_add(1);
            open.extend(item.get::<Dict<'a>>("First").map(|first| (first, below)));
        }
    }

    fn add(&mut self, item: &Dict<'a>, level: u8) {
        let title = item
            .get::<PdfString<'_>>("Title")
            .map(|title| text_string(title.as_bytes()));
        let Some(title) = title.filter(|title| !title.is_empty()) else {
            return;
        };
        let target = item.get::<Object<'a>>("Dest").or_else(|| {
            let action = item.get::<Dict<'a>>("A")?;
            action.get::<Object<'a>>("D")
        });
        let place = target
            .and_then(|target| self.resolve(target))
            .and_then(|to| self.place(&to));
        if let Some((page, top)) = place {
            let level = level.min(LEVEL_MAX);
            self.found.push(Bookmark {
                level,
                title,
                page: page + 1,
                top,
            });
        }
    }

    fn resolve(&mut self, target: Object<'a>) -> Option<Array<'a>> {
        match target {
            Object::Array(array) => Some(array),
            Object::Dict(dict) => dict.get::<Array<'a>>("D"),
            Object::Name(name) => self.named(&name),
            Object::String(name) => self.named(name.as_bytes()),
            Object::Null(_) | Object::Boolean(_) | Object::Number(_) | Object::Stream(_) => None,
        }
    }

    fn named(&mut self, name: &[u8]) -> Option<Array<'a>> {
        if self.names.is_none() {
            let mut names = HashMap::new();
            if let Some(old) = self.catalog.get::<Dict<'a>>("Dests") {
                for (key, value) in old.entries().take(NAMES_MAX) {
                    let value = resolved(self.pdf, value).and_then(destination);
                    names.extend(value.map(|value| (key.to_vec(), value)));
                }
            }
            let tree = self.catalog.get::<Dict<'a>>("Names");
            if let Some(root) = tree.and_then(|names| names.get::<Dict<'a>>("Dests")) {
                self.collect(&root, &mut names, 0);
            }
            self.names = Some(names);
        }
        self.names.as_ref()?.get(name).cloned()
    }

    fn collect(&self, node: &Dict<'a>, names: &mut HashMap<Vec<u8>, Array<'a>>, depth: usize) {
        if depth > NAME_DEPTH_MAX || names.len() > NAMES_MAX {
            return;
        }
        if let Some(pairs) = node.get::<Array<'a>>("Names") {
            let mut objects = pairs.iter::<Object<'a>>();
            while let (Some(key), Some(value)) = (objects.next(), objects.next()) {
                if let (Some(key), Some(value)) = (key.into_string(), destination(value)) {
                    names.insert(key.as_bytes().to_vec(), value);
                }
            }
        }
        if let Some(kids) = node.get::<Array<'a>>("Kids") {
            for kid in kids.iter::<Dict<'a>>().take(NAMES_MAX) {
                self.collect(&kid, names, depth + 1);
            }
        }
    }

    /// The page, counted from 0, and the height of a place.
    #[expect(clippy::cast_possible_truncation, reason = "points of a page")]
    fn place(&self, target: &Array<'a>) -> Option<(u32, Option<f32>)> {
        let page = match target.raw_iter().next()? {
            MaybeRef::Ref(reference) => *self.pages.get(&reference.into())?,
            MaybeRef::NotRef(object) => u32::try_from(object.into_i32()?).ok()?,
        };
        let mut rest = target.iter::<Object<'a>>().skip(1);
        let kind = rest.next().and_then(Object::into_name);
        let top = match kind.as_ref().map(Name::as_str) {
            Some("XYZ") => rest.nth(1).and_then(Object::into_f32),
            Some("FitH" | "FitBH") => rest.next().and_then(Object::into_f32),
            _ => None,
        };
        let sheet = self.pdf.pages().get(page as usize)?;
        let top = top.map(|top| {
            let transform = sheet.initial_transform(true).to_kurbo();
            (transform * Point::new(0.0, f64::from(top))).y as f32
        });
        Some((page, top))
    }
}

fn resolved<'a>(pdf: &'a Pdf, value: MaybeRef<Object<'a>>) -> Option<Object<'a>> {
    match value {
        MaybeRef::Ref(reference) => pdf.xref().get::<Object<'a>>(reference.into()),
        MaybeRef::NotRef(object) => Some(object),
    }
}

fn destination(value: Object<'_>) -> Option<Array<'_>> {
    match value {
        Object::Array(array) => Some(array),
        Object::Dict(dict) => dict.get::<Array<'_>>("D"),
        Object::Null(_)
        | Object::Boolean(_)
        | Object::Number(_)
        | Object::String(_)
        | Object::Name(_)
        | Object::Stream(_) => None,
    }
}
