//! Bucket policies that let in nobody whom the public access block would keep out, or with the block off.
//! Source: IAM User Guide, "Grammar of the IAM JSON policy language"; Service Authorization Reference, "Amazon S3".

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{NAME, word};

const ON_BUCKET: &[&str] =
    &["s3:ListBucket", "s3:GetBucketLocation", "s3:GetBucket*", "s3:ListBucketVersions", "s3:PutLifecycleConfiguration", "s3:Put*"];
const ON_OBJECTS: &[&str] =
    &["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObject*", "s3:*Object", "s3:AbortMultipartUpload", "S3:getObjectVersion"];
/// Principals of one kind each.
const SOMEBODY: &[&str] = &[
    r#"{"AWS":"111122223333"}"#,
    r#"{"AWS":["arn:aws:iam::444455556666:root","arn:aws:iam::444455556666:role/path/of/role"]}"#,
    r#"{"AWS":"arn:aws:sts::444455556666:assumed-role/role/session"}"#,
    r#"{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1ABCDEF2GHIJK"}"#,
    r#"{"Service":"cloudtrail.amazonaws.com"}"#,
    r#"{"Service":["logging.s3.amazonaws.com","logs.eu-west-1.amazonaws.com"],"AWS":"444455556666"}"#,
    r#"{"CanonicalUser":"1111111111111111111111111111111111111111111111111111111111111111"}"#,
    r#"{"Federated":"cognito-identity.amazonaws.com"}"#,
];
/// Conditions that go with every action.
const CONDITIONS: &[&str] = &[
    r#"{"Bool":{"aws:SecureTransport":"false"}}"#,
    r#"{"Bool":{"aws:SecureTransport":[false]},"NumericLessThan":{"s3:TlsVersion":1.2}}"#,
    r#"{"StringEquals":{"aws:PrincipalOrgID":["o-aa111bb222"]}}"#,
    r#"{"StringNotEqualsIfExists":{"aws:SourceVpce":"vpce-1a2b3c4d"},"Null":{"aws:TokenIssueTime":"true"}}"#,
    r#"{"NotIpAddress":{"aws:SourceIp":["192.0.2.0/24","2001:db8::/32","203.0.113.7"]}}"#,
    r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::source"},"StringEquals":{"aws:SourceAccount":"111122223333"}}"#,
    r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":["o-a/r-b/ou-c/*"]},"DateLessThan":{"aws:CurrentTime":"2040-01-01T00:00:00Z"}}"#,
    r#"{"StringEquals":{"s3:DataAccessPointAccount":"111122223333","s3:ResourceAccount":"111122223333"}}"#,
];

fn parsed(texts: &'static [&'static str]) -> BoxedStrategy<Value> {
    prop::sample::select(texts).prop_map(|text| serde_json::from_str(text).unwrap()).boxed()
}

/// Actions with resources that they can be done to.
fn what() -> BoxedStrategy<(Value, Value)> {
    let (bucket, objects) = (format!("arn:aws:s3:::{NAME}"), format!("arn:aws:s3:::{NAME}/*"));
    let both = [ON_BUCKET, ON_OBJECTS].concat();
    let keys = "[a-z]{1,5}/(\\*|\\$\\{aws:username\\}/\\*|\\?)";
    let in_bucket = objects.clone();
    prop_oneof![
        (prop::sample::subsequence(ON_BUCKET, 1..=3), Just(json!(bucket))).prop_map(|(actions, at)| (json!(actions), at)),
        (word(ON_OBJECTS), keys).prop_map(move |(action, key)| (action, json!(in_bucket.replace('*', &key)))),
        (prop::sample::subsequence(ON_OBJECTS, 1..=4), Just(json!([objects]))).prop_map(|(actions, at)| (json!(actions), at)),
        (prop::sample::subsequence(both, 1..=6), Just(json!([bucket, objects]))).prop_map(|(actions, at)| (json!(actions), at)),
        Just((json!("s3:*"), json!([bucket, objects]))),
        Just((json!(["s3:*"]), json!(format!("arn:aws:s3:::{NAME}*")))),
    ]
    .boxed()
}

fn statement() -> BoxedStrategy<Value> {
    let who = prop_oneof![
        (word(&["Allow", "Deny"]), parsed(SOMEBODY), prop::option::of(parsed(CONDITIONS))),
        (Just(json!("Deny")), parsed(&[r#""*""#, r#"{"AWS":"*"}"#, r#"{"AWS":["*"]}"#]), parsed(CONDITIONS).prop_map(Some)),
    ];
    (who, what(), any::<bool>())
        .prop_map(|((effect, principal, condition), (action, resource), named)| {
            let mut statement = json!({"Effect": effect, "Principal": principal, "Action": action, "Resource": resource});
            if let Some(condition) = condition {
                statement["Condition"] = condition;
            }
            if named {
                statement["Sid"] = json!("Some words, in a row");
            }
            statement
        })
        .boxed()
}

pub(super) fn sections() -> BoxedStrategy<Value> {
    let public = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{NAME}/*")});
    let off = json!({"blockPublicACLs": true, "blockPublicPolicy": false, "ignorePublicACLs": true, "restrictPublicBuckets": false});
    (prop::collection::vec(statement(), 1..8), prop::option::of(word(&["2012-10-17", "2008-10-17"])), any::<[bool; 3]>())
        .prop_map(move |(mut statements, version, [is_public, alone, pretty])| {
            let mut sections = json!({});
            if is_public {
                statements.push(public.clone());
                sections["publicAccessBlock"] = off.clone();
            }
            let statement = if alone && statements.len() == 1 { statements.remove(0) } else { json!(statements) };
            let mut policy = json!({"Statement": statement});
            if let Some(version) = version {
                policy["Version"] = version;
            }
            let text = if pretty { serde_json::to_string_pretty(&policy).unwrap() } else { policy.to_string() };
            sections["policy"] = json!(text);
            sections
        })
        .boxed()
}
