//! The name of a file that was put in: shown, never used as a path.

/// A file's name, in bytes; longer ones are cut in the middle, so that the ending stays.
const NAME_BYTES_MAX: usize = 255;

/// The name to show: the last part of what the caller gave, without control characters. A web
/// address stays whole.
pub(super) fn tidy_name(given: &str) -> String {
    let clean: String = given
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let web = clean.starts_with("http://") || clean.starts_with("https://");
    let last = if web {
        &clean
    } else {
        clean.rsplit(['/', '\\']).next().unwrap_or_default()
    };
    let name = last.trim();
    if name.is_empty() || name.chars().all(|c| c == '.') {
        return "unnamed".to_owned();
    }
    if name.len() <= NAME_BYTES_MAX {
        return name.to_owned();
    }
    let half = NAME_BYTES_MAX / 2 - 2;
    let head = name
        .get(..name.floor_char_boundary(half))
        .unwrap_or_default();
    let tail = name
        .get(name.ceil_char_boundary(name.len() - half)..)
        .unwrap_or_default();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::{NAME_BYTES_MAX, tidy_name};

    #[test]
    fn a_name_is_shown_and_never_a_path() {
        let check = |given: &str, shown: &str| assert_eq!(tidy_name(given), shown);
        check("dune.pdf", "dune.pdf");
        check("../../etc/passwd", "passwd");
        check("C:\\books\\dune.pdf", "dune.pdf");
        check("..", "unnamed");
        check("a/..", "unnamed");
        check("", "unnamed");
        check("two\nlines\r.txt", "two lines .txt");
        check("📚 książki.epub", "📚 książki.epub");
        check("https://example.org/a/b.pdf", "https://example.org/a/b.pdf");
        let long = format!("{}.pdf", "ż".repeat(300));
        let shown = tidy_name(&long);
        assert!(
            shown.len() <= NAME_BYTES_MAX && shown.ends_with(".pdf"),
            "{shown}"
        );
    }
}
