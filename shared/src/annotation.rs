//! The annotations that mean something to us. Those under `services.k8s.aws/` are the peer's.

/// Bucket: the region; where absent the namespace's `default-region`, then the controller's own.
pub const REGION: &str = "services.k8s.aws/region";
/// Namespace: the region of its Buckets that name none.
pub const DEFAULT_REGION: &str = "services.k8s.aws/default-region";
/// Namespace (and Bucket): the account that owns the buckets, 12 digits.
pub const OWNER_ACCOUNT_ID: &str = "services.k8s.aws/owner-account-id";
/// Namespace: the key in the map of teams to roles.
pub const TEAM_ID: &str = "services.k8s.aws/team-id";
/// Namespace: the S3 endpoint of its Buckets.
pub const ENDPOINT_URL: &str = "services.k8s.aws/endpoint-url";
/// Bucket: `delete` or `retain`.
pub const DELETION_POLICY: &str = "services.k8s.aws/deletion-policy";
/// Namespace: `delete` or `retain` for its Buckets that say nothing.
pub const NAMESPACE_DELETION_POLICY: &str = "s3.services.k8s.aws/deletion-policy";
/// Bucket: `adopt` or `adopt-or-create`.
pub const ADOPTION_POLICY: &str = "services.k8s.aws/adoption-policy";
/// Bucket: a JSON object of strings that names the bucket to adopt.
pub const ADOPTION_FIELDS: &str = "services.k8s.aws/adoption-fields";
/// Bucket: `true` once adopted; the controller's to write.
pub const ADOPTED: &str = "services.k8s.aws/adopted";
/// Bucket: `true` means look, never write.
pub const READ_ONLY: &str = "services.k8s.aws/read-only";
/// Bucket: field paths whose drift is left alone.
pub const IGNORE_FIELD_DRIFT: &str = "services.k8s.aws/ignore-field-drift";
/// Bucket and Namespace: the IAM role to assume. On a Bucket only a role that the namespace allows.
pub const ROLE_ARN: &str = "s3.services.k8s.aws/iam-role-arn";
/// Namespace: roles that its Buckets may name, separated by commas; `*` stands for any run of characters but `/` and `:`.
pub const ALLOWED_ROLE_ARNS: &str = "s3.services.k8s.aws/allowed-iam-role-arns";

/// The prefix of the peer's annotations.
pub const PEER_PREFIX: &str = "services.k8s.aws/";
/// The prefix of our own.
pub const OWN_PREFIX: &str = "s3.services.k8s.aws/";
