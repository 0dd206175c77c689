//! Every rule of the list, each in a world in which it speaks and a neighbour in which it is silent.

use std::collections::BTreeSet;

use serde_json::Value;

use super::testing::{Case, World};
use super::{
    OWN_RULES, On, RULES, Rule, Severity, account, annotations, claims, deletion, directory, find, location, modes, name, namespace,
    object, region, update, values,
};
use crate::subconfig;

pub(super) fn cases() -> Vec<Case> {
    let areas = [object::cases::all(), annotations::cases::all(), account::cases::all(), claims::cases::all(), values::cases::all()];
    let more = [name::cases::all(), namespace::cases::all(), region::cases::all(), location::cases::all(), update::cases::all()];
    areas
        .into_iter()
        .chain(more)
        .flatten()
        .chain(directory::cases::all())
        .chain(deletion::cases::all())
        .chain(modes::cases::all())
        .chain(subconfig::cases())
        .collect()
}

fn catalogue() -> Vec<Value> {
    serde_json::from_str(include_str!("rules.json")).unwrap()
}

/// The rule that refuses what a controller cannot do. Ours does it: inventory and metrics of directory buckets.
const NOT_NEEDED: &str = "directory-inventory-metrics";

#[test]
fn every_rule_is_in_the_list_as_the_catalogue_has_it() {
    let catalogue = catalogue();
    assert_eq!(catalogue.len(), 385);
    let rows: Vec<Rule> = catalogue.iter().filter(|row| row["id"] != NOT_NEEDED).map(|row| rule(row, on(row))).collect();
    assert_eq!(rows, RULES);
    assert_eq!(RULES.len(), 384);
}

fn on(row: &Value) -> On {
    match row["op"].as_str().unwrap() {
        "C" => On::Create,
        "U" => On::Update,
        "CU" => On::Write,
        "D" => On::Delete,
        "status" => On::Status,
        other => panic!("{other}"),
    }
}

fn rule(row: &Value, on: On) -> Rule {
    let id = find(row["id"].as_str().unwrap()).map_or("?", |rule| rule.id);
    let off_by_default = row["off_by_default"] == true;
    Rule { id, area: row["area"].as_str().unwrap().chars().next().unwrap(), on, off_by_default }
}

#[test]
fn every_rule_has_a_case_and_only_rules_have() {
    let tried: BTreeSet<&str> = cases().iter().map(|case| case.rule).collect();
    let listed: BTreeSet<&str> = RULES.iter().chain(OWN_RULES).map(|rule| rule.id).collect();
    let (untried, unlisted) = (listed.difference(&tried).collect::<Vec<_>>(), tried.difference(&listed).collect::<Vec<_>>());
    assert!(untried.is_empty() && unlisted.is_empty(), "without a case: {untried:?}; in no list: {unlisted:?}");
}

#[test]
fn one_mistake_is_found_by_exactly_one_rule_and_weighs_what_the_catalogue_says() {
    let catalogue = catalogue();
    for Case { rule, bad, company, .. } in cases() {
        let verdict = bad.verdict();
        let found: Vec<&str> = verdict.rules().into_iter().filter(|id| !company.contains(id)).collect();
        assert_eq!(found, [rule], "{:?}", verdict.findings);
        // Rules of our own, which are in no catalogue, refuse.
        let row = catalogue.iter().find(|row| row["id"] == rule);
        let severity = if row.is_none_or(|row| row["severity"] == "deny") { Severity::Deny } else { Severity::Warn };
        for finding in verdict.findings.iter().filter(|finding| finding.rule == rule) {
            assert_eq!(finding.severity, severity, "{finding}");
            assert!(!finding.message.is_empty() && !finding.ratcheted, "{finding}");
        }
    }
}

#[test]
fn the_good_neighbour_passes() {
    for Case { rule, good, .. } in cases() {
        let verdict = good.verdict();
        assert!(!verdict.is_denied() && !verdict.rules().contains(&rule), "{rule}: {:?}", verdict.findings);
    }
}

#[test]
fn messages_fit_in_a_warning() {
    for Case { bad, .. } in cases() {
        for finding in bad.verdict().findings {
            assert!(finding.message.chars().count() <= 220, "{finding}");
        }
    }
}

#[test]
fn a_good_bucket_gives_no_cause_for_a_word() {
    assert_eq!(World::new().rules(), [""; 0]);
    assert_eq!(World::new().existing().update().tag("more", "x").rules(), [""; 0]);
    assert_eq!(World::new().existing().guard().rules(), [""; 0]);
}
