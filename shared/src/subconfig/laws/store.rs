//! A store behind the SDK's HTTP interface, without a network: it keeps the document of each sub-configuration as it was sent and
//! hands it out again, which is what S3 does but for the ids that it makes.

mod access;
mod control;
mod keyed;
mod made;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Config, Credentials, HttpClient, Region, RuntimeComponents, SharedHttpClient, http::HttpRequest, http::HttpResponse,
};
use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::http::StatusCode;

use crate::subconfig::remote::{S3Bucket, Whole, unprefixed};

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
    strict: bool,
    malformed: Option<&'static str>,
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
            ("acl", access::list(|_| None)),
        ];
        let kept = documents.into_iter().map(|(name, document)| (name.to_owned(), document)).collect();
        Self(Arc::new(Mutex::new(State { kept, ..State::default() })))
    }

    /// The same, refusing what S3 refuses because of another section.
    pub(in crate::subconfig) fn strict() -> Self {
        let store = Self::new_bucket();
        store.0.lock().unwrap().strict = true;
        store
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
            .interceptor(Whole)
            .http_client(SharedHttpClient::new(self.clone()))
            .build();
        let control = aws_sdk_s3control::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "laws"))
            .endpoint_url("http://s3.invalid")
            .endpoint_resolver(unprefixed())
            .retry_config(RetryConfig::disabled())
            .interceptor(Whole)
            .http_client(SharedHttpClient::new(self.clone()))
            .build();
        let (client, control) = (aws_sdk_s3::Client::from_conf(config), aws_sdk_s3control::Client::from_conf(control));
        S3Bucket::new(client, control, "laws", Some("123456789012".to_owned()), "arn:aws:s3:::laws".to_owned())
    }

    /// The document that the bucket holds under a name.
    pub(in crate::subconfig) fn document(&self, name: &str) -> Option<String> {
        self.0.lock().unwrap().kept.get(name).cloned()
    }

    /// Puts a document into the bucket behind everybody's back.
    pub(in crate::subconfig) fn set(&self, name: &str, document: &str) {
        self.0.lock().unwrap().kept.insert(name.to_owned(), document.to_owned());
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

    /// Calls documents with this text in them malformed from now on.
    pub(in crate::subconfig) fn refuse_text(&self, text: &'static str) {
        self.0.lock().unwrap().malformed = Some(text);
    }

    /// Nothing is deleted that was not read whole just before; after one read of a list, several of it may be written.
    pub(in crate::subconfig) fn check_journal(&self) {
        let journal = &self.0.lock().unwrap().journal;
        for (index, (method, name)) in journal.iter().enumerate().filter(|(_, (method, _))| method == "DELETE") {
            let section = name.split('/').next().unwrap_or_default();
            let is_sibling = |other: &str| other.split_once('/').is_some_and(|(of, _)| of == section);
            let before = journal[..index].iter().rev().find(|(_, other)| !is_sibling(other));
            assert_eq!(before, Some(&("GET".to_owned(), section.to_owned())), "{method} {name} after {before:?}");
        }
    }
}

impl State {
    fn answer(&mut self, request: &HttpRequest) -> (u16, String) {
        if let Some(answer) = control::answer(self, request) {
            return answer;
        }
        let query = request.uri().split_once('?').map_or("", |(_, query)| query);
        let name = query.split('&').find(|part| !part.starts_with("x-id")).unwrap_or_default().trim_end_matches('=');
        let name = keyed::name(name, query);
        assert_eq!(request.headers().get("x-amz-expected-bucket-owner"), Some("123456789012"), "{name}");
        self.journal.push((request.method().to_owned(), name.clone()));
        if let Some(always) = &self.always {
            return always.clone();
        }
        match request.method() {
            "GET" if let Some(page) = keyed::page(&name, query, &self.kept) => page,
            "GET" => self.kept.get(&name).map_or_else(|| nothing(&name), |document| (200, document.clone())),
            "PUT" | "DELETE" if name == "tagging" && self.kept.get("abac").is_some_and(|abac| abac.contains("Enabled")) => {
                (400, "<Error><Code>InvalidRequest</Code><Message>ABAC is on</Message></Error>".to_owned())
            }
            "PUT" if self.refused == Some(name.as_str()) => (403, "<Error><Code>AccessDenied</Code></Error>".to_owned()),
            "PUT"
                if self.strict
                    && let Some(refusal) = access::refusal(&name, request, &self.kept) =>
            {
                refusal
            }
            "PUT" => {
                let body = String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap();
                if self.malformed.is_some_and(|text| body.contains(text)) {
                    return (400, "<Error><Code>MalformedXML</Code></Error>".to_owned());
                }
                if name == "lifecycle" {
                    self.size = request.headers().get(SIZE_HEADER).map(str::to_owned);
                }
                let document = match name.as_str() {
                    "acl" => access::list(|name| request.headers().get(name).map(str::to_owned)),
                    name => made::of(name, body),
                };
                self.kept.insert(name.clone(), document);
                (200, String::new())
            }
            "DELETE" if name.contains('/') && !self.kept.contains_key(&name) => nothing(&name),
            "DELETE" => (204, self.kept.remove(&name).map(|_| String::new()).unwrap()),
            other => panic!("{other} {name}"),
        }
    }
}

/// What S3 answers where nothing is held. Source: S3 API reference, the Get calls.
fn nothing(name: &str) -> (u16, String) {
    let code = match name {
        "acl" => return (200, "<AccessControlPolicy><AccessControlList/></AccessControlPolicy>".to_owned()),
        "abac" => return (200, "<AbacStatus><Status>Disabled</Status></AbacStatus>".to_owned()),
        "accelerate" => return (200, "<AccelerateConfiguration/>".to_owned()),
        "requestPayment" => {
            return (200, "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>".to_owned());
        }
        "logging" => return (200, "<BucketLoggingStatus/>".to_owned()),
        "notification" => return (200, "<NotificationConfiguration/>".to_owned()),
        "versioning" => return (200, "<VersioningConfiguration/>".to_owned()),
        "cors" => "NoSuchCORSConfiguration",
        "encryption" => "ServerSideEncryptionConfigurationNotFoundError",
        "lifecycle" => "NoSuchLifecycleConfiguration",
        "object-lock" => "ObjectLockConfigurationNotFoundError",
        "ownershipControls" => "OwnershipControlsNotFoundError",
        "policy" => "NoSuchBucketPolicy",
        "replication" => "ReplicationConfigurationNotFoundError",
        "website" => "NoSuchWebsiteConfiguration",
        "publicAccessBlock" => "NoSuchPublicAccessBlockConfiguration",
        "tagging" => "NoSuchTagSet",
        one if one.contains('/') => "NoSuchConfiguration",
        other => panic!("{other} is not known to the store"),
    };
    (404, format!("<Error><Code>{code}</Code><Message>there is none</Message></Error>"))
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
