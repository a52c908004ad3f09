//! The fields of a form that stand before the files and say something of them.

use alexandria_core::access::Classification;
use alexandria_core::error::{Error, ErrorKind};
use alexandria_core::principal::Principal;
use alexandria_store::catalog::DocumentChange;
use axum::extract::multipart::Field;

use super::{Seen, UploadBody, no_file, too_many};
use crate::api::Shared;
use crate::api::documents::twin;
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
    pub(super) classification: Option<Classification>,
}

impl Labels {
    /// Adds what a later field says.
    pub(super) fn absorb(&mut self, later: &Self) {
        let newer = |old: &mut Option<String>, new: &Option<String>| {
            if new.is_some() {
                old.clone_from(new);
            }
        };
        newer(&mut self.collection, &later.collection);
        newer(&mut self.category, &later.category);
        newer(&mut self.title, &later.title);
        self.classification = later.classification.or(self.classification);
        self.tags.extend(later.tags.iter().cloned());
    }

    /// Whether nothing is said.
    pub(super) const fn is_empty(&self) -> bool {
        self.collection.is_none()
            && self.category.is_none()
            && self.title.is_none()
            && self.classification.is_none()
            && self.tags.is_empty()
    }
}

/// Gives the files of a form what is said after the last of them: forms of browsers send their
/// fields in whatever order they are drawn. Only the collection must be known before a file is stored.
///
/// # Errors
/// `Invalid` when it names a collection; then nothing of the form is kept.
pub(super) async fn give_late(
    app: &Shared,
    principal: &Principal,
    late: &Labels,
    taken: &mut UploadBody,
) -> Result<(), Problem> {
    let new = taken.documents.iter_mut().filter(|added| !added.duplicate);
    for added in new {
        let id = added.document.id;
        if late.collection.is_some() {
            app.library.remove_document(principal, id).await?;
            continue;
        }
        let mut tags = added.document.tags.clone();
        tags.extend(late.tags.iter().cloned());
        let change = DocumentChange {
            title: late.title.clone(),
            tags: (!late.tags.is_empty()).then_some(tags),
            category: late.category.clone().map(Some),
            classification: late.classification,
        };
        let document = app.library.update_document(principal, id, change).await?;
        added.document = twin(&app.library, principal, document).await?;
    }
    if late.collection.is_some() {
        let message = "the field collection comes after the files: send it before them, since each \
                       file is put in its collection as it comes; nothing of this form was kept";
        return Err(Error::new(ErrorKind::Invalid, message).into());
    }
    Ok(())
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
        "classification" => {
            labels.classification = given.as_deref().map(str::parse).transpose()?;
        }
        "file" | "files" => return Err(no_file()),
        _ => {
            let message = format!(
                "there is no field {name:?}: the fields are collection, tag, category, \
                 classification, title, file"
            );
            return Err(Error::new(ErrorKind::Invalid, message).into());
        }
    }
    Ok(())
}
