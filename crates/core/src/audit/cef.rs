//! Entries in the Common Event Format, one line each, for programs that watch over logs (SIEM).
//!
//! In the seven fields of the head, backslash and bar are escaped; in the extension, backslash, equals
//! sign and line breaks. Keys are those of the format's dictionary; what it has no key for stands in
//! the numbered custom strings under a label.

use core::net::IpAddr;
use std::fmt::Write as _;

use super::{Entry, Outcome};

/// Who made the program that writes the log, and its name.
const VENDOR_AND_PRODUCT: &str = "Alexandria|Alexandria";

/// An entry as a line without its line break; `version` is the program's.
#[must_use]
pub fn line(entry: &Entry, version: &str) -> String {
    let deed = &entry.deed;
    let action = head(&deed.action);
    let mut line = format!(
        "CEF:0|{VENDOR_AND_PRODUCT}|{}|{action}|{action}|{}|",
        head(version),
        severity(deed.outcome)
    );
    let mut extension = Extension(&mut line);
    extension.put("rt", &entry.moment.as_millisecond().to_string());
    extension.put("externalId", &entry.sequence.to_string());
    extension.put("act", &deed.action);
    extension.put("outcome", deed.outcome.name());
    extension.put("suser", &entry.actor);
    match entry.known_address().map(str::parse::<IpAddr>) {
        Some(Ok(address @ IpAddr::V4(_))) => extension.put("src", &address.to_string()),
        Some(Ok(address @ IpAddr::V6(_))) => {
            extension.labelled("c6a2", "Source IPv6 Address", &address.to_string());
        }
        Some(Err(_)) | None => {}
    }
    extension.labelled("cs1", "tenant", &entry.tenant.to_string());
    if let Some(request) = &entry.request {
        extension.labelled("cs2", "request", request);
    }
    if let Some(target) = &deed.target {
        let target = format!("{}:{}", target.kind, target.id);
        extension.labelled("cs3", "target", &target);
    }
    if !deed.details.is_empty() {
        let details: Vec<String> = deed
            .details
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        extension.labelled("cs4", "details", &details.join("; "));
    }
    extension.labelled("cs5", "previous", &entry.previous.to_string());
    extension.labelled("cs6", "hash", &entry.hash.to_string());
    line
}

/// How grave an entry is, from 0 to 10.
const fn severity(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Done => 3,
        Outcome::Failed | Outcome::Interrupted => 5,
        Outcome::Refused => 6,
    }
}

/// A field of the head.
fn head(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '|' => escaped.extend(['\\', character]),
            // A line break has no form there.
            '\n' | '\r' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The value of a key.
fn value(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '=' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The keys and values of a line.
struct Extension<'a>(&'a mut String);

impl Extension<'_> {
    fn put(&mut self, key: &str, text: &str) {
        let space = if self.0.ends_with('|') { "" } else { " " };
        // A string takes whatever is written to it.
        write!(self.0, "{space}{key}={}", value(text)).ok();
    }

    fn labelled(&mut self, key: &str, label: &str, text: &str) {
        self.put(&format!("{key}Label"), label);
        self.put(key, text);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::super::{Deed, EntryHash, Target};
    use super::*;
    use crate::id::TENANT_DEFAULT;

    fn entry(action: &str, detail: &str) -> Entry {
        let mut deed = Deed::new(action, Outcome::Done).with("status", detail);
        deed.target = Some(Target {
            kind: "document".to_owned(),
            id: "7".to_owned(),
        });
        Entry {
            sequence: 12,
            moment: Timestamp::from_microsecond(1_790_000_000_123_456).unwrap(),
            tenant: TENANT_DEFAULT,
            actor: "owner".to_owned(),
            address: Some("192.0.2.7".to_owned()),
            whereabouts: None,
            request: Some("r-1".to_owned()),
            deed,
            previous: EntryHash::NONE,
            hash: EntryHash::NONE,
        }
    }

    #[test]
    fn a_line_has_seven_fields_and_the_keys_of_the_dictionary() {
        let zeros = "0".repeat(64);
        let expected = format!(
            "CEF:0|Alexandria|Alexandria|1.2|documents_remove|documents_remove|3|rt=1790000000123 \
             externalId=12 act=documents_remove outcome=done suser=owner src=192.0.2.7 \
             cs1Label=tenant cs1={TENANT_DEFAULT} cs2Label=request cs2=r-1 cs3Label=target \
             cs3=document:7 cs4Label=details cs4=status\\=204 cs5Label=previous cs5={zeros} \
             cs6Label=hash cs6={zeros}"
        );
        assert_eq!(line(&entry("documents_remove", "204"), "1.2"), expected);
        let mut far = entry("a", "b");
        far.address = Some("2001:db8::7".to_owned());
        let written = line(&far, "1.2");
        assert!(
            written.contains(" c6a2Label=Source IPv6 Address c6a2=2001:db8::7 "),
            "{written}"
        );
    }

    /// The fields of a head and the rest, read as the format says.
    fn read(line: &str) -> Vec<String> {
        let mut fields = vec![String::new()];
        let mut escaped = false;
        for character in line.chars() {
            let last = fields.len() - 1;
            match character {
                _ if last == 7 => fields[last].push(character),
                '\\' if !escaped => {
                    escaped = true;
                    continue;
                }
                '|' if !escaped => fields.push(String::new()),
                other => fields[last].push(other),
            }
            escaped = false;
        }
        fields
    }

    proptest! {
        #[test]
        fn no_text_forges_a_field_or_a_key(action in ".{0,20}", detail in r"[ a-z=|\\\n\r]{0,20}") {
            let written = line(&entry(&action, &detail), "1");
            prop_assert!(!written.contains(['\n', '\r']));
            let fields = read(&written);
            prop_assert_eq!(fields.len(), 8);
            let shown: String = action.replace(['\n', '\r'], " ");
            prop_assert_eq!(&fields[4], &shown);
            // An equals sign that is not escaped stands behind a key only.
            let bare = fields[7].replace(r"\\", "").replace(r"\=", "");
            let keys = bare.matches('=').count();
            prop_assert_eq!(keys, 6 + 6 * 2);
        }
    }
}
