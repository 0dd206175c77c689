//! The admission webhook of Buckets: `/mutate` fills in defaults, `/validate` refuses what S3 would refuse and what the platform
//! forbids. All that is decided about a Bucket is decided in `shared::admission`; this crate speaks AdmissionReview and TLS.
//!
//! A request comes in through [`app`], is read as a review, judged by the rules with what [`caches`] know of the cluster, and
//! answered: no call leaves the process on the way.

pub mod app;
pub mod args;
pub mod baseline;
pub mod caches;
pub mod check;
mod duration;
mod judge;
pub mod metrics;
mod passes;
mod reject;
mod review;
pub mod run;
pub mod selfcheck;
pub mod tls;
mod verdict;

pub use judge::Phase;
pub use reject::BODY_BYTES;
