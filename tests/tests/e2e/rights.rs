//! Who may do what, with the roles that `deploy/` installs and nothing else.

use k8s_openapi::api::authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec};
use kube::Api;
use kube::api::PostParams;
use serde_json::json;
use tests::install::{NAMESPACE, SECRET, VALIDATING};

use super::team::{Failure, Outcome, Team};

const BUCKETS: &str = "s3.services.k8s.aws/buckets";

#[tokio::test]
async fn people_have_buckets_by_the_roles_that_they_have_anyway() -> Outcome {
    let team = Team::new("people", &[]).await?;
    let as_user = |name: &str| {
        let group = format!("{name}-of-{}", team.namespace);
        let kubeconfig = team.world.plane().kubeconfig_for_user(&group, Some(&group));
        kubeconfig.map(|kubeconfig| (group, team.world.plane().kubectl_as(&kubeconfig).in_namespace(&team.namespace)))
    };
    let ((_, nobody), (viewers, viewer), (editors, editor)) = (as_user("nobody")?, as_user("view")?, as_user("edit")?);
    for (role, group) in [("view", &viewers), ("edit", &editors)] {
        let (role, group) = (format!("--clusterrole={role}"), format!("--group={group}"));
        team.kubectl.run(&["create", "rolebinding", group.trim_start_matches("--group="), &role, &group]).await?.ok()?;
    }
    team.make("b", &json!({})).await?;

    let said = nobody.run(&["get", "buckets"]).await?;
    assert!(!said.success() && said.stderr.contains("Forbidden"), "{said:?}");
    let said = nobody.run_with(&["apply", "-f", "-"], &team.manifest("c", &json!({}), &json!({})).to_string()).await?;
    assert!(!said.success() && said.stderr.to_lowercase().contains("forbidden"), "{said:?}");

    // The aggregated roles are filled in by a controller of Kubernetes, some moments after deploy/ is applied.
    team.wait("view to hold Buckets", || async { viewer.run(&["get", "bucket", "b"]).await.ok()?.ok().ok() }).await?;
    let said = viewer.run(&["delete", "bucket", "b", "--wait=false"]).await?;
    assert!(!said.success() && said.stderr.contains("Forbidden"), "{said:?}");
    let said = viewer.run_with(&["apply", "-f", "-"], &team.manifest("c", &json!({}), &json!({})).to_string()).await?;
    assert!(!said.success() && said.stderr.to_lowercase().contains("forbidden"), "{said:?}");

    editor.apply(&team.manifest("c", &json!({}), &json!({ "versioning": { "status": "Enabled" } })).to_string()).await?;
    team.ready("c").await?;
    let status = r#"{"status":{"location":"elsewhere"}}"#;
    let said = editor.run(&["patch", "bucket", "c", "--subresource=status", "--type=merge", "--patch", status]).await?;
    assert!(!said.success() && said.stderr.contains("Forbidden"), "the status is the controller's: {said:?}");
    editor.run(&["delete", "bucket", "c", "--wait=false"]).await?.ok()?;
    team.gone("c").await
}

