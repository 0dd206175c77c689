//! What S3 refuses in configurations that are kept by id.

use super::step::{Step, put};

const ARGUMENT: &str = "InvalidArgument";
const MALFORMED: &str = "MalformedXML";

/// Metrics with this content.
macro_rules! metrics {
    ($content:literal) => {
        put("/b?metrics&id=a", concat!("<MetricsConfiguration>", $content, "</MetricsConfiguration>"))
    };
}

/// Intelligent tiering with these tiers.
macro_rules! tiering {
    ($tiers:literal) => {
        put(
            "/b?intelligent-tiering&id=a",
            concat!("<IntelligentTieringConfiguration><Id>a</Id><Status>Enabled</Status>", $tiers, "</IntelligentTieringConfiguration>"),
        )
    };
}

/// An inventory with this frequency, destination and rest.
macro_rules! inventory {
    ($frequency:literal, $bucket:literal, $rest:literal) => {
        put(
            "/b?inventory&id=a",
            concat!(
                "<InventoryConfiguration><Id>a</Id><IsEnabled>true</IsEnabled><IncludedObjectVersions>All</IncludedObjectVersions>\
                 <Schedule><Frequency>",
                $frequency,
                "</Frequency></Schedule><Destination><S3BucketDestination><Bucket>",
                $bucket,
                "</Bucket><Format>CSV</Format></S3BucketDestination></Destination>",
                $rest,
                "</InventoryConfiguration>"
            ),
        )
    };
}

pub(crate) static STEPS: &[Step] = &[
    put("/b?metrics", "<MetricsConfiguration><Id>a</Id></MetricsConfiguration>").refused(400, "InvalidRequest"),
    put("/b?metrics&id=other", "<MetricsConfiguration><Id>a</Id></MetricsConfiguration>").refused(400, "IdMismatch"),
    metrics!("").refused(400, MALFORMED),
    metrics!("<Id>a b</Id>").refused(400, MALFORMED),
    metrics!("<Id>a</Id><Filter/>").refused(400, MALFORMED),
    metrics!("<Id>a</Id><Filter><Prefix/></Filter>").refused(400, MALFORMED),
    metrics!("<Id>a</Id><Filter><Prefix>a</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></Filter>").refused(400, MALFORMED),
    metrics!("<Id>a</Id><Filter><And><Prefix>a</Prefix></And></Filter>").refused(400, MALFORMED),
    metrics!("<Id>a</Id><Filter><AccessPointArn>arn:aws:s3:::b</AccessPointArn></Filter>").refused(400, MALFORMED),
    put("/b?analytics&id=a", "<AnalyticsConfiguration><Id>a</Id></AnalyticsConfiguration>").refused(400, MALFORMED),
    put(
        "/b?analytics&id=a",
        "<AnalyticsConfiguration><Id>a</Id><StorageClassAnalysis><DataExport><OutputSchemaVersion>V1</OutputSchemaVersion></DataExport>\
         </StorageClassAnalysis></AnalyticsConfiguration>",
    )
    .refused(400, MALFORMED),
    tiering!("").refused(400, MALFORMED),
    tiering!("<Tiering><AccessTier>ARCHIVE</AccessTier><Days>90</Days></Tiering>").refused(400, MALFORMED),
    tiering!("<Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier><Days>89</Days></Tiering>").refused(400, ARGUMENT),
    tiering!("<Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier><Days>731</Days></Tiering>").refused(400, ARGUMENT),
    tiering!("<Tiering><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier><Days>179</Days></Tiering>").refused(400, ARGUMENT),
    tiering!(
        "<Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier><Days>90</Days></Tiering><Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier>\
         <Days>91</Days></Tiering>"
    )
    .refused(400, ARGUMENT),
    tiering!(
        "<Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier><Days>200</Days></Tiering><Tiering><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier>\
         <Days>180</Days></Tiering>"
    )
    .refused(400, ARGUMENT),
    inventory!("Hourly", "arn:aws:s3:::t", "").refused(400, MALFORMED),
    inventory!("Daily", "t", "").refused(400, "InvalidS3DestinationBucket"),
    inventory!("Daily", "arn:aws:s3:::t", "<OptionalFields><Field>Owner</Field></OptionalFields>").refused(400, MALFORMED),
    inventory!("Daily", "arn:aws:s3:::t", "<Filter><Prefix/></Filter>").refused(400, MALFORMED),
    inventory!("Daily", "arn:aws:s3:::t", "<OptionalFields><Field>Size</Field></OptionalFields>"),
];
