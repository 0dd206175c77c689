//! The examples of all rules (`webhook/tests/webhook/examples.json`), and what the rules say of them without a server.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use shared::Bucket;
use shared::admission::{Claims, Holder, Operation, Request, Settings, Verdict, findings};
use tests::world::REGION;

use crate::team::Failure;

/// One rule with a Bucket that it speaks about and a neighbour that it is silent about.
#[derive(Deserialize)]
pub(crate) struct Example {
    pub(crate) rule: String,
    pub(crate) denied: bool,
    pub(crate) bad: Around,
    pub(crate) good: Around,
}

/// What is done with a Bucket, and what stands around it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Around {
    operation: String,
    subresource: Option<String>,
    pub(crate) object: Value,
    /// The annotations of its namespace.
    pub(crate) namespace: Option<BTreeMap<String, String>>,
    namespace_going: bool,
    user: String,
    enabled_rules: Vec<String>,
    filled: bool,
    others: Vec<Value>,
}

/// All examples.
pub(crate) fn all() -> Result<Vec<Example>, Failure> {
    Ok(serde_json::from_str(include_str!("../../../../webhook/tests/webhook/examples.json"))?)
}

impl Around {
    /// Whether an ordinary user can make this Bucket, alone in a cluster with no special settings.
    pub(crate) fn is_a_users(&self) -> bool {
        let plain = self.subresource.is_none() && self.filled && !self.namespace_going && self.namespace.is_some();
        plain && self.operation == "CREATE" && self.user == "alice" && self.enabled_rules.is_empty() && self.others.is_empty()
    }
}

/// What the rules say of a new Bucket in a namespace with these annotations, where the world's settings hold.
pub(crate) fn verdict(object: &Value, namespace: &BTreeMap<String, String>) -> Result<Verdict, Failure> {
    let bucket: Bucket = serde_json::from_value(object.clone())?;
    Ok(findings(&Request {
        operation: Operation::Create,
        subresource: None,
        bucket: &bucket,
        old: None,
        namespace: Some(namespace),
        namespace_going: false,
        user: "alice",
        settings: &Settings { default_region: Some(REGION.to_owned()), controller_tags: 2, ..Settings::default() },
        claims: &Alone,
    }))
}

/// The Bucket in another namespace.
pub(crate) fn moved(object: &Value, namespace: &str) -> Value {
    let mut moved = object.clone();
    moved["metadata"]["namespace"] = json!(namespace);
    moved
}

struct Alone;

impl Claims for Alone {
    fn holder(&self, _bucket_name: &str, _partition: &str, _asking: &Bucket) -> Holder {
        Holder::Nobody
    }
}