#[tokio::test]
async fn not_even_an_administrator_writes_the_status() -> Outcome {
    let team = Team::new("status", &[]).await?;
    team.make("b", &json!({})).await?;
    let elsewhere = r#"{"status":{"ackResourceMetadata":{"arn":"arn:aws:s3:::theirs"}}}"#;
    let patch = ["patch", "bucket", "b", "--subresource=status", "--type=merge", "--patch", elsewhere];
    let said = team.kubectl.run(&patch).await?;
    assert!(!said.success() && said.stderr.contains("[status-writer]"), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn each_service_may_do_its_work_and_no_more() -> Outcome {
    let team = Team::new("services", &[]).await?;
    let everywhere = [
        ("cooper-controller", "list", BUCKETS, true),
        ("cooper-controller", "watch", BUCKETS, true),
        ("cooper-controller", "patch", BUCKETS, true),
        ("cooper-controller", "patch", "s3.services.k8s.aws/buckets/status", true),
        ("cooper-controller", "list", "/namespaces", true),
        ("cooper-controller", "create", "events.k8s.io/events", true),
        ("cooper-controller", "get", "iam.services.k8s.aws/roles", true),
        ("cooper-controller", "watch", "iam.services.k8s.aws/roles", true),
        ("cooper-controller", "patch", "iam.services.k8s.aws/roles", false),
        ("cooper-controller", "patch", "services.k8s.aws/fieldexports/status", true),
        ("cooper-controller", "delete", "services.k8s.aws/fieldexports", false),
        ("cooper-controller", "patch", "/secrets", true),
        ("cooper-controller", "watch", "/secrets", false),
        ("cooper-controller", "update", "/secrets", false),
        ("cooper-controller", "delete", "/configmaps", false),
        ("cooper-controller", "create", BUCKETS, false),
        ("cooper-controller", "delete", BUCKETS, false),
        ("cooper-controller", "get", "/secrets", false),
        ("cooper-controller", "list", "/secrets", false),
        ("cooper-controller", "get", "/configmaps", false),
        ("cooper-controller", "watch", "services.k8s.aws/iamroleselectors", true),
        ("cooper-controller", "patch", "services.k8s.aws/iamroleselectors", false),
        ("cooper-controller", "patch", "/namespaces", false),
        ("cooper-controller", "patch", "admissionregistration.k8s.io/validatingwebhookconfigurations", false),
        ("cooper-webhook", "list", BUCKETS, true),
        ("cooper-webhook", "list", "/namespaces", true),
        ("cooper-webhook", "patch", BUCKETS, false),
        ("cooper-webhook", "patch", "s3.services.k8s.aws/buckets/status", false),
        ("cooper-webhook", "get", "/secrets", false),
        ("cooper-webhook", "get", "admissionregistration.k8s.io/validatingwebhookconfigurations", false),
        ("cooper-certs", "get", "/secrets", false),
        ("cooper-certs", "list", BUCKETS, false),
        ("cooper-certs", "patch", "admissionregistration.k8s.io/validatingwebhookconfigurations", false),
    ];
    for (account, verb, resource, expected) in everywhere {
        assert_eq!(may(&team, account, verb, resource, (&team.namespace, "")).await?, expected, "{account} {verb} {resource}");
    }
    for (definition, expected) in [("buckets.s3.services.k8s.aws", true), ("", false), ("roles.iam.services.k8s.aws", false)] {
        let allowed = may(&team, "cooper-controller", "get", "apiextensions.k8s.io/customresourcedefinitions", ("", definition)).await?;
        assert_eq!(allowed, expected, "{definition:?}");
    }
    let configurations = "admissionregistration.k8s.io/validatingwebhookconfigurations";
    for (verb, expected) in [("get", true), ("list", false), ("patch", false)] {
        assert_eq!(may(&team, "cooper-webhook", verb, configurations, ("", VALIDATING)).await?, expected, "{verb}");
    }
    let own = (NAMESPACE, SECRET);
    for account in ["cooper-controller", "cooper-webhook"] {
        assert!(!may(&team, account, "get", "/secrets", own).await?, "{account}: the webhook's key is mounted, not read");
    }
    assert!(may(&team, "cooper-certs", "get", "/secrets", own).await? && may(&team, "cooper-certs", "update", "/secrets", own).await?);
    assert!(!may(&team, "cooper-certs", "get", "/secrets", (NAMESPACE, "another")).await?);
    for (name, expected) in [("ack-role-account-map", true), ("ack-role-team-map", true), ("cooper-settings", false)] {
        for verb in ["get", "list", "watch"] {
            assert_eq!(may(&team, "cooper-controller", verb, "/configmaps", (NAMESPACE, name)).await?, expected, "{verb} {name}");
        }
    }

    // And with its real token.
    let kubeconfig = team.world.plane().kubeconfig_for_service_account(NAMESPACE, "cooper-controller").await?;
    let said = team.world.plane().kubectl_as(&kubeconfig).in_namespace(NAMESPACE).run(&["get", "secret", SECRET]).await?;
    assert!(!said.success() && said.stderr.contains("Forbidden"), "{said:?}");
    Ok(())
}

/// Whether a service's account may do this: `resource` is `group/resource[/subresource]`, `at` a namespace and a name, if any.
async fn may(team: &Team<'_>, account: &str, verb: &str, resource: &str, at: (&str, &str)) -> Result<bool, Failure> {
    let mut parts = resource.splitn(3, '/').map(str::to_owned);
    let resource_attributes = ResourceAttributes {
        group: parts.next(),
        resource: parts.next(),
        subresource: parts.next(),
        verb: Some(verb.to_owned()),
        namespace: Some(at.0.to_owned()),
        name: Some(at.1.to_owned()),
        ..ResourceAttributes::default()
    };
    let spec = SubjectAccessReviewSpec {
        user: Some(format!("system:serviceaccount:{NAMESPACE}:{account}")),
        resource_attributes: Some(resource_attributes),
        ..SubjectAccessReviewSpec::default()
    };
    let review = SubjectAccessReview { spec, ..SubjectAccessReview::default() };
    let answer = Api::all(team.world.client().await?).create(&PostParams::default(), &review).await?;
    Ok(answer.status.is_some_and(|status| status.allowed))
}
