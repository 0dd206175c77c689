//! What admission says of replication. Source: S3 API reference, PutBucketReplication, ReplicationRule and Destination; S3 User Guide,
//! "Replication configuration file elements" and "Replication configuration: backward compatibility".

mod beside;
mod destination;
mod filter;
mod form;
mod role;
mod rule;
mod selection;
mod size;
mod time;

use super::{Replication, ReplicationRule};
use crate::admission::{Facts, Findings, Path, Reason};

/// The most rules that S3 takes; of a list that is longer, only so many are looked at one by one.
const MOST: usize = 1000;
/// What switches are set to.
const STATUS: &[&str] = &["Enabled", "Disabled"];

/// A directory bucket has no replication, and a rule of its own says so. `{}` asks for nothing, as in the peer.
pub(super) fn findings(replication: &Replication, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let directory = facts.is_directory();
    if directory || *replication == Replication::default() {
        return;
    }
    let rules = replication.rules.as_deref().unwrap_or_default();
    let list = at.member("rules");
    replication_rule_count(rules, &list, to);
    role::findings(replication, at, facts, to);
    if rules.is_empty() {
        return;
    }
    size::findings(replication, at, to);
    let rules = &rules[..rules.len().min(MOST)];
    beside::findings(rules, &list, facts, to);
    form::findings(rules, &list, facts, to);
    rule::ids(rules, &list, to);
    for (index, rule) in rules.iter().enumerate() {
        rule::findings(rule, &list.index(index), facts, to);
    }
}

fn replication_rule_count(rules: &[ReplicationRule], at: &Path<'_>, to: &mut Findings) {
    const RULE: &str = "replication-rule-count";
    let count = rules.len();
    if count == 0 {
        to.deny(RULE, Reason::Required, at, "there is no rule; add one, or remove spec.replication");
    } else if count > MOST {
        to.deny(RULE, Reason::Invalid, at, format!("{count} rules, S3 takes {MOST}; remove {}", count - MOST));
    }
}

/// What the text says; an empty one says nothing and is not sent.
fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

fn is_on(status: Option<&String>) -> bool {
    given(status) == Some("Enabled")
}

/// Whether the number can be sent at all; another rule speaks where it cannot.
fn fits(number: i64) -> bool {
    i32::try_from(number).is_ok()
}

/// Whether the bucket is in a region of another S3 store, where ARNs look different.
fn is_elsewhere(facts: &Facts<'_>) -> bool {
    facts.region.is_some() && facts.partition.is_none()
}

#[cfg(test)]
pub(crate) mod cases {
    use serde_json::{Value, json};

    use super::{beside, destination, filter, form, role, rule, selection, size, time};
    use crate::admission::testing::{Case, World, case};

    pub(super) const ROLE: &str = "arn:aws:iam::123456789012:role/copies";

    /// The object, with other members; null takes one away.
    fn with(mut object: Value, members: &Value) -> Value {
        for (name, value) in members.as_object().unwrap() {
            object[name] = value.clone();
        }
        object
    }

    /// A good rule, with other members.
    pub(super) fn rule(members: &Value) -> Value {
        let good = json!({"status": "Enabled", "priority": 1, "filter": {}, "deleteMarkerReplication": {"status": "Disabled"},
            "destination": {"bucket": "arn:aws:s3:::copies"}});
        with(good, members)
    }

