//! A namespace with an S3 of its own.

use serde_json::json;
use tests::s3::{Role, S3Model, S3Options};
use tests::world::ACCOUNT;

use super::{ROLE, team, world};
use crate::sections::surround;
use crate::team::Outcome;

const ENDPOINT: &str = "services.k8s.aws/endpoint-url";

#[tokio::test]
async fn its_buckets_are_there_and_nowhere_else() -> Outcome {
    let elsewhere = S3Model::start(S3Options::default())?;
    elsewhere.credentials(ACCOUNT);
    let (there, here) = (team("store", &[(ENDPOINT, elsewhere.endpoint())]).await?, team("main", &[]).await?);
    surround(&elsewhere, &there.namespace)?;
    for team in [&there, &here] {
        team.make("b", &json!({ "tagging": { "tagSet": [{ "key": "a", "value": "b" }] } })).await?;
    }
    let (name, other) = (there.s3_name("b"), here.s3_name("b"));
    assert!(elsewhere.bucket(&name).is_some() && !there.exists("b"));
    assert!(elsewhere.bucket(&other).is_none() && here.exists("b"));
    assert!(elsewhere.get(&name, "tagging").is_some_and(|tags| tags.contains("<Key>a</Key>")));
    assert!(there.calls("b").is_empty() && elsewhere.journal().of(&other).is_empty());

    there.delete("b").await?;
    there.gone("b").await?;
    assert!(elsewhere.bucket(&name).is_none());
    Ok(())
}

#[tokio::test]
async fn sts_stays_where_it_is() -> Outcome {
    let arn = "arn:aws:iam::444455556666:role/store";
    world().await.s3().add_role(Role::open(arn));
    let elsewhere = S3Model::start(S3Options::default())?;
    let team = team("session", &[(ENDPOINT, elsewhere.endpoint()), (ROLE, arn)]).await?;
    team.apply("b", &json!({})).await?;
    // The other store knows nothing of the role's session, and says so.
    team.told("b", "ACK.Recoverable").await?;
    let counts = elsewhere.journal().counts();
    assert!(counts.get("HeadBucket").is_some_and(|calls| *calls > 0) && !counts.contains_key("AssumeRole"), "{counts:?}");
    assert!(team.calls("b").is_empty());
    Ok(())
}

#[tokio::test]
async fn an_address_that_is_none_is_told_and_nothing_is_called() -> Outcome {
    let team = team("nowhere", &[]).await?;
    team.make("b", &json!({})).await?;
    let set = |url: &str| format!("{ENDPOINT}={url}");
    team.world.kubectl().run(&["annotate", "namespace", &team.namespace, &set("s3.example.com")]).await?.ok()?;
    let told = team.told("b", "ACK.Terminal").await?;
    assert!(told.contains("endpoint-url") && told.contains("s3.example.com"), "{told}");
    let before = team.calls("b").len();
    team.touch("b").await?;
    // The webhook's cache learns of the annotation some moments later.
    let manifest = team.manifest("c", &json!({}), &json!({})).to_string();
    team.wait("a new Bucket to be refused", || async { team.kubectl.apply_refused(&manifest).await.ok() }).await?;
    assert_eq!(team.calls("b").len(), before);

    team.world.kubectl().run(&["annotate", "namespace", &team.namespace, &format!("{ENDPOINT}-")]).await?.ok()?;
    team.ready("b").await?;
    Ok(())
}
