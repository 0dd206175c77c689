//! Makes one step. Keys come from the system's randomness; everything else from the arguments.

use jiff::Timestamp;

use super::{Cert, Demand, Leaf, Serving, State, Step, issue};
use crate::error::Result;

/// The state after the step. A step that does not fit the state (another process was quicker) changes nothing.
///
/// # Errors
/// [`crate::Error::Issue`] if a certificate cannot be made.
pub fn apply(state: Option<State>, step: &Step, demand: &Demand, now: Timestamp) -> Result<State> {
    let Some(mut state) = state else { return begin(demand, now) };
    match step {
        Step::Begin => {}
        Step::Tidy => state.tidy = true,
        Step::Introduce(_) => {
            if state.next.is_none() {
                state.next = Some(issue::authority(demand.ca_life, now)?);
            }
        }
        Step::Promote => {
            if let Some(next) = state.next.take() {
                state.old.push(std::mem::replace(&mut state.signer, next).cert);
            }
        }
        Step::Sign(_) => {
            let leaf = issue::leaf(&state.signer, &demand.hosts, demand.leaf_life, now)?;
            if let Serving::Pair(last) = std::mem::replace(&mut state.serving, Serving::Pair(leaf)) {
                remember(&mut state, last);
            }
        }
        Step::Retire(retired) => {
            state.old.retain(|ca| !retired.contains(ca));
            let old = &state.old;
            state.old_leaves.retain(|leaf| leaf.is_alive(now) && old.iter().any(|ca| leaf.is_signed_by(ca)));
        }
    }
    Ok(state)
}

/// A CA and a leaf where there was nothing.
fn begin(demand: &Demand, now: Timestamp) -> Result<State> {
    let signer = issue::authority(demand.ca_life, now)?;
    let leaf = issue::leaf(&signer, &demand.hosts, demand.leaf_life, now)?;
    Ok(State { signer, next: None, old: Vec::new(), old_leaves: Vec::new(), serving: Serving::Pair(leaf), tidy: true })
}

/// Keeps the replaced leaf if its CA is an old one; per old CA only the leaf that lives longest.
fn remember(state: &mut State, leaf: Leaf) {
    let Some(ca) = state.old.iter().find(|ca| leaf.cert.is_signed_by(ca)) else { return };
    let longest = |other: &Cert| other.is_signed_by(ca) && other.not_after() >= leaf.cert.not_after();
    if state.old_leaves.iter().any(longest) {
        return;
    }
    state.old_leaves.retain(|other| !other.is_signed_by(ca));
    state.old_leaves.push(leaf.cert);
}
