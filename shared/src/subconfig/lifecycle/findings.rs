//! What admission says of lifecycle. Source: S3 API reference, `PutBucketLifecycleConfiguration`; S3 User Guide, "Lifecycle
//! configuration elements".

mod action;
mod filter;
mod noncurrent;
mod overlap;
mod transition;
mod when;

use super::{Lifecycle, LifecycleRule};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path, Reason, check, quote};
use crate::subconfig::object_lock;

/// The most rules that S3 takes; of a longer list only so many are looked at one by one.
const MOST: usize = 1000;
const LONGEST_ID: usize = 255;

pub(super) fn findings(lifecycle: &Lifecycle, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let rules = lifecycle.rules.as_deref();
    if rules == Some(&[]) {
        return lifecycle_rules_empty(&at.member("rules"), to);
    }
    let rules = rules.unwrap_or_default();
    lifecycle_no_abort_rule(rules, at, to);
    let at = at.member("rules");
    lifecycle_rule_count(rules, &at, to);
    let rules = rules.get(..MOST).unwrap_or(rules);
    lifecycle_id_duplicate(rules, &at, to);
    lifecycle_id_missing(rules, &at, to);
    overlap::findings(rules, &at, to);
    let rest = Rest::of(rules, facts);
    noncurrent::lifecycle_noncurrent_unversioned(rules, &rest, &at, to);
    for (index, rule) in rules.iter().enumerate() {
        let at = at.index(index);
        check::at_most(rule.id.as_deref(), LONGEST_ID, "lifecycle-id-length", &at.member("id"), to);
        lifecycle_status_enum(rule, &at.member("status"), to);
        filter::findings(rule, &at, to);
        action::findings(rule, &rest, &at, to);
        transition::findings(rule, &rest, &at, to);
        noncurrent::findings(rule, &at, to);
    }
}

/// What the rules need to know of the rest of the Bucket.
struct Rest<'a> {
    /// Whether the bucket is a directory bucket, of which other rules speak where it lacks something.
    directory: bool,
    /// Whether there are, or may be, versions of objects.
    versioned: bool,
    /// For how many days new objects are locked.
    locked: Option<i64>,
    /// The dates that are stored already, sorted.
    dates: Vec<&'a str>,
}

impl<'a> Rest<'a> {
    fn of(rules: &[LifecycleRule], facts: &Facts<'a>) -> Self {
        let old = facts.old_spec();
        let mut dates: Vec<&str> = Vec::new();
        if rules.iter().any(|rule| dates_of(rule).next().is_some()) {
            dates.extend(old.iter().filter_map(|old| old.lifecycle.as_ref()?.rules.as_deref()).flatten().flat_map(dates_of));
            dates.sort_unstable();
        }
        Self {
            directory: facts.is_directory(),
            versioned: facts.adoption.policy.is_some() || facts.spec().into_iter().chain(old).any(is_versioned),
            locked: facts.spec().and_then(locked_days),
            dates,
        }
    }
}

fn dates_of(rule: &LifecycleRule) -> impl Iterator<Item = &str> {
    let expiration = rule.expiration.as_ref().and_then(|expiration| expiration.date.as_deref());
    let transitions = rule.transitions.iter().flatten().filter_map(|transition| transition.date.as_deref());
    expiration.into_iter().chain(transitions)
}

/// Of a status that is none, the rules of versioning speak. Object Lock turns versioning on.
fn is_versioned(spec: &BucketSpec) -> bool {
    let status = spec.versioning.as_ref().and_then(|versioning| versioning.status.as_deref());
    status.is_some_and(|status| !status.is_empty()) || object_lock::is_asked_for(spec)
}

fn locked_days(spec: &BucketSpec) -> Option<i64> {
    let retention = spec.object_lock_configuration.as_ref()?.rule.as_ref()?.default_retention.as_ref()?;
    retention.days.or_else(|| retention.years.map(|years| years.saturating_mul(365)))
}

/// Whether the rule is off.
fn is_off(rule: &LifecycleRule) -> bool {
    rule.status.as_deref() == Some("Disabled")
}

/// Whether the rule has the older prefix and no filter: S3 calls it version 1.
fn is_older(rule: &LifecycleRule) -> bool {
    rule.filter.is_none() && rule.prefix.is_some()
}

/// Whether a number is too small, though it fits: of one that does not fit in 32 bits rule int32-range speaks.
fn is_below(number: i64, least: i64) -> bool {
    (i64::from(i32::MIN)..least).contains(&number)
}

/// The first of the rules that are so, and how many more there are, for a message: what is true of many rules is said once.
fn first(rules: &[LifecycleRule], is_so: impl Fn(&LifecycleRule) -> bool) -> Option<(usize, String)> {
    let index = rules.iter().position(&is_so)?;
    let more = rules.iter().skip(index).filter(|rule| is_so(rule)).count().saturating_sub(1);
    Some((index, if more == 0 { String::new() } else { format!(" (and {more} more)") }))
}

