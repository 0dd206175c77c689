//! The whole point, over a long time: however late the API server or the webhook is, the certificate that is served verifies against the
//! bundle that is in use.

#![cfg(test)]

use std::collections::BTreeSet;

use certs::material::{Cert, Demand, Files, Force, Scope, Serving, apply, next_step, read};
use jiff::{SignedDuration, Timestamp};

/// Days by which the API server's bundle and the webhook's certificate may be behind what is stored.
const LAG: usize = 2;
const DAY: SignedDuration = SignedDuration::from_hours(24);

#[test]
fn there_is_no_moment_without_trust() {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let demand = Demand { hosts: ["webhook.test".to_owned()].into(), ca_life: DAY * 360, leaf_life: DAY * 90 };
    let (mut files, mut leaves, mut bundles) = (Files::default(), Vec::<Cert>::new(), Vec::<Vec<Cert>>::new());
    let mut signers = BTreeSet::new();
    for day in 0..10 * 365 {
        let now = start + DAY * day;
        // One step a day: slower than it would be, so that every state in between is seen.
        let scope = Scope::Rotate { trusted: bundles.iter().rev().nth(LAG).cloned().unwrap_or_default() };
        let state = read(&files).unwrap();
        let state = match next_step(state.as_ref(), &demand, &scope, force(day), now) {
            Some(step) => apply(state, &step, &demand, now).unwrap(),
            None => state.unwrap(),
        };
        files = state.files();
        signers.insert(state.signer.cert.to_string());
        bundles.push(state.bundle().into_iter().cloned().collect());
        let Serving::Pair(leaf) = state.serving else { panic!("no pair on day {day}") };
        leaves.push(leaf.cert);
        for bundle in bundles.iter().rev().take(LAG + 1) {
            assert!(bundle.len() <= 3, "the bundle does not grow");
            for leaf in leaves.iter().rev().take(LAG + 1) {
                assert!(leaf.is_alive(now), "day {day}");
                assert!(bundle.iter().any(|ca| ca.is_alive(now) && leaf.is_signed_by(ca)), "day {day}");
            }
        }
    }
    assert!(signers.len() >= 15, "{} CAs", signers.len());
}

/// Now and then somebody asks for it out of turn.
fn force(day: i32) -> Option<Force> {
    match day % 800 {
        399 => Some(Force::Ca),
        799 => Some(Force::Leaf),
        _ => None,
    }
}
