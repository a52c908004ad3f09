//! The first collection of an empty library: a folder, such as the product's own handbook.

use std::path::Path;

use alexandria_core::error::{Context, ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_library::Library;
use alexandria_library::documents::Upload;
use alexandria_store::catalog::DocumentQuery;
use tokio_util::sync::CancellationToken;

use super::Holdings;

/// The collection that a seed fills.
const COLLECTION: &str = "Handbook";

/// The most files that a seed holds.
const FILES_MAX: usize = 1000;

/// Fills the library from a folder when there is nothing in it. What goes wrong is told in the log:
/// the server serves without a seed as well.
pub(super) async fn plant(library: &Library, folder: &Path, stop: &CancellationToken) {
    match add_all(library, folder, stop).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "added the first documents from {}", folder.display()),
        Err(error) => tracing::warn!("the library stays without a seed: {}", error.chain()),
    }
}

/// What the library holds, or is about to when there is a folder to fill it from.
///
/// # Errors
/// `Unavailable` when the catalog does not answer.
pub(super) async fn holdings(library: &Library, folder: Option<&Path>) -> Result<Holdings> {
    let principal = Principal::owner();
    if !has_any(library, &principal, DocumentQuery::default()).await? {
        return Ok(folder.map_or(Holdings::Nothing, |_| Holdings::Seed));
    }
    let seeded = match library.find_collection(&principal, COLLECTION).await {
        Ok(collection) => {
            let inside = DocumentQuery {
                collection: Some(collection.id),
                ..DocumentQuery::default()
            };
            has_any(library, &principal, inside).await?
        }
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    Ok(if seeded {
        Holdings::Seed
    } else {
        Holdings::Documents
    })
}

/// Whether there is any such document.
async fn has_any(library: &Library, principal: &Principal, query: DocumentQuery) -> Result<bool> {
    let query = DocumentQuery { limit: 1, ..query };
    let page = library.documents(principal, &query).await?;
    Ok(!page.items.is_empty())
}

async fn add_all(library: &Library, folder: &Path, stop: &CancellationToken) -> Result<usize> {
    let principal = Principal::owner();
    if has_any(library, &principal, DocumentQuery::default()).await? {
        return Ok(0);
    }
    let argument = folder.display().to_string();
    let files = crate::cli::files_of(&argument)?;
    let collection = library.ensure_collection(&principal, COLLECTION).await?;
    let mut count = 0;
    for path in files.iter().take(FILES_MAX) {
        if stop.is_cancelled() {
            break;
        }
        let about = || format!("cannot read {}", path.display());
        let mut file = tokio::fs::File::open(path)
            .await
            .context(ErrorKind::Invalid, about)?;
        let name = path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned();
        let added = library
            .add_document(&principal, Upload::new(collection.id, name), &mut file)
            .await;
        match added {
            Ok(_) => count += 1,
            Err(error) => tracing::warn!("{}: {}", path.display(), error.chain()),
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use alexandria_core::principal::Principal;
    use alexandria_library::documents::Upload;
    use tokio_util::sync::CancellationToken;

    use super::{COLLECTION, Holdings, holdings, plant};
    use crate::config::Config;

    #[tokio::test]
    async fn a_library_knows_whether_it_holds_its_seed() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("seed");
        fs_err::create_dir(&folder).unwrap();
        fs_err::write(folder.join("orvane.md"), "# Orvane\n\nAn island.\n").unwrap();
        let config = Config {
            data: home.path().join("data"),
            embedder: "off".to_owned(),
            ..Config::default()
        };
        let library = crate::library::open(&config).await.unwrap();
        let holds = async |folder| holdings(&library, folder).await.unwrap();
        assert_eq!(holds(None).await, Holdings::Nothing);
        assert_eq!(holds(Some(folder.as_path())).await, Holdings::Seed);
        plant(&library, &folder, &CancellationToken::new()).await;
        assert_eq!(holds(None).await, Holdings::Seed);

        let owner = Principal::owner();
        let other = library.ensure_collection(&owner, "Other").await.unwrap();
        let upload = Upload::new(other.id, "heron.txt");
        let heron = library.add_document(&owner, upload, &b"A heron."[..]).await;
        heron.unwrap();
        let seeded = library.find_collection(&owner, COLLECTION).await.unwrap();
        library.remove_collection(&owner, seeded.id).await.unwrap();
        assert_eq!(holds(Some(folder.as_path())).await, Holdings::Documents);
    }
}
