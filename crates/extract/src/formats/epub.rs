//! EPUB 2 and 3: package, spine and table of contents; every chapter is a part.

use std::collections::HashMap;

use alexandria_core::block::FaultKind;

use super::html::note_cut;
use crate::dom::Dom;
use crate::failure::{Failure, Result};
use crate::flow::Flow;
use crate::limits::Limits;
use crate::markup::write_tree;
use crate::tidy::tidy;
use crate::xml::{Step, Xml, decode};
use crate::zip::Archive;
use crate::{About, Format, Sink, Source};

/// EPUB.
pub(crate) const FORMAT: Format = Format {
    name: "epub",
    media_types: &["application/epub+zip"],
    extensions: &["epub"],
    paged: false,
    parse,
};

/// The deepest entry of a table of contents whose ancestors are kept.
const CONTENTS_DEPTH_MAX: u8 = 8;

fn parse(source: &Source, limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    let mut archive = Archive::open(source.bytes(), limits)?;
    let mut flow = Flow::new(sink);
    let path = package_path(&mut archive, limits)?;
    let package = Package::read(&archive.require(&path)?, &path, limits)?;
    flow.about(package.about.clone());
    let locked = locked_parts(&mut archive, limits)?;
    let contents = contents(&mut archive, &package, limits);
    let mut chapters = 0_usize;
    for href in &package.spine {
        if flow.is_full() {
            break;
        }
        if locked.iter().any(|part| part == href) {
            return Err(Failure::encrypted(
                "this book is protected against copying and cannot be read; add a copy without \
                 protection",
            ));
        }
        match archive.read(href) {
            Ok(Some(bytes)) => {
                chapter(&bytes, href, &contents, limits, &mut flow);
                chapters += 1;
            }
            Ok(None) => flow.fault(
                FaultKind::Malformed,
                format!("the chapter \"{}\" is missing in this book", tidy(href)),
            ),
            Err(failure) => flow.sink().fault(failure.into_fault(None)),
        }
    }
    if chapters == 0 {
        return Err(Failure::malformed(
            "this book names no chapters that are in it; fetch it again and add that",
        ));
    }
    Ok(())
}

/// The picture that the package names as the book's cover, by EPUB 3's word for it or EPUB 2's.
///
/// # Errors
/// A [`Failure`] when the package cannot be read, or the picture cannot be unpacked.
pub(crate) fn cover(source: &Source, limits: &Limits) -> Result<Option<Vec<u8>>> {
    let mut archive = Archive::open(source.bytes(), limits)?;
    let path = package_path(&mut archive, limits)?;
    let package = Package::read(&archive.require(&path)?, &path, limits)?;
    let locked = locked_parts(&mut archive, limits)?;
    match package.cover {
        Some(href) if !locked.contains(&href) => archive.read(&href),
        Some(_) | None => Ok(None),
    }
}

/// Writes one file of the spine.
fn chapter(
    bytes: &[u8],
    href: &str,
    contents: &HashMap<String, Entry>,
    limits: &Limits,
    flow: &mut Flow<'_>,
) {
    let dom = Dom::xhtml(&decode(bytes), limits.depth);
    let is_heading = |name: &str| matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    let headings = || {
        dom.descend(0)
            .filter(|id| dom.name(*id).is_some_and(is_heading))
    };
    let heading = headings()
        .map(|id| tidy(&dom.text(id)))
        .find(|text| !text.is_empty());
    let entry = contents.get(href);
    flow.outline().leave(0);
    for (level, ancestor) in (0_u8..).zip(
        entry
            .map(|entry| entry.above.as_slice())
            .unwrap_or_default(),
    ) {
        flow.outline().enter(level, ancestor);
    }
    if heading.is_none()
        && let Some(entry) = entry
    {
        flow.outline().enter(CONTENTS_DEPTH_MAX + 1, &entry.title);
    }
    let title = || {
        dom.find("title")
            .map(|id| dom.text(id))
            .filter(|title| !title.trim().is_empty())
    };
    let name = || href.rsplit('/').next().unwrap_or(href).to_owned();
    let part = entry
        .map(|entry| entry.title.clone())
        .or(heading)
        .or_else(title);
    flow.part(&part.unwrap_or_else(name));
    let body = dom.find("body").unwrap_or_default();
    write_tree(&dom, body, flow, &|id| dom.name(id) == Some("nav"));
    note_cut(&dom, flow);
}

