//! What the request changes about the answer: who asks, what was stored, what the Bucket is for. And the shapes that people use with
//! the peer, which have to pass.

use proptest::prelude::*;

use super::testing::World;
use super::{Findings, Severity};
use crate::annotation;
use crate::bucket::FINALIZER;
use crate::subconfig::tagging::Tag;

fn bad_tag(world: World) -> World {
    world.tag("a,b", "v")
}

fn severities(world: &World) -> Vec<(&'static str, Severity, bool)> {
    world.verdict().findings.iter().map(|finding| (super::testing::id(&finding.rule), finding.severity, finding.ratcheted)).collect()
}

#[test]
fn all_findings_come_at_once_and_refusals_first() {
    let world = bad_tag(World::new()).tag("Team", "a").named("My_Bucket").region("nowhere").annotate("services.k8s.aws/regoin", "x");
    let verdict = world.verdict();
    let rules = ["region-syntax", "name-charset", "tag-key-chars", "ack-annotation-unknown", "tag-key-case-twin"];
    assert_eq!(verdict.rules(), rules);
    assert_eq!((verdict.denials().count(), verdict.warnings().count()), (3, 2));
}

#[test]
fn a_fault_that_is_stored_already_warns_and_a_new_one_refuses() {
    let stored = bad_tag(World::new()).existing().update();
    let changed = stored.clone().tag("more", "x");
    assert_eq!(severities(&changed), [("tag-key-chars", Severity::Warn, true)]);
    assert_eq!(changed.verdict().ratcheted(), ["tag-key-chars"]);
    let moved = stored.clone().tags(|tags| tags.insert(0, Tag::new("first", "x")));
    assert!(!moved.verdict().is_denied(), "the place in the list does not matter");
    let worse = stored.tag("c,d", "v");
    assert_eq!(severities(&worse), [("tag-key-chars", Severity::Deny, false), ("tag-key-chars", Severity::Warn, true)]);
}

#[test]
fn a_fault_that_is_stored_in_another_field_is_new() {
    let world = World::new().annotate(annotation::OWNER_ACCOUNT_ID, "12").existing().update().annotate(annotation::DELETION_POLICY, "12");
    let verdict = world.verdict();
    assert_eq!(verdict.denials().map(|finding| &*finding.rule).collect::<Vec<_>>(), ["deletion-policy-enum"]);
}

#[test]
fn what_read_only_hid_is_new_once_it_is_written() {
    let world = bad_tag(World::new()).annotate(annotation::READ_ONLY, "true").existing().update();
    assert_eq!(world.rules(), [""; 0]);
    assert!(world.annotate(annotation::READ_ONLY, "false").verdict().is_denied());
}

