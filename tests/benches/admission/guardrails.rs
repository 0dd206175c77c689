//! Twenty guardrails that are all about the measured Buckets: more than a platform team has for one namespace, and the worst case, as
//! none is left out by its `match`.

use std::sync::Arc;

use shared::guardrail::types::BucketGuardrail;
use shared::guardrail::{Guardrail, Guardrails};

use crate::Fault;

/// How often each of [`KINDS`] is there, each time with another account and another contact.
const EACH: usize = 4;

/// What platform teams ask for. `NUMBER` stands for a digit.
const KINDS: [(&str, &str); 5] = [
    (
        "baseline",
        r#"
match: {namespaces: ["def*", "prod-*"], excludeNamespaces: [sandbox], bucketTypes: [GeneralPurpose], operations: [CREATE, UPDATE]}
enforcement: {message: "Ask #platform-NUMBER"}
rules:
  regions: {allowed: [eu-central-1, eu-west-NUMBER]}
  accounts: {allowed: ["11112222333NUMBER", "111122223333"]}
  naming: {pattern: "acme-[a-z0-9-]+", maxLength: 50}
  publicAccess: {blockAll: Required, acls: Forbidden, publicPolicy: Forbidden, publicRead: Forbidden, publicWrite: Forbidden}
  tls: {requireDenyInsecure: true}
  website: Forbidden
  deletionPolicy: {required: retain}
"#,
    ),
    (
        "cost",
        r#"
match: {namespaceSelector: {matchLabels: {tier: prod}}, objectSelector: {}}
rules:
  tags:
    required:
    - {key: team, fromNamespaceLabel: team}
    - {key: stage, values: [production, test, "testNUMBER"]}
    forbidden: [{keyPrefix: "temp-"}, {key: "oldNUMBER"}]
  lifecycle: {expiration: {maxDays: 3650}, noncurrentExpiration: {maxDays: 365}, forbiddenStorageClasses: [ONEZONE_IA, REDUCED_REDUNDANCY]}
  accelerate: Forbidden
  requestPayment: Forbidden
"#,
    ),
    (
        "data",
        r#"
match: {namespaceSelector: {matchExpressions: [{key: tier, operator: In, values: [prod, "prodNUMBER"]}]}}
rules:
  encryption: {algorithms: ["aws:kms", "aws:kms:dsse"], kmsKeys: {allowed: ["arn:aws:kms:eu-*:11112222333NUMBER:key/*"], allowAwsManaged: true}, bucketKey: Required}
  versioning: {state: Enabled}
  objectLock: {state: Optional, modes: [GOVERNANCE], maxRetentionDays: 365}
  replication: {allowedDestinationAccounts: ["11112222333NUMBER"], allowedDestinationBuckets: ["acme-dr-*"]}
  logging: {targets: ["acme-logs-${region}", "acme-logsNUMBER"]}
"#,
    ),
    (
        "access",
        r#"
match: {excludeUsers: [{serviceAccount: {namespace: backup, name: "veleroNUMBER"}}, {name: admin}]}
enforcement: {action: Warn}
rules:
  crossAccount:
    allowedPrincipalAccounts: ["44445555666NUMBER"]
    forbiddenActions: ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl", "s3:PutEncryptionConfiguration"]
  notifications: {allowedAccounts: ["11112222333NUMBER"], services: [sqs, sns, eventbridge]}
  cors: {wildcardOrigin: Forbidden}
  iamRoles: {allowed: ["arn:aws:iam::11112222333NUMBER:role/s3-${namespace}-*"]}
  naming: {pattern: "[a-z]+-${namespace}-[a-z-]+(NUMBER)?"}
"#,
    ),
    (
        "standard",
        r#"
match: {namespaces: [default, "teamNUMBER"]}
enforcement: {onUpdate: Always}
rules:
  publicAccess: {blockAll: Required, acls: Forbidden}
  tls: {requireDenyInsecure: true}
  tags: {required: [{key: team, pattern: "[a-z]{2,NUMBER9}"}]}
  encryption: {algorithms: ["aws:kms"]}
  versioning: {state: Enabled}
  crossAccount: {forbiddenActions: ["s3:PutBucketPolicy"]}
"#,
    ),
];

/// All of them.
///
/// # Errors
/// The text above is no guardrail; a bug.
pub(crate) fn twenty() -> Result<Guardrails, Fault> {
    let mut all = Vec::new();
    for number in 1..=EACH {
        for (kind, spec) in KINDS {
            let spec = serde_saphyr::from_str(&spec.replace("NUMBER", &number.to_string()))?;
            all.push(Arc::new(Guardrail::compile(&BucketGuardrail::new(&format!("{kind}-{number}"), spec))?));
        }
    }
    Ok(Guardrails::new(all, []))
}
