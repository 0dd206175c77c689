//! What goes somewhere else: logs, notifications, replicas.

use crate::trip::{State, Trip, same};

const VERSIONED: (&str, &str) = ("versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");

pub(crate) static DELIVERY: &[Trip] = &[
    Trip {
        query: "logging",
        new: State::Is("<BucketLoggingStatus/>"),
        first: &[],
        documents: &[
            same(
                "<BucketLoggingStatus><LoggingEnabled><TargetBucket>target</TargetBucket><TargetPrefix/></LoggingEnabled>\
                 </BucketLoggingStatus>",
            ),
            same(
                "<BucketLoggingStatus><LoggingEnabled><TargetBucket>target</TargetBucket><TargetPrefix>l/</TargetPrefix>\
                 <TargetObjectKeyFormat><SimplePrefix/></TargetObjectKeyFormat></LoggingEnabled></BucketLoggingStatus>",
            ),
            same(
                "<BucketLoggingStatus><LoggingEnabled><TargetBucket>target</TargetBucket><TargetPrefix>l/</TargetPrefix>\
                 <TargetObjectKeyFormat><PartitionedPrefix><PartitionDateSource>DeliveryTime</PartitionDateSource>\
                 </PartitionedPrefix></TargetObjectKeyFormat></LoggingEnabled></BucketLoggingStatus>",
            ),
            same("<BucketLoggingStatus/>"),
        ],
        gone: None,
    },
    Trip {
        query: "notification",
        new: State::Is("<NotificationConfiguration/>"),
        first: &[],
        documents: &[
            same("<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>"),
            (
                "<NotificationConfiguration><TopicConfiguration><Id>t</Id><Topic>arn:aws:sns:eu-west-1:111111111111:t</Topic>\
                 <Event>s3:ObjectRemoved:*</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>t/</Value></FilterRule>\
                 <FilterRule><Name>SUFFIX</Name><Value>.x</Value></FilterRule></S3Key></Filter></TopicConfiguration>\
                 <QueueConfiguration><Id>q</Id><Queue>arn:aws:sqs:eu-west-1:111111111111:q</Queue><Event>s3:ObjectCreated:*</Event>\
                 <Event>s3:LifecycleTransition</Event></QueueConfiguration><CloudFunctionConfiguration><Id>l</Id>\
                 <CloudFunction>arn:aws:lambda:eu-west-1:111111111111:function:f:live</CloudFunction><Event>s3:ObjectAcl:Put</Event>\
                 </CloudFunctionConfiguration><EventBridgeConfiguration/></NotificationConfiguration>",
                "<NotificationConfiguration><TopicConfiguration><Id>t</Id><Topic>arn:aws:sns:eu-west-1:111111111111:t</Topic>\
                 <Event>s3:ObjectRemoved:*</Event><Filter><S3Key><FilterRule><Name>Prefix</Name><Value>t/</Value></FilterRule>\
                 <FilterRule><Name>Suffix</Name><Value>.x</Value></FilterRule></S3Key></Filter></TopicConfiguration>\
                 <QueueConfiguration><Id>q</Id><Queue>arn:aws:sqs:eu-west-1:111111111111:q</Queue><Event>s3:ObjectCreated:*</Event>\
                 <Event>s3:LifecycleTransition</Event></QueueConfiguration><CloudFunctionConfiguration><Id>l</Id>\
                 <CloudFunction>arn:aws:lambda:eu-west-1:111111111111:function:f:live</CloudFunction><Event>s3:ObjectAcl:Put</Event>\
                 </CloudFunctionConfiguration><EventBridgeConfiguration/></NotificationConfiguration>",
            ),
            same("<NotificationConfiguration/>"),
        ],
        gone: None,
    },
    Trip {
        query: "replication",
        new: State::Missing("ReplicationConfigurationNotFoundError"),
        first: &[VERSIONED],
        documents: &[
            same(
                "<ReplicationConfiguration><Role>arn:aws:iam::111111111111:role/r</Role><Rule><ID>v1</ID><Prefix>q/</Prefix>\
                 <Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::target</Bucket></Destination></Rule>\
                 </ReplicationConfiguration>",
            ),
            same(
                "<ReplicationConfiguration><Role>arn:aws:iam::111111111111:role/r</Role><Rule><ID>full</ID><Priority>2</Priority><Filter>\
                 <And><Prefix>a/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter><Status>Enabled</Status>\
                 <SourceSelectionCriteria><SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects>\
                 <ReplicaModifications><Status>Enabled</Status></ReplicaModifications></SourceSelectionCriteria>\
                 <DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication><Destination>\
                 <Bucket>arn:aws:s3:::target</Bucket><Account>111111111111</Account><StorageClass>STANDARD_IA</StorageClass>\
                 <AccessControlTranslation><Owner>Destination</Owner></AccessControlTranslation><EncryptionConfiguration>\
                 <ReplicaKmsKeyID>arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555</ReplicaKmsKeyID>\
                 </EncryptionConfiguration><ReplicationTime><Status>Enabled</Status><Time><Minutes>15</Minutes></Time>\
                 </ReplicationTime><Metrics><Status>Enabled</Status><EventThreshold><Minutes>15</Minutes></EventThreshold></Metrics>\
                 </Destination></Rule><Rule><ID>tag</ID><Priority>3</Priority><Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>\
                 <Status>Disabled</Status><DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication><Destination>\
                 <Bucket>arn:aws:s3:::target</Bucket></Destination></Rule></ReplicationConfiguration>",
            ),
        ],
        gone: Some(State::Missing("ReplicationConfigurationNotFoundError")),
    },
];
