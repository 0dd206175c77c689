//! Lists of what is kept by id: a hundred on a page.

use super::report::Report;
use super::wire::Wire;

const KINDS: &[(&str, &str)] = &[
    ("analytics", "<AnalyticsConfiguration><Id>ID</Id><StorageClassAnalysis/></AnalyticsConfiguration>"),
    (
        "intelligent-tiering",
        "<IntelligentTieringConfiguration><Id>ID</Id><Status>Enabled</Status><Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier><Days>90</Days>\
         </Tiering></IntelligentTieringConfiguration>",
    ),
    (
        "inventory",
        "<InventoryConfiguration><Id>ID</Id><IsEnabled>true</IsEnabled><IncludedObjectVersions>All</IncludedObjectVersions><Schedule>\
         <Frequency>Daily</Frequency></Schedule><Destination><S3BucketDestination><Bucket>arn:aws:s3:::t</Bucket><Format>ORC</Format>\
         </S3BucketDestination></Destination></InventoryConfiguration>",
    ),
    ("metrics", "<MetricsConfiguration><Id>ID</Id></MetricsConfiguration>"),
];

pub(crate) fn check(wire: &Wire, report: &mut Report) {
    for (query, document) in KINDS {
        let empty = wire.call("GET", &format!("/b?{query}"), "");
        report.note(empty.status == 200 && empty.text("IsTruncated") == Some("false"), || format!("{query}: {empty:?}"));
        for i in 0..105 {
            wire.model.set("b", query, &document.replace("ID", &format!("id{i:03}"))).unwrap();
        }
        let first = wire.call("GET", &format!("/b?{query}"), "");
        let token = first.text("NextContinuationToken").unwrap_or_default();
        let second = wire.call("GET", &format!("/b?{query}&continuation-token={token}"), "");
        let counts = (first.body.matches("<Id>").count(), second.body.matches("<Id>").count());
        let truncated = (first.text("IsTruncated"), second.text("IsTruncated"));
        report.note(counts == (100, 5) && truncated == (Some("true"), Some("false")), || format!("{query}: {counts:?} {truncated:?}"));
        report.note(second.text("ContinuationToken") == Some(token), || format!("{query}: {second:?}"));
        let gone = wire.call("DELETE", &format!("/b?{query}&id=id000"), "");
        let again = wire.call("DELETE", &format!("/b?{query}&id=id000"), "");
        report.note(gone.status == 204 && again.code() == "NoSuchConfiguration", || format!("{query}: {gone:?} {again:?}"));
        let bad = wire.call("GET", &format!("/b?{query}&continuation-token=!"), "");
        report.note(bad.code() == "InvalidArgument", || format!("{query}: {bad:?}"));
    }
}
