//! What cannot work ends the start, with the flag or variable named.

use std::time::Duration;

use super::{identity, sound, world};
use crate::team::Outcome;

/// What is added to a command line that works, and what standard error has to name.
const BAD: [(&str, &str); 32] = [
    ("--no-such-flag", "--no-such-flag"),
    ("--aws-region=", "--aws-region"),
    ("--aws-region= ", "AWS_REGION"),
    ("--metrics-addr=8080", "--metrics-addr"),
    ("--healthz-addr=localhost:x", "--healthz-addr"),
    ("--admin-addr=0.0.0.0:8082", "--admin-addr"),
    ("--webhook-server-addr=nowhere", "--webhook-server-addr"),
    ("--allow-unsafe-aws-endpoint-urls=false", "--aws-endpoint-url"),
    ("--allow-unsafe-aws-endpoint-urls=maybe", "--allow-unsafe-aws-endpoint-urls"),
    ("--aws-endpoint-url=s3.example.com", "--aws-endpoint-url"),
    ("--aws-identity-endpoint-url=ftp://sts", "--aws-identity-endpoint-url"),
    ("--http-client-timeout=soon", "--http-client-timeout"),
    ("--log-level=verbose", "--log-level"),
    ("--log-level=info,kube=lots", "--log-level"),
    ("--resource-tags=team", "--resource-tags"),
    ("--watch-namespace=a,a", "--watch-namespace"),
    ("--watch-namespace=a, b", "--watch-namespace"),
    ("--watch-selectors=a in (", "--watch-selectors"),
    ("--deletion-policy=Retain", "--deletion-policy"),
    ("--unset-fields=keep", "--unset-fields"),
    ("--reconcile-default-resync-seconds=-1", "--reconcile-default-resync-seconds"),
    ("--reconcile-resource-resync-seconds=Queue=5", "--reconcile-resource-resync-seconds"),
    ("--reconcile-default-max-concurrent-syncs=0", "--reconcile-default-max-concurrent-syncs"),
    ("--reconcile-resource-max-concurrent-syncs=Bucket", "--reconcile-resource-max-concurrent-syncs"),
    ("--reconcile-resources=Bucket,Queue", "--reconcile-resources"),
    ("--feature-gates=NoSuchGate=true", "--feature-gates"),
    ("--feature-gates=IAMRoleSelector=true", "--enable-carm=false"),
    ("--enable-leader-election=2", "--enable-leader-election"),
    ("--leader-election-lease-name=Not_A_Name", "--leader-election-lease-name"),
    ("--leader-election-namespace=Not.A.Namespace", "--leader-election-namespace"),
    // The controller's role has no Leases there.
    ("--leader-election-namespace=default", "--leader-election-namespace"),
    ("--aws-identity-endpoint-url=http://127.0.0.1:1", "sts:GetCallerIdentity"),
];

#[tokio::test]
async fn a_start_that_cannot_work_ends_and_names_the_flag() -> Outcome {
    let world = world().await;
    let (flags, identity) = (sound(world), identity(world));
    let mut busy = format!("--metrics-addr={}", world.s3().endpoint().trim_start_matches("http://"));
    let with = |flag: &str| {
        let args: Vec<String> = flags.iter().cloned().chain([flag.to_owned()]).collect();
        let env: Vec<(String, String)> = identity.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        async move {
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let env: Vec<(&str, &str)> = env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            // One that starts after all does not end by itself.
            tokio::time::timeout(Duration::from_mins(1), world.cooper_controller(&args, &env)).await
        }
    };
    busy.truncate(busy.trim_end_matches('/').len());
    for (flag, named) in BAD.into_iter().chain([(busy.as_str(), "--metrics-addr")]) {
        let said = with(flag).await.map_err(|_| format!("{flag} is taken"))??;
        assert!(said.code.is_some_and(|code| code != 0), "{flag}: {said:?}");
        assert!(said.stderr.contains(named), "{flag}: {}", said.stderr);
        assert!(!said.stderr.contains("panicked"), "{flag}: {}", said.stderr);
    }
    Ok(())
}

#[tokio::test]
async fn so_does_an_environment_that_cannot_work() -> Outcome {
    let world = world().await;
    let flags = sound(world);
    let args: Vec<&str> = flags.iter().map(String::as_str).collect();
    let identity = identity(world);
    let sound: Vec<(&str, &str)> = identity.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let no_region: Vec<&str> = args.iter().copied().filter(|flag| !flag.starts_with("--aws-region")).collect();
    let wrong = [("AWS_ACCESS_KEY_ID", "nobody"), ("AWS_SECRET_ACCESS_KEY", "nothing")];
    for (args, env, named) in [
        (&no_region, &sound, "AWS_REGION"),
        (&args, &[sound.as_slice(), &[("KUBECONFIG", "/no/such/file")]].concat(), "KUBECONFIG"),
        (&args, &wrong.to_vec(), "sts:GetCallerIdentity"),
    ] {
        let said = world.cooper_controller(args, env).await?;
        assert!(said.code.is_some_and(|code| code != 0) && said.stderr.contains(named), "{named}: {said:?}");
        assert!(!said.stderr.contains(&identity[1].1), "no secret is told");
    }
    Ok(())
}
