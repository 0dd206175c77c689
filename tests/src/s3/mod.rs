//! A model of S3 and STS: a server that behaves as S3 does for everything about a bucket but its objects.
//!
//! It keeps each sub-resource as the document that it was sent, changed and refused as S3 changes and refuses it; it knows regions,
//! accounts, signatures and roles; it fails on demand and keeps a record of every call. It listens on loopback only.
//!
//! ```no_run
//! use tests::s3::{FaultRule, S3Model, S3Options};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let s3 = S3Model::start(S3Options::default())?;
//! s3.faults().add(FaultRule::slow_down().on("PutBucketTagging").times(2));
//! let client = s3.client("111111111111", "eu-west-1");
//! client.head_bucket().bucket("logs").send().await?;
//! assert!(s3.journal().of("logs").writes().is_empty());
//! # Ok(())
//! # }
//! ```

mod access;
mod actions;
mod admin;
mod args;
mod backdoor;
mod behind;
mod buckets;
mod calls;
mod client;
mod config;
mod control;
mod create;
mod directory;
mod engine;
mod error;
mod faults;
mod glob;
mod hex;
mod identity;
mod integrity;
mod journal;
mod legacy;
mod name;
mod objects;
mod operation;
mod options;
mod perform;
mod reply;
mod request;
mod route;
mod server;
mod shape;
mod sigv4;
mod snapshot;
mod sts;
mod subresource;
mod world;
mod xml;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use engine::Engine;

pub use args::Args;
pub use calls::{Calls, Entry};
pub use error::S3Error;
pub use faults::{Act, FaultId, FaultRule, Faults, Spoil};
pub use identity::{AccessKey, Role};
pub use journal::Journal;
pub use operation::Access;
pub use options::S3Options;
pub use snapshot::{BucketState, Snapshot};

/// A running model. It has threads of its own, so that it answers a test that blocks, too, and stops when it is dropped.
#[derive(Debug)]
pub struct S3Model {
    engine: Arc<Engine>,
    endpoint: String,
    /// Always there but while it is dropped.
    runtime: Option<Runtime>,
}

impl S3Model {
    /// Starts a model on a port of 127.0.0.1.
    ///
    /// # Errors
    /// The port is taken, or no thread can be started.
    pub fn start(options: S3Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let threads = options.threads.max(1);
        let runtime = Builder::new_multi_thread().worker_threads(threads).thread_name("s3-model").enable_all().build()?;
        let engine = Arc::new(Engine::new(options));
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        runtime.spawn(server::serve(Arc::clone(&engine), listener));
        Ok(Self { engine, endpoint, runtime: Some(runtime) })
    }

    /// Its address, such as `http://127.0.0.1:40123`, for S3 and for STS.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The rules by which calls go wrong.
    pub fn faults(&self) -> &Faults {
        &self.engine.faults
    }

    /// The record of every call.
    pub fn journal(&self) -> &Journal {
        &self.engine.journal
    }

    fn engine(&self) -> &Engine {
        &self.engine
    }
}

impl Drop for S3Model {
    /// In the background: a runtime may not be waited for inside another one.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
