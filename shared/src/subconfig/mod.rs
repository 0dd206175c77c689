//! The parts of a bucket's configuration, one file each. A file holds a part's API types, its normal form, what an absent section
//! means, its admission findings and, behind feature `s3`, how S3 is read and written.
//!
//! A new part is a new file, one line in the list below and one field in [`BucketSpec`](crate::BucketSpec). Nothing outside this
//! folder asks which part it holds.

#[cfg(feature = "s3")]
pub mod calls;
#[cfg(feature = "s3")]
pub mod carry;
pub(crate) mod diff;
mod export;
mod keyed;
#[cfg(test)]
mod laws;
mod list;
mod made_id;
mod normal;
#[cfg(feature = "s3")]
pub mod remote;
mod step;

pub use diff::Difference;
pub use step::{Have, Step, SubConfig};

pub mod abac;
pub mod accelerate;
pub mod acl;
pub mod analytics;
pub mod cors;
pub mod encryption;
pub mod filter;
pub mod intelligent_tiering;
pub mod inventory;
pub mod lifecycle;
pub mod logging;
pub mod metrics;
pub mod notification;
pub mod object_lock;
pub mod ownership_controls;
pub mod policy;
pub mod public_access_block;
pub mod replication;
pub mod request_payment;
pub mod tagging;
pub mod versioning;
pub mod website;

pub use abac::Abac;
pub use accelerate::Accelerate;
pub use acl::Acl;
pub use analytics::Analytics;
pub use cors::Cors;
pub use encryption::Encryption;
pub use intelligent_tiering::IntelligentTiering;
pub use inventory::Inventory;
pub use lifecycle::Lifecycle;
pub use logging::Logging;
pub use metrics::Metrics;
pub use notification::Notification;
pub use object_lock::ObjectLock;
pub use ownership_controls::OwnershipControls;
pub use policy::Policy;
pub use public_access_block::PublicAccessBlock;
pub use replication::Replication;
pub use request_payment::RequestPayment;
pub use tagging::Tagging;
pub use versioning::Versioning;
pub use website::Website;

// The order is the order of writing; removals run the other way round.
list::subconfigs! {
    ownership_controls: OwnershipControls,
    public_access_block: PublicAccessBlock,
    versioning: Versioning,
    encryption: Encryption,
    object_lock: ObjectLock,
    tagging: Tagging,
    abac: Abac,
    acl: Acl,
    policy: Policy,
    logging: Logging,
    notification: Notification,
    lifecycle: Lifecycle,
    replication: Replication,
    cors: Cors,
    website: Website,
    request_payment: RequestPayment,
    accelerate: Accelerate,
    analytics: Analytics,
    intelligent_tiering: IntelligentTiering,
    inventory: Inventory,
    metrics: Metrics,
}
