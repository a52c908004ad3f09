//! From chunks that were found to passages that are shown: folded, joined, with their places.

use std::collections::HashMap;

use alexandria_core::error::Result;
use alexandria_core::fold::fold;
use alexandria_core::fusion::{Hit, Leg, Ranking};
use alexandria_core::id::{ChunkId, CollectionId, DocumentId, VersionId};
use alexandria_core::join::{Found, Joined, join};
use alexandria_core::passage::{Passage, Score};
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{CollectionName, StoredPassage, Version};

use crate::library::Library;
use crate::search::{Explanation, FoundPassage, SearchRequest};

/// Hits that are read for every passage wanted, because folding and joining make fewer of them.
const HITS_PER_PASSAGE: usize = 3;

/// Hits that are read beyond that.
const HITS_SPARE: usize = 20;

/// Turning hits into passages for one request.
pub(super) struct Finding<'a> {
    pub(super) library: &'a Library,
    pub(super) principal: &'a Principal,
    pub(super) request: &'a SearchRequest,
    pub(super) collections: &'a [CollectionName],
}

/// A chunk that may be shown, with why it was found and what was folded into it.
struct Kept {
    stored: StoredPassage,
    score: Score,
    also_in: Vec<DocumentId>,
    folded: u32,
}

impl Finding<'_> {
    /// The passages to show, best first.
    pub(super) async fn passages(
        &self,
        hits: &[Hit],
        rankings: &[Ranking],
    ) -> Result<Vec<FoundPassage>> {
        let wanted = self.request.limit.saturating_mul(HITS_PER_PASSAGE) + HITS_SPARE;
        let hits = hits.get(..wanted.min(hits.len())).unwrap_or_default();
        let ids: Vec<ChunkId> = hits.iter().map(|hit| hit.chunk).collect();
        let generation = self.library.generation;
        let stored = self
            .library
            .catalog
            .passages(self.principal, generation, &ids)
            .await?;
        let kept = folded(stored, hits);
        let spans: Vec<Found> = kept.iter().map(Kept::found).collect();
        let ranks = self.request.explain.then(|| Ranks::of(rankings));
        let names: HashMap<CollectionId, &str> = self
            .collections
            .iter()
            .map(|collection| (collection.id, collection.name.as_str()))
            .collect();
        let mut passages = Vec::new();
        for joined in join(&spans).into_iter().take(self.request.limit) {
            if let Some(passage) = self.passage(&joined, &kept, ranks.as_ref(), &names).await? {
                passages.push(passage);
            }
        }
        Ok(passages)
    }

    async fn passage(
        &self,
        joined: &Joined,
        kept: &[Kept],
        ranks: Option<&Ranks>,
        names: &HashMap<CollectionId, &str>,
    ) -> Result<Option<FoundPassage>> {
        let Some(best) = kept.get(joined.best) else {
            return Ok(None);
        };
        let members = || joined.members.iter().filter_map(|at| kept.get(*at));
        let stored = &best.stored;
        let version = self.library.version(self.principal, stored.version).await?;
        let mut chunk = stored.chunk.clone();
        if joined.members.len() > 1 {
            let range = joined.span.start..joined.span.end;
            let blobs = &self.library.blobs;
            let bytes = blobs
                .get_range(self.principal, &version.text_blob, range)
                .await?;
            chunk.text = String::from_utf8_lossy(&bytes).into_owned();
            chunk.place.span = joined.span;
            chunk.tokens = members().map(|member| member.stored.chunk.tokens).sum();
            if let Some(first) = members().next() {
                chunk.place.page = first.stored.chunk.place.page;
            }
        }
        if chunk.place.page.is_some() {
            let (layout, text) = (&version.layout_blob, &version.text_blob);
            let layouts = &self.library.layouts;
            chunk.place.rectangles = layouts
                .rectangles(self.principal, layout, text, chunk.place.span)
                .await?;
        }
        let mut also_in: Vec<DocumentId> = members()
            .flat_map(|member| member.also_in.iter().copied())
            .collect();
        also_in.sort_unstable();
        also_in.dedup();
        let explanation = ranks.map(|ranks| Explanation {
            lexical_rank: ranks.lexical.get(&stored.chunk.id).copied(),
            semantic_rank: ranks.semantic.get(&stored.chunk.id).copied(),
            joined: u32::try_from(joined.members.len()).unwrap_or(u32::MAX),
            folded: members().map(|member| member.folded).sum(),
        });
        let name = names.get(&stored.collection).copied().unwrap_or_default();
        Ok(Some(FoundPassage {
            passage: Passage {
                chunk,
                title: stored.title.clone(),
                collection: stored.collection,
                score: best.score,
            },
            collection_name: name.to_owned(),
            format: stored.format.clone(),
            language: stored.language.clone(),
            version: stored.version,
            also_in,
            explanation,
        }))
    }
}

