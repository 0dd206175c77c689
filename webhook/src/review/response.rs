//! What the API server is answered.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::{API_VERSION, KIND};

/// The answer to a review.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    /// The request's.
    pub uid: String,
    /// Whether the write may go on.
    pub allowed: bool,
    /// Why it may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// JSON Patch in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patch: Option<String>,
    /// `JSONPatch` where there is a patch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patch_type: Option<&'static str>,
    /// Shown to the client.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Kept in the API server's audit log under the webhook's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub audit_annotations: BTreeMap<&'static str, String>,
}

impl Response {
    /// The write may go on.
    pub(crate) fn allow(uid: &str) -> Self {
        Self { uid: uid.to_owned(), allowed: true, ..Self::default() }
    }

    /// The write is refused.
    pub(crate) fn refuse(uid: &str, status: Status) -> Self {
        Self { uid: uid.to_owned(), status: Some(status), ..Self::default() }
    }

    /// Carries a JSON Patch, given as its JSON text.
    pub(crate) fn with_patch(mut self, patch: &[u8]) -> Self {
        self.patch = Some(STANDARD.encode(patch));
        self.patch_type = Some("JSONPatch");
        self
    }

    /// The whole review as JSON.
    ///
    /// # Errors
    /// None that can happen: all keys are text.
    pub(crate) fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&Envelope { api_version: API_VERSION, kind: KIND, response: self })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    api_version: &'static str,
    kind: &'static str,
    response: &'a Response,
}

/// A Kubernetes Status that says why something failed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the API calls it status")]
pub(crate) struct Status {
    api_version: &'static str,
    kind: &'static str,
    status: &'static str,
    /// The HTTP code.
    pub code: u16,
    /// The reason as Kubernetes spells it.
    pub reason: &'static str,
    /// The text that clients show.
    pub message: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Details>,
}

impl Status {
    /// A failure without details.
    pub(crate) fn failure(code: u16, reason: &'static str, message: String) -> Self {
        Self { api_version: "v1", kind: "Status", status: "Failure", code, reason, message, details: None }
    }
}

/// What a Status is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Details {
    /// The object's name.
    pub name: String,
    /// The object's group.
    pub group: &'static str,
    /// The object's kind.
    pub kind: &'static str,
    /// The object's faults.
    pub causes: Vec<Cause>,
}

/// One fault of an object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Cause {
    /// What is wrong, as Kubernetes spells it.
    pub reason: &'static str,
    /// Rule and text.
    pub message: String,
    /// The field.
    pub field: String,
}
