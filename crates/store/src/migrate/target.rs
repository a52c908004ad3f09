//! How far to go with migrations, as people write it.

use alexandria_core::error::{Error, ErrorKind, Result};

use super::{MIGRATIONS, Migration};

/// How far to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// As new as this program knows.
    Newest,
    /// Before the first migration.
    Empty,
    /// So many steps.
    Steps(u32),
    /// To where this migration is the newest one applied: its name, or the number it begins with.
    Revision(String),
}

impl Target {
    /// Reads what a person writes: `head`, `base`, `-1` or `+2` for steps, a migration's name or
    /// number for the rest.
    ///
    /// # Errors
    /// `Invalid` for a number of steps that is not one.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "head" => return Ok(Self::Newest),
            "base" => return Ok(Self::Empty),
            _ => {}
        }
        let Some(steps) = text.strip_prefix(['-', '+']) else {
            return Ok(Self::Revision(text.to_owned()));
        };
        steps
            .parse()
            .ok()
            .filter(|steps| *steps > 0)
            .map(Self::Steps)
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Invalid,
                    format!("{text:?} is not a number of steps such as -1"),
                )
            })
    }
}

/// The pending migrations to apply, oldest first.
pub(super) fn steps_up(target: &Target, applied: usize) -> Result<&'static [&'static Migration]> {
    let pending = MIGRATIONS.get(applied..).unwrap_or_default();
    let count = match target {
        Target::Newest => pending.len(),
        Target::Empty => return Err(wrong_way("base", "down")),
        Target::Steps(steps) => pending.len().min(*steps as usize),
        Target::Revision(text) => (find(text)? + 1)
            .checked_sub(applied)
            .ok_or_else(|| wrong_way(text, "down"))?,
    };
    Ok(pending.get(..count).unwrap_or_default())
}

/// The applied migrations to take back, oldest first.
pub(super) fn steps_down(target: &Target, applied: usize) -> Result<&'static [&'static Migration]> {
    let keep = match target {
        Target::Newest => return Err(wrong_way("head", "up")),
        Target::Empty => 0,
        Target::Steps(steps) => applied.saturating_sub(*steps as usize),
        Target::Revision(text) => find(text)? + 1,
    };
    match MIGRATIONS.get(keep..applied) {
        Some(steps) => Ok(steps),
        None => Err(wrong_way(
            MIGRATIONS.get(keep - 1).map_or("", |m| m.name),
            "up",
        )),
    }
}

/// The position of the migration with this name, or whose name begins so.
fn find(text: &str) -> Result<usize> {
    let number = format!("m{:0>4}_", text.trim_start_matches('m'));
    MIGRATIONS
        .iter()
        .position(|migration| migration.name == text || migration.name.starts_with(&number))
        .ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                format!("there is no migration {text:?}; see \"alexandria migrate history\""),
            )
        })
}

fn wrong_way(target: &str, way: &str) -> Error {
    Error::new(
        ErrorKind::Invalid,
        format!("{target} lies the other way; use \"alexandria migrate {way}\""),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_as_people_write_them() {
        let check = |text: &str, target: Target| assert_eq!(Target::parse(text).unwrap(), target);
        check("head", Target::Newest);
        check("base", Target::Empty);
        check("-1", Target::Steps(1));
        check("+2", Target::Steps(2));
        check("0001", Target::Revision("0001".to_owned()));
        for text in ["-", "-0", "-x", "+"] {
            assert_eq!(
                Target::parse(text).unwrap_err().kind(),
                ErrorKind::Invalid,
                "{text}"
            );
        }
    }

    #[test]
    fn a_revision_is_found_by_name_or_number() {
        for text in ["2", "0002", "m0002", "m0002_add_documents_category"] {
            assert_eq!(find(text).unwrap(), 1, "{text}");
        }
        for text in ["", "0", "m", "category", "9999"] {
            assert_eq!(
                find(text).unwrap_err().kind(),
                ErrorKind::NotFound,
                "{text}"
            );
        }
    }

    #[test]
    fn going_down_takes_back_what_lies_above_the_target() {
        let check = |target: &Target, applied: usize, names: &[&str]| {
            let steps = steps_down(target, applied).unwrap();
            assert_eq!(steps.iter().map(|m| m.name).collect::<Vec<_>>(), names);
        };
        let (first, second) = (MIGRATIONS[0].name, MIGRATIONS[1].name);
        check(&Target::Empty, 2, &[first, second]);
        check(&Target::Steps(1), 2, &[second]);
        check(&Target::Steps(9), 1, &[first]);
        check(&Target::Revision("1".to_owned()), 2, &[second]);
        check(&Target::Revision("1".to_owned()), 1, &[]);
        steps_down(&Target::Revision("2".to_owned()), 1).unwrap_err();
        steps_down(&Target::Newest, 2).unwrap_err();
    }
}
