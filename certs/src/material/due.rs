//! What is to be done next: a pure function of what is there, what is wanted and the time.

use std::{collections::BTreeSet, fmt};

use jiff::{SignedDuration, Timestamp};

use super::{Cert, Serving, State};

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Demand {
    /// The DNS names and IP addresses that the webhook is called by.
    pub hosts: BTreeSet<String>,
    /// How long a CA lives.
    pub ca_life: SignedDuration,
    /// How long a server certificate lives.
    pub leaf_life: SignedDuration,
}

/// How far the steps may go.
#[derive(Clone, Debug)]
pub enum Scope {
    /// Only what it takes to serve: a CA if there is none, and a server certificate.
    Mint,
    /// All of it. `trusted` are the CAs that every API server is known to trust.
    Rotate {
        /// The CAs that every API server is known to trust.
        trusted: Vec<Cert>,
    },
}

/// What to renew although it is not due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Force {
    /// The server certificate.
    Leaf,
    /// The CA, in the same careful steps as when it is due.
    Ca,
}

/// One change of the stored form. Each leaves a state that works, and can be made again after a crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make a CA and a server certificate, since there is nothing.
    Begin,
    /// Bring files into the form that they have after a write that was not cut short.
    Tidy,
    /// Make the next CA and let it join the bundle.
    Introduce(Why),
    /// Let the next CA be the one that signs.
    Promote,
    /// Sign a new server certificate.
    Sign(Why),
    /// Take these old CAs out of the bundle.
    Retire(Vec<Cert>),
}

/// The reason for a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There was none.
    Missing,
    /// Certificate and key did not belong together.
    Mismatch,
    /// It is for other names than those that are wanted.
    Hosts,
    /// Two thirds of its life are over.
    Due,
    /// Its life is over.
    Dead,
    /// The CA that signed it signs no more.
    Signer,
    /// Somebody asked for it.
    Forced,
}

/// The next step, or `None` if nothing is to be done now.
#[must_use]
pub fn next_step(state: Option<&State>, demand: &Demand, scope: &Scope, force: Option<Force>, now: Timestamp) -> Option<Step> {
    let Some(state) = state else { return Some(Step::Begin) };
    // Where there is no pair, signing one writes everything anew as well.
    if !state.tidy && matches!(state.serving, Serving::Pair(_)) {
        return Some(Step::Tidy);
    }
    if let Some(step) = hand_over(state, scope, now) {
        return Some(step);
    }
    if let Some(why) = sign(state, demand, force, now) {
        return Some(Step::Sign(why));
    }
    if matches!(scope, Scope::Mint) {
        return None;
    }
    if let Some(why) = introduce(state, force, now) {
        return Some(Step::Introduce(why));
    }
    let retired = retired(state, now);
    (!retired.is_empty()).then_some(Step::Retire(retired))
}

/// A signer that is dead is replaced at once, since nothing that it signed works any more; one that lives, only by a CA that is trusted.
fn hand_over(state: &State, scope: &Scope, now: Timestamp) -> Option<Step> {
    let dead = !state.signer.cert.is_alive(now);
    let Some(next) = &state.next else { return dead.then_some(Step::Introduce(Why::Dead)) };
    let trusted = matches!(scope, Scope::Rotate { trusted } if trusted.contains(&next.cert));
    (dead || trusted).then_some(Step::Promote)
}

/// Why a new server certificate is needed, if one is.
fn sign(state: &State, demand: &Demand, force: Option<Force>, now: Timestamp) -> Option<Why> {
    let leaf = match &state.serving {
        Serving::Nothing => return Some(Why::Missing),
        Serving::Mismatch => return Some(Why::Mismatch),
        Serving::Pair(leaf) => &leaf.cert,
    };
    // A CA near its end gives no more life than it has: signing again would gain nothing.
    let gains = leaf.not_after() < state.signer.cert.not_after();
    if force == Some(Force::Leaf) {
        Some(Why::Forced)
    } else if !leaf.is_alive(now) {
        Some(Why::Dead)
    } else if *leaf.hosts() != demand.hosts {
        Some(Why::Hosts)
    } else if !leaf.is_signed_by(&state.signer.cert) {
        Some(Why::Signer)
    } else {
        (now >= leaf.due() && gains).then_some(Why::Due)
    }
}

/// Why a next CA is needed, if one is and there is none yet.
fn introduce(state: &State, force: Option<Force>, now: Timestamp) -> Option<Why> {
    if state.next.is_some() {
        return None;
    }
    if force == Some(Force::Ca) {
        return Some(Why::Forced);
    }
    (now >= state.signer.cert.due()).then_some(Why::Due)
}

/// The old CAs that nothing alive needs.
fn retired(state: &State, now: Timestamp) -> Vec<Cert> {
    let served = if let Serving::Pair(leaf) = &state.serving { Some(&leaf.cert) } else { None };
    let needed =
        |ca: &Cert| ca.is_alive(now) && state.old_leaves.iter().chain(served).any(|leaf| leaf.is_alive(now) && leaf.is_signed_by(ca));
    state.old.iter().filter(|ca| !needed(ca)).cloned().collect()
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begin => f.write_str("made a CA and a server certificate"),
            Self::Tidy => f.write_str("completed a write that was cut short"),
            Self::Introduce(why) => write!(f, "made the next CA and added it to the bundle ({why})"),
            Self::Promote => f.write_str("the next CA signs from now on; the old one is trusted as long as a certificate of it lives"),
            Self::Sign(why) => write!(f, "signed a new server certificate ({why})"),
            Self::Retire(old) => write!(f, "removed {} from the bundle: nothing that lives needs it", list(old)),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "there was none",
            Self::Mismatch => "certificate and key did not belong together",
            Self::Hosts => "the names changed",
            Self::Due => "two thirds of the life of the last one are over",
            Self::Dead => "the last one is expired",
            Self::Signer => "another CA signs now",
            Self::Forced => "asked for",
        })
    }
}

