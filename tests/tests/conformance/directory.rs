//! Directory buckets: what they are created with, what they have and what they lack.

use super::step::{Step, delete, get, head, post, put};

const ACCOUNT: &[(&str, &str)] = &[("x-amz-account-id", "111111111111")];
const OWNER: &[(&str, &str)] = &[("x-amz-expected-bucket-owner", "111111111111")];
const TAGS: &str = "/v20180820/tags/arn%3Aaws%3As3express%3Aeu-west-1%3A111111111111%3Abucket%2Fd--euw1-az1--x-s3";
const PLACE: &str = "<CreateBucketConfiguration><Location><Type>AvailabilityZone</Type><Name>euw1-az1</Name></Location><Bucket>\
                     <Type>Directory</Type><DataRedundancy>SingleAvailabilityZone</DataRedundancy></Bucket></CreateBucketConfiguration>";
const TAG: &str = "<TagResourceRequest><Tags><Tag><Key>team</Key><Value>data</Value></Tag></Tags></TagResourceRequest>";
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"s3express:CreateSession","Resource":"arn:aws:s3express:eu-west-1:111111111111:bucket/d--euw1-az1--x-s3"}]}"#;
const LIFECYCLE: &str = "<LifecycleConfiguration><Rule><ID>x</ID><Status>Enabled</Status><Filter><Prefix>a</Prefix></Filter><Expiration>\
                         <Days>1</Days></Expiration></Rule></LifecycleConfiguration>";
const KMS: &str = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>\
     <KMSMasterKeyID>11111111-2222-3333-4444-555555555555</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule>\
     </ServerSideEncryptionConfiguration>";

/// A call to the endpoint of S3 Express One Zone.
const fn at(step: Step) -> Step {
    step.signed_for("s3express")
}

const fn lacks(query: &'static str) -> Step {
    at(get(query)).refused(501, "NotImplemented")
}

