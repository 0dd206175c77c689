//! The admin port that both services open: liveness, readiness, metrics; and how a service is asked to stop.

mod readiness;
mod server;
mod signal;

pub use readiness::Readiness;
pub use server::{health_router, limited, metrics_router, run};
pub use signal::shutdown_on_signal;
