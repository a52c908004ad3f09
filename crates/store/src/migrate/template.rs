//! The beginning of a new migration, for `alexandria migrate new`.

use alexandria_core::error::Result;

use super::{MIGRATIONS, check_name};

/// A new migration to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationFile {
    /// Its file, to be put beside the others in `crates/store/src/migrate`.
    pub file_name: String,
    /// What stands in it.
    pub text: String,
    /// The two lines that `crates/store/src/migrate.rs` needs for it.
    pub lines: [String; 2],
}

/// The beginning of a new migration with this name.
///
/// # Errors
/// `Invalid` when the name breaks the rule of [`check_name`].
pub fn new_migration_file(name: &str) -> Result<MigrationFile> {
    check_name(name)?;
    let module = format!("m{:04}_{name}", MIGRATIONS.len() + 1);
    let title = name.replace('_', " ");
    let text = format!(
        "//! Migration: {title}.

use super::Migration;

pub(super) static MIGRATION: Migration = Migration {{
    name: \"{module}\",
    down_loses: \"\",
    up: &[
        // Statements that both databases understand; write {{uuid}}, {{bytes}}, {{integer}}, {{boolean}}
        // for the types that they name differently.
    ],
    down: &[],
}};
"
    );
    Ok(MigrationFile {
        file_name: format!("{module}.rs"),
        text,
        lines: [format!("mod {module};"), format!("&{module}::MIGRATION,")],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_migration_has_the_next_number() {
        let file = new_migration_file("add_documents_shelf_mark").unwrap();
        let name = format!("m{:04}_add_documents_shelf_mark", MIGRATIONS.len() + 1);
        assert_eq!(file.file_name, format!("{name}.rs"));
        assert!(file.text.contains(&format!("name: \"{name}\"")));
        assert!(file.text.contains("{uuid}"));
    }

    #[test]
    fn a_bad_name_gives_no_file() {
        new_migration_file("documents").unwrap_err();
    }
}
