//! A bucket in which somebody set all sections, by the AWS SDK and nothing of ours.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::*;

use crate::team::Outcome;

const ROLE: &str = "arn:aws:iam::111122223333:role/replicate";
const QUEUE: &str = "arn:aws:sqs:eu-central-1:111122223333:index";
const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// A field of the spec for each section.
pub(super) const FIELDS: [&str; 21] = [
    "abac",
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "encryption",
    "intelligentTiering",
    "inventory",
    "lifecycle",
    "logging",
    "metrics",
    "notification",
    "objectLockConfiguration",
    "ownershipControls",
    "policy",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "tagging",
    "versioning",
    "website",
];

/// Makes the bucket and sets all of them.
pub(super) async fn everything(s3: &Client, bucket: &str, namespace: &str, tags: &[(&str, &str)]) -> Outcome {
    let at = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuCentral1).build();
    let made = s3.create_bucket().bucket(bucket).create_bucket_configuration(at).object_lock_enabled_for_bucket(true);
    made.object_ownership(ObjectOwnership::BucketOwnerPreferred).send().await?;
    access(s3, bucket).await?;
    objects(s3, bucket, tags).await?;
    delivery(s3, bucket, namespace).await?;
    web(s3, bucket).await?;
    keyed(s3, bucket).await?;
    let abac = AbacStatus::builder().status(BucketAbacStatus::Enabled).build();
    s3.put_bucket_abac().bucket(bucket).abac_status(abac).send().await?;
    Ok(())
}

