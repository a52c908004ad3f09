//! Building the indexes again from the catalog.

use alexandria_core::access::Scope;
use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use serde::Serialize;

use crate::library::Library;

/// Which indexes are built again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rebuild {
    /// The text index.
    Text,
    /// The vector store, from the vectors kept in the catalog: nothing is embedded again.
    Vectors,
    /// Both.
    All,
}

/// What was built again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// Collections.
    pub spaces: u64,
    /// Entries in the text index.
    pub entries: u64,
    /// Points in the vector store.
    pub points: u64,
}

impl Library {
    /// Drops indexes and builds them again from the catalog. Searches go on meanwhile and find less.
    ///
    /// # Errors
    /// `Conflict` when another process works on the data directory.
    pub async fn rebuild(&self, principal: &Principal, what: Rebuild) -> Result<Rebuilt> {
        principal.require(Scope::Operate)?;
        self.lock.take()?;
        let mut rebuilt = Rebuilt::default();
        for space in self.catalog.spaces().await? {
            let ours = space.tenant() == principal.tenant();
            if !ours || space.generation() != self.generation {
                continue;
            }
            rebuilt.spaces += 1;
            if matches!(what, Rebuild::Text | Rebuild::All) {
                self.text.drop_space(space).await?;
                self.follow_text(space).await?;
            }
            if matches!(what, Rebuild::Vectors | Rebuild::All) {
                self.vectors.drop_space(space).await?;
                self.follow_vectors(space).await?;
            }
            rebuilt.entries += self.text.count(space).await?;
            rebuilt.points += self.vectors.count(space).await?;
        }
        self.forget_replies();
        Ok(rebuilt)
    }
}
