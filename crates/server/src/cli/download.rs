//! Writing a reply that is a file into a file, as it comes.

use std::path::{Path, PathBuf};

use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use axum::body::Body;
use axum::http::{Method, Request};
use futures::TryStreamExt as _;
use tokio::io::AsyncWriteExt as _;

use super::Setting;
use super::door::Door;
use super::paint::{GOOD, clean, paint};

/// Writes what is at a path of the API into a file. The file has its name once it is whole; nobody else
/// on this machine may read it.
///
/// # Errors
/// What the library said; `Unavailable` when the file cannot be written or the reply broke off.
pub(super) async fn download(setting: &Setting, door: &Door, path: &str, to: &Path) -> Result<()> {
    let shown = to.display();
    let about = || format!("cannot write {shown}");
    let request = Request::builder().method(Method::GET).uri(path);
    let request = request
        .body(Body::empty())
        .context(ErrorKind::Internal, || "cannot make the request".to_owned())?;
    let mut body = door.send(request).await?.into_body().into_data_stream();
    let part = part_of(to);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&part).context(ErrorKind::Unavailable, about)?;
    let mut file = tokio::fs::File::from_std(file);
    let written = async {
        let mut bytes = 0_u64;
        while let Some(piece) = body.try_next().await.map_err(broken_off)? {
            let done = file.write_all(&piece).await;
            done.context(ErrorKind::Unavailable, about)?;
            bytes = bytes.saturating_add(piece.len() as u64);
        }
        let kept = file.sync_all().await;
        kept.context(ErrorKind::Unavailable, about)?;
        fs_err::rename(&part, to).context(ErrorKind::Unavailable, about)?;
        Ok(bytes)
    };
    let bytes = match written.await {
        Ok(bytes) => bytes,
        Err(error) => {
            // What is not whole helps nobody; the error says what happened.
            fs_err::remove_file(&part).ok();
            return Err(error);
        }
    };
    if setting.painter.is_json() {
        let written = serde_json::json!({ "file": to, "bytes": bytes });
        return setting.painter.json(&written);
    }
    let name = clean(&shown.to_string());
    setting.painter.say(format!(
        "{} {bytes} bytes written to {name}",
        paint(GOOD, "✓")
    ));
    Ok(())
}

/// What a file is called until it is whole.
fn part_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

fn broken_off(source: axum::Error) -> Error {
    let sentence = "the archive broke off: the server went away, or something could not be read; its \
                    log says more";
    Error::new(ErrorKind::Unavailable, sentence).with_source(source)
}
