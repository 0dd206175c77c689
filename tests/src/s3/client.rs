//! Ways for a client to reach the model.

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Builder, Region};
use aws_smithy_types::retry::RetryConfig;

use shared::subconfig::remote::{S3Bucket, Whole, unprefixed};

use super::S3Model;
use super::identity::AccessKey;
use super::subresource::acl_grants::canonical_id;

impl S3Model {
    /// The key of an account's administrator, who may do everything in the account.
    pub fn credentials(&self, account: &str) -> AccessKey {
        self.engine().identities().administrator(account)
    }

    /// The canonical id by which ACLs name an account.
    #[must_use]
    pub fn canonical_id(account: &str) -> String {
        canonical_id(account)
    }

    /// A client of an account's administrator in a region. It does not retry, so that a test sees every answer.
    pub fn client(&self, account: &str, region: &str) -> Client {
        let key = self.credentials(account);
        self.client_as(Credentials::new(key.id, key.secret, None, None, "s3-model"), region)
    }

    /// A client with other credentials, such as those of a session.
    pub fn client_as(&self, credentials: Credentials, region: &str) -> Client {
        let config = Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .endpoint_url(self.endpoint())
            .region(Region::new(region.to_owned()))
            .credentials_provider(credentials)
            .force_path_style(true)
            .disable_s3_express_session_auth(true)
            .retry_config(RetryConfig::disabled())
            .build();
        Client::from_conf(config)
    }

    /// A bucket as the controller's own code reaches it.
    pub fn s3_bucket(&self, name: &str, account: &str, region: &str) -> S3Bucket {
        let key = self.credentials(account);
        let control = aws_sdk_s3control::config::Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .endpoint_url(self.endpoint())
            .endpoint_resolver(unprefixed())
            .region(Region::new(region.to_owned()))
            .credentials_provider(Credentials::new(key.id, key.secret, None, None, "s3-model"))
            .retry_config(RetryConfig::disabled())
            .interceptor(Whole)
            .build();
        let control = aws_sdk_s3control::Client::from_conf(control);
        let arn = shared::arn::bucket(name, "aws", region, account);
        let client = self.client(account, region).config().to_builder().interceptor(Whole).build();
        S3Bucket::new(Client::from_conf(client), control, name, Some(account.to_owned()), arn)
    }

    /// The environment variables by which an AWS client finds the model as an account's administrator.
    pub fn environment(&self, account: &str, region: &str) -> Vec<(&'static str, String)> {
        let key = self.credentials(account);
        vec![
            ("AWS_ENDPOINT_URL", self.endpoint().to_owned()),
            ("AWS_ACCESS_KEY_ID", key.id),
            ("AWS_SECRET_ACCESS_KEY", key.secret),
            ("AWS_REGION", region.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    }
}
