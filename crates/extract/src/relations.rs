//! The relations between the parts of an Office Open XML file, and its core properties.

use crate::About;
use crate::failure::Result;
use crate::limits::Limits;
use crate::xml::{Step, Xml, decode};
use crate::zip::Archive;

/// One relation.
pub(crate) struct Relation {
    /// Its id within the part.
    pub(crate) id: String,
    /// The last word of its type, such as `officeDocument`.
    pub(crate) kind: String,
    /// The part it leads to, as a member's name.
    pub(crate) target: String,
}

/// The relations of a part, or of the whole file when `part` is empty. None when it has none.
pub(crate) fn relations(
    archive: &mut Archive<'_>,
    part: &str,
    limits: &Limits,
) -> Result<Vec<Relation>> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let slash = if folder.is_empty() { "" } else { "/" };
    let path = format!("{folder}{slash}_rels/{name}.rels");
    let mut relations = Vec::new();
    let Some(bytes) = archive.read(&path)? else {
        return Ok(relations);
    };
    let text = decode(&bytes);
    let mut xml = Xml::new(&text, limits);
    loop {
        match xml.step()? {
            Step::Open(tag) if tag.name() == "Relationship" => {
                let is_outside = tag.get("TargetMode").as_deref() == Some("External");
                let fields = (tag.get("Id"), tag.get("Type"), tag.get("Target"));
                if let (Some(id), Some(kind), Some(target)) = fields
                    && !is_outside
                {
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    relations.push(Relation {
                        id,
                        kind,
                        target: resolve(folder, &target),
                    });
                }
            }
            Step::Done => return Ok(relations),
            Step::Open(_) | Step::Close(_) | Step::Text(_) => {}
        }
    }
}

/// The part that the whole file's relation of this kind leads to.
pub(crate) fn main_part(
    archive: &mut Archive<'_>,
    kind: &str,
    usual: &str,
    limits: &Limits,
) -> Result<String> {
    let relations = relations(archive, "", limits)?;
    let found = relations.into_iter().find(|relation| relation.kind == kind);
    Ok(found
        .map(|relation| relation.target)
        .filter(|target| archive.has(target)))
    .map(|target| target.unwrap_or_else(|| usual.to_owned()))
}

/// Title, authors and language of an Office Open XML or `OpenDocument` file.
pub(crate) fn properties(archive: &mut Archive<'_>, path: &str, limits: &Limits) -> Result<About> {
    let mut about = About::default();
    let Some(bytes) = archive.read(path)? else {
        return Ok(about);
    };
    let text = decode(&bytes);
    let mut xml = Xml::new(&text, limits);
    loop {
        let tag = match xml.step()? {
            Step::Open(tag) => tag,
            Step::Done => break,
            Step::Close(_) | Step::Text(_) => continue,
        };
        match tag.name() {
            "title" => about.title = Some(xml.text()?).filter(|title| !title.trim().is_empty()),
            "creator" | "initial-creator" if about.authors.is_empty() => {
                about.authors = xml
                    .text()?
                    .split(';')
                    .map(|name| name.trim().to_owned())
                    .collect();
            }
            "language" => about.language = Some(xml.text()?),
            _ => {}
        }
    }
    Ok(about)
}

fn resolve(folder: &str, target: &str) -> String {
    let is_absolute = target.starts_with('/');
    let mut parts: Vec<&str> = if is_absolute {
        Vec::new()
    } else {
        folder.split('/').collect()
    };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}
