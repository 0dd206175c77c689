//! placeholder
pub mod crds;
