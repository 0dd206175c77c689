//! What is logged changes while the process runs.

use std::time::Duration;

use http::Request;
use serde_json::json;
use tests::port;
use tests::service::Service;

use super::world;
use crate::leases::replica::Replica;
use crate::team::{Failure, Outcome, Team};

async fn ask(admin: &str, method: &str, path: &str, body: &str) -> Result<(u16, String), Failure> {
    let request = Request::builder().method(method).uri(format!("http://{admin}{path}")).body(body.to_owned())?;
    Ok(tests::http::send(request, Duration::from_secs(10)).await?)
}

/// Has the controller look at the Bucket, and returns what it logged from then on.
async fn looked(team: &Team<'_>, service: &Service) -> Result<String, Failure> {
    let before = service.log().len();
    team.check("b").await?;
    Ok(service.log().split_off(before))
}

#[tokio::test]
async fn the_log_filter_changes_at_run_time_and_goes_back() -> Outcome {
    let team = Team::of(world().await, "log", &[]).await?;
    let admin = format!("127.0.0.1:{}", port::free()?);
    let replica = Replica::of(&team, "log", &[("--admin-addr", &admin), ("--log-level", "warn")]).await?;
    let service = &replica.service;
    // The world's own controller looks after all namespaces; what it makes of the Bucket does no harm here.
    service.start().await?;
    team.make("b", &json!({})).await?;
    assert_eq!(ask(&admin, "GET", "/log-filter", "").await?, (200, "warn\n".to_owned()));
    let quiet = looked(&team, service).await?;
    assert!(!quiet.contains("\"level\":\"DEBUG\""), "{quiet}");

    assert_eq!(ask(&admin, "PUT", "/log-filter", "info,controller=debug\n").await?, (200, "info,controller=debug\n".to_owned()));
    team.touch("b").await?;
    let talks = || async { service.log().contains("\"level\":\"DEBUG\"").then_some(()) };
    team.wait("debug lines", talks).await?;
    assert!(service.log().contains("the log filter was changed"));

    for (body, status, part) in [
        ("loud", 400, "\"loud\" is no level; use debug"),
        ("info,kube=lots", 400, "use debug, info"),
        ("", 400, "is no level"),
        (&"x".repeat(5000), 413, "4096 bytes"),
    ] {
        let (answered, text) = ask(&admin, "PUT", "/log-filter", body).await?;
        assert!(answered == status && text.contains(part), "{answered} {text}");
    }
    assert_eq!(ask(&admin, "GET", "/log-filter", "").await?.1, "info,controller=debug\n", "the old one stays");
    assert_eq!(ask(&admin, "DELETE", "/log-filter", "").await?, (200, "warn\n".to_owned()));
    assert_eq!(ask(&admin, "POST", "/log-filter", "debug").await?.0, 405);
    assert_eq!(ask(&admin, "GET", "/metrics", "").await?.0, 404, "nothing else is served here");
    Ok(())
}
