//! The ARNs of buckets. Source: Service Authorization Reference, resource types of Amazon S3 and Amazon S3 Express.

/// The ARN of a bucket, as far as it is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arn {
    pub(super) bucket: String,
}

impl Arn {
    /// Reads the ARN of a bucket of either kind.
    pub(super) fn read(text: &str) -> Option<Self> {
        let bucket = match text.splitn(6, ':').collect::<Vec<_>>()[..] {
            ["arn", partition, "s3", "", "", bucket] if partition.starts_with("aws") => bucket,
            ["arn", partition, "s3express", _, _, resource] if partition.starts_with("aws") => resource.strip_prefix("bucket/")?,
            _ => return None,
        };
        let is_plain = !bucket.is_empty() && !bucket.contains(['/', ':', '*']);
        is_plain.then(|| Self { bucket: bucket.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_buckets_are_read() {
        for bad in ["", "b", "arn:aws:s3:::", "arn:aws:s3:::b/key", "arn:aws:s3:eu-west-1:111111111111:storage-lens/x", "arn:aws:sqs:::b"] {
            assert_eq!(Arn::read(bad), None, "{bad}");
        }
        assert_eq!(Arn::read("arn:aws-cn:s3:::b").unwrap().bucket, "b");
    }
}
