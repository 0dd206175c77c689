//! The list of all rules: which there are, and when they speak.

/// What a rule is about: the requests that it looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// New objects. In the controller: buckets that do not exist yet.
    Create,
    /// Changed objects.
    Update,
    /// New and changed objects.
    Write,
    /// Deleted objects.
    Delete,
    /// Writes of the status.
    Status,
}

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in answers, logs and metrics; it never changes.
    pub id: &'static str,
    /// The letter of its area in the catalogue; `-` for rules that are not in it, as they are about this controller, not about S3.
    pub area: char,
    /// The requests that it looks at.
    pub on: On,
    /// Whether it is silent until the operator turns it on.
    pub off_by_default: bool,
}

/// The rules of the catalogue that are implemented.
pub const RULES: &[Rule] = &[
    // Object, annotations, account and role.
    rule("spec-required", 'A', On::Create),
    rule("adoption-policy-enum", 'A', On::Write),
    rule("adoption-fields-required", 'A', On::Write),
    rule("adoption-fields-json", 'A', On::Write),
    rule("adoption-name-mismatch", 'A', On::Write),
    rule("adopted-user-set", 'A', On::Create),
    rule("deletion-policy-enum", 'A', On::Write),
    rule("read-only-bool", 'A', On::Write),
    rule("endpoint-url-syntax", 'A', On::Write),
    rule("endpoint-url-plaintext", 'A', On::Write),
    rule("ack-annotation-unknown", 'A', On::Write),
    rule("owner-account-id-format", 'A', On::Write),
    rule("owner-account-immutable", 'A', On::Update),
    rule("team-id-empty", 'A', On::Write),
    rule("team-and-account-conflict", 'A', On::Write),
    rule("role-arn-format", 'A', On::Write),
    rule("role-arn-not-role", 'A', On::Write),
    rule("role-account-mismatch", 'A', On::Write),
    rule("role-partition-mismatch", 'A', On::Write),
    rule("role-not-permitted", 'A', On::Write),
    rule("bucket-claimed-twice", 'A', On::Write),
    rule("delete-nonempty-hint", 'A', On::Delete),
    rule("int32-range", 'A', On::Write),
    // General purpose bucket name.
    rule("name-length", 'B', On::Create),
    rule("name-charset", 'B', On::Create),
    rule("name-first-last", 'B', On::Create),
    rule("name-adjacent-periods", 'B', On::Create),
    rule("name-period-hyphen", 'B', On::Create),
    rule("name-ip-address", 'B', On::Create),
    rule("name-prefix-xn", 'B', On::Create),
    rule("name-prefix-sthree", 'B', On::Create),
    rule("name-prefix-amzn-s3-demo", 'B', On::Create),
    rule("name-suffix-s3alias", 'B', On::Create),
    rule("name-suffix-ol-s3", 'B', On::Create),
    rule("name-suffix-mrap", 'B', On::Create),
    rule("name-suffix-table-s3", 'B', On::Create),
    rule("name-suffix-xa-s3", 'B', On::Create),
    rule("name-dots-tls", 'B', On::Create),
    rule("name-is-arn-or-url", 'B', On::Create),
    rule("name-placeholder", 'B', On::Create),
    // Account-regional namespace.
    rule("namespace-enum", 'C', On::Create),
    rule("namespace-suffix-required", 'C', On::Create),
    rule("namespace-header-required", 'C', On::Create),
    rule("namespace-account-mismatch", 'C', On::Create),
    rule("namespace-region-mismatch", 'C', On::Create),
    rule("namespace-prefix-empty", 'C', On::Create),
    rule("namespace-region-unavailable", 'C', On::Create),
    rule("namespace-immutable", 'C', On::Update),
    rule("namespace-directory", 'C', On::Create),
    // Directory buckets.
    rule("directory-name-format", 'D', On::Create),
    rule("directory-name-charset", 'D', On::Create),
    rule("directory-name-length", 'D', On::Create),
    rule("directory-zone-id-format", 'D', On::Create),
    rule("directory-location-required", 'D', On::Create),
    rule("directory-location-mismatch", 'D', On::Create),
    rule("directory-redundancy-pair", 'D', On::Create),
    rule("directory-bucket-type", 'D', On::Create),
    rule("directory-location-type", 'D', On::Create),
    rule("directory-locationconstraint", 'D', On::Create),
    rule("gp-location-set", 'D', On::Create),
    rule("directory-zone-region", 'D', On::Create),
    rule("directory-unsupported-field", 'D', On::Write),
    rule("directory-unsupported-create-field", 'D', On::Write),
    rule("directory-inventory-fields", 'D', On::Write),
    rule("directory-metrics-tags", 'D', On::Write),
    rule("directory-sse-algorithm", 'D', On::Write),
    rule("directory-kms-key-required", 'D', On::Write),
    rule("directory-kms-alias", 'D', On::Write),
    rule("directory-kms-key-change", 'D', On::Update),
    rule("directory-bucket-key-off", 'D', On::Write),
    rule("directory-lifecycle-action", 'D', On::Write),
    rule("directory-lifecycle-tag-filter", 'D', On::Write),
    rule("directory-policy-action", 'D', On::Write),
    rule("directory-policy-resource", 'D', On::Write),
    // Region and location.
    rule("region-required", 'E', On::Create),
    rule("region-syntax", 'E', On::Write),
    rule("region-unknown", 'E', On::Write),
    rule("region-invalid", 'E', On::Write),
    rule("region-pseudo", 'E', On::Write),
    rule("region-immutable", 'E', On::Update),
    off("region-optin-hint", 'E', On::Create),
    rule("location-enum", 'E', On::Create),
    rule("location-us-east-1", 'E', On::Create),
    rule("location-region-mismatch", 'E', On::Create),
    rule("location-cross-from-us-east-1", 'E', On::Create),
    rule("location-eu-alias", 'E', On::Create),
    rule("location-immutable", 'E', On::Update),
    rule("partition-mixed", 'E', On::Write),
    // Tags.
    rule("tags-count", 'F', On::Write),
    rule("tag-key-required", 'F', On::Write),
    rule("tag-value-required", 'F', On::Write),
    rule("tag-key-length", 'F', On::Write),
    rule("tag-value-length", 'F', On::Write),
    rule("tag-key-chars", 'F', On::Write),
    rule("tag-value-chars", 'F', On::Write),
    rule("tag-key-aws-prefix", 'F', On::Write),
    rule("tag-key-duplicate", 'F', On::Write),
    rule("tag-key-case-twin", 'F', On::Write),
    rule("tag-key-padding", 'F', On::Write),
    rule("tag-controller-prefix", 'F', On::Write),
    rule("tag-abac-write-path", 'F', On::Write),
    // Immutability and update safety.
    rule("name-immutable", 'S', On::Update),
    rule("status-writer", 'S', On::Status),
    rule("finalizer-removed", 'S', On::Update),
    rule("mass-spec-wipe", 'S', On::Update),
];

/// The rules that are not in the catalogue: about annotations that only this controller has.
pub const OWN_RULES: &[Rule] = &[
    rule("deletion-protected", '-', On::Delete),
    rule("deletion-protection-bool", '-', On::Write),
    rule("force-detach-bool", '-', On::Write),
    rule("confirm-deletion-name", '-', On::Write),
    rule("empty-on-deletion-name", '-', On::Write),
    rule("ignore-field-drift-path", '-', On::Write),
    rule("paused-value", '-', On::Write),
    rule("unset-fields-enum", '-', On::Write),
];

/// The rule of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().chain(OWN_RULES).find(|rule| rule.id == id)
}

const fn rule(id: &'static str, area: char, on: On) -> Rule {
    Rule { id, area, on, off_by_default: false }
}

const fn off(id: &'static str, area: char, on: On) -> Rule {
    Rule { id, area, on, off_by_default: true }
}
