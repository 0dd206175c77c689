//! Regions and their partitions, as data.
//! Source: botocore 1.43.11, `partitions.json` (regions) and the S3 model of 2006-03-01 (location constraints); AWS General
//! Reference, "AWS Regions" (those that an account has to enable).

use crate::similar;

/// The version of the tables in this file.
pub const TABLE: &str = "botocore-1.43.11";

struct Partition {
    name: &'static str,
    /// What stands before the last two parts of a region's code.
    prefixes: &'static [&'static str],
    regions: &'static [&'static str],
}

const PARTITIONS: &[Partition] = &[
    Partition {
        name: "aws",
        prefixes: &["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"],
        regions: &[
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "mx-central-1",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
    },
    Partition { name: "aws-cn", prefixes: &["cn"], regions: &["cn-north-1", "cn-northwest-1"] },
    Partition { name: "aws-us-gov", prefixes: &["us-gov"], regions: &["us-gov-east-1", "us-gov-west-1"] },
    Partition { name: "aws-eusc", prefixes: &["eusc-de"], regions: &["eusc-de-east-1"] },
    Partition { name: "aws-iso", prefixes: &["us-iso"], regions: &["us-iso-east-1", "us-iso-west-1"] },
    Partition { name: "aws-iso-b", prefixes: &["us-isob"], regions: &["us-isob-east-1", "us-isob-west-1"] },
    Partition { name: "aws-iso-e", prefixes: &["eu-isoe"], regions: &["eu-isoe-west-1"] },
    Partition { name: "aws-iso-f", prefixes: &["us-isof"], regions: &["us-isof-east-1", "us-isof-south-1"] },
];

const OPT_IN: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

/// The name of a partition, if that is one.
#[must_use]
pub fn is_partition(name: &str) -> bool {
    PARTITIONS.iter().any(|partition| partition.name == name)
}

/// The partition of a region, known or not; `None` where the code fits no partition.
#[must_use]
pub fn partition(region: &str) -> Option<&'static str> {
    let mut parts = region.rsplitn(3, '-');
    let (number, direction, prefix) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let word = !direction.is_empty() && direction.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let fits = |partition: &&Partition| digits && word && partition.prefixes.contains(&prefix);
    PARTITIONS.iter().find(fits).map(|partition| partition.name)
}

/// Whether the region is in the table.
#[must_use]
pub fn is_known(region: &str) -> bool {
    known().any(|known| known == region)
}

/// Whether an account has to enable the region first.
#[must_use]
pub fn is_opt_in(region: &str) -> bool {
    OPT_IN.contains(&region)
}

/// Whether this is a name that SDKs know as a region and S3 does not.
#[must_use]
pub fn is_pseudo(region: &str) -> bool {
    region == "s3-external-1" || region.ends_with("-global") || region.starts_with("fips-") || region.ends_with("-fips")
}

/// Whether the text is built as a region's code is: two to four letters, words, one or two digits, all joined by hyphens.
#[must_use]
pub fn is_well_formed(region: &str) -> bool {
    let lower = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let Some((words, number)) = region.rsplit_once('-') else { return false };
    let Some((first, others)) = words.split_once('-') else { return false };
    let digits = (1..=2).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    digits && (2..=4).contains(&first.len()) && lower(first) && others.split('-').all(lower)
}

/// Whether S3 takes the text as a location constraint: EU, every region of the partitions aws, aws-cn and aws-us-gov but us-east-1,
/// and the regions of the other partitions, which the S3 model does not list.
#[must_use]
pub fn is_location_constraint(text: &str) -> bool {
    text == "EU" || (text != "us-east-1" && is_known(text))
}

/// ` Did you mean eu-west-1?` where a known region is near, else nothing.
#[must_use]
pub fn did_you_mean(region: &str) -> String {
    similar::did_you_mean(region, known())
}

/// Every region of the table.
pub(crate) fn known() -> impl Iterator<Item = &'static str> {
    PARTITIONS.iter().flat_map(|partition| partition.regions.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_region_is_well_formed_and_lies_in_its_partition() {
        for table in PARTITIONS {
            assert!(is_partition(table.name));
            for region in table.regions {
                assert!(is_well_formed(region), "{region}");
                assert_eq!(partition(region), Some(table.name), "{region}");
                assert!(!is_pseudo(region), "{region}");
            }
        }
        assert!(OPT_IN.iter().all(|region| is_known(region)));
        assert_eq!(known().count(), 34 + 2 + 2 + 1 + 2 + 2 + 1 + 2);
    }

    #[test]
    fn an_unknown_region_still_has_a_partition_and_nonsense_has_none() {
        assert_eq!(partition("eu-west-9"), Some("aws"));
        assert_eq!(partition("us-gov-north-1"), Some("aws-us-gov"));
        for nonsense in ["moon-north-1", "us-west", "us--1", "eu-west-", "", "us-iso-gov-east-1", "EU-west-1"] {
            assert_eq!(partition(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn syntax_is_narrower_than_a_dns_name() {
        for bad in ["US-EAST-1", "us-east-1a", "eu west 1", "eu-west", "e-west-1", "eu-west-123", "aws-global", "", "-", "eu-1"] {
            assert!(!is_well_formed(bad), "{bad}");
        }
        assert!(is_well_formed("moon-north-1"));
    }

    #[test]
    fn location_constraints_are_the_regions_but_us_east_1() {
        assert!(is_location_constraint("EU") && is_location_constraint("eu-west-1") && is_location_constraint("eusc-de-east-1"));
        assert!(!is_location_constraint("us-east-1") && !is_location_constraint("eu-west") && !is_location_constraint("aws-global"));
    }

    #[test]
    fn a_slip_is_seen() {
        assert_eq!(did_you_mean("eu-wset-1"), " Did you mean eu-west-1?");
        assert_eq!(did_you_mean("nowhere"), "");
    }
}
