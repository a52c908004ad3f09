//! The parameters of questions: those that change nothing here are taken and let be, those that ask
//! for something this library does not do are refused by name.

use serde_json::{Map, Value};

use super::error::Refusal;
use super::invalid;

/// What becomes of a parameter.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// It changes nothing: answers are exact sentences of the library, chosen the same every time.
    LetBe,
    /// Only values that ask for nothing are taken.
    OnlyIf(fn(&Value) -> bool),
    /// It asks for what is not there.
    Refused,
}

/// Parameters and what becomes of each.
pub(super) type Rules = [(&'static str, Rule)];

/// Refuses parameters that ask for what is not there, and those that nobody knows. What is null is
/// taken for absent.
pub(super) fn check(given: &Map<String, Value>, rules: &Rules) -> Result<(), Refusal> {
    for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        let rule = rules.iter().find(|(known, _)| known == name);
        let fits = match rule {
            Some((_, Rule::LetBe)) => true,
            Some((_, Rule::OnlyIf(fits))) => fits(value),
            Some((_, Rule::Refused)) => false,
            None => {
                let sentence = format!("there is no parameter {name:?}");
                return Err(invalid(name, sentence));
            }
        };
        if !fits {
            let sentence = format!(
                "the parameter {name:?} asks for something that this library does not do; leave it \
                 away"
            );
            return Err(invalid(name, sentence));
        }
    }
    Ok(())
}

/// Whether a value is this number.
pub(super) fn is_one(value: &Value) -> bool {
    value.as_u64() == Some(1)
}

/// Whether a value is nought.
pub(super) fn is_zero(value: &Value) -> bool {
    value.as_u64() == Some(0)
}

/// Whether a value is `false`.
pub(super) fn is_off(value: &Value) -> bool {
    value.as_bool() == Some(false)
}

/// Whether a list is empty.
pub(super) fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

/// Whether a choice of tools can be kept without any.
pub(super) fn needs_no_tool(value: &Value) -> bool {
    matches!(value.as_str(), Some("none" | "auto"))
}

/// Whether a form of reply is plain text.
pub(super) fn is_text(value: &Value) -> bool {
    value.get("type").and_then(Value::as_str) == Some("text")
}

/// Whether a reply is wanted in text alone.
pub(super) fn is_text_alone(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|kinds| kinds.iter().all(|kind| kind.as_str() == Some("text")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Rule, check, is_one};

    #[test]
    fn what_asks_for_nothing_is_taken_and_the_rest_is_refused_by_name() {
        let rules = [
            ("temperature", Rule::LetBe),
            ("n", Rule::OnlyIf(is_one)),
            ("audio", Rule::Refused),
        ];
        let fits = |given: serde_json::Value| check(given.as_object().unwrap(), &rules).is_ok();
        assert!(fits(json!({ "temperature": 0.2, "n": 1, "audio": null })));
        assert!(!fits(json!({ "n": 2 })));
        assert!(!fits(json!({ "audio": {} })));
        assert!(!fits(json!({ "colour": "red" })));
        assert!(fits(json!({ "colour": null })));
    }
}
