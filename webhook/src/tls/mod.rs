//! The certificate, and serving with it.

mod certificate;
mod reload;
mod server;

pub use certificate::TlsError;
pub use reload::{CERTIFICATE, Certificates};
pub use server::serve;
