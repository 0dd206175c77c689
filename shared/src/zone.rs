//! The zones that directory buckets lie in, by their ids: `usw2-az1` is an Availability Zone, `usw2-lax1-az1` a Local Zone.
//! Source: S3 User Guide, "Directory bucket naming rules"; endpoint rules of S3 (the lengths of an id); AWS RAM User Guide,
//! "Availability Zone IDs".

use crate::region;

/// The lengths that an id has. The SDKs find the id in a bucket's name by them.
const LENGTHS: &[usize] = &[8, 9, 13, 14, 20];

/// The two kinds of zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneKind {
    /// An Availability Zone.
    Availability,
    /// A Local Zone.
    Local,
}

impl ZoneKind {
    /// The kinds, each as `createBucketConfiguration.location.type` names it.
    pub const ALL: [Self; 2] = [Self::Availability, Self::Local];

    /// The kind of this `location.type`.
    #[must_use]
    pub fn of_location_type(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.location_type() == text)
    }

    /// The `location.type` of a directory bucket in such a zone.
    #[must_use]
    pub fn location_type(self) -> &'static str {
        match self {
            Self::Availability => "AvailabilityZone",
            Self::Local => "LocalZone",
        }
    }

    /// The `bucket.dataRedundancy` of a directory bucket in such a zone.
    #[must_use]
    pub fn data_redundancy(self) -> &'static str {
        match self {
            Self::Availability => "SingleAvailabilityZone",
            Self::Local => "SingleLocalZone",
        }
    }
}

/// The id of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone<'a> {
    /// The whole id.
    pub id: &'a str,
    /// What kind of zone this is.
    pub kind: ZoneKind,
    /// What stands for the region: `usw2`.
    prefix: &'a str,
}

impl<'a> Zone<'a> {
    /// Reads an id; `None` where the text is none.
    #[must_use]
    pub fn parse(id: &'a str) -> Option<Self> {
        let (rest, number) = id.rsplit_once("-az")?;
        let digits = (1..=2).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        let (prefix, kind) = match rest.split_once('-') {
            None => (rest, ZoneKind::Availability),
            Some((prefix, place)) if place.len() == 4 && is_numbered_word(place) => (prefix, ZoneKind::Local),
            Some(_) => return None,
        };
        (digits && LENGTHS.contains(&id.len()) && is_numbered_word(prefix)).then_some(Self { id, kind, prefix })
    }

    /// The region that the zone is in; `None` where it is none that is known.
    #[must_use]
    pub fn region(&self) -> Option<&'static str> {
        region::known().find(|region| stands_for(self.prefix, region))
    }
}

/// Letters, at least two of them, and one digit.
fn is_numbered_word(text: &str) -> bool {
    let Some((digit, letters)) = text.as_bytes().split_last() else { return false };
    digit.is_ascii_digit() && letters.len() >= 2 && letters.iter().all(u8::is_ascii_lowercase)
}

/// Whether a prefix is made from the region's code: the first part, the initials of the directions, the number.
fn stands_for(prefix: &str, region: &str) -> bool {
    let initials = |part: &str| match part {
        "north" => Some("n"),
        "south" => Some("s"),
        "east" => Some("e"),
        "west" => Some("w"),
        "central" => Some("c"),
        "gov" => Some("g"),
        "northeast" => Some("ne"),
        "northwest" => Some("nw"),
        "southeast" => Some("se"),
        number if number.bytes().all(|b| b.is_ascii_digit()) => Some("#"),
        _ => None,
    };
    let Some((first, others)) = region.split_once('-') else { return false };
    let mut rest = prefix.strip_prefix(first);
    for part in others.split('-') {
        rest = rest.zip(initials(part)).and_then(|(rest, initial)| rest.strip_prefix(if initial == "#" { part } else { initial }));
    }
    rest == Some("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_an_id_tells_the_kind() {
        let kind = |id| Zone::parse(id).map(|zone| zone.kind);
        for id in ["usw2-az1", "apne1-az4", "use1-az10", "usgw1-az1"] {
            assert_eq!(kind(id), Some(ZoneKind::Availability), "{id}");
        }
        for id in ["usw2-lax1-az1", "apne1-tpe1-az1"] {
            assert_eq!(kind(id), Some(ZoneKind::Local), "{id}");
        }
        for none in
            ["us-west-2a", "usw2-az", "usw2-az123", "usw-az1", "USW2-az1", "usw2-az1-", "w2-az1", "usw2-lax-az1", "usw2", "", "-az1"]
        {
            assert_eq!(kind(none), None, "{none}");
        }
    }

    #[test]
    fn the_beginning_of_an_id_tells_the_region() {
        let facts = "use1 us-east-1 use2 us-east-2 usw1 us-west-1 usw2 us-west-2 cac1 ca-central-1 caw1 ca-west-1 euw1 eu-west-1 \
            euw2 eu-west-2 euw3 eu-west-3 euc1 eu-central-1 euc2 eu-central-2 eun1 eu-north-1 eus1 eu-south-1 eus2 eu-south-2 \
            apne1 ap-northeast-1 apne2 ap-northeast-2 apne3 ap-northeast-3 apse1 ap-southeast-1 apse2 ap-southeast-2 \
            apse3 ap-southeast-3 apse4 ap-southeast-4 apse5 ap-southeast-5 apse7 ap-southeast-7 aps1 ap-south-1 aps2 ap-south-2 \
            ape1 ap-east-1 sae1 sa-east-1 afs1 af-south-1 mes1 me-south-1 mec1 me-central-1 ilc1 il-central-1 mxc1 mx-central-1 \
            usgw1 us-gov-west-1 usge1 us-gov-east-1 cnn1 cn-north-1 cnnw1 cn-northwest-1";
        let facts: Vec<&str> = facts.split_whitespace().collect();
        for pair in facts.chunks(2) {
            let id = format!("{}-az1", pair[0]);
            assert_eq!(Zone::parse(&id).unwrap().region(), Some(pair[1]), "{id}");
        }
        assert_eq!(Zone::parse("usw2-lax1-az1").unwrap().region(), Some("us-west-2"));
        assert_eq!(Zone::parse("abcd1-az1").unwrap().region(), None);
    }
}
