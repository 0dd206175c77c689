//! Samples of [`Acl`].

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::one_of;
use crate::subconfig::Acl;
use crate::subconfig::laws::Sample;

impl Sample for Acl {
    fn samples() -> BoxedStrategy<Self> {
        let read = ["public-read", " public-read-write ", "authenticated-read", "log-delivery-write|private", "aws-exec-read"];
        let canned = one_of(&[&read[..], &["", "private", "private|public-read", "bucket-owner-read"]].concat());
        let named = canned.prop_map(|name| Self { acl: Some(name), ..Self::default() }).boxed();
        let granted = (of(grants()), of(grants()), of(grants()), of(grants()), of(grants()));
        let granted = granted.prop_map(|(grant_full_control, grant_read, grant_read_acp, grant_write, grant_write_acp)| Self {
            grant_full_control,
            grant_read,
            grant_read_acp,
            grant_write,
            grant_write_acp,
            ..Self::default()
        });
        let granted = granted.boxed();
        let both = (named.clone(), granted.clone()).prop_map(|(named, granted)| Self { acl: named.acl, ..granted });
        prop_oneof![2 => named, 4 => granted, 1 => both].boxed()
    }
}

/// The owner of the store is `owner`.
fn grants() -> impl Strategy<Value = String> {
    let groups = ["uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"", "uri=http://acs.amazonaws.com/groups/s3/LogDelivery"];
    let users = ["id=owner", "id=\"x\"", " id = x ", "id=y", "emailAddress=\"a@example.com\"", ""];
    vec(one_of(&[&groups[..], &users[..]].concat()), 0..4).prop_map(|parts| parts.join(","))
}
