//! The rules that CEL can say, for a `ValidatingAdmissionPolicy`: they hold while no webhook runs, and in clusters that want none.
//!
//! Each expression says what has to be true, is total (it never fails, whatever is left out), and is never stricter than the rule of
//! its id; rules that only warn have none. Source: Kubernetes, "Validating Admission Policy" and "Common Expression Language in Kubernetes".

use super::verdict::is_about_creation;
use super::{On, find};

/// One rule as an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The rule.
    pub id: &'static str,
    /// What is true of a good Bucket, said of `object` and the [`VARIABLES`].
    pub expression: &'static str,
    /// What is wrong otherwise, and what to do.
    pub message: &'static str,
}

/// Variables of the expressions, by name, in the order of their use. Each speaks of `object`, none of another variable, and
/// none is an optional: what is selected from a variable that holds one is always absent.
pub const VARIABLES: &[(&str, &str)] = &[
    ("annotations", "object.metadata.?annotations.orValue({})"),
    ("name", "object.?spec.?name.orValue('')"),
    ("general", "object.?spec.hasValue() && !object.?spec.?name.orValue('').endsWith('--x-s3')"),
    ("tags", "object.?spec.?tagging.?tagSet.orValue([])"),
    ("lifecycle", "object.?spec.?lifecycle.?rules.orValue([])"),
    ("cors", "object.?spec.?cors.?corsRules.orValue([])"),
    ("replication", "object.?spec.?replication.?rules.orValue([])"),
    ("encryption", "object.?spec.?encryption.?rules.orValue([])"),
    ("tiering", "object.?spec.?intelligentTiering.orValue([])"),
    ("inventory", "object.?spec.?inventory.orValue([])"),
];

/// The Bucket only looks on: its spec is not judged.
const LOOKS_ON: &str = "variables.annotations[?'services.k8s.aws/read-only'].orValue('').lowerAscii() == 'true'";
/// The bucket was made before, maybe under older rules.
const ADOPTS: &str = "'services.k8s.aws/adoption-policy' in variables.annotations";

const fn row(id: &'static str, expression: &'static str, message: &'static str) -> Baseline {
    Baseline { id, expression, message }
}

