//! The fields of a form that stand before the files and say something of them.

use alexandria_core::error::{Error, ErrorKind};
use axum::extract::multipart::Field;

use super::{Seen, no_file, too_many};
use crate::api::problem::Problem;

/// Fields in one form.
const FIELDS_MAX: usize = 200;

/// A field that is not a file, in bytes.
const FIELD_BYTES_MAX: usize = 16 * 1024;

/// What the fields before a file say of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    pub(super) collection: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) category: Option<String>,
    pub(super) title: Option<String>,
}

/// Reads a field that is not a file.
pub(super) async fn read_label(
    mut field: Field<'_>,
    labels: &mut Labels,
    seen: &mut Seen,
) -> Result<(), Problem> {
    seen.fields += 1;
    if seen.fields > FIELDS_MAX {
        return Err(too_many("fields", FIELDS_MAX));
    }
    let name = field.name().unwrap_or_default().to_owned();
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        if bytes.len() + chunk.len() > FIELD_BYTES_MAX {
            let message = format!("the field {name:?} is larger than {FIELD_BYTES_MAX} bytes");
            return Err(Error::new(ErrorKind::TooLarge, message).into());
        }
        bytes.extend_from_slice(&chunk);
    }
    seen.note(&name, &bytes);
    let value = String::from_utf8(bytes).map_err(|_source| {
        Problem::from(Error::new(
            ErrorKind::Invalid,
            format!("the field {name:?} is not UTF-8"),
        ))
    })?;
    let value = value.trim().to_owned();
    let given = (!value.is_empty()).then(|| value.clone());
    match name.as_str() {
        "collection" => labels.collection = given,
        "tag" | "tags" => labels.tags.extend(
            value
                .split(',')
                .map(str::trim)
                .filter(|tag| !tag.is_empty())
                .map(str::to_owned),
        ),
        "category" => labels.category = given,
        "title" => labels.title = given,
        "file" | "files" => return Err(no_file()),
        _ => {
            let message = format!(
                "there is no field {name:?}: the fields are collection, tag, category, title, file"
            );
            return Err(Error::new(ErrorKind::Invalid, message).into());
        }
    }
    Ok(())
}
