//! What the benches in `tests/benches` are made of: the Buckets that they make, what they measure, and how it is shown.
//!
//! [`fleet`] runs a controller over many Buckets on a real control plane and compares the figures with the budget, and with another
//! controller. [`scale`] asks how the controller bears very many Buckets, and an S3 that refuses. [`hints`] asks how soon it follows a
//! hint. [`idle`] lets it check Buckets that nobody touches, for long. [`certificates`] writes while the webhook's certificates and
//! replicas change. [`process`] reads memory and CPU time of a process, [`passes`] finds the passes of a controller in the calls that an
//! S3 saw, [`table`] prints, [`outcome`]
//! is what all of them take and end with.

pub mod buckets;
pub mod certificates;
pub mod fleet;
pub mod hints;
pub mod idle;
pub mod outcome;
pub mod passes;
pub mod process;
pub mod scale;
pub mod table;
