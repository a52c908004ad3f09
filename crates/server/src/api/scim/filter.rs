//! Filters (RFC 7644, 3.4.2.2), of which directories need one: an attribute that equals a text.

use super::error::Refusal;

/// The attribute, in small letters, and the text that it has to equal.
pub(super) fn parse(filter: &str) -> Result<(String, String), Refusal> {
    let refused = || {
        let sentence = "of filters, ATTRIBUTE eq \"TEXT\" is understood, such as userName eq \
                        \"ada@example.org\"";
        Refusal::new("invalidFilter", sentence)
    };
    let (attribute, rest) = filter.trim().split_once(' ').ok_or_else(refused)?;
    let (operator, text) = rest.trim_start().split_once(' ').ok_or_else(refused)?;
    if !operator.eq_ignore_ascii_case("eq") {
        return Err(refused());
    }
    // A text in a filter is a JSON string (RFC 7644, figure 1).
    let text = serde_json::from_str(text.trim()).map_err(|_no_text| refused())?;
    let attribute = attribute.to_ascii_lowercase();
    let bare = attribute
        .rsplit_once("user:")
        .map(|(_schema, name)| name.to_owned());
    Ok((bare.unwrap_or(attribute), text))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn one_filter_is_understood_and_others_are_refused() {
        let check = |filter: &str, expected: (&str, &str)| {
            let (attribute, text) = parse(filter).unwrap();
            assert_eq!((attribute.as_str(), text.as_str()), expected, "{filter}");
        };
        check("userName eq \"a@b.org\"", ("username", "a@b.org"));
        check("externalId EQ \"a\\\"b c\"", ("externalid", "a\"b c"));
        check(
            "urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"x\"",
            ("username", "x"),
        );
        for wrong in [
            "",
            "userName",
            "userName pr",
            "userName co \"a\"",
            "userName eq a",
            "userName eq \"a\" and active eq true",
            "active eq true",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
