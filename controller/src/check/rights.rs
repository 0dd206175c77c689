//! Whether the API server lets the controller do what it has to do.

use futures::future::join_all;
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use kube::Client;
use kube::api::{Api, PostParams};
use shared::telemetry::Chain;

use super::Finding;
use crate::lease::Mode;
use crate::settings::Settings;

/// One thing that the controller does.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Right {
    group: &'static str,
    /// With a subresource after a slash.
    resource: &'static str,
    verb: &'static str,
    /// The one object; all, where none is named.
    name: Option<&'static str>,
    /// All, where none is named.
    namespace: Option<String>,
    /// Whether nothing works without it.
    needed: bool,
}

/// Asks for each right that the settings need; a finding for each that is lacking, or one that all are there.
pub(super) async fn findings(client: &Client, settings: &Settings) -> Vec<Finding> {
    let rights = rights(settings, client.default_namespace());
    let answers = join_all(rights.iter().map(|right| allowed(client, right))).await;
    let lacking = rights.iter().zip(answers).filter_map(|(right, answer)| match answer {
        Ok(true) => None,
        Ok(false) if right.needed => Some(Finding::Error(format!("may not {}; apply deploy/rbac", told(right)))),
        Ok(false) => Some(Finding::Warning(format!("may not {}; apply deploy/rbac", told(right)))),
        Err(error) => Some(Finding::Error(format!("cannot ask whether it may {}: {}", told(right), Chain(&error)))),
    });
    let lacking: Vec<Finding> = lacking.collect();
    if lacking.is_empty() { vec![Finding::Fine("the API server allows all that is needed".to_owned())] } else { lacking }
}

fn rights(settings: &Settings, default_namespace: &str) -> Vec<Right> {
    const BUCKETS: &str = "s3.services.k8s.aws";
    const SERVICES: &str = "services.k8s.aws";
    const GUARDRAILS: &str = "cooper.dev";
    let right = |group, resource, verb: &'static str, namespace: Option<&str>, needed| Right {
        group,
        resource,
        verb,
        name: None,
        namespace: namespace.map(str::to_owned),
        needed,
    };
    let named = |right: Right, name| Right { name: Some(name), ..right };
    // Of several namespaces, the watch is one of the whole cluster.
    let scope = match settings.watch.namespaces.as_slice() {
        [one] => Some(one.as_str()),
        _ => None,
    };
    // References and copies may lead out of it.
    let reach = scope.filter(|_| !settings.exports.cross_namespace);
    let mut rights: Vec<Right> = ["get", "list", "watch", "patch"].map(|verb| right(BUCKETS, "buckets", verb, scope, true)).into();
    rights.push(right(BUCKETS, "buckets/status", "patch", scope, true));
    rights.extend(["get", "list", "watch"].map(|verb| right("", "namespaces", verb, None, true)));
    rights.push(right("events.k8s.io", "events", "create", scope, false));
    let leases = settings.leader.namespace.as_deref().unwrap_or(default_namespace);
    let holds = settings.leader.mode == Mode::Hold;
    rights.push(right("coordination.k8s.io", "leases", "get", Some(leases), holds));
    if holds {
        rights.extend(["create", "update"].map(|verb| right("coordination.k8s.io", "leases", verb, Some(leases), true)));
    }
    if settings.accounts.carm {
        let system = Some(settings.accounts.system_namespace.as_str());
        for map in ["ack-role-account-map", "ack-role-team-map"] {
            rights.extend(["list", "watch"].map(|verb| named(right("", "configmaps", verb, system, false), map)));
        }
    }
    if settings.accounts.gates.iam_role_selector {
        rights.extend(["list", "watch"].map(|verb| right(SERVICES, "iamroleselectors", verb, None, true)));
    }
    for kind in ["bucketguardrails", "bucketguardrailexceptions"] {
        rights.extend(["list", "watch"].map(|verb| right(GUARDRAILS, kind, verb, None, false)));
    }
    rights
        .extend(["bucketguardrails/status", "bucketguardrailexceptions/status"].map(|kind| right(GUARDRAILS, kind, "patch", None, false)));
    if settings.exports.field_exports {
        rights.extend(["get", "list", "watch", "patch"].map(|verb| right(SERVICES, "fieldexports", verb, scope, false)));
        rights.push(right(SERVICES, "fieldexports/status", "patch", scope, false));
        rights.extend(["configmaps", "secrets"].map(|resource| right("", resource, "patch", reach, false)));
    }
    rights.push(right("iam.services.k8s.aws", "roles", "get", reach, false));
    rights.extend(["list", "watch"].map(|verb| right("iam.services.k8s.aws", "roles", verb, scope, false)));
    let definition = right("apiextensions.k8s.io", "customresourcedefinitions", "get", None, false);
    rights.push(named(definition, "buckets.s3.services.k8s.aws"));
    rights
}

