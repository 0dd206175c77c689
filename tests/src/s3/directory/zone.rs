//! Zones: the ids in the names of directory buckets. Source: "AWS Availability Zones", zone ids; S3 User Guide, "Directory bucket names".

use super::SUFFIX;

/// The zone in the name of a directory bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Zone<'a> {
    /// Such as `usw2-az1`, or `usw2-lax1-az1` for a Local Zone.
    pub(crate) id: &'a str,
    is_local: bool,
}

impl<'a> Zone<'a> {
    /// The zone in a bucket's name, if it has one.
    pub(crate) fn of(name: &'a str) -> Option<Self> {
        Self::read(name.strip_suffix(SUFFIX)?.rsplit_once("--")?.1)
    }

    fn read(id: &'a str) -> Option<Self> {
        let numbered = |text: &str, letters: std::ops::RangeInclusive<usize>| {
            let word = text.trim_end_matches(|last: char| last.is_ascii_digit());
            text.len() > word.len() && letters.contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
        };
        let is_zone = |text: &str| text.starts_with("az") && numbered(text, 2..=2);
        match id.split('-').collect::<Vec<_>>()[..] {
            [region, zone] if numbered(region, 3..=6) && is_zone(zone) => Some(Self { id, is_local: false }),
            [region, place, zone] if numbered(region, 3..=6) && numbered(place, 3..=3) && is_zone(zone) => {
                Some(Self { id, is_local: true })
            }
            _ => None,
        }
    }

    /// The type of the location, as HeadBucket says it.
    pub(crate) fn kind(self) -> &'static str {
        if self.is_local { "LocalZone" } else { "AvailabilityZone" }
    }

    /// The one redundancy that the type of the location allows.
    pub(super) fn redundancy(self) -> &'static str {
        if self.is_local { "SingleLocalZone" } else { "SingleAvailabilityZone" }
    }

    /// Whether the zone lies in a region.
    pub(super) fn is_in(self, region: &str) -> bool {
        self.id.strip_prefix(&short(region)).is_some_and(|rest| rest.starts_with('-'))
    }
}

/// A region as zone ids write it: `us-west-2` is `usw2`, `ap-southeast-1` is `apse1`.
fn short(region: &str) -> String {
    let directions = [("north", 'n'), ("south", 's'), ("east", 'e'), ("west", 'w'), ("central", 'c'), ("gov", 'g')];
    let word = |mut part: &str| {
        let mut letters = String::new();
        while let Some((name, letter)) = directions.iter().find(|(name, _)| part.starts_with(name)) {
            letters.push(*letter);
            part = &part[name.len()..];
        }
        letters + part
    };
    region.split('-').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_lie_in_their_regions() {
        for (zone, region) in [
            ("usw2-az1", "us-west-2"),
            ("apse1-az2", "ap-southeast-1"),
            ("aps1-az1", "ap-south-1"),
            ("euc1-az3", "eu-central-1"),
            ("usw2-lax1-az1", "us-west-2"),
            ("usgw1-az1", "us-gov-west-1"),
        ] {
            assert!(Zone::read(zone).is_some_and(|zone| zone.is_in(region)), "{zone} {region}");
        }
        assert!(!Zone::read("usw2-az1").unwrap().is_in("us-west-1"));
        assert!(!Zone::read("usw2-az1").unwrap().is_in("eu-west-1"));
    }

    #[test]
    fn other_words_are_no_zones() {
        for bad in ["", "us-west-2a", "usw2", "usw2-az", "usw-az1", "usw2-a1", "usw2-lax-az1", "usw2-lax1-az1-x", "USW2-az1"] {
            assert_eq!(Zone::read(bad), None, "{bad}");
        }
    }
}
