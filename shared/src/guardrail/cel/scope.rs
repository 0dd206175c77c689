//! What expressions can ask about: one request, and one guardrail's part in it.

use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::{CelError, Value, Variables};
use crate::guardrail::BucketFacts;

/// `request`: the part of an AdmissionRequest that guardrails see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestFacts {
    /// CREATE, UPDATE or DELETE.
    pub operation: String,
    /// The Kubernetes name of the Bucket.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Whether nothing is stored.
    pub dry_run: bool,
    /// Who asks.
    pub user_info: UserInfo,
}

/// `request.userInfo`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UserInfo {
    /// The name of the user.
    pub username: String,
    /// The groups of the user.
    pub groups: Vec<String>,
}

/// One request, shared by all guardrails that look at it.
pub struct Subject<'a> {
    object: &'a Json,
    old: Option<&'a Json>,
    namespace: Option<&'a Json>,
    request: &'a RequestFacts,
    bucket: &'a BucketFacts,
    request_json: OnceLock<Json>,
    bucket_json: OnceLock<Json>,
}

impl<'a> Subject<'a> {
    /// A request: the Bucket as it would be stored, the stored one (on UPDATE), the Namespace object (`metadata.labels` and so on)
    /// where it is known, and what follows from them.
    #[must_use]
    pub fn new(
        object: &'a Json,
        old: Option<&'a Json>,
        namespace: Option<&'a Json>,
        request: &'a RequestFacts,
        bucket: &'a BucketFacts,
    ) -> Self {
        Self { object, old, namespace, request, bucket, request_json: OnceLock::new(), bucket_json: OnceLock::new() }
    }
}

/// A request as one guardrail sees it: with the guardrail's `params` and `variables`.
pub struct Scope<'a> {
    subject: &'a Subject<'a>,
    /// Null where the guardrail names none; an error says why they cannot be read.
    params: Result<&'a Json, &'a str>,
    variables: &'a Variables,
    answers: Vec<OnceLock<Result<Value, CelError>>>,
}

const NULL: &Json = &Json::Null;

impl<'a> Scope<'a> {
    /// The scope of one guardrail; `params` is null where there are none.
    #[must_use]
    pub fn new(subject: &'a Subject<'a>, params: Option<&'a Json>, variables: &'a Variables) -> Self {
        Self::of(subject, Ok(params.unwrap_or(NULL)), variables)
    }

    /// The scope of a guardrail whose `params` cannot be read, for this reason: what asks for them comes to no answer.
    #[must_use]
    pub fn without_params(subject: &'a Subject<'a>, reason: &'a str, variables: &'a Variables) -> Self {
        Self::of(subject, Err(reason), variables)
    }

    fn of(subject: &'a Subject<'a>, params: Result<&'a Json, &'a str>, variables: &'a Variables) -> Self {
        Self { subject, params, variables, answers: (0..variables.len()).map(|_| OnceLock::new()).collect() }
    }

    /// The JSON behind a root variable.
    ///
    /// # Errors
    /// Params cannot be read.
    pub(super) fn root(&self, name: &str) -> Result<&Json, CelError> {
        let subject = self.subject;
        match name {
            "object" => Ok(subject.object),
            "oldObject" => Ok(subject.old.unwrap_or(NULL)),
            "namespaceObject" => Ok(subject.namespace.unwrap_or(NULL)),
            "params" => self.params.map_err(|reason| CelError::Evaluation(reason.to_owned())),
            "request" => Ok(subject.request_json.get_or_init(|| serde_json::to_value(subject.request).unwrap_or_default())),
            "bucket" => Ok(subject.bucket_json.get_or_init(|| serde_json::to_value(subject.bucket).unwrap_or_default())),
            _ => Err(CelError::Internal(format!("{name} is no variable"))),
        }
    }

    /// The answer of a variable, worked out on first use.
    pub(super) fn variable(&self, index: usize) -> Result<&Value, CelError> {
        let missing = || CelError::Internal("a variable that the guardrail does not have".to_owned());
        let (cell, program) = self.answers.get(index).zip(self.variables.program(index)).ok_or_else(missing)?;
        cell.get_or_init(|| program.evaluate(self)).as_ref().map_err(CelError::clone)
    }
}
