//! What S3 holds for a bucket, asked of S3 itself.

use aws_sdk_s3::Client;

/// The part of a bucket's configuration that the story is about, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) versioning: String,
    /// `key=value`, sorted.
    pub(super) tags: Vec<String>,
    /// `id: after N days`.
    pub(super) expiry: Vec<String>,
    pub(super) encryption: String,
    pub(super) public_access_blocked: bool,
}

impl Held {
    /// Asks S3. A call that fails counts as "none": a bucket without tags answers with an error, for one.
    pub(super) async fn ask(s3: &Client, bucket: &str) -> Self {
        let (versioning, tags, lifecycle, encryption, public) = tokio::join!(
            Box::pin(s3.get_bucket_versioning().bucket(bucket).send()),
            Box::pin(s3.get_bucket_tagging().bucket(bucket).send()),
            Box::pin(s3.get_bucket_lifecycle_configuration().bucket(bucket).send()),
            Box::pin(s3.get_bucket_encryption().bucket(bucket).send()),
            Box::pin(s3.get_public_access_block().bucket(bucket).send()),
        );
        let versioning = versioning.ok().and_then(|answer| answer.status);
        let tags = tags.map(|answer| answer.tag_set).unwrap_or_default();
        let rules = lifecycle.ok().and_then(|answer| answer.rules).unwrap_or_default();
        let encryption = encryption.ok().and_then(|answer| answer.server_side_encryption_configuration);
        let default = encryption.and_then(|config| config.rules.into_iter().next()?.apply_server_side_encryption_by_default);
        let block = public.ok().and_then(|answer| answer.public_access_block_configuration);
        let mut tags = tags.into_iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect::<Vec<_>>();
        tags.sort();
        let days = |expiration: Option<aws_sdk_s3::types::LifecycleExpiration>| expiration.and_then(|end| end.days).unwrap_or_default();
        Self {
            versioning: versioning.map_or_else(|| "never on".to_owned(), |status| status.as_str().to_owned()),
            tags,
            expiry: rules
                .into_iter()
                .map(|rule| format!("{}: after {} days", rule.id.unwrap_or_default(), days(rule.expiration)))
                .collect(),
            encryption: default.map_or_else(|| "none".to_owned(), |default| default.sse_algorithm.as_str().to_owned()),
            public_access_blocked: block.is_some_and(|block| {
                [block.block_public_acls, block.ignore_public_acls, block.block_public_policy, block.restrict_public_buckets]
                    .into_iter()
                    .all(|one| one == Some(true))
            }),
        }
    }

    /// One line per part.
    pub(super) fn lines(&self) -> String {
        format!(
            "versioning     {}\ntags           {}\nexpiry         {}\nencryption     {}\npublic access  {}",
            self.versioning,
            self.tags.join(", "),
            self.expiry.join(", "),
            self.encryption,
            if self.public_access_blocked { "blocked" } else { "possible" },
        )
    }
}
