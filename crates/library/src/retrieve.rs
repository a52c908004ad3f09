//! Finding passages: both indexes at once, one ranking, the catalog's word on what may be seen.

mod legs;
mod passages;

use std::sync::Arc;
use std::time::Instant;

use alexandria_core::access::Scope;
use alexandria_core::document::Collection;
use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::fusion::{Fusion, Leg, fuse};
use alexandria_core::principal::Principal;
use alexandria_store::catalog::CollectionName;

use self::legs::Legs;
use crate::library::Library;
use crate::metrics::LLM_QUERY_DURATION_SECONDS;
use crate::remember::{CollectionState, ReplyKey};
use crate::search::{SearchMode, SearchReply, SearchRequest, Timings};

/// Candidates that each index names for every passage wanted.
const CANDIDATES_PER_PASSAGE: usize = 10;

/// Candidates that each index names at least.
const CANDIDATES_MIN: usize = 100;

/// Candidates that each index names at most.
const CANDIDATES_MAX: usize = 1_000;

/// Collections that one search looks at; with more, the search has to name some.
const SEARCH_COLLECTIONS_MAX: usize = 2_000;

/// Collections up to which replies are remembered: asking for the last change of each costs more than it
/// saves beyond that.
const REMEMBERED_COLLECTIONS_MAX: usize = 16;

impl Library {
    /// Finds passages.
    ///
    /// One of the two indexes may fail or take too long: the other's passages are returned, and
    /// `degraded` says so.
    ///
    /// # Errors
    /// `Invalid` for an empty or too long query or too many passages, `NotFound` for a collection that
    /// does not exist, `Unavailable` when neither index answers.
    pub async fn search(
        &self,
        principal: &Principal,
        request: &SearchRequest,
    ) -> Result<SearchReply> {
        principal.require(Scope::Ask)?;
        let started = Instant::now();
        self.check_search(request)?;
        let reply = self.find(principal, request, started).await?;
        metrics::histogram!(LLM_QUERY_DURATION_SECONDS, "kind" => "search")
            .record(started.elapsed().as_secs_f64());
        Ok(reply)
    }

    /// A search whose request has been checked, remembered or made anew.
    pub(crate) async fn find(
        &self,
        principal: &Principal,
        request: &SearchRequest,
        started: Instant,
    ) -> Result<SearchReply> {
        let collections = self.searched_collections(principal, request).await?;
        let ids: Vec<_> = collections.iter().map(|collection| collection.id).collect();
        let mut request = request.clone();
        request.filter.without = self.catalog.documents_hidden(principal, &ids).await?;
        let request = &request;
        let key = self.reply_key(principal, request, &collections).await?;
        if let Some(reply) = key.as_ref().and_then(|key| self.remembered.reply(key)) {
            let timings = Timings {
                total: milliseconds(started),
                ..Timings::default()
            };
            return Ok(SearchReply {
                timings,
                ..SearchReply::clone(&reply)
            });
        }
        let reply = self
            .find_anew(principal, request, &collections, started)
            .await?;
        if let Some(key) = key
            && reply.degraded.is_empty()
        {
            self.remembered.keep_reply(key, Arc::new(reply.clone()));
        }
        Ok(reply)
    }

    async fn find_anew(
        &self,
        principal: &Principal,
        request: &SearchRequest,
        collections: &[CollectionName],
        started: Instant,
    ) -> Result<SearchReply> {
        let per_leg = request.limit.saturating_mul(CANDIDATES_PER_PASSAGE);
        let per_leg = per_leg.clamp(CANDIDATES_MIN, CANDIDATES_MAX);
        let spaces: Vec<_> = collections
            .iter()
            .map(|collection| self.space(principal, collection.id))
            .collect();
        let mut timings = Timings::default();
        let legs = Legs {
            library: self,
            principal,
            spaces: &spaces,
            request,
            limit: per_leg,
        };
        let (rankings, degraded) = legs.run(&mut timings).await?;
        let fusing = Instant::now();
        let grasp = self.models.grasp(&request.query);
        let how = grasp.map_or_else(Fusion::default, Fusion::grasping);
        let hits = fuse(&rankings, how);
        timings.fuse = milliseconds(fusing);
        let total = hits.len();
        let reading = Instant::now();
        let found = passages::Finding {
            library: self,
            principal,
            request,
            collections,
        };
        let passages = found.passages(&hits, &rankings).await?;
        timings.catalog = milliseconds(reading);
        timings.total = milliseconds(started);
        Ok(SearchReply {
            passages,
            degraded,
            timings,
            total,
        })
    }