async fn access(s3: &Client, bucket: &str) -> Outcome {
    let rule = OwnershipControlsRule::builder().object_ownership(ObjectOwnership::ObjectWriter).build()?;
    let controls = OwnershipControls::builder().rules(rule).build()?;
    s3.put_bucket_ownership_controls().bucket(bucket).ownership_controls(controls).send().await?;
    let block = PublicAccessBlockConfiguration::builder().block_public_acls(true).block_public_policy(true).ignore_public_acls(true);
    s3.put_public_access_block().bucket(bucket).public_access_block_configuration(block.build()).send().await?;
    s3.put_bucket_acl().bucket(bucket).acl(BucketCannedAcl::from("log-delivery-write")).send().await?;
    let policy = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::{bucket}/*", "Condition": {{"Bool": {{"aws:SecureTransport": "false"}}}}}}}}"#
    );
    s3.put_bucket_policy().bucket(bucket).policy(policy).send().await?;
    Ok(())
}

async fn objects(s3: &Client, bucket: &str, tags: &[(&str, &str)]) -> Outcome {
    let versions = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    s3.put_bucket_versioning().bucket(bucket).versioning_configuration(versions).send().await?;
    let by_key = ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::AwsKms).kms_master_key_id(KEY).build()?;
    let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(by_key).bucket_key_enabled(true).build();
    let encryption = ServerSideEncryptionConfiguration::builder().rules(rule).build()?;
    s3.put_bucket_encryption().bucket(bucket).server_side_encryption_configuration(encryption).send().await?;
    let kept = DefaultRetention::builder().mode(ObjectLockRetentionMode::Governance).days(30).build();
    let rule = ObjectLockRule::builder().default_retention(kept).build();
    let lock = ObjectLockConfiguration::builder().object_lock_enabled(ObjectLockEnabled::Enabled).rule(rule).build();
    s3.put_object_lock_configuration().bucket(bucket).object_lock_configuration(lock).send().await?;
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(*key).value(*value).build()).collect::<Result<Vec<_>, _>>()?;
    s3.put_bucket_tagging().bucket(bucket).tagging(Tagging::builder().set_tag_set(Some(tags)).build()?).send().await?;
    let rule = LifecycleRule::builder().id("old").status(ExpirationStatus::Enabled);
    let rule = rule.filter(LifecycleRuleFilter::builder().prefix("logs/").build());
    let rule = rule.expiration(LifecycleExpiration::builder().days(30).build()).build()?;
    let rules = BucketLifecycleConfiguration::builder().rules(rule).build()?;
    s3.put_bucket_lifecycle_configuration().bucket(bucket).lifecycle_configuration(rules).send().await?;
    Ok(())
}

async fn delivery(s3: &Client, bucket: &str, namespace: &str) -> Outcome {
    let logs = LoggingEnabled::builder().target_bucket(crate::sections::logs(namespace)).target_prefix("access/").build()?;
    let logging = BucketLoggingStatus::builder().logging_enabled(logs).build();
    s3.put_bucket_logging().bucket(bucket).bucket_logging_status(logging).send().await?;
    let queue = QueueConfiguration::builder().id("index").queue_arn(QUEUE).events(Event::S3ObjectCreated).build()?;
    let notification = NotificationConfiguration::builder().queue_configurations(queue).build();
    s3.put_bucket_notification_configuration().bucket(bucket).notification_configuration(notification).send().await?;
    let copies = Destination::builder().bucket(format!("arn:aws:s3:::{}", crate::sections::copies(namespace))).build()?;
    let rule = ReplicationRule::builder().id("dr").priority(1).status(ReplicationRuleStatus::Enabled);
    let rule = rule.filter(ReplicationRuleFilter::builder().prefix("data/").build()).destination(copies);
    let markers = DeleteMarkerReplication::builder().status(DeleteMarkerReplicationStatus::Disabled).build();
    let rules = ReplicationConfiguration::builder().role(ROLE).rules(rule.delete_marker_replication(markers).build()?).build()?;
    s3.put_bucket_replication().bucket(bucket).replication_configuration(rules).send().await?;
    Ok(())
}

async fn web(s3: &Client, bucket: &str) -> Outcome {
    let rule = CorsRule::builder().allowed_methods("GET").allowed_origins("https://example.com").max_age_seconds(60).build()?;
    s3.put_bucket_cors().bucket(bucket).cors_configuration(CorsConfiguration::builder().cors_rules(rule).build()?).send().await?;
    let website = WebsiteConfiguration::builder().index_document(IndexDocument::builder().suffix("index.html").build()?).build();
    s3.put_bucket_website().bucket(bucket).website_configuration(website).send().await?;
    let payer = RequestPaymentConfiguration::builder().payer(Payer::Requester).build()?;
    s3.put_bucket_request_payment().bucket(bucket).request_payment_configuration(payer).send().await?;
    let fast = AccelerateConfiguration::builder().status(BucketAccelerateStatus::Enabled).build();
    s3.put_bucket_accelerate_configuration().bucket(bucket).accelerate_configuration(fast).send().await?;
    Ok(())
}

async fn keyed(s3: &Client, bucket: &str) -> Outcome {
    let analysis = StorageClassAnalysis::builder().build();
    let analytics = AnalyticsConfiguration::builder().id("tiers").storage_class_analysis(analysis).build()?;
    s3.put_bucket_analytics_configuration().bucket(bucket).id("tiers").analytics_configuration(analytics).send().await?;
    let tier = Tiering::builder().access_tier(IntelligentTieringAccessTier::ArchiveAccess).days(90).build()?;
    let tiering =
        IntelligentTieringConfiguration::builder().id("archive").status(IntelligentTieringStatus::Enabled).tierings(tier).build()?;
    let put = s3.put_bucket_intelligent_tiering_configuration().bucket(bucket).id("archive");
    put.intelligent_tiering_configuration(tiering).send().await?;
    let to = InventoryS3BucketDestination::builder().bucket("arn:aws:s3:::reports-111122223333").format(InventoryFormat::Csv).build()?;
    let to = InventoryDestination::builder().s3_bucket_destination(to).build();
    let weekly = InventorySchedule::builder().frequency(InventoryFrequency::Weekly).build()?;
    let list = InventoryConfiguration::builder().id("all").is_enabled(true).destination(to).schedule(weekly);
    let list = list.included_object_versions(InventoryIncludedObjectVersions::All).build()?;
    s3.put_bucket_inventory_configuration().bucket(bucket).id("all").inventory_configuration(list).send().await?;
    let metrics = MetricsConfiguration::builder().id("data").filter(MetricsFilter::Prefix("data/".to_owned())).build()?;
    s3.put_bucket_metrics_configuration().bucket(bucket).id("data").metrics_configuration(metrics).send().await?;
    Ok(())
}
