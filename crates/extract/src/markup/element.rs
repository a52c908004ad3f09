//! What elements of HTML are to a reader, by their names and attributes.

use crate::dom::{Dom, NodeId};

/// Elements that a reader does not see, or does not read.
pub(super) fn is_unseen(dom: &Dom, id: NodeId, name: &str) -> bool {
    let is_machinery = matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "head"
            | "title"
            | "svg"
            | "iframe"
            | "object"
            | "embed"
            | "canvas"
            | "audio"
            | "video"
            | "select"
            | "option"
            | "button"
            | "input"
            | "textarea"
            | "datalist"
            | "dialog"
            | "rt"
            | "rp"
            | "annotation"
            | "annotation-xml"
            | "meta"
            | "link"
            | "map"
            | "progress"
            | "meter"
    );
    let has_hidden_style = || {
        let style = dom.attribute(id, "style").unwrap_or_default();
        let style: String = style
            .chars()
            .filter(|character| !character.is_whitespace())
            .collect();
        style.contains("display:none") || style.contains("visibility:hidden")
    };
    is_machinery
        || dom.attribute(id, "hidden").is_some()
        || dom.attribute(id, "aria-hidden") == Some("true")
        || has_hidden_style()
}

/// Elements that stand inside a line.
pub(super) fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "acronym"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "cite"
            | "code"
            | "data"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "ins"
            | "kbd"
            | "label"
            | "mark"
            | "nobr"
            | "output"
            | "ruby"
            | "rb"
            | "rbc"
            | "rtc"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
            | "math"
            | "mi"
            | "mn"
            | "mo"
            | "mrow"
            | "msup"
            | "msub"
            | "msubsup"
            | "mfrac"
            | "msqrt"
            | "mtext"
            | "mspace"
            | "semantics"
            | "mstyle"
            | "q"
            | "img"
            | "picture"
            | "source"
            | "mover"
            | "munder"
            | "munderover"
            | "mpadded"
            | "mroot"
            | "mfenced"
    )
}

/// Whether an element is a note by what EPUB and ARIA call one.
pub(super) fn is_footnote(dom: &Dom, id: NodeId) -> bool {
    let names = [
        "footnote",
        "footnotes",
        "endnote",
        "endnotes",
        "rearnote",
        "rearnotes",
    ];
    let kind = dom.attribute(id, "epub:type").unwrap_or_default();
    let role = dom.attribute(id, "role").unwrap_or_default();
    let is_note = |word: &str| names.contains(&word.trim_start_matches("doc-"));
    kind.split_whitespace().any(is_note) || role.split_whitespace().any(is_note)
}
