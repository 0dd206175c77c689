//! What is done about drift: annotation `s3.services.k8s.aws/drift-mode` on a Bucket or its namespace, and `--drift-mode` of the
//! controller. Each says a mode, modes of sub-configurations, or both: `warn`, `policy=remediate`, `warn,tagging=off`.

use thiserror::Error;

use crate::subconfig::{FIELDS, NAMES};
use crate::{Bucket, annotation, similar};

/// The word for the bucket itself, beside the names of the sub-configurations: whether one that is gone is made again.
pub const BUCKET: &str = "bucket";

/// What is done about drift.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DriftMode {
    /// It is told and put right.
    #[default]
    Remediate,
    /// It is told, and stays until somebody approves the plan.
    Warn,
    /// It is neither looked for nor told.
    Off,
}

impl DriftMode {
    /// The words for them.
    pub const WORDS: [&'static str; 3] = ["remediate", "warn", "off"];

    /// The mode that a word stands for.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "remediate" => Some(Self::Remediate),
            "warn" => Some(Self::Warn),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// Why a text says no mode.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadDriftMode {
    /// A part of it is no mode.
    #[error("{word:?} is no mode; use {}.{hint}", DriftMode::WORDS.join(", "))]
    Mode {
        /// The part.
        word: String,
        /// What may have been meant.
        hint: String,
    },
    /// A part of it names no sub-configuration.
    #[error("{word:?} is no sub-configuration; use a name such as policy, or {BUCKET}.{hint}")]
    Section {
        /// The part.
        word: String,
        /// What may have been meant.
        hint: String,
    },
    /// Something is said twice.
    #[error("{word:?} is said twice; say it once")]
    Twice {
        /// The part.
        word: String,
    },
}

/// What one text says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    all: Option<DriftMode>,
    of: Vec<(&'static str, DriftMode)>,
}

impl Said {
    /// What the text says; nothing where it is empty.
    ///
    /// # Errors
    /// See [`BadDriftMode`].
    pub fn parse(text: &str) -> Result<Self, BadDriftMode> {
        let mut said = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let twice = || BadDriftMode::Twice { word: part.to_owned() };
            match part.split_once('=') {
                None => {
                    if said.all.replace(mode(part)?).is_some() {
                        return Err(twice());
                    }
                }
                Some((name, word)) => {
                    let (name, mode) = (section(name.trim())?, mode(word.trim())?);
                    if said.of.iter().any(|(known, _)| *known == name) {
                        return Err(twice());
                    }
                    said.of.push((name, mode));
                }
            }
        }
        Ok(said)
    }

    /// What is said of a sub-configuration.
    fn about(&self, name: &str) -> Option<DriftMode> {
        self.of.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode).or(self.all)
    }
}

fn mode(word: &str) -> Result<DriftMode, BadDriftMode> {
    let hint = || similar::did_you_mean(&word.to_lowercase(), DriftMode::WORDS);
    DriftMode::parse(word).ok_or_else(|| BadDriftMode::Mode { word: word.to_owned(), hint: hint() })
}

/// The name of a sub-configuration, given so or as a field of the spec.
fn section(word: &str) -> Result<&'static str, BadDriftMode> {
    let by_field = || NAMES.iter().zip(FIELDS).find(|(_, fields)| fields.contains(&word)).map(|(name, _)| name);
    let found = NAMES.iter().chain(&[BUCKET]).find(|name| **name == word).or_else(by_field);
    let hint = || similar::did_you_mean(word, NAMES.iter().copied().chain([BUCKET]));
    found.copied().ok_or_else(|| BadDriftMode::Section { word: word.to_owned(), hint: hint() })
}

/// What holds for one Bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriftModes {
    /// The nearest first.
    said: [Said; 3],
}

impl DriftModes {
    /// What the Bucket says counts before what its namespace says, and that before what the controller says. A text that says no
    /// mode counts as `warn`: a slip must not cost a configuration.
    #[must_use]
    pub fn of(bucket: &Bucket, namespace: Option<&str>, controller: &Said) -> Self {
        let warn = |_| Said { all: Some(DriftMode::Warn), of: Vec::new() };
        let read = |text: Option<&str>| Said::parse(text.unwrap_or_default()).unwrap_or_else(warn);
        Self { said: [read(bucket.annotation(annotation::DRIFT_MODE)), read(namespace), controller.clone()] }
    }

    /// The mode of a sub-configuration, or of [`BUCKET`].
    #[must_use]
    pub fn about(&self, name: &str) -> DriftMode {
        self.said.iter().find_map(|said| said.about(name)).unwrap_or_default()
    }

    /// The sub-configurations that are not looked at for drift.
    pub fn off(&self) -> impl Iterator<Item = &'static str> + '_ {
        NAMES.iter().copied().filter(|name| self.about(name) == DriftMode::Off)
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.about(BUCKET) == DriftMode::Off && self.off().count() == NAMES.len()
    }
}

#[cfg(test)]
mod tests {
    use super::DriftMode::{Off, Remediate, Warn};
    use super::*;

    fn modes(bucket: Option<&str>, namespace: Option<&str>, controller: &str) -> DriftModes {
        let mut asked = Bucket::default();
        asked.metadata.annotations = bucket.map(|text| [(annotation::DRIFT_MODE.to_owned(), text.to_owned())].into());
        DriftModes::of(&asked, namespace, &Said::parse(controller).unwrap())
    }

    #[test]
    fn who_is_nearest_to_the_bucket_counts() {
        let of = |bucket, namespace, controller| {
            let modes = modes(bucket, namespace, controller);
            ["policy", "tagging", "bucket"].map(|name| modes.about(name))
        };
        assert_eq!(of(None, None, ""), [Remediate; 3]);
        assert_eq!(of(None, None, "warn,tagging=off"), [Warn, Off, Warn]);
        assert_eq!(of(None, Some("policy=remediate"), "warn"), [Remediate, Warn, Warn]);
        assert_eq!(of(Some("remediate"), Some("policy=warn"), "off"), [Remediate; 3], "all that the Bucket says");
        assert_eq!(of(Some("bucket=warn"), Some("off"), ""), [Off, Off, Warn]);
    }

    #[test]
    fn a_slip_counts_as_warn() {
        assert_eq!(modes(None, Some("remedaite"), "").about("policy"), Warn);
        assert_eq!(modes(Some("polcy=off"), None, "").about("policy"), Warn);
    }

    #[test]
    fn a_section_goes_by_its_name_or_by_its_field() {
        let modes = modes(Some(" publicAccessBlock = warn , ownership_controls=off,"), None, "");
        assert_eq!((modes.about("public_access_block"), modes.about("ownership_controls")), (Warn, Off));
        assert_eq!(modes.off().collect::<Vec<_>>(), ["ownership_controls"]);
    }

    #[test]
    fn off_is_off_only_with_the_bucket_itself() {
        assert!(modes(Some("off"), None, "").is_off());
        assert!(!modes(Some("off,bucket=warn"), None, "").is_off() && !modes(Some("policy=off"), None, "").is_off());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let told = |text: &str| Said::parse(text).unwrap_err().to_string();
        assert_eq!(told("warm"), r#""warm" is no mode; use remediate, warn, off. Did you mean warn?"#);
        assert!(told("polcy=warn").ends_with("Did you mean policy?"), "{}", told("polcy=warn"));
        assert!(told("warn,off").contains("twice") && told("policy=off,policy=off").contains("twice"));
        assert_eq!(Said::parse(" , ").unwrap(), Said::default());
    }
}
