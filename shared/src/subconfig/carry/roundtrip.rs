//! Unknown members through the SDK, there and back.

use std::sync::{Arc, Mutex};

use aws_sdk_s3::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use prometheus::{Registry, TextEncoder};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Carry;
use crate::BucketSpec;
use crate::place::Place;
use crate::subconfig::laws::{remote::runtime, store::Store};
use crate::subconfig::remote::{Applied, Outcome, S3Bucket};
use crate::subconfig::{Plan, apply, observe, plan};
use crate::unset::UnsetFields;

/// A bucket behind the interceptor.
struct World {
    store: Store,
    registry: Registry,
    carry: Carry,
}

impl World {
    fn new() -> Self {
        let (store, registry) = (Store::new_bucket(), Registry::new());
        Self { carry: Carry::new(&registry).unwrap(), store, registry }
    }

    fn bucket(&self, sent: Option<Sent>) -> S3Bucket {
        let mut s3 = self.store.bucket();
        let config = s3.client.config().to_builder().interceptor(self.carry.clone()).interceptor(sent.unwrap_or_default());
        s3.client = aws_sdk_s3::Client::from_conf(config.build());
        s3
    }

    /// One pass: what there was to do, and what became of it.
    fn pass(&self, spec: &BucketSpec) -> (Plan, Applied) {
        Self::pass_through(&self.bucket(None), spec)
    }

    fn pass_through(s3: &S3Bucket, spec: &BucketSpec) -> (Plan, Applied) {
        runtime().block_on(async {
            let (observed, failed) = observe(s3).await;
            assert!(failed.is_empty(), "{failed:?}");
            let plan = plan(spec, &observed, &Place::default(), UnsetFields::Reset);
            let applied = apply(s3, &plan, &|| true).await;
            (plan, applied)
        })
    }

    fn document(&self, name: &str) -> String {
        self.store.document(name).unwrap()
    }

    /// Puts an element into a document, behind everybody's back.
    fn set(&self, name: &str, before: &str, element: &str) {
        let document = self.document(name);
        assert!(document.contains(before), "{before} is not in {document}");
        self.store.set(name, &document.replacen(before, &format!("{element}{before}"), 1));
    }
}

/// Adds an element to a document, changes another member through the spec, and sees the element again.
fn survives(name: &str, before: &str, one: serde_json::Value, two: serde_json::Value) {
    let of = |section: serde_json::Value| -> BucketSpec {
        let mut spec = section;
        spec["name"] = json!("laws");
        serde_json::from_value(spec).unwrap()
    };
    let (one, two) = (of(one), of(two));
    let world = World::new();
    world.pass(&one);
    world.set(name, before, "<Colour>red</Colour>");
    let (plan, _) = world.pass(&one);
    assert!(plan.is_empty(), "an unknown member is no difference: {:?}", plan.differences());
    let (plan, applied) = world.pass(&two);
    assert_eq!(plan.differences().len(), 1, "{:?}", plan.differences());
    assert!(matches!(applied.ran[0].outcome, Outcome::Done), "{:?}", applied.ran);
    assert!(world.document(name).contains("<Colour>red</Colour>"), "{}", world.document(name));
    assert!(world.pass(&two).0.is_empty());
}

#[test]
fn an_unknown_member_survives_a_put_of_another_one() {
    let logging = |prefix: &str| json!({"logging": {"loggingEnabled": {"targetBucket": "logs", "targetPrefix": prefix}}});
    survives("logging", "</LoggingEnabled>", logging("a/"), logging("b/"));
    let encryption = |key: bool| json!({"encryption": {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}, "bucketKeyEnabled": key}]}});
    survives("encryption", "</Rule>", encryption(true), encryption(false));
    let lifecycle = |days: u32| json!({"lifecycle": {"rules": [{"status": "Enabled", "expiration": {"days": days}}]}});
    survives("lifecycle", "</Rule>", lifecycle(1), lifecycle(2));
    survives("lifecycle", "</Expiration>", lifecycle(1), lifecycle(2));
    let block = |on: bool| json!({"publicAccessBlock": {"blockPublicACLs": on}});
    survives("publicAccessBlock", "</PublicAccessBlockConfiguration>", block(true), block(false));
}

#[test]
fn unknown_members_are_counted_where_they_are_read() {
    let world = World::new();
    let count = |operation: &str| {
        let text = TextEncoder::new().encode_to_string(&world.registry.gather()).unwrap();
        let line = format!("cooper_s3_unknown_members_total{{operation=\"{operation}\"}} ");
        text.lines().find_map(|found| found.strip_prefix(&line).map(str::to_owned)).unwrap()
    };
    let spec = BucketSpec { name: "laws".to_owned(), ..BucketSpec::default() };
    world.pass(&spec);
    assert_eq!(count("GetBucketEncryption"), "0");
    world.set("encryption", "</Rule>", "<Colour/><Hue/>");
    world.pass(&spec);
    assert_eq!((count("GetBucketEncryption"), count("GetPublicAccessBlock")), ("2".to_owned(), "0".to_owned()));
}

