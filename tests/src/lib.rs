//! The world to run in: a real Kubernetes control plane, an S3, and Cooper's own binaries as processes.
//!
//! Reading order: [`world::World`] is the whole of it; [`control_plane::ControlPlane`] is etcd and kube-apiserver; [`process::Process`]
//! is one child process that never outlives the test; [`kubectl::Kubectl`] does what a user would do; [`install`] applies `deploy/`.
//! [`localstack::LocalStack`], [`ministack::MiniStack`] and [`versitygw::VersityGw`] are S3s that nobody here wrote;
//! [`aws_cli::AwsCli`] changes buckets behind the controller's back. [`prometheus::Prometheus`] scrapes what the services show.
//!
//! Share one control plane among all the tests of a binary (it takes about 400 MB), and give each test a namespace of its own:
//!
//! ```no_run
//! use tests::control_plane::ControlPlane;
//! static CONTROL_PLANE: tokio::sync::OnceCell<ControlPlane> = tokio::sync::OnceCell::const_new();
//!
//! async fn control_plane() -> &'static ControlPlane {
//!     CONTROL_PLANE.get_or_init(|| async { ControlPlane::start().await.unwrap_or_else(|fault| panic!("{fault}")) }).await
//! }
//! ```
//!
//! A static is never dropped; the children end all the same, as a guard ends each of them when the test process is gone ([`guard`]).
//! A `kube::Client` belongs to the async runtime that made it, so take a new one in each test: it costs one TLS handshake.

pub mod aws_cli;
pub mod background;
pub mod balancer;
pub mod bench;
pub mod binaries;
pub mod browser;
pub mod build;
pub mod control_plane;
pub mod dashboard;
pub mod debian;
pub mod demo;
pub mod error;
pub mod failure;
pub mod go;
pub mod guard;
pub mod handshake;
pub mod hints;
pub mod http;
pub mod install;
pub mod kubectl;
pub mod localstack;
pub mod lock;
pub mod ministack;
pub mod mount;
pub mod picture;
pub mod places;
pub mod port;
pub mod process;
pub mod progress;
pub mod prometheus;
pub mod python;
pub mod query;
pub mod s3;
pub mod scrape;
pub mod scratch;
pub mod service;
pub mod venv;
pub mod versitygw;
pub mod world;
