//! How this program is called: what a person types to start it again.

use std::path::Path;

/// The name under which the program is installed.
const NAME: &str = "alexandria";

/// The program as it can be typed: its name alone when the search path leads to this very file, its
/// whole path otherwise.
pub(super) fn called(search_path: Option<&str>) -> String {
    std::env::current_exe().map_or_else(
        |_unknown| NAME.to_owned(),
        |program| called_as(&program, search_path),
    )
}

fn called_as(program: &Path, search_path: Option<&str>) -> String {
    let real = |path: &Path| fs_err::canonicalize(path).ok();
    let ours = real(program);
    let found = search_path.and_then(|folders| {
        std::env::split_paths(folders)
            .map(|folder| folder.join(NAME))
            .find(|candidate| candidate.is_file())
    });
    if ours.is_some() && found.as_deref().and_then(real) == ours {
        return NAME.to_owned();
    }
    quoted(&program.display().to_string())
}

/// A word as a shell takes it whole.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{called_as, quoted};

    #[test]
    fn the_program_is_named_as_it_can_be_typed() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        for folder in ["built here", "bin", "other"] {
            fs_err::create_dir(root.join(folder)).unwrap();
        }
        let program = root.join("built here/alexandria");
        fs_err::write(&program, "program").unwrap();
        let bin = root.join("bin").display().to_string();
        let whole = format!("'{}'", program.display());
        assert_eq!(called_as(&program, Some(&bin)), whole);
        assert_eq!(called_as(&program, None), whole);
        std::os::unix::fs::symlink(&program, root.join("bin/alexandria")).unwrap();
        assert_eq!(called_as(&program, Some(&bin)), "alexandria");
        // Another program of that name comes first: the name would start that one.
        fs_err::write(root.join("other/alexandria"), "another").unwrap();
        let both = format!("{}:{bin}", root.join("other").display());
        assert_eq!(called_as(&program, Some(&both)), whole);
    }

    #[test]
    fn words_are_quoted_for_the_shell_where_they_must_be() {
        assert_eq!(quoted("/srv/books-1"), "/srv/books-1");
        assert_eq!(quoted("/my books"), "'/my books'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
