//! What looks like an attack: the kinds of security events, and the rules that raise them.
//!
//! A rule looks at what one subject (an actor, an address, an account) did in the last minutes. It
//! raises its event when there was as much as its threshold, once until the window has passed.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

/// The most subjects that a rule remembers. Further ones take the place of some that it knows.
pub const SUBJECTS_MAX: usize = 10_000;

/// How grave an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It happens every day.
    Low,
    /// Somebody should look at it.
    Medium,
    /// Somebody should look at it now.
    High,
}

impl Severity {
    /// Every severity there is.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The severity's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The severity of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// A request had no credentials that are good.
    Unauthenticated,
    /// A sign-in did not succeed.
    SignInFailed,
    /// Somebody known tried what they may not.
    Forbidden,
    /// A caller was told to slow down.
    RateLimited,
    /// Many accounts were tried from one address.
    PasswordSpraying,
    /// One account was tried again and again.
    BruteForce,
    /// A refresh token that had been replaced, or a key that had been revoked, was used again.
    TokenReused,
    /// One actor took many originals or exports in a short time.
    MassExport,
    /// One actor tried many things that they may not.
    ScopeProbing,
    /// A key was declared to be in the wrong hands, in earnest or as a drill.
    KeyCompromised,
}

impl EventKind {
    /// Every kind there is.
    pub const ALL: [Self; 10] = [
        Self::Unauthenticated,
        Self::SignInFailed,
        Self::Forbidden,
        Self::RateLimited,
        Self::PasswordSpraying,
        Self::BruteForce,
        Self::TokenReused,
        Self::MassExport,
        Self::ScopeProbing,
        Self::KeyCompromised,
    ];

    /// The kind's name in the catalog, the API, the log and the measures.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::SignInFailed => "sign_in_failed",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate_limited",
            Self::PasswordSpraying => "password_spraying",
            Self::BruteForce => "brute_force",
            Self::TokenReused => "token_reused",
            Self::MassExport => "mass_export",
            Self::ScopeProbing => "scope_probing",
            Self::KeyCompromised => "key_compromised",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// How grave events of this kind are.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::Unauthenticated | Self::SignInFailed | Self::Forbidden | Self::RateLimited => {
                Severity::Low
            }
            Self::BruteForce | Self::ScopeProbing => Severity::Medium,
            Self::PasswordSpraying
            | Self::TokenReused
            | Self::MassExport
            | Self::KeyCompromised => Severity::High,
        }
    }
}

/// What a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// Everything.
    All,
    /// Each thing once.
    Distinct,
}

/// When an event is raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The event.
    pub kind: EventKind,
    /// What is counted.
    pub counting: Counting,
    /// In so many seconds.
    pub window_seconds: u32,
    /// From so many on.
    pub threshold: usize,
}

/// Ten accounts tried from one address in ten minutes: a person who has forgotten which mail address
/// they signed up with tries two or three.
pub const PASSWORD_SPRAYING: Rule = Rule {
    kind: EventKind::PasswordSpraying,
    counting: Counting::Distinct,
    window_seconds: 600,
    threshold: 10,
};

/// Ten failures on one account in ten minutes, from wherever.
pub const BRUTE_FORCE: Rule = Rule {
    kind: EventKind::BruteForce,
    counting: Counting::All,
    window_seconds: 600,
    threshold: 10,
};

/// A hundred files taken by one actor in ten minutes: more than a person opens, fewer than a library.
pub const MASS_EXPORT: Rule = Rule {
    kind: EventKind::MassExport,
    counting: Counting::All,
    window_seconds: 600,
    threshold: 100,
};

/// Twenty refusals for one actor in five minutes: a page that shows what it should not asks a few
/// times, a program that looks for a way in asks for everything.
pub const SCOPE_PROBING: Rule = Rule {
    kind: EventKind::ScopeProbing,
    counting: Counting::All,
    window_seconds: 300,
    threshold: 20,
};

/// A rule, and what it remembers of each subject.
#[derive(Clone, Debug)]
pub struct Watch {
    rule: Rule,
    subjects: HashMap<String, Seen>,
}

/// What a subject did lately. Invariant: no more marks than the threshold.
#[derive(Clone, Debug, Default)]
struct Seen {
    marks: VecDeque<(Timestamp, u64)>,
    raised: Option<Timestamp>,
}

impl Watch {
    /// A rule that has seen nothing yet.
    #[must_use]
    pub fn new(rule: Rule) -> Self {
        Self {
            rule,
            subjects: HashMap::new(),
        }
    }

