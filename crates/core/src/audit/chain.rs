//! Whether a log is the one that was written: the first entry that was changed, taken out, put
//! elsewhere or cut off.

use std::fmt;

use super::{Deed, Entry, EntryHash, Outcome};
use crate::id::TenantId;

/// What an entry is called that says that the beginning of the log was cut off.
pub const AUDIT_CUT: &str = "audit_cut";

/// The details of such an entry: the last entry that was cut off, its hash, and how many there were.
const CUT_SEQUENCE: &str = "cut_sequence";
const CUT_HASH: &str = "cut_hash";
const CUT_ENTRIES: &str = "cut_entries";

/// A place in a chain: an entry's sequence and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The sequence of the entry; 0 before the first.
    pub sequence: u64,
    /// Its hash.
    pub hash: EntryHash,
}

impl Link {
    /// What stands before the first entry.
    pub const START: Self = Self {
        sequence: 0,
        hash: EntryHash::NONE,
    };
}

/// What an entry says of a beginning that was cut off because it had been kept for long enough.
#[must_use]
pub fn cut_deed(last: Link, entries: u64) -> Deed {
    Deed::new(AUDIT_CUT, Outcome::Done)
        .with(CUT_SEQUENCE, last.sequence.to_string())
        .with(CUT_HASH, last.hash.to_string())
        .with(CUT_ENTRIES, entries.to_string())
}

/// The last entry that was cut off, when the entry says so.
fn cut_of(entry: &Entry) -> Option<Link> {
    let detail = |name: &str| entry.deed.details.get(name);
    let is_cut = entry.deed.action == AUDIT_CUT && entry.deed.outcome == Outcome::Done;
    is_cut.then_some(())?;
    Some(Link {
        sequence: detail(CUT_SEQUENCE)?.parse().ok()?,
        hash: detail(CUT_HASH)?.parse().ok()?,
    })
}

/// What is wrong with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The entry is not there, and later ones are.
    Missing,
    /// The entry stands a second time, or where an earlier one has been already.
    OutOfPlace,
    /// The entry is not the one that was written: its hash does not fit it.
    Changed,
    /// The entry does not go on from the one before it: one of the two has been replaced.
    Unlinked,
    /// The entry belongs to another tenant.
    Foreign,
    /// The log ends before this entry, which it once had.
    CutOff,
    /// There is an entry after the one that was written last.
    Added,
    /// The entry has another hash than the one that was kept.
    Rewritten,
    /// The beginning was cut off up to the entry before this one, and no entry of the log says so.
    CutUnsigned,
}

impl Fault {
    /// The fault's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::OutOfPlace => "out_of_place",
            Self::Changed => "changed",
            Self::Unlinked => "unlinked",
            Self::Foreign => "foreign",
            Self::CutOff => "cut_off",
            Self::Added => "added",
            Self::Rewritten => "rewritten",
            Self::CutUnsigned => "cut_unsigned",
        }
    }
}

/// The first place at which a log is not the one that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// The entry.
    pub sequence: u64,
    /// What is wrong with it.
    pub fault: Fault,
}

impl fmt::Display for Break {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sequence = self.sequence;
        match self.fault {
            Fault::Missing => write!(formatter, "entry {sequence} is missing"),
            Fault::OutOfPlace => write!(formatter, "entry {sequence} is out of its place"),
            Fault::Changed => write!(formatter, "entry {sequence} has been changed"),
            Fault::Unlinked => write!(
                formatter,
                "entry {sequence} does not go on from the one before it: one of the two has been \
                 replaced"
            ),
            Fault::Foreign => write!(formatter, "entry {sequence} belongs to another tenant"),
            Fault::CutOff => write!(
                formatter,
                "the log ends before entry {sequence}, which it once had"
            ),
            Fault::Added => write!(
                formatter,
                "entry {sequence} stands after the one that was written last"
            ),
            Fault::Rewritten => write!(
                formatter,
                "entry {sequence} has another hash than the one that was kept"
            ),
            Fault::CutUnsigned => write!(
                formatter,
                "the beginning was cut off before entry {sequence}, and no entry says so"
            ),
        }
    }
}

