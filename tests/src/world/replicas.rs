//! The replicas of the webhook, and what the API server calls: the only one, or the balancer in front of them.

use std::path::PathBuf;
use std::time::Duration;

use super::launches::Site;
use super::options::Options;
use crate::background::Background;
use crate::balancer::{Balancer, Replica, Replicas};
use crate::control_plane::client_of;
use crate::error::{Error, Result};
use crate::install::{NAMESPACE, SECRET};
use crate::mount::Mount;
use crate::port;
use crate::service::Service;

/// How often the first replica's folder is made as the Secret is.
const SOON: Duration = Duration::from_millis(200);

/// All replicas of the webhook.
#[derive(Debug)]
pub(super) struct Webhooks {
    pub(super) first: Service,
    pub(super) others: Vec<Service>,
    /// As the balancer sees them; empty where there is none.
    pub(super) behind: Replicas,
}

/// What the API server calls.
pub(super) enum Called {
    /// The only replica, at this port.
    Replica(u16),
    /// What stands in front of so many.
    Balancer(Balancer, usize),
}

impl Called {
    /// A free port for so many replicas.
    pub(super) fn at(replicas: usize) -> Result<Self> {
        if replicas > 1 { Ok(Self::Balancer(Balancer::bind()?, replicas)) } else { Ok(Self::Replica(port::free()?)) }
    }

    pub(super) fn port(&self) -> u16 {
        match self {
            Self::Replica(port) => *port,
            Self::Balancer(balancer, _) => balancer.port(),
        }
    }

    /// The first replica and the others, which do not run yet; their folders follow the Secret from now on.
    pub(super) async fn replicas(self, site: &Site<'_>, background: &Background, options: &Options) -> Result<Webhooks> {
        let first = |port| replica(site, background, options, "cooper-webhook".to_owned(), port, SOON);
        let (balancer, number) = match self {
            Self::Replica(port) => {
                return Ok(Webhooks { first: first(port).await?, others: Vec::new(), behind: Replicas::new(Vec::new()) });
            }
            Self::Balancer(balancer, number) => (balancer, number),
        };
        let behind = |port, service: &Service| Replica::new(port, service.ready_url().unwrap_or_default());
        let port = port::free()?;
        let service = first(port).await?;
        let (mut replicas, mut others) = (vec![behind(port, &service)], Vec::new());
        for number in 1..number {
            let port = port::free()?;
            let other = replica(site, background, options, format!("cooper-webhook-{number}"), port, options.kubelet).await?;
            replicas.push(behind(port, &other));
            others.push(other);
        }
        let replicas = Replicas::new(replicas);
        background.spawn(balancer.serve(replicas.clone()));
        Ok(Webhooks { first: service, others, behind: replicas })
    }
}

async fn replica(
    site: &Site<'_>,
    background: &Background,
    options: &Options,
    name: String,
    port: u16,
    kubelet: Duration,
) -> Result<Service> {
    let folder = site.plane.scratch().path().join(format!("{name}-tls"));
    background.spawn(mount(site.plane.kubeconfig().to_path_buf(), folder.clone(), kubelet));
    site.webhook(&name, port, &folder, options).await
}

/// Keeps a replica's certificate folder as the Secret is.
async fn mount(kubeconfig: PathBuf, folder: PathBuf, every: Duration) {
    let mounted = async { Ok::<_, Error>((Mount::new(&folder, &["tls.crt", "tls.key"])?, client_of(&kubeconfig).await?)) };
    match mounted.await {
        Ok((mount, client)) => mount.follow(client, NAMESPACE.to_owned(), SECRET.to_owned(), every).await,
        Err(fault) => tracing::error!(%fault, "cannot mount the webhook's certificate"),
    }
}
