//! From the first object to deletion, and what an error looks like.

use super::step::{Step, delete, get, head, post, put};

const HERE: &str = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";

pub(crate) static STEPS: &[Step] = &[
    put("/box", HERE),
    head("/box"),
    put("/box/key", "content"),
    get("/box?list-type=2").holds(&["<Key>key</Key>", "<KeyCount>1</KeyCount>"]),
    delete("/box").refused(409, "BucketNotEmpty"),
    delete("/box/key"),
    put("/box?tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"),
    delete("/box"),
    head("/box").is(404),
    get("/box?tagging").refused(404, "NoSuchBucket").holds(&["<RequestId>", "<HostId>", "<Resource>/box</Resource>"]),
    put("/box?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>").refused(404, "NoSuchBucket"),
    delete("/box?cors").refused(404, "NoSuchBucket"),
    delete("/box").refused(404, "NoSuchBucket"),
    // A bucket of the same name remembers nothing.
    put("/box", HERE),
    get("/box?tagging").refused(404, "NoSuchTagSet"),
    // Versions and delete markers keep a bucket, open uploads do not.
    put("/box?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
    put("/box/key", "content"),
    delete("/box/key"),
    get("/box?list-type=2").holds(&["<KeyCount>0</KeyCount>"]),
    delete("/box").refused(409, "BucketNotEmpty"),
    put("/uploads", HERE),
    post("/uploads/key?uploads", "").holds(&["<UploadId>"]),
    delete("/uploads"),
    // What is not a bucket's.
    get("/box?nonsense").refused(501, "NotImplemented"),
    post("/box", "").refused(405, "MethodNotAllowed"),
    get("/box?tagging&cors").refused(400, "InvalidArgument"),
    // A body that did not arrive as it was sent.
    put("/box?tagging", "<Tagging><TagSet/></Tagging>").with(&[("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")]).refused(400, "BadDigest"),
    put("/box?tagging", "<Tagging><TagSet/></Tagging>").with(&[("content-md5", "nonsense")]).refused(400, "InvalidDigest"),
    put("/box?tagging", "<Tagging><TagSet>").refused(400, "MalformedXML"),
    put("/box?tagging", "").refused(400, "MalformedXML"),
];