/// Where the package lies, by `META-INF/container.xml`.
fn package_path(archive: &mut Archive<'_>, limits: &Limits) -> Result<String> {
    if let Some(bytes) = archive.read("META-INF/container.xml")? {
        let text = decode(&bytes);
        let mut xml = Xml::new(&text, limits);
        loop {
            match xml.step()? {
                Step::Open(tag) if tag.name() == "rootfile" => {
                    if let Some(path) = tag.get("full-path") {
                        return Ok(path);
                    }
                }
                Step::Done => break,
                Step::Open(_) | Step::Close(_) | Step::Text(_) => {}
            }
        }
    }
    archive
        .names()
        .find(|name| name.ends_with(".opf"))
        .map(str::to_owned)
        .ok_or_else(|| {
            Failure::malformed("this book has no package file; fetch it again and add that")
        })
}

/// The members that `META-INF/encryption.xml` names, but for scrambled fonts.
fn locked_parts(archive: &mut Archive<'_>, limits: &Limits) -> Result<Vec<String>> {
    let mut locked = Vec::new();
    let Some(bytes) = archive.read("META-INF/encryption.xml")? else {
        return Ok(locked);
    };
    let text = decode(&bytes);
    let mut xml = Xml::new(&text, limits);
    loop {
        match xml.step()? {
            Step::Open(tag) if tag.name() == "CipherReference" => {
                locked.extend(tag.get("URI").map(|uri| resolve("", &uri)));
            }
            Step::Done => return Ok(locked),
            Step::Open(_) | Step::Close(_) | Step::Text(_) => {}
        }
    }
}

/// What the package file says.
#[derive(Default)]
struct Package {
    about: About,
    /// The files in reading order, as member names.
    spine: Vec<String>,
    /// The file that holds the table of contents: EPUB 3's or EPUB 2's.
    contents: Vec<String>,
    /// The picture of the cover.
    cover: Option<String>,
}

impl Package {
    fn read(bytes: &[u8], path: &str, limits: &Limits) -> Result<Self> {
        let text = decode(bytes);
        let mut xml = Xml::new(&text, limits);
        let mut package = Self::default();
        let mut items: HashMap<String, String> = HashMap::new();
        let (mut linear, mut aside) = (Vec::new(), Vec::new());
        let mut cover = None;
        loop {
            let tag = match xml.step()? {
                Step::Open(tag) => tag,
                Step::Done => break,
                Step::Close(_) | Step::Text(_) => continue,
            };
            match tag.name() {
                "title" if package.about.title.is_none() => {
                    package.about.title = Some(xml.text()?).filter(|text| !text.trim().is_empty());
                }
                "creator" => package.about.authors.push(xml.text()?),
                "language" if package.about.language.is_none() => {
                    package.about.language = Some(xml.text()?);
                }
                "item" => {
                    let (Some(id), Some(href)) = (tag.get("id"), tag.get("href")) else {
                        continue;
                    };
                    let href = resolve(path, &href);
                    let properties = tag.get("properties").unwrap_or_default();
                    let kind = tag.get("media-type").unwrap_or_default();
                    let is_cover = properties
                        .split_whitespace()
                        .any(|word| word == "cover-image");
                    if is_cover && package.cover.is_none() {
                        package.cover = Some(href.clone());
                    }
                    if properties.split_whitespace().any(|word| word == "nav") {
                        package.contents.insert(0, href.clone());
                    } else if kind == "application/x-dtbncx+xml" {
                        package.contents.push(href.clone());
                    }
                    items.insert(id, href);
                }
                "meta" if tag.get("name").as_deref() == Some("cover") => {
                    cover = cover.or(tag.get("content"));
                }
                "itemref" => {
                    let order = match tag.get("linear").as_deref() {
                        Some("no") => &mut aside,
                        _ => &mut linear,
                    };
                    order.extend(tag.get("idref"));
                }
                _ => {}
            }
        }
        let named = cover.and_then(|id| items.get(&id).cloned());
        package.cover = package.cover.or(named);
        let order = linear.iter().chain(&aside);
        package.spine = order.filter_map(|id| items.get(id).cloned()).collect();
        Ok(package)
    }
}

