//! MiniStack is what we need it for: an S3 with accounts and keys that it checks.

use aws_credential_types::Credentials;
use tests::ministack::MiniStack;

use crate::lane::client;
use crate::rows::done;
use tests::failure::Outcome;

#[tokio::test]
async fn buckets_belong_to_accounts_and_unknown_keys_are_refused() -> Outcome {
    let server = MiniStack::start().await?;
    let owner = client(server.endpoint(), "us-east-1", server.credentials("111111111111"));
    done(owner.create_bucket().bucket("cooper-mini").send().await)?;
    done(owner.head_bucket().bucket("cooper-mini").expected_bucket_owner("111111111111").send().await)?;

    let nobody = Credentials::new("AKIANOBODYNOBODYNOBO", "wrong", None, None, "test");
    for credentials in [server.credentials("222222222222"), nobody] {
        let stranger = client(server.endpoint(), "us-east-1", credentials);
        let refused = done(stranger.head_bucket().bucket("cooper-mini").send().await).expect_err("strangers may not look");
        assert_eq!(refused.status, 403, "{refused}");
    }
    Ok(())
}
