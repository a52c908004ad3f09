//! Changes of a resource (RFC 7644, 3.5.2), as directories send them.

use alexandria_core::user::UserState;
use alexandria_library::access::Provision;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::Refusal;
use super::filter;

/// The most operations of one request.
const OPERATIONS_MAX: usize = 100;

/// Changes.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ScimPatch")]
pub(super) struct PatchBody {
    /// The changes, one after the other.
    #[serde(rename = "Operations", alias = "operations")]
    #[schemars(length(min = 1, max = 100))]
    operations: Vec<OperationBody>,
}

/// A change.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ScimOperation")]
pub(super) struct OperationBody {
    /// `add`, `replace` or `remove`.
    op: String,
    /// What is changed, such as `active`; the attributes of `value` when there is none.
    path: Option<String>,
    /// What it becomes.
    #[serde(default)]
    value: Value,
}

/// Who is put among the members of a group, and who is taken from them, by id.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Members {
    /// All that it has from now on, before any are put among them or taken from them; who they are
    /// already, when none.
    pub(super) replaced: Option<Vec<String>>,
    /// Put among them.
    pub(super) added: Vec<String>,
    /// Taken from them.
    pub(super) removed: Vec<String>,
}

impl PatchBody {
    fn checked(&self) -> Result<&[OperationBody], Refusal> {
        if self.operations.is_empty() || self.operations.len() > OPERATIONS_MAX {
            let sentence = format!("a request has 1 to {OPERATIONS_MAX} operations");
            return Err(Refusal::new("invalidValue", sentence));
        }
        Ok(&self.operations)
    }

    /// What becomes of a person.
    pub(super) fn of_user(&self) -> Result<Provision, Refusal> {
        let mut said = Provision::default();
        for operation in self.checked()? {
            let sets = ["add", "replace"];
            if !sets.iter().any(|op| operation.op.eq_ignore_ascii_case(op)) {
                let sentence = "of a person, attributes are added or replaced, never removed";
                return Err(Refusal::new("mutability", sentence));
            }
            let Some(path) = &operation.path else {
                let sentence = "an operation without a path has attributes as its value";
                let attributes = operation.value.as_object();
                let strange = || Refusal::new("invalidSyntax", sentence);
                for (name, value) in attributes.ok_or_else(strange)? {
                    // What is not kept is passed over, as when a person is made.
                    set(&mut said, name, value)?;
                }
                continue;
            };
            if !set(&mut said, path, &operation.value)? {
                let sentence = format!("the attribute {path:?} is not kept");
                return Err(Refusal::new("invalidPath", sentence));
            }
        }
        Ok(said)
    }

    /// What becomes of a group.
    pub(super) fn of_group(&self) -> Result<Members, Refusal> {
        let mut members = Members::default();
        for operation in self.checked()? {
            let path = operation.path.as_deref().unwrap_or("members");
            let ids = ids(&operation.value);
            let op = operation.op.to_ascii_lowercase();
            let chosen = path
                .strip_prefix("members[")
                .and_then(|rest| rest.strip_suffix(']'));
            match (op.as_str(), chosen) {
                ("replace", None) if path == "members" => {
                    // What was said before is replaced, too.
                    members = Members {
                        replaced: Some(all_ids(&operation.value)?),
                        ..Members::default()
                    };
                }
                ("add", None) if path == "members" && !ids.is_empty() => members.added.extend(ids),
                ("remove", None) if path == "members" && !ids.is_empty() => {
                    members.removed.extend(ids);
                }
                ("remove", Some(chosen)) => {
                    let (attribute, id) = filter::parse(chosen)?;
                    if attribute != "value" {
                        let sentence = "members are chosen by their value";
                        return Err(Refusal::new("invalidFilter", sentence));
                    }
                    members.removed.push(id);
                }
                _other => {
                    let sentence =
                        "of a group, members are added, removed or replaced, by their ids";
                    return Err(Refusal::new("mutability", sentence));
                }
            }
        }
        Ok(members)
    }
}

/// The ids in the value of an operation on members.
fn ids(value: &Value) -> Vec<String> {
    let of = |member: &Value| member.get("value")?.as_str().map(str::to_owned);
    if let Some(members) = value.get("members") {
        return ids(members);
    }
    let members = value.as_array().into_iter().flatten();
    members.filter_map(of).collect()
}

/// The ids of everybody in the value of an operation that replaces the members; perhaps nobody. One that
/// is not understood is refused: who is left out loses the role.
fn all_ids(value: &Value) -> Result<Vec<String>, Refusal> {
    let members = value.get("members").unwrap_or(value);
    let found = ids(members);
    match members.as_array() {
        Some(members) if members.len() == found.len() => Ok(found),
        Some(_) | None => {
            let sentence = "members are replaced by a list of objects, each with the id of a person as its value";
            Err(Refusal::new("invalidValue", sentence))
        }
    }
}