/// Verifies the entries of one tenant, in order.
#[derive(Clone, Debug)]
pub struct Verifier {
    tenant: TenantId,
    /// Where the log begins.
    anchor: Link,
    last: Link,
    /// The beginning that entries say was cut off.
    signed: Option<Link>,
    /// A hash kept elsewhere that one of the entries must have.
    kept: Option<Link>,
}

impl Verifier {
    /// Begins after a link: [`Link::START`], or the last entry that was cut off.
    #[must_use]
    pub const fn after(tenant: TenantId, anchor: Link) -> Self {
        Self {
            tenant,
            anchor,
            last: anchor,
            signed: None,
            kept: None,
        }
    }

    /// Also requires that the entry of this sequence has this hash, which somebody has kept outside of
    /// the log's database.
    #[must_use]
    pub const fn with_kept(mut self, kept: Link) -> Self {
        self.kept = Some(kept);
        self
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// What is wrong with it; the log is then broken, and what follows says nothing any more.
    pub fn take(&mut self, entry: &Entry) -> Result<(), Break> {
        let due = self.last.sequence.saturating_add(1);
        let fault = if entry.sequence > due {
            return Err(Break {
                sequence: due,
                fault: Fault::Missing,
            });
        } else if entry.sequence < due {
            Some(Fault::OutOfPlace)
        } else if entry.tenant != self.tenant {
            Some(Fault::Foreign)
        } else if entry.hash != entry.hash_due() || !entry.is_whereabouts_true() {
            Some(Fault::Changed)
        } else if entry.previous != self.last.hash {
            Some(Fault::Unlinked)
        } else if self
            .kept
            .is_some_and(|kept| kept.sequence == entry.sequence && kept.hash != entry.hash)
        {
            Some(Fault::Rewritten)
        } else {
            None
        };
        if let Some(fault) = fault {
            return Err(Break {
                sequence: entry.sequence,
                fault,
            });
        }
        self.last = Link {
            sequence: entry.sequence,
            hash: entry.hash,
        };
        // An actor's own operation is never called so: only the cutting itself writes it.
        self.signed = cut_of(entry).or(self.signed);
        Ok(())
    }

    /// The last entry taken.
    #[must_use]
    pub const fn last(&self) -> Link {
        self.last
    }

    /// Ends: the log must go exactly as far as its head says, at least as far as what was kept, and
    /// say itself that its beginning was cut off.
    ///
    /// # Errors
    /// Where it ends too early or too late.
    pub fn end(self, head: Link) -> Result<Link, Break> {
        let at = |sequence, fault| Err(Break { sequence, fault });
        let last = self.last;
        let due = self
            .kept
            .map_or(head.sequence, |kept| kept.sequence.max(head.sequence));
        if last.sequence < due {
            return at(last.sequence.saturating_add(1), Fault::CutOff);
        }
        if last.sequence > head.sequence {
            return at(head.sequence.saturating_add(1), Fault::Added);
        }
        if last.hash != head.hash {
            return at(last.sequence, Fault::Rewritten);
        }
        if self.anchor != Link::START && self.signed != Some(self.anchor) {
            return at(self.anchor.sequence.saturating_add(1), Fault::CutUnsigned);
        }
        Ok(last)
    }
}

/// Verifies a whole log that is in memory.
///
/// # Errors
/// The first place at which it is not the one that was written.
pub fn verify(
    tenant: TenantId,
    anchor: Link,
    entries: &[Entry],
    head: Link,
) -> Result<Link, Break> {
    let mut verifier = Verifier::after(tenant, anchor);
    for entry in entries {
        verifier.take(entry)?;
    }
    verifier.end(head)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::super::{Deed, Outcome, Target};
    use super::*;
    use crate::id::TENANT_DEFAULT;

    fn deed() -> impl Strategy<Value = Deed> {
        let details = proptest::collection::btree_map("[a-z]{0,3}", ".{0,8}", 0..4);
        let target = proptest::option::of(("[a-z]{1,4}", "[0-9a-f]{0,4}"));
        let outcome = prop::sample::select(Outcome::ALL.to_vec());
        ("[a-z_]{1,8}", target, outcome, details).prop_map(|(action, target, outcome, details)| {
            Deed {
                action,
                target: target.map(|(kind, id)| Target { kind, id }),
                outcome,
                details,
            }
        })
    }

    fn entry(sequence: u64, deed: Deed, previous: EntryHash) -> Entry {
        Entry {
            sequence,
            moment: Timestamp::from_microsecond(1_790_000_000_000_000 + sequence as i64).unwrap(),
            tenant: TENANT_DEFAULT,
            actor: "owner".to_owned(),
            address: sequence.is_multiple_of(2).then(|| "192.0.2.1".to_owned()),
            whereabouts: None,
            request: Some(format!("r{sequence}")),
            deed,
            previous,
            hash: EntryHash::NONE,
        }
        .sealed()
    }

    fn log() -> impl Strategy<Value = Vec<Entry>> {
        proptest::collection::vec(deed(), 2..8).prop_map(|deeds| {
            let mut previous = EntryHash::NONE;
            let mut entries = Vec::new();
            for (sequence, deed) in (1..).zip(deeds) {
                let next = entry(sequence, deed, previous);
                previous = next.hash;
                entries.push(next);
            }
            entries
        })
    }

    fn head(entries: &[Entry]) -> Link {
        entries.last().map_or(Link::START, |last| Link {
            sequence: last.sequence,
            hash: last.hash,
        })
    }

    fn check(entries: &[Entry], head: Link) -> Result<Link, Break> {
        verify(TENANT_DEFAULT, Link::START, entries, head)
    }

    /// Changes one thing of an entry, whichever of them.
    fn change(entry: &mut Entry, which: usize) {
        let bytes = |hash: EntryHash| {
            let mut bytes = *hash.as_bytes();
            bytes[31] ^= 1;
            EntryHash::from_slice(&bytes).unwrap()
        };
        let deed = &mut entry.deed;
        match which {
            0 => entry.sequence += 1,
            1 => entry.moment += jiff::SignedDuration::from_micros(1),
            2 => entry.tenant = TenantId::from_uuid(uuid::Uuid::from_u128(0xbad)),
            3 => entry.actor.push('x'),
            4 => entry.address = Some("203.0.113.9".to_owned()),
            5 => entry.request = None,
            6 => deed.action.push('x'),
            7 => deed.outcome = Outcome::ALL[(deed.outcome as usize + 1) % 4],
            8 => drop(deed.details.insert("added".to_owned(), String::new())),
            9 => {
                // The same letters, divided otherwise.
                deed.details = BTreeMap::from([("ab".to_owned(), "c".to_owned())]);
                let former = entry.hash_due();
                entry.hash = former;
                entry.deed.details = BTreeMap::from([("a".to_owned(), "bc".to_owned())]);
            }
            10 => {
                let target = deed.target.get_or_insert_with(|| Target {
                    kind: String::new(),
                    id: String::new(),
                });
                target.id.push('x');
            }
            11 => entry.previous = bytes(entry.previous),
            _ => entry.hash = bytes(entry.hash),
        }
    }

    proptest! {
        #[test]
        fn a_log_that_nobody_has_touched_holds(entries in log()) {
            prop_assert_eq!(check(&entries, head(&entries)), Ok(head(&entries)));
        }

        #[test]
        fn any_single_change_is_found(entries in log(), which in 0..13_usize, at in any::<prop::sample::Index>()) {
            let head = head(&entries);
            let mut changed = entries.clone();
            let index = at.index(entries.len());
            change(&mut changed[index], which);
            prop_assert!(check(&changed, head).is_err());
        }

        #[test]
        fn a_change_whose_hash_was_made_to_fit_is_found_at_the_next_entry(entries in log(), at in any::<prop::sample::Index>()) {
            let head = head(&entries);
            let mut changed = entries.clone();
            let index = at.index(entries.len());
            changed[index].actor.push('x');
            changed[index] = changed[index].clone().sealed();
            let found = check(&changed, head).unwrap_err();
            let last = index + 1 == entries.len();
            let due = if last { Fault::Rewritten } else { Fault::Unlinked };
            prop_assert_eq!(found.fault, due);
        }

        #[test]
        fn any_removal_is_found_and_named(entries in log(), at in any::<prop::sample::Index>()) {
            let head = head(&entries);
            let index = at.index(entries.len());
            let mut cut = entries.clone();
            let gone = cut.remove(index);
            let last = index + 1 == entries.len();
            let fault = if last { Fault::CutOff } else { Fault::Missing };
            prop_assert_eq!(check(&cut, head), Err(Break { sequence: gone.sequence, fault }));
        }

        #[test]
        fn any_swap_is_found(entries in log(), one in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()) {
            let (one, other) = (one.index(entries.len()), other.index(entries.len()));
            prop_assume!(one != other);
            let mut swapped = entries.clone();
            swapped.swap(one, other);
            prop_assert!(check(&swapped, head(&entries)).is_err());
            // With their numbers exchanged as well.
            let (first, second) = (swapped[one].sequence, swapped[other].sequence);
            swapped[one].sequence = second;
            swapped[other].sequence = first;
            prop_assert!(check(&swapped, head(&entries)).is_err());
        }

        #[test]
        fn a_log_written_anew_is_found_by_a_hash_that_was_kept(entries in log(), at in any::<prop::sample::Index>()) {
            let kept = &entries[at.index(entries.len())];
            let kept = Link { sequence: kept.sequence, hash: kept.hash };
            let mut previous = EntryHash::NONE;
            let mut anew = Vec::new();
            for mut entry in entries {
                entry.actor = "somebody".to_owned();
                entry.previous = previous;
                let entry = entry.sealed();
                previous = entry.hash;
                anew.push(entry);
            }
            prop_assert!(check(&anew, head(&anew)).is_ok());
            let mut verifier = Verifier::after(TENANT_DEFAULT, Link::START).with_kept(kept);
            let broken = anew.iter().try_for_each(|entry| verifier.take(entry)).unwrap_err();
            prop_assert_eq!(broken, Break { sequence: kept.sequence, fault: Fault::Rewritten });
        }

        #[test]
        fn what_is_left_after_its_beginning_was_cut_off_holds(entries in log(), at in any::<prop::sample::Index>()) {
            let cut = at.index(entries.len());
            let anchor = Link { sequence: entries[cut].sequence, hash: entries[cut].hash };
            let unsigned = verify(TENANT_DEFAULT, anchor, &entries[cut + 1..], head(&entries));
            let fault = Fault::CutUnsigned;
            prop_assert_eq!(unsigned, Err(Break { sequence: anchor.sequence + 1, fault }));
            let last = head(&entries);
            let mut signed = entries;
            signed.push(entry(last.sequence + 1, cut_deed(anchor, cut as u64 + 1), last.hash));
            let rest = &signed[cut + 1..];
            prop_assert_eq!(verify(TENANT_DEFAULT, anchor, rest, head(&signed)), Ok(head(&signed)));
            prop_assert!(verify(TENANT_DEFAULT, Link::START, rest, head(&signed)).is_err());
        }
    }

    #[test]
    fn a_log_cut_below_what_was_kept_is_found_although_its_head_was_cut_too() {
        let first = entry(1, Deed::new("a", Outcome::Done), EntryHash::NONE);
        let second = entry(2, Deed::new("b", Outcome::Done), first.hash);
        let kept = Link {
            sequence: 2,
            hash: second.hash,
        };
        let mut verifier = Verifier::after(TENANT_DEFAULT, Link::START).with_kept(kept);
        verifier.take(&first).unwrap();
        let broken = verifier.end(head(&[first])).unwrap_err();
        assert_eq!(
            broken.to_string(),
            "the log ends before entry 2, which it once had"
        );
    }
}