    /// Notes that a subject did something at a moment; `what` tells things apart where each counts
    /// once. Says how much there was when the event is to be raised.
    pub fn note(&mut self, subject: &str, what: u64, now: Timestamp) -> Option<u64> {
        let window = SignedDuration::from_secs(i64::from(self.rule.window_seconds));
        let is_within = |moment: Timestamp| now.duration_since(moment) < window;
        if !self.subjects.contains_key(subject) {
            self.make_room(is_within);
        }
        let seen = self.subjects.entry(subject.to_owned()).or_default();
        if self.rule.counting == Counting::Distinct {
            seen.marks.retain(|(_, other)| *other != what);
        }
        seen.marks.push_back((now, what));
        seen.marks.retain(|(moment, _)| is_within(*moment));
        while seen.marks.len() > self.rule.threshold {
            seen.marks.pop_front();
        }
        if seen.marks.len() < self.rule.threshold || seen.raised.is_some_and(is_within) {
            return None;
        }
        seen.raised = Some(now);
        Some(seen.marks.len() as u64)
    }

    /// How many subjects are remembered.
    #[must_use]
    pub fn subjects(&self) -> usize {
        self.subjects.len()
    }

    /// Forgets subjects until there is room for one more: those that did nothing lately, or else any.
    fn make_room(&mut self, is_within: impl Fn(Timestamp) -> bool) {
        if self.subjects.len() < SUBJECTS_MAX {
            return;
        }
        self.subjects.retain(|_, seen| {
            let last = seen.marks.back();
            last.is_some_and(|(moment, _)| is_within(*moment))
        });
        while self.subjects.len() >= SUBJECTS_MAX {
            let Some(any) = self.subjects.keys().next().cloned() else {
                return;
            };
            self.subjects.remove(&any);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).unwrap()
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::of_name(kind.name()), Some(kind));
        }
        assert_eq!(EventKind::of_name("other"), None);
    }

    #[test]
    fn an_event_is_raised_at_the_threshold_and_once_in_a_window() {
        let mut watch = Watch::new(BRUTE_FORCE);
        let mut raised = Vec::new();
        for second in 0..1_300 {
            if watch.note("account:1", 0, at(second)).is_some() {
                raised.push(second);
            }
        }
        assert_eq!(raised, [9, 609, 1_209]);
    }

    #[test]
    fn what_is_slow_enough_raises_nothing() {
        let mut watch = Watch::new(BRUTE_FORCE);
        for step in 0..1_000 {
            assert_eq!(watch.note("account:1", 0, at(step * 67)), None, "{step}");
        }
    }

    #[test]
    fn spraying_needs_different_accounts() {
        let mut watch = Watch::new(PASSWORD_SPRAYING);
        for second in 0..100 {
            assert_eq!(watch.note("192.0.2.1", 7, at(second)), None);
        }
        let accounts = (0..9).filter_map(|account| watch.note("192.0.2.1", account + 10, at(100)));
        assert_eq!(accounts.collect::<Vec<_>>(), [10], "nine more are ten");
    }

    #[test]
    fn no_number_of_subjects_takes_all_memory() {
        let mut watch = Watch::new(SCOPE_PROBING);
        for number in 0..SUBJECTS_MAX + 500 {
            watch.note(&number.to_string(), 0, at(0));
        }
        assert_eq!(watch.subjects(), SUBJECTS_MAX);
        watch.note("later", 0, at(301));
        assert_eq!(watch.subjects(), 1, "the others did nothing lately");
    }

    proptest! {
        #[test]
        fn an_event_is_raised_exactly_when_a_window_held_enough(
            gaps in proptest::collection::vec(0..40_i64, 1..120)
        ) {
            let rule = Rule { threshold: 5, window_seconds: 60, ..BRUTE_FORCE };
            let mut watch = Watch::new(rule);
            let mut moments: Vec<i64> = Vec::new();
            let mut last_raised: Option<i64> = None;
            for gap in gaps {
                let now = moments.last().copied().unwrap_or(0) + gap;
                moments.push(now);
                let lately = moments.iter().filter(|moment| now - **moment < 60).count();
                let quiet = last_raised.is_none_or(|raised| now - raised >= 60);
                let due = lately >= 5 && quiet;
                prop_assert_eq!(watch.note("one", 0, at(now)).is_some(), due);
                if due {
                    last_raised = Some(now);
                }
            }
        }
    }
}
