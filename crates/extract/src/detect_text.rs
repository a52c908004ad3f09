//! Which plain format a text is written in.

/// How many lines are looked at.
const LINES_MAX: usize = 60;

/// The name of the format of a text, by how it begins; `name` (of the file) breaks ties.
pub(crate) fn text_format(text: &str, name: &str) -> &'static str {
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let extension = extension(name);
    let extension = extension.as_str();
    if is_html_document(text) {
        return "html";
    }
    if text.starts_with("<?xml") || (text.starts_with('<') && extension == "xml") {
        return if is_markup(extension) { "html" } else { "xml" };
    }
    match extension {
        "md" | "markdown" | "mdown" | "mkd" | "qmd" | "rmd" => return "markdown",
        "csv" | "tsv" | "tab" => return "csv",
        "eml" if is_mail(text, 1) => return "eml",
        "json" | "jsonl" | "ndjson" | "geojson" => return "json",
        _ if is_markup(extension) && text.contains('<') => return "html",
        _ => {}
    }
    if is_mail(text, 3) {
        return "eml";
    }
    if starts_with_html_element(text) {
        return "html";
    }
    if is_markdown(text) && extension != "txt" {
        return "markdown";
    }
    if is_table(text) {
        return "csv";
    }
    "text"
}

/// The part of a file's name behind its last dot, lower case.
pub(crate) fn extension(name: &str) -> String {
    name.rsplit_once('.')
        .map(|(_, extension)| extension.to_lowercase())
        .unwrap_or_default()
}

fn is_markup(extension: &str) -> bool {
    matches!(
        extension,
        "html" | "htm" | "xhtml" | "xht" | "shtml" | "mhtml"
    )
}

/// Starts, behind comments and the like, as only HTML does.
fn is_html_document(text: &str) -> bool {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if let Some(comment) = rest.strip_prefix("<!--") {
            let Some((_, after)) = comment.split_once("-->") else {
                return false;
            };
            rest = after;
        } else if rest.starts_with("<?") {
            let Some((_, after)) = rest.split_once("?>") else {
                return false;
            };
            rest = after;
        } else {
            break;
        }
    }
    [
        "<!doctype html",
        "<html",
        "<head>",
        "<body",
        "<!doctype xhtml",
    ]
    .iter()
    .any(|start| starts_with_ignoring_case(rest, start))
}

fn starts_with_html_element(text: &str) -> bool {
    let names = [
        "article", "div", "p", "h1", "h2", "h3", "table", "title", "meta", "script", "section",
        "main", "ul", "ol", "span", "link", "style", "center", "font", "b", "a", "pre",
    ];
    let is_element = names.iter().any(|name| {
        text.strip_prefix('<').is_some_and(|rest| {
            starts_with_ignoring_case(rest, name)
                && rest
                    .get(name.len()..)
                    .is_some_and(|rest| rest.starts_with([' ', '>', '\n', '\t']))
        })
    });
    is_element && text.contains("</")
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// Begins with at least this many header lines that mails have.
fn is_mail(text: &str, least: usize) -> bool {
    const NAMES: [&str; 20] = [
        "from",
        "to",
        "cc",
        "subject",
        "date",
        "received",
        "message-id",
        "mime-version",
        "return-path",
        "delivered-to",
        "content-type",
        "reply-to",
        "sender",
        "x-mailer",
        "in-reply-to",
        "references",
        "content-transfer-encoding",
        "dkim-signature",
        "x-received",
        "authentication-results",
    ];
    let mut known = 0;
    for (number, line) in text.lines().take(LINES_MAX).enumerate() {
        let is_envelope = number == 0 && (line.starts_with("From ") || line.starts_with(">From "));
        if line.trim().is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) || is_envelope {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else {
            return false;
        };
        if name.contains(' ') {
            return false;
        }
        known += usize::from(NAMES.contains(&name.to_ascii_lowercase().as_str()));
    }
    known >= least
}

/// Has at least two different marks that nobody writes by chance.
fn is_markdown(text: &str) -> bool {
    let lines = || text.lines().take(LINES_MAX * 4);
    let heading = lines().any(|line| {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        (1..=6).contains(&level) && line.get(level..).is_some_and(|rest| rest.starts_with(' '))
    });
    let fence = lines()
        .filter(|line| line.trim_start().starts_with("```"))
        .count()
        >= 2;
    let link = lines().any(|line| line.contains("](") && line.contains('['));
    let strong = lines().any(|line| line.matches("**").count() >= 2);
    let rule = lines().any(|line| line.starts_with('|') && line.contains("---"));
    [heading, fence, link, strong, rule]
        .iter()
        .filter(|mark| **mark)
        .count()
        >= 2
}

/// Every line has the same number of tabs, semicolons or commas, and several of them.
fn is_table(text: &str) -> bool {
    let lines: Vec<&str> = text
        .lines()
        .take(LINES_MAX)
        .filter(|line| !line.is_empty())
        .collect();
    // The last line may be cut.
    let Some((_, lines)) = lines.split_last() else {
        return false;
    };
    [('\t', 1), (';', 2), (',', 2)]
        .iter()
        .any(|(delimiter, least)| {
            let mut counts = lines.iter().map(|line| line.matches(*delimiter).count());
            let first = counts.next().unwrap_or_default();
            lines.len() >= 4 && first >= *least && counts.all(|count| count == first)
        })
}