#[test]
fn a_member_that_s3_does_not_take_back_costs_one_pass() {
    let block =
        |on: bool| -> BucketSpec { serde_json::from_value(json!({"name": "laws", "publicAccessBlock": {"blockPublicACLs": on}})).unwrap() };
    let world = World::new();
    world.set("publicAccessBlock", "</PublicAccessBlockConfiguration>", "<ReadOnly>1</ReadOnly>");
    world.store.refuse_text("<ReadOnly>");
    let (_, applied) = world.pass(&block(false));
    assert!(matches!(&applied.ran[0].outcome, Outcome::Failed(fault) if fault.code == "MalformedXML"), "{:?}", applied.ran);
    let (_, applied) = world.pass(&block(false));
    assert!(matches!(applied.ran[0].outcome, Outcome::Done), "{:?}", applied.ran);
    assert!(!world.document("publicAccessBlock").contains("ReadOnly"));
}

/// What S3 refuses because the spec is wrong says nothing of the members: the corrected spec is written with them at once.
#[test]
fn a_spec_that_was_refused_and_corrected_costs_no_member() {
    let logging = |prefix: &str| -> BucketSpec {
        serde_json::from_value(json!({"name": "laws", "logging": {"loggingEnabled": {"targetBucket": "logs", "targetPrefix": prefix}}}))
            .unwrap()
    };
    let world = World::new();
    world.pass(&logging("a/"));
    world.set("logging", "</LoggingEnabled>", "<Colour/>");
    world.store.refuse_text("wrong/");
    let (_, applied) = world.pass(&logging("wrong/"));
    assert!(matches!(&applied.ran[0].outcome, Outcome::Failed(_)), "{:?}", applied.ran);
    world.pass(&logging("b/"));
    let document = world.document("logging");
    assert!(document.contains("b/") && document.contains("<Colour/>"), "{document}");
}

#[test]
fn a_bucket_that_was_deleted_leaves_nothing_behind() {
    let world = World::new();
    let spec = BucketSpec { name: "laws".to_owned(), ..BucketSpec::default() };
    world.set("publicAccessBlock", "</PublicAccessBlockConfiguration>", "<Colour/>");
    world.pass(&spec);
    let key = "http://s3.invalid laws";
    assert_eq!(world.carry.state().kept.answers(key, "public_access_block", 0).len(), 1);
    world.store.set("", "the bucket itself");
    let s3 = world.bucket(None);
    runtime().block_on(s3.client.delete_bucket().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner()).send()).unwrap();
    assert!(world.carry.state().kept.answers(key, "public_access_block", 0).is_empty());
}

#[test]
fn buckets_of_one_name_in_two_stores_are_kept_apart() {
    let here = World::new();
    let there = World { carry: here.carry.clone(), ..World::new() };
    here.set("publicAccessBlock", "</PublicAccessBlockConfiguration>", "<Colour/>");
    here.pass(&BucketSpec { name: "laws".to_owned(), ..BucketSpec::default() });
    let block = |s3: &S3Bucket, endpoint: &str| {
        let client = aws_sdk_s3::Client::from_conf(s3.client.config().to_builder().endpoint_url(endpoint).build());
        let block = aws_sdk_s3::types::PublicAccessBlockConfiguration::builder().block_public_acls(false).build();
        let put = client.put_public_access_block().bucket("laws").set_expected_bucket_owner(s3.expected_owner());
        runtime().block_on(put.public_access_block_configuration(block).send()).unwrap();
    };
    block(&there.bucket(None), "http://other.invalid");
    block(&here.bucket(None), "http://s3.invalid");
    assert!(!there.document("publicAccessBlock").contains("Colour"), "{}", there.document("publicAccessBlock"));
    assert!(here.document("publicAccessBlock").contains("<Colour/>"), "{}", here.document("publicAccessBlock"));
}

/// What was written last: the body, and the headers that have to fit it.
#[derive(Clone, Debug, Default)]
struct Sent(Arc<Mutex<Request>>);

#[derive(Debug, Default)]
struct Request {
    body: Vec<u8>,
    headers: [String; 3],
}

impl Intercept for Sent {
    fn name(&self) -> &'static str {
        "Sent"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        if request.method() == "PUT" {
            let names = ["content-length", "x-amz-content-sha256", "x-amz-checksum-crc32"];
            let headers = names.map(|name| request.headers().get(name).unwrap_or_default().to_owned());
            *self.0.lock().unwrap() = Request { body: request.body().bytes().unwrap().to_vec(), headers };
        }
        Ok(())
    }
}

#[test]
fn length_signature_and_checksum_are_those_of_what_is_sent() {
    let world = World::new();
    world.set("publicAccessBlock", "</PublicAccessBlockConfiguration>", "<Colour/>");
    let sent = Sent::default();
    let spec: BucketSpec = serde_json::from_value(json!({"name": "laws", "publicAccessBlock": {"blockPublicACLs": false}})).unwrap();
    World::pass_through(&world.bucket(Some(sent.clone())), &spec);
    let Request { body, headers } = std::mem::take(&mut *sent.0.lock().unwrap());
    assert!(String::from_utf8_lossy(&body).contains("<Colour/>"));
    let sha256 = format!("{:x}", Sha256::digest(&body));
    let crc32 = aws_smithy_types::base64::encode(crc32(&body).to_be_bytes());
    assert_eq!(headers, [body.len().to_string(), sha256, crc32]);
}

/// CRC-32 as in ISO 3309, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}
