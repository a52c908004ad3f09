//! What the library remembers of questions it has answered lately, and how often that helped.
//!
//! Invariant: nothing remembered outlives a change. A reply is kept under the tenant, the whole
//! request, the numbers of the last changes in the catalog and the count of changes that this process
//! has made to its indexes; any change gives other numbers, so an old reply is never found again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use alexandria_core::id::{CollectionId, DocumentId, TenantId, VersionId};
use alexandria_store::catalog::Version;

use crate::cache::Cache;
use crate::metrics::{CACHE_HIT_RATE, CACHE_LOOKUPS_TOTAL};
use crate::search::SearchReply;

/// Embeddings of questions kept.
const QUESTIONS_KEPT_MAX: usize = 2_000;

/// Replies kept, counted in passages.
const REPLY_PASSAGES_KEPT_MAX: usize = 5_000;

/// Versions kept.
const VERSIONS_KEPT_MAX: usize = 1_000;

/// What a reply is kept under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ReplyKey {
    pub(crate) tenant: TenantId,
    /// The request, written out.
    pub(crate) request: String,
    /// The state of every collection searched.
    pub(crate) collections: Vec<CollectionState>,
    /// How often the indexes or names have changed in this process.
    pub(crate) epoch: u64,
}

/// What is read anew of a collection for every question, so that changes of other processes count.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CollectionState {
    pub(crate) id: CollectionId,
    pub(crate) name: String,
    /// Its last change in the catalog.
    pub(crate) head: u64,
    /// How far the index of words has followed.
    pub(crate) text: Option<u64>,
    /// How far the index of vectors has followed.
    pub(crate) vectors: Option<u64>,
}

/// What a picture of a page is kept under.
pub(crate) type PictureKey = (TenantId, DocumentId, u32, u32);

/// How a look-up ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was there.
    Hit,
    /// It has to be made.
    Miss,
}

impl Outcome {
    const fn of<T>(found: Option<&T>) -> Self {
        match found {
            Some(_) => Self::Hit,
            None => Self::Miss,
        }
    }
}

/// What is remembered.
#[derive(Debug)]
pub(crate) struct Remembered {
    questions: Cache<String, Arc<Vec<f32>>>,
    replies: Cache<ReplyKey, Arc<SearchReply>>,
    pictures: Cache<PictureKey, Arc<Vec<u8>>>,
    versions: Cache<(TenantId, VersionId), Arc<Version>>,
    epoch: AtomicU64,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Remembered {
    pub(crate) fn new(picture_bytes_max: usize) -> Self {
        Self {
            questions: Cache::new(QUESTIONS_KEPT_MAX),
            replies: Cache::new(REPLY_PASSAGES_KEPT_MAX),
            pictures: Cache::new(picture_bytes_max),
            versions: Cache::new(VERSIONS_KEPT_MAX),
            epoch: AtomicU64::new(0),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// The embedding of a question, which depends on nothing but the model of this process.
    pub(crate) fn question(&self, text: &str) -> Option<Arc<Vec<f32>>> {
        let found = self.questions.get(&text.to_owned());
        self.count("questions", Outcome::of(found.as_ref()));
        found
    }

    pub(crate) fn keep_question(&self, text: &str, vector: Arc<Vec<f32>>) {
        self.questions.put(text.to_owned(), vector, 1);
    }

    pub(crate) fn reply(&self, key: &ReplyKey) -> Option<Arc<SearchReply>> {
        let found = self.replies.get(key);
        self.count("searches", Outcome::of(found.as_ref()));
        found
    }

    pub(crate) fn keep_reply(&self, key: ReplyKey, reply: Arc<SearchReply>) {
        let weight = reply.passages.len().max(1);
        self.replies.put(key, reply, weight);
    }

    pub(crate) fn picture(&self, key: &PictureKey) -> Option<Arc<Vec<u8>>> {
        self.pictures.get(key)
    }

    pub(crate) fn keep_picture(&self, key: PictureKey, picture: Arc<Vec<u8>>) {
        let weight = picture.len();
        self.pictures.put(key, picture, weight);
    }

    pub(crate) fn version(&self, key: &(TenantId, VersionId)) -> Option<Arc<Version>> {
        self.versions.get(key)
    }

    pub(crate) fn keep_version(&self, key: (TenantId, VersionId), version: Arc<Version>) {
        self.versions.put(key, version, 1);
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// From now on every reply is made anew.
    pub(crate) fn forget_replies(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
    }

    /// Forgets everything.
    pub(crate) fn forget(&self) {
        self.forget_replies();
        self.questions.clear();
        self.replies.clear();
        self.pictures.clear();
        self.versions.clear();
    }

    /// The share of look-ups that hit, from 0 to 1.
    pub(crate) fn hit_rate(&self) -> f64 {
        let hits = self.hits.load(Ordering::Relaxed);
        let all = hits + self.misses.load(Ordering::Relaxed);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a share needs no more than 53 bits"
        )]
        let rate = hits as f64 / all.max(1) as f64;
        rate
    }

    /// Counts a look-up among the answers given before.
    pub(crate) fn count_answer(&self, outcome: Outcome) {
        self.count("answers", outcome);
    }

    fn count(&self, cache: &'static str, outcome: Outcome) {
        let (counter, name) = match outcome {
            Outcome::Hit => (&self.hits, "hit"),
            Outcome::Miss => (&self.misses, "miss"),
        };
        counter.fetch_add(1, Ordering::Relaxed);
        metrics::counter!(CACHE_LOOKUPS_TOTAL, "cache" => cache, "outcome" => name).increment(1);
        metrics::gauge!(CACHE_HIT_RATE).set(self.hit_rate());
    }
}
