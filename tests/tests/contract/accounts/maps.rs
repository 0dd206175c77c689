//! Roles by account and by team.

use serde_json::json;
use tests::s3::Role;

use super::{ACCOUNTS, OWNER, ROLE, TEAMS, no_call, observed, only_by, owner, put, system, team, waiting, world};
use crate::team::Outcome;

const TEAM: &str = "services.k8s.aws/team-id";

#[tokio::test]
async fn the_owner_of_the_namespace_is_looked_up_and_a_missing_role_is_waited_for() -> Outcome {
    let arn = "arn:aws:iam::444455556666:role/by-account";
    world().await.s3().add_role(Role::open(arn));
    let team = team("owner", &[(OWNER, "444455556666")]).await?;
    team.apply("b", &json!({ "versioning": { "status": "Enabled" } })).await?;
    let why = waiting(&team, "b").await?;
    assert!(why.contains("cooper-system/ack-role-account-map") && why.contains("444455556666"), "{why}");
    no_call(&team, "b");

    put(ACCOUNTS, "444455556666", arn).await?;
    let bucket = team.ready("b").await?;
    assert_eq!(owner(&bucket), Some("444455556666"));
    only_by(&team, "b", arn);

    // A role that goes away later stops the Bucket, and leaves the bucket alone.
    put(ACCOUNTS, "444455556666", "").await?;
    let before = team.calls("b").len();
    let why = waiting(&team, "b").await?;
    assert!(why.contains("444455556666"), "{why}");
    assert_eq!(team.calls("b").len(), before);
    put(ACCOUNTS, "444455556666", arn).await?;
    team.ready("b").await?;
    team.delete("b").await?;
    team.gone("b").await?;
    only_by(&team, "b", arn);
    assert!(!team.exists("b"));
    Ok(())
}

#[tokio::test]
async fn a_team_goes_before_the_owner_and_its_map_may_come_later() -> Outcome {
    let arn = "arn:aws:iam::555566667777:role/by-team";
    world().await.s3().add_role(Role::open(arn));
    let team = team("team", &[(TEAM, "shop")]).await?;
    team.apply("b", &json!({})).await?;
    let why = waiting(&team, "b").await?;
    assert!(why.contains("there is no ConfigMap cooper-system/ack-role-team-map"), "{why}");
    no_call(&team, "b");

    let create = async || system(team.world).run(&["create", "configmap", TEAMS, &format!("--from-literal=shop={arn}")]).await?.ok();
    create().await?;
    assert_eq!(owner(&team.ready("b").await?), Some("555566667777"));
    only_by(&team, "b", arn);

    // A map that is deleted later stops the Bucket, and leaves the bucket alone.
    system(team.world).run(&["delete", "configmap", TEAMS]).await?.ok()?;
    let why = waiting(&team, "b").await?;
    assert!(why.contains("there is no ConfigMap cooper-system/ack-role-team-map"), "{why}");
    let before = team.calls("b").len();
    team.apply("b", &json!({ "versioning": { "status": "Enabled" } })).await?;
    team.until("b", "looked at", |bucket| observed(bucket) == bucket.metadata.generation).await?;
    assert_eq!(team.calls("b").len(), before);
    create().await?;
    team.ready("b").await?;
    assert!(team.in_s3("b", "versioning").is_some_and(|held| held.contains("Enabled")));
    only_by(&team, "b", arn);
    Ok(())
}

#[tokio::test]
async fn the_key_for_s3_alone_goes_first() -> Outcome {
    let (plain, own) = ("arn:aws:iam::666677778888:role/any-service", "arn:aws:iam::666677778888:role/s3-only");
    for arn in [plain, own] {
        world().await.s3().add_role(Role::open(arn));
    }
    put(ACCOUNTS, "666677778888", plain).await?;
    put(ACCOUNTS, "s3.666677778888", own).await?;
    let team = team("service", &[(OWNER, "666677778888")]).await?;
    team.make("b", &json!({})).await?;
    only_by(&team, "b", own);
    Ok(())
}

#[tokio::test]
async fn a_map_that_leads_elsewhere_or_nowhere_is_followed_by_no_call() -> Outcome {
    put(ACCOUNTS, "777788889999", "arn:aws:iam::111111111111:role/elsewhere").await?;
    put(ACCOUNTS, "888899990000", "arn:aws:iam::888899990000:user/no-role").await?;
    let elsewhere = team("elsewhere", &[(OWNER, "777788889999")]).await?;
    elsewhere.apply("b", &json!({})).await?;
    let told = elsewhere.told("b", "ACK.Recoverable").await?;
    assert!(told.contains("111111111111") && told.contains("777788889999"), "{told}");
    no_call(&elsewhere, "b");

    let nowhere = team("nowhere", &[(OWNER, "888899990000")]).await?;
    nowhere.apply("b", &json!({})).await?;
    let why = waiting(&nowhere, "b").await?;
    assert!(why.contains("user/no-role"), "{why}");
    no_call(&nowhere, "b");
    Ok(())
}

#[tokio::test]
async fn the_namespaces_own_role_goes_before_the_maps() -> Outcome {
    let (mapped, own) = ("arn:aws:iam::222233334444:role/mapped", "arn:aws:iam::222233334444:role/own");
    for arn in [mapped, own] {
        world().await.s3().add_role(Role::open(arn));
    }
    put(ACCOUNTS, "222233334444", mapped).await?;
    let team = team("own", &[(OWNER, "222233334444"), (ROLE, own)]).await?;
    team.make("b", &json!({})).await?;
    only_by(&team, "b", own);
    Ok(())
}
