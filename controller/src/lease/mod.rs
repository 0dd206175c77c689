//! Which of several controllers works: the one that holds the Lease.
//!
//! The Lease is that of client-go's leader election (resource lock `leases`), under the ACK S3 controller's name, so that this
//! controller and that one never work at the same time. Leadership is a deadline, not a state: it ends by itself some seconds before
//! anybody else may take the Lease over, whatever this process is doing then.

mod election;
mod identity;
mod keeper;
mod leadership;
mod store;
mod told;

pub use self::election::{Election, Standing};
pub use self::identity::identity;
pub use self::keeper::{Keeper, Mode};
pub use self::leadership::{Leadership, Moment};
pub use self::store::{LeaseError, LeaseStore};
pub use self::told::{PART, Told};
