//! `--check-config`: everything is looked at, nothing is written, and each finding is a line.

use serde_json::json;
use tests::install::NAMESPACE;
use tests::kubectl::Output;

use super::{identity, sound, world};
use crate::leases::replica::leases;
use crate::team::{Failure, Outcome, Team};

const CRD: &str = "crd/buckets.s3.services.k8s.aws";

/// Every flag of the ACK S3 controller (release 1.10), most with its default.
const THEIRS: &str = "--aws-identity-endpoint-url= --http-client-timeout=60s --enable-webhook-server=false \
    --webhook-server-addr=0.0.0.0:9433 --enable-development-logging=false --log-level=info --watch-namespace= --watch-selectors= \
    --resource-tags=services.k8s.aws/controller-version=%CONTROLLER_SERVICE%-%CONTROLLER_VERSION% \
    --resource-tags=services.k8s.aws/namespace=%K8S_NAMESPACE%,app.kubernetes.io/managed-by=%MANAGED_BY% --deletion-policy=delete \
    --reconcile-default-resync-seconds=36000 --reconcile-resource-resync-seconds=Bucket=600 --reconcile-default-max-concurrent-syncs=1 \
    --reconcile-resource-max-concurrent-syncs=Bucket=2 --reconcile-resources=Bucket --enable-carm=true --enable-cross-namespace=true \
    --enable-field-export-reconciler=true --feature-gates=ResourceAdoption=true,ReadOnlyResources=true,TeamLevelCARM=false \
    --feature-gates=ServiceLevelCARM=false,IgnoreFieldDrift=false --enable-leader-election=t --enable-leader-election";

async fn check(flags: &[&str]) -> Result<Output, Failure> {
    let sound = sound(world().await);
    check_in(&[], &sound.iter().map(String::as_str).chain(flags.iter().copied()).collect::<Vec<_>>()).await
}

async fn check_in(variables: &[(&str, &str)], flags: &[&str]) -> Result<Output, Failure> {
    let world = world().await;
    let identity = identity(world);
    let args: Vec<&str> = flags.iter().copied().chain(["--check-config"]).collect();
    let identity = identity.iter().map(|(name, value)| (*name, value.as_str()));
    let env: Vec<(&str, &str)> = identity.chain([("K8S_NAMESPACE", NAMESPACE)]).chain(variables.iter().copied()).collect();
    Ok(world.cooper_controller(&args, &env).await?)
}

fn lines<'a>(said: &'a Output, kind: &str) -> Vec<&'a str> {
    said.stdout.lines().filter(|line| line.starts_with(kind)).collect()
}

#[tokio::test]
async fn a_sound_configuration_is_told_as_such_and_an_older_definition_is_noticed() -> Outcome {
    let world = world().await;
    let team = Team::of(world, "check", &[]).await?;
    let before: usize = world.s3().journal().calls().len();
    let flags: Vec<&str> = THEIRS.split_whitespace().chain(["--leader-election-lease-name=check-config"]).collect();
    let said = check(&flags).await?;
    assert_eq!((said.code, lines(&said, "error"), lines(&said, "warning")), (Some(0), vec![], vec![]), "{said:?}");
    for part in
        ["flags and environment", "API server v1", "Bucket has every field", "Lease cooper-system/check-config", "allows all", "AWS knows"]
    {
        assert!(lines(&said, "ok").iter().any(|line| line.contains(part)), "{part}: {said:?}");
    }
    let calls = world.s3().journal().calls();
    let about_buckets: Vec<_> = calls.iter().skip(before).filter(|call| call.bucket.is_some()).collect();
    assert!(about_buckets.is_empty(), "{about_buckets:?}");
    assert!(leases(world).await?.get_opt("check-config").await?.is_none(), "it takes no Lease");

    // Another product's chart brings its own definition along.
    let ours = world.kubectl().get_json(CRD).await?;
    let status = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties";
    let patch = json!([{ "op": "remove", "path": format!("{status}/lastChecked") }, { "op": "remove", "path": format!("{status}/drift") }]);
    world.kubectl().run(&["patch", CRD, "--type=json", "--patch", &patch.to_string()]).await?.ok()?;
    let noticed = || async {
        let said = check(&[]).await.ok()?;
        lines(&said, "warning").iter().any(|line| line.contains("status.drift") && line.contains("status.lastChecked")).then_some(said)
    };
    let said = team.wait("the check to notice what the definition lacks", noticed).await?;
    assert_eq!(said.code, Some(0), "the controller works all the same: {said:?}");
    team.make("b", &json!({})).await?;
    team.touch("b").await?;
    let logged = || async { world.controller().log().contains("drops fields of the status").then_some(()) };
    team.wait("the controller to notice", logged).await?;
    let schema = json!({ "spec": { "versions": ours["spec"]["versions"] } });
    world.kubectl().run(&["patch", CRD, "--type=merge", "--patch", &schema.to_string()]).await?.ok()?;
    Ok(())
}

#[tokio::test]
async fn all_findings_are_told_at_once() -> Outcome {
    let said = check(&["--log-level=loud", "--deletion-policy=keep", "--watch-namespace=A", "--leader-election-lease-name=A"]).await?;
    assert_eq!(said.code, Some(1), "{said:?}");
    for flag in ["--log-level", "--deletion-policy", "--watch-namespace", "--leader-election-lease-name"] {
        assert!(lines(&said, "error").iter().any(|line| line.contains(flag)), "{flag}: {said:?}");
    }
    let said =
        check(&["--leader-election-namespace=default", "--watch-selectors=a==", "--aws-identity-endpoint-url=http://127.0.0.1:1"]).await?;
    assert_eq!(said.code, Some(1), "{said:?}");
    for part in ["Lease default/ack-s3.services.k8s.aws", "create leases.coordination.k8s.io in namespace default", "sts:GetCallerIdentity"]
    {
        assert!(lines(&said, "error").iter().any(|line| line.contains(part)), "{part}: {said:?}");
    }
    Ok(())
}

#[tokio::test]
async fn an_empty_variable_names_no_endpoint() -> Outcome {
    let world = world().await;
    let profile = tempfile::NamedTempFile::new()?;
    std::fs::write(profile.path(), format!("[default]\nendpoint_url = {}\n", world.s3().endpoint()))?;
    let flags = sound(world);
    let flags: Vec<&str> = flags.iter().map(String::as_str).filter(|flag| !flag.starts_with("--aws-endpoint-url")).collect();
    let profile = profile.path().to_str().ok_or("a path that is no text")?;
    let variables = [("AWS_CONFIG_FILE", profile), ("AWS_ENDPOINT_URL", ""), ("AWS_ENDPOINT_URL_S3", ""), ("AWS_ENDPOINT_URL_STS", "")];
    let said = check_in(&variables, &flags).await?;
    assert_eq!((said.code, lines(&said, "error")), (Some(0), vec![]), "{said:?}");
    assert!(lines(&said, "ok").iter().any(|line| line.contains("AWS knows")), "the profile's endpoint counts: {said:?}");
    Ok(())
}
