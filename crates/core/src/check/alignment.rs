//! A sentence laid along a quote: where they say the same, and where the sentence departs from it in a
//! fact.

use super::token::{Kind, Token};
use super::{Finding, FindingKind};

/// Words that a denial reaches over.
const NEGATION_REACH: usize = 2;

/// Tokens of a gap that are compared; longer gaps say something else altogether.
const GAP_TOKENS_MAX: usize = 8;

/// A longest common subsequence of the tokens of a sentence and of a quote, words that count first.
pub(super) struct Alignment<'a> {
    said: &'a [Token],
    held: &'a [Token],
    /// Places that say the same, in order.
    pairs: Vec<(usize, usize)>,
}

impl<'a> Alignment<'a> {
    /// Lays a sentence along a quote (Needleman and Wunsch 1970, without a price for gaps).
    pub(super) fn of(said: &'a [Token], held: &'a [Token]) -> Self {
        let width = held.len() + 1;
        let mut best = vec![0.0_f32; (said.len() + 1) * width];
        let at = |i: usize, j: usize| i * width + j;
        let get = |best: &[f32], i, j| best.get(at(i, j)).copied().unwrap_or(0.0);
        for i in (0..said.len()).rev() {
            for j in (0..held.len()).rev() {
                let mut value = get(&best, i + 1, j).max(get(&best, i, j + 1));
                if let (Some(one), Some(other)) = (said.get(i), held.get(j))
                    && one.is_same(other)
                {
                    value = value.max(get(&best, i + 1, j + 1) + one.weight());
                }
                if let Some(cell) = best.get_mut(at(i, j)) {
                    *cell = value;
                }
            }
        }
        let mut pairs = Vec::new();
        let (mut i, mut j) = (0, 0);
        while let (Some(one), Some(other)) = (said.get(i), held.get(j)) {
            let here = get(&best, i, j);
            if one.is_same(other) && here <= get(&best, i + 1, j + 1) + one.weight() {
                pairs.push((i, j));
                i += 1;
                j += 1;
            } else if get(&best, i + 1, j) >= get(&best, i, j + 1) {
                i += 1;
            } else {
                j += 1;
            }
        }
        Self { said, held, pairs }
    }

    /// How much they have in common.
    pub(super) fn weight(&self) -> f32 {
        let said = self.pairs.iter().filter_map(|(i, _)| self.said.get(*i));
        said.map(Token::weight).sum()
    }

    /// What the quote speaks against.
    pub(super) fn departures(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let shared = self.pairs.iter().filter_map(|(i, _)| self.said.get(*i));
        if !shared.into_iter().any(Token::counts) {
            // They only have small words in common: the one does not run along the other.
            return findings;
        }
        for (said, held) in self.gaps() {
            findings.extend(self.facts(said, held));
            findings.extend(self.opposites(said, held));
        }
        findings.extend(self.negations());
        findings
    }

    /// What lies between two neighbouring places that say the same, on both sides.
    fn gaps(&self) -> Vec<(&'a [Token], &'a [Token])> {
        let ends = (self.said.len(), self.held.len());
        let mut gaps = Vec::new();
        let mut from = (0, 0);
        for (i, j) in self.pairs.iter().copied().chain([ends]) {
            let said = self.said.get(from.0..i).unwrap_or_default();
            let held = self.held.get(from.1..j).unwrap_or_default();
            if !said.is_empty() && said.len() <= GAP_TOKENS_MAX {
                // Where the quote goes on for long, only what is near the sentence stands against it.
                gaps.push((
                    said,
                    held.get(..held.len().min(GAP_TOKENS_MAX))
                        .unwrap_or_default(),
                ));
            }
            from = (i + 1, j + 1);
        }
        gaps
    }

