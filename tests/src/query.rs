//! Calls to AWS services that have no client here (IAM, SQS), through the query protocol: a signed form, an XML answer.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use http::Request;

use crate::error::{Error, Result};
use crate::http::send;

/// A server may load the service when it is first called.
const LIMIT: Duration = Duration::from_secs(30);
const DIGITS: [&str; 16] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D", "E", "F"];

/// One service of a server on loopback.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    /// The server's address.
    pub endpoint: &'a str,
    /// The service as signatures name it: `iam`, `sqs`.
    pub service: &'a str,
    /// Its API version, for example `2010-05-08`.
    pub version: &'a str,
    /// The region to sign for.
    pub region: &'a str,
    /// Who calls.
    pub credentials: &'a Credentials,
}

impl Query<'_> {
    /// Calls `action` and returns the answer's XML.
    ///
    /// # Errors
    /// [`Error::Http`] when there is no answer or one of another status than 200; the text has it.
    pub async fn call(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String> {
        let failed = |reason: String| Error::Http { url: format!("{} ({}:{action})", self.endpoint, self.service), reason };
        let request = self.signed(action, parameters).map_err(|fault| failed(fault.to_string()))?;
        match send(request, LIMIT).await? {
            (200, answer) => Ok(answer),
            (status, answer) => Err(failed(format!("status {status}: {answer}"))),
        }
    }

    fn signed(
        &self,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> std::result::Result<Request<String>, Box<dyn std::error::Error + Send + Sync>> {
        let pairs = [("Action", action), ("Version", self.version)];
        let form = pairs.iter().chain(parameters).map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let form = form.collect::<Vec<_>>().join("&");
        let url = format!("{}/", self.endpoint);
        let host = self.endpoint.trim_start_matches("http://");
        let headers = [("host", host), ("content-type", "application/x-www-form-urlencoded")];

        let identity = self.credentials.clone().into();
        let signing = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?;
        let signable = SignableRequest::new("POST", url.as_str(), headers.into_iter(), SignableBody::Bytes(form.as_bytes()))?;
        let (instructions, _) = sign(signable, &signing.into())?.into_parts();
        let request = headers.into_iter().fold(Request::post(url), |request, (name, value)| request.header(name, value));
        let mut request = request.body(form)?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

/// The text of the first element of this name in an answer, for flat answers.
#[must_use]
pub fn member<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = answer.split_once(&format!("<{name}>"))?;
    Some(after.split_once("</")?.0)
}

/// Percent-encodes all but letters, digits and `-._~`, as the value of a parameter.
pub(crate) fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(["%", DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::{S3Model, S3Options};

    const VERSION: &str = "2011-06-15";

    #[tokio::test]
    async fn a_signed_form_is_understood() {
        let model = S3Model::start(S3Options::default()).expect("a model");
        let key = model.credentials("111122223333");
        let credentials = Credentials::new(key.id, key.secret, None, None, "test");
        let sts = Query { endpoint: model.endpoint(), service: "sts", version: VERSION, region: "eu-central-1", credentials: &credentials };
        let answer = sts.call("GetCallerIdentity", &[("Note", "a b&c=ü")]).await.expect("the model's STS answers");
        assert_eq!(member(&answer, "Account"), Some("111122223333"), "{answer}");
        assert_eq!(member(&answer, "Nothing"), None);
    }

    #[tokio::test]
    async fn a_refusal_shows_the_answer() {
        let model = S3Model::start(S3Options::default()).expect("a model");
        let credentials = Credentials::new("nobody", "wrong", None, None, "test");
        let sts = Query { endpoint: model.endpoint(), service: "sts", version: VERSION, region: "eu-central-1", credentials: &credentials };
        let text = sts.call("GetCallerIdentity", &[]).await.expect_err("nobody knows this key").to_string();
        assert!(text.contains("sts:GetCallerIdentity") && text.contains("403"), "{text}");
    }
}
