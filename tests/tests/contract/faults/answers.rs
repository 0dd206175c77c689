//! Answers that are none, on the real way: they end in a condition that says so, and the Bucket gets ready once S3 talks sense again.

use serde_json::json;
use tests::s3::{Access, FaultRule, Spoil};

use super::super::sections::{eight, first};
use super::super::team::Outcome;
use super::team;

#[tokio::test]
async fn nonsense_is_told_writes_nothing_and_passes() -> Outcome {
    let team = team("nonsense").await?;
    let page = "<html><body>Please sign in</body></html>";
    let kinds = [
        ("empty", FaultRule::body(200, ""), "the answer is empty"),
        ("page", FaultRule::body(200, page), "web page"),
        ("short", FaultRule::spoil(Spoil::Shorten { bytes: 60 }), "no whole document"),
        ("cut", FaultRule::spoil(Spoil::Break { bytes: 60 }), "GetBucketVersioning"),
        ("endless", FaultRule::spoil(Spoil::Flood { mebibytes: 64 }), "longer than"),
        ("slow", FaultRule::spoil(Spoil::Trickle { milliseconds: 500 }), "did not arrive whole"),
        ("gateway", FaultRule::body(502, page), "HTTP status 502 and no error document of S3"),
    ];
    let spec = |name: &str| first(&eight(&team.s3_name(name), &team.namespace));
    for (name, ..) in &kinds {
        team.apply(name, &spec(name)).await?;
    }
    let mut rules = Vec::new();
    for (name, rule, _) in &kinds {
        team.ready(name).await?;
        team.check(name).await?;
        rules.push((
            team.calls(name).writes().len(),
            team.world.s3().faults().add(rule.clone().on("GetBucketVersioning").bucket(&team.s3_name(name))),
        ));
    }
    for ((name, _, says), (writes, rule)) in kinds.iter().zip(rules) {
        let told = team.told(name, "ACK.Recoverable").await?;
        assert!(told.starts_with("versioning: GetBucketVersioning: ") && told.contains(says), "{name}: {told}");
        assert_eq!(team.calls(name).writes().len(), writes, "{name}: {:?}", team.calls(name).operations());
        team.world.s3().faults().remove(rule);
        let bucket = team.ready(name).await?;
        assert_eq!(bucket.status.and_then(|status| status.drift), None, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_success_that_is_an_error_is_not_taken_for_done() -> Outcome {
    let team = team("liar").await?;
    let error = "<Error><Code>InternalError</Code><Message>We encountered an internal error</Message></Error>";
    let rule = FaultRule::body(200, error).access(Access::Write).on("Put*").bucket(&team.s3_name("b"));
    let rule = team.world.s3().faults().add(rule);
    team.apply("b", &json!({ "versioning": { "status": "Enabled" } })).await?;
    let told = team.told("b", "ACK.Recoverable").await?;
    assert!(told.starts_with("versioning: PutBucketVersioning: InternalError: ") && told.contains("status 200"), "{told}");
    team.world.s3().faults().remove(rule);
    team.ready("b").await?;
    assert!(team.in_s3("b", "versioning").is_some_and(|held| held.contains("Enabled")));
    Ok(())
}
