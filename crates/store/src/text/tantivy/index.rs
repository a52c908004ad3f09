//! One tantivy index on disk: all collections of one tenant in one generation.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ::tantivy::collector::Count;
use ::tantivy::query::TermQuery;
use ::tantivy::schema::IndexRecordOption;
use ::tantivy::{Index, Term};
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_core::filter::Filter;
use alexandria_core::id::CollectionId;
use arc_swap::ArcSwapOption;

use super::draft::Draft;
use super::failure::failed;
use super::layout::Layout;
use super::view::View;
use crate::text::{TextChange, TextHit};
use crate::vectors::lock;
use crate::vectors::stamp::Stamp;

/// Attempts to see one commit whole while others follow.
const LOOK_ATTEMPTS_MAX: usize = 10;

/// An index that is open, or will be when it is first needed.
#[derive(Debug)]
pub(super) struct OpenIndex {
    directory: PathBuf,
    current: ArcSwapOption<View>,
    /// One writer, and one that opens, at a time in this process.
    writing: Mutex<()>,
}

impl OpenIndex {
    /// The index in this directory, which need not be there yet. Reads nothing.
    pub(super) fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            current: ArcSwapOption::empty(),
            writing: Mutex::new(()),
        }
    }

    /// The position of a collection. A damaged index is taken away, and has none.
    pub(super) fn position(&self, collection: CollectionId) -> Result<Option<u64>> {
        let cause = match self.latest() {
            Ok(view) => {
                return Ok(view.and_then(|view| view.payload.positions.get(&collection).copied()));
            }
            Err(error) if error.kind() == ErrorKind::Corrupt => error,
            Err(error) => return Err(error),
        };
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let _lock = lock::exclusive(&self.directory)?;
        let directory = self.directory.display();
        tracing::warn!(%directory, cause = cause.chain(), "a text index is damaged and will be built again");
        self.current.store(None);
        remove_tree(&self.files())?;
        Ok(None)
    }

    /// Makes changes and moves the position, in one commit.
    pub(super) fn apply(
        &self,
        collection: CollectionId,
        changes: &[TextChange],
        position: u64,
    ) -> Result<()> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        fs_err::create_dir_all(self.files()).context(ErrorKind::Unavailable, || {
            "cannot make the directory of a text index; see whether the disk is full".to_owned()
        })?;
        let _lock = lock::exclusive(&self.directory)?;
        let view = match self.look()? {
            Some(view) => view,
            None => self.create()?,
        };
        let mut draft = Draft::of(&view, collection, &self.files())?;
        for change in changes {
            draft.change(change)?;
        }
        draft.payload.positions.insert(collection, position);
        draft.commit(&self.files())?;
        self.look()?;
        Ok(())
    }

    /// Removes a collection.
    pub(super) fn remove(&self, collection: CollectionId) -> Result<()> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.directory.try_exists().unwrap_or(false) {
            return Ok(());
        }
        let _lock = lock::exclusive(&self.directory)?;
        let Some(view) = self.look()? else {
            return Ok(());
        };
        let mut draft = Draft::of(&view, collection, &self.files())?;
        draft.payload.positions.remove(&collection);
        draft.described = draft.collections.remove(&collection).is_some();
        draft.delete(view.layout.collection, &collection.to_bytes());
        draft.commit(&self.files())?;
        self.look()?;
        Ok(())
    }

    /// Writes segments anew that hold entries which were removed.
    pub(super) fn compact(&self, collection: CollectionId) -> Result<()> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.directory.try_exists().unwrap_or(false) {
            return Ok(());
        }
        let _lock = lock::exclusive(&self.directory)?;
        let Some(view) = self.look()? else {
            return Ok(());
        };
        Draft::of(&view, collection, &self.files())?.compact(&view.index)?;
        self.look()?;
        Ok(())
    }

    /// How many entries a collection has.
    pub(super) fn count(&self, collection: CollectionId) -> Result<u64> {
        let Some(view) = self.latest()? else {
            return Ok(0);
        };
        let term = Term::from_field_bytes(view.layout.collection, &collection.to_bytes());
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let count = view.searcher.search(&query, &Count).map_err(failed)?;
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }

    /// The best entries of these collections.
    pub(super) fn search(
        &self,
        collections: &[CollectionId],
        question: &str,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<TextHit>> {
        let Some(view) = self.latest()?.filter(|_| limit > 0) else {
            return Ok(Vec::new());
        };
        view.search(collections, question, filter, limit)
    }

    /// The file that tantivy replaces with every commit and every merge.
    fn commit(&self) -> PathBuf {
        self.files().join("meta.json")
    }

    fn files(&self) -> PathBuf {
        self.directory.join("index")
    }

    fn latest(&self) -> Result<Option<Arc<View>>> {
        if let Some(view) = self.current()? {
            return Ok(Some(view));
        }
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.look()
    }

    /// The view that is open, if nothing has been committed since.
    pub(super) fn current(&self) -> Result<Option<Arc<View>>> {
        let stamp = Stamp::of(&self.commit())?;
        let current = self.current.load_full();
        Ok(current.filter(|view| stamp.is_some() && view.stamp == stamp))
    }

    /// Opens the index, or reads its latest commit. The caller holds `writing`.
    fn look(&self) -> Result<Option<Arc<View>>> {
        if let Some(view) = self.current()? {
            return Ok(Some(view));
        }
        let known = self.current.load_full();
        for attempt in 1.. {
            let Some(stamp) = Stamp::of(&self.commit())? else {
                self.current.store(None);
                return Ok(None);
            };
            let view = match &known {
                Some(known) => View::later(known, &self.files(), stamp),
                None => View::open(&self.files(), stamp),
            };
            let still = Stamp::of(&self.commit())? == Some(stamp);
            match view {
                Ok(view) if still => {
                    let view = Arc::new(view);
                    self.current.store(Some(Arc::clone(&view)));
                    return Ok(Some(view));
                }
                Ok(_) | Err(_) if !still && attempt < LOOK_ATTEMPTS_MAX => {}
                Err(error) => {
                    self.current.store(None);
                    return Err(error);
                }
                Ok(_) => break,
            }
        }
        Err(Error::new(
            ErrorKind::Unavailable,
            "a text index changes faster than it can be read",
        ))
    }

    fn create(&self) -> Result<Arc<View>> {
        remove_tree(&self.files())?;
        fs_err::create_dir_all(self.files()).context(ErrorKind::Unavailable, || {
            "cannot make a text index".to_owned()
        })?;
        let (schema, _) = Layout::schema();
        Index::create_in_dir(self.files(), schema).map_err(failed)?;
        self.look()?.ok_or_else(|| {
            Error::new(
                ErrorKind::Unavailable,
                "a text index went away while it was being made",
            )
        })
    }
}

fn remove_tree(directory: &Path) -> Result<()> {
    match fs_err::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error)
            .context(ErrorKind::Unavailable, || {
                "cannot remove a text index".to_owned()
            }),
        _ => Ok(()),
    }
}
