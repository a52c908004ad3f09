//! `alexandria persona sample`: a persona to try, and the text it answers from.
//!
//! The text is an original summary of a work in the public domain, written for this program, so that it
//! may be given away with it. Doing it twice does nothing twice.

use alexandria_core::error::{Context, ErrorKind, Result};
use axum::body::Body;
use axum::http::{Method, Request, header};

use super::{path, tell};
use crate::api::documents::UploadBody;
use crate::api::personas::{NewPersonaBody, PersonaBody};
use crate::api::wire::DocumentBody;
use crate::api::{UPLOAD_PATH, form};
use crate::cli::add::{Bars, until_found};
use crate::cli::door::{Door, read_json};
use crate::cli::paint::{FAINT, WARN, paint};
use crate::cli::{Outcome, Setting};

/// The persona's name.
const NAME: &str = "Aristotle";

/// How it speaks.
const VOICE: &str = "A patient teacher in the manner of Aristotle: define the thing first, then divide it, \
                     in plain and sober sentences without ornament.";

/// The collection it answers from.
const COLLECTION: &str = "Notes on the Nicomachean Ethics";

/// The text, and the name of its file.
const TEXT: &str = include_str!("aristotle.md");
const FILE: &str = "notes-on-the-nicomachean-ethics.md";

/// A persona that is there, and what was said of its text while it was read.
pub(crate) struct Sample {
    persona: PersonaBody,
    done: &'static str,
    documents: Vec<DocumentBody>,
}

/// Puts the text in, waits until it is found, and makes the persona, as far as any of it is missing.
pub(crate) async fn put_in(setting: &Setting, door: &Door) -> Result<Sample> {
    let uploaded = upload(door).await?;
    let bars = Bars::new(setting.painter);
    let mut documents: Vec<_> = uploaded
        .documents
        .into_iter()
        .map(|added| added.document)
        .collect();
    let found = until_found(door, &bars, documents.iter_mut().collect()).await;
    bars.clear();
    found?;
    let known: Result<PersonaBody> = door.get(&path(NAME)).await;
    let known = match known {
        Ok(persona) => Some(persona),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let (persona, done) = match known {
        // Whatever its owner has made of it since.
        Some(persona) => (persona, "found"),
        None => {
            let body = NewPersonaBody {
                name: NAME.to_owned(),
                voice: VOICE.to_owned(),
                collections: vec![COLLECTION.to_owned()],
            };
            (door.post("/api/v1/personas", &body).await?, "made")
        }
    };
    Ok(Sample {
        persona,
        done,
        documents,
    })
}

/// Sets the sample up, and says so.
pub(super) async fn set_up(setting: &Setting, door: &Door) -> Result<Outcome> {
    let sample = put_in(setting, door).await?;
    let done = tell(setting, &sample.persona, sample.done)?;
    if !setting.painter.is_json() {
        for document in sample
            .documents
            .iter()
            .filter(|document| !document.faults.is_empty())
        {
            for fault in &document.faults {
                setting.painter.tell(paint(WARN, &fault.message));
            }
        }
        setting.painter.say(paint(
            FAINT,
            format!("try: alexandria ask --persona {NAME} \"What is happiness?\""),
        ));
    }
    Ok(done)
}

/// Sends the text; the library knows it again when it has it already.
async fn upload(door: &Door) -> Result<UploadBody> {
    let boundary = format!("alexandria-{}", uuid::Uuid::now_v7().simple());
    let body = [
        form::field(&boundary, "collection", COLLECTION),
        form::file(&boundary, FILE, Some("text/markdown")),
        TEXT.to_owned(),
        form::end(&boundary),
    ]
    .concat();
    let request = Request::builder()
        .method(Method::POST)
        .uri(UPLOAD_PATH)
        .header(
            header::CONTENT_TYPE,
            format!("multipart/form-data; boundary={boundary}"),
        )
        .body(Body::from(body))
        .context(ErrorKind::Internal, || "cannot make the request".to_owned())?;
    read_json(door.send(request).await?).await
}
