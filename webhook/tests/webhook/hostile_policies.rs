//! Policy documents that nobody sane would write: the parser gives a document or a place, the rules an answer, and nothing panics.

use proptest::prelude::*;
use serde_json::{Value, json};
use shared::policy_document::{parse, place};

use crate::fuzz::{cases, here, spoil, spoiling};
use crate::hostile::survives;
use crate::world::{bucket, create, with};

/// Policies of many shapes, to begin with.
const GOOD: [&str; 4] = [
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"OnlyTls","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::good-bucket","arn:aws:s3:::good-bucket/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#,
    r#"{"Version":"2012-10-17","Id":"a","Statement":{"Effect":"Allow","Principal":{"AWS":["111122223333","arn:aws:iam::111122223333:role/x"],"Service":"logging.s3.amazonaws.com"},"Action":["s3:GetObject","s3:Put*"],"Resource":"arn:aws:s3:::good-bucket/${aws:username}/*","Condition":{"StringLike":{"s3:prefix":["a/*","b"]},"NumericLessThan":{"s3:max-keys":"10"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}}"#,
    r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","NotPrincipal":{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},"NotAction":"s3:DeleteBucket","NotResource":"arn:aws:s3:::good-bucket/\u00fc\ud83d\ude00\n"}]}"#,
    "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": []\n}\n",
];

fn policy() -> impl Strategy<Value = String> {
    (prop::sample::select(GOOD.to_vec()), spoiling())
        .prop_map(|(good, changes)| String::from_utf8_lossy(&spoil(good.as_bytes().to_vec(), &changes)).into_owned())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(350), ..ProptestConfig::default() })]

    #[test]
    fn a_spoilt_policy_is_read_as_serde_json_reads_it_or_refused_at_a_place_in_it(text in policy()) {
        let theirs = serde_json::from_str::<Value>(&text).is_ok_and(|value| value.is_object());
        match parse(&text) {
            Ok(document) => prop_assert!(document.size <= text.len()),
            Err(malformed) => {
                prop_assert!(!theirs && malformed.at <= text.len(), "{} {:?}", text, malformed);
                let (line, column) = place(&text, malformed.at);
                prop_assert!(line > 0 && column > 0);
            }
        }
    }

    #[test]
    fn a_bucket_with_a_spoilt_policy_is_answered(text in policy()) {
        let review = create(&with(bucket("good-bucket"), &json!({"spec": {"policy": text}})));
        here(|runtime, world| runtime.block_on(survives(world, review.to_string().as_bytes())));
    }
}
