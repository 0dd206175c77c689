//! A request with all that the API server answers, and a dry run of a creation, asked as strictly as can be.

use http::header::{CONTENT_TYPE, WARNING};
use http_body_util::BodyExt as _;
use kube::Client;
use kube::client::Body;
use serde_json::Value;

use crate::team::Failure;

/// What the API server said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    /// The object, or the Status of a refusal.
    pub(crate) body: Value,
    pub(crate) warnings: Vec<String>,
}

impl Answer {
    /// Field and message of each cause of a refusal.
    pub(crate) fn causes(&self) -> Vec<(String, String)> {
        let text = |cause: &Value, member: &str| cause[member].as_str().unwrap_or_default().to_owned();
        let causes = self.body["details"]["causes"].as_array().into_iter().flatten();
        causes.map(|cause| (text(cause, "field"), text(cause, "message"))).collect()
    }

    /// What a refusal says.
    pub(crate) fn message(&self) -> String {
        self.body["message"].as_str().unwrap_or_default().to_owned()
    }

    /// The rules that refuse.
    pub(crate) fn rules(&self) -> Vec<String> {
        self.causes().iter().filter_map(|(_, message)| rule(message)).collect()
    }
}

/// The word in brackets: `[rule] what is wrong`, whatever stands before it.
fn rule(text: &str) -> Option<String> {
    Some(text.split_once('[')?.1.split_once("] ")?.0.to_owned())
}

/// `POST` of a Bucket with `dryRun=All` and `fieldValidation=Strict`.
pub(crate) async fn try_to_create(client: &Client, object: &Value) -> Result<Answer, Failure> {
    let namespace = object["metadata"]["namespace"].as_str().unwrap_or("default");
    let path = format!("/apis/s3.services.k8s.aws/v1alpha1/namespaces/{namespace}/buckets?dryRun=All&fieldValidation=Strict");
    let request = http::Request::post(path).header(CONTENT_TYPE, "application/json").body(Body::from(object.to_string().into_bytes()))?;
    ask(client, request).await
}

/// Sends a request, whatever comes of it.
pub(crate) async fn ask(client: &Client, request: http::Request<Body>) -> Result<Answer, Failure> {
    let response = client.send(request).await?;
    let warnings = response.headers().get_all(WARNING).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let warnings = warnings.filter_map(|value| unquoted(&value)).collect();
    let code = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes();
    Ok(Answer { code, body: serde_json::from_slice(&body)?, warnings })
}

/// The text of `299 - "text"`.
fn unquoted(header: &str) -> Option<String> {
    let quoted = header.strip_prefix("299 - \"")?.strip_suffix('"')?;
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        text.push(if character == '\\' { characters.next()? } else { character });
    }
    Some(text)
}
