//! MiniStack is what we need it for: an S3 with accounts and keys that it checks.

#![cfg(test)]

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Builder, Region};
use tests::ministack::MiniStack;

fn client(endpoint: &str, credentials: Credentials) -> Client {
    let config = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .force_path_style(true)
        .credentials_provider(credentials)
        .build();
    Client::from_conf(config)
}

#[tokio::test]
async fn buckets_belong_to_accounts_and_unknown_keys_are_refused() {
    let server = MiniStack::start().await.unwrap_or_else(|fault| panic!("{fault}"));
    let owner = client(server.endpoint(), server.credentials("111111111111"));
    owner.create_bucket().bucket("cooper-mini").send().await.expect("the owner may create");
    owner.head_bucket().bucket("cooper-mini").expected_bucket_owner("111111111111").send().await.expect("the owner may look");

    let stranger = client(server.endpoint(), server.credentials("222222222222"));
    let fault = stranger.head_bucket().bucket("cooper-mini").send().await.expect_err("another account may not");
    assert_eq!(fault.raw_response().map(|answer| answer.status().as_u16()), Some(403));

    let nobody = client(server.endpoint(), Credentials::new("AKIANOBODYNOBODYNOBO", "wrong", None, None, "test"));
    let fault = nobody.head_bucket().bucket("cooper-mini").send().await.expect_err("an unknown key may not");
    assert_eq!(fault.raw_response().map(|answer| answer.status().as_u16()), Some(403));
}
