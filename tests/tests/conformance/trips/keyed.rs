//! Sub-resources that are kept by id.

use crate::trip::{State, Trip, same};

const MISSING: State = State::Missing("NoSuchConfiguration");

pub(crate) static KEYED: &[Trip] = &[
    Trip {
        query: "analytics&id=a",
        new: MISSING,
        first: &[],
        documents: &[
            same("<AnalyticsConfiguration><Id>a</Id><StorageClassAnalysis/></AnalyticsConfiguration>"),
            same(
                "<AnalyticsConfiguration><Id>a</Id><Filter><And><Prefix>x/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>\
                 <StorageClassAnalysis><DataExport><OutputSchemaVersion>V_1</OutputSchemaVersion><Destination><S3BucketDestination>\
                 <Format>CSV</Format><BucketAccountId>111111111111</BucketAccountId><Bucket>arn:aws:s3:::target</Bucket>\
                 <Prefix>p/</Prefix></S3BucketDestination></Destination></DataExport></StorageClassAnalysis></AnalyticsConfiguration>",
            ),
        ],
        gone: Some(MISSING),
    },
    Trip {
        query: "intelligent-tiering&id=a",
        new: MISSING,
        first: &[],
        documents: &[
            same(
                "<IntelligentTieringConfiguration><Id>a</Id><Status>Disabled</Status><Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier>\
                 <Days>90</Days></Tiering></IntelligentTieringConfiguration>",
            ),
            same(
                "<IntelligentTieringConfiguration><Id>a</Id><Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>\
                 <Status>Enabled</Status><Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier><Days>180</Days></Tiering><Tiering>\
                 <AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier><Days>730</Days></Tiering></IntelligentTieringConfiguration>",
            ),
        ],
        gone: Some(MISSING),
    },
    Trip {
        query: "inventory&id=a",
        new: MISSING,
        first: &[],
        documents: &[
            same(
                "<InventoryConfiguration><Id>a</Id><IsEnabled>false</IsEnabled><IncludedObjectVersions>Current</IncludedObjectVersions>\
                 <Schedule><Frequency>Daily</Frequency></Schedule><Destination><S3BucketDestination><Bucket>arn:aws:s3:::target</Bucket>\
                 <Format>CSV</Format><Encryption><SSE-S3/></Encryption></S3BucketDestination></Destination></InventoryConfiguration>",
            ),
            same(
                "<InventoryConfiguration><Id>a</Id><IsEnabled>true</IsEnabled><IncludedObjectVersions>All</IncludedObjectVersions>\
                 <Filter><Prefix>x/</Prefix></Filter><Schedule><Frequency>Weekly</Frequency></Schedule><OptionalFields>\
                 <Field>Size</Field><Field>ObjectAccessControlList</Field><Field>LifecycleExpirationDate</Field></OptionalFields>\
                 <Destination><S3BucketDestination><AccountId>111111111111</AccountId><Bucket>arn:aws:s3:::target</Bucket>\
                 <Format>Parquet</Format><Prefix>inv</Prefix><Encryption><SSE-KMS>\
                 <KeyId>arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555</KeyId></SSE-KMS></Encryption>\
                 </S3BucketDestination></Destination></InventoryConfiguration>",
            ),
        ],
        gone: Some(MISSING),
    },
    Trip {
        query: "metrics&id=a",
        new: MISSING,
        first: &[],
        documents: &[
            same("<MetricsConfiguration><Id>a</Id></MetricsConfiguration>"),
            same("<MetricsConfiguration><Id>a</Id><Filter><Prefix>x/</Prefix></Filter></MetricsConfiguration>"),
            same(
                "<MetricsConfiguration><Id>a</Id><Filter><And><Prefix>x/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag>\
                 <AccessPointArn>arn:aws:s3:eu-west-1:111111111111:accesspoint/ap</AccessPointArn></And></Filter></MetricsConfiguration>",
            ),
        ],
        gone: Some(MISSING),
    },
];
