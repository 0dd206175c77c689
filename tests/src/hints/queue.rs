//! A queue on LocalStack.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_sdk_sqs::types::QueueAttributeName;

use crate::error::{Error, Result};
use crate::localstack::LocalStack;
use crate::world::REGION;

/// The account of whoever shows a key that LocalStack does not know.
const ACCOUNT: &str = "000000000000";

/// A queue that hints are put into.
#[derive(Clone, Debug)]
pub struct HintQueue {
    client: Client,
    name: String,
    url: String,
}

impl HintQueue {
    /// Makes one.
    ///
    /// # Errors
    /// LocalStack refuses.
    pub async fn create(server: &LocalStack, name: &str) -> Result<Self> {
        let config = Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(REGION))
            .endpoint_url(server.endpoint())
            .credentials_provider(Credentials::new("somebody", "test", None, None, "localstack"))
            .build();
        let url = format!("{}/{ACCOUNT}/{name}", server.endpoint());
        let queue = Self { client: Client::from_conf(config), name: name.to_owned(), url };
        queue.make().await?;
        Ok(queue)
    }

    /// Makes it anew after [`HintQueue::delete`].
    ///
    /// # Errors
    /// LocalStack refuses.
    pub async fn make(&self) -> Result<()> {
        let created = self.client.create_queue().queue_name(&self.name).send().await;
        created.map(drop).map_err(|fault| self.failed("CreateQueue", &fault))
    }

    /// Its URL, for `--hint-queue-url`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Puts a message into it.
    ///
    /// # Errors
    /// LocalStack refuses.
    pub async fn send(&self, body: &str) -> Result<()> {
        let sent = self.client.send_message().queue_url(&self.url).message_body(body).send().await;
        sent.map(drop).map_err(|fault| self.failed("SendMessage", &fault))
    }

    /// How many messages are in it, those included that somebody received and did not delete yet.
    ///
    /// # Errors
    /// LocalStack refuses.
    pub async fn messages(&self) -> Result<u64> {
        let counts = [QueueAttributeName::ApproximateNumberOfMessages, QueueAttributeName::ApproximateNumberOfMessagesNotVisible];
        let asked = self.client.get_queue_attributes().queue_url(&self.url).set_attribute_names(Some(counts.to_vec()));
        let answer = asked.send().await.map_err(|fault| self.failed("GetQueueAttributes", &fault))?;
        let all = answer.attributes.unwrap_or_default();
        Ok(counts.iter().filter_map(|count| all.get(count)?.parse::<u64>().ok()).sum())
    }

    /// Takes it away.
    ///
    /// # Errors
    /// LocalStack refuses.
    pub async fn delete(&self) -> Result<()> {
        let deleted = self.client.delete_queue().queue_url(&self.url).send().await;
        deleted.map(drop).map_err(|fault| self.failed("DeleteQueue", &fault))
    }

    fn failed(&self, action: &str, fault: &(dyn std::error::Error + 'static)) -> Error {
        let causes = std::iter::successors(Some(fault), |fault| fault.source()).map(ToString::to_string).collect::<Vec<_>>();
        Error::Unexpected { what: format!("sqs:{action} of {}", self.url), reason: causes.join(": ") }
    }
}
