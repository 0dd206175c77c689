use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::admission::testing::World;
use crate::guardrail::testing::{compile, exception, now, set};
use crate::guardrail::{Params, ParamsFault};
use crate::unset::UnsetFields;

const VERSIONED: &str = "rules: {versioning: {state: Enabled}}";

fn world() -> World {
    World::new()
}

fn ask(all: &Guardrails, world: &World) -> Evaluation {
    let request = world.request();
    let labels = BTreeMap::from([("env".to_owned(), "prod".to_owned())]);
    all.evaluate(&Review { namespace_labels: Some(&labels), ..Review::of(&request, now()) })
}

/// The results that are not passes, as `name/rule Action outcome`, a `~` before what is ratcheted.
fn said(specs: &[&str], exceptions: &[&str], world: &World) -> Vec<String> {
    shown(&ask(&set(specs, exceptions), world))
}

fn shown(evaluation: &Evaluation) -> Vec<String> {
    let bad = evaluation.results.iter().filter(|result| result.outcome != Outcome::Pass);
    let one = |result: &RuleResult| {
        let ratcheted = if result.ratcheted { "~" } else { "" };
        format!("{ratcheted}{}/{} {} {}", result.guardrail, result.rule, result.action.as_str(), result.outcome.as_str())
    };
    bad.map(one).collect()
}

fn enforcing(enforcement: &str) -> String {
    format!("{{enforcement: {{{enforcement}}}, {VERSIONED}}}")
}

#[test]
fn all_guardrails_that_match_speak() {
    let other = format!("{{match: {{namespaces: [team-b]}}, {VERSIONED}}}");
    let mine = format!("{{match: {{namespaces: [team-a, team-a]}}, {VERSIONED}}}");
    let glob = format!("{{match: {{namespaces: ['team-*']}}, {VERSIONED}}}");
    assert_eq!(said(&[&other, &mine, &glob], &[], &world()), ["g1/versioning Deny fail", "g2/versioning Deny fail"]);
}

struct Broken;

impl Params for Broken {
    fn config_map(&self, _: &str, _: &str) -> Result<Arc<serde_json::Value>, ParamsFault> {
        panic!("a bug")
    }
}

#[test]
fn one_that_breaks_off_warns_and_the_others_are_asked() {
    let breaks = "{validations: [{name: p, expression: \"params.data.x == 'y'\"}], params: {configMapRef: {namespace: a, name: b}}}";
    let all = set(&[breaks, &enforcing("action: Deny")], &[]);
    let world = world();
    let request = world.request();
    let evaluation = all.evaluate(&Review { params: &Broken, ..Review::of(&request, now()) });
    assert_eq!(shown(&evaluation), ["g0/rules-broken Warn error", "g1/versioning Deny fail"]);
    assert!(evaluation.broken);
}

#[test]
fn a_rule_that_is_met_passes_and_counts() {
    let evaluation = ask(&set(&["{rules: {website: Forbidden, versioning: {state: Enabled, action: Audit}}}"], &[]), &world());
    assert!(!evaluation.is_denied() && evaluation.findings().is_empty());
    let counts: Vec<_> =
        evaluation.counts().into_iter().map(|((_, rule, action, outcome), n)| (rule.to_string(), action, outcome, n)).collect();
    assert_eq!(
        counts,
        [("versioning".to_owned(), Action::Audit, Outcome::Fail, 1), ("website".to_owned(), Action::Deny, Outcome::Pass, 1)]
    );
    assert_eq!(evaluation.ids(|result| result.outcome == Outcome::Fail), ["guardrail/g0/versioning"]);
}

#[test]
fn what_is_said_reads_as_a_finding() {
    let evaluation = ask(&set(&[&enforcing("message: 'Ask #storage'")], &[]), &world());
    assert_eq!(evaluation.findings()[0].to_string(), "[g0/versioning] spec.versioning.status: must be Enabled; set it");
    assert_eq!(evaluation.notes, [Arc::from("Ask #storage")]);
    assert!(evaluation.is_denied());
}

