//! What the model knows: every bucket and what it holds.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use hyper::body::Bytes;
use jiff::Timestamp;

use super::behind::Behind;
use super::directory;
use super::error::S3Error;
use super::objects::Objects;
use super::xml::Element;

/// All buckets of all accounts and regions.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) buckets: BTreeMap<Arc<str>, Bucket>,
    /// The buckets on which a write is under way.
    pub(crate) busy: HashSet<String>,
    /// The public access block of each account that has one.
    pub(crate) account_blocks: BTreeMap<Arc<str>, Element>,
    /// Patterns of ARNs of queues, topics and functions that are not there.
    pub(crate) unknown_destinations: Vec<String>,
}

impl World {
    pub(crate) fn bucket(&self, name: &str) -> Result<&Bucket, S3Error> {
        self.buckets.get(name).ok_or_else(S3Error::no_such_bucket)
    }

    pub(crate) fn bucket_mut(&mut self, name: &str) -> Result<&mut Bucket, S3Error> {
        self.buckets.get_mut(name).ok_or_else(S3Error::no_such_bucket)
    }
}

/// One bucket.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    pub(crate) name: Arc<str>,
    /// The account, 12 digits.
    pub(crate) owner: Arc<str>,
    pub(crate) region: Arc<str>,
    /// What GetBucketLocation says; differs from the region for the old word EU.
    pub(crate) location: Arc<str>,
    pub(crate) created: Timestamp,
    pub(crate) config: BTreeMap<&'static str, Held>,
    pub(crate) objects: Objects,
    /// How long reads still find no bucket, as just after its creation.
    pub(crate) unseen: Behind,
    /// What reads still see of what was written over, and for how long.
    pub(crate) stale: BTreeMap<&'static str, (Option<Held>, Behind)>,
}

/// What one sub-resource holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// One document.
    One(Doc),
    /// Documents by id.
    Many(BTreeMap<String, Doc>),
}

/// A document as GET answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Doc {
    pub(crate) body: Bytes,
    pub(crate) kind: &'static str,
    /// A header that GET and PUT carry beside the body.
    pub(crate) header: Option<(&'static str, String)>,
}

impl Doc {
    pub(crate) fn xml(root: &Element) -> Self {
        Self { body: root.document().into(), kind: "application/xml", header: None }
    }

    pub(crate) fn json(text: String) -> Self {
        Self { body: text.into(), kind: "application/json", header: None }
    }

    pub(crate) fn with_header(self, name: &'static str, value: &str) -> Self {
        Self { header: Some((name, value.to_owned())), ..self }
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }

    pub(crate) fn element(&self) -> Option<Element> {
        Element::parse(&self.body).ok()
    }
}

impl Bucket {
    /// A bucket with what S3 gives every new one.
    pub(crate) fn new(name: &str, owner: &Arc<str>, region: &str) -> Self {
        let mut bucket = Self {
            name: name.into(),
            owner: Arc::clone(owner),
            region: region.into(),
            location: region.into(),
            created: Timestamp::now(),
            config: BTreeMap::new(),
            objects: Objects::default(),
            unseen: Behind::default(),
            stale: BTreeMap::new(),
        };
        for sub in super::subresource::ALL {
            bucket.store(sub.calls().query, None, sub.at_birth(&bucket));
        }
        bucket
    }

    pub(crate) fn arn(&self) -> String {
        let partition = partition(&self.region);
        if self.is_directory() {
            format!("arn:{partition}:s3express:{}:{}:bucket/{}", self.region, self.owner, self.name)
        } else {
            format!("arn:{partition}:s3:::{}", self.name)
        }
    }

    /// Whether it is a directory bucket.
    pub(crate) fn is_directory(&self) -> bool {
        directory::is_named(&self.name)
    }

    /// The document of a sub-resource that has one.
    pub(crate) fn doc(&self, query: &str) -> Option<&Doc> {
        match self.config.get(query) {
            Some(Held::One(doc)) => Some(doc),
            Some(Held::Many(_)) | None => None,
        }
    }

    /// The document of a sub-resource, taken apart.
    pub(crate) fn element(&self, query: &str) -> Option<Element> {
        self.doc(query).and_then(Doc::element)
    }

    /// The text at a path in the document of a sub-resource.
    pub(crate) fn text_at(&self, query: &str, path: &[&str]) -> Option<String> {
        self.element(query).and_then(|root| root.at(path).map(|element| element.text.clone()))
    }

    /// The documents of a sub-resource that has many.
    pub(crate) fn docs(&self, query: &str) -> Option<&BTreeMap<String, Doc>> {
        match self.config.get(query) {
            Some(Held::Many(docs)) => Some(docs),
            Some(Held::One(_)) | None => None,
        }
    }

    /// Sets or takes away a document.
    pub(crate) fn store(&mut self, query: &'static str, id: Option<&str>, doc: Option<Doc>) {
        match (id, doc) {
            (None, Some(doc)) => drop(self.config.insert(query, Held::One(doc))),
            (None, None) => drop(self.config.remove(query)),
            (Some(id), doc) => {
                let held = self.config.entry(query).or_insert_with(|| Held::Many(BTreeMap::new()));
                if let Held::Many(docs) = held {
                    match doc {
                        Some(doc) => drop(docs.insert(id.to_owned(), doc)),
                        None => drop(docs.remove(id)),
                    }
                }
            }
        }
    }
}

/// The partition that a region belongs to. Source: AWS General Reference, "Amazon Resource Names".
pub(crate) fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}
