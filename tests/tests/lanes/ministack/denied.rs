//! A controller whose IAM user may do everything but one call: the Bucket says which action to allow, the rest is done, and once IAM
//! allows it that is done as well.

use aws_credential_types::Credentials;
use serde_json::json;
use tests::ministack::MiniStack;
use tests::query::{Query, member};
use tests::world::{ACCOUNT, Elsewhere, Options, REGION, World, condition};

use crate::lane::{Lane, client};
use crate::rows::{Home, Site, spec};
use tests::failure::Outcome;

const USER: &str = "cooper-controller";
const BUCKET: &str = "cooper-mini-denied";
const DENIED: &str = "s3:PutBucketCORS";

#[tokio::test]
async fn a_missing_right_is_named_and_holds_back_nothing_else() -> Outcome {
    let server = MiniStack::start().await?;
    let root = server.credentials(ACCOUNT);
    let iam = Query { endpoint: server.endpoint(), service: "iam", version: "2010-05-08", region: "us-east-1", credentials: &root };
    iam.call("CreateUser", &[("UserName", USER)]).await?;
    may(&iam, json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }, { "Effect": "Deny", "Action": DENIED, "Resource": "*" }]))
        .await?;
    let answer = iam.call("CreateAccessKey", &[("UserName", USER)]).await?;
    let part = |name| member(&answer, name).ok_or_else(|| format!("no {name} in {answer}"));
    let user = Credentials::new(part("AccessKeyId")?, part("SecretAccessKey")?, None, None, "ministack");

    let world = World::start(Options::default().on(Elsewhere::at(server.endpoint(), Some(user))).check_every(1)).await?;
    let owner = client(server.endpoint(), REGION, root.clone());
    let site = Site {
        bucket: BUCKET.to_owned(),
        target: "cooper-mini-target".to_owned(),
        account: ACCOUNT,
        queue: String::new(),
        acls: ["private"; 2],
    };
    let lane = Lane::new("MiniStack", owner, world, site.clone(), super::LACKS).await?;
    let few = ["cors", "ownership_controls", "tagging", "versioning"];
    let rows: Vec<_> = lane.implemented(&site, Home::Plain).into_iter().filter(|row| few.contains(&row.config)).collect();
    assert_eq!(rows.len(), few.len());

    lane.apply(BUCKET, &spec(Home::Plain, &rows, |row| &row.first.0)).await?;
    let told = |bucket: &shared::Bucket| {
        condition(bucket, "ACK.Recoverable").is_some_and(|(status, message)| status == "True" && message.contains(DENIED))
    };
    lane.world.bucket_until(&lane.namespace, BUCKET, "told which action to allow", told).await?;
    let held = lane.held(&site, &rows).await;
    let wanted = rows.iter().map(|row| (row.config, if row.config == "cors" { "none".to_owned() } else { row.first.1.clone() }));
    assert_eq!(held, wanted.collect::<Vec<_>>());

    may(&iam, json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }])).await?;
    // A user would touch the Bucket too: rights are tried again at a slow pace.
    lane.kubectl.run(&["annotate", "bucket", BUCKET, "example.com/look=now"]).await?.ok()?;
    lane.world.bucket_ready(&lane.namespace, BUCKET).await?;
    assert_eq!(lane.held(&site, &rows).await, rows.iter().map(|row| (row.config, row.first.1.clone())).collect::<Vec<_>>());
    lane.delete(BUCKET).await
}

/// Replaces what the user may do.
async fn may(iam: &Query<'_>, statements: serde_json::Value) -> Outcome {
    let document = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    iam.call("PutUserPolicy", &[("UserName", USER), ("PolicyName", "rights"), ("PolicyDocument", &document)]).await?;
    Ok(())
}