fn lifecycle_rule_count(rules: &[LifecycleRule], at: &Path<'_>, to: &mut Findings) {
    let count = rules.len();
    if count > MOST {
        to.deny("lifecycle-rule-count", Reason::Invalid, at, format!("{count} rules, S3 takes {MOST}; merge or remove {}", count - MOST));
    }
}

fn lifecycle_rules_empty(at: &Path<'_>, to: &mut Findings) {
    to.deny("lifecycle-rules-empty", Reason::Required, at, "a lifecycle needs a rule; remove spec.lifecycle to have none");
}

fn lifecycle_id_duplicate(rules: &[LifecycleRule], at: &Path<'_>, to: &mut Findings) {
    let ids = rules.iter().map(|rule| rule.id.as_deref().unwrap_or_default());
    for (index, id) in check::repeated(ids.enumerate().filter(|(_, word)| !word.is_empty())) {
        let message = format!("two rules have id {}; give each its own", quote(id));
        to.deny("lifecycle-id-duplicate", Reason::Duplicate, at.index(index).member("id"), message);
    }
}

fn lifecycle_id_missing(rules: &[LifecycleRule], at: &Path<'_>, to: &mut Findings) {
    if let Some((index, more)) = first(rules, |rule| rule.id.as_deref().unwrap_or_default().is_empty()) {
        let message = format!("the rule{more} has no id, so S3 makes up a random one; name it, to know it again in S3");
        to.warn("lifecycle-id-missing", Reason::Required, at.index(index).member("id"), message);
    }
}

fn lifecycle_status_enum(rule: &LifecycleRule, at: &Path<'_>, to: &mut Findings) {
    const RULE: &str = "lifecycle-status-enum";
    match rule.status.as_deref().unwrap_or_default() {
        "" => to.deny(RULE, Reason::Required, at, "the rule has no status; say Enabled, or Disabled"),
        status => check::one_of(Some(status), &["Enabled", "Disabled"], RULE, at, to),
    }
}

