//! `cooper.dev/v1alpha1 BucketGuardrail` and `BucketGuardrailException`: what a platform team demands of Buckets, and who is let off.

mod custom;
mod defaults;
mod enforcement;
mod exception;
mod guardrail;
mod matching;
mod selector;
mod status;

pub use custom::{ConfigMapRef, Expression, ParamsSource, Validation, ValidationReason};
pub use defaults::{AllBlocked, DefaultEncryption, DefaultTag, Defaults, DeletionOutcome, VersioningOn};
pub use enforcement::{Action, Enforcement, OnError, OnUpdate};
pub use exception::{BucketGuardrailException, BucketGuardrailExceptionSpec, BucketGuardrailExceptionStatus, ExemptBucket, ExemptFrom};
pub use guardrail::{BucketGuardrail, BucketGuardrailSpec};
pub use matching::{BucketType, ExcludedUser, Match, MatchOperation, ServiceAccount};
pub use status::{BucketGuardrailStatus, ResultSource, Sample, Violations};

/// The API group of both kinds.
pub const GROUP: &str = "cooper.dev";
/// The one version of the API group, served and stored.
pub const VERSION: &str = "v1alpha1";
