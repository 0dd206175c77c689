//! All sub-configurations, each with what is declared, what S3 then has to hold word for word, and what somebody does to it behind
//! the controller's back.

mod access;
mod delivery;
mod keyed;
mod objects;
mod web;

use serde_json::{Map, Value, json};
use tests::s3::S3Model;
use tests::world::{ACCOUNT, REGION};

/// One sub-configuration of one bucket.
pub(crate) struct Section {
    /// Its name in metrics and status.
    pub(crate) config: &'static str,
    /// Its member of the spec.
    pub(crate) field: &'static str,
    /// Its name in S3's URLs; with the id where there are many.
    pub(crate) query: &'static str,
    /// What is declared at first, and what S3 holds of it.
    pub(crate) first: (Value, String),
    /// What is declared later, and what S3 holds of it.
    pub(crate) second: (Value, String),
    /// What somebody else puts in the place of the first.
    pub(crate) meddled: String,
    /// How the difference is told: path, desired, observed (empty where nothing is).
    pub(crate) difference: (&'static str, &'static str, &'static str),
    /// The others beside which S3 does not let it change.
    pub(crate) apart: &'static [&'static str],
    /// The path that is told where somebody else takes it away altogether; none where S3 does not let anybody.
    pub(crate) removed: Option<&'static str>,
}

impl Section {
    /// The name of the sub-resource alone.
    pub(crate) fn sub_resource(&self) -> &'static str {
        self.query.split('/').next().unwrap_or(self.query)
    }
}

/// All of them, for a bucket of this name and a Bucket in this namespace.
pub(crate) fn sections(bucket: &str, namespace: &str) -> Vec<Section> {
    vec![
        access::ownership_controls(),
        access::public_access_block(),
        objects::versioning(),
        objects::encryption(),
        objects::object_lock(),
        objects::tagging(namespace),
        objects::abac(),
        access::acl(),
        access::policy(bucket),
        delivery::logging(namespace),
        delivery::notification(),
        objects::lifecycle(),
        delivery::replication(namespace),
        web::cors(),
        web::website(),
        web::request_payment(),
        web::accelerate(),
        keyed::analytics(),
        keyed::intelligent_tiering(),
        keyed::inventory(),
        keyed::metrics(),
    ]
}

/// The eight that the performance budget speaks of.
pub(crate) fn eight(bucket: &str, namespace: &str) -> Vec<Section> {
    const EIGHT: [&str; 8] =
        ["ownership_controls", "public_access_block", "versioning", "encryption", "tagging", "policy", "lifecycle", "cors"];
    sections(bucket, namespace).into_iter().filter(|section| EIGHT.contains(&section.config)).collect()
}

/// Those beside which S3 lets one change, itself included.
pub(crate) fn beside(config: &str, bucket: &str, namespace: &str) -> Vec<Section> {
    let all = sections(bucket, namespace);
    let apart = all.iter().find(|section| section.config == config).map_or(&[] as &[&str], |section| section.apart);
    all.into_iter().filter(|section| !apart.contains(&section.config)).collect()
}

/// The spec with all that is declared at first.
pub(crate) fn first(sections: &[Section]) -> Value {
    spec(sections, |section| &section.first.0)
}

/// The spec with all that is declared later.
pub(crate) fn second(sections: &[Section]) -> Value {
    spec(sections, |section| &section.second.0)
}

/// Object lock is asked for when the bucket is made.
fn spec(sections: &[Section], value: impl Fn(&Section) -> &Value) -> Value {
    let mut spec: Map<_, _> = sections.iter().map(|section| (section.field.to_owned(), value(section).clone())).collect();
    if spec.contains_key("objectLockConfiguration") {
        spec.insert("objectLockEnabledForBucket".to_owned(), json!(true));
    }
    Value::Object(spec)
}

/// The bucket that takes a namespace's access logs.
pub(crate) fn logs(namespace: &str) -> String {
    format!("logs-{namespace}")
}

/// The bucket that takes a namespace's copies.
pub(crate) fn copies(namespace: &str) -> String {
    format!("copies-{namespace}")
}

/// Makes the buckets that others of the namespace write to.
pub(crate) fn surround(s3: &S3Model, namespace: &str) -> Result<(), tests::s3::S3Error> {
    let (logs, copies) = (logs(namespace), copies(namespace));
    s3.create_bucket(&logs, ACCOUNT, REGION)?;
    let delivery = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Service": "logging.s3.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{logs}/*") }] });
    s3.set(&logs, "policy", &delivery.to_string())?;
    s3.create_bucket(&copies, ACCOUNT, REGION)?;
    s3.set(&copies, "versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
}
