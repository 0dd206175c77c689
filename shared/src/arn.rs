//! Amazon Resource Names: `arn:partition:service:region:account:resource`.

use crate::name::BucketName;

/// An ARN split at its colons; nothing beyond the six parts is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// aws, aws-cn, aws-us-gov and so on.
    pub partition: &'a str,
    /// s3, iam, kms and so on.
    pub service: &'a str,
    /// Empty where the resource has no region.
    pub region: &'a str,
    /// Empty where the resource has no account (an S3 bucket).
    pub account: &'a str,
    /// Everything after the fifth colon.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits an ARN; `None` where the text is none.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        // Most texts that are asked are none.
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        let mut next = || parts.next();
        Some(Self { partition: next()?, service: next()?, region: next()?, account: next()?, resource: next()? })
    }
}

/// The ARN of a bucket. A directory bucket's carries region and account, every other kind's carries neither.
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3" and "... S3 Express".
#[must_use]
pub fn bucket(name: &str, partition: &str, region: &str, account: &str) -> String {
    if BucketName::new(name).is_directory() {
        format!("arn:{partition}:s3express:{region}:{account}:bucket/{name}")
    } else {
        format!("arn:{partition}:s3:::{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_role_and_refuses_what_is_no_arn() {
        let role = Arn::parse("arn:aws-cn:iam::123456789012:role/team/x").unwrap();
        assert_eq!((role.partition, role.service, role.account, role.resource), ("aws-cn", "iam", "123456789012", "role/team/x"));
        assert_eq!(Arn::parse("arn:aws:iam::1"), None);
        assert_eq!(Arn::parse("s3://bucket"), None);
    }

    #[test]
    fn a_bucket_arn_carries_the_partition() {
        assert_eq!(bucket("logs", "aws-us-gov", "us-gov-west-1", "123456789012"), "arn:aws-us-gov:s3:::logs");
        let directory = bucket("a--use1-az4--x-s3", "aws", "us-east-1", "123456789012");
        assert_eq!(directory, "arn:aws:s3express:us-east-1:123456789012:bucket/a--use1-az4--x-s3");
    }
}