/// An entry of the table of contents.
struct Entry {
    title: String,
    /// The titles above it, outermost first.
    above: Vec<String>,
}

/// The first entry for each file. A table of contents that cannot be read only costs its titles.
fn contents(
    archive: &mut Archive<'_>,
    package: &Package,
    limits: &Limits,
) -> HashMap<String, Entry> {
    for path in &package.contents {
        let Ok(Some(bytes)) = archive.read(path) else {
            continue;
        };
        let mut entries = HashMap::new();
        // What was read of a broken table is still right.
        if read_contents(&decode(&bytes), path, limits, &mut entries).is_err() {
            continue;
        }
        if !entries.is_empty() {
            return entries;
        }
    }
    HashMap::new()
}

/// Reads `nav` of EPUB 3 (`ol`, `li`, `a`) and `navMap` of EPUB 2 (`navPoint`, `text`, `content`):
/// both nest, and both name a title before or beside its target.
fn read_contents(
    text: &str,
    path: &str,
    limits: &Limits,
    entries: &mut HashMap<String, Entry>,
) -> Result<()> {
    let mut xml = Xml::new(text, limits);
    let mut titles: Vec<String> = Vec::new();
    let mut is_other_list = false;
    loop {
        match xml.step()? {
            Step::Open(tag) => match tag.name() {
                "nav" => {
                    let kind = tag.get("type").unwrap_or_default();
                    is_other_list = !kind.is_empty() && kind != "toc";
                }
                "pageList" | "navList" => xml.skip()?,
                "li" | "navPoint" => titles.push(String::new()),
                "a" | "span" | "text" if !is_other_list => {
                    let href = tag.get("href");
                    let title = tidy(&xml.text()?);
                    if let Some(last) = titles.last_mut() {
                        last.clone_from(&title);
                    }
                    if let Some(href) = href {
                        note(entries, path, &href, &titles);
                    }
                }
                "content" => {
                    if let Some(href) = tag.get("src") {
                        note(entries, path, &href, &titles);
                    }
                }
                _ => {}
            },
            Step::Close(end) => {
                if matches!(end.name(), "li" | "navPoint") {
                    titles.pop();
                }
            }
            Step::Text(_) => {}
            Step::Done => return Ok(()),
        }
    }
}

fn note(entries: &mut HashMap<String, Entry>, path: &str, href: &str, titles: &[String]) {
    let Some((title, above)) = titles.split_last() else {
        return;
    };
    let is_deep = above.len() > usize::from(CONTENTS_DEPTH_MAX);
    if !title.is_empty() && !is_deep {
        let above = above
            .iter()
            .filter(|title| !title.is_empty())
            .cloned()
            .collect();
        let entry = Entry {
            title: title.clone(),
            above,
        };
        entries.entry(resolve(path, href)).or_insert(entry);
    }
}

/// The member that a link means, seen from the member `from`; fragments go.
fn resolve(from: &str, href: &str) -> String {
    let href = href.split(['#', '?']).next().unwrap_or_default();
    let href = unescape_percent(href);
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    if href.starts_with('/') {
        parts.clear();
    }
    for part in href.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Resolves `%20` and its like.
fn unescape_percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
