//! The handlers without a network: a request goes straight into the router.

use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, header};
use serde_json::Value;
use tokio::runtime::Builder;
use tower::ServiceExt as _;

use crate::Fault;
use crate::figures::{Comparison, Figures};
use crate::handlers;
use crate::reviews::Review;

/// How often the handlers take turns.
const TURNS: u32 = 20;

/// Measures all with so many reviews each.
pub(crate) fn compare(review: &Review, requests: u32) -> Result<Comparison, Fault> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let webhook = |guarded| Ok::<_, Fault>(webhook::app::router(handlers::validate(guarded)?));
    let routers = [handlers::plain(), webhook(false)?, webhook(true)?];
    for (router, allowed) in routers.iter().zip(review.allowed) {
        check(&runtime.block_on(ask(router, &review.body))?, allowed)?;
    }

    let mut comparison = Comparison::new(review, true)?;
    for turn in 0..=TURNS {
        for (router, figures) in routers.iter().zip(&mut comparison.handlers) {
            let mut warm_up = Figures::new()?;
            let to = if turn == 0 { &mut warm_up } else { figures };
            runtime.block_on(measure(router, &review.body, requests / TURNS, to))?;
        }
    }
    for (router, figures) in routers.iter().zip(&mut comparison.handlers) {
        let info = allocation_counter::measure(|| drop(runtime.block_on(ask(router, &review.body))));
        figures.allocated(info);
    }
    Ok(comparison)
}

async fn measure(router: &Router, body: &Bytes, requests: u32, to: &mut Figures) -> Result<(), Fault> {
    let began = Instant::now();
    for _ in 0..requests {
        let asked = Instant::now();
        ask(router, body).await?;
        to.add(asked.elapsed());
    }
    to.turn(began.elapsed());
    Ok(())
}

async fn ask(router: &Router, body: &Bytes) -> Result<Bytes, Fault> {
    let request = Request::post("/validate?timeout=5s").header(header::CONTENT_TYPE, "application/json").body(Body::from(body.clone()))?;
    let response = router.clone().oneshot(request).await?;
    if !response.status().is_success() {
        return Err(format!("the handler answered {}", response.status()).into());
    }
    Ok(to_bytes(response.into_body(), 1 << 20).await?)
}

/// Fails unless the answer is the one that is meant to be measured.
pub(crate) fn check(answer: &[u8], allowed: bool) -> Result<(), Fault> {
    let review: Value = serde_json::from_slice(answer)?;
    if review["response"]["allowed"] == Value::Bool(allowed) { Ok(()) } else { Err(format!("not the expected answer: {review}").into()) }
}