fn list(certs: &[Cert]) -> String {
    certs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::material::apply;

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    fn start() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn demand() -> Demand {
        Demand { hosts: ["webhook.test".to_owned()].into(), ca_life: DAY * 360, leaf_life: DAY * 90 }
    }

    fn fresh() -> State {
        apply(None, &Step::Begin, &demand(), start()).unwrap()
    }

    fn on_day(state: &State, day: i32, scope: &Scope, force: Option<Force>) -> Option<Step> {
        next_step(Some(state), &demand(), scope, force, start() + DAY * day)
    }

    fn rotate() -> Scope {
        Scope::Rotate { trusted: Vec::new() }
    }

    #[test]
    fn nothing_is_due_before_two_thirds_of_a_life() {
        let state = fresh();
        assert_eq!(on_day(&state, 0, &rotate(), None), None);
        assert_eq!(on_day(&state, 59, &rotate(), None), None);
        assert_eq!(on_day(&state, 60, &rotate(), None), Some(Step::Sign(Why::Due)));
        assert_eq!(on_day(&state, 91, &rotate(), None), Some(Step::Sign(Why::Dead)));
        let renewed = apply(Some(state), &Step::Sign(Why::Due), &demand(), start() + DAY * 239).unwrap();
        assert_eq!(on_day(&renewed, 239, &rotate(), None), None);
        assert_eq!(on_day(&renewed, 241, &rotate(), None), Some(Step::Introduce(Why::Due)));
        assert_eq!(on_day(&renewed, 241, &Scope::Mint, None), None, "mint does not exchange a CA");
    }

    #[test]
    fn nothing_there_or_other_names_or_a_torn_pair_are_made_good() {
        assert_eq!(next_step(None, &demand(), &Scope::Mint, None, start()), Some(Step::Begin));
        let mut state = fresh();
        let other = Demand { hosts: ["other.test".to_owned()].into(), ..demand() };
        assert_eq!(next_step(Some(&state), &other, &Scope::Mint, None, start()), Some(Step::Sign(Why::Hosts)));
        state.tidy = false;
        assert_eq!(on_day(&state, 0, &Scope::Mint, None), Some(Step::Tidy));
        state.serving = Serving::Mismatch;
        assert_eq!(on_day(&state, 0, &Scope::Mint, None), Some(Step::Sign(Why::Mismatch)));
        state.serving = Serving::Nothing;
        assert_eq!(on_day(&state, 0, &Scope::Mint, None), Some(Step::Sign(Why::Missing)));
    }

    #[test]
    fn a_next_ca_signs_only_once_it_is_trusted() {
        let state = apply(Some(fresh()), &Step::Introduce(Why::Forced), &demand(), start()).unwrap();
        let next = state.next.clone().unwrap().cert;
        assert_eq!(on_day(&state, 1, &Scope::Rotate { trusted: vec![state.signer.cert.clone()] }, None), None);
        assert_eq!(on_day(&state, 1, &Scope::Mint, None), None);
        assert_eq!(on_day(&state, 1, &rotate(), Some(Force::Ca)), None, "asked for twice is asked for once");
        assert_eq!(on_day(&state, 1, &Scope::Rotate { trusted: vec![next] }, None), Some(Step::Promote));
    }

    #[test]
    fn a_dead_ca_is_replaced_at_once() {
        let state = fresh();
        assert_eq!(on_day(&state, 361, &Scope::Mint, None), Some(Step::Introduce(Why::Dead)));
        let state = apply(Some(state), &Step::Introduce(Why::Dead), &demand(), start() + DAY * 361).unwrap();
        assert_eq!(on_day(&state, 361, &Scope::Mint, None), Some(Step::Promote));
        let state = apply(Some(state), &Step::Promote, &demand(), start() + DAY * 361).unwrap();
        assert_eq!(on_day(&state, 361, &Scope::Mint, None), Some(Step::Sign(Why::Dead)));
    }

    #[test]
    fn a_ca_near_its_end_is_not_asked_for_the_same_certificate_again_and_again() {
        let state = apply(Some(fresh()), &Step::Sign(Why::Due), &demand(), start() + DAY * 300).unwrap();
        let Serving::Pair(leaf) = &state.serving else { panic!("no pair") };
        assert_eq!(leaf.cert.not_after(), state.signer.cert.not_after(), "a leaf does not outlive its CA");
        assert_eq!(on_day(&state, 355, &Scope::Mint, None), None);
    }

    #[test]
    fn an_old_ca_stays_as_long_as_its_last_leaf_lives() {
        let day = |days: i32| start() + DAY * days;
        let mut state = fresh();
        for step in [Step::Introduce(Why::Forced), Step::Promote, Step::Sign(Why::Signer)] {
            state = apply(Some(state), &step, &demand(), day(10)).unwrap();
        }
        let old = state.old.clone();
        assert_eq!((old.len(), state.old_leaves.len()), (1, 1));
        assert_eq!(on_day(&state, 59, &rotate(), None), None);
        let state = apply(Some(state), &Step::Sign(Why::Due), &demand(), day(80)).unwrap();
        assert_eq!(on_day(&state, 89, &rotate(), None), None);
        assert_eq!(on_day(&state, 91, &rotate(), None), Some(Step::Retire(old.clone())));
        let state = apply(Some(state), &Step::Retire(old), &demand(), day(91)).unwrap();
        assert!(state.old.is_empty() && state.old_leaves.is_empty());
    }
}
