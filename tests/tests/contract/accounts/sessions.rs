//! Sessions of STS: few calls, in good time, and a refusal that everybody hears of.

use std::time::Duration;

use serde_json::json;
use tests::s3::Role;

use super::{ROLE, no_call, only_by, team, world};
use crate::team::Outcome;

const BUCKETS: usize = 40;

#[tokio::test]
async fn many_buckets_of_a_role_that_is_denied_ask_sts_a_handful_of_times_and_each_says_so() -> Outcome {
    let arn = "arn:aws:iam::333344445555:role/denied";
    let team = team("denied", &[(ROLE, arn)]).await?;
    let names: Vec<String> = (0..BUCKETS).map(|number| format!("b{number}")).collect();
    let items: Vec<_> = names.iter().map(|name| team.manifest(name, &json!({}), &json!({}))).collect();
    team.kubectl.apply(&json!({ "apiVersion": "v1", "kind": "List", "items": items }).to_string()).await?;
    for name in &names {
        let told = team.told(name, "ACK.Recoverable").await?;
        assert!(told.contains("(allow sts:AssumeRole") && told.contains(arn), "{told}");
        no_call(&team, name);
    }
    let refused = || team.world.s3().journal().calls().named("AssumeRole").failed().len();
    assert!((1..=8).contains(&refused()), "{} refusals for {BUCKETS} Buckets", refused());
    assert!(team.metric("cooper_aws_requests_total", &[("operation", "AssumeRole"), ("code", "403")]).await? >= 1.0);

    // Once the role is there, all get ready by themselves, by one session at a time.
    world().await.s3().add_role(Role::open(arn));
    for name in &names {
        team.ready(name).await?;
        only_by(&team, name, arn);
    }
    Ok(())
}

#[tokio::test]
async fn sessions_are_renewed_before_they_end() -> Outcome {
    let arn = "arn:aws:iam::333344445555:role/renewed";
    world().await.s3().add_role(Role::open(arn));
    let team = team("renewed", &[(ROLE, arn)]).await?;
    team.make("b", &json!({})).await?;
    let first = last_call(&team);
    // Sessions last ten seconds here: this takes several of them.
    while last_call(&team) < first + Duration::from_secs(24) {
        team.check("b").await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    only_by(&team, "b", arn);
    let codes: Vec<_> = team.calls("b").iter().filter_map(|call| call.code.clone()).filter(|code| code.contains("Token")).collect();
    assert!(codes.is_empty(), "{codes:?}");
    Ok(())
}

/// When the last call about the bucket began.
fn last_call(team: &crate::team::Team<'_>) -> Duration {
    team.calls("b").iter().map(|call| call.at).max().unwrap_or_default()
}
