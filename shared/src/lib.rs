//! What both services know: the `Bucket` API, the S3 sub-configurations behind it, and what admission says of a Bucket.
//!
//! Nothing here reads a clock, an environment variable or the network, with three exceptions behind cargo features: `s3` (how a
//! sub-configuration is read from and written to S3; the controller only), `serve` (the admin port of both services) and `manifests`
//! (files that users name on a command line).

pub mod admission;
pub mod annotation;
pub mod arn;
pub mod bucket;
pub mod carm;
pub mod crd;
pub mod drift_mode;
pub mod fault;
pub mod field_export;
pub mod glob;
pub mod guardrail;
pub mod iam_role_selector;
pub mod ignore;
#[cfg(feature = "manifests")]
pub mod manifest;
pub mod name;
pub mod object_name;
pub mod pause;
pub mod place;
pub mod policy_document;
pub mod protection;
pub mod reference;
pub mod region;
mod resource;
pub mod resource_tags;
pub mod resync;
pub mod role;
pub mod role_selector;
#[cfg(feature = "serve")]
pub mod serve;
mod similar;
pub mod subconfig;
pub mod telemetry;
pub mod unset;
pub mod zone;

pub use bucket::{Bucket, BucketSpec, BucketStatus};
pub use similar::did_you_mean;
