//! Which spaces housekeeping looks at.
//!
//! A library may have a hundred thousand spaces, and to look at one opens its indexes. A pass looks at
//! those that have changed and, in turn, at a bounded number of the others: an index that was damaged or
//! removed is found again without a change.

use std::collections::{BTreeMap, HashMap, VecDeque};

use alexandria_core::error::Result;
use alexandria_core::space::Space;

use crate::library::Library;

/// Spaces that a pass looks at though nothing says that they have changed. A library with fewer is looked
/// at as a whole in each pass.
const SPACES_REVIEWED: usize = 32;

/// How far before the last change seen a pass looks for changes. In a shared database a change may become
/// visible after later ones of other collections.
const CHANGES_LOOKED_BACK: u64 = 10_000;

/// What the passes have looked at.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    /// The number of the last change that was seen.
    seen: u64,
    /// The last change of each space at the time it was looked at, as far back as is looked.
    looked: HashMap<Space, u64>,
    /// The spaces of the present round whose turn is still to come.
    left: VecDeque<Space>,
}

impl Rounds {
    /// Rounds that begin where everything has just been looked at.
    fn begun(heads: &[(Space, u64)]) -> Self {
        let mut rounds = Self::default();
        rounds.due(heads);
        for (space, head) in heads {
            rounds.done(*space, Some(*head));
        }
        rounds
    }

    /// The number after which changes are looked for.
    fn after(&self) -> u64 {
        self.seen.saturating_sub(CHANGES_LOOKED_BACK)
    }

    /// Takes note of the last changes of spaces, and gives the spaces to look at, each with its last
    /// change as far as it is known.
    fn due(&mut self, heads: &[(Space, u64)]) -> BTreeMap<Space, Option<u64>> {
        let turns = self.left.len().min(SPACES_REVIEWED);
        let mut due: BTreeMap<_, _> = self
            .left
            .drain(..turns)
            .map(|space| (space, None))
            .collect();
        for (space, head) in heads {
            self.seen = self.seen.max(*head);
            if self.looked.get(space) != Some(head) {
                due.insert(*space, Some(*head));
            }
        }
        let after = self.after();
        self.looked.retain(|_, head| *head > after);
        due
    }

    /// Remembers that a space was looked at when this was its last change.
    fn done(&mut self, space: Space, head: Option<u64>) {
        let after = self.after();
        if let Some(head) = head.filter(|head| *head > after) {
            self.looked.insert(space, head);
        }
    }
}

impl Library {
    /// Rounds that begin now, when every space has just been brought up to the catalog.
    pub(crate) async fn begin_rounds(&self) -> Rounds {
        match self.catalog.changed_spaces(0).await {
            Ok(heads) => Rounds::begun(&heads),
            // Then everything is looked at once more.
            Err(_) => Rounds::default(),
        }
    }

    /// Brings the indexes of the spaces whose turn it is up to the catalog, and forgets changes that
    /// they have seen. One space that cannot be brought up keeps no other from it.
    ///
    /// # Errors
    /// The first that a space met; that space is looked at again in the next pass.
    pub(crate) async fn follow_in_turn(&self, rounds: &mut Rounds) -> Result<()> {
        if rounds.left.is_empty() {
            rounds.left = self.catalog.spaces().await?.into();
        }
        let heads = self.catalog.changed_spaces(rounds.after()).await?;
        let mut outcome = Ok(());
        for (space, head) in rounds.due(&heads) {
            match self.look_after(space).await {
                Ok(()) => rounds.done(space, head),
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
        outcome
    }

    async fn look_after(&self, space: Space) -> Result<()> {
        if space.generation() == self.generation {
            self.follow(space).await?;
        }
        self.forget_changes(space).await
    }
}

#[cfg(test)]
mod tests {
    use alexandria_core::id::{CollectionId, GenerationId, TenantId};
    use alexandria_core::principal::Principal;
    use uuid::Uuid;

    use super::*;

    fn space(number: u128) -> Space {
        let owner = Principal::system(TenantId::from_uuid(Uuid::from_u128(1)), "a test");
        let collection = CollectionId::from_uuid(Uuid::from_u128(number));
        Space::new(&owner, collection, GenerationId::from_uuid(Uuid::nil()))
    }

    fn pass(rounds: &mut Rounds, heads: &[(Space, u64)]) -> Vec<Space> {
        let due = rounds.due(heads);
        for (space, head) in &due {
            rounds.done(*space, *head);
        }
        due.into_keys().collect()
    }

    #[test]
    fn a_space_is_looked_at_once_for_each_change() {
        let mut rounds = Rounds::default();
        let heads = [(space(1), 7), (space(2), 9)];
        assert_eq!(pass(&mut rounds, &heads), [space(1), space(2)]);
        assert_eq!(pass(&mut rounds, &heads), []);
        assert_eq!(pass(&mut Rounds::begun(&heads), &heads), []);
        let heads = [(space(1), 11), (space(2), 9)];
        assert_eq!(pass(&mut rounds, &heads), [space(1)]);
    }

    #[test]
    fn a_space_that_could_not_be_brought_up_is_looked_at_again() {
        let mut rounds = Rounds::default();
        let heads = [(space(1), 7)];
        assert_eq!(rounds.due(&heads).len(), 1);
        assert_eq!(pass(&mut rounds, &heads), [space(1)]);
    }

    #[test]
    fn spaces_without_changes_have_their_turn() {
        let mut rounds = Rounds::default();
        let all: Vec<Space> = (0..70).map(space).collect();
        rounds.left = all.clone().into();
        let passes = [0; 3].map(|_| pass(&mut rounds, &[]));
        assert_eq!(
            passes.each_ref().map(Vec::len),
            [SPACES_REVIEWED, SPACES_REVIEWED, 6]
        );
        assert_eq!(passes.concat(), all);
    }

    #[test]
    fn a_change_that_becomes_visible_late_is_seen_and_what_is_remembered_is_bounded() {
        let mut rounds = Rounds::default();
        pass(
            &mut rounds,
            &[(space(1), 5), (space(2), CHANGES_LOOKED_BACK)],
        );
        assert_eq!(rounds.after(), 0, "a change numbered 4 would still be seen");
        assert_eq!(pass(&mut rounds, &[(space(3), 4)]), [space(3)]);
        pass(&mut rounds, &[(space(2), CHANGES_LOOKED_BACK * 3)]);
        assert_eq!(rounds.looked.len(), 1);
    }
}
