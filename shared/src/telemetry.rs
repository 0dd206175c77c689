//! Logs of a service.

/// placeholder
pub fn init() {}
