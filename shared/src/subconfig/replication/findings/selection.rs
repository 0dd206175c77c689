//! Objects that are copied only on request, and the key that copies of KMS-encrypted objects need. Source: S3 API reference,
//! SourceSelectionCriteria and EncryptionConfiguration; KMS Developer Guide, "Key identifiers (KeyId)".

use super::given;
use super::rule::status;
use crate::admission::{Findings, Path, Reason};
use crate::subconfig::replication::{ReplicationRule, SourceSelectionCriteria};

pub(super) fn findings(rule: &ReplicationRule, at: &Path<'_>, to: &mut Findings) {
    let at_criteria = at.member("sourceSelectionCriteria");
    let key = key(rule).is_some();
    let none = SourceSelectionCriteria::default();
    let criteria = rule.source_selection_criteria.as_ref().unwrap_or(&none);
    let wish = wish(criteria);
    if let Some(modifications) = &criteria.replica_modifications {
        status(given(modifications.status.as_ref()), false, &at_criteria.member("replicaModifications"), to);
    }
    status(wish, false, &at_criteria.member("sseKMSEncryptedObjects"), to);
    match wish {
        None if key => replication_enc_needs_ssc(&at_criteria, to),
        None if rule.source_selection_criteria.is_some() => replication_ssc_empty(criteria, &at_criteria, to),
        Some("Enabled") if !key => replication_ssc_needs_enc(&at.member("destination"), to),
        None | Some(_) => {}
    }
}

/// The key that copies are encrypted with.
fn key(rule: &ReplicationRule) -> Option<&str> {
    let encryption = rule.destination.as_ref()?.encryption_configuration.as_ref()?;
    given(encryption.replica_kms_key_id.as_ref())
}

/// What is said of KMS-encrypted objects.
fn wish(criteria: &SourceSelectionCriteria) -> Option<&str> {
    given(criteria.sse_kms_encrypted_objects.as_ref()?.status.as_ref())
}

fn replication_ssc_empty(criteria: &SourceSelectionCriteria, at: &Path<'_>, to: &mut Findings) {
    if criteria.replica_modifications.as_ref().is_none_or(|of| given(of.status.as_ref()).is_none()) {
        let message = "it is empty, which S3 refuses; remove it, or give sseKMSEncryptedObjects or replicaModifications a status";
        to.deny("replication-ssc-empty", Reason::Required, at, message);
    }
}

fn replication_enc_needs_ssc(at: &Path<'_>, to: &mut Findings) {
    let message = "the destination has a KMS key and S3 asks what it is for; set sseKMSEncryptedObjects.status to Enabled";
    to.deny("replication-enc-needs-ssc", Reason::Required, at.member("sseKMSEncryptedObjects"), message);
}

fn replication_ssc_needs_enc(at: &Path<'_>, to: &mut Findings) {
    let encryption = at.member("encryptionConfiguration");
    let message = "sseKMSEncryptedObjects is Enabled; give the ARN of the KMS key that copies are encrypted with";
    to.deny("replication-ssc-needs-enc", Reason::Required, encryption.member("replicaKMSKeyID"), message);
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::replication::findings::cases::{rules, to};

    pub(super) const KEY: &str = "arn:aws:kms:us-west-2:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    /// A rule with these criteria, and a key or none.
    pub(super) fn criteria(criteria: &Value, key: Option<&str>) -> World {
        let mut rule = to(&json!({"encryptionConfiguration": {"replicaKMSKeyID": key}}));
        rule["sourceSelectionCriteria"] = criteria.clone();
        rules(&[rule])
    }

    pub(in crate::subconfig::replication::findings) fn all() -> Vec<Case> {
        let wish = json!({"sseKMSEncryptedObjects": {"status": "Enabled"}});
        let good = || criteria(&wish, Some(KEY));
        vec![
            case("replication-ssc-empty", criteria(&json!({}), None), criteria(&Value::Null, None)),
            case("replication-enc-needs-ssc", criteria(&Value::Null, Some(KEY)), good()),
            case("replication-ssc-needs-enc", criteria(&wish, None), good()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cases::{KEY, criteria};

    #[test]
    fn other_shapes_of_the_same_mistakes() {
        let modifications = json!({"replicaModifications": {"status": "Enabled"}});
        let empty = json!({"replicaModifications": {}, "sseKMSEncryptedObjects": {"status": ""}});
        assert_eq!(criteria(&empty, None).rules(), ["replication-ssc-empty"]);
        for without_wish in [json!({}), empty, modifications.clone()] {
            assert_eq!(criteria(&without_wish, Some(KEY)).rules(), ["replication-enc-needs-ssc"], "{without_wish}");
        }
        assert_eq!(criteria(&json!({"sseKMSEncryptedObjects": {"status": "Enabled"}}), Some("")).rules(), ["replication-ssc-needs-enc"]);
        assert_eq!(criteria(&modifications, None).rules(), [""; 0]);
    }

    #[test]
    fn what_is_off_needs_no_key_and_may_have_one() {
        let off = json!({"sseKMSEncryptedObjects": {"status": "Disabled"}});
        assert_eq!(criteria(&off, None).rules(), [""; 0]);
        assert_eq!(criteria(&off, Some(KEY)).rules(), [""; 0]);
    }
}
