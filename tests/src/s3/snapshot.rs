//! What the model knows, as a value that can be compared and printed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::world::{Bucket, Held, World};

/// Every bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The buckets by name.
    pub buckets: BTreeMap<String, BucketState>,
}

/// One bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BucketState {
    /// The account that owns it.
    pub account: String,
    /// Its region.
    pub region: String,
    /// When it was created, as an RFC 3339 time.
    pub created: String,
    /// Its sub-resources by query, those kept by id as `query/id`, as GET answers them.
    pub configuration: BTreeMap<String, String>,
    /// The keys of its objects and their sizes in bytes.
    pub objects: BTreeMap<String, u64>,
    /// How many versions and delete markers it holds, those of its objects among them.
    pub versions: usize,
    /// How many uploads are unfinished.
    pub uploads: usize,
}

impl Snapshot {
    pub(crate) fn of(world: &World) -> Self {
        Self { buckets: world.buckets.values().map(|bucket| (bucket.name.to_string(), BucketState::of(bucket))).collect() }
    }
}

impl BucketState {
    pub(crate) fn of(bucket: &Bucket) -> Self {
        let mut configuration = BTreeMap::new();
        for (query, held) in &bucket.config {
            match held {
                Held::One(doc) => drop(configuration.insert((*query).to_owned(), doc.text().to_owned())),
                Held::Many(docs) => {
                    configuration.extend(docs.iter().map(|(id, doc)| (format!("{query}/{id}"), doc.text().to_owned())));
                }
            }
        }
        Self {
            account: bucket.owner.to_string(),
            region: bucket.region.to_string(),
            created: bucket.created.to_string(),
            configuration,
            objects: bucket.objects.current().map(|(key, size)| (key.clone(), size)).collect(),
            versions: bucket.objects.keys.values().map(Vec::len).sum(),
            uploads: bucket.objects.uploads.len(),
        }
    }
}
