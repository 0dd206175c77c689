//! What people put right outside heals without a change of the spec; what S3 got wrong for a while passes.

use serde_json::{Value, json};
use shared::bucket::{Condition, FINALIZER};
use tests::s3::{Act, FaultRule};

use super::super::sections::{first, sections};
use super::super::team::{Outcome, Team};
use super::{team, team_in};

/// One fault and what is made of it.
struct Case {
    name: &'static str,
    rule: FaultRule,
    /// The condition, its reason, and what its message says.
    shown: (&'static str, &'static str, &'static str),
}

fn cases() -> Vec<Case> {
    let case = |name, rule, condition, reason, says| Case { name, rule, shown: (condition, reason, says) };
    let refusal = FaultRule::refusal;
    vec![
        case("quota", FaultRule::answer(400, "TooManyBuckets").on("CreateBucket"), "ACK.Recoverable", "Limit", "quota of the account"),
        case(
            "taken",
            FaultRule::answer(409, "BucketAlreadyExists").on("CreateBucket"),
            "ACK.Terminal",
            "BucketAlreadyExists",
            "pick another spec.name",
        ),
        case(
            "principal",
            refusal(400, "MalformedPolicy", "Invalid principal in policy").on("PutBucketPolicy"),
            "ACK.Recoverable",
            "Missing",
            "policy: PutBucketPolicy: MalformedPolicy: Invalid principal in policy",
        ),
        case(
            "policy",
            refusal(400, "MalformedPolicy", "Policy has invalid action").on("PutBucketPolicy"),
            "ACK.Terminal",
            "MalformedPolicy",
            "invalid action",
        ),
        case(
            "queue",
            refusal(400, "InvalidArgument", "Unable to validate the following destination configurations").on("PutBucketNotification*"),
            "ACK.Recoverable",
            "Missing",
            "destination",
        ),
        case(
            "target",
            FaultRule::answer(400, "InvalidTargetBucketForLogging").on("PutBucketLogging"),
            "ACK.Recoverable",
            "Missing",
            "create the target bucket",
        ),
        case(
            "refused",
            FaultRule::answer(400, "InvalidRequest").on("PutBucketCors"),
            "ACK.Terminal",
            "InvalidRequest",
            "cors: PutBucketCors",
        ),
        case(
            "key",
            FaultRule::answer(403, "InvalidAccessKeyId").on("PutBucketVersioning"),
            "ACK.Recoverable",
            "Denied",
            "check the AWS credentials",
        ),
        case("expired", FaultRule::answer(400, "ExpiredToken").on("PutBucketVersioning"), "ACK.Recoverable", "Transient", "ExpiredToken"),
        case(
            "clock",
            FaultRule::answer(403, "RequestTimeTooSkewed").on("PutBucketVersioning"),
            "ACK.Recoverable",
            "Transient",
            "clock of the node",
        ),
        case(
            "aborted",
            FaultRule::answer(409, "OperationAborted").on("PutBucketVersioning"),
            "ACK.Recoverable",
            "Conflict",
            "OperationAborted",
        ),
        case("ill", FaultRule::answer(500, "InternalError").on("PutBucketVersioning"), "ACK.Recoverable", "Transient", "InternalError"),
        case(
            "moved",
            FaultRule::answer(307, "TemporaryRedirect").on("PutBucketVersioning"),
            "ACK.Recoverable",
            "Transient",
            "TemporaryRedirect",
        ),
        case("unknown", FaultRule::answer(418, "Teapot").on("PutBucketVersioning"), "ACK.Terminal", "Teapot", "Teapot"),
    ]
}

/// The sections that the faults are about.
fn declared(team: &Team<'_>, name: &str) -> Value {
    let wanted = ["policy", "cors", "versioning", "notification", "logging"];
    let all = sections(&team.s3_name(name), &team.namespace);
    first(&all.into_iter().filter(|section| wanted.contains(&section.config)).collect::<Vec<_>>())
}

#[tokio::test]
async fn every_class_is_told_as_such_and_heals_without_a_change_of_the_spec() -> Outcome {
    let team = team("heals").await?;
    let mut rules = Vec::new();
    for Case { name, rule, .. } in cases() {
        rules.push(team.world.s3().faults().add(rule.bucket(&team.s3_name(name))));
        team.apply(name, &declared(&team, name)).await?;
    }
    let mut generations = Vec::new();
    for Case { name, shown: (condition, reason, says), .. } in cases() {
        let told = team.told(name, condition).await?;
        assert!(told.contains(says), "{name}: {told}");
        let bucket = team.until(name, "told", |_| true).await?;
        let conditions = bucket.status.and_then(|status| status.conditions).unwrap_or_default();
        let shown = |other: &&Condition| other.status == "True" && other.type_.starts_with("ACK.") && other.type_ != "ACK.LateInitialized";
        let shown: Vec<_> = conditions.iter().filter(shown).map(|other| (other.type_.as_str(), other.reason.as_deref())).collect();
        assert_eq!(shown, [(condition, Some(reason))], "{name}");
        if matches!(name, "quota" | "taken") {
            let claims = bucket.metadata.finalizers.unwrap_or_default();
            assert!(!claims.iter().any(|claim| claim == FINALIZER), "{name}: nothing was created, and nothing is claimed");
        }
        generations.push(bucket.metadata.generation);
    }
    for rule in rules {
        team.world.s3().faults().remove(rule);
    }
    for (Case { name, .. }, generation) in cases().into_iter().zip(generations) {
        let healed = team.ready(name).await?;
        assert_eq!(healed.metadata.generation, generation, "{name}");
        assert_eq!(healed.status.and_then(|status| status.drift), None, "{name}: what was never finished is no drift");
    }
    for class in ["Terminal", "Denied", "Missing", "Conflict", "Limit", "Transient"] {
        assert!(team.metric("cooper_faults_total", &[("class", class)]).await? >= 1.0, "{class}");
    }
    Ok(())
}

/// The region's own: what is throttled here is waited for by nobody else.
#[tokio::test]
async fn throttling_and_errors_in_bursts_pass() -> Outcome {
    let team = team_in("bursts", "eu-north-1").await?;
    let bucket = team.s3_name("b");
    for rule in [
        FaultRule::slow_down().times(4),
        FaultRule::answer(500, "InternalError").every(3).times(5),
        FaultRule::new(Act::Cut).every(5).times(3),
        FaultRule::answer(429, "TooManyRequests").on("PutBucketCors").times(4),
    ] {
        team.world.s3().faults().add(rule.bucket(&bucket));
    }
    let declared = json!({
        "cors": { "corsRules": [{ "allowedMethods": ["GET"], "allowedOrigins": ["*"] }] },
        "tagging": { "tagSet": [{ "key": "team", "value": "a" }] },
        "versioning": { "status": "Enabled" },
        "requestPayment": { "payer": "Requester" },
        "website": { "indexDocument": { "suffix": "index.html" } },
    });
    let made = team.make("b", &declared).await?;
    assert!(made.status.is_some_and(|status| status.drift.is_none()), "what was never finished is no drift");
    assert!(team.calls("b").failed().len() >= 14, "the faults struck: {:?}", team.calls("b").counts());
    assert_eq!(team.calls("b").named("CreateBucket").iter().filter(|call| call.succeeded()).count(), 1);
    let writes = team.calls("b").writes().len();
    team.check("b").await?;
    assert_eq!(team.calls("b").writes().len(), writes, "a check finds nothing to do");
    Ok(())
}
