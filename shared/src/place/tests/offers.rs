//! Roles that ConfigMaps and IAMRoleSelectors offer.

use super::*;
use crate::carm::{RoleMap, RoleMaps, Unmapped};
use crate::role_selector::Choice;

const OWN: &str = "arn:aws:iam::123456789012:role/own";
const TEAM: &str = "arn:aws:iam::444455556666:role/team";

fn known(entries: &[(&str, &str)]) -> RoleMap {
    RoleMap::Known(annotations(entries))
}

fn maps() -> RoleMaps {
    let accounts = known(&[("111122223333", ROLE), ("123456789012", OWN), ("777788889999", TEAM)]);
    RoleMaps { namespace: "cooper-system".to_owned(), accounts, teams: Some(known(&[("shop", TEAM)])), by_service: false }
}

fn mapped(bucket: &Bucket, namespace: &[(&str, &str)]) -> Result<Option<String>, Unplaced> {
    resolve(bucket, &annotations(namespace), &identity(), Offers::Maps(&maps())).map(|place| place.role)
}

fn selected(bucket: &Bucket, namespace: &[(&str, &str)], choice: Choice) -> Result<Place, Unplaced> {
    resolve(bucket, &annotations(namespace), &identity(), Offers::Selectors(choice))
}

fn one(arn: &str) -> Choice {
    Choice::One(Selected { name: "shop".to_owned(), resource_version: "7".to_owned(), arn: arn.to_owned() })
}

#[test]
fn the_team_goes_before_the_owner_and_annotations_before_both() {
    let role = |arn: &str| Ok(Some(arn.to_owned()));
    let owner = (annotation::OWNER_ACCOUNT_ID, "111122223333");
    let team = (annotation::TEAM_ID, "shop");
    assert_eq!(mapped(&bucket(&[]), &[]), Ok(None), "nobody chose");
    assert_eq!(mapped(&bucket(&[]), &[owner]), role(ROLE));
    assert_eq!(mapped(&bucket(&[]), &[team]), role(TEAM));
    assert_eq!(mapped(&bucket(&[]), &[owner, team]), role(TEAM), "and the team's account counts");
    let own = "arn:aws:iam::111122223333:role/namespace";
    assert_eq!(mapped(&bucket(&[]), &[owner, team, (annotation::ROLE_ARN, own)]), role(own));
    assert_eq!(mapped(&bucket(&[]), &[(annotation::OWNER_ACCOUNT_ID, "123456789012")]), role(OWN), "the own account is looked up too");
    let none = resolve(&bucket(&[]), &annotations(&[team]), &identity(), Offers::Maps(&RoleMaps { teams: None, ..maps() }));
    assert_eq!(none.unwrap().role, None, "teams do not count");
}

#[test]
fn a_bucket_that_exists_in_another_account_goes_on_with_its_role() {
    assert_eq!(mapped(&existing(&[], "us-east-1", "111122223333"), &[]), Ok(Some(ROLE.to_owned())));
    assert_eq!(mapped(&existing(&[], "us-east-1", "123456789012"), &[]), Ok(None), "the controller's own");
    let unknown = mapped(&existing(&[], "us-east-1", "999988887777"), &[]).unwrap_err();
    assert!(matches!(unknown, Unplaced::Unmapped(Unmapped::NoRole { .. })) && unknown.is_role_unavailable(), "{unknown}");
}

#[test]
fn a_lookup_that_fails_never_ends_in_another_identity() {
    let owner = |account: &str| mapped(&bucket(&[]), &[(annotation::OWNER_ACCOUNT_ID, account)]);
    assert!(matches!(owner("999988887777"), Err(Unplaced::Unmapped(Unmapped::NoRole { .. }))));
    assert!(matches!(owner("12"), Err(Unplaced::OwnerInvalid { .. })));
    assert!(matches!(owner("777788889999"), Err(Unplaced::RoleOfAnotherAccount { .. })), "the map sends it into another account");
    assert!(matches!(mapped(&bucket(&[]), &[(annotation::TEAM_ID, "none")]), Err(Unplaced::Unmapped(Unmapped::NoRole { .. }))));
    let claims = bucket(&[(annotation::OWNER_ACCOUNT_ID, "111122223333")]);
    assert!(matches!(mapped(&claims, &[]), Err(Unplaced::NoRole { .. })), "a Bucket chooses no account for itself");
    let moved = mapped(&existing(&[], "us-east-1", "111122223333"), &[(annotation::TEAM_ID, "shop")]);
    assert!(matches!(moved, Err(Unplaced::AccountChanged { .. })));
}

#[test]
fn one_selector_chooses_the_role_and_is_remembered() {
    let place = selected(&bucket(&[]), &[], one(ROLE)).unwrap();
    assert_eq!((place.role.as_deref(), place.account.as_deref()), (Some(ROLE), Some("111122223333")));
    assert_eq!(place.selected.unwrap().name, "shop");
    let place = selected(&bucket(&[]), &[(annotation::ROLE_ARN, ROLE)], Choice::Conflict(Vec::new())).unwrap();
    assert_eq!((place.role.as_deref(), place.selected), (Some(ROLE), None), "annotations go before");
    assert_eq!(selected(&bucket(&[]), &[], Choice::None).unwrap().role, None, "nobody chose");
}

#[test]
fn selectors_that_do_not_agree_choose_nothing() {
    let conflict = selected(&bucket(&[]), &[], Choice::Conflict(vec!["a".to_owned(), "b".to_owned()])).unwrap_err();
    assert!(conflict.to_string().contains("a, b") && conflict.category() == "SelectorConflict", "{conflict}");
    let invalid = selected(&bucket(&[]), &[], Choice::Invalid("a".to_owned(), "no".to_owned())).unwrap_err();
    assert!(invalid.to_string().contains("IAMRoleSelector a") && invalid.is_role_unavailable(), "{invalid}");
    assert!(selected(&bucket(&[]), &[], Choice::Unread).unwrap_err().is_role_unavailable());
    let owner = [(annotation::OWNER_ACCOUNT_ID, "123456789012")];
    assert!(matches!(selected(&bucket(&[]), &owner, one(ROLE)), Err(Unplaced::RoleOfAnotherAccount { .. })));
}
