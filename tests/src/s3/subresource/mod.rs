//! The sub-resources of a bucket, one file each. A file knows the calls, the shape of the document, what a new bucket has, what a
//! bucket answers that has none, and what S3 refuses or changes in what it is sent.
//!
//! A new sub-resource is a new file and one line in [`ALL`].

use std::sync::Arc;

use hyper::Method;

use super::error::S3Error;
use super::operation::Operation;
use super::request::Request;
use super::shape::Shape;
use super::world::{Bucket, Doc, World};
use super::xml::Element;

mod abac;
mod accelerate;
mod acl;
pub(crate) mod acl_grants;
mod analytics;
mod cors;
mod encryption;
mod encryption_directory;
mod intelligent_tiering;
mod inventory;
mod keyed;
mod lifecycle;
mod lifecycle_directory;
mod lifecycle_rules;
mod lifecycle_schedule;
mod logging;
mod logging_permission;
mod metadata;
mod metadata_table;
mod metadata_updates;
mod metrics;
mod notification;
mod notification_events;
mod notification_overlap;
mod notification_targets;
pub(crate) mod object_lock;
pub(crate) mod ownership_controls;
mod policy;
mod policy_actions;
mod policy_delivery;
mod policy_public;
mod policy_scope;
mod policy_statement;
mod policy_status;
pub(crate) mod public_access_block;
mod replication;
mod replication_destination;
mod replication_rules;
mod request_payment;
pub(crate) mod tagging;
pub(crate) mod versioning;
mod website;
mod website_routing;

/// Every sub-resource.
pub(crate) static ALL: &[&dyn SubResource] = &[
    &abac::Abac,
    &accelerate::Accelerate,
    &acl::Acl,
    &analytics::Analytics,
    &cors::Cors,
    &encryption::Encryption,
    &intelligent_tiering::IntelligentTiering,
    &inventory::Inventory,
    &lifecycle::Lifecycle,
    &logging::Logging,
    &metadata::Metadata,
    &metadata_table::MetadataTable,
    &metadata_updates::InventoryTable,
    &metadata_updates::JournalTable,
    &metrics::Metrics,
    &notification::Notification,
    &object_lock::ObjectLock,
    &ownership_controls::OwnershipControls,
    &policy::Policy,
    &policy_status::PolicyStatus,
    &public_access_block::PublicAccessBlock,
    &replication::Replication,
    &request_payment::RequestPayment,
    &tagging::Tagging,
    &versioning::Versioning,
    &website::Website,
];

/// The sub-resource behind a query parameter.
pub(crate) fn of(query: &str) -> Option<&'static dyn SubResource> {
    ALL.iter().copied().find(|sub| sub.calls().query == query)
}

/// The calls of one sub-resource.
#[derive(Debug)]
pub(crate) struct Calls {
    /// The query parameter that names it.
    pub(crate) query: &'static str,
    pub(crate) get: Option<Operation>,
    pub(crate) put: Option<Operation>,
    pub(crate) delete: Option<Operation>,
    /// For those kept by id.
    pub(crate) list: Option<List>,
}

/// The list call of a sub-resource that is kept by id.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) operation: Operation,
    /// The root of its answer.
    pub(crate) root: &'static str,
}

/// One sub-resource.
pub(crate) trait SubResource: Sync {
    /// Its calls.
    fn calls(&self) -> &'static Calls;

    /// What a new bucket has.
    fn at_birth(&self, _bucket: &Bucket) -> Option<Doc> {
        None
    }

    /// Whether directory buckets have it.
    fn on_directories(&self) -> bool {
        false
    }

    /// The method that puts it.
    fn put_method(&self) -> Method {
        Method::PUT
    }

    /// The query under which a PUT is kept, where that is another one's.
    fn kept_under(&self) -> &'static str {
        self.calls().query
    }

    /// What GET answers where nothing is kept.
    fn missing(&self, bucket: &Bucket) -> Result<Doc, S3Error>;

    /// What is kept after a PUT; none where the PUT empties it.
    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error>;

    /// What is kept after a DELETE.
    fn remove(&self, _bucket: &Bucket) -> Result<Option<Doc>, S3Error> {
        Ok(None)
    }

    /// The status of a successful PUT.
    fn put_status(&self) -> u16 {
        200
    }
}

impl std::fmt::Debug for dyn SubResource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.calls().query)
    }
}

/// What a PUT can look at.
pub(crate) struct Put<'a> {
    pub(crate) bucket: &'a Bucket,
    pub(crate) world: &'a World,
    pub(crate) request: &'a Request,
}

impl Put<'_> {
    /// The body, if it has this root and shape.
    pub(crate) fn xml(&self, root: &str, shape: &Shape) -> Result<Element, S3Error> {
        shape.read(root, &self.request.body)
    }

    /// The bucket that an ARN names, if there is one.
    pub(crate) fn bucket_of_arn(&self, arn: &str) -> Option<&Bucket> {
        self.world.buckets.get(&Arc::<str>::from(arn.rsplit_once(":::")?.1))
    }
}

/// 404 with the code of a sub-resource that is not there.
pub(crate) fn not_found(code: &'static str, message: &str) -> S3Error {
    S3Error::new(404, code, message)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_keyed_ones_can_be_removed() {
        let names: BTreeSet<_> = ALL.iter().map(|sub| sub.calls().query).collect();
        assert_eq!(names.len(), ALL.len());
        for sub in ALL {
            let calls = sub.calls();
            assert!(calls.list.is_none() || calls.delete.is_some(), "{}", calls.query);
            assert!(of(sub.kept_under()).is_some(), "{}", calls.query);
        }
    }
}