async fn allowed(client: &Client, right: &Right) -> kube::Result<bool> {
    let (resource, subresource) = right.resource.split_once('/').map_or((right.resource, None), |(of, sub)| (of, Some(sub.to_owned())));
    let attributes = ResourceAttributes {
        group: Some(right.group.to_owned()),
        resource: Some(resource.to_owned()),
        subresource,
        verb: Some(right.verb.to_owned()),
        name: right.name.map(str::to_owned),
        namespace: right.namespace.clone(),
        ..ResourceAttributes::default()
    };
    let review = SelfSubjectAccessReview {
        spec: SelfSubjectAccessReviewSpec { resource_attributes: Some(attributes), ..SelfSubjectAccessReviewSpec::default() },
        ..SelfSubjectAccessReview::default()
    };
    let answer = Api::all(client.clone()).create(&PostParams::default(), &review).await?;
    Ok(answer.status.is_some_and(|status| status.allowed))
}

fn told(right: &Right) -> String {
    let group = if right.group.is_empty() { String::new() } else { format!(".{}", right.group) };
    let (resource, subresource) =
        right.resource.split_once('/').map_or((right.resource, String::new()), |(of, sub)| (of, format!("/{sub}")));
    let name = right.name.map_or_else(String::new, |name| format!(" {name}"));
    let place = right.namespace.as_ref().map_or_else(|| "in all namespaces".to_owned(), |name| format!("in namespace {name}"));
    format!("{} {resource}{group}{subresource}{name} {place}", right.verb)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::Args;

    fn told_of(args: &[&str]) -> Vec<String> {
        let all = [&["x", "--aws-region=eu-west-1"], args].concat();
        rights(&Settings::of(Args::try_parse_from(all).unwrap()).unwrap(), "default").iter().map(told).collect()
    }

    #[test]
    fn what_is_asked_for_follows_from_the_settings() {
        let all = told_of(&[]);
        for right in [
            "patch buckets.s3.services.k8s.aws/status in all namespaces",
            "watch namespaces in all namespaces",
            "get namespaces in all namespaces",
            "get roles.iam.services.k8s.aws in all namespaces",
            "get fieldexports.services.k8s.aws in all namespaces",
            "update leases.coordination.k8s.io in namespace default",
            "watch configmaps ack-role-team-map in namespace ack-system",
            "patch fieldexports.services.k8s.aws in all namespaces",
        ] {
            assert!(all.iter().any(|told| told == right), "{right} is not among {all:#?}");
        }
        let few = told_of(&[
            "--enable-leader-election=false",
            "--enable-carm=false",
            "--enable-field-export-reconciler=false",
            "--watch-namespace=team-a",
        ]);
        assert!(few.contains(&"list buckets.s3.services.k8s.aws in namespace team-a".to_owned()), "{few:#?}");
        assert!(few.contains(&"get roles.iam.services.k8s.aws in all namespaces".to_owned()), "a reference may cross: {few:#?}");
        let confined = told_of(&["--watch-namespace=team-a", "--enable-cross-namespace=false"]);
        for right in ["get roles.iam.services.k8s.aws", "watch roles.iam.services.k8s.aws", "patch secrets"] {
            assert!(confined.contains(&format!("{right} in namespace team-a")), "{right} is not among {confined:#?}");
        }
        for absent in ["configmaps", "fieldexports", "iamroleselectors", "update leases"] {
            assert!(!few.iter().any(|told| told.contains(absent)), "{absent} is among {few:#?}");
        }
    }
}
