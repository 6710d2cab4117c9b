//! A scenario as it stands in its file.
//!
//! Invariant: data only; what it means is in [`super::read`]. Unknown keys are faults.

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScenarioFile {
    /// What it is called.
    pub title: String,
    /// Of every choice that looks random.
    #[serde(default = "ScenarioFile::seed_default")]
    pub seed: u64,
    /// How long after the last one came the desk may take to come to rest.
    #[serde(default = "ScenarioFile::settle_default")]
    pub settle: String,
    /// Profiles beside the shipped ones, each a file, from here.
    #[serde(default)]
    pub profiles: Vec<PathBuf>,
    /// Customers who come when they come.
    #[serde(default)]
    pub stages: Vec<StageFile>,
    /// So many who come again once answered.
    #[serde(default)]
    pub users: Option<UsersFile>,
    /// What those who come do.
    pub mix: Vec<ShareFile>,
    /// How many members there are.
    #[serde(default)]
    pub members: Option<u32>,
    /// What is in the storeroom.
    #[serde(default)]
    pub stock: BTreeMap<String, u32>,
    /// Who works.
    #[serde(default)]
    pub workers: Vec<CrewFile>,
    /// What goes wrong.
    #[serde(default)]
    pub faults: Vec<String>,
    /// What must hold.
    #[serde(default)]
    pub expect: Vec<String>,
}

impl ScenarioFile {
    fn seed_default() -> u64 {
        1
    }

    fn settle_default() -> String {
        "1m".to_owned()
    }
}

/// A stretch of an open load.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StageFile {
    /// How long it is; of recorded times it may be left out.
    #[serde(rename = "for", default)]
    pub lasts: Option<String>,
    /// How many come, at its begin.
    #[serde(default)]
    pub rate: Option<Rate>,
    /// How many come at its end.
    #[serde(default)]
    pub to: Option<Rate>,
    /// How they come.
    #[serde(default)]
    pub arrivals: Option<Manner>,
    /// When they come, from its begin.
    #[serde(default)]
    pub times: Vec<String>,
}

/// How customers come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Manner {
    Poisson,
    Constant,
    Recorded,
}

/// A closed load.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UsersFile {
    /// How many.
    pub count: u32,
    /// The rest between an answer and the next request.
    #[serde(default)]
    pub think: Option<String>,
    /// How long they go on.
    #[serde(rename = "for")]
    pub lasts: String,
}

/// What some of those who come do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShareFile {
    pub profile: String,
    #[serde(default = "ShareFile::weight_default")]
    pub weight: u32,
    #[serde(default)]
    pub area: Option<AreaFile>,
    #[serde(default)]
    pub kinds: Vec<String>,
    #[serde(default)]
    pub cost: Option<Numbers>,
    #[serde(default)]
    pub fields: BTreeMap<String, Texts>,
    #[serde(default)]
    pub patience: Option<Texts>,
    #[serde(default)]
    pub cancel_pct: u32,
    #[serde(default)]
    pub looks: u32,
    /// The address of an original at which they ask.
    #[serde(default)]
    pub path: Option<String>,
}

impl ShareFile {
    fn weight_default() -> u32 {
        1
    }
}

/// Where somebody is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AreaFile {
    /// The south-west and the north-east corner.
    #[serde(rename = "box", default)]
    pub corners: Vec<String>,
    /// Places, as `LAT,LON` or by name.
    #[serde(default)]
    pub around: Vec<String>,
    /// How likely each of these is against the others.
    #[serde(default)]
    pub weights: Vec<u32>,
    /// How far from them.
    #[serde(default)]
    pub within_m: Option<u32>,
    /// No place is said.
    #[serde(default)]
    pub nowhere: bool,
}

/// Workers who do alike.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CrewFile {
    pub count: u32,
    #[serde(default)]
    pub profiles: Vec<String>,
    /// Not said: all that are asked for.
    #[serde(default)]
    pub skills: Option<Vec<String>>,
    #[serde(default)]
    pub skills_each: Option<u32>,
    #[serde(default)]
    pub area: Option<AreaFile>,
    #[serde(default)]
    pub shift: Option<Texts>,
    #[serde(default)]
    pub answer: Option<Texts>,
    #[serde(default)]
    pub accept_pct: Option<u32>,
    #[serde(default)]
    pub claim_every: Option<String>,
    #[serde(default)]
    pub travel: Option<Texts>,
    #[serde(default)]
    pub work: Option<Texts>,
    #[serde(default)]
    pub no_show_pct: Option<u32>,
}

/// One text, or several.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts(pub Vec<String>);

/// One number, or several.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers(pub Vec<u64>);

/// How often, as a number per second or as a text with its unit.
#[derive(Debug, Clone)]
pub(super) enum Rate {
    PerSecond(f64),
    Text(String),
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text in quotes or a list of them")
            }

            fn visit_str<E>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = all.next_element()? {
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }
        from.deserialize_any(Visit)
    }
}

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Numbers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number or a list of two")
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Numbers, E> {
                let number = u64::try_from(number)
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(number), &self))?;
                Ok(Numbers(vec![number]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Numbers, A::Error> {
                let mut numbers = Vec::new();
                while let Some(number) = all.next_element()? {
                    numbers.push(number);
                }
                Ok(Numbers(numbers))
            }
        }
        from.deserialize_any(Visit)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visit;
        impl Visitor<'_> for Visit {
            type Value = Rate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number per second or a text like \"30/m\"")
            }

            #[expect(
                clippy::cast_precision_loss,
                reason = "a rate beyond 53 bits is refused as too high"
            )]
            fn visit_i64<E>(self, number: i64) -> Result<Rate, E> {
                Ok(Rate::PerSecond(number as f64))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Rate, E> {
                Ok(Rate::PerSecond(number))
            }

            fn visit_str<E>(self, text: &str) -> Result<Rate, E> {
                Ok(Rate::Text(text.to_owned()))
            }
        }
        from.deserialize_any(Visit)
    }
}
