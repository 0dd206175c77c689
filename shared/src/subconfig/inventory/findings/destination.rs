//! The bucket that takes the lists, and how they are encrypted there. Source: S3 API reference, InventoryS3BucketDestination and
//! SSEKMS; S3 User Guide, "Configuring Amazon S3 Inventory" (the AWS managed key is not supported).

use crate::admission::{Facts, Findings, Neighbour, Path, Reason, check, quote};
use crate::arn::Arn;
use crate::subconfig::inventory::{InventoryBucket, InventoryEncryption};
use crate::subconfig::keyed::findings::{bucket_of_arn, no_bucket_arn};
use crate::{region, role};

pub(super) fn findings<'i>(
    bucket: &'i InventoryBucket,
    at: &Path<'_>,
    facts: &Facts<'_>,
    regions: &mut Regions<'_, 'i>,
    to: &mut Findings,
) {
    if let Some(arn) = bucket.bucket.as_deref() {
        let at = at.member("bucket");
        match bucket_of_arn(arn) {
            None => to.deny("inventory-dest-arn", Reason::Invalid, at, no_bucket_arn(arn, facts.partition)),
            Some(name) => regions.inventory_dest_region(name, &at, to),
        }
    }
    check::one_of(bucket.format.as_deref(), &["CSV", "ORC", "Parquet"], "inventory-format", &at.member("format"), to);
    inventory_account_format(bucket.account_id.as_deref(), &at.member("accountID"), to);
    if let Some(encryption) = &bucket.encryption {
        inventory_kms_arn(encryption, &at.member("encryption"), facts, to);
    }
}

fn inventory_account_format(account: Option<&str>, at: &Path<'_>, to: &mut Findings) {
    if let Some(account) = account.filter(|account| !role::is_account(account)) {
        let message = format!("{} is no account; use its 12 digits, quoted", quote(account));
        to.warn("inventory-account-format", Reason::Invalid, at, message);
    }
}

/// The key that AWS manages for S3 is taken, and no list ever comes.
fn inventory_kms_arn(encryption: &InventoryEncryption, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let Some(kms) = &encryption.sse_kms else { return };
    let at = at.member("sseKMS");
    let at = at.member("keyID");
    let Some(key) = kms.key_id.as_deref().filter(|key| !key.is_empty()) else {
        let message = "encryption with KMS needs a key; give its ARN, or use sseS3";
        return to.deny("inventory-kms-arn", Reason::Required, at, message);
    };
    if !Arn::parse(key).as_ref().is_some_and(is_key) {
        let (partition, region) =
            (facts.partition.unwrap_or("aws"), facts.region.filter(|region| region::is_known(region)).unwrap_or("<region>"));
        let message = format!("{} is not the ARN of a KMS key; use arn:{partition}:kms:{region}:<account>:key/<id>", quote(key));
        to.deny("inventory-kms-arn", Reason::Invalid, at, message);
    } else if key.ends_with(":alias/aws/s3") {
        let message = "inventories cannot use the key that AWS keeps for S3; give a key of your own, or use sseS3";
        to.warn("inventory-kms-arn", Reason::NotSupported, at, message);
    }
}

fn is_key(arn: &Arn<'_>) -> bool {
    let name = arn.resource.strip_prefix("key/").or_else(|| arn.resource.strip_prefix("alias/"));
    let is_name = name.is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':' && b != b'*'));
    arn.service == "kms" && !arn.region.is_empty() && role::is_account(arn.account) && is_name
}

/// Where the destinations lie, as far as the cluster knows. The last one is remembered, as lists mostly go to one bucket.
pub(super) struct Regions<'f, 'i> {
    facts: &'f Facts<'f>,
    last: Option<(&'i str, Neighbour)>,
}

impl<'f, 'i> Regions<'f, 'i> {
    pub(super) fn new(facts: &'f Facts<'f>) -> Self {
        Self { facts, last: None }
    }

    fn of(&mut self, name: &'i str) -> &Neighbour {
        let last = self.last.take().filter(|(last, _)| *last == name);
        &self.last.insert(last.unwrap_or_else(|| (name, self.facts.neighbour(name)))).1
    }

