//! The Lease in the API server.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use kube::Client;
use kube::api::{Api, PostParams};
use kube::core::ObjectMeta;

/// How long one call may take. With a try every two seconds, two calls of a silent API server fit into the time of a leadership.
const TIMEOUT: Duration = Duration::from_secs(4);

/// A call about the Lease that failed.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// The controller may not.
    #[error(
        "may not {verb} the Lease {namespace}/{name}; allow get, create and update of leases (coordination.k8s.io) there, name another namespace with --leader-election-namespace, or run a single controller with --enable-leader-election=false"
    )]
    Forbidden {
        /// What the call was to do.
        verb: &'static str,
        /// The namespace of the Lease.
        namespace: String,
        /// Its name.
        name: String,
        /// What the API server said.
        #[source]
        source: kube::Error,
    },
    /// The API server refused, or was not reached.
    #[error("could not {verb} the Lease {namespace}/{name}; check the API server, and that the namespace exists")]
    Refused {
        /// What the call was to do.
        verb: &'static str,
        /// The namespace of the Lease.
        namespace: String,
        /// Its name.
        name: String,
        /// What the API server said.
        #[source]
        source: kube::Error,
    },
    /// The API server did not answer.
    #[error("could not {verb} the Lease: the API server did not answer within {TIMEOUT:?}; check its health")]
    Silent {
        /// What the call was to do.
        verb: &'static str,
    },
}

impl LeaseError {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::Forbidden { .. } => "lease-forbidden",
            Self::Refused { .. } => "lease-refused",
            Self::Silent { .. } => "lease-silent",
        }
    }

    /// Whether somebody else wrote it in between.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused { source: kube::Error::Api(status), .. } if status.code == 409)
    }
}

/// One Lease.
#[derive(Clone)]
pub struct LeaseStore {
    api: Api<Lease>,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl LeaseStore {
    /// The Lease of this name.
    #[must_use]
    pub fn new(client: Client, namespace: &str, name: &str) -> Self {
        Self { api: Api::namespaced(client, namespace), namespace: namespace.to_owned(), name: name.to_owned() }
    }

    /// The Lease as it is now.
    ///
    /// # Errors
    /// The API server did not say.
    pub async fn read(&self) -> Result<Option<Lease>, LeaseError> {
        self.within("get", self.api.get_opt(&self.name)).await
    }

    /// Writes the record, if nobody wrote the Lease since it was read; makes it where there was none.
    ///
    /// # Errors
    /// The API server refused, with a conflict where somebody did.
    pub async fn write(&self, read: Option<&Lease>, record: LeaseSpec) -> Result<Lease, LeaseError> {
        let params = PostParams::default();
        if let Some(lease) = read {
            let lease = Lease { spec: Some(record), ..lease.clone() };
            return self.within("update", self.api.replace(&self.name, &params, &lease)).await;
        }
        let metadata = ObjectMeta { name: Some(self.name.clone()), ..ObjectMeta::default() };
        self.within("create", self.api.create(&params, &Lease { metadata, spec: Some(record) })).await
    }

    async fn within<T>(&self, verb: &'static str, call: impl Future<Output = kube::Result<T>>) -> Result<T, LeaseError> {
        match tokio::time::timeout(TIMEOUT, call).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(source)) => Err(self.failed(verb, source)),
            Err(_) => Err(LeaseError::Silent { verb }),
        }
    }

    fn failed(&self, verb: &'static str, source: kube::Error) -> LeaseError {
        let (namespace, name) = (self.namespace.clone(), self.name.clone());
        if matches!(&source, kube::Error::Api(status) if status.code == 403) {
            return LeaseError::Forbidden { verb, namespace, name, source };
        }
        LeaseError::Refused { verb, namespace, name, source }
    }
}
