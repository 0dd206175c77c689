//! The pages as a browser gets them.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode};
use axum::middleware::from_fn;
use shared::Bucket;
use shared::bucket::{IgnoredDrift, Unmanaged};
use tower::ServiceExt;

use super::testing::{bucket, checked_at, drifted, planned, sources};
use super::{Pages, Sources};
use crate::lease::Leadership;
use crate::local;

fn served(sources: Sources) -> Router {
    let pages = Pages::default();
    pages.open(|| sources);
    pages.router().layer(from_fn(local::only))
}

async fn ask(router: &Router, method: &str, path: &str) -> (Response<Body>, String) {
    let request = Request::builder().method(method).uri(path).header("host", "localhost:8082").body(Body::empty()).unwrap();
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
    (Response::from_parts(parts, Body::empty()), text)
}

async fn page(buckets: Vec<Bucket>, path: &str) -> String {
    let (answer, text) = ask(&served(sources(buckets)), "GET", path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}: {text}");
    text
}

#[tokio::test]
async fn an_empty_fleet_has_pages_too() {
    let text = page(Vec::new(), "/").await;
    assert!(text.contains("<h1>Fleet: 0 Buckets</h1>") && text.contains("nothing to check") && text.contains(">leader<"), "{text}");
    assert!(page(Vec::new(), "/buckets").await.contains("No Bucket fits."));
    assert!(page(Vec::new(), "/waiting").await.contains("nothing waits for anybody"));
}

