//! What `add` is told to add: files, folders, patterns, web addresses.

use std::path::{Path, PathBuf};

use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_extract::FORMATS;

/// How deep folders are followed.
const FOLDER_DEPTH_MAX: usize = 64;

/// One thing to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A file.
    File(PathBuf),
    /// A web address.
    Web(String),
}

impl Source {
    /// The name it gets in the library: the file's, or the whole web address.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path) => path
                .file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned(),
            Self::Web(address) => address.clone(),
        }
    }
}

/// What the arguments stand for.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// Everything to add, in the order given; folders in the order of their names.
    pub(super) found: Vec<Source>,
    /// Files in folders that are not of a format that is read.
    pub(super) skipped: usize,
}

/// Expands arguments to files and web addresses.
///
/// # Errors
/// The first argument that stands for nothing.
pub(super) fn expand(arguments: &[String]) -> Result<Sources> {
    let mut sources = Sources::default();
    for argument in arguments {
        if is_web_address(argument) {
            sources.found.push(Source::Web(argument.clone()));
            continue;
        }
        let argument = &at_home(argument);
        let path = Path::new(argument);
        match fs_err::metadata(path) {
            Ok(metadata) if metadata.is_dir() => walk(path, 0, &mut sources)?,
            Ok(_) => sources.found.push(Source::File(path.to_owned())),
            Err(_) if argument.contains(['*', '?', '[']) => matches(argument, &mut sources)?,
            Err(source) => {
                let kind = if source.kind() == std::io::ErrorKind::NotFound {
                    ErrorKind::NotFound
                } else {
                    ErrorKind::Invalid
                };
                let message = if kind == ErrorKind::NotFound {
                    format!("cannot add {argument}: there is no such file or folder")
                } else {
                    format!("cannot add {argument}: it cannot be looked at")
                };
                let error = Error::new(kind, message);
                return Err(if kind == ErrorKind::NotFound {
                    error
                } else {
                    error.with_source(source)
                });
            }
        }
    }
    Ok(sources)
}

/// A pattern in quotes keeps its `~` from the shell, so it is put in here.
fn at_home(argument: &str) -> String {
    match (argument.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest).display().to_string(),
        _ => argument.to_owned(),
    }
}

/// Whether an argument is a web address.
fn is_web_address(argument: &str) -> bool {
    let lower = argument.to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

fn matches(pattern: &str, sources: &mut Sources) -> Result<()> {
    let about = || format!("cannot add {pattern}: that is not a pattern such as 'books/*.pdf'");
    let before = sources.found.len();
    for path in glob::glob(pattern).context(ErrorKind::Invalid, about)? {
        let path = path.context(ErrorKind::Invalid, about)?;
        if path.is_dir() {
            walk(&path, 0, sources)?;
        } else {
            sources.found.push(Source::File(path));
        }
    }
    if sources.found.len() == before {
        let message = format!("cannot add {pattern}: no file that is read matches it");
        return Err(Error::new(ErrorKind::NotFound, message));
    }
    Ok(())
}

/// Takes the files of a folder that are of a format that is read. Hidden ones are left out, and
/// links to folders are not followed: they may lead in circles.
fn walk(folder: &Path, depth: usize, sources: &mut Sources) -> Result<()> {
    if depth > FOLDER_DEPTH_MAX {
        let folder = folder.display();
        let message =
            format!("cannot add {folder}: it lies more than {FOLDER_DEPTH_MAX} folders deep");
        return Err(Error::new(ErrorKind::TooLarge, message));
    }
    let about = || format!("cannot look into the folder {}", folder.display());
    let entries = fs_err::read_dir(folder).context(ErrorKind::Invalid, about)?;
    let mut entries: Vec<_> = entries
        .collect::<std::io::Result<_>>()
        .context(ErrorKind::Invalid, about)?;
    entries.sort_by_key(fs_err::DirEntry::file_name);
    for entry in entries {
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let kind = entry.file_type().context(ErrorKind::Invalid, about)?;
        let path = entry.path();
        if kind.is_dir() {
            walk(&path, depth + 1, sources)?;
        } else if is_read(&path) && path.is_file() {
            sources.found.push(Source::File(path));
        } else {
            sources.skipped += 1;
        }
    }
    Ok(())
}

/// Whether a file's name ends like those of a format that is read.
fn is_read(path: &Path) -> bool {
    let extension = path
        .extension()
        .map(|e| e.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|extension| {
        FORMATS
            .iter()
            .any(|format| format.extensions.contains(&extension.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::{Source, expand};

    #[test]
    fn arguments_stand_for_files_folders_patterns_and_web_addresses() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        fs_err::create_dir_all(root.join("shelf/inner/.git")).unwrap();
        for name in [
            "shelf/b.md",
            "shelf/a.txt",
            "shelf/inner/c.html",
            "shelf/program.exe",
        ] {
            fs_err::write(root.join(name), "text").unwrap();
        }
        fs_err::write(root.join("shelf/inner/.git/d.txt"), "hidden").unwrap();
        let check = |argument: &str, expected: &[&str], skipped: usize| {
            let argument = argument.replace("ROOT", &root.display().to_string());
            let sources = expand(&[argument]).unwrap();
            let names: Vec<String> = sources.found.iter().map(Source::name).collect();
            assert_eq!(names, expected);
            assert_eq!(sources.skipped, skipped);
        };
        check("ROOT/shelf", &["a.txt", "b.md", "c.html"], 1);
        check("ROOT/shelf/*.md", &["b.md"], 0);
        check("ROOT/shelf/program.exe", &["program.exe"], 0);
        check(
            "https://example.org/a.pdf",
            &["https://example.org/a.pdf"],
            0,
        );
        for missing in ["ROOT/none.txt", "ROOT/*.none"] {
            let argument = missing.replace("ROOT", &root.display().to_string());
            assert!(
                expand(&[argument])
                    .unwrap_err()
                    .message()
                    .contains("cannot add")
            );
        }
    }
}
