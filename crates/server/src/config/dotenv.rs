//! Reading a `.env` file: lines of `NAME=value`, as shells and compose files write them.
//!
//! Values are never expanded: a `$` is a dollar sign, so a password can hold one.

use std::collections::BTreeMap;

/// The variables of the text.
///
/// # Errors
/// A sentence naming the line that is not an assignment.
pub(super) fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut variables = BTreeMap::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let assignment = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = assignment.split_once('=') else {
            return Err(format!("line {}: it must read NAME=value", index + 1));
        };
        let name = name.trim();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(format!(
                "line {}: \"{name}\" is not the name of a variable",
                index + 1
            ));
        }
        variables.insert(
            name.to_owned(),
            unquote(value.trim()).map_err(|problem| format!("line {}: {problem}", index + 1))?,
        );
    }
    Ok(variables)
}

/// The text with a variable set to a value: in the place of its last assignment, or at the end.
/// Everything else stays as it is.
pub(super) fn set(text: &str, name: &str, value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:+=@,%".contains(c);
    let line = if value.chars().all(plain) {
        format!("{name}={value}")
    } else {
        format!("{name}=\"{escaped}\"")
    };
    let assigns = |line: &&str| {
        let line = line.trim();
        let assignment = line.strip_prefix("export ").unwrap_or(line);
        assignment
            .split_once('=')
            .is_some_and(|(found, _value)| found.trim() == name)
    };
    let mut lines: Vec<&str> = text.lines().collect();
    match lines.iter().rposition(assigns) {
        Some(at) => {
            if let Some(place) = lines.get_mut(at) {
                *place = &line;
            }
        }
        None => lines.push(&line),
    }
    lines.join("\n") + "\n"
}

/// Takes quotes off; without quotes a ` #` begins a comment.
fn unquote(value: &str) -> Result<String, &'static str> {
    let quoted = |quote: char| -> Option<Result<String, &'static str>> {
        let rest = value.strip_prefix(quote)?;
        let Some((inner, after)) = rest.rsplit_once(quote) else {
            return Some(Err("the quote is not closed"));
        };
        let after = after.trim();
        if !after.is_empty() && !after.starts_with('#') {
            return Some(Err("something stands after the closing quote"));
        }
        Some(Ok(if quote == '"' {
            unescape(inner)
        } else {
            inner.to_owned()
        }))
    };
    if let Some(result) = quoted('"').or_else(|| quoted('\'')) {
        return result;
    }
    let end = value.find(" #").unwrap_or(value.len());
    Ok(value.get(..end).unwrap_or(value).trim_end().to_owned())
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some(other) => plain.push(other),
            None => plain.push('\\'),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_line_is_a_name_and_a_value_as_shells_write_them() {
        let check = |line: &str, expected: Result<&str, &str>| match (parse(line), expected) {
            (Ok(found), Ok(value)) => {
                assert_eq!(found.get("A").map(String::as_str), Some(value), "{line}");
            }
            (Err(found), Err(part)) => assert!(found.contains(part), "{line}: {found}"),
            (found, expected) => panic!("{line}: {found:?}, not {expected:?}"),
        };
        check("A=1", Ok("1"));
        check("  export A = two words # said aloud", Ok("two words"));
        check("A=\"x # y\\n\" # quoted", Ok("x # y\n"));
        check("A='$HOME\\n'", Ok("$HOME\\n"));
        check("A=pa#ss", Ok("pa#ss"));
        check("A=", Ok(""));
        check("# A=1\n\nA=2", Ok("2"));
        check("A", Err("line 1"));
        check("\n=1", Err("line 2"));
        check("A=\"open", Err("not closed"));
        check("A='x' y", Err("after the closing quote"));
    }
}
