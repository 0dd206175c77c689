//! Who goes on all the while: people who write Buckets, and another API server, which has no connection to the webhook yet.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::json;
use shared::Bucket;

use crate::bench::buckets::bare;
use crate::handshake;

type Outcome = Result<(), String>;

/// People.
#[derive(Clone)]
pub(super) struct Writers {
    buckets: Api<Bucket>,
    /// The Buckets that they change, in turn, so that no two meet at one.
    pub(super) names: Arc<[String]>,
}

impl Writers {
    pub(super) fn new(client: Client, namespace: &str, number: usize) -> Self {
        let names = (0..number).map(|index| format!("{namespace}-{index}")).collect();
        Self { buckets: Api::namespaced(client, namespace), names }
    }

    /// Makes the Buckets that are changed later.
    pub(super) async fn prepare(&self) -> Outcome {
        for name in self.names.iter() {
            self.buckets.create(&PostParams::default(), &bare(name)).await.map_err(|fault| fault.to_string())?;
        }
        Ok(())
    }

    /// By turns a change, and a new Bucket as a dry run.
    pub(super) async fn write(self, number: u64) -> Outcome {
        if number.is_multiple_of(2) { self.change(number).await } else { self.create(number).await }
    }

    async fn change(&self, number: u64) -> Outcome {
        let turn = usize::try_from(number / 2).unwrap_or_default().checked_rem(self.names.len()).unwrap_or_default();
        let name = self.names.get(turn).map_or("", String::as_str);
        let tags = json!({ "spec": { "tagging": { "tagSet": [{ "key": "write", "value": number.to_string() }] } } });
        let changed = self.buckets.patch(name, &PatchParams::default(), &Patch::Merge(tags)).await;
        changed.map(drop).map_err(|fault| format!("a change of {name} failed: {fault}"))
    }

    async fn create(&self, number: u64) -> Outcome {
        let dry_run = PostParams { dry_run: true, ..PostParams::default() };
        let made = self.buckets.create(&dry_run, &bare(&format!("soak-new-{number}"))).await;
        let made = made.map_err(|fault| format!("a new Bucket failed: {fault}"))?;
        // `/mutate` may fail without a word; what it adds tells whether it was asked.
        made.annotation("services.k8s.aws/region").map(drop).ok_or_else(|| "a new Bucket got no region".to_owned())
    }
}

/// Another API server. It reads whom to trust each time, as if by its watch.
#[derive(Clone)]
pub(super) struct Stranger {
    configurations: Api<ValidatingWebhookConfiguration>,
    review: String,
    shown: Arc<Mutex<HashSet<Vec<u8>>>>,
}

impl Stranger {
    pub(super) fn new(client: Client) -> Self {
        let kind = json!({ "group": "s3.services.k8s.aws", "version": "v1alpha1", "kind": "Bucket" });
        let review = json!({
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "request": {
                "uid": "0b4d3f5c-1111-2222-3333-444455556666",
                "kind": kind, "requestKind": kind,
                "resource": { "group": "s3.services.k8s.aws", "version": "v1alpha1", "resource": "buckets" },
                "name": "soak-asked", "namespace": "default", "operation": "CREATE", "dryRun": true,
                "userInfo": { "username": "jane" },
                "object": bare("soak-asked"),
            },
        });
        Self { configurations: Api::all(client), review: review.to_string(), shown: Arc::default() }
    }

    /// Connects, asks, and goes.
    pub(super) async fn ask(self) -> Outcome {
        let leaf = handshake::ask(&self.configurations, self.review).await?;
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).insert(leaf.to_vec());
        Ok(())
    }

    /// How many certificates it was shown.
    pub(super) fn certificates(&self) -> usize {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
