//! CreateBucket: which names it takes, where the bucket goes, what rides on it.

use super::report::Report;
use super::step::{Step, get, head, put};
use super::wire::{OTHER, Wire};

const FINE: &[&str] = &["abc", "0-0", "a.b-c.d", "dot.1.example", "logs-an1"];
const BAD: &[&str] = &[
    "ab",
    "Upper",
    "under_score",
    "192.168.5.4",
    "xn--a",
    "-lead",
    "trail-",
    "a..b",
    "sthree-a",
    "amzn-s3-demo-a",
    "a-s3alias",
    "a--ol-s3",
    "a.mrap",
    "a--table-s3",
    "a--x-s3",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
];
const HERE: &str = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";

pub(crate) fn names(wire: &Wire, report: &mut Report) {
    for (names, wanted) in [(FINE, (200, "")), (BAD, (400, "InvalidBucketName"))] {
        for name in names {
            let answer = wire.call("PUT", &format!("/{name}"), HERE);
            report.note((answer.status, answer.code()) == wanted, || format!("{name}: {answer:?}"));
        }
    }
}

pub(crate) static STEPS: &[Step] = &[
    put("/new", HERE).tells(&[("location", "/new"), ("x-amz-bucket-arn", "arn:aws:s3:::new")]),
    head("/new").tells(&[("x-amz-bucket-region", "eu-west-1"), ("x-amz-bucket-arn", "arn:aws:s3:::new")]),
    get("/new?location").holds(&["<LocationConstraint", ">eu-west-1<"]),
    put("/new", HERE).refused(409, "BucketAlreadyOwnedByYou"),
    put("/new", HERE).by(OTHER).refused(409, "BucketAlreadyExists"),
    // The first region takes no constraint of its own, any other one, and the same bucket twice.
    put("/first", "").to("us-east-1"),
    put("/first", "").to("us-east-1"),
    get("/first?location").to("us-east-1").lacks(&["us-east-1"]),
    put("/first", HERE).refused(409, "BucketAlreadyOwnedByYou"),
    put("/second", HERE).to("us-east-1"),
    head("/second"),
    put("/third", "<CreateBucketConfiguration><LocationConstraint>us-east-1</LocationConstraint></CreateBucketConfiguration>")
        .to("us-east-1")
        .refused(400, "InvalidLocationConstraint"),
    put("/third", "").refused(400, "IllegalLocationConstraintException"),
    put("/third", "<CreateBucketConfiguration><LocationConstraint>ap-south-1</LocationConstraint></CreateBucketConfiguration>")
        .refused(400, "IllegalLocationConstraintException"),
    put("/third", "<CreateBucketConfiguration><LocationConstraint>zz-none-9</LocationConstraint></CreateBucketConfiguration>")
        .refused(400, "InvalidLocationConstraint"),
    put("/old", "<CreateBucketConfiguration><LocationConstraint>EU</LocationConstraint></CreateBucketConfiguration>"),
    get("/old?location").holds(&[">EU<"]),
    // What rides on it.
    put("/locked", HERE).with(&[("x-amz-bucket-object-lock-enabled", "true")]),
    get("/locked?object-lock").holds(&["<ObjectLockEnabled>Enabled<"]),
    get("/locked?versioning").holds(&["<Status>Enabled<"]),
    put("/writer", HERE).with(&[("x-amz-object-ownership", "ObjectWriter")]),
    get("/writer?ownershipControls").holds(&["ObjectWriter"]),
    put("/owned", HERE).with(&[("x-amz-object-ownership", "Nobody")]).refused(400, "InvalidArgument"),
    put(
        "/tagged",
        "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint><Tags><Tag><Key>a</Key><Value>1</Value></Tag>\
         </Tags></CreateBucketConfiguration>",
    ),
    get("/tagged?tagging").holds(&["<Key>a</Key><Value>1</Value>"]),
    put(
        "/twins",
        "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint><Tags><Tag><Key>a</Key><Value>1</Value></Tag>\
         <Tag><Key>a</Key><Value>2</Value></Tag></Tags></CreateBucketConfiguration>",
    )
    .refused(500, "InternalError"),
    put("/listed", HERE).with(&[("x-amz-acl", "public-read")]).refused(400, "InvalidBucketAclWithObjectOwnership"),
    put("/listed", HERE)
        .with(&[("x-amz-acl", "public-read"), ("x-amz-object-ownership", "ObjectWriter")])
        .refused(400, "InvalidBucketAclWithBlockPublicAccessError"),
    put("/listed", HERE).with(&[("x-amz-acl", "log-delivery-write"), ("x-amz-object-ownership", "ObjectWriter")]),
    get("/listed?acl").holds(&["groups/s3/LogDelivery", "READ_ACP"]),
    put("/broken", "<CreateBucketConfiguration>").refused(400, "MalformedXML"),
    put("/broken", "<CreateBucketConfiguration><Nonsense/></CreateBucketConfiguration>").refused(400, "MalformedXML"),
];
