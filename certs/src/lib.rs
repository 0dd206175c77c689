//! The certificates of Cooper's webhook: a certificate authority (CA) of its own, the server certificate (leaf) that it signs, and the
//! `caBundle` by which kube-apiserver trusts it.
//!
//! - [`material`]: what is stored, as values: read, decide ([`material::next_step`], a pure function of state and time), change.
//! - [`store`]: where it is stored: a folder or a Secret, safe for several writers.
//! - [`inject`]: the `caBundle` of our webhook configurations.
//! - [`converge()`]: the one loop that brings the three together; `mint`, `rotate` and `run` differ only in what they allow it.
//!
//! A CA is never exchanged at once. The next CA first joins the bundle, then the bundle is in the webhook configurations, then the next CA
//! signs a leaf, and the old CA leaves the bundle when the last leaf that it signed is dead. Every step can be repeated after a crash.

pub mod args;
pub mod command;
pub mod converge;
pub mod error;
pub mod inject;
pub mod material;
pub mod store;

pub use converge::{Clock, Job, Reached, Trust, converge};
pub use error::Error;
