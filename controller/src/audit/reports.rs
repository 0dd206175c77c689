//! Reports about Buckets in the form that policy dashboards read. Pure: what guardrails say goes in, the object comes out.

use jiff::Timestamp;
use kube::api::ApiResource;
use kube::core::GroupVersionKind;
use serde_json::{Value, json};
use shared::Bucket;
use shared::guardrail::types::{Action, ResultSource};
use shared::guardrail::{Outcome, RuleResult};

use super::judge::Judged;
use crate::settings::audit::ReportKind;

/// Who writes the reports, as their label and source say.
pub(super) const SOURCE: &str = "cooper";
/// The label that says so.
pub(super) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// How many results a report holds.
const MOST: usize = 100;

/// A report as it shall be.
#[derive(Clone, Debug)]
pub(super) struct Report {
    pub(super) namespace: String,
    pub(super) name: String,
    /// Without the times of its results.
    pub(super) body: Value,
}

/// The kind as the API server knows it.
pub(super) fn resource(kind: ReportKind) -> ApiResource {
    match kind {
        ReportKind::OpenReports => {
            ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk("openreports.io", "v1alpha1", "Report"), "reports")
        }
        ReportKind::WgPolicy => {
            ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk("wgpolicyk8s.io", "v1alpha2", "PolicyReport"), "policyreports")
        }
    }
}

impl Report {
    /// What the guardrails say of the Bucket: all that is not met or let off. `None` where no guardrail is about it.
    pub(super) fn of(bucket: &Bucket, judged: &Judged, kind: ReportKind) -> Option<Self> {
        let metadata = &bucket.metadata;
        let (uid, name) = (metadata.uid.as_ref()?, metadata.name.as_ref()?);
        if judged.matched.is_empty() {
            return None;
        }
        let count = |word: &str| judged.results.iter().filter(|(_, result)| verdict(result) == word).count();
        let resource = resource(kind);
        let whose = json!({"apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket", "name": name, "uid": uid});
        let mut scope = whose.clone();
        scope["namespace"] = json!(metadata.namespace);
        let body = json!({
            "apiVersion": resource.api_version,
            "kind": resource.kind,
            "metadata": {
                "name": uid,
                "namespace": metadata.namespace,
                "labels": {MANAGED_BY: SOURCE},
                "ownerReferences": [whose],
            },
            "scope": scope,
            "summary": {"pass": judged.passed, "fail": count("fail"), "warn": count("warn"), "error": count("error"), "skip": count("skip")},
            "results": judged.results.iter().take(MOST).map(|(source, result)| entry(*source, result)).collect::<Vec<_>>(),
        });
        Some(Self { namespace: metadata.namespace.clone().unwrap_or_default(), name: uid.clone(), body })
    }

    /// The object to write: each result as of now.
    pub(super) fn at(&self, now: Timestamp) -> Value {
        let mut body = self.body.clone();
        for result in body["results"].as_array_mut().into_iter().flatten() {
            result["timestamp"] = json!({"seconds": now.as_second(), "nanos": 0});
        }
        body
    }
}

fn entry(source: ResultSource, result: &RuleResult) -> Value {
    let mut entry = json!({
        "source": SOURCE,
        "policy": *result.guardrail,
        "rule": *result.rule,
        "result": verdict(result),
        "severity": severity(result.action),
        "message": format!("{}: {}", result.field, result.message),
        "properties": {"source": source.as_str(), "action": result.action.as_str()},
    });
    if let Some(control) = &result.control {
        entry["category"] = json!(**control);
    }
    if let Some(exception) = &result.exception {
        entry["properties"]["exception"] = json!(**exception);
    }
    entry
}

/// What came of it, in the words of the reports: warn is a fault that refuses nothing, skip one that an exception lets off.
fn verdict(result: &RuleResult) -> &'static str {
    match (result.outcome, result.action) {
        (Outcome::Pass, _) => "pass",
        (Outcome::Exempt, _) => "skip",
        (Outcome::Error, _) => "error",
        (Outcome::Fail, Action::Deny) => "fail",
        (Outcome::Fail, Action::Warn | Action::Audit | Action::Off) => "warn",
    }
}

fn severity(action: Action) -> &'static str {
    match action {
        Action::Deny => "high",
        Action::Warn => "medium",
        Action::Audit | Action::Off => "low",
    }
}

#[cfg(test)]
mod tests {
    use shared::BucketSpec;
    use shared::admission::Reason;

    use super::*;

    fn result(action: Action, outcome: Outcome) -> (ResultSource, RuleResult) {
        let result = RuleResult {
            guardrail: "base".into(),
            rule: "tls".into(),
            action,
            outcome,
            reason: Reason::Invalid,
            field: "spec.policy".to_owned(),
            message: "must refuse plain HTTP".to_owned(),
            ratcheted: false,
            refuses_from: None,
            control: Some("S3.5".into()),
            exception: (outcome == Outcome::Exempt).then(|| "legacy".into()),
        };
        (ResultSource::Spec, result)
    }

    #[test]
    fn a_report_counts_and_names_what_is_not_met_and_belongs_to_the_bucket() {
        let mut bucket = Bucket::new("logs", BucketSpec::default());
        (bucket.metadata.namespace, bucket.metadata.uid) = (Some("team-a".to_owned()), Some("u-1".to_owned()));
        let results =
            vec![result(Action::Deny, Outcome::Fail), result(Action::Audit, Outcome::Fail), result(Action::Deny, Outcome::Exempt)];
        let judged = Judged { matched: vec!["base".into()], results, passed: 4 };
        let report = Report::of(&bucket, &judged, ReportKind::WgPolicy).unwrap();
        let written = report.at(Timestamp::from_second(7).unwrap());
        assert_eq!(written["summary"], json!({"pass": 4, "fail": 1, "warn": 1, "error": 0, "skip": 1}));
        assert_eq!((&written["kind"], &written["scope"]["name"]), (&json!("PolicyReport"), &json!("logs")));
        assert_eq!(written["metadata"]["ownerReferences"][0]["uid"], "u-1");
        assert_eq!((&written["results"][0]["category"], &written["results"][0]["timestamp"]["seconds"]), (&json!("S3.5"), &json!(7)));
        assert_eq!(written["results"][2]["properties"]["exception"], "legacy");
        assert!(report.body["results"][0].get("timestamp").is_none(), "or it would be written at each audit");
        assert_eq!(Report::of(&bucket, &judged, ReportKind::OpenReports).unwrap().body["apiVersion"], "openreports.io/v1alpha1");
        assert!(Report::of(&bucket, &Judged::default(), ReportKind::OpenReports).is_none());
    }
}
