//! What S3 adds to what it is sent: ids, and a header of the lifecycle configuration.

use super::report::Report;
use super::step::{get, put};
use super::wire::{ME, REGION, Wire};

const MINIMUM: &str = "x-amz-transition-default-minimum-object-size";
const LIFECYCLE: &str = "<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter/><Expiration><Days>1</Days></Expiration></Rule>\
                         </LifecycleConfiguration>";
const NOTIFICATION: &str = "<NotificationConfiguration><QueueConfiguration><Queue>arn:aws:sqs:eu-west-1:111111111111:q</Queue>\
                            <Event>s3:ObjectCreated:*</Event></QueueConfiguration></NotificationConfiguration>";
const REPLICATION: &str = "<ReplicationConfiguration><Role>arn:aws:iam::111111111111:role/r</Role><Rule><Status>Enabled</Status>\
                           <Prefix/><Destination><Bucket>arn:aws:s3:::target</Bucket></Destination></Rule></ReplicationConfiguration>";
const VERSIONED: &str = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

pub(crate) fn check(wire: &Wire, report: &mut Report) {
    wire.model.create_bucket("target", ME, REGION).unwrap();
    for bucket in ["b", "target"] {
        wire.model.set(bucket, "versioning", VERSIONED).unwrap();
    }
    for (query, document, id) in [("lifecycle", LIFECYCLE, "ID"), ("notification", NOTIFICATION, "Id"), ("replication", REPLICATION, "ID")]
    {
        let put = wire.call("PUT", &format!("/b?{query}"), document);
        let (one, two) = (wire.call("GET", &format!("/b?{query}"), ""), wire.call("GET", &format!("/b?{query}"), ""));
        report.note(put.status == 200 && one.text(id).is_some_and(|id| !id.is_empty()), || format!("{query}: {put:?} {one:?}"));
        report.note(one.body == two.body, || format!("{query}: another id at each read: {one:?} {two:?}"));
    }
    // The header travels both ways, and stands even where nobody sent it.
    get("/b?lifecycle").tells(&[(MINIMUM, "all_storage_classes_128K")]).take(wire, report);
    for size in [&[(MINIMUM, "varies_by_storage_class")], &[(MINIMUM, "all_storage_classes_128K")]] {
        put("/b?lifecycle", LIFECYCLE).with(size).tells(size).take(wire, report);
        get("/b?lifecycle").tells(size).take(wire, report);
    }
    put("/b?lifecycle", LIFECYCLE).with(&[(MINIMUM, "any")]).refused(400, "InvalidRequest").take(wire, report);
}
