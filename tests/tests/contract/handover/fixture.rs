//! One state that the ACK S3 controller leaves behind.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tests::s3::S3Model;
use tests::world::ACCOUNT;

use crate::team::Failure;

/// The files, with the names by which tests speak of them.
const FILES: [(&str, &str); 10] = [
    ("name-only", include_str!("../fixtures/name-only.yaml")),
    ("declared", include_str!("../fixtures/declared.yaml")),
    ("adopted", include_str!("../fixtures/adopted.yaml")),
    ("empty-blocks", include_str!("../fixtures/empty-blocks.yaml")),
    ("other-spellings", include_str!("../fixtures/other-spellings.yaml")),
    ("public-acl", include_str!("../fixtures/public-acl.yaml")),
    ("after-trouble", include_str!("../fixtures/after-trouble.yaml")),
    ("keeps-and-sends", include_str!("../fixtures/keeps-and-sends.yaml")),
    ("log-delivery", include_str!("../fixtures/log-delivery.yaml")),
    ("kept-open", include_str!("../fixtures/kept-open.yaml")),
];

/// One state, and what follows from it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fixture {
    #[serde(skip)]
    pub(super) name: String,
    /// What it is, for people.
    pub(super) about: String,
    /// Annotations and labels.
    #[serde(default)]
    pub(super) metadata: Value,
    /// The spec as it is stored.
    pub(super) spec: Value,
    /// The status as it is stored; that of a bucket in sync, where none is given.
    pub(super) status: Option<Value>,
    /// What S3 holds, by sub-resource; null for what it does not. All else is as in a new bucket.
    pub(super) s3: BTreeMap<String, Option<String>>,
    /// The writes of the take-over.
    pub(super) reset: Vec<String>,
    /// The writes of the take-over, where the Bucket's annotation says that unset fields are to be ignored.
    pub(super) ignore: Vec<String>,
    /// What the other controller would then write that it would not have written before, where unset fields are reset.
    pub(super) back: Vec<String>,
}

/// All of them.
pub(super) fn all() -> Result<Vec<Fixture>, Failure> {
    let read = |(name, text): (&str, &str)| {
        let fixture: Fixture = serde_saphyr::from_str(text).map_err(|fault| format!("{name}: {fault}"))?;
        Ok(Fixture { name: name.to_owned(), ..fixture })
    };
    FILES.into_iter().map(read).collect()
}

/// The tags that the other controller puts on a bucket, in the form of S3.
pub(super) fn tags(namespace: &str) -> String {
    let tag = |key: &str, value: &str| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>");
    tag("services.k8s.aws/controller-version", "s3-v1.10.0") + &tag("services.k8s.aws/namespace", namespace)
}

/// The text with names filled in.
pub(super) fn filled(text: &str, bucket: &str, namespace: &str) -> String {
    let own = tags(namespace);
    text.replace("$TAGS", &format!("<Tagging><TagSet>{own}</TagSet></Tagging>"))
        .replace("$TAG", &own)
        .replace("$NAMESPACE", namespace)
        .replace("$NAME", bucket)
        .replace("$OWNER", &S3Model::canonical_id(ACCOUNT))
}
