//! Regions: where a tenant's data have to stay, and where those run who may see them.
//!
//! A region is a label that the operator gives: this product does not know where a machine stands. Two
//! places are in one region when their labels are the same. What nobody has given a label is in no region,
//! and so never in a tenant's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// The longest label of a region, in bytes.
pub const REGION_BYTES_MAX: usize = 63;

/// A label of a place where data may be kept, such as `eu-central`.
///
/// Invariant: 1 to [`REGION_BYTES_MAX`] of `a` to `z`, `0` to `9` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

impl Region {
    /// The label as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Region {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.is_empty() || text.len() > REGION_BYTES_MAX || !text.bytes().all(fits) {
            return Err(Error::new(
                ErrorKind::Invalid,
                "a region is a label of small letters, digits and hyphens, such as eu-central",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Region {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Where a model runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seat {
    /// In this process: what it is told goes nowhere.
    Here,
    /// With a provider, in this region; in none when the operator has not said one.
    Provider(Option<Region>),
}

impl Seat {
    /// Whether a model may be told what has to stay in a region.
    #[must_use]
    pub fn is_within(&self, region: &Region) -> bool {
        match self {
            Self::Here => true,
            Self::Provider(at) => at.as_ref() == Some(region),
        }
    }
}

impl fmt::Display for Seat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here => formatter.write_str("in this process"),
            Self::Provider(Some(region)) => write!(formatter, "in the region {region}"),
            Self::Provider(None) => formatter.write_str("in no region that the settings name"),
        }
    }
}

/// Where an installation keeps what it is given, and where the models run that it tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Residence {
    /// Where the data directory and the database are; nowhere that is known when none.
    pub storage: Option<Region>,
    /// Where the embedding model runs, if there is one.
    pub embedder: Option<Seat>,
    /// Where the language model runs, if there is one.
    pub generator: Option<Seat>,
}

impl Residence {
    /// Whether what has to stay in a region does.
    #[must_use]
    pub fn holds(&self, region: &Region) -> bool {
        self.storage.as_ref() == Some(region)
    }

    /// Refuses to store what has to stay elsewhere; `what` begins the sentence.
    ///
    /// # Errors
    /// `Conflict` naming both regions and the remedy.
    pub fn require(&self, region: &Region, what: &str) -> Result<()> {
        if self.holds(region) {
            return Ok(());
        }
        let sentence = format!("{what}: {}", self.misplaced(region));
        Err(Error::new(ErrorKind::Conflict, sentence))
    }

    /// Why a model may not be told what has to stay in a region, and what follows from it.
    fn silence(seat: Option<&Seat>, region: &Region, model: &Model<'_>) -> Option<String> {
        let seat = seat.filter(|seat| !seat.is_within(region))?;
        let Model {
            what,
            setting,
            follows,
        } = model;
        Some(format!(
            "what the tenant has stays in the region {region}, and the {what} runs {seat}: {follows}. To \
             change that, use a model of that region and say so in the setting {setting}"
        ))
    }

    /// Why the embedding model is told nothing of a tenant of this region, if it is not.
    #[must_use]
    pub fn embedder_outside(&self, region: &Region) -> Option<String> {
        let model = Model {
            what: "embedding model",
            setting: "models.embedder_region",
            follows: "it is told nothing, and words alone are searched",
        };
        Self::silence(self.embedder.as_ref(), region, &model)
    }

    /// Why the language model is told nothing of a tenant of this region, if it is not.
    #[must_use]
    pub fn generator_outside(&self, region: &Region) -> Option<String> {
        let model = Model {
            what: "language model",
            setting: "models.generator_region",
            follows: "it is told nothing, and answers are made of exact sentences",
        };
        Self::silence(self.generator.as_ref(), region, &model)
    }

    /// Everything that is not where a tenant of this region wants it, a sentence each.
    #[must_use]
    pub fn notes(&self, region: &Region) -> Vec<String> {
        let misplaced = (!self.holds(region)).then(|| {
            let why = self.misplaced(region);
            format!("documents are neither added nor changed: {why}")
        });
        let outside = [
            self.embedder_outside(region),
            self.generator_outside(region),
        ];
        misplaced
            .into_iter()
            .chain(outside.into_iter().flatten())
            .collect()
    }

    fn misplaced(&self, region: &Region) -> String {
        let here = match &self.storage {
            Some(storage) => format!("this installation stores in the region {storage}"),
            None => "the settings do not say in which region this installation stores".to_owned(),
        };
        format!(
            "what the tenant has must stay in the region {region}, and {here}. Use an installation in that \
             region; where this is one, set storage.region to {region}"
        )
    }
}

/// A model as a refusal names it.
struct Model<'a> {
    what: &'a str,
    setting: &'a str,
    follows: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(label: &str) -> Region {
        label.parse().unwrap()
    }

    #[test]
    fn a_region_is_a_plain_label() {
        for right in ["eu", "eu-central-1"] {
            assert_eq!(region(right).as_str(), right);
        }
        for wrong in ["", "EU", "eu central", "eu/1", &"a".repeat(64)] {
            assert!(wrong.parse::<Region>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn only_what_is_said_to_be_in_a_region_is_in_it() {
        let eu = region("eu");
        let check = |seat: Option<Seat>, is_told: bool| {
            let residence = Residence {
                storage: Some(eu.clone()),
                embedder: seat.clone(),
                generator: seat,
            };
            assert_eq!(residence.embedder_outside(&eu).is_none(), is_told);
            assert_eq!(residence.generator_outside(&eu).is_none(), is_told);
            assert_eq!(residence.notes(&eu).is_empty(), is_told);
        };
        check(None, true);
        check(Some(Seat::Here), true);
        check(Some(Seat::Provider(Some(region("eu")))), true);
        check(Some(Seat::Provider(Some(region("eu-central")))), false);
        check(Some(Seat::Provider(None)), false);
    }

    #[test]
    fn a_refusal_names_both_regions_and_the_remedy() {
        let eu = region("eu");
        let refused = |storage: Option<Region>| {
            let residence = Residence {
                storage,
                ..Residence::default()
            };
            residence.require(&eu, "cannot").unwrap_err().to_string()
        };
        let elsewhere = refused(Some(region("us")));
        for part in ["region eu", "region us", "set storage.region to eu"] {
            assert!(elsewhere.contains(part), "{elsewhere}");
        }
        assert!(refused(None).contains("do not say"));
        let here = Residence {
            storage: Some(eu.clone()),
            ..Residence::default()
        };
        assert!(here.require(&eu, "cannot").is_ok());
    }
}
