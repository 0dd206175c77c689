//! Manifests as users keep them: files, folders and standard input with documents of YAML or JSON, and on which line each field stands.

mod document;
mod source;

use std::io;
use std::path::PathBuf;

use serde_json::Value;

pub use self::document::{Document, parse};
use crate::bucket::GROUP;

/// Why manifests could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// A file cannot be read.
    #[error("{name} cannot be read; check the path and its permissions")]
    Read {
        /// The file.
        name: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A file is no YAML.
    #[error("{name} is no YAML: {reason}; correct it there")]
    Parse {
        /// The file.
        name: String,
        /// Where and why not.
        reason: String,
    },
}

impl ManifestError {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::Read { .. } => "io",
            Self::Parse { .. } => "manifest",
        }
    }
}

/// All documents of these files and folders, in their order; `-` is standard input. Lists come as their items.
///
/// # Errors
/// A file cannot be read, or is no YAML.
pub fn read(paths: &[PathBuf]) -> Result<Vec<Document>, ManifestError> {
    let mut documents = Vec::new();
    for source in source::read(paths)? {
        let parsed = document::parse(&source.name, &source.text);
        documents.extend(parsed.map_err(|reason| ManifestError::Parse { name: source.name.clone(), reason })?);
    }
    Ok(documents)
}

impl Document {
    /// Whether it is a Bucket, of whichever version.
    #[must_use]
    pub fn is_bucket(&self) -> bool {
        let group = self.value["apiVersion"].as_str().and_then(|version| version.split_once('/')).map(|(group, _)| group);
        group == Some(GROUP) && self.value["kind"] == "Bucket"
    }

    /// Whether it is a Namespace.
    #[must_use]
    pub fn is_namespace(&self) -> bool {
        self.value["apiVersion"] == "v1" && self.value["kind"] == "Namespace"
    }
}

/// The object, in this namespace where it names none.
#[must_use]
pub fn in_namespace(value: &Value, namespace: &str) -> Value {
    let mut value = value.clone();
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.entry("namespace").or_insert_with(|| namespace.into());
    }
    value
}
