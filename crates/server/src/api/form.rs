//! Forms with files (multipart/form-data) as browsers write them: the names of files and how they
//! are escaped.

/// A field of a form.
pub(crate) fn field(boundary: &str, name: &str, value: &str) -> String {
    format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

/// What stands before a file's bytes.
pub(crate) fn file(boundary: &str, name: &str, media_type: Option<&str>) -> String {
    let name = escape(name);
    let clean = |media_type: &&str| !media_type.contains(['\r', '\n']);
    let media_type = media_type
        .filter(clean)
        .unwrap_or("application/octet-stream");
    format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: {media_type}\r\n\r\n"
    )
}

/// What stands at the end.
pub(crate) fn end(boundary: &str) -> String {
    format!("\r\n--{boundary}--\r\n")
}

/// Escapes a file's name as the HTML standard says.
fn escape(name: &str) -> String {
    name.replace('\\', "\\\\")
        .replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The name that was escaped by [`escape`] or a browser.
pub(crate) fn unescape(name: &str) -> String {
    name.replace("%22", "\"")
        .replace("%0D", "\r")
        .replace("%0A", "\n")
}

#[cfg(test)]
mod tests {
    use super::{escape, unescape};

    #[test]
    fn names_of_files_survive_the_form() {
        for name in [
            "plain.pdf",
            "two\nlines.txt",
            "say \"hi\".md",
            "../../etc/passwd",
            "📚 książki.epub",
        ] {
            assert_eq!(unescape(&escape(name)).replace("\\\\", "\\"), name);
        }
    }
}
