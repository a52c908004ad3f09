//! A plain list of points that says what a vector store has to answer.

use std::collections::BTreeMap;

use alexandria_core::filter::{Attributes, Filter};
use alexandria_core::id::{ChunkId, DocumentId, VersionId};
use alexandria_core::space::Space;

use super::super::{Effort, Point, VectorChange, VectorHit, VectorStore};
use super::scroll_all;

/// How far two computations of a cosine may lie apart: half precision, and a little.
const TOLERANCE: f32 = 2.0e-3;

/// Points in a list, and what is known of their documents.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    points: BTreeMap<ChunkId, (DocumentId, Point)>,
    attributes: BTreeMap<DocumentId, Attributes>,
}

impl Model {
    /// What a change does.
    pub(crate) fn apply(&mut self, changes: &[VectorChange]) {
        for change in changes {
            match change {
                VectorChange::Upsert(attributes, points) => {
                    self.attributes
                        .insert(attributes.document, attributes.clone());
                    for point in points {
                        self.points
                            .insert(point.chunk, (attributes.document, point.clone()));
                    }
                }
                VectorChange::Remove(version) => {
                    self.points
                        .retain(|_, (_, point)| point.version != *version);
                }
                VectorChange::Describe(attributes) => {
                    if let Some(known) = self.attributes.get_mut(&attributes.document) {
                        *known = attributes.clone();
                    }
                }
            }
        }
    }

    fn cosines(&self, query: &[f32], filter: &Filter) -> BTreeMap<ChunkId, f32> {
        let passing = self.points.values().filter(|(document, _)| {
            self.attributes
                .get(document)
                .is_some_and(|attributes| filter.passes(attributes))
        });
        passing
            .map(|(_, point)| (point.chunk, cosine(query, &point.vector)))
            .collect()
    }

    /// Fails unless the store answers as this list does.
    pub(crate) async fn compare(&self, store: &dyn VectorStore, space: Space, filter: &Filter) {
        assert_eq!(
            store.count(space).await.expect("count"),
            self.points.len() as u64
        );
        let scrolled = scroll_all(store, space).await;
        let expected: Vec<(ChunkId, VersionId)> = self
            .points
            .values()
            .map(|(_, point)| (point.chunk, point.version))
            .collect();
        let found: Vec<(ChunkId, VersionId)> = scrolled
            .iter()
            .map(|point| (point.chunk, point.version))
            .collect();
        assert_eq!(found, expected, "points by scrolling");
        let Some((_, probe)) = self.points.values().next() else {
            return;
        };
        for (limit, effort) in [
            (1, Effort::Exact),
            (7, Effort::Normal),
            (1_000, Effort::Exact),
        ] {
            self.compare_search(store, space, filter, (&probe.vector, limit, effort))
                .await;
        }
    }

    async fn compare_search(
        &self,
        store: &dyn VectorStore,
        space: Space,
        filter: &Filter,
        (query, limit, effort): (&[f32], usize, Effort),
    ) {
        let cosines = self.cosines(query, filter);
        let hits = store
            .search(&[space], query, filter, limit, effort)
            .await
            .expect("search");
        assert_eq!(hits.len(), limit.min(cosines.len()), "hits for {filter:?}");
        for hit in &hits {
            let cosine = cosines
                .get(&hit.chunk)
                .expect("a hit that passes the filter");
            assert!((cosine - hit.cosine).abs() < TOLERANCE, "{cosine} {hit:?}");
        }
        let ordered = |a: &VectorHit, b: &VectorHit| {
            a.cosine > b.cosine || (a.cosine == b.cosine && a.chunk < b.chunk)
        };
        assert!(
            hits.is_sorted_by(ordered),
            "best first, equal ones by chunk: {hits:?}"
        );
        if let Some(last) = hits.last().filter(|_| effort == Effort::Exact) {
            let found = |chunk: &ChunkId| hits.iter().any(|hit| hit.chunk == *chunk);
            let missed = cosines
                .iter()
                .find(|(chunk, cosine)| **cosine > last.cosine + TOLERANCE && !found(chunk));
            assert_eq!(missed, None, "better than the last hit, and not found");
        }
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