impl Kept {
    fn found(&self) -> Found {
        Found {
            version: self.stored.version,
            span: self.stored.chunk.place.span,
            score: self.score,
        }
    }
}

impl Library {
    /// A version, which never changes while it is seen, remembered from the last time.
    pub(crate) async fn version(
        &self,
        principal: &Principal,
        id: VersionId,
    ) -> Result<std::sync::Arc<Version>> {
        let key = (principal.tenant(), id);
        if let Some(version) = self.remembered.version(&key) {
            return Ok(version);
        }
        let version = std::sync::Arc::new(self.catalog.version(principal, id).await?);
        self.remembered
            .keep_version(key, std::sync::Arc::clone(&version));
        Ok(version)
    }
}

/// The chunks that stay when near duplicates are folded, in the order of the hits.
fn folded(stored: Vec<StoredPassage>, hits: &[Hit]) -> Vec<Kept> {
    let scores: HashMap<ChunkId, Score> = hits.iter().map(|hit| (hit.chunk, hit.score)).collect();
    // A chunk without a key is like no other: each gets a key of its own from its id.
    let key = |passage: &StoredPassage| match passage.fold_key {
        Some(key) => key.cast_unsigned(),
        None => own_key(passage.chunk.id),
    };
    let keys: Vec<u64> = stored.iter().map(key).collect();
    let originals = fold(&keys);
    let mut places = HashMap::new();
    let mut kept: Vec<Kept> = Vec::new();
    for (at, (stored, original)) in stored.into_iter().zip(originals).enumerate() {
        let original = original.and_then(|original| places.get(&original).copied());
        match original.and_then(|place: usize| kept.get_mut(place)) {
            Some(original) => {
                original.folded += 1;
                if original.stored.chunk.document != stored.chunk.document {
                    original.also_in.push(stored.chunk.document);
                }
            }
            None => {
                places.insert(at, kept.len());
                let score = scores.get(&stored.chunk.id).copied().unwrap_or_default();
                kept.push(Kept {
                    stored,
                    score,
                    also_in: Vec::new(),
                    folded: 0,
                });
            }
        }
    }
    kept
}

/// A key that differs from every other in about half its bits.
fn own_key(chunk: ChunkId) -> u64 {
    let (high, low) = chunk.as_uuid().as_u64_pair();
    let mixed = (high ^ low.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// The place of every chunk in each leg, counted from 1.
struct Ranks {
    lexical: HashMap<ChunkId, u32>,
    semantic: HashMap<ChunkId, u32>,
}

impl Ranks {
    fn of(rankings: &[Ranking]) -> Self {
        let of = |leg: Leg| {
            let entries = rankings.iter().filter(|ranking| ranking.leg == leg);
            let chunks = entries.flat_map(|ranking| ranking.entries.iter().map(|entry| entry.0));
            chunks.zip(1_u32..).collect()
        };
        Self {
            lexical: of(Leg::Lexical),
            semantic: of(Leg::Semantic),
        }
    }
}
