//! The size of the document. Source: S3 API reference, PutBucketReplication: "The maximum size of a replication configuration is 2 MB."

use super::{MOST, given};
use crate::admission::{Findings, Path, Reason};
use crate::subconfig::filter::ObjectFilter;
use crate::subconfig::replication::{Replication, ReplicationDestination, ReplicationRule};
use crate::subconfig::tagging::Tag;

const LARGEST: usize = 2 * 1024 * 1024;

/// A list that is too long is spoken of already.
pub(super) fn findings(replication: &Replication, at: &Path<'_>, to: &mut Findings) {
    let rules = replication.rules.as_deref().unwrap_or_default();
    if rules.len() <= MOST {
        replication_size(rules.iter().map(rule).sum(), at, to);
    }
}

fn replication_size(bytes: usize, at: &Path<'_>, to: &mut Findings) {
    if bytes > LARGEST {
        let message = format!("{bytes} bytes or more in S3's format, S3 takes {LARGEST}; use fewer or shorter rules");
        to.deny("replication-size", Reason::Invalid, at, message);
    }
}

/// The least bytes of `<name>inner</name>`.
fn element(name: &str, inner: usize) -> usize {
    2 * name.len() + "<></>".len() + inner
}

/// No less than this, as characters such as `&` take more.
fn text(name: &str, value: Option<&String>) -> usize {
    given(value).map_or(0, |value| element(name, value.len()))
}

fn rule(rule: &ReplicationRule) -> usize {
    let markers =
        rule.delete_marker_replication.as_ref().map_or(0, |of| element("DeleteMarkerReplication", text("Status", of.status.as_ref())));
    let parts = [
        text("ID", rule.id.as_ref()),
        text("Prefix", rule.prefix.as_ref()),
        text("Status", rule.status.as_ref()),
        rule.filter.as_ref().map_or(0, filter),
        rule.destination.as_ref().map_or(0, destination),
        markers,
    ];
    element("Rule", parts.iter().sum())
}

fn filter(filter: &ObjectFilter) -> usize {
    let and = filter.and.as_ref().map_or(0, |and| {
        let tags: usize = and.tags.iter().flatten().map(tag).sum();
        element("And", text("Prefix", and.prefix.as_ref()) + tags)
    });
    element("Filter", text("Prefix", filter.prefix.as_ref()) + filter.tag.as_ref().map_or(0, tag) + and)
}

fn tag(tag: &Tag) -> usize {
    element("Tag", text("Key", tag.key.as_ref()) + text("Value", tag.value.as_ref()))
}

fn destination(to: &ReplicationDestination) -> usize {
    let key = to.encryption_configuration.as_ref().map_or(0, |of| text("ReplicaKmsKeyID", of.replica_kms_key_id.as_ref()));
    let plain = text("Bucket", to.bucket.as_ref()) + text("Account", to.account.as_ref()) + text("StorageClass", to.storage_class.as_ref());
    element("Destination", plain + key)
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::json;

    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::replication::findings::cases::{rule, rules};
    use crate::subconfig::replication::{ReplicationRule, findings::MOST};
    use crate::subconfig::tagging::Tag;

    /// A full list of rules, each with so many long tags.
    fn tagged(count: usize) -> World {
        let one = rule(&json!({"filter": {"and": {"prefix": "data/"}}}));
        rules(std::slice::from_ref(&one)).spec(|spec| {
            let list = spec.replication.as_mut().unwrap().rules.as_mut().unwrap();
            let mut first: ReplicationRule = list.remove(0);
            let tags = (0..count).map(|index| Tag::new(&format!("{index:0>128}"), &"v".repeat(256))).collect();
            first.filter.as_mut().unwrap().and.as_mut().unwrap().tags = Some(tags);
            *list = (0..MOST).map(|index| ReplicationRule { priority: i64::try_from(index).ok(), ..first.clone() }).collect();
        })
    }

    pub(in crate::subconfig::replication::findings) fn all() -> Vec<Case> {
        vec![case("replication-size", tagged(5), tagged(4))]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::subconfig::replication::findings::cases::{older, to};

    #[test]
    fn the_size_is_that_of_the_elements() {
        let small: ReplicationRule = serde_json::from_value(older(&json!({"prefix": "a"}))).unwrap();
        let bucket = "<Destination><Bucket>arn:aws:s3:::copies</Bucket></Destination>";
        assert_eq!(rule(&small), format!("<Rule><Prefix>a</Prefix><Status>Enabled</Status>{bucket}</Rule>").len());
        let tag = json!({"key": "k", "value": "v"});
        let mut large = to(&json!({"storageClass": "GLACIER"}));
        large["filter"] = json!({"and": {"prefix": "a", "tags": [tag]}});
        let filter = "<Filter><And><Prefix>a</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>";
        let markers = "<DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>";
        let bucket = "<Destination><Bucket>arn:aws:s3:::copies</Bucket><StorageClass>GLACIER</StorageClass></Destination>";
        let large: ReplicationRule = serde_json::from_value(large).unwrap();
        assert_eq!(rule(&large), format!("<Rule><Status>Enabled</Status>{filter}{bucket}{markers}</Rule>").len());
    }
}
