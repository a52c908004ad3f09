//! Whether figures have become worse than they were: the gate that a change must pass.

/// Which way a figure gets better, and whether it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The more, the better, such as recall.
    Higher,
    /// A share of what went wrong, from 0 to 1: what must not fall is the share that went well.
    LowerShare,
    /// The less, the better, such as a cost.
    Lower,
    /// The less, the better, but it depends on the machine and its other work: shown, never failed.
    LowerShown,
}

/// A figure with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Its name, such as `hybrid.ndcg_at_10`.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Which way it gets better.
    pub better: Better,
}

impl Figure {
    /// A figure.
    #[must_use]
    pub fn new(name: impl Into<String>, value: f64, better: Better) -> Self {
        Self {
            name: name.into(),
            value,
            better,
        }
    }
}

/// A figure beside what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The figure.
    pub figure: Figure,
    /// What it was; nothing when the baseline does not have it.
    pub before: Option<f64>,
    /// Whether it has become worse by more than is allowed.
    pub has_fallen: bool,
}

/// Compares figures with those of a baseline by their names.
///
/// `least` is the share of the baseline's figure that is still good enough. A figure of the baseline that is not there any more is given
/// back by its name: whoever drops a figure could hide a fall.
#[must_use]
pub fn compare(now: &[Figure], before: &[Figure], least: f64) -> (Vec<Difference>, Vec<String>) {
    let find = |figures: &[Figure], name: &str| {
        let found = figures.iter().find(|figure| figure.name == name);
        found.map(|figure| figure.value)
    };
    let differences = now
        .iter()
        .map(|figure| {
            let before = find(before, &figure.name);
            Difference {
                has_fallen: before.is_some_and(|before| has_fallen(figure, before, least)),
                figure: figure.clone(),
                before,
            }
        })
        .collect();
    let gone = before
        .iter()
        .filter(|figure| find(now, &figure.name).is_none())
        .map(|figure| figure.name.clone())
        .collect();
    (differences, gone)
}

/// Room for the last digits of figures that went through text.
const ROUNDING: f64 = 1e-9;

fn has_fallen(figure: &Figure, before: f64, least: f64) -> bool {
    let now = figure.value;
    match figure.better {
        Better::Higher => now + ROUNDING < before * least,
        Better::LowerShare => (1.0 - now) + ROUNDING < (1.0 - before) * least,
        Better::Lower => now * least > before + ROUNDING,
        Better::LowerShown => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(better: Better, before: f64, now: f64, least: f64, has_fallen: bool) {
        let figures = |value| [Figure::new("one", value, better)];
        let (found, gone) = compare(&figures(now), &figures(before), least);
        assert_eq!(
            (
                found.len(),
                found[0].has_fallen,
                found[0].before,
                gone.len()
            ),
            (1, has_fallen, Some(before), 0),
            "{better:?} from {before} to {now} at {least}"
        );
    }

    #[test]
    fn what_counts_is_which_way_a_figure_gets_better() {
        check(Better::Higher, 0.50, 0.49, 0.98, false);
        check(Better::Higher, 0.50, 0.489, 0.98, true);
        check(Better::Higher, 0.50, 0.60, 0.98, false);
        check(Better::LowerShare, 0.50, 0.51, 0.98, false);
        check(Better::LowerShare, 0.50, 0.511, 0.98, true);
        // A share of nothing may not fail at the first case.
        check(Better::LowerShare, 0.0, 0.001, 0.98, false);
        check(Better::LowerShare, 0.0, 0.03, 0.98, true);
        check(Better::Lower, 100.0, 102.0, 0.98, false);
        check(Better::Lower, 100.0, 103.0, 0.98, true);
        check(Better::Lower, 100.0, 50.0, 0.98, false);
        check(Better::LowerShown, 1.0, 1_000.0, 0.98, false);
    }

    #[test]
    fn the_same_figures_pass_the_strictest_gate() {
        for better in [Better::Higher, Better::LowerShare, Better::Lower] {
            for value in [0.0, 0.1 + 0.2, 1.0] {
                check(better, value, value, 1.0, false);
            }
        }
    }

    #[test]
    fn a_figure_that_is_gone_is_named() {
        let before = [Figure::new("recall", 0.9, Better::Higher)];
        let now = [Figure::new("precision", 0.9, Better::Higher)];
        let (found, gone) = compare(&now, &before, 1.0);
        assert_eq!((found[0].before, found[0].has_fallen), (None, false));
        assert_eq!(gone, ["recall"]);
    }
}
