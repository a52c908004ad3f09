//! What was measured goes into the history of the library, where there is one: whoever measures in an empty folder
//! begins none.

use alexandria_core::error::{ErrorKind, Result};
use alexandria_library::evaluate::Measured;
use serde_json::Value;

use crate::api::wire::NewPastEvaluationBody;
use crate::cli::Setting;
use crate::cli::door::{Door, Work};
use crate::cli::paint::{FAINT, paint};

/// Keeps every way that was measured. What cannot be kept is told, and fails nothing.
pub(super) async fn keep(setting: &Setting, name: &str, measured: &[Measured]) {
    match keep_all(setting, name, measured).await {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            let sentence = format!("this is not kept among the evaluations: {}", error.chain());
            setting.painter.tell(paint(FAINT, sentence));
        }
    }
}

async fn keep_all(setting: &Setting, name: &str, measured: &[Measured]) -> Result<()> {
    let door = Door::open(setting, Work::Look).await?;
    let mut kept = Ok(());
    for one in measured {
        let body = NewPastEvaluationBody::new(name, one);
        let sent: Result<Value> = door.post("/api/v1/evaluations", &body).await;
        kept = sent.map(drop);
        if kept.is_err() {
            break;
        }
    }
    door.close().await;
    kept
}
