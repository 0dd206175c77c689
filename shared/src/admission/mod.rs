//! What admission says of a Bucket. The webhook and the controller call the same functions, so they cannot disagree.
//!
//! [`findings`] is all the rules; [`defaults()`] is what is filled in before.

mod account;
mod adoption;
mod annotations;
pub mod baseline;
#[cfg(test)]
mod catalogue;
pub(crate) mod check;
mod claims;
mod defaults;
mod deletion;
mod directory;
pub(crate) mod effective;
#[cfg(test)]
mod examples;
mod facts;
mod finding;
mod location;
mod modes;
mod name;
mod namespace;
mod neighbour;
mod object;
#[cfg(test)]
pub(crate) mod page;
mod region;
mod rules;
#[cfg(test)]
mod semantics;
#[cfg(test)]
pub(crate) mod testing;
mod update;
mod values;
mod verdict;
mod walk;

pub use adoption::{Adoption, AdoptionFields, AdoptionPolicy};
pub use claims::{goes_before, only_looks_on};
pub use defaults::{DEFAULTS, Defaults, DefaultsContext, defaults};
pub use deletion::PROTECTED;
pub use facts::{Claim, Claims, Facts, Given, Holder, Operation, Request, Settings};
pub use finding::sort as sort_findings;
pub use finding::{Finding, Findings, Path, Reason, Severity, quote};
pub use neighbour::{Neighbour, Profile, Trait};
pub use rules::{BROKEN, OWN_RULES, On, RULES, Rule, find};
pub use verdict::{Verdict, areas, confession, findings};
pub(crate) use verdict::{is_about_creation, is_never_denied, is_same, is_same_field, is_untouched};
