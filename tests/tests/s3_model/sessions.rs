//! STS: roles, sessions and their end.

use aws_credential_types::Credentials;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::{BehaviorVersion, Config, Region};
use tests::s3::{Role, S3Model, S3Options};

use super::{ME, OTHER, REGION, model_with, refusal, refused};

const ROLE: &str = "arn:aws:iam::222222222222:role/team/s3";

fn sts(model: &S3Model, account: &str) -> Client {
    let key = model.credentials(account);
    let config = Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(model.endpoint())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new(key.id, key.secret, None, None, "test"));
    Client::from_conf(config.build())
}

fn with_role(role: Role) -> S3Model {
    model_with(S3Options { roles: vec![role], ..S3Options::default() }).0
}

async fn session(model: &S3Model, account: &str) -> aws_sdk_s3::Client {
    let answer = sts(model, account).assume_role().role_arn(ROLE).role_session_name("me").send().await.unwrap();
    let issued = answer.credentials.unwrap();
    let credentials = Credentials::new(issued.access_key_id, issued.secret_access_key, Some(issued.session_token), None, "test");
    model.client_as(credentials, REGION)
}

#[tokio::test]
async fn a_session_acts_in_the_account_of_its_role() {
    let model = with_role(Role::open(ROLE));
    model.create_bucket("theirs", OTHER, REGION).unwrap();
    let client = session(&model, ME).await;
    client.head_bucket().bucket("theirs").expected_bucket_owner(OTHER).send().await.unwrap();
    assert_eq!(refusal(client.get_bucket_tagging().bucket("b").send().await), refused(403, "AccessDenied"));
    let entry = model.journal().of("theirs").first().cloned().unwrap();
    assert_eq!(entry.account.as_deref(), Some(OTHER));
    assert_eq!(entry.caller.as_deref(), Some("arn:aws:sts::222222222222:assumed-role/s3/me"));
    let me = sts(&model, ME).get_caller_identity().send().await.unwrap();
    assert_eq!((me.account(), me.arn()), (Some(ME), Some("arn:aws:iam::111111111111:user/admin")));
}

#[tokio::test]
async fn a_role_that_is_missing_or_trusts_somebody_else_is_refused() {
    let trusting = Role { arn: ROLE.to_owned(), trusted: vec![format!("arn:aws:iam::{ME}:root")], external_id: Some("x".to_owned()) };
    let model = with_role(trusting);
    let assume = |account: &str, arn: &str| sts(&model, account).assume_role().role_arn(arn).role_session_name("me");
    let denied = refused(403, "AccessDenied");
    assert_eq!(refusal(assume(ME, "arn:aws:iam::222222222222:role/none").send().await), denied);
    assert_eq!(refusal(assume(ME, ROLE).send().await), denied, "without the external id");
    assert_eq!(refusal(assume(OTHER, ROLE).external_id("x").send().await), denied, "another account");
    assume(ME, ROLE).external_id("x").send().await.unwrap();
    assert_eq!(refusal(assume(ME, ROLE).external_id("x").duration_seconds(60).send().await), refused(400, "ValidationError"));
    assert!(model.remove_role(ROLE));
    assert_eq!(refusal(assume(ME, ROLE).external_id("x").send().await), denied);
}

#[tokio::test]
async fn a_session_ends() {
    let model = with_role(Role::open(ROLE));
    let client = session(&model, ME).await;
    client.list_buckets().send().await.unwrap();
    model.expire_sessions();
    assert_eq!(refusal(client.list_buckets().send().await), refused(400, "ExpiredToken"));
}
