//! The Buckets among the documents, each judged as a new object among the others.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use shared::Bucket;
use shared::admission::{self, DefaultsContext, Finding, Operation, Settings};
use shared::crd::shape;
use shared::guardrail::DefaultsReview;
use shared::manifest::{Document, in_namespace};

use super::policies;
use crate::caches::{Caches, Cluster};
use crate::judge::guarded::{self, Asked};

/// The user that asks.
const USER: &str = "check";

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// How many Buckets were looked at.
    pub buckets: usize,
    /// How many guardrails and exceptions.
    pub policies: usize,
    /// The findings, by document and then as the API server would list them.
    pub findings: Vec<Located>,
}

/// A finding, and where it is.
#[derive(Debug)]
pub(super) struct Located {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1 on.
    pub line: u64,
    /// The object's kind.
    pub kind: &'static str,
    /// Its namespace; empty where it is in none.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What was found.
    pub finding: Finding,
}

/// Judges every Bucket. Namespaces, ConfigMaps and Buckets among the documents are what is known of the cluster.
pub(super) fn judge(documents: &[Document], namespace: &str, labels: &[(String, String)], settings: &Settings) -> Checked {
    let buckets: Vec<(&Document, Value)> = documents
        .iter()
        .filter(|document| document.is_bucket())
        .map(|document| (document, in_namespace(&document.value, namespace)))
        .collect();
    let cluster = cluster(documents, &buckets, namespace, settings);
    if !documents.iter().any(|document| document.is_namespace() && document.value["metadata"]["name"] == namespace) {
        cluster.label(namespace, labels.iter().cloned().collect());
    }
    let now = Timestamp::now();
    let policies = policies::read(documents, now);
    cluster.guard(policies.usable);
    cluster.parametrise(policies::config_maps(documents, namespace));
    let mut checked = Checked { buckets: buckets.len(), policies: policies.count, findings: policies.findings };
    for (document, bucket) in &buckets {
        let text = |field: &str| bucket["metadata"][field].as_str().unwrap_or_default().to_owned();
        let name = Some(text("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| text("generateName"));
        checked.findings.extend(findings(bucket, &cluster, settings, now).into_iter().map(|finding| Located {
            file: document.file.clone(),
            line: document.line(&finding.field),
            kind: "Bucket",
            namespace: text("namespace"),
            name: name.clone(),
            finding,
        }));
    }
    checked
}

/// Namespaces that Buckets are in count as there: an apply would not get further without them.
fn cluster(documents: &[Document], buckets: &[(&Document, Value)], namespace: &str, settings: &Settings) -> Caches {
    let mut namespaces = BTreeMap::from([(namespace.to_owned(), BTreeMap::new())]);
    let used = buckets.iter().filter_map(|(_, bucket)| bucket["metadata"]["namespace"].as_str());
    namespaces.extend(used.map(|name| (name.to_owned(), BTreeMap::new())));
    let given = documents.iter().filter(|document| document.is_namespace()).map(|document| &document.value);
    namespaces.extend(given.clone().filter_map(|value| {
        let annotations = serde_json::from_value(value["metadata"]["annotations"].clone()).unwrap_or_default();
        Some((value["metadata"]["name"].as_str()?.to_owned(), annotations))
    }));
    let caches = Caches::new(settings.default_region.clone());
    let readable = buckets.iter().filter_map(|(_, bucket)| serde_json::from_value::<Bucket>(bucket.clone()).ok());
    caches.fill(namespaces, readable);
    for value in given {
        let labels = serde_json::from_value(value["metadata"]["labels"].clone()).unwrap_or_default();
        caches.label(value["metadata"]["name"].as_str().unwrap_or_default(), labels);
    }
    caches
}

/// The object as `/mutate` would leave it.
fn filled_in(raw: &Value, name: &str, cluster: &Caches, settings: &Settings, now: Timestamp) -> Value {
    let namespace = cluster.namespace(name);
    let namespace = namespace.as_deref();
    let operation = Operation::Create;
    let defaults = admission::defaults(raw, &DefaultsContext { operation, namespace, settings });
    let object = patched(raw, &defaults.patch);
    let Some(guardrails) = cluster.guardrails() else { return object };
    let labels = cluster.namespace_labels(name);
    let review = DefaultsReview {
        operation,
        old: None,
        namespace,
        namespace_labels: labels.as_deref(),
        settings,
        user: USER,
        account: None,
        params: cluster.params(),
        now,
    };
    patched(&object, &guardrails.defaults(&object, &review).patch)
}

/// The patch was made for this very object; where it does not fit the object is judged as it is, as the API server would.
fn patched(object: &Value, patch: &json_patch::Patch) -> Value {
    let mut whole = object.clone();
    if json_patch::patch(&mut whole, patch).is_err() { object.clone() } else { whole }
}

/// What `/mutate` would fill in, then what `/validate` would say.
fn findings(raw: &Value, cluster: &Caches, settings: &Settings, now: Timestamp) -> Vec<Finding> {
    let name = raw["metadata"]["namespace"].as_str().unwrap_or_default();
    let namespace = cluster.namespace(name);
    let bucket = serde_json::from_value::<Bucket>(filled_in(raw, name, cluster, settings, now));
    shape::findings(raw, bucket.as_ref(), |bucket| {
        let request = admission::Request {
            operation: Operation::Create,
            subresource: None,
            bucket,
            old: None,
            namespace: namespace.as_deref(),
            namespace_going: false,
            user: USER,
            settings,
            claims: cluster.claims(),
        };
        let guardrails = cluster.guardrails();
        let asked = || Asked { cluster, groups: Vec::new(), dry_run: false, now };
        guarded::ask(guardrails.as_deref(), &request, asked).findings().into_owned()
    })
}

#[cfg(test)]
mod tests {
    use shared::manifest;

    use super::*;

    fn check(yaml: &str, settings: &Settings) -> Vec<String> {
        let checked = judge(&manifest::parse("a.yaml", yaml).unwrap(), "default", &[], settings);
        checked.findings.iter().map(|at| format!("{}:{} {}/{} {}", at.file, at.line, at.namespace, at.name, at.finding)).collect()
    }

    fn bucket(more: &str, name: &str) -> String {
        format!("apiVersion: s3.services.k8s.aws/v1alpha1\nkind: Bucket\nmetadata:\n  name: {name}\n{more}spec:\n  name: {name}\n---\n")
    }

    #[test]
    fn a_namespace_among_the_files_gives_its_region() {
        let namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team-a\n  annotations:\n    services.k8s.aws/default-region: eu-west-1\n---\n";
        let here = bucket("  namespace: team-a\n", "logs");
        assert_eq!(check(&format!("{namespace}{here}"), &Settings::default()), [""; 0]);
        let without = check(&here, &Settings::default());
        assert!(without[0].contains("[region-required]") && without[0].starts_with("a.yaml:3 team-a/logs"), "{without:?}");
    }

    #[test]
    fn two_buckets_of_one_name_are_found() {
        let settings = Settings { default_region: Some("eu-west-1".to_owned()), ..Settings::default() };
        let both = [bucket("  namespace: a\n", "logs"), bucket("  namespace: b\n", "logs")].concat();
        let found = check(&both, &settings);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[1].starts_with("a.yaml:15 b/logs [bucket-claimed-twice] spec.name"), "{found:?}");
    }

    #[test]
    fn what_the_api_server_would_refuse_is_found_with_what_the_rules_say_of_the_rest() {
        let settings = Settings { default_region: Some("eu-west-1".to_owned()), ..Settings::default() };
        let found = check(&format!("{}  verisoning: {{}}\n", bucket("", "Logs").trim_end_matches("---\n")), &settings);
        assert!(found[0].starts_with("a.yaml:7 default/Logs [unknown-field] spec.verisoning"), "{found:?}");
        assert!(found[1].starts_with("a.yaml:6 default/Logs [name-charset] spec.name"), "{found:?}");
        let unreadable = check(&bucket("", "logs").replace("name: logs\n---", "name: 7\n---"), &settings);
        assert!(unreadable.len() == 1 && unreadable[0].contains("[wrong-type] spec.name"), "{unreadable:?}");
        let no_metadata = check("apiVersion: s3.services.k8s.aws/v1alpha1\nkind: Bucket\nspec: []\n", &settings);
        assert!(!no_metadata.is_empty(), "{no_metadata:?}");
    }

    #[test]
    fn other_kinds_are_none_of_our_business() {
        assert_eq!(check("apiVersion: v1\nkind: Bucket\nspec: {name: A}\n", &Settings::default()), [""; 0]);
    }
}