#[test]
fn one_fault_of_two_guardrails_is_said_once_by_the_stricter() {
    let (warn, deny) = (enforcing("action: Warn"), enforcing("action: Deny"));
    for specs in [[warn.as_str(), &deny], [&deny, &warn]] {
        let findings = ask(&set(&specs, &[]), &world()).findings();
        let by = if specs[0] == deny { "g0/versioning" } else { "g1/versioning" };
        assert_eq!(findings.iter().map(|finding| &*finding.rule).collect::<Vec<_>>(), [by]);
    }
}

#[test]
fn actions_of_rules_go_before_that_of_the_guardrail() {
    let spec = "{enforcement: {action: Warn}, rules: {versioning: {state: Enabled, action: Deny}, logging: {required: true}, naming: {pattern: x, action: 'Off'}}}";
    assert_eq!(said(&[spec], &[], &world()), ["g0/versioning Deny fail", "g0/logging Warn fail"]);
}

#[test]
fn a_deny_that_is_to_come_warns() {
    assert_eq!(said(&[&enforcing("enforceAfter: '2027-01-02T00:00:00Z'")], &[], &world()), ["g0/versioning Warn fail"]);
    assert_eq!(said(&[&enforcing("enforceAfter: '2027-01-01T00:00:00Z'")], &[], &world()), ["g0/versioning Deny fail"]);
    assert_eq!(said(&[&enforcing("action: Audit, enforceAfter: '2027-01-02T00:00:00Z'")], &[], &world()), ["g0/versioning Audit fail"]);
    let waits = set(&[&enforcing("enforceAfter: '2027-01-02T00:00:00Z'")], &[]);
    let told = |world: &World| ask(&waits, world).findings()[0].message.clone();
    assert_eq!(told(&world()), "refused from 2027-01-02T00:00:00Z on: must be Enabled; set it");
    assert_eq!(told(&world().existing().update().tag("more", "x")), "must be Enabled; set it", "what is there is let be");
}

