//! What S3 refuses in notifications.

use super::step::{Step, get, put};

const ARGUMENT: &str = "InvalidArgument";
const SKIP: &[(&str, &str)] = &[("x-amz-skip-destination-validation", "true")];

/// Notifications with this content.
macro_rules! notifications {
    ($content:expr) => {
        put("/b?notification", concat!("<NotificationConfiguration>", $content, "</NotificationConfiguration>"))
    };
}

/// A queue with this name and the rest of this content.
macro_rules! queue {
    ($arn:literal, $rest:literal) => {
        concat!("<QueueConfiguration><Queue>", $arn, "</Queue>", $rest, "</QueueConfiguration>")
    };
}

/// One notification to a queue, with this content.
macro_rules! one {
    ($rest:literal) => {
        notifications!(queue!("arn:aws:sqs:eu-west-1:111111111111:q", $rest))
    };
}

/// Two notifications to queues, with these contents.
macro_rules! two {
    ($one:literal, $other:literal) => {
        notifications!(concat!(
            queue!("arn:aws:sqs:eu-west-1:111111111111:q1", $one),
            queue!("arn:aws:sqs:eu-west-1:111111111111:q2", $other)
        ))
    };
}

/// A notification of all creations to a queue of this name.
macro_rules! to {
    ($arn:literal) => {
        notifications!(queue!($arn, "<Event>s3:ObjectCreated:*</Event>"))
    };
}

pub(crate) static STEPS: &[Step] = &[
    one!("").refused(400, "MalformedXML"),
    one!("<Event>s3:Nope:*</Event>").refused(400, ARGUMENT),
    one!("<Event>s3:ObjectCreated</Event>").refused(400, ARGUMENT),
    one!("<Event>s3:ObjectCreated:*</Event><Event>s3:ObjectCreated:Put</Event>").refused(400, ARGUMENT),
    one!("<Event>s3:ObjectAcl:Put</Event><Filter><S3Key><FilterRule><Name>contains</Name><Value>x</Value></FilterRule></S3Key></Filter>")
        .refused(400, ARGUMENT),
    one!("<Event>s3:ObjectAcl:Put</Event><Filter><S3Key><FilterRule><Name>prefix</Name></FilterRule></S3Key></Filter>")
        .refused(400, "MalformedXML"),
    one!(
        "<Event>s3:ObjectAcl:Put</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>x</Value></FilterRule>\
         <FilterRule><Name>Prefix</Name><Value>y</Value></FilterRule></S3Key></Filter>"
    )
    .refused(400, ARGUMENT),
    two!("<Id>a</Id><Event>s3:ObjectAcl:Put</Event>", "<Id>a</Id><Event>s3:ObjectTagging:*</Event>").refused(400, ARGUMENT),
    two!("<Event>s3:ObjectCreated:*</Event>", "<Event>s3:ObjectCreated:Put</Event>").refused(400, ARGUMENT),
    two!(
        "<Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>im</Value></FilterRule></S3Key></Filter>",
        "<Event>s3:ObjectCreated:Put</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>images/</Value></FilterRule></S3Key></Filter>"
    )
    .refused(400, ARGUMENT),
    two!(
        "<Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>suffix</Name><Value>jpg</Value></FilterRule></S3Key></Filter>",
        "<Event>s3:ObjectCreated:Put</Event><Filter><S3Key><FilterRule><Name>suffix</Name><Value>pg</Value></FilterRule></S3Key></Filter>"
    )
    .refused(400, ARGUMENT),
    // Destinations.
    to!("my-queue").refused(400, ARGUMENT),
    to!("arn:aws:sns:eu-west-1:111111111111:t").refused(400, ARGUMENT),
    to!("arn:aws:sqs:eu-west-1:111111111111:q.fifo").refused(400, ARGUMENT),
    to!("arn:aws:sqs:us-east-1:111111111111:q").refused(400, ARGUMENT),
    to!("arn:aws:sqs:eu-west-1:111111111111:nobody").refused(400, ARGUMENT),
    notifications!(
        "<CloudFunctionConfiguration><CloudFunction>arn:aws:lambda:eu-west-1:111111111111:layer:x</CloudFunction>\
         <Event>s3:ObjectAcl:Put</Event></CloudFunctionConfiguration>"
    )
    .refused(400, ARGUMENT),
    get("/b?notification").lacks(&["<Id>"]),
    to!("arn:aws:sqs:eu-west-1:111111111111:nobody").with(SKIP),
    get("/b?notification").holds(&[":nobody</Queue>"]),
    two!(
        "<Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>a/</Value></FilterRule></S3Key></Filter>",
        "<Event>s3:ObjectCreated:Put</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>b/</Value></FilterRule></S3Key></Filter>"
    ),
];
