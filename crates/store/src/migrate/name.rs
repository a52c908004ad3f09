//! How migrations are named.

use alexandria_core::error::{Error, ErrorKind, Result};

const PREFIXES: [&str; 5] = ["add_", "remove_", "rename_", "create_table_", "drop_table_"];
/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 80;

/// Checks the name of a migration (without its number): lower-case words joined by underscores, the
/// first of which says what it does, such as `add_documents_category`.
///
/// # Errors
/// `Invalid`, with the rule.
pub fn check_name(name: &str) -> Result<()> {
    let rest = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix));
    let words = |text: &str| {
        text.split('_').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
    };
    if name.len() <= NAME_BYTES_MAX && rest.is_some_and(words) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Invalid,
        format!(
            "{name:?} is no name for a migration: begin with add_, remove_, rename_, create_table_ \
             or drop_table_ and go on in lower-case words joined by underscores, at most \
             {NAME_BYTES_MAX} letters, as in add_documents_category"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_migration_does() {
        let check = |name: &str, good: bool| assert_eq!(check_name(name).is_ok(), good, "{name:?}");
        check("add_documents_category", true);
        check("create_table_keys", true);
        check("drop_table_x2", true);
        check("rename_a_b", true);
        check("remove_tags", true);
        for name in [
            "",
            "add",
            "add_",
            "add__x",
            "Add_x",
            "add_X",
            "add-x",
            "add_x_",
            "change_x",
            "add_é",
            "add_../x",
            "add_x y",
            "create_x",
            "m0003_add_x",
        ] {
            check(name, false);
        }
        check(&format!("add_{}", "x".repeat(NAME_BYTES_MAX)), false);
    }
}
