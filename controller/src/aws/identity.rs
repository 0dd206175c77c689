//! Who the controller is to AWS.

use std::time::Duration;

use shared::arn::Arn;
use shared::place::Identity;
use shared::resource_tags::TagTemplates;
use shared::telemetry::Chain;

use super::Aws;
use crate::settings::aws::AwsSettings;

/// How often the controller asks who it is before it gives up, and how long it waits in between.
const TRIES: u32 = 5;
const WAIT: Duration = Duration::from_secs(2);

/// Who the controller is to AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account, 12 digits.
    pub account: String,
    /// The ARN of the user or role.
    pub arn: String,
    /// The partition of the ARN; that of regions which belong to none.
    pub partition: String,
}

impl Caller {
    /// What that comes to for buckets, with what the operator set.
    #[must_use]
    pub fn identity(&self, settings: &AwsSettings, tags: TagTemplates) -> Identity {
        Identity {
            account: Some(self.account.clone()),
            partition: Some(self.partition.clone()),
            unsafe_endpoints: settings.unsafe_endpoints,
            default_region: Some(settings.region.clone()),
            tags,
        }
    }
}

/// Why the controller does not know who it is.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// STS refused, or could not be reached.
    #[error(
        "sts:GetCallerIdentity failed {}; give cooper-controller AWS credentials, and check --aws-region and the endpoint flags: {why}",
        times(*.tries)
    )]
    Call {
        /// How often it was tried.
        tries: u32,
        /// What it said at last.
        why: String,
    },
    /// The answer lacks what it is there for.
    #[error("sts:GetCallerIdentity named no account; check --aws-identity-endpoint-url: it has to be an STS endpoint")]
    NoAccount,
}

impl IdentityError {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        "identity"
    }
}

fn times(tries: u32) -> String {
    if tries == 1 { "at the first try".to_owned() } else { format!("{tries} times") }
}

impl Aws {
    /// Asks STS who the controller is, a few times.
    ///
    /// # Errors
    /// STS did not say.
    pub async fn caller(&self) -> Result<Caller, IdentityError> {
        self.caller_within(TRIES).await
    }

    /// Asks STS who the controller is, so many times at most.
    ///
    /// # Errors
    /// STS did not say.
    pub async fn caller_within(&self, most: u32) -> Result<Caller, IdentityError> {
        let mut tries = 0;
        let answer = loop {
            tries += 1;
            match self.sts.get_caller_identity().send().await {
                Ok(answer) => break answer,
                Err(error) if tries >= most => return Err(IdentityError::Call { tries, why: Chain(&error).to_string() }),
                Err(error) => {
                    tracing::warn!(tries, error = %Chain(&error), "sts:GetCallerIdentity failed; trying again");
                    tokio::time::sleep(WAIT).await;
                }
            }
        };
        let account = answer.account.filter(|account| !account.is_empty()).ok_or(IdentityError::NoAccount)?;
        let arn = answer.arn.unwrap_or_default();
        let partition = Arn::parse(&arn).map_or("aws", |arn| arn.partition).to_owned();
        Ok(Caller { account, arn, partition })
    }
}