/// All of them.
pub const BASELINE: &[Baseline] = &[
    row(
        "adoption-policy-enum",
        "variables.annotations[?'services.k8s.aws/adoption-policy'].orValue('adopt') in ['adopt', 'adopt-or-create']",
        "annotation services.k8s.aws/adoption-policy takes adopt or adopt-or-create",
    ),
    row(
        "deletion-policy-enum",
        "variables.annotations[?'services.k8s.aws/deletion-policy'].orValue('retain') in ['delete', 'retain']",
        "annotation services.k8s.aws/deletion-policy takes delete or retain, in lower case",
    ),
    row(
        "read-only-bool",
        "variables.annotations[?'services.k8s.aws/read-only'].orValue('false').lowerAscii() in ['true', 'false']",
        "annotation services.k8s.aws/read-only takes true or false",
    ),
    row(
        "owner-account-id-format",
        "variables.annotations[?'services.k8s.aws/owner-account-id'].orValue('000000000000').matches('^[0-9]{12}$')",
        "annotation services.k8s.aws/owner-account-id takes the 12 digits of an account",
    ),
    row(
        "name-length",
        "!variables.general || (size(variables.name) >= 3 && size(variables.name) <= 63)",
        "spec.name takes 3 to 63 characters",
    ),
    row("name-charset", "!variables.general || variables.name.matches('^[a-z0-9.-]*$')", "spec.name takes only a-z, 0-9, . and -"),
    row(
        "name-first-last",
        "!variables.general || !variables.name.matches('^[.-]|[.-]$')",
        "spec.name begins and ends with a letter or a digit",
    ),
    row("name-adjacent-periods", "!variables.general || !variables.name.contains('..')", "spec.name takes no two periods in a row"),
    row(
        "name-ip-address",
        "!variables.general || !variables.name.matches('^[0-9]{1,3}([.][0-9]{1,3}){3}$')",
        "spec.name must not look like an IP address",
    ),
    row("name-prefix-xn", "!variables.name.startsWith('xn--')", "S3 keeps names that begin with xn-- for itself"),
    row("name-prefix-sthree", "!variables.name.startsWith('sthree-')", "S3 keeps names that begin with sthree- for itself"),
    row(
        "name-prefix-amzn-s3-demo",
        "!variables.name.startsWith('amzn-s3-demo-')",
        "S3 keeps names that begin with amzn-s3-demo- for itself",
    ),
    row("name-suffix-s3alias", "!variables.name.endsWith('-s3alias')", "S3 keeps names that end with -s3alias for itself"),
    row("name-suffix-ol-s3", "!variables.name.endsWith('--ol-s3')", "S3 keeps names that end with --ol-s3 for itself"),
    row("name-suffix-mrap", "!variables.name.endsWith('.mrap')", "S3 keeps names that end with .mrap for itself"),
    row("name-suffix-table-s3", "!variables.name.endsWith('--table-s3')", "S3 keeps names that end with --table-s3 for itself"),
    row(
        "namespace-enum",
        "object.?spec.?namespace.orValue('global') in ['global', 'account-regional']",
        "spec.namespace takes global or account-regional",
    ),
    row("tags-count", "size(variables.tags) <= 50", "S3 takes 50 tags, those of the controller among them"),
    row("tag-key-required", "variables.tags.all(tag, tag.?key.orValue('') != '')", "every tag in spec.tagging.tagSet needs a key"),
    row(
        "tag-value-required",
        "variables.tags.all(tag, tag.?key.orValue('') == '' || has(tag.value))",
        "every tag in spec.tagging.tagSet needs a value",
    ),
    row("tag-key-length", "variables.tags.all(tag, size(tag.?key.orValue('')) <= 128)", "a tag's key has at most 128 characters"),
    row("tag-value-length", "variables.tags.all(tag, size(tag.?value.orValue('')) <= 256)", "a tag's value has at most 256 characters"),
    row(
        "tag-key-aws-prefix",
        "variables.tags.all(tag, !tag.?key.orValue('').lowerAscii().startsWith('aws:'))",
        "tag keys that begin with aws: are kept for AWS",
    ),
    row(
        "tag-key-duplicate",
        "size(variables.tags) > 100 || variables.tags.all(tag, tag.?key.orValue('') == '' || variables.tags.exists_one(other, other.?key == tag.?key))",
        "a key stands twice in spec.tagging.tagSet",
    ),
    row("lifecycle-rule-count", "size(variables.lifecycle) <= 1000", "S3 takes 1000 lifecycle rules"),
    row(
        "lifecycle-status-enum",
        "variables.lifecycle.all(rule, rule.?status.orValue('') in ['Enabled', 'Disabled'])",
        "every lifecycle rule needs status Enabled or Disabled",
    ),
    row(
        "lifecycle-id-length",
        "variables.lifecycle.all(rule, size(rule.?id.orValue('')) <= 255)",
        "the id of a lifecycle rule has at most 255 characters",
    ),
    row(
        "lifecycle-expiration-days-min",
        "variables.lifecycle.all(rule, rule.?expiration.?days.orValue(1) >= 1)",
        "expiration.days of a lifecycle rule is 1 or more",
    ),
    row("cors-rule-count", "size(variables.cors) <= 100", "S3 takes 100 CORS rules"),
    row(
        "cors-method-enum",
        "variables.cors.all(rule, rule.?allowedMethods.orValue([]).all(method, method in ['GET', 'PUT', 'HEAD', 'POST', 'DELETE']))",
        "allowedMethods takes GET, PUT, HEAD, POST and DELETE",
    ),
    row(
        "cors-methods-required",
        "variables.cors.all(rule, size(rule.?allowedMethods.orValue([])) > 0)",
        "every CORS rule needs allowedMethods",
    ),
    row(
        "cors-origins-required",
        "variables.cors.all(rule, size(rule.?allowedOrigins.orValue([])) > 0)",
        "every CORS rule needs allowedOrigins",
    ),
    row("website-routing-rule-count", "size(object.?spec.?website.?routingRules.orValue([])) <= 50", "S3 takes 50 routing rules"),
    row(
        "replication-rule-count",
        "size(variables.replication) <= 1000 && (size(variables.replication) >= 1 || !object.?spec.?replication.?rules.hasValue())",
        "S3 takes 1 to 1000 replication rules; remove spec.replication to have none",
    ),
    row(
        "replication-status-enum",
        "variables.replication.all(rule, rule.?status.orValue('Enabled') in ['Enabled', 'Disabled'])",
        "the status of a replication rule is Enabled or Disabled",
    ),
    row(
        "versioning-status-enum",
        "object.?spec.?versioning.?status.orValue('') in ['', 'Enabled', 'Suspended']",
        "spec.versioning.status takes Enabled or Suspended",
    ),
    row(
        "objectlock-mode-enum",
        "object.?spec.?objectLockConfiguration.?rule.?defaultRetention.?mode.orValue('') in ['', 'GOVERNANCE', 'COMPLIANCE']",
        "the mode of a default retention is GOVERNANCE or COMPLIANCE",
    ),
    row(
        "objectlock-days-xor-years",
        "!(object.?spec.?objectLockConfiguration.?rule.?defaultRetention.?days.hasValue() && object.?spec.?objectLockConfiguration.?rule.?defaultRetention.?years.hasValue())",
        "a default retention has days or years, not both",
    ),
    row(
        "encryption-algorithm-enum",
        "variables.encryption.all(rule, rule.?applyServerSideEncryptionByDefault.?sseAlgorithm.orValue('') in ['', 'AES256', 'aws:kms', 'aws:kms:dsse'])",
        "sseAlgorithm takes AES256, aws:kms or aws:kms:dsse",
    ),
    row(
        "ownership-enum",
        "object.?spec.?ownershipControls.?rules.orValue([]).all(rule, rule.?objectOwnership.orValue('') in ['', 'BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'])",
        "objectOwnership takes BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter",
    ),
    row(
        "inventory-frequency",
        "variables.inventory.all(entry, entry.?schedule.?frequency.orValue('Daily') in ['Daily', 'Weekly'])",
        "the frequency of an inventory is Daily or Weekly",
    ),
    row(
        "inventory-versions",
        "variables.inventory.all(entry, entry.?includedObjectVersions.orValue('All') in ['All', 'Current'])",
        "includedObjectVersions of an inventory is All or Current",
    ),
    row(
        "tiering-tier-enum",
        "variables.tiering.all(entry, entry.?tierings.orValue([]).all(tier, tier.?accessTier.orValue('ARCHIVE_ACCESS') in ['ARCHIVE_ACCESS', 'DEEP_ARCHIVE_ACCESS']))",
        "accessTier takes ARCHIVE_ACCESS or DEEP_ARCHIVE_ACCESS",
    ),
    row(
        "accelerate-status-enum",
        "object.?spec.?accelerate.?status.orValue('') in ['', 'Enabled', 'Suspended']",
        "spec.accelerate.status takes Enabled or Suspended",
    ),
    row(
        "payer-payer-enum",
        "object.?spec.?requestPayment.?payer.orValue('BucketOwner') in ['Requester', 'BucketOwner']",
        "spec.requestPayment.payer takes Requester or BucketOwner",
    ),
    row(
        "abac-status-enum",
        "object.?spec.?abac.?status.orValue('') in ['', 'Enabled', 'Disabled']",
        "spec.abac.status takes Enabled or Disabled",
    ),
];