#[test]
fn what_cannot_be_judged_goes_by_on_error() {
    let spec = |on_error: &str| format!(r#"{{enforcement: {{onError: {on_error}}}, rules: {{accounts: {{allowed: ["111122223333"]}}}}}}"#);
    assert_eq!(said(&[&spec("Deny")], &[], &world()), ["g0/accounts Deny error"]);
    assert_eq!(said(&[&spec("Warn")], &[], &world()), ["g0/accounts Warn error"]);
    let labels = format!("{{match: {{namespaceSelector: {{matchLabels: {{env: prod}}}}}}, {VERSIONED}}}");
    let world = world();
    let request = world.request();
    let unknown = set(&[&labels], &[]).evaluate(&Review::of(&request, now()));
    assert_eq!(shown(&unknown), ["g0/match Deny error"]);
    assert_eq!(said(&[&labels], &[], &world), ["g0/versioning Deny fail"]);
}

#[test]
fn a_fault_that_is_stored_warns_unless_the_guardrail_says_otherwise() {
    let stored = || world().existing().update();
    let changed = stored().tag("more", "x");
    assert_eq!(said(&[&enforcing("")], &[], &changed), ["~g0/versioning Warn fail"]);
    assert_eq!(said(&[&enforcing("onUpdate: Always")], &[], &changed), ["g0/versioning Deny fail"]);
    assert!(said(&[&enforcing("onUpdate: Always")], &[], &stored()).is_empty(), "nothing was changed");
    let noted = stored().annotate("example.com/note", "x");
    assert_eq!(said(&[&enforcing("onUpdate: Always")], &[], &noted), ["~g0/versioning Warn fail"], "nothing of ours was changed");
    let removed = world().section("versioning", r#"{"status":"Enabled"}"#).existing().update().spec(|spec| spec.versioning = None);
    assert_eq!(said(&[&enforcing("")], &[], &removed), ["g0/versioning Deny fail"], "the stored one passed");
    let worse = world().section("versioning", r#"{"status":"Suspended"}"#).existing().update().spec(|spec| spec.versioning = None);
    assert_eq!(said(&[&enforcing("")], &[], &worse), ["g0/versioning Deny fail"], "another fault");
}

#[test]
fn the_place_in_a_list_does_not_excuse_and_a_list_too_long_is_not_excused() {
    let spec = "{rules: {cors: {wildcardOrigin: Forbidden}}}";
    let cors =
        |count: usize| format!(r#"{{"corsRules":[{}]}}"#, vec![r#"{"allowedMethods":["GET"],"allowedOrigins":["*"]}"#; count].join(","));
    let stored = |count: usize| world().section("cors", &cors(count)).existing().update();
    let moved = stored(1).section("cors", r#"{"corsRules":[{"allowedMethods":["GET"],"allowedOrigins":["https://a","*"]}]}"#);
    assert_eq!(said(&[spec], &[], &moved), ["~g0/cors Warn fail"]);
    let more = stored(Marks::MOST).section("cors", &cors(Marks::MOST + 1));
    assert_eq!(said(&[spec], &[], &more)[0], "g0/cors Deny fail");
}

#[test]
fn a_controller_and_a_deletion_are_not_refused() {
    assert_eq!(said(&[&enforcing("")], &[], &world().by_controller()), ["g0/versioning Warn fail"]);
    assert!(said(&[&enforcing("")], &[], &world().delete()).is_empty());
    assert!(said(&[&enforcing("")], &[], &world().existing().update().tag("x", "y").status()).is_empty());
    let going = world().existing().update().tag("x", "y").bucket(|bucket| {
        bucket.metadata.deletion_timestamp =
            Some(k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(k8s_openapi::jiff::Timestamp::UNIX_EPOCH));
    });
    assert_eq!(said(&[&enforcing("onUpdate: Always")], &[], &going), ["g0/versioning Warn fail"]);
}

#[test]
fn an_audit_says_what_would_be() {
    let world = world().existing().guard();
    let request = world.request();
    let audit = |spec: &str| shown(&set(&[spec], &[]).evaluate(&Review { audit: true, ..Review::of(&request, now()) }));
    assert_eq!(audit(&enforcing("")), ["g0/versioning Deny fail"]);
    assert_eq!(audit(&format!("{{match: {{operations: [CREATE]}}, {VERSIONED}}}")), ["g0/versioning Deny fail"]);
    assert!(audit(&format!("{{background: false, {VERSIONED}}}")).is_empty());
    let observed =
        Review { audit: true, source: crate::guardrail::Source::Observed { unread: &["versioning"] }, ..Review::of(&request, now()) };
    assert!(shown(&set(&[&enforcing("")], &[]).evaluate(&observed)).is_empty(), "it was not read");
    let ignoring = Review { audit: true, unset: UnsetFields::Ignore, ..Review::of(&request, now()) };
    assert!(shown(&set(&[&enforcing("")], &[]).evaluate(&ignoring)).is_empty());
}

#[test]
fn an_exception_lets_off_what_it_names_until_it_ends() {
    let exempt = |rest: &str| format!("{{reason: 'ticket 12345', expiresAt: '2027-02-01T00:00:00Z', {rest}}}");
    let yes = ["g0/versioning Deny exempt"];
    let no = ["g0/versioning Deny fail"];
    for (rest, expected) in [
        ("guardrails: [{name: g0, rules: [versioning]}], buckets: [{namespace: team-a, name: logs}]", yes),
        ("guardrails: [{name: x, rules: ['*']}, {name: g0, rules: ['*']}], buckets: [{namespace: team-a, name: logs}]", yes),
        ("guardrails: [{name: g0, rules: ['*']}], namespaceSelector: {matchLabels: {env: prod}}", yes),
        ("guardrails: [{name: g0, rules: [tls]}], buckets: [{namespace: team-a, name: logs}]", no),
        ("guardrails: [{name: g1, rules: ['*']}], buckets: [{namespace: team-a, name: logs}]", no),
        ("guardrails: [{name: g0, rules: ['*']}], buckets: [{namespace: team-b, name: logs}]", no),
        ("guardrails: [{name: g0, rules: ['*']}], namespaceSelector: {matchLabels: {env: test}}", no),
        ("guardrails: [{name: g0, rules: ['*']}], namespaceSelector: {}, objectSelector: {matchLabels: {a: b}}", no),
    ] {
        assert_eq!(said(&[&enforcing("")], &[&exempt(rest)], &world()), expected, "{rest}");
    }
    let ended = "{reason: 'ticket 12345', expiresAt: '2027-01-01T00:00:00Z', guardrails: [{name: g0, rules: ['*']}], buckets: [{namespace: team-a, name: logs}]}";
    assert_eq!(said(&[&enforcing("")], &[ended], &world()), no);
    let all = set(
        &[&enforcing("enforceAfter: '2027-03-01T00:00:00Z'")],
        &[ended, &exempt("guardrails: [{name: g0, rules: ['*']}], buckets: [{namespace: a, name: b}]")],
    );
    assert_eq!(all.next_change(now()), Some("2027-02-01T00:00:00Z".parse().unwrap()));
}

#[test]
fn a_control_and_the_same_rule_are_one_finding_with_its_ids() {
    let evaluation = ask(&set(&["{controls: [nist-800-53], rules: {versioning: {state: Enabled, action: Warn}}}"], &[]), &world());
    let versioning: Vec<&RuleResult> = evaluation.results.iter().filter(|result| &*result.rule == "versioning").collect();
    assert_eq!((versioning.len(), versioning[0].action, versioning[0].control.as_deref()), (1, Action::Deny, Some("nist-800-53/S3.14")));
    let rules: Vec<String> = shown(&evaluation);
    for rule in [
        "g0/versioning Deny fail",
        "g0/tls Deny fail",
        "g0/logging Warn fail",
        "g0/lifecycle Warn fail",
        "g0/encryption Warn fail",
        "g0/objectLock Audit fail",
        "g0/replication Audit fail",
        "g0/notifications Audit fail",
    ] {
        assert!(rules.iter().any(|said| said == rule), "{rule} is not in {rules:?}");
    }
    let directory = said(&["{controls: [nist-800-53]}"], &[], &world().named("a--euw1-az1--x-s3"));
    assert_eq!(directory, ["g0/lifecycle Warn fail"]);
}

#[test]
fn expressions_are_asked() {
    let spec = r#"{match: {matchConditions: [{name: c, expression: "object.metadata.namespace == 'team-a'"}]},
        validations: [{name: short, expression: "size(object.spec.name) < 5", messageExpression: "'not ' + object.spec.name", fieldPath: spec.name, control: C-1}]}"#;
    let evaluation = ask(&set(&[spec], &[]), &world());
    assert_eq!(evaluation.findings()[0].to_string(), "[g0/short] spec.name: not team-a-logs");
    assert_eq!(evaluation.results[0].control.as_deref(), Some("C-1"));
    assert!(said(&[spec], &[], &world().bucket(|bucket| bucket.metadata.namespace = Some("x".to_owned()))).is_empty());
    let missing =
        "{validations: [{name: p, expression: \"params.data.x == 'y'\", action: Warn}], params: {configMapRef: {namespace: a, name: b}}}";
    assert_eq!(said(&[missing], &[], &world()), ["g0/p Warn error"]);
}

#[test]
fn those_that_are_about_the_bucket_are_timed() {
    let other = "{match: {namespaces: [team-b, '*-x']}, rules: {website: Forbidden}}";
    let all = set(&[&enforcing("action: Deny"), other, "{rules: {website: Forbidden}}"], &[]);
    let world = world();
    let request = world.request();
    assert!(all.evaluate(&Review::of(&request, now())).times.is_empty(), "nobody has a clock");
    let ticks = Cell::new(0);
    let clock = || Duration::from_millis(ticks.replace(ticks.get() + 1));
    let evaluation = all.evaluate(&Review { clock: Some(&clock), ..Review::of(&request, now()) });
    let times: Vec<_> = evaluation.times.iter().map(|(name, took)| (&**name, took.as_millis())).collect();
    assert_eq!(times, [("g0", 1), ("g2", 1)]);
    assert!(evaluation.overran.is_empty() && ticks.get() == 3, "typed rules are not watched: {}", ticks.get());
}

#[test]
fn after_its_time_no_other_expression_is_begun_and_what_is_left_follows_on_error() {
    let spec = "{enforcement: {onError: Warn}, validations: [{name: a, expression: 'true'}, {name: b, expression: 'false'}, {name: c, expression: 'false'}]}";
    let all = set(&[spec, "{validations: [{name: d, expression: 'true'}]}"], &[]);
    let world = world();
    let request = world.request();
    let ticks = Cell::new(0);
    // Each look at the clock is 100 ms later than the one before.
    let clock = || Duration::from_millis(100 * ticks.replace(ticks.get() + 1));
    let evaluation = all.evaluate(&Review { clock: Some(&clock), ..Review::of(&request, now()) });
    assert_eq!(shown(&evaluation), ["g0/b Deny fail", "g0/c Warn error"]);
    assert_eq!(evaluation.results.iter().filter(|result| result.outcome == Outcome::Pass).count(), 2);
    assert!(evaluation.results[1].message.contains("took longer than 250 ms"), "{}", evaluation.results[1].message);
    assert_eq!(evaluation.overran.iter().map(|name| &**name).collect::<Vec<_>>(), ["g0"]);
}

#[test]
fn conditions_have_no_more_time() {
    let conditions = "{name: a, expression: 'true'}, {name: b, expression: 'true'}, {name: c, expression: 'true'}";
    let all = set(&[&format!("{{match: {{matchConditions: [{conditions}]}}, rules: {{website: Forbidden}}}}")], &[]);
    let world = world();
    let request = world.request();
    let ticks = Cell::new(0);
    let clock = || Duration::from_millis(100 * ticks.replace(ticks.get() + 1));
    let evaluation = all.evaluate(&Review { clock: Some(&clock), ..Review::of(&request, now()) });
    assert_eq!(shown(&evaluation), ["g0/match Deny error"]);
    assert_eq!(evaluation.overran.len(), 1);
}

#[test]
fn the_actions_of_rules_are_those_they_can_have_by_what_is_written() {
    let actions =
        |spec: &str| compile("g", spec).actions().into_iter().map(|(rule, action)| format!("{rule} {action:?}")).collect::<Vec<_>>();
    let rules = "rules: {website: Forbidden, versioning: {state: Enabled, action: Off}}, validations: [{name: v, expression: 'true', action: Audit}]";
    assert_eq!(actions(&format!("{{{rules}}}")), ["v Audit", "website Deny"]);
    let later = format!("{{enforcement: {{enforceAfter: '2027-01-02T00:00:00Z'}}, {rules}}}");
    assert_eq!(actions(&later), ["v Audit", "website Warn", "website Deny"]);
}

#[test]
fn what_cannot_match_is_not_a_candidate() {
    let all = set(&["{match: {namespaces: [team-b]}}", "{match: {namespaces: ['*']}}", "{}", "{match: {namespaces: [team-a]}}"], &[]);
    let names = |namespace: &str| all.candidates(namespace).map(|guardrail| guardrail.name().to_string()).collect::<Vec<_>>();
    assert_eq!(names("team-a"), ["g1", "g2", "g3"]);
    assert_eq!(names("x"), ["g1", "g2"]);
    assert_eq!(all.get("g3").unwrap().name().as_ref(), "g3");
}

fn any_spec() -> impl Strategy<Value = String> {
    let action = prop_oneof![Just("Deny"), Just("Warn"), Just("Audit"), Just("Off")];
    let body = prop_oneof![
        Just("rules: {versioning: {state: Enabled}, logging: {required: true, action: Warn}}"),
        Just("controls: [nist-800-53]"),
        Just("controls: [cis-5.0, aws-fsbp], rules: {tls: {requireDenyInsecure: true}}"),
        Just("rules: {accounts: {allowed: ['111122223333']}, website: Forbidden}"),
    ];
    (action, body, any::<bool>()).prop_map(|(action, body, note)| {
        let note = if note { ", message: ask" } else { "" };
        format!("{{enforcement: {{action: '{action}'{note}}}, {body}}}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_guardrails_and_exceptions_means_nothing(
        specs in proptest::collection::vec(any_spec(), 1..6),
        seed in any::<proptest::sample::Index>(),
        update: bool,
    ) {
        let world = if update { world().existing().update().tag("x", "y") } else { world() };
        let guardrails: Vec<_> = specs.iter().enumerate().map(|(n, spec)| Arc::new(compile(&format!("g{n}"), spec))).collect();
        let exceptions: Vec<_> = (0..3)
            .map(|n| Arc::new(exception(&format!("e{n}"), &format!(
                "{{reason: 'ticket 12345', expiresAt: '2027-02-01T00:00:00Z', guardrails: [{{name: g{n}, rules: [tls]}}], buckets: [{{namespace: team-a, name: logs}}]}}"
            ))))
            .collect();
        let straight = Guardrails::new(guardrails.clone(), exceptions.clone());
        let (mut turned, mut back) = (guardrails, exceptions);
        let by = seed.index(turned.len());
        turned.rotate_left(by);
        turned.reverse();
        back.reverse();
        prop_assert_eq!(ask(&straight, &world), ask(&Guardrails::new(turned, back), &world));
    }

    #[test]
    fn nothing_that_is_written_panics(name in ".{0,40}", list in proptest::collection::vec(".{0,12}", 0..4), key in ".{0,12}", days: i64) {
        use crate::guardrail::types::BucketGuardrail;
        let spec = serde_json::json!({
            "match": {"namespaces": list, "excludeNamespaces": list, "objectSelector": {"matchExpressions": [{"key": key, "operator": name, "values": list}]}},
            "rules": {
                "regions": {"allowed": list}, "accounts": {"allowed": list}, "iamRoles": {"allowed": list},
                "naming": {"pattern": name, "maxLength": days}, "tags": {"required": [{"key": key, "pattern": name, "values": list}], "forbidden": [{"keyPrefix": key}]},
                "lifecycle": {"expiration": {"maxDays": days}}, "crossAccount": {"forbiddenActions": list}, "objectLock": {"maxRetentionDays": days},
            },
            "builtinRules": {(key.clone()): "Deny"},
            "validations": [{"name": key, "expression": name}],
            "defaults": {"region": key, "tags": [{"key": key, "value": name}], "abortIncompleteUploadDays": days},
        });
        let spec: crate::guardrail::types::BucketGuardrailSpec = serde_json::from_value(spec).unwrap();
        if let Err(refused) = Guardrail::compile(&BucketGuardrail::new("g", spec)) {
            prop_assert!(!refused.findings.is_empty());
            prop_assert!(refused.findings.iter().all(|finding| finding.field.starts_with("spec")));
        }
    }
}

/// The budget of the guardrails is the time that the built-in rules take. A measurement: see it with --release --nocapture; in debug
/// builds only the proportion says something.
#[test]
fn twenty_guardrails_are_measured_against_the_built_in_rules() {
    let spec = "{rules: {regions: {allowed: ['eu-*']}, naming: {pattern: '${namespace}-[a-z]+'}, tags: {required: [{key: team}]}, publicAccess: {blockAll: Required, acls: Forbidden},
        encryption: {algorithms: [AES256]}, versioning: {state: Suspended}, website: Forbidden, cors: {wildcardOrigin: Forbidden}, lifecycle: {}, logging: {}}}";
    let all = set(&[spec; 20], &[]);
    let world = world();
    let request = world.request();
    let review = Review::of(&request, now());
    assert!(shown(&all.evaluate(&review)).is_empty());
    let time = |what: &dyn Fn()| {
        let start = std::time::Instant::now();
        (0..200).for_each(|_| what());
        start.elapsed() / 200
    };
    let guardrails = time(&|| drop(std::hint::black_box(all.evaluate(&review))));
    let built_in = time(&|| drop(std::hint::black_box(crate::admission::findings(&request))));
    println!("20 guardrails of 10 rules: {guardrails:?}; built-in rules: {built_in:?}");
}