    /// A good rule of the older form, with other members.
    pub(super) fn older(members: &Value) -> Value {
        with(json!({"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::copies"}}), members)
    }

    /// A good rule, with other members in its destination.
    pub(super) fn to(members: &Value) -> Value {
        rule(&json!({"destination": with(json!({"bucket": "arn:aws:s3:::copies"}), members)}))
    }

    /// A versioned bucket with this section.
    pub(super) fn section(section: &Value) -> World {
        World::new().section("versioning", r#"{"status":"Enabled"}"#).section("replication", &section.to_string())
    }

    /// A versioned bucket that is replicated by these rules.
    pub(super) fn rules(rules: &[Value]) -> World {
        section(&json!({"role": ROLE, "rules": rules}))
    }

    /// The fields at which the rule speaks.
    pub(super) fn fields(world: &World, rule: &str) -> Vec<String> {
        world.verdict().findings.into_iter().filter(|finding| finding.rule == rule).map(|finding| finding.field).collect()
    }

    fn own() -> Vec<Case> {
        vec![case("replication-rule-count", section(&json!({"role": ROLE, "rules": []})), rules(&[rule(&json!({}))]))]
    }

    pub(crate) fn all() -> Vec<Case> {
        let config = [own(), role::cases::all(), size::cases::all(), beside::cases::all(), form::cases::all()];
        let rules = [rule::cases::all(), filter::cases::all(), selection::cases::all(), destination::cases::all(), time::cases::all()];
        config.into_iter().chain(rules).flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::MOST;
    use super::cases::{ROLE, older, rule, rules, section, to};
    use crate::admission::Findings;
    use crate::admission::testing::World;

    fn none() -> [&'static str; 0] {
        []
    }

    #[test]
    fn what_people_write_passes_without_a_word() {
        let whole =
            to(&json!({"account": "444455556666", "storageClass": "STANDARD_IA", "accessControlTranslation": {"owner": "Destination"},
            "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
            "encryptionConfiguration": {"replicaKMSKeyID": "arn:aws:kms:us-west-2:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
            "replicationTime": {"status": "Enabled", "time": {"minutes": 15}}}));
        let mut whole = whole;
        whole["id"] = json!("dr");
        whole["sourceSelectionCriteria"] =
            json!({"sseKMSEncryptedObjects": {"status": "Enabled"}, "replicaModifications": {"status": "Enabled"}});
        let tagged = rule(&json!({"priority": 2, "filter": {"and": {"prefix": "logs/", "tags": [{"key": "k", "value": "v"}]}}}));
        assert_eq!(rules(&[whole, tagged]).rules(), none());
        assert_eq!(rules(&[older(&json!({"prefix": "a"})), older(&json!({"prefix": "b", "priority": 0}))]).rules(), none());
        assert_eq!(rules(&[rule(&json!({"priority": null, "deleteMarkerReplication": null}))]).rules(), none(), "both are filled in");
        let off = json!({"status": "Disabled"});
        let criteria = json!({"sseKMSEncryptedObjects": off, "replicaModifications": off});
        assert_eq!(rules(&[rule(&json!({"sourceSelectionCriteria": criteria}))]).rules(), none());
        assert_eq!(rules(&[to(&json!({"metrics": {"status": "Enabled"}}))]).rules(), none(), "metrics need no time control");
    }

    #[test]
    fn what_says_nothing_is_not_sent_and_not_judged() {
        let empty = json!({"id": "", "prefix": "", "existingObjectReplication": {}, "filter": {"prefix": "", "tag": {}}});
        assert_eq!(rules(&[rule(&empty)]).rules(), none());
        let empty = json!({"account": "", "storageClass": "", "accessControlTranslation": {}, "encryptionConfiguration": {},
            "metrics": {"eventThreshold": {}}, "replicationTime": {"time": {}}});
        assert_eq!(rules(&[to(&empty)]).rules(), none());
        assert_eq!(World::new().section("replication", "{}").rules(), none());
        assert_eq!(World::new().section("replication", r#"{"role": ""}"#).rules(), ["replication-rule-count"]);
    }

    #[test]
    fn a_role_without_rules_copies_nothing() {
        assert_eq!(section(&json!({"role": ROLE})).rules(), ["replication-rule-count"]);
        assert_eq!(section(&json!({"rules": []})).rules(), ["replication-rule-count"]);
    }

    fn many(count: usize) -> Vec<Value> {
        (0..count).map(|index| rule(&json!({"priority": index}))).collect()
    }

    #[test]
    fn a_list_may_be_full_and_a_longer_one_is_looked_at_in_part() {
        assert_eq!(rules(&many(MOST)).rules(), none());
        let mut longer = many(MOST);
        longer.push(json!({}));
        assert_eq!(rules(&longer).rules(), ["replication-rule-count"]);
    }

    #[test]
    fn a_list_of_mistakes_stays_small() {
        let verdict = rules(&vec![json!({"filter": {}}); MOST]).verdict();
        assert!(verdict.findings.len() <= 2 * Findings::MOST && verdict.dropped > 0);
    }

    #[test]
    fn on_a_directory_bucket_the_section_is_one_mistake() {
        let world = section(&json!({"rules": [{}]})).spec(|spec| spec.versioning = None).named("a--euw1-az1--x-s3");
        assert_eq!(world.rules(), ["directory-unsupported-field"]);
    }

    #[test]
    fn the_same_mistake_may_move_in_the_list() {
        let bad = older(&json!({"filter": {}, "priority": 1, "destination": {"bucket": "copies"}}));
        let stored = rules(std::slice::from_ref(&bad)).existing().update();
        let good = rule(&json!({"priority": 2}));
        let moved = stored.section("replication", &json!({"role": ROLE, "rules": [good, bad]}).to_string());
        assert!(!moved.verdict().is_denied());
        assert_eq!(moved.verdict().ratcheted(), ["replication-dest-arn"]);
    }

    #[test]
    fn another_store_has_other_arns() {
        let minio = json!({"role": "arn:minio:replication::x:r", "rules": [to(&json!({"bucket": "arn:minio:replication::x:copies"}))]});
        let mut world = section(&minio).region("moon");
        world.settings.default_region = Some("moon".to_owned());
        let spoke = world.rules();
        assert!(!spoke.iter().any(|rule| rule.starts_with("replication-")), "{spoke:?}");
    }
}