pub(crate) static STEPS: &[Step] = &[
    // Creation: the place is the one in the name.
    at(put("/d--euw1-az1--x-s3", PLACE)).tells(&[("x-amz-bucket-arn", "arn:aws:s3express:eu-west-1:111111111111:bucket/d--euw1-az1--x-s3")]),
    at(put("/d--euw1-az1--x-s3", PLACE)).refused(409, "BucketAlreadyOwnedByYou"),
    at(put("/e--euw1-az1--x-s3", "")).refused(400, "InvalidRequest"),
    at(put("/e--euw1-az2--x-s3", PLACE)).refused(400, "InvalidRequest"),
    at(put("/e.f--euw1-az1--x-s3", PLACE)).refused(400, "InvalidBucketName"),
    at(put("/e--eu-west-1a--x-s3", PLACE)).refused(400, "InvalidBucketName"),
    at(put("/e--euw1-az1--x-s3", PLACE)).with(&[("x-amz-object-ownership", "ObjectWriter")]).refused(501, "NotImplemented"),
    at(put("/e--euw1-az1--x-s3", PLACE)).with(&[("x-amz-bucket-object-lock-enabled", "true")]).refused(501, "NotImplemented"),
    at(put("/e--euw1-az1--x-s3", PLACE)).with(&[("x-amz-bucket-namespace", "global")]).refused(400, "InvalidArgument"),
    put("/e--euw1-az1--x-s3", PLACE).refused(400, "InvalidBucketName"),
    put("/plain", PLACE).refused(400, "InvalidRequest"),
    at(head("/d--euw1-az1--x-s3")).tells(&[
        ("x-amz-bucket-region", "eu-west-1"),
        ("x-amz-bucket-location-type", "AvailabilityZone"),
        ("x-amz-bucket-location-name", "euw1-az1"),
        ("x-amz-bucket-arn", "arn:aws:s3express:eu-west-1:111111111111:bucket/d--euw1-az1--x-s3"),
    ]),
    head("/b").tells(&[("x-amz-bucket-location-type", "")]),
    head("/d--euw1-az1--x-s3").is(400),
    // Each list has its own.
    at(get("/")).holds(&["<ListAllMyDirectoryBucketsResult", "<Name>d--euw1-az1--x-s3</Name>", "<BucketArn>"]).lacks(&["<Name>b<"]),
    at(get("/")).to("us-east-1").lacks(&["<Name>"]),
    at(get("/?max-directory-buckets=1001")).refused(400, "InvalidArgument"),
    get("/").lacks(&["d--euw1-az1--x-s3"]),
    at(get("/d--euw1-az1--x-s3?session")).holds(&["<CreateSessionResult", "<AccessKeyId>ASIA", "<SessionToken>", "<Expiration>"]),
    at(get("/none--euw1-az1--x-s3?session")).refused(404, "NoSuchBucket"),
    // What they have, without an expected owner.
    at(get("/d--euw1-az1--x-s3?encryption")).holds(&["AES256"]).lacks(&["SSE-C"]),
    at(put("/d--euw1-az1--x-s3?encryption", KMS)),
    at(get("/d--euw1-az1--x-s3?encryption")).holds(&["aws:kms", "<BucketKeyEnabled>true<"]),
    at(delete("/d--euw1-az1--x-s3?encryption")),
    at(get("/d--euw1-az1--x-s3?lifecycle")).refused(404, "NoSuchLifecycleConfiguration"),
    at(put("/d--euw1-az1--x-s3?lifecycle", LIFECYCLE)).tells(&[("x-amz-transition-default-minimum-object-size", "")]),
    at(get("/d--euw1-az1--x-s3?lifecycle")).holds(&["<ID>x</ID>"]).tells(&[("x-amz-transition-default-minimum-object-size", "")]),
    at(delete("/d--euw1-az1--x-s3?lifecycle")),
    at(put("/d--euw1-az1--x-s3?policy", POLICY)).is(204),
    at(get("/d--euw1-az1--x-s3?policy")).holds(&["s3express:CreateSession"]),
    at(put(
        "/d--euw1-az1--x-s3?policy",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::d--euw1-az1--x-s3/*"}]}"#,
    ))
    .refused(400, "MalformedPolicy"),
    at(delete("/d--euw1-az1--x-s3?policy")),
    at(put("/d--euw1-az1--x-s3?metrics&id=m", "<MetricsConfiguration><Id>m</Id></MetricsConfiguration>")),
    at(get("/d--euw1-az1--x-s3?metrics")).holds(&["<Id>m</Id>"]),
    at(put(
        "/d--euw1-az1--x-s3?metrics&id=t",
        "<MetricsConfiguration><Id>t</Id><Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter></MetricsConfiguration>",
    ))
    .refused(400, "InvalidRequest"),
    at(get("/d--euw1-az1--x-s3?inventory")).holds(&["<IsTruncated>false<"]),
    at(get("/d--euw1-az1--x-s3?policy")).with(OWNER).refused(501, "NotImplemented"),
    at(put("/d--euw1-az1--x-s3?encryption", KMS)).with(OWNER).refused(501, "NotImplemented"),
    at(delete("/d--euw1-az1--x-s3")).with(OWNER).refused(501, "NotImplemented"),
    at(head("/d--euw1-az1--x-s3")).with(OWNER),
    // What they refuse in what they have.
    at(put(
        "/d--euw1-az1--x-s3?lifecycle",
        "<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter/><Transition><Days>30</Days><StorageClass>GLACIER</StorageClass>\
         </Transition></Rule></LifecycleConfiguration>",
    ))
    .refused(400, "InvalidRequest"),
    at(put(
        "/d--euw1-az1--x-s3?encryption",
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms:dsse</SSEAlgorithm>\
         </ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
    ))
    .refused(400, "InvalidArgument"),
    at(put(
        "/d--euw1-az1--x-s3?encryption",
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>\
         </ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
    ))
    .refused(400, "InvalidArgument"),
    // What they lack.
    lacks("/d--euw1-az1--x-s3?abac"),
    lacks("/d--euw1-az1--x-s3?accelerate"),
    lacks("/d--euw1-az1--x-s3?acl"),
    lacks("/d--euw1-az1--x-s3?analytics"),
    lacks("/d--euw1-az1--x-s3?cors"),
    lacks("/d--euw1-az1--x-s3?intelligent-tiering"),
    lacks("/d--euw1-az1--x-s3?location"),
    lacks("/d--euw1-az1--x-s3?logging"),
    lacks("/d--euw1-az1--x-s3?notification"),
    lacks("/d--euw1-az1--x-s3?object-lock"),
    lacks("/d--euw1-az1--x-s3?ownershipControls"),
    lacks("/d--euw1-az1--x-s3?policyStatus"),
    lacks("/d--euw1-az1--x-s3?publicAccessBlock"),
    lacks("/d--euw1-az1--x-s3?replication"),
    lacks("/d--euw1-az1--x-s3?requestPayment"),
    lacks("/d--euw1-az1--x-s3?tagging"),
    lacks("/d--euw1-az1--x-s3?versioning"),
    lacks("/d--euw1-az1--x-s3?website"),
    at(put("/d--euw1-az1--x-s3?tagging", "<Tagging><TagSet/></Tagging>")).refused(501, "NotImplemented"),
    at(delete("/d--euw1-az1--x-s3?cors")).refused(501, "NotImplemented"),
    // Tags by their ARN.
    at(post(TAGS, TAG)).with(ACCOUNT).is(204),
    at(get(TAGS)).with(ACCOUNT).holds(&["<Key>team</Key>"]),
    at(delete("/v20180820/tags/arn%3Aaws%3As3express%3Aeu-west-1%3A111111111111%3Abucket%2Fd--euw1-az1--x-s3?tagKeys=team")).with(ACCOUNT),
    at(get(TAGS)).with(ACCOUNT).holds(&["<Tags/>"]),
    at(get("/v20180820/tags/arn%3Aaws%3As3express%3Aus-east-1%3A111111111111%3Abucket%2Fd--euw1-az1--x-s3")).with(ACCOUNT).refused(400, "InvalidRequest"),
    at(delete("/d--euw1-az1--x-s3")),
    at(head("/d--euw1-az1--x-s3")).is(404),
];