    pub(crate) fn check_search(&self, request: &SearchRequest) -> Result<()> {
        let limits = &self.settings.limits;
        let refused = |why: String| Err(Error::new(ErrorKind::Invalid, why));
        if request.query.trim().is_empty() {
            return refused("the query is empty: write a few words or a question".to_owned());
        }
        if request.query.len() > limits.query_bytes_max {
            return refused(format!(
                "the query is longer than {} bytes",
                limits.query_bytes_max
            ));
        }
        if request.limit == 0 || request.limit > limits.search_passages_max {
            return refused(format!(
                "a search returns 1 to {} passages",
                limits.search_passages_max
            ));
        }
        if request.mode == SearchMode::Vectors && self.models.embedding().is_none() {
            return refused(
                "embedding is switched off in the settings: search by text, or switch it on"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// The collections that a request looks at: those it names, or all.
    pub(crate) async fn searched_collections(
        &self,
        principal: &Principal,
        request: &SearchRequest,
    ) -> Result<Vec<CollectionName>> {
        let mut named = Vec::new();
        for id in &request.filter.collections {
            let Collection { id, name, .. } = self.catalog.collection(principal, *id).await?;
            named.push(CollectionName { id, name });
        }
        if !named.is_empty() {
            return Ok(named);
        }
        let limit = SEARCH_COLLECTIONS_MAX + 1;
        let all = self.catalog.collection_names(principal, limit).await?;
        if all.len() == limit {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!(
                    "name the collections to search: there are more than {SEARCH_COLLECTIONS_MAX}"
                ),
            ));
        }
        Ok(all)
    }

    /// What an answer from a collection depends on.
    pub(crate) async fn collection_state(
        &self,
        principal: &Principal,
        collection: &CollectionName,
    ) -> Result<CollectionState> {
        let space = self.space(principal, collection.id);
        Ok(CollectionState {
            id: collection.id,
            name: collection.name.clone(),
            head: self.catalog.outbox_head(space).await?,
            // An index that does not answer is the search's to report.
            text: self.text.position(space).await.ok().flatten(),
            vectors: self.vectors.position(space).await.ok().flatten(),
        })
    }

    /// What the reply to a request is kept under; none when it is not worth keeping.
    async fn reply_key(
        &self,
        principal: &Principal,
        request: &SearchRequest,
        collections: &[CollectionName],
    ) -> Result<Option<ReplyKey>> {
        if collections.len() > REMEMBERED_COLLECTIONS_MAX {
            return Ok(None);
        }
        let epoch = self.remembered.epoch();
        let mut states = Vec::with_capacity(collections.len());
        for collection in collections {
            states.push(self.collection_state(principal, collection).await?);
        }
        let request = format!("{request:?}");
        Ok(Some(ReplyKey {
            tenant: principal.tenant(),
            request,
            collections: states,
            epoch,
        }))
    }
}

/// The time since a moment, in milliseconds.
pub(crate) fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

/// Which leg a mode asks.
pub(crate) const fn asks(mode: SearchMode, leg: Leg) -> bool {
    match (mode, leg) {
        (SearchMode::Hybrid, _)
        | (SearchMode::Text, Leg::Lexical)
        | (SearchMode::Vectors, Leg::Semantic) => true,
        (SearchMode::Text, Leg::Semantic) | (SearchMode::Vectors, Leg::Lexical) => false,
    }
}
