//! A store behind the SDK's HTTP interface, without a network: it keeps the document of each sub-configuration as it was sent and
//! hands it out again, which is what S3 does but for the ids of lifecycle rules.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Config, Credentials, HttpClient, Region, RuntimeComponents, SharedHttpClient, http::HttpRequest, http::HttpResponse,
};
use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::http::StatusCode;

use crate::subconfig::remote::S3Bucket;

const SIZE_HEADER: &str = "x-amz-transition-default-minimum-object-size";

/// What a bucket holds, by the name that the query gives it.
#[derive(Clone, Debug)]
pub(in crate::subconfig) struct Store(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    kept: BTreeMap<String, String>,
    size: Option<String>,
    always: Option<(u16, String)>,
    refused: Option<&'static str>,
    journal: Vec<(String, String)>,
}

impl Store {
    /// As S3 leaves a new bucket.
    pub(in crate::subconfig) fn new_bucket() -> Self {
        let rule = "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>\
                    <BucketKeyEnabled>false</BucketKeyEnabled><BlockedEncryptionTypes><EncryptionType>SSE-C</EncryptionType></BlockedEncryptionTypes>";
        let block =
            ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"].map(|on| format!("<{on}>true</{on}>"));
        let documents = [
            ("encryption", format!("<ServerSideEncryptionConfiguration><Rule>{rule}</Rule></ServerSideEncryptionConfiguration>")),
            ("publicAccessBlock", format!("<PublicAccessBlockConfiguration>{}</PublicAccessBlockConfiguration>", block.concat())),
            (
                "ownershipControls",
                "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>".to_owned(),
            ),
        ];
        let kept = documents.into_iter().map(|(name, document)| (name.to_owned(), document)).collect();
        Self(Arc::new(Mutex::new(State { kept, ..State::default() })))
    }

    /// A bucket that holds nothing at all, as other stores make them.
    pub(in crate::subconfig) fn bare() -> Self {
        Self(Arc::default())
    }

    /// The same answer to every call.
    pub(in crate::subconfig) fn answering(status: u16, body: &str) -> Self {
        Self(Arc::new(Mutex::new(State { always: Some((status, body.to_owned())), ..State::default() })))
    }

    /// The bucket, through the SDK.
    pub(in crate::subconfig) fn bucket(&self) -> S3Bucket {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "laws"))
            .endpoint_url("http://s3.invalid")
            .force_path_style(true)
            .retry_config(RetryConfig::disabled())
            .http_client(SharedHttpClient::new(self.clone()))
            .build();
        let control = aws_sdk_s3control::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "laws"))
            .endpoint_url("http://s3.invalid")
            .retry_config(RetryConfig::disabled())
            .http_client(SharedHttpClient::new(self.clone()))
            .build();
        let (client, control) = (aws_sdk_s3::Client::from_conf(config), aws_sdk_s3control::Client::from_conf(control));
        S3Bucket::new(client, control, "laws", Some("123456789012".to_owned()), "arn:aws:s3:::laws".to_owned())
    }

    /// The document that the bucket holds under a name.
    pub(in crate::subconfig) fn document(&self, name: &str) -> Option<String> {
        self.0.lock().unwrap().kept.get(name).cloned()
    }

    /// The smallest object that lifecycle rules move; no part of the document.
    pub(in crate::subconfig) fn set_size(&self, size: &str) {
        self.0.lock().unwrap().size = Some(size.to_owned());
    }

    /// See [`Store::set_size`].
    pub(in crate::subconfig) fn size(&self) -> Option<String> {
        self.0.lock().unwrap().size.clone()
    }

    /// The calls so far, such as `PUT versioning`.
    pub(in crate::subconfig) fn calls(&self) -> Vec<String> {
        self.0.lock().unwrap().journal.iter().map(|(method, name)| format!("{method} {name}")).collect()
    }

    /// Refuses to take one of the documents from now on.
    pub(in crate::subconfig) fn refuse(&self, name: &'static str) {
        self.0.lock().unwrap().refused = Some(name);
    }

    /// Nothing is deleted that was not read whole just before.
    pub(in crate::subconfig) fn check_journal(&self) {
        let journal = &self.0.lock().unwrap().journal;
        for (index, (method, name)) in journal.iter().enumerate().filter(|(_, (method, _))| method == "DELETE") {
            let before = index.checked_sub(1).and_then(|before| journal.get(before));
            assert_eq!(before, Some(&("GET".to_owned(), name.clone())), "{method} {name} after {before:?}");
        }
    }
}

impl State {
    fn answer(&mut self, request: &HttpRequest) -> (u16, String) {
        let query = request.uri().split_once('?').map_or("", |(_, query)| query);
        let name = query.split('&').find(|part| !part.starts_with("x-id")).unwrap_or_default().trim_end_matches('=').to_owned();
        assert_eq!(request.headers().get("x-amz-expected-bucket-owner"), Some("123456789012"), "{name}");
        self.journal.push((request.method().to_owned(), name.clone()));
        if let Some(always) = &self.always {
            return always.clone();
        }
        match request.method() {
            "GET" => self.kept.get(&name).map_or_else(|| nothing(&name), |document| (200, document.clone())),
            "PUT" if self.refused == Some(name.as_str()) => (403, "<Error><Code>AccessDenied</Code></Error>".to_owned()),
            "PUT" => {
                let body = String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap();
                if name == "lifecycle" {
                    self.size = request.headers().get(SIZE_HEADER).map(str::to_owned);
                }
                self.kept.insert(name.clone(), if name == "lifecycle" { with_ids(&body) } else { body });
                (200, String::new())
            }
            "DELETE" => (204, self.kept.remove(&name).map(|_| String::new()).unwrap()),
            other => panic!("{other} {name}"),
        }
    }
}

/// What S3 answers where nothing is held. Source: S3 API reference, the Get calls.
fn nothing(name: &str) -> (u16, String) {
    let code = match name {
        "versioning" => return (200, "<VersioningConfiguration/>".to_owned()),
        "cors" => "NoSuchCORSConfiguration",
        "encryption" => "ServerSideEncryptionConfigurationNotFoundError",
        "lifecycle" => "NoSuchLifecycleConfiguration",
        "ownershipControls" => "OwnershipControlsNotFoundError",
        "policy" => "NoSuchBucketPolicy",
        "publicAccessBlock" => "NoSuchPublicAccessBlockConfiguration",
        "tagging" => "NoSuchTagSet",
        other => panic!("{other} is not known to the store"),
    };
    (404, format!("<Error><Code>{code}</Code><Message>there is none</Message></Error>"))
}

/// The lifecycle rules, each with an id.
fn with_ids(document: &str) -> String {
    let mut rules = document.split("<Rule>");
    let start = rules.next().unwrap_or_default().to_owned();
    rules.enumerate().fold(start, |text, (index, rule)| {
        let id = if rule.contains("<ID>") { String::new() } else { format!("<ID>made-{index}</ID>") };
        text + "<Rule>" + &id + rule
    })
}

impl HttpConnector for Store {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut state = self.0.lock().unwrap();
        let (status, body) = state.answer(&request);
        let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
        if let Some(size) = state.size.clone().filter(|_| request.uri().contains("lifecycle")) {
            response.headers_mut().insert(SIZE_HEADER, size);
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl HttpClient for Store {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
