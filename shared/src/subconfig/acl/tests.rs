//! What two ACLs mean, and how a difference between them is told.

use serde_json::json;

use super::*;
use crate::subconfig::{Have, Step};

const ALL_USERS: &str = "uri=http://acs.amazonaws.com/groups/global/AllUsers";

fn of(members: Value) -> Acl {
    serde_json::from_value(members).unwrap()
}

/// What S3 holds of a bucket that `me` owns.
fn held(members: Value) -> Acl {
    Acl { owner: Some("me".to_owned()), ..of(members) }
}

fn plan(mut want: Value, have: Acl) -> Step<Acl> {
    want["name"] = json!("logs");
    Step::plan(&serde_json::from_value(want).unwrap(), &Have::Value(have), &Place::default())
}

fn fields(step: &Step<Acl>) -> Vec<(String, Value, Value)> {
    step.differences().into_iter().map(|Difference { field, desired, observed }| (field, desired, observed)).collect()
}

#[test]
fn private_in_all_its_spellings_is_nothing() {
    let acls = ["private", "bucket-owner-read", "bucket-owner-full-control", "private|public-read", " private "];
    let said = acls.map(|acl| json!({"acl": acl, "grantRead": ALL_USERS}));
    let grants = [json!({}), json!({"acl": ""}), json!({"grantRead": ", "}), json!({"grantFullControl": "id=me"})];
    for want in said.into_iter().chain(grants) {
        assert_eq!(plan(want.clone(), held(json!({"grantFullControl": "id=me"}))), Step::None, "{want}");
        let open = held(json!({"grantFullControl": "id=me", "grantRead": ALL_USERS}));
        assert_eq!(plan(want.clone(), open.clone()), Step::Remove { have: open }, "before ownership turns ACLs off: {want}");
    }
}

#[test]
fn grants_that_a_canned_acl_makes_are_it_in_either_spelling() {
    let have = || held(json!({"grantFullControl": "id=me", "grantRead": ALL_USERS}));
    let grants = json!({"grantRead": " uri = \"http://acs.amazonaws.com/groups/global/AllUsers\" ,"});
    for want in [json!({"acl": "public-read"}), json!({"acl": "public-read|private"}), grants] {
        assert_eq!(plan(want.clone(), have()), Step::None, "{want}");
    }
    let step = plan(json!({"acl": "authenticated-read"}), have());
    assert_eq!(fields(&step), [("spec.acl".to_owned(), json!("authenticated-read"), json!("public-read"))]);
}

/// Weakness of others: a list that is no canned ACL passes for the one that is wanted.
#[test]
fn a_list_that_is_no_canned_acl_is_a_difference_and_shown_as_grants() {
    let have = held(json!({"grantFullControl": "id=\"me\"", "grantRead": "id=\"x\""}));
    for want in [json!({"acl": "private"}), json!({}), json!({"acl": "public-read"})] {
        let step = plan(want.clone(), have.clone());
        let found = fields(&step);
        assert!(found.contains(&("spec.grantRead".to_owned(), Value::Null, json!("id=\"x\""))), "{want}: {found:?}");
    }
}

/// Weakness of others: grants that somebody took away are not missed.
#[test]
fn a_grant_that_is_gone_is_named_by_its_field() {
    let want = json!({"grantRead": "id=x", "grantWrite": "id=y, id=z"});
    let step = plan(want.clone(), held(json!({"grantFullControl": "id=me", "grantRead": "id=x", "grantWrite": "id=z"})));
    assert_eq!(fields(&step), [("spec.grantWrite".to_owned(), json!("id=\"y\", id=\"z\""), json!("id=\"z\""))]);
    let other_order = held(json!({"grantFullControl": "id=me", "grantRead": "id=\"x\"", "grantWrite": "id=z,id=y,id=z"}));
    assert_eq!(plan(want, other_order), Step::None);
}

#[test]
fn the_owner_keeps_what_it_has_unless_the_spec_names_who_has_full_control() {
    let (kept, lost) = (json!({"grantFullControl": "id=\"me\"", "grantRead": "id=x"}), json!({"grantRead": "id=x"}));
    for have in [&kept, &lost] {
        assert_eq!(plan(json!({"grantRead": "id=x"}), held(have.clone())), Step::None, "{have}");
    }
    let Step::Put { want, .. } = plan(json!({"grantRead": "id=y"}), held(kept.clone())) else { panic!("no put") };
    assert_eq!(want.grant_full_control.as_deref(), Some("id=\"me\""), "it is written along");
    let named = json!({"grantFullControl": "id=me", "grantRead": "id=x"});
    assert_eq!(plan(named.clone(), held(kept)), Step::None);
    let step = plan(named, held(lost));
    assert_eq!(fields(&step), [("spec.grantFullControl".to_owned(), json!("id=\"me\""), Value::Null)]);
}

#[test]
fn a_list_without_any_grant_is_not_private() {
    let have = held(json!({}));
    let step = plan(json!({}), have.clone());
    assert_eq!(step, Step::Remove { have });
    assert_eq!(fields(&step), [("spec.grantFullControl".to_owned(), json!("id=\"me\""), json!(""))]);
}

#[test]
fn private_is_told_in_the_words_of_what_it_differs_from() {
    let step = plan(json!({"acl": "log-delivery-write"}), held(json!({"grantFullControl": "id=me"})));
    assert_eq!(fields(&step), [("spec.acl".to_owned(), json!("log-delivery-write"), json!("private"))]);
    let step = plan(json!({}), held(json!({"grantFullControl": "id=me", "grantRead": ALL_USERS})));
    assert_eq!(fields(&step), [("spec.acl".to_owned(), json!("private"), json!("public-read"))]);
    let granted = json!({"grantFullControl": "id=me", "grantRead": "id=x"});
    let step = plan(granted.clone(), held(json!({"grantFullControl": "id=me"})));
    assert_eq!(fields(&step), [("spec.grantRead".to_owned(), json!("id=\"x\""), Value::Null)], "the owner has what it shall have");
    let step = plan(json!({}), held(granted));
    assert_eq!(fields(&step), [("spec.grantRead".to_owned(), Value::Null, json!("id=\"x\""))]);
}

#[test]
fn an_address_is_the_user_that_s3_made_of_it() {
    let want = json!({"grantRead": "emailAddress=a@example.com, id=x"});
    let made = held(json!({"grantFullControl": "id=me", "grantRead": "id=\"x\", id=\"made\""}));
    assert_eq!(plan(want.clone(), made), Step::None, "no endless writing");
    let only_named = held(json!({"grantFullControl": "id=me", "grantRead": "id=x"}));
    assert!(matches!(plan(want, only_named), Step::Put { .. }));
    let owned = held(json!({"grantFullControl": "id=me"}));
    assert!(matches!(plan(json!({"grantFullControl": "emailAddress=a@example.com"}), owned), Step::Put { .. }), "the owner is not it");
}

#[test]
fn a_name_that_s3_lacks_is_sent_so_that_s3_says_no() {
    let step = plan(json!({"acl": "publicread"}), held(json!({"grantFullControl": "id=me"})));
    assert!(matches!(&step, Step::Put { want, .. } if want.canned() == Some("publicread")), "{step:?}");
}
