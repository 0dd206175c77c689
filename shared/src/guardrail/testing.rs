//! Guardrails from text, for tests.

use serde::de::DeserializeOwned;

/// What the YAML says.
pub(crate) fn from_yaml<T: DeserializeOwned>(yaml: &str) -> T {
    serde_saphyr::from_str(yaml).unwrap()
}