/// Notes what an attribute becomes; says whether it is one that is kept.
fn set(said: &mut Provision, path: &str, value: &Value) -> Result<bool, Refusal> {
    let lower = path.to_ascii_lowercase();
    let text = || {
        let text = value.as_str().map(str::to_owned);
        let sentence = || Refusal::new("invalidValue", format!("{path:?} has to be text"));
        text.ok_or_else(sentence)
    };
    match lower.as_str() {
        "active" => said.state = Some(state_of(value)?),
        "username" => said.email = Some(text()?),
        "displayname" | "name.formatted" => said.name = Some(text()?),
        "name" => {
            if let Some(name) = value.get("formatted").and_then(Value::as_str) {
                said.name = Some(name.to_owned());
            }
        }
        "externalid" => said.external_id = Some(text()?),
        // The address is the userName.
        _ if lower == "emails" || lower.starts_with("emails[") => {}
        _ if lower == "roles" || lower.starts_with("roles[") => said.role = role_of(value)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Whether a person may work. Some directories send it as text.
fn state_of(value: &Value) -> Result<UserState, Refusal> {
    let told = |text: &str| text.to_ascii_lowercase().parse().ok();
    match value.as_bool().or_else(|| value.as_str().and_then(told)) {
        Some(true) => Ok(UserState::Active),
        Some(false) => Ok(UserState::Suspended),
        None => Err(Refusal::new("invalidValue", "active is true or false")),
    }
}

/// The role in a list of roles, of which a person has one.
pub(super) fn role_of(value: &Value) -> Result<Option<alexandria_core::access::Role>, Refusal> {
    let of = |role: &Value| {
        let name = role.as_str().or_else(|| role.get("value")?.as_str())?;
        Some(name.to_ascii_lowercase())
    };
    let names: Vec<String> = match value.as_array() {
        Some(all) => all.iter().filter_map(of).collect(),
        None => of(value).into_iter().collect(),
    };
    match names.as_slice() {
        [] => Ok(None),
        [name] => Ok(Some(name.parse()?)),
        _several => Err(Refusal::new("invalidValue", "a person has one role")),
    }
}

#[cfg(test)]
mod tests {
    use alexandria_core::access::Role;
    use serde_json::json;

    use super::*;

    fn patch(operations: &Value) -> PatchBody {
        serde_json::from_value(json!({ "Operations": operations })).unwrap()
    }

    #[test]
    fn what_directories_send_is_understood() {
        let off = Provision {
            state: Some(UserState::Suspended),
            ..Provision::default()
        };
        for operation in [
            json!({ "op": "replace", "path": "active", "value": false }),
            json!({ "op": "Replace", "path": "active", "value": "False" }),
            json!({ "op": "replace", "value": { "active": false } }),
            json!({ "op": "add", "value": { "active": "false", "nickName": "x" } }),
        ] {
            assert_eq!(patch(&json!([operation])).of_user().unwrap(), off);
        }
        let role = json!([{ "op": "replace", "path": "roles[primary eq \"True\"].value",
            "value": "editor" }]);
        assert_eq!(patch(&role).of_user().unwrap().role, Some(Role::Editor));
        let members = json!([
            { "op": "add", "path": "members", "value": [{ "value": "a" }, { "value": "b" }] },
            { "op": "remove", "path": "members[value eq \"c\"]" },
        ]);
        let members = patch(&members).of_group().unwrap();
        assert_eq!(members.added, ["a", "b"]);
        assert_eq!(members.removed, ["c"]);
        assert_eq!(members.replaced, None);
    }

    #[test]
    fn members_are_replaced_with_and_without_a_path() {
        let whole = |replaced: &[&str]| Members {
            replaced: Some(replaced.iter().map(|id| (*id).to_owned()).collect()),
            ..Members::default()
        };
        let two = json!([{ "value": "a" }, { "value": "b", "type": "User" }]);
        for operation in [
            json!({ "op": "replace", "path": "members", "value": two }),
            json!({ "op": "Replace", "value": { "members": two } }),
        ] {
            let members = patch(&json!([operation])).of_group().unwrap();
            assert_eq!(members, whole(&["a", "b"]));
        }
        let nobody = json!([
            { "op": "add", "path": "members", "value": [{ "value": "c" }] },
            { "op": "replace", "path": "members", "value": [] },
        ]);
        assert_eq!(patch(&nobody).of_group().unwrap(), whole(&[]));
        let more = json!([
            { "op": "replace", "path": "members", "value": [{ "value": "a" }] },
            { "op": "add", "path": "members", "value": [{ "value": "c" }] },
        ]);
        let more = patch(&more).of_group().unwrap();
        assert_eq!(
            (more.replaced.unwrap(), more.added),
            (vec!["a".to_owned()], vec!["c".to_owned()])
        );
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        for wrong in [
            json!([]),
            json!([{ "op": "remove", "path": "userName" }]),
            json!([{ "op": "replace", "path": "password", "value": "x" }]),
            json!([{ "op": "replace", "path": "active", "value": 1 }]),
            json!([{ "op": "replace", "path": "userName", "value": ["x"] }]),
            json!([{ "op": "replace", "path": "roles", "value": ["reader", "editor"] }]),
            json!([{ "op": "replace", "path": "roles", "value": ["root"] }]),
            json!([{ "op": "replace", "value": "x" }]),
        ] {
            assert!(patch(&wrong).of_user().is_err(), "{wrong}");
        }
        for wrong in [
            json!([{ "op": "replace", "path": "members", "value": "a" }]),
            json!([{ "op": "replace", "path": "members" }]),
            json!([{ "op": "replace", "path": "members", "value": [{ "value": "a" }, { "display": "b" }] }]),
            json!([{ "op": "replace", "value": { "displayName": "x" } }]),
            json!([{ "op": "replace", "path": "members[value eq \"a\"]", "value": [] }]),
            json!([{ "op": "remove", "path": "members" }]),
            json!([{ "op": "remove", "path": "members[type eq \"User\"]" }]),
            json!([{ "op": "add", "path": "displayName", "value": "x" }]),
        ] {
            assert!(patch(&wrong).of_group().is_err(), "{wrong}");
        }
    }
}
