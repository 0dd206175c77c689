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
/// Bucket: `reset` or `ignore`, what becomes of the sections that the spec leaves out.
pub const UNSET_FIELDS: &str = "s3.services.k8s.aws/unset-fields";

/// Bucket and Namespace: `true`, or the time (RFC 3339) until which nothing is done.
pub const PAUSED: &str = "s3.services.k8s.aws/paused";
/// Bucket: the hash of the plan, of an adoption or of drift that is only shown, that may be carried out.
pub const APPROVE_PLAN: &str = "s3.services.k8s.aws/approve-plan";
/// Bucket and Namespace: `true` means that the Bucket cannot be deleted.
pub const DELETION_PROTECTION: &str = "s3.services.k8s.aws/deletion-protection";
/// Bucket: `true` lets a Bucket that is being deleted go at once, AWS untouched.
pub const FORCE_DETACH: &str = "s3.services.k8s.aws/force-detach";
/// Bucket: the name of the S3 bucket whose deletion goes on although too many were deleted.
pub const CONFIRM_DELETION: &str = "s3.services.k8s.aws/confirm-deletion";
/// Bucket: the name of the S3 bucket that is emptied before it is deleted.
pub const EMPTY_ON_DELETION: &str = "s3.services.k8s.aws/empty-on-deletion";
/// Bucket: `true` lets a policy through that shuts the controller out.
pub const ALLOW_POLICY_LOCKOUT: &str = "s3.services.k8s.aws/allow-policy-lockout";
/// Bucket and Namespace: what is done about drift, such as `warn` or `policy=warn,tagging=off`.
pub const DRIFT_MODE: &str = "s3.services.k8s.aws/drift-mode";
/// Bucket: the seconds between two checks for drift.
pub const RESYNC_SECONDS: &str = "s3.services.k8s.aws/resync-seconds";
/// Bucket: anything new, such as the time, asks for a check now.
pub const RECONCILE_REQUESTED_AT: &str = "s3.services.k8s.aws/reconcile-requested-at";
/// FieldExport: the key that was written for it, as `configmap/<namespace>/<name>/<key>` or `secret/...`; the controller's to write.
pub const EXPORTED_TO: &str = "s3.services.k8s.aws/exported-to";

/// The prefix of the peer's annotations.
pub const PEER_PREFIX: &str = "services.k8s.aws/";
/// The prefix of our own.
pub const OWN_PREFIX: &str = "s3.services.k8s.aws/";

/// Every annotation that somebody may have a reason to write: those above.
pub const KNOWN: &[&str] = &[
    REGION,
    DEFAULT_REGION,
    OWNER_ACCOUNT_ID,
    TEAM_ID,
    ENDPOINT_URL,
    DELETION_POLICY,
    NAMESPACE_DELETION_POLICY,
    ADOPTION_POLICY,
    ADOPTION_FIELDS,
    ADOPTED,
    READ_ONLY,
    IGNORE_FIELD_DRIFT,
    ROLE_ARN,
    ALLOWED_ROLE_ARNS,
    UNSET_FIELDS,
    PAUSED,
    APPROVE_PLAN,
    DELETION_PROTECTION,
    FORCE_DETACH,
    CONFIRM_DELETION,
    EMPTY_ON_DELETION,
    ALLOW_POLICY_LOCKOUT,
    DRIFT_MODE,
    RESYNC_SECONDS,
    RECONCILE_REQUESTED_AT,
];

/// Whether the annotation is one of the peer's or ours, known or not.
#[must_use]
pub fn is_ours(key: &str) -> bool {
    key.starts_with(PEER_PREFIX) || key.starts_with(OWN_PREFIX)
}

/// Whether the value of a yes-or-no annotation says yes, in whatever case, as in the peer.
#[must_use]
pub fn is_true(value: Option<&str>) -> bool {
    value.is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_keys_are_ours_and_stand_there_once() {
        for (index, key) in KNOWN.iter().enumerate() {
            assert!(is_ours(key), "{key}");
            assert!(!KNOWN[..index].contains(key), "{key}");
        }
        assert!(!is_ours("kubectl.kubernetes.io/last-applied-configuration"));
    }

    #[test]
    fn only_true_is_true() {
        assert!(is_true(Some("true")) && is_true(Some("TRUE")));
        assert!(!is_true(Some("yes")) && !is_true(Some("")) && !is_true(None));
    }
}
