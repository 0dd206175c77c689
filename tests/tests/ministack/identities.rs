//! MiniStack is what we need it for: an S3 with accounts and keys that it checks.

use aws_credential_types::Credentials;
use tests::ministack::MiniStack;

use crate::client;

#[tokio::test]
async fn buckets_belong_to_accounts_and_unknown_keys_are_refused() {
    let server = MiniStack::start().await.unwrap_or_else(|fault| panic!("{fault}"));
    let owner = client(&server, "us-east-1", server.credentials("111111111111"));
    owner.create_bucket().bucket("cooper-mini").send().await.expect("the owner may create");
    owner.head_bucket().bucket("cooper-mini").expected_bucket_owner("111111111111").send().await.expect("the owner may look");

    let stranger = client(&server, "us-east-1", server.credentials("222222222222"));
    let fault = stranger.head_bucket().bucket("cooper-mini").send().await.expect_err("another account may not");
    assert_eq!(fault.raw_response().map(|answer| answer.status().as_u16()), Some(403));

    let nobody = client(&server, "us-east-1", Credentials::new("AKIANOBODYNOBODYNOBO", "wrong", None, None, "test"));
    let fault = nobody.head_bucket().bucket("cooper-mini").send().await.expect_err("an unknown key may not");
    assert_eq!(fault.raw_response().map(|answer| answer.status().as_u16()), Some(403));
}
