//! How far a running job has come, kept where its heartbeat finds it.

use std::sync::{Mutex, PoisonError};

use alexandria_store::catalog::Progress;

use crate::progress::ProgressUnit;

/// How far a running job has come.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    progress: Mutex<Progress>,
}

impl Steps {
    /// Says how far the job has come; `total` is none while unknown.
    pub(crate) fn set(&self, unit: ProgressUnit, done: u64, total: Option<u64>) {
        let progress = Progress {
            done,
            total: total.unwrap_or(0),
            unit: unit.name().to_owned(),
        };
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }

    /// How far the job has come.
    pub(crate) fn progress(&self) -> Progress {
        self.progress
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
