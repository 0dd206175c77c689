//! The three kinds of bucket that a name tells apart.
//! Source: S3 User Guide, "General purpose bucket naming rules" and "Directory bucket naming rules".

use crate::{region, role};

/// How the name of a directory bucket ends.
const DIRECTORY: &str = "--x-s3";

/// The name of an S3 bucket, of any kind, valid or not: the rules for names are admission findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketName<'a>(&'a str);

impl<'a> BucketName<'a> {
    /// Takes the text as it stands.
    #[must_use]
    pub fn new(name: &'a str) -> Self {
        Self(name)
    }

    /// The text.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether this is a directory bucket (S3 Express One Zone).
    #[must_use]
    pub fn is_directory(self) -> bool {
        self.0.ends_with(DIRECTORY)
    }

    /// The id of the zone in the name of a directory bucket, `<base>--<zone id>--x-s3`, well-formed or not.
    #[must_use]
    pub fn zone_id(self) -> Option<&'a str> {
        let (base, zone) = self.0.strip_suffix(DIRECTORY)?.rsplit_once("--")?;
        (!base.is_empty() && !zone.is_empty()).then_some(zone)
    }

    /// Whether this name lives in an account-regional namespace.
    #[must_use]
    pub fn is_account_regional(self) -> bool {
        self.0.ends_with("-an")
    }

    /// The parts of an account-regional name, `<prefix>-<account>-<region>-an`; the prefix may be empty, which S3 refuses.
    #[must_use]
    pub fn account_regional(self) -> Option<AccountRegional<'a>> {
        let rest = self.0.strip_suffix("-an")?;
        let (account_at, _) = rest.match_indices('-').rev().find(|(at, _)| is_account_at(rest, at + 1))?;
        let (account_end, region_at) = (account_at + 13, account_at + 14);
        let region = rest.get(region_at..).filter(|region| region::is_well_formed(region))?;
        Some(AccountRegional { prefix: &rest[..account_at], account: &rest[account_at + 1..account_end], region })
    }
}

/// The parts of an account-regional name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountRegional<'a> {
    /// What the user chose.
    pub prefix: &'a str,
    /// The account, 12 digits.
    pub account: &'a str,
    /// The region's code.
    pub region: &'a str,
}

/// Whether `<12 digits>-` stands there.
fn is_account_at(text: &str, at: usize) -> bool {
    text.get(at..at + 12).is_some_and(role::is_account) && text.as_bytes().get(at + 12) == Some(&b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_name_holds_its_zone() {
        let zone = |name| BucketName::new(name).zone_id();
        assert_eq!(zone("logs--usw2-az1--x-s3"), Some("usw2-az1"));
        assert_eq!(zone("a--b--usw2-lax1-az1--x-s3"), Some("usw2-lax1-az1"));
        for none in ["a--x-s3", "--usw2-az1--x-s3", "--x-s3", "logs--usw2-az1", "a----x-s3"] {
            assert_eq!(zone(none), None, "{none}");
        }
    }

    #[test]
    fn an_account_regional_name_has_three_parts() {
        let parts = |name| BucketName::new(name).account_regional().map(|parts| (parts.prefix, parts.account, parts.region));
        assert_eq!(parts("a-b-123456789012-us-gov-west-1-an"), Some(("a-b", "123456789012", "us-gov-west-1")));
        assert_eq!(parts("a-111111111111-222222222222-eu-west-1-an"), Some(("a-111111111111", "222222222222", "eu-west-1")));
        assert_eq!(parts("-123456789012-eu-west-1-an"), Some(("", "123456789012", "eu-west-1")));
        for none in ["team-an", "a-123456789012-an", "a-12345678901-eu-west-1-an", "a-123456789012-eu-west-1", "-an", "ü-an", ""] {
            assert_eq!(parts(none), None, "{none}");
        }
    }
}