impl Baseline {
    /// The expression as a validation. Rules about new buckets are asked of those only; another one leaves alone what it finds wrong
    /// in the stored object as well, as nobody could edit an old object otherwise.
    #[must_use]
    pub fn validation(&self) -> String {
        let mut excuses = Vec::new();
        if !self.expression.starts_with("variables.annotations") {
            excuses.push(LOOKS_ON.to_owned());
        }
        let rule = find(self.id);
        if rule.is_some_and(is_about_creation) {
            excuses.push(ADOPTS.to_owned());
        }
        let expression = self.expression;
        if rule.is_some_and(|rule| rule.on == On::Create) {
            excuses.insert(0, "request.operation != 'CREATE'".to_owned());
            excuses.push(format!("({expression})"));
        } else {
            excuses.push(format!("({expression})"));
            excuses.push(format!("(request.operation == 'UPDATE' && !({}))", of_the_stored(expression)));
        }
        excuses.join(" || ")
    }
}

/// All variables: those of the new object, then those of the stored one.
pub fn variables() -> impl Iterator<Item = (String, String)> {
    let new = VARIABLES.iter().map(|(name, expression)| ((*name).to_owned(), (*expression).to_owned()));
    new.chain(VARIABLES.iter().map(|(name, expression)| (format!("old_{name}"), of_the_stored(expression))))
}

fn of_the_stored(expression: &str) -> String {
    expression.replace("variables.", "variables.old_").replace("object.", "oldObject.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expression_is_of_a_rule_and_each_once() {
        let mut ids: Vec<&str> = BASELINE.iter().map(|row| row.id).collect();
        assert!(ids.iter().all(|id| find(id).is_some()), "{ids:?}");
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn rules_about_new_buckets_leave_old_ones_alone() {
        let name = BASELINE.iter().find(|row| row.id == "name-charset").unwrap();
        assert!(name.validation().starts_with("request.operation != 'CREATE' || "), "{}", name.validation());
        assert!(name.validation().contains(ADOPTS) && name.validation().contains(LOOKS_ON));
    }

    #[test]
    fn what_is_stored_already_is_left_alone() {
        let tags = BASELINE.iter().find(|row| row.id == "tags-count").unwrap().validation();
        assert!(tags.ends_with("(request.operation == 'UPDATE' && !(size(variables.old_tags) <= 50))"), "{tags}");
        assert_eq!(variables().last().unwrap(), ("old_inventory".to_owned(), "oldObject.?spec.?inventory.orValue([])".to_owned()));
    }
}