    /// The bucket itself is in its own region. Regions that are none of AWS's are left alone.
    fn inventory_dest_region(&mut self, name: &'i str, at: &Path<'_>, to: &mut Findings) {
        let is_aws = |region: &&str| region::partition(region).is_some();
        let Some(needed) = self.facts.region.filter(is_aws).filter(|_| self.facts.bucket_name() != Some(name)) else { return };
        match self.of(name) {
            Neighbour::Nobody => {}
            Neighbour::Unknown => to.skip_stateful(),
            Neighbour::Bucket(other) => {
                if let Some(is) = other.region.as_deref().filter(is_aws).filter(|is| *is != needed) {
                    let message = format!("bucket {} is in {is}, not in {needed}: no list will come; use one in {needed}", quote(name));
                    to.warn("inventory-dest-region", Reason::Invalid, at, message);
                }
            }
        }
    }
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::inventory::findings::cases::listed;

    pub(super) fn to(members: &Value) -> World {
        listed(World::new(), &json!({ "destination": { "s3BucketDestination": members } }))
    }

    pub(super) fn keyed(key: &Value) -> World {
        to(&json!({ "encryption": { "sseKMS": { "keyID": key } } }))
    }

    pub(super) fn beside(region: &str) -> World {
        to(&json!({})).beside(World::new().named("lists").region(region))
    }

    pub(in crate::subconfig::inventory) fn all() -> Vec<Case> {
        let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
        vec![
            case("inventory-dest-arn", to(&json!({ "bucket": "logs" })), to(&json!({ "bucket": "arn:aws:s3:::logs" }))),
            case("inventory-format", to(&json!({ "format": "csv" })), to(&json!({ "format": "Parquet" }))),
            case("inventory-kms-arn", keyed(&json!(id)), keyed(&json!(format!("arn:aws:kms:eu-west-1:123456789012:key/{id}")))),
            case("inventory-account-format", to(&json!({ "accountID": "prod" })), to(&json!({ "accountID": "123456789012" }))),
            case("inventory-dest-region", beside("us-east-1"), beside("eu-west-1")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cases::{beside, keyed, to};
    use crate::admission::{Holder, Severity};

    #[test]
    fn the_destination_is_the_arn_of_a_bucket() {
        for bad in ["", "s3://lists", "arn:aws:s3:::lists/a", "arn:aws:s3:eu-west-1:123456789012:accesspoint/a", "arn:aws:s3:::"] {
            assert_eq!(to(&json!({ "bucket": bad })).rules(), ["inventory-dest-arn"], "{bad}");
        }
        assert!(to(&json!({ "bucket": "logs" })).verdict().findings[0].message.ends_with("use arn:aws:s3:::logs"));
        assert_eq!(to(&json!({ "format": "" })).rules(), ["inventory-format"]);
    }

    #[test]
    fn a_key_is_named_by_its_arn() {
        for bad in [json!(null), json!(""), json!("alias/mine"), json!("arn:aws:kms:eu-west-1:123456789012:key/")] {
            assert_eq!(keyed(&bad).rules(), ["inventory-kms-arn"], "{bad}");
        }
        for good in ["alias/a/b", "key/mrk-1234abcd12ab34cd56ef1234567890ab"] {
            assert_eq!(keyed(&json!(format!("arn:aws:kms:eu-west-1:444455556666:{good}"))).rules(), [""; 0], "{good}");
        }
        for other in [json!({}), json!({ "sseS3": {} }), json!({ "sseKMS": null })] {
            assert_eq!(to(&json!({ "encryption": other })).rules(), [""; 0], "{other}");
        }
        let managed = keyed(&json!("arn:aws:kms:eu-west-1:123456789012:alias/aws/s3")).verdict();
        assert_eq!((managed.rules(), managed.findings[0].severity), (vec!["inventory-kms-arn"], Severity::Warn));
    }

    #[test]
    fn an_account_that_is_left_out_is_no_mistake_and_an_empty_one_is() {
        assert_eq!(to(&json!({ "accountID": null })).rules(), [""; 0]);
        assert_eq!(to(&json!({ "accountID": "" })).rules(), ["inventory-account-format"]);
        assert_eq!(to(&json!({ "accountID": "١٢٣٤٥٦" })).rules(), ["inventory-account-format"]);
    }

    #[test]
    fn a_destination_that_nobody_knows_is_not_judged() {
        let unknown = beside("us-east-1").holder(Holder::Unknown).verdict();
        assert!(unknown.findings.is_empty() && unknown.skipped_stateful);
        let itself = to(&json!({ "bucket": "arn:aws:s3:::team-a-logs" })).holder(Holder::Unknown).verdict();
        assert!(itself.findings.is_empty());
        assert_eq!(beside("us-east-1").existing().guard().rules(), ["inventory-dest-region"], "in the controller too");
    }
}
