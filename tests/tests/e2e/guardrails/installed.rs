//! What `deploy/` installs for guardrails: the definitions, and who may read and write.

use serde_json::json;

use super::Ground;
use crate::team::{Failure, Outcome};

#[tokio::test]
async fn kubectl_explains_and_lists_both_kinds() -> Outcome {
    let ground = Ground::new("installed").await?;
    for (path, told) in [
        ("bgr.spec", "rules\t<Object>"),
        ("bgr.spec.enforcement.action", "Off needs its quotes"),
        ("bgr.spec.rules.publicAccess", "Whether all four members of publicAccessBlock have to be true"),
        ("bgr.spec.match.namespaceSelector", "matchLabels"),
        ("bgx.spec", "expiresAt\t<string> -required-"),
    ] {
        let said = ground.platform.run(&["explain", path]).await?.ok()?.stdout;
        assert!(said.contains(told), "{path}: {said}");
    }
    let said = ground.platform.run(&["explain", "bgx.spec"]).await?.ok()?.stdout;
    assert!(!said.contains("Selector\t<Object> -required-"), "buckets or selectors: {said}");

    ground.guard("a", &json!({ "enforcement": { "action": "Warn" }, "rules": { "website": "Forbidden" } })).await?;
    let listed = ground.platform.run(&["get", "bgr", &ground.named("a")]).await?.ok()?.stdout;
    let columns: Vec<&str> = listed.lines().next().unwrap_or_default().split_whitespace().collect();
    assert_eq!(columns, ["NAME", "ACTION", "MATCHED", "DENY", "WARN", "READY", "AGE"]);
    assert!(listed.lines().nth(1).is_some_and(|line| line.split_whitespace().nth(1) == Some("Warn")), "{listed}");

    let lasts = jiff::SignedDuration::from_hours(24);
    ground.platform.apply(&ground.exception("x", "a", &["website"], "b", lasts).to_string()).await?;
    let listed = ground.platform.run(&["get", "bgx", &ground.named("x")]).await?.ok()?.stdout;
    let columns: Vec<&str> = listed.lines().next().unwrap_or_default().split_whitespace().collect();
    assert_eq!(columns, ["NAME", "ACTIVE", "EXPIRES", "APPROVED", "AGE"]);
    assert!(listed.contains("security@acme.example"), "{listed}");
    Ok(())
}

#[tokio::test]
async fn those_who_view_the_cluster_read_and_only_the_platform_team_writes() -> Outcome {
    let ground = Ground::new("permissions").await?;
    let user = |name: &str| format!("{}-of-{}", name, ground.team.namespace);
    let (viewer, editor, platform) = (user("viewer"), user("editor"), user("platform"));
    for (name, role) in [(&viewer, "view"), (&editor, "edit"), (&platform, "cooper-bucket-guardrail-admin")] {
        let (role, subject) = (format!("--clusterrole={role}"), format!("--user={name}"));
        ground.platform.run(&["create", "clusterrolebinding", name, &role, &subject]).await?.ok()?;
    }
    // In one namespace only, which says nothing of kinds that are in none.
    let tenant = user("tenant");
    ground.team.kubectl.run(&["create", "rolebinding", "tenant", "--clusterrole=edit", &format!("--user={tenant}")]).await?.ok()?;

    // The aggregated roles are filled in by a controller of Kubernetes.
    ground
        .team
        .wait("view to hold guardrails", || async { may(&ground, &viewer, "list", "bucketguardrails").await.ok()?.then_some(()) })
        .await?;
    for kind in ["bucketguardrails", "bucketguardrailexceptions"] {
        for (who, reads, writes) in [(&viewer, true, false), (&editor, true, false), (&platform, true, true), (&tenant, false, false)] {
            for (verb, wanted) in
                [("get", reads), ("list", reads), ("watch", reads), ("create", writes), ("patch", writes), ("delete", writes)]
            {
                assert_eq!(may(&ground, who, verb, kind).await?, wanted, "{who} {verb} {kind}");
            }
            assert!(!may(&ground, who, "patch", &format!("{kind}/status")).await?, "the status of {kind} is the controller's, not {who}'s");
        }
    }
    Ok(())
}

/// `kubectl auth can-i --as`.
async fn may(ground: &Ground, who: &str, verb: &str, resource: &str) -> Result<bool, Failure> {
    let (kind, part) = resource.split_once('/').unwrap_or((resource, ""));
    let (kind, user) = (format!("{kind}.cooper.dev"), format!("--as={who}"));
    let mut command = vec!["auth", "can-i", verb, &kind, &user];
    let part = format!("--subresource={part}");
    if part != "--subresource=" {
        command.push(&part);
    }
    Ok(ground.platform.run(&command).await?.stdout.trim() == "yes")
}
