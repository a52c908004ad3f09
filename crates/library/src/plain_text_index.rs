//! A text index in memory that stands in until the one on disk is there.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use alexandria_core::error::Result;
use alexandria_core::filter::{Attributes, Filter};
use alexandria_core::id::{ChunkId, DocumentId};
use alexandria_core::space::Space;
use alexandria_store::text::{TextChange, TextEntry, TextHit, TextIndex};
use async_trait::async_trait;

#[derive(Debug, Default)]
pub(crate) struct PlainTextIndex {
    spaces: Mutex<HashMap<Space, Held>>,
}

#[derive(Debug, Default)]
struct Held {
    position: Option<u64>,
    entries: HashMap<ChunkId, (DocumentId, TextEntry)>,
    attributes: HashMap<DocumentId, Attributes>,
}

#[async_trait]
impl TextIndex for PlainTextIndex {
    async fn position(&self, space: Space) -> Result<Option<u64>> {
        let spaces = self.spaces.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(spaces.get(&space).and_then(|held| held.position))
    }

    async fn apply(&self, space: Space, changes: Vec<TextChange>, position: u64) -> Result<()> {
        let mut spaces = self.spaces.lock().unwrap_or_else(PoisonError::into_inner);
        let held = spaces.entry(space).or_default();
        for change in changes {
            match change {
                TextChange::Upsert(attributes, entries) => {
                    let document = attributes.document;
                    held.attributes.insert(document, attributes);
                    for entry in entries {
                        held.entries.insert(entry.chunk, (document, entry));
                    }
                }
                TextChange::Remove(version) => {
                    held.entries.retain(|_, (_, entry)| entry.version != version);
                }
                TextChange::Describe(attributes) => {
                    held.attributes.insert(attributes.document, attributes);
                }
            }
        }
        held.position = Some(position);
        Ok(())
    }

    async fn search(
        &self,
        spaces: &[Space],
        query: &str,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<TextHit>> {
        let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        let all = self.spaces.lock().unwrap_or_else(PoisonError::into_inner);
        let mut hits = Vec::new();
        for held in spaces.iter().filter_map(|space| all.get(space)) {
            for (chunk, (document, entry)) in &held.entries {
                if !held.attributes.get(document).is_some_and(|a| filter.passes(a)) {
                    continue;
                }
                let text = entry.text.to_lowercase();
                let found = words.iter().filter(|word| text.contains(word.as_str())).count();
                if found > 0 {
                    #[expect(clippy::cast_precision_loss, reason = "a few words")]
                    hits.push(TextHit { chunk: *chunk, score: found as f32 });
                }
            }
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.chunk.cmp(&b.chunk)));
        hits.truncate(limit);
        Ok(hits)
    }

    async fn count(&self, space: Space) -> Result<u64> {
        let spaces = self.spaces.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(spaces.get(&space).map_or(0, |held| held.entries.len() as u64))
    }

    async fn drop_space(&self, space: Space) -> Result<()> {
        self.spaces.lock().unwrap_or_else(PoisonError::into_inner).remove(&space);
        Ok(())
    }

    async fn check(&self) -> Result<()> {
        Ok(())
    }
}
