//! Answers that are none: each ends as a fault with a clear text, none in a panic, and nothing is written because of it.

use serde_json::json;
use shared::fault::{Class, NO_ANSWER, UNREADABLE};
use shared::place::Place;
use shared::subconfig::calls::Calls;
use shared::subconfig::remote::{Failed, Outcome};
use shared::subconfig::{CALLS, apply, plan};
use shared::unset::UnsetFields;
use tests::s3::{Access, Act, FaultRule, Spoil};

use crate::world::{World, spec};

/// What [`whole`] leaves out and S3 says to be missing.
const EMPTY: [&str; 3] = ["object_lock", "replication", "website"];

/// Every kind of bad answer to a read, and what the fault of it says.
fn kinds() -> Vec<(FaultRule, &'static str, &'static str)> {
    let error = "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>later</Message></Error>";
    let nested = "<a>".repeat(100_000);
    vec![
        (FaultRule::body(200, ""), UNREADABLE, "the answer is empty"),
        (FaultRule::body(200, "<!DOCTYPE html><html><body>Sign in</body></html>"), UNREADABLE, "no whole document"),
        (FaultRule::body(200, "<html><body>Sign in</body></html>"), UNREADABLE, "web page"),
        (FaultRule::body(200, "oops"), UNREADABLE, "neither XML nor JSON"),
        (FaultRule::body(200, error), "SlowDown", "an error: SlowDown: later"),
        (FaultRule::body(200, &nested), UNREADABLE, "no whole document"),
        (FaultRule::body(502, "<html><body>Bad Gateway</body></html>"), "502", "HTTP status 502 and no error document of S3"),
        (FaultRule::body(500, ""), "500", "HTTP status 500 and no error document"),
        (FaultRule::body(503, "<Error><Code>Slo"), "503", "HTTP status 503"),
        (FaultRule::spoil(Spoil::Break { bytes: 20 }), UNREADABLE, ""),
        (FaultRule::spoil(Spoil::Flood { mebibytes: 16 }), UNREADABLE, "longer than"),
        (FaultRule::new(Act::Cut), NO_ANSWER, ""),
        (FaultRule::new(Act::CutAfter), NO_ANSWER, ""),
    ]
}

/// What is read as a fault is neither drift nor a reason to write, and where nothing could be read, nothing is.
#[tokio::test]
async fn a_bad_answer_to_a_read_is_a_fault_that_says_so_and_writes_nothing() {
    for (rule, code, says) in kinds() {
        let world = World::new();
        world.settles(&whole()).await;
        let writes = world.model.journal().calls().writes().len();
        let id = world.model.faults().add(rule.clone().access(Access::Read));
        let failed = attempt(&world).await;
        // That there is nothing is an error of S3, which arrives unspoilt.
        let held = |calls: &&Calls| !matches!(rule.act, Act::Spoil { .. } | Act::CutAfter) || !EMPTY.contains(&calls.name);
        let unread: Vec<&str> = failed.iter().map(|failed| failed.config).collect();
        assert_eq!(unread, CALLS.iter().filter(held).map(|calls| calls.name).collect::<Vec<_>>(), "{rule:?}");
        for Failed { config, fault } in &failed {
            assert_eq!(fault.code, code, "{config}: {fault}");
            assert!(matches!(fault.class, Class::Transient | Class::Throttled), "{config}: {fault}");
            let told = fault.to_string();
            assert!(told.contains(says) && told.len() > fault.code.len() + fault.operation.name.len() + 4, "{config}: {told}");
            assert!(!told.contains("does not implement"), "{told}");
        }
        assert_eq!(world.model.journal().calls().writes().len(), writes, "{rule:?}");
        world.model.faults().remove(id);
        world.settles(&whole()).await;
    }
}

/// Cut anywhere: every prefix of every document that S3 keeps is no answer, so that half a list is never taken for the whole.
#[tokio::test]
async fn a_document_cut_short_anywhere_is_never_taken_for_less_than_it_was() {
    let world = World::new();
    world.settles(&whole()).await;
    let writes = world.model.journal().calls().writes().len();
    for bytes in [1, 20, 39, 60, 100, 130, 170, 220, 300] {
        let id = world.model.faults().add(FaultRule::spoil(Spoil::Shorten { bytes }).access(Access::Read));
        attempt(&world).await;
        assert_eq!(world.model.journal().calls().writes().len(), writes, "{bytes} bytes");
        world.model.faults().remove(id);
    }
    assert!(world.differences(&whole()).await.is_empty());
}

/// Whether S3 did it or not, the next pass sees.
#[tokio::test]
async fn a_bad_answer_to_a_write_is_a_fault_and_the_next_pass_puts_it_right() {
    let error = "<Error><Code>InternalError</Code><Message>We encountered an internal error</Message></Error>";
    for rule in [FaultRule::body(200, error), FaultRule::body(502, "<html/>"), FaultRule::new(Act::Cut), FaultRule::new(Act::CutAfter)] {
        let world = World::new();
        let id = world.model.faults().add(rule.clone().access(Access::Write));
        let applied = world.attempt(&whole()).await;
        assert!(!applied.ran.is_empty());
        for ran in &applied.ran {
            match &ran.outcome {
                Outcome::Failed(fault) => assert!(fault.class == Class::Transient && !fault.message.is_empty(), "{rule:?}: {fault}"),
                Outcome::HeldBack { .. } => {}
                Outcome::Done | Outcome::Stopped => panic!("{rule:?}: {}: {:?}", ran.config, ran.outcome),
            }
        }
        world.model.faults().remove(id);
        world.settles(&whole()).await;
    }
}

/// What could not be read in one pass.
async fn attempt(world: &World) -> Vec<Failed> {
    let s3 = world.model.s3_bucket(crate::world::NAME, crate::world::ACCOUNT, crate::world::REGION);
    let (observed, failed) = shared::subconfig::observe(&s3).await;
    let plan = plan(&whole(), &observed, &Place::default(), UnsetFields::Reset);
    apply(&s3, &plan, &|| true).await;
    failed
}

fn whole() -> shared::BucketSpec {
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Sid": "a", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": "arn:aws:s3:::laws/*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]});
    spec(&json!({
        "cors": {"corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["https://a.example"]},
            {"allowedMethods": ["PUT"], "allowedOrigins": ["https://b.example"]}]},
        "lifecycle": {"rules": [{"id": "logs", "status": "Enabled", "filter": {"prefix": "logs/"}, "expiration": {"days": 400}},
            {"id": "tmp", "status": "Enabled", "filter": {"prefix": "tmp/"}, "expiration": {"days": 4}}]},
        "metrics": [{"id": "all"}, {"id": "logs", "filter": {"prefix": "logs/"}}],
        "policy": policy.to_string(),
        "tagging": {"tagSet": [{"key": "team", "value": "a"}, {"key": "cost", "value": "b"}]},
        "versioning": {"status": "Enabled"},
    }))
}
