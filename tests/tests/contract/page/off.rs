//! Pages are for those who ask for them, and for this machine.

use std::time::Duration;

use http::Request;

use super::super::leases::replica::Replica;
use super::super::team::{Failure, Outcome, Team};
use super::stage;
use tests::port;

async fn status(address: &str, method: &str, headers: &[(&str, &str)]) -> Result<u16, Failure> {
    let request =
        headers.iter().fold(Request::builder().method(method).uri(address), |request, (name, value)| request.header(*name, *value));
    Ok(tests::http::send(request.body(String::new())?, Duration::from_secs(10)).await?.0)
}

#[tokio::test]
async fn there_are_no_pages_unless_they_are_asked_for() -> Outcome {
    let team = Team::of(&stage().await.world, "nopages", &[]).await?;
    let admin = format!("127.0.0.1:{}", port::free()?);
    let replica = Replica::of(&team, "nopages", &[("--admin-addr", &admin), ("--admin-page", "false")]).await?;
    replica.service.start().await?;
    for path in ["/", "/buckets", "/waiting", "/page.css"] {
        assert_eq!(status(&format!("http://{admin}{path}"), "GET", &[]).await?, 404, "{path}");
    }
    assert_eq!(status(&format!("http://{admin}/log-filter"), "GET", &[]).await?, 200);
    Ok(())
}

#[tokio::test]
async fn other_sites_get_nothing_and_change_nothing() -> Outcome {
    let address = &stage().await.address;
    for path in ["/", "/log-filter", "/deletion-breaker"] {
        let url = format!("{address}{path}");
        assert_eq!(status(&url, "GET", &[]).await?, 200, "{path}");
    }
    let filter = format!("{address}/log-filter");
    assert_eq!(status(&filter, "DELETE", &[("origin", "http://evil.example")]).await?, 403);
    assert_eq!(status(&format!("{address}/deletion-breaker/reset"), "POST", &[("origin", "null")]).await?, 403);
    assert_eq!(status(&filter, "DELETE", &[("origin", address)]).await?, 200);
    assert_eq!(status(&format!("{address}/buckets"), "POST", &[]).await?, 405);
    Ok(())
}
