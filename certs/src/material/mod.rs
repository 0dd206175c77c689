//! The CA, the leaf and their bundle as values: nothing here touches a disk, a cluster or the clock.

mod apply;
mod cert;
mod due;
mod files;
mod issue;
mod key;
mod state;

pub use apply::apply;
pub use cert::Cert;
pub use due::{Demand, Force, Scope, Step, Why, next_step};
pub use files::{CA_CERT, CA_KEY, Edit, Files, NAMES, NEXT_CERT, NEXT_KEY, OLD_LEAVES, TLS_CERT, TLS_KEY};
pub use issue::{authority, leaf};
pub use key::PrivateKey;
pub use state::{Authority, Flaw, Leaf, Serving, State, read};