#[tokio::test]
async fn the_fleet_is_told_in_numbers_that_lead_on() {
    let mut well = bucket("team-a", "well", &[("Ready", "True", "")]);
    checked_at(&mut well, 400);
    let text = page(vec![well, drifted(bucket("team-a", "b", &[("Drifted", "True", "x")]), "policy", 100, None)], "/").await;
    for part in [
        "<h1>Fleet: 2 Buckets</h1>",
        r#"href="/buckets?state=drifted"><b>1</b>"#,
        r#"<a href="/buckets?config=policy">policy</a>"#,
        "The oldest is <a href=\"/buckets?sort=drift\">15 min</a> old",
        "<dt>Passes under way</dt><dd>0</dd>",
        r#"<th scope="row">sweep</th>"#,
        "As of <time datetime=\"1970-01-01T00:16:40Z\">",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[tokio::test]
async fn a_standby_a_dry_run_and_an_open_breaker_are_told() {
    let base = || sources(Vec::new());
    let standby = Sources { leadership: Leadership::none(), dry_run: true, ..base() };
    let (_, text) = ask(&served(standby), "GET", "/").await;
    assert!(
        text.contains("<strong>Standby.</strong>") && text.contains("<strong>Dry run.</strong>") && text.contains(">standby<"),
        "{text}"
    );
    let open = base();
    open.breaker.recall(|| true);
    let (_, text) = ask(&served(open), "GET", "/waiting").await;
    assert!(text.contains("All deletions wait:") && !text.contains("Standby"), "{text}");
}

#[tokio::test]
async fn one_bucket_is_told_whole() {
    let conditions = [("Ready", "True", ""), ("Drifted", "True", "DriftDetected")];
    let mut known = planned(drifted(bucket("team-a", "logs", &conditions), "versioning", 100, Some(4)), "5f3a");
    let status = known.status.as_mut().unwrap();
    status.pending = Some(vec!["replication".to_owned()]);
    status.ignored = Some(vec![IgnoredDrift { config: "tagging".to_owned(), field: "spec.tagging".to_owned(), ..IgnoredDrift::default() }]);
    status.unmanaged = Some(vec![Unmanaged { config: "cors".to_owned(), field: "spec.cors".to_owned(), observed: Some("[1]".to_owned()) }]);
    let text = page(vec![known], "/buckets/team-a/logs").await;
    for part in [
        "<title>team-a/logs - Cooper</title>",
        "What it waits for: ApprovalRequired",
        "logs says Drifted",
        "<code>spec.versioning.status</code>",
        r#"<dt>Spec</dt><dd class="value"><mark>Enabled</mark></dd>"#,
        r#"<dt>S3</dt><dd class="value"><mark>Suspended</mark></dd>"#,
        "round 4, somebody else keeps writing it",
        "kubectl annotate --overwrite --namespace team-a bkt logs s3.services.k8s.aws/approve-plan=5f3a",
        r#"<th scope="row">Drifted</th><td data-label="Status">True</td>"#,
        "<p>replication</p>",
        "Ignored: S3 differs and is left alone",
        "Not managed: what the spec leaves out and S3 holds",
        "<dt>Drift mode</dt><dd>remediate</dd>",
        "s3.services.k8s.aws/reconcile-requested-at=&#34;$(date +%s)&#34;",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[tokio::test]
async fn whatever_a_status_says_is_text() {
    let evil = "<script>alert(1)</script>\"'&\u{202e}gpj";
    let mut bad = drifted(bucket("team-a", "b", &[("ACK.Terminal", "True", evil), (evil, evil, evil)]), evil, 100, None);
    bad.spec.as_mut().unwrap().name = evil.to_owned();
    let status = bad.status.as_mut().unwrap();
    status.conditions.as_mut().unwrap()[0].message = Some(evil.repeat(100));
    let drift = &mut status.drift.as_mut().unwrap()[0];
    (drift.observed, drift.field) = (Some(evil.to_owned()), evil.to_owned());
    status.pending = Some(vec![evil.to_owned()]);
    let bad = planned(bad, evil);
    for path in ["/", "/buckets", "/buckets/team-a/b", "/waiting", "/buckets?name=%3Cscript%3E&reason=%22%3E%3Cscript%3E"] {
        let text = page(vec![bad.clone()], path).await;
        assert!(!text.contains("<script") && !text.contains('\u{202e}'), "{path}: {text}");
    }
    let text = page(vec![bad], "/buckets/team-a/b").await;
    assert!(text.contains("&#60;script&#62;") && text.contains("\\u{202e}gpj") && !text.contains("approve-plan"), "{text}");
}

#[tokio::test]
async fn ten_thousand_buckets_are_told_in_parts() {
    let state = |number: usize| match number % 4 {
        0 => vec![("ACK.Recoverable", "True", "Denied")],
        _ => vec![("Ready", "True", "")],
    };
    let all = (0..10_000).map(|number| bucket(&format!("team-{}", number % 50), &format!("b{number:05}"), &state(number))).collect();
    let router = served(sources(all));
    for path in ["/", "/buckets", "/buckets?sort=checked&page=50", "/waiting"] {
        let (_, text) = ask(&router, "GET", path).await;
        assert!(text.len() < 120_000, "{path} has {} bytes", text.len());
    }
    let (_, text) = ask(&router, "GET", "/buckets?state=recoverable&page=2").await;
    assert!(text.contains("201 to 400 of 2500") && text.matches("<tr>").count() == 201, "{}", text.matches("<tr>").count());
    assert!(text.contains(r#"rel="next" href="/buckets?state=recoverable&#38;page=3""#), "{text}");
    let (_, text) = ask(&router, "GET", "/waiting").await;
    assert!(text.contains("Denied (2500)") && text.contains(r#"<a href="/buckets?reason=Denied">2480 more</a>"#));
}

#[tokio::test]
async fn pages_only_show_and_say_what_they_cannot() {
    let router = served(sources(vec![bucket("team-a", "b", &[])]));
    for (method, path, status, part) in [
        ("HEAD", "/", 200, ""),
        ("POST", "/", 405, ""),
        ("DELETE", "/buckets/team-a/b", 405, ""),
        ("GET", "/nothing", 404, "There is no such page."),
        ("GET", "/buckets/team-a/other", 404, "The controller knows no such Bucket"),
        ("GET", "/buckets/%ff/b", 400, ""),
        ("GET", "/buckets?state=%3Cb%3E", 400, "&#60;b&#62;"),
        ("GET", "/?page=2", 400, "this page has no parameter"),
        ("GET", "/page.css", 200, "prefers-color-scheme: dark"),
    ] {
        let (answer, text) = ask(&router, method, path).await;
        assert!(answer.status() == status && text.contains(part), "{method} {path}: {} {text}", answer.status());
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(
            (&headers["x-content-type-options"], &headers["cache-control"]),
            (&"nosniff".parse().unwrap(), &"no-store".parse().unwrap())
        );
        assert_eq!(headers["referrer-policy"], "no-referrer");
    }
    let foreign = Request::builder().uri("/").header("host", "evil.example:8082").body(Body::empty()).unwrap();
    assert_eq!(router.oneshot(foreign).await.unwrap().status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn before_the_caches_are_there_the_pages_say_so() {
    let (answer, text) = ask(&Pages::default().router(), "GET", "/").await;
    assert!(answer.status() == StatusCode::SERVICE_UNAVAILABLE && text.contains("The controller is starting"), "{text}");
}

#[tokio::test]
async fn a_page_is_loaded_anew_only_where_asked() {
    let text = page(Vec::new(), "/buckets?state=drifted").await;
    assert!(!text.contains("http-equiv") && text.contains(r#"href="/buckets?state=drifted&#38;refresh=10""#), "{text}");
    let text = page(Vec::new(), "/waiting?refresh=10").await;
    assert!(text.contains(r#"<meta http-equiv="refresh" content="10">"#) && text.contains(r#"<a href="/waiting">never</a>"#), "{text}");
}

/// Relative luminance of a colour such as #1c2128. Source: WCAG 2.2, "relative luminance".
fn luminance(colour: &str) -> f64 {
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

#[test]
fn texts_stand_out_in_light_and_in_dark() {
    let style = include_str!("style.css");
    let blocks: Vec<&str> = style.split(":root {").skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let colour = |name: &str| block.split(&format!("--{name}: ")).nth(1).unwrap().split(';').next().unwrap();
        let backs = ["page", "card", "calm-back"];
        let plain = ["text", "soft", "link"].into_iter().flat_map(|text| backs.map(|back| (text, back)));
        let own = [("good", "good-back"), ("bad", "bad-back"), ("warn", "warn-back"), ("calm", "calm-back"), ("text", "mark")];
        let compared = [("text", "good-back"), ("text", "bad-back")];
        for (text, back) in plain.chain(own).chain(compared) {
            let (one, other) = (luminance(colour(text)), luminance(colour(back)));
            let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
            // Source: WCAG 2.2, success criterion 1.4.3.
            assert!(contrast >= 4.5, "{text} on {back}: {contrast:.2}");
        }
    }
}

#[test]
fn handles_are_of_the_same_pages() {
    let pages = Pages::default();
    pages.clone().open(|| sources(Vec::new()));
    assert!(pages.sources().is_ok() && Arc::strong_count(&pages.0) == 1);
}
