//! The guardrails and exceptions among the documents: what is wrong with them, and those that can be used.

use std::sync::Arc;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::ConfigMap;
use serde::de::DeserializeOwned;
use shared::admission::Finding;
use shared::guardrail::types::{BucketGuardrail, BucketGuardrailException, GROUP};
use shared::guardrail::{Exception, Guardrail, Guardrails, MAX_EXCEPTION_DAYS};
use shared::manifest::{Document, in_namespace};

use super::judge::Located;
use crate::judge::policy;

const GUARDRAIL: &str = "BucketGuardrail";
const EXCEPTION: &str = "BucketGuardrailException";

/// What the documents say of guardrails.
#[derive(Debug, Default)]
pub(super) struct Policies {
    /// How many guardrails and exceptions there are.
    pub count: usize,
    /// Those that can be used.
    pub usable: Guardrails,
    /// What is wrong or odd.
    pub findings: Vec<Located>,
}

/// Whether the document is a guardrail or an exception.
pub(super) fn is_policy(document: &Document) -> bool {
    kind(document).is_some()
}

/// Whether the document is a ConfigMap.
pub(super) fn is_config_map(document: &Document) -> bool {
    document.value["apiVersion"] == "v1" && document.value["kind"] == "ConfigMap"
}

/// The ConfigMaps, which guardrails may name as params. One that cannot be read counts as missing.
pub(super) fn config_maps(documents: &[Document], namespace: &str) -> Vec<ConfigMap> {
    let maps = documents.iter().filter(|document| is_config_map(document));
    maps.filter_map(|document| serde_json::from_value(in_namespace(&document.value, namespace)).ok()).collect()
}

fn kind(document: &Document) -> Option<&'static str> {
    let group = document.value["apiVersion"].as_str().and_then(|version| version.split_once('/')).map(|(group, _)| group);
    let named = document.value["kind"].as_str().filter(|_| group == Some(GROUP))?;
    [GUARDRAIL, EXCEPTION].into_iter().find(|kind| named == *kind)
}

/// Compiles them all. An exception is judged as a new one: what is past lets nobody off.
pub(super) fn read(documents: &[Document], now: Timestamp) -> Policies {
    let mut policies = Policies::default();
    let mut guardrails = Vec::new();
    let of = |wanted: &'static str| documents.iter().filter(move |document| kind(document) == Some(wanted));
    for document in of(GUARDRAIL) {
        let found = match typed::<BucketGuardrail>(document) {
            Ok(object) => {
                guardrails.extend(Guardrail::compile(&object).ok().map(Arc::new));
                policy::guardrail_findings(&object)
            }
            Err(finding) => vec![finding],
        };
        policies.told(document, GUARDRAIL, found);
    }
    // Without any guardrail here those that exceptions name are elsewhere.
    let known = Guardrails::new(guardrails.clone(), []);
    let mut exceptions = Vec::new();
    let limit = Some((now, MAX_EXCEPTION_DAYS));
    for document in of(EXCEPTION) {
        let found = match typed::<BucketGuardrailException>(document) {
            Ok(object) => {
                exceptions.extend(Exception::compile(&object, limit).ok().map(Arc::new));
                let mut found = policy::exception_findings(&object, limit, Some(&known));
                found.retain(|finding| !known.is_empty() || finding.rule != policy::NAMES_NOTHING);
                found
            }
            Err(finding) => vec![finding],
        };
        policies.told(document, EXCEPTION, found);
    }
    policies.usable = Guardrails::new(guardrails, exceptions);
    policies
}

impl Policies {
    fn told(&mut self, document: &Document, kind: &'static str, found: Vec<Finding>) {
        self.count += 1;
        let name = document.value["metadata"]["name"].as_str().unwrap_or_default();
        self.findings.extend(found.into_iter().map(|finding| Located {
            file: document.file.clone(),
            line: document.line(&finding.field),
            kind,
            namespace: String::new(),
            name: name.to_owned(),
            finding,
        }));
    }
}

fn typed<T: DeserializeOwned>(document: &Document) -> Result<T, Finding> {
    serde_json::from_value(document.value.clone()).map_err(|error| policy::unreadable(&error.to_string()))
}