    /// Numbers and names in the place of others.
    fn facts(&self, said: &[Token], held: &[Token]) -> Vec<Finding> {
        let stands = |token: &Token| self.held.iter().any(|other| other.is_same(token));
        let number = |token: &Token| token.kind == Kind::Number;
        let name = |token: &Token| matches!(token.kind, Kind::Name | Kind::Opening);
        let mut findings = Vec::new();
        for token in said.iter().filter(|token| !stands(token)) {
            let against = |is: &dyn Fn(&Token) -> bool| is(token) && held.iter().any(is);
            let kind = if against(&number) {
                FindingKind::Number
            } else if against(&name) {
                FindingKind::Name
            } else {
                continue;
            };
            findings.push(Finding {
                kind,
                words: token.written.clone(),
            });
        }
        findings
    }

    /// Words in the place of their opposites.
    fn opposites(&self, said: &[Token], held: &[Token]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for token in said {
            let opposed = held.iter().any(|other| are_opposites(token, other));
            let stands = self.held.iter().any(|other| other.is_same(token));
            if opposed && !stands {
                findings.push(Finding {
                    kind: FindingKind::Opposite,
                    words: token.written.clone(),
                });
            }
        }
        findings
    }

    /// Words that one side denies and the other does not.
    fn negations(&self) -> Vec<Finding> {
        let counted = self
            .pairs
            .iter()
            .filter_map(|(i, j)| Some((*i, *j, self.said.get(*i)?)))
            .filter(|(_, _, token)| token.counts());
        let differing =
            counted.filter(|(i, j, _)| is_denied(self.said, *i) != is_denied(self.held, *j));
        differing
            .map(|(_, _, token)| Finding {
                kind: FindingKind::Negation,
                words: token.written.clone(),
            })
            .collect()
    }
}

/// Whether a word that denies stands shortly before a word, with no comma between.
fn is_denied(tokens: &[Token], at: usize) -> bool {
    let mut reach = NEGATION_REACH;
    for back in (0..=at).rev() {
        let Some(token) = tokens.get(back) else {
            return false;
        };
        if back < at {
            if token.kind == Kind::Negation {
                return true;
            }
            if token.kind != Kind::Filler {
                reach -= 1;
            }
        }
        if reach == 0 || token.is_after_break {
            return false;
        }
    }
    false
}

/// Whether two words say opposite things.
fn are_opposites(one: &Token, other: &Token) -> bool {
    let begins = |word: &str, stems: &str| {
        stems.split(' ').any(|stem| match stem.strip_suffix('*') {
            Some(beginning) => word.starts_with(beginning),
            None => word == stem,
        })
    };
    OPPOSITES.iter().any(|(left, right)| {
        begins(&one.lower, left) && begins(&other.lower, right)
            || begins(&one.lower, right) && begins(&other.lower, left)
    })
}

/// Words and their opposites; a `*` stands for any end.
static OPPOSITES: &[(&str, &str)] = &[
    ("before prior", "after following"),
    ("more greater larger", "less fewer smaller"),
    ("most", "least fewest"),
    ("above", "below beneath"),
    ("higher highest high", "lower lowest low"),
    (
        "increas* rise rises rising rose risen grow* grew",
        "decreas* declin* fall falls falling fell fallen drop* reduc* shrink*",
    ),
    ("first", "last"),
    ("earlier earliest early", "later latest late"),
    ("north* norther*", "south*"),
    ("east eastern", "west western"),
    ("left", "right"),
    ("inside", "outside"),
    ("maxim*", "minim*"),
    ("begin* began begun start*", "end ends ended ending finish*"),
    ("always", "never"),
    ("win wins won", "lose loses lost"),
    ("true", "false"),
    ("allow* permit*", "forbid* forbade prohibit* ban* prevent*"),
    ("accept*", "reject* refus*"),
    ("gain*", "lose loses lost loss*"),
    ("buy* bought", "sell* sold"),
    ("import*", "export*"),
    ("male", "female"),
    ("open*", "close* shut*"),
    ("old older oldest", "new newer newest young*"),
    ("positive*", "negative*"),
    ("internal*", "external*"),
    ("upper", "lower"),
    ("majority", "minority"),
    ("success*", "fail*"),
    ("major", "minor"),
    ("support*", "oppos*"),
    ("improv*", "worsen* deteriorat*"),
    ("activat*", "inhibit* deactivat*"),
    ("promot*", "inhibit* suppress*"),
];
