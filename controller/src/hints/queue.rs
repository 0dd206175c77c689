//! The queue that hints come through: an SQS queue, asked with the controller's own credentials.

use std::error::Error;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message, QueueAttributeName};
use shared::telemetry::Chain;

/// The longest time that SQS waits for a message before it answers that there is none. Source: SQS Developer Guide, "Amazon SQS short
/// and long polling".
pub const LONG_POLL: Duration = Duration::from_secs(20);
/// The most messages of one answer. Source: SQS API reference, ReceiveMessage.
pub const MOST: u16 = 10;

/// What SQS says of a queue that is not there, in its two protocols.
const NO_QUEUE: [&str; 2] = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

/// The queue.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
    url: String,
}

/// A call to SQS failed.
#[derive(Debug, thiserror::Error)]
#[error("sqs:{action} of {url} failed ({code}): {reason}; {advice}", advice = advice(.code, .action))]
pub struct QueueError {
    action: &'static str,
    url: String,
    code: String,
    reason: String,
}

impl QueueError {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        "queue"
    }
}

impl Queue {
    /// The queue of this URL, asked by this client.
    #[must_use]
    pub fn new(client: Client, url: &str) -> Self {
        Self { client, url: url.to_owned() }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Up to so many messages ([`MOST`] at most), or none where none came within the time ([`LONG_POLL`] at most).
    ///
    /// # Errors
    /// SQS refused, or did not answer.
    pub async fn receive(&self, most: u16, wait: Duration) -> Result<Vec<Message>, QueueError> {
        let wait = i32::try_from(wait.min(LONG_POLL).as_secs()).unwrap_or_default();
        let call = self.client.receive_message().queue_url(&self.url).max_number_of_messages(most.clamp(1, MOST).into());
        let answer = call.wait_time_seconds(wait).send().await.map_err(|error| self.failed("ReceiveMessage", &error))?;
        Ok(answer.messages.unwrap_or_default())
    }

    /// Takes these messages out of the queue, by the handles that they came with; [`MOST`] at most.
    ///
    /// # Errors
    /// SQS refused, or did not answer; those that are still there come again.
    pub async fn delete(&self, handles: Vec<String>) -> Result<(), QueueError> {
        let entries = handles.into_iter().enumerate().map(|(index, handle)| {
            let entry = DeleteMessageBatchRequestEntry::builder().id(index.to_string()).receipt_handle(handle);
            entry.build().map_err(|error| self.error("DeleteMessage", "none", Chain(&error).to_string()))
        });
        let entries: Vec<_> = entries.collect::<Result<_, _>>()?;
        if entries.is_empty() {
            return Ok(());
        }
        let call = self.client.delete_message_batch().queue_url(&self.url).set_entries(Some(entries));
        let answer = call.send().await.map_err(|error| self.failed("DeleteMessage", &error))?;
        match answer.failed.first() {
            None => Ok(()),
            Some(failed) => Err(self.error("DeleteMessage", &failed.code, failed.message.clone().unwrap_or_default())),
        }
    }

    /// How many messages wait, about.
    ///
    /// # Errors
    /// SQS refused, or did not answer.
    pub async fn depth(&self) -> Result<u64, QueueError> {
        const DEPTH: QueueAttributeName = QueueAttributeName::ApproximateNumberOfMessages;
        let call = self.client.get_queue_attributes().queue_url(&self.url).attribute_names(DEPTH);
        let answer = call.send().await.map_err(|error| self.failed("GetQueueAttributes", &error))?;
        let depth = answer.attributes.as_ref().and_then(|all| all.get(&DEPTH)).and_then(|depth| depth.parse().ok());
        depth.ok_or_else(|| self.error("GetQueueAttributes", "none", "the answer lacks the number of messages".to_owned()))
    }

    fn failed<E, R>(&self, action: &'static str, error: &SdkError<E, R>) -> QueueError
    where
        SdkError<E, R>: Error,
        E: ProvideErrorMetadata,
    {
        let code = error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or("none").to_owned();
        self.error(action, &code, Chain(error).to_string())
    }

    fn error(&self, action: &'static str, code: &str, reason: String) -> QueueError {
        QueueError { action, url: self.url.clone(), code: code.to_owned(), reason }
    }
}

fn advice(code: &str, action: &str) -> String {
    if NO_QUEUE.contains(&code) {
        "create the queue (deploy/hints), or correct --hint-queue-url".to_owned()
    } else if code.contains("AccessDenied") {
        format!("allow sqs:{action} on the queue for the controller's own identity (cooper-controller iam-policy --hint-queue-arn)")
    } else {
        "check that the controller reaches the host of --hint-queue-url".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_to_do() {
        let told = |code: &str| {
            let (url, code) = ("https://sqs.eu-central-1.amazonaws.com/1/q".to_owned(), code.to_owned());
            QueueError { action: "ReceiveMessage", url, code, reason: "no".to_owned() }.to_string()
        };
        assert!(told("QueueDoesNotExist").ends_with("or correct --hint-queue-url"));
        assert!(told("AccessDeniedException").contains("allow sqs:ReceiveMessage"));
        assert!(told("none").contains("sqs:ReceiveMessage of https://sqs") && told("none").contains("reaches the host"));
    }
}