/// Also said where there is no lifecycle at all.
pub(super) fn lifecycle_no_abort_rule(rules: &[LifecycleRule], at: &Path<'_>, to: &mut Findings) {
    if !rules.iter().any(|rule| rule.abort_incomplete_multipart_upload.is_some() && !is_off(rule)) {
        let message = "no rule clears away uploads that were never finished, and they are billed; add abortIncompleteMultipartUpload";
        to.warn("lifecycle-no-abort-rule", Reason::Required, at, message);
    }
}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::{Case, World, case};

    pub(super) const EXPIRES: &str = r#""expiration":{"days":30}"#;
    const LOGS: &str = r#""filter":{"prefix":"logs/"}"#;

    /// A Bucket with these rules.
    pub(super) fn rules(rules: &[String]) -> World {
        World::new().section("lifecycle", &format!(r#"{{"rules":[{}]}}"#, rules.join(",")))
    }

    /// One rule, in JSON.
    pub(super) fn rule(id: &str, members: &str) -> String {
        format!(r#"{{"id":"{id}","status":"Enabled",{members}}}"#)
    }

    /// A Bucket with a rule for some objects that does this.
    pub(super) fn does(members: &str) -> World {
        rules(&[rule("a", &format!("{LOGS},{members}"))])
    }

    /// A Bucket with a rule for these objects that does this.
    pub(super) fn scoped(filter: &str, members: &str) -> World {
        rules(&[rule("a", &format!(r#""filter":{filter},{members}"#))])
    }

    pub(super) fn versioned(world: World) -> World {
        world.section("versioning", r#"{"status":"Enabled"}"#)
    }

    /// A Bucket with so many rules.
    pub(super) fn many(count: usize) -> World {
        let one = |index| rule(&format!("r{index}"), &format!(r#""filter":{{"prefix":"{index}/"}},{EXPIRES}"#));
        rules(&(0..count).map(one).collect::<Vec<_>>())
    }

    fn own() -> Vec<Case> {
        let named = |id: &str| rules(&[rule(id, &format!("{LOGS},{EXPIRES}"))]);
        let twins = |other: &str| rules(&[rule("a", &format!("{LOGS},{EXPIRES}")), rule(other, &format!(r#""filter":{{}},{EXPIRES}"#))]);
        let status = |status: &str| rules(&[format!(r#"{{"id":"a","status":"{status}",{LOGS},{EXPIRES}}}"#)]);
        let nameless = rules(&[format!(r#"{{"status":"Enabled",{LOGS},{EXPIRES}}}"#)]);
        let tidy = |mut world: World| {
            world.settings.enabled_rules = vec!["lifecycle-no-abort-rule".to_owned()];
            world
        };
        vec![
            case("lifecycle-rule-count", many(1001), many(1000)),
            case("lifecycle-rules-empty", rules(&[]), World::new().section("lifecycle", "{}")),
            case("lifecycle-id-length", named(&"i".repeat(256)), named(&"i".repeat(255))),
            case("lifecycle-id-duplicate", twins("a"), twins("A")),
            case("lifecycle-id-missing", nameless, named("a")),
            case("lifecycle-status-enum", status("enabled"), status("Disabled")),
            case(
                "lifecycle-no-abort-rule",
                tidy(does(EXPIRES)),
                tidy(does(r#""abortIncompleteMultipartUpload":{"daysAfterInitiation":7}"#)),
            ),
        ]
    }

    pub(crate) fn all() -> Vec<Case> {
        use super::{action, filter, noncurrent, overlap, transition};
        let more = [action::cases::all(), filter::cases::all(), noncurrent::cases::all(), overlap::cases::all(), transition::cases::all()];
        own().into_iter().chain(more.into_iter().flatten()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::cases::{EXPIRES, does, many, rule, rules};
    use crate::admission::testing::World;
    use crate::subconfig::Lifecycle;
    use crate::subconfig::laws::Sample;

    proptest! {
        #[test]
        fn whatever_is_there_is_judged_and_judged_again_alike(lifecycle in Lifecycle::samples(), other in Lifecycle::samples()) {
            let world = World::new().spec(|spec| spec.lifecycle = Some(other)).existing().update();
            let world = world.spec(|spec| spec.lifecycle = Some(lifecycle));
            let verdict = world.verdict();
            for finding in &verdict.findings {
                prop_assert!(finding.field.starts_with("spec.lifecycle"), "{}", finding);
                prop_assert!(finding.rule.starts_with("lifecycle-") || finding.rule == "int32-range", "{}", finding);
            }
            prop_assert_eq!(verdict, world.verdict());
        }
    }

    #[test]
    fn a_section_without_rules_says_nothing() {
        for nothing in ["{}", r#"{"transitionDefaultMinimumObjectSize":"varies_by_storage_class"}"#, r#"{"rules":null}"#] {
            assert_eq!(World::new().section("lifecycle", nothing).rules(), [""; 0], "{nothing}");
        }
    }

    #[test]
    fn an_empty_rule_lacks_everything() {
        let verdict = rules(&["{}".to_owned()]).verdict();
        let ids = ["lifecycle-no-action", "lifecycle-scope-missing", "lifecycle-status-enum", "lifecycle-id-missing"];
        assert_eq!(verdict.rules(), ids);
        assert_eq!(verdict.findings[2].field, "spec.lifecycle.rules[0].status");
    }

    #[test]
    fn many_rules_without_an_id_are_named_once() {
        let nameless = |prefix: &str| rule("", &format!(r#""filter":{{"prefix":"{prefix}"}},{EXPIRES}"#));
        let verdict = rules(&[rule("a", &format!(r#""filter":{{}},{EXPIRES}"#)), nameless("b"), nameless("c"), nameless("d")]).verdict();
        assert_eq!(verdict.rules(), ["lifecycle-id-missing"]);
        assert_eq!(verdict.findings.len(), 1);
        assert_eq!(verdict.findings[0].field, "spec.lifecycle.rules[1].id");
        assert!(verdict.findings[0].message.contains("(and 2 more)"), "{:?}", verdict.findings);
    }

    #[test]
    fn an_id_counts_in_utf_16_and_by_case() {
        let named = |id: &str| rules(&[rule(id, &format!(r#""filter":{{}},{EXPIRES}"#))]).rules();
        assert_eq!(named(&"𝒊".repeat(128)), ["lifecycle-id-length"]);
        assert_eq!(named(&"𝒊".repeat(127)), [""; 0]);
        let thrice = rules(&["a", "b", "a", "a"].map(|id| rule(id, &format!(r#""filter":{{"prefix":"{id}"}},{EXPIRES}"#)))).verdict();
        let fields: Vec<&str> = thrice.denials().map(|finding| finding.field.as_str()).collect();
        assert_eq!(fields, ["spec.lifecycle.rules[2].id", "spec.lifecycle.rules[3].id"]);
    }

    #[test]
    fn a_status_is_needed() {
        assert_eq!(rules(&[format!(r#"{{"id":"a","filter":{{}},{EXPIRES}}}"#)]).rules(), ["lifecycle-status-enum"]);
        assert_eq!(rules(&[format!(r#"{{"id":"a","status":"","filter":{{}},{EXPIRES}}}"#)]).rules(), ["lifecycle-status-enum"]);
    }

    #[test]
    fn a_list_that_is_far_too_long_is_looked_at_no_further() {
        let world = many(1000).spec(|spec| {
            let rules = spec.lifecycle.as_mut().unwrap().rules.as_mut().unwrap();
            rules.resize_with(3000, Default::default);
        });
        assert_eq!(world.rules(), ["lifecycle-rule-count"]);
    }

    #[test]
    fn uploads_may_be_asked_for_of_every_bucket() {
        let tidy = |mut world: World| {
            world.settings.enabled_rules = vec!["lifecycle-no-abort-rule".to_owned()];
            world.rules()
        };
        assert_eq!(tidy(World::new()), ["lifecycle-no-abort-rule"]);
        let off = r#"{"id":"a","status":"Disabled","filter":{},"abortIncompleteMultipartUpload":{"daysAfterInitiation":7}}"#;
        assert_eq!(tidy(rules(&[off.to_owned()])), ["lifecycle-no-abort-rule"]);
        assert_eq!(does(EXPIRES).rules(), [""; 0]);
    }
}