#[test]
fn a_list_of_mistakes_too_long_to_keep_is_not_excused_by_another() {
    let rule = |id: usize| format!(r#"{{"id":"{id}","status":"Enabled","filter":{{}},"expiration":{{"days":9999999999}}}}"#);
    let days = |count: usize| format!(r#"{{"rules":[{}]}}"#, (0..count).map(rule).collect::<Vec<_>>().join(","));
    let world = World::new().section("lifecycle", &days(Findings::MOST)).existing().update();
    assert!(!world.clone().tag("x", "y").verdict().is_denied());
    let verdict = world.section("lifecycle", &days(Findings::MOST + 5)).verdict();
    assert!(verdict.is_denied());
    assert_eq!((verdict.dropped, verdict.findings.len()), (5, Findings::MOST));
}

#[test]
fn deleting_is_never_refused() {
    assert_eq!(bad_tag(World::new()).named("My_Bucket").region("nowhere").delete().rules(), [""; 0]);
    let mut finishing = World::new().existing().update();
    finishing.bucket.metadata.deletion_timestamp =
        Some(k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(k8s_openapi::jiff::Timestamp::UNIX_EPOCH));
    assert!(!bad_tag(finishing).verdict().is_denied());
}

#[test]
fn a_controller_is_never_refused_and_still_judged() {
    let world = bad_tag(World::new()).by_controller();
    assert_eq!(severities(&world), [("tag-key-chars", Severity::Warn, false)]);
}

#[test]
fn the_controllers_own_guard_is_as_strict_as_the_webhook() {
    assert!(bad_tag(World::new()).existing().guard().verdict().is_denied());
}

#[test]
fn a_change_that_no_rule_looks_at_passes_without_a_word() {
    let stored = bad_tag(World::new()).named("My_Bucket").bucket(|bucket| bucket.metadata.finalizers = Some(vec!["x".to_owned()]));
    let freed = stored.update().bucket(|bucket| bucket.metadata.finalizers = None);
    assert_eq!(freed.clone().rules(), [""; 0]);
    assert_eq!(freed.annotate("argocd.argoproj.io/tracking-id", "x").rules(), [""; 0]);
    let orphaned = bad_tag(World::new()).existing().update().bucket(|bucket| bucket.metadata.finalizers = None);
    assert_eq!(orphaned.rules(), ["finalizer-removed"]);
}

#[test]
fn rules_for_new_buckets_only_warn_where_one_is_adopted() {
    let adopted = |world: World| {
        let fields = format!(r#"{{"name":"{}"}}"#, world.bucket.bucket_name().unwrap());
        world.adopting("adopt", &fields)
    };
    assert_eq!(severities(&adopted(World::new().named("My_Bucket"))), [("name-charset", Severity::Warn, false)]);
    let regional = World::new().spec(|spec| spec.namespace = Some("regional".to_owned()));
    assert_eq!(severities(&adopted(regional)), [("namespace-enum", Severity::Warn, false)]);
    let constrained = World::new().section("createBucketConfiguration", r#"{"locationConstraint":"eu-west"}"#);
    assert_eq!(severities(&adopted(constrained)), [("location-enum", Severity::Warn, false)]);
    assert!(adopted(bad_tag(World::new())).verdict().is_denied(), "tags are written on an adopted bucket too");
}

#[test]
fn a_rule_that_is_off_speaks_once_it_is_turned_on() {
    let mut world = World::new().region("ap-east-2");
    assert_eq!(world.rules(), [""; 0]);
    world.settings.enabled_rules = vec!["region-optin-hint".to_owned()];
    assert_eq!(world.rules(), ["region-optin-hint"]);
}

#[test]
fn shapes_that_people_use_with_the_peer_pass() {
    let regional = "logs-123456789012-eu-west-1-an";
    let shapes = vec![
        World::new().section("acl", r#""log-delivery-write""#).existing().update(),
        World::new().section("logging", r#"{"loggingEnabled":{"targetBucket":"team-a-logs","targetPrefix":""}}"#),
        World::new().section("cors", r#"{"corsRules":[{"allowedMethods":["GET"],"allowedOrigins":["localhost"]}]}"#),
        World::new().section("lifecycle", r#"{"rules":[{"id":"old logs","prefix":"/logs/","status":"Enabled","expiration":{"days":30}}]}"#),
        World::new().without_spec().adopting("adopt", r#"{"name":"team-a-logs"}"#),
        World::new().tag("aws:cloudformation:stack-name", "s").by_controller(),
        World::new().tag("aws:cloudformation:stack-name", "s").existing().update().tag("mine", "x"),
        World::new().spec(|spec| spec.namespace = Some("account-regional".to_owned())).named(regional),
        World::new().named("data--euw1-az1--x-s3"),
        World::new().section("policy", r#""""#),
        World::new().section("versioning", r#"{"status":"Enabled"}"#).section(
            "replication",
            r#"{"role":"arn:aws:iam::123456789012:role/r","rules":[{"status":"Enabled","destination":{"bucket":"arn:aws:s3:::copies"}}]}"#,
        ),
        World::new().spec(|spec| spec.object_lock_enabled_for_bucket = Some(true)),
        World::new().section("acl", r#""private|bucket-owner-read|bucket-owner-full-control""#).existing().update(),
        World::new().annotate(annotation::READ_ONLY, "TRUE").without_spec().adopting("adopt", r#"{"name":"x"}"#),
        World::new().bucket(|bucket| bucket.metadata.finalizers = Some(vec![FINALIZER.to_owned()])),
    ];
    for world in shapes {
        let verdict = world.verdict();
        assert!(!verdict.is_denied(), "{:?}", verdict.findings);
    }
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,20}",
        "[a-z0-9.-]{0,70}",
        "arn:[a-z:/*]{0,30}",
        "(http|https|s3)?(://)?[\\[\\]a-z0-9:./@-]{0,20}",
        "[a-z-]{0,6}-[0-9]{11,13}-[a-z]{2}-[a-z]{2,5}-[0-9]-an",
        "\\{\"name\":.{0,8}\\}",
        Just("\u{202e}\0\u{fffd}é-an".to_owned()),
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![proptest::sample::select(annotation::KNOWN).prop_map(str::to_owned), "s3.services.k8s.aws/.{0,8}", hostile()]
}

proptest! {
    #[test]
    fn findings_never_panic_and_name_rules_of_the_list(
        name in hostile(),
        annotations in proptest::collection::vec((key(), hostile()), 0..6),
        namespace in proptest::collection::vec((key(), hostile()), 0..4),
        tags in proptest::collection::vec((proptest::option::of(hostile()), proptest::option::of(hostile())), 0..60),
        stored_name in hostile(),
        constraint in prop_oneof![hostile(), Just("EU".to_owned()), Just("eu-west-1".to_owned())],
        namespace_of_name in prop_oneof![hostile(), Just("account-regional".to_owned())],
        step in 0..5,
    ) {
        let mut world = World::new().named(&stored_name).existing();
        world = match step { 0 => world, 1 => world.update(), 2 => world.update().status(), 3 => world.guard(), _ => world.delete() };
        world = annotations.iter().fold(world, |world, (key, value)| world.annotate(key, value));
        world = namespace.iter().fold(world, |world, (key, value)| world.namespace(key, value));
        world = world.named(&name).tags(|all| all.extend(tags.into_iter().map(|(key, value)| Tag { key, value })));
        world = world.spec(|spec| {
            spec.namespace = Some(namespace_of_name.clone());
            spec.create_bucket_configuration.get_or_insert_default().location_constraint = Some(constraint.clone());
        });
        let verdict = world.verdict();
        for finding in &verdict.findings {
            prop_assert!(super::find(&finding.rule).is_some(), "{}", finding);
            prop_assert!(!finding.message.contains(char::is_control), "{:?}", finding.message);
        }
        prop_assert!(verdict.findings.windows(2).all(|pair| pair[0].severity <= pair[1].severity));
        prop_assert_eq!(verdict.clone(), world.verdict());
        if step == 4 {
            prop_assert!(verdict.denials().all(|finding| finding.rule == "deletion-protected"));
        }
    }
}
