//! What the API server asks.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use shared::bucket::GROUP;

use super::{API_VERSION, KIND};
use crate::reject::Rejection;

/// The part of an AdmissionReview's request that is used. Objects stay text until it is known which type to read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request<'a> {
    /// Copied to the answer.
    #[serde(borrow)]
    pub uid: Cow<'a, str>,
    /// The kind of the object that was sent.
    #[serde(borrow)]
    pub kind: Kind<'a>,
    /// `status` and the like; absent or empty for the object itself.
    #[serde(borrow, default)]
    pub sub_resource: Option<Cow<'a, str>>,
    /// The object's name; absent or empty while it is still to be generated.
    #[serde(borrow, default)]
    pub name: Option<Cow<'a, str>>,
    /// The object's namespace.
    #[serde(borrow, default)]
    pub namespace: Option<Cow<'a, str>>,
    /// CREATE, UPDATE, DELETE or CONNECT.
    #[serde(borrow)]
    pub operation: Cow<'a, str>,
    /// Who asks.
    #[serde(borrow, default)]
    pub user_info: User<'a>,
    /// The object as it would be stored; none on DELETE.
    #[serde(borrow, default)]
    pub object: Option<&'a RawValue>,
    /// The object as it is stored; none on CREATE.
    #[serde(borrow, default)]
    pub old_object: Option<&'a RawValue>,
    /// Whether nothing will be stored whatever the answer.
    #[serde(default)]
    pub dry_run: Option<bool>,
}

/// Group, version and kind.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the API calls it kind")]
pub(crate) struct Kind<'a> {
    #[serde(borrow, default)]
    pub group: Cow<'a, str>,
    #[serde(borrow, default)]
    pub version: Cow<'a, str>,
    #[serde(borrow, default)]
    pub kind: Cow<'a, str>,
}

/// Who asks.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct User<'a> {
    #[serde(borrow, default)]
    pub username: Cow<'a, str>,
    #[serde(borrow, default)]
    groups: Option<&'a RawValue>,
}

impl User<'_> {
    /// The groups; read only where somebody asks.
    pub(crate) fn groups(&self) -> Vec<String> {
        self.groups.and_then(|groups| serde_json::from_str(groups.get()).ok()).unwrap_or_default()
    }
}

impl Request<'_> {
    /// Whether the object is a Bucket.
    pub(crate) fn is_bucket(&self) -> bool {
        self.kind.group == GROUP && self.kind.kind == "Bucket"
    }

    /// Whether nothing will be stored whatever the answer.
    pub(crate) fn is_dry_run(&self) -> bool {
        self.dry_run.unwrap_or_default()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Review<'a> {
    #[serde(borrow, default)]
    api_version: Cow<'a, str>,
    #[serde(borrow, default)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    request: Option<Request<'a>>,
}

/// Reads a review's request.
///
/// # Errors
/// The body is not JSON, no AdmissionReview of the version that is spoken, or has no request with a uid.
pub(crate) fn parse(body: &[u8]) -> Result<Request<'_>, Rejection> {
    let review: Review<'_> = serde_json::from_slice(body).map_err(|error| Rejection::Review(error.to_string()))?;
    if review.api_version != API_VERSION || review.kind != KIND {
        let (version, kind) = (shorten(&review.api_version), shorten(&review.kind));
        return Err(Rejection::Review(format!("it calls itself {version:?} {kind:?}")));
    }
    let request = review.request.ok_or_else(|| Rejection::Review("it has no request".to_owned()))?;
    if request.uid.is_empty() {
        return Err(Rejection::Review("request.uid is empty".to_owned()));
    }
    Ok(request)
}

fn shorten(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_object_is_none_and_text_with_escapes_is_read() {
        let body = br#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u\u0031","kind":{"group":"g","version":"v","kind":"K"},
            "operation":"CREATE","object":null,"oldObject":{"a":[1e999]},"userInfo":{"username":"\u00e9","groups":["x"]},"more":{}}}"#;
        let request = parse(body).unwrap();
        assert_eq!((request.uid.as_ref(), request.user_info.username.as_ref()), ("u1", "é"));
        assert!(request.object.is_none() && !request.is_bucket() && !request.is_dry_run());
        assert_eq!(request.old_object.unwrap().get(), r#"{"a":[1e999]}"#);
    }

    #[test]
    fn only_v1_is_spoken() {
        let error = parse(br#"{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":null}"#).unwrap_err();
        assert!(error.to_string().contains(r#"calls itself "admission.k8s.io/v1beta1""#), "{error}");
    }
}
