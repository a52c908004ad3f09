//! The first collection of an empty library: a folder, such as the product's own handbook.

use std::path::Path;

use alexandria_core::error::{Context, ErrorKind, Result};
use alexandria_core::principal::Principal;
use alexandria_library::Library;
use alexandria_library::documents::Upload;
use alexandria_store::catalog::DocumentQuery;
use tokio_util::sync::CancellationToken;

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

async fn add_all(library: &Library, folder: &Path, stop: &CancellationToken) -> Result<usize> {
    let principal = Principal::owner();
    let any = library
        .documents(
            &principal,
            &DocumentQuery {
                limit: 1,
                ..Default::default()
            },
        )
        .await?;
    if !any.items.is_empty() {
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
