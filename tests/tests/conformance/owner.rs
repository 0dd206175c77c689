//! The expected owner: every call on a bucket is refused where it is somebody else's.

use super::report::Report;
use super::wire::{Ask, ME, OTHER, REGION, Wire};

const QUERIES: &[&str] = &[
    "",
    "?abac",
    "?accelerate",
    "?acl",
    "?analytics&id=a",
    "?cors",
    "?encryption",
    "?intelligent-tiering&id=a",
    "?inventory&id=a",
    "?lifecycle",
    "?location",
    "?logging",
    "?metadataConfiguration",
    "?metadataTable",
    "?metrics&id=a",
    "?notification",
    "?object-lock",
    "?ownershipControls",
    "?policy",
    "?policyStatus",
    "?publicAccessBlock",
    "?replication",
    "?requestPayment",
    "?tagging",
    "?versioning",
    "?website",
];
const HEADER: &str = "x-amz-expected-bucket-owner";

pub(crate) fn check(wire: &Wire, report: &mut Report) {
    let send = |method: &str, query: &str, owner: &str| {
        let path = format!("/b{query}");
        wire.send(&Ask { method, path: &path, body: "", account: ME, region: REGION, service: "s3", headers: &[(HEADER, owner)] })
    };
    for query in QUERIES {
        for method in ["GET", "PUT", "DELETE"] {
            // A bucket as a whole is created without an expectation, and what has no such call has no owner to check.
            let known = !matches!(wire.call(method, &format!("/none{query}"), "").status, 400 | 405);
            let expects = known && !(method == "PUT" && query.is_empty());
            let answer = send(method, query, OTHER);
            if expects {
                report.note((answer.status, answer.code()) == (403, "AccessDenied"), || format!("{method} {query}: {answer:?}"));
            }
        }
    }
    let (right, wrong, nonsense) = (send("HEAD", "", ME), send("HEAD", "", OTHER), send("GET", "?policy", "me"));
    report.note((right.status, wrong.status) == (200, 403), || format!("{right:?} {wrong:?}"));
    report.note(nonsense.code() == "InvalidBucketOwnerAWSAccountID", || format!("{nonsense:?}"));
}
