//! Pages for people at the admin address: the fleet, its Buckets with their drift, and what the controller waits for. They only show.
//!
//! What is told is worked out by pure code ([`fleet`], [`buckets`], [`bucket`], [`waiting`]) from what the process knows anyway, and goes
//! through templates (`controller/templates/page/`) that escape everything. No script runs, and nothing is loaded from elsewhere.

mod answer;
mod bucket;
mod buckets;
mod fleet;
mod frame;
mod moment;
mod query;
mod row;
mod source;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod value;
mod views;
mod wait;
mod waiting;

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use kube::runtime::reflector::ObjectRef;

use self::answer::Trouble;
use self::bucket::Told;
use self::buckets::Listed;
use self::fleet::Fleet;
use self::frame::Frame;
use self::query::{Asked, only_refresh};
pub use self::source::Sources;
use self::waiting::Waiting;

/// The pages. Clones are handles to the same ones.
#[derive(Clone, Default)]
pub struct Pages(Arc<OnceLock<Sources>>);

type Answer = Result<Response, Trouble>;

impl Pages {
    /// Has the pages look there. Until then they say that the controller is starting; a second time changes nothing.
    pub fn open(&self, sources: impl FnOnce() -> Sources) {
        self.0.get_or_init(sources);
    }

    /// `/`, `/buckets`, `/buckets/NAMESPACE/NAME` and `/waiting`, for GET and HEAD; a page of its own for every other path.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/", get(fleet))
            .route("/buckets", get(list))
            .route("/buckets/{namespace}/{name}", get(one))
            .route("/waiting", get(waiting))
            .route("/page.css", get(answer::style))
            .fallback(|| async { Trouble::NoSuchPage })
            .with_state(self.clone())
            .layer(map_response(answer::guarded))
    }

    fn sources(&self) -> Result<&Sources, Trouble> {
        self.0.get().ok_or(Trouble::Starting)
    }
}

async fn fleet(State(pages): State<Pages>, RawQuery(query): RawQuery) -> Answer {
    let (sources, refresh) = (pages.sources()?, only_refresh(&query.unwrap_or_default())?);
    let frame = Frame::of(sources, "Fleet", "/", "/".to_owned(), refresh);
    answer::rendered(&views::Fleet { frame, fleet: Fleet::of(&sources.registry.gather()) })
}

async fn list(State(pages): State<Pages>, RawQuery(query): RawQuery) -> Answer {
    let (sources, asked) = (pages.sources()?, Asked::parse(&query.unwrap_or_default())?);
    let listed = Listed::of(sources.buckets.state(), &asked, (sources.now)());
    let here = Asked { refresh: None, ..asked.clone() }.link();
    let frame = Frame::of(sources, "Buckets", "/buckets", here, asked.refresh);
    answer::rendered(&views::Buckets { frame, asked, listed })
}

async fn one(State(pages): State<Pages>, Path((namespace, name)): Path<(String, String)>, RawQuery(query): RawQuery) -> Answer {
    let (sources, refresh) = (pages.sources()?, only_refresh(&query.unwrap_or_default())?);
    let bucket = sources.buckets.get(&ObjectRef::new(&name).within(&namespace)).ok_or(Trouble::NoSuchBucket)?;
    // Names of objects need no escaping in a path.
    let frame = Frame::of(sources, &format!("{namespace}/{name}"), "/buckets", format!("/buckets/{namespace}/{name}"), refresh);
    answer::rendered(&views::Bucket { frame, told: Told::of(&bucket, sources) })
}

async fn waiting(State(pages): State<Pages>, RawQuery(query): RawQuery) -> Answer {
    let (sources, refresh) = (pages.sources()?, only_refresh(&query.unwrap_or_default())?);
    let frame = Frame::of(sources, "Waiting", "/waiting", "/waiting".to_owned(), refresh);
    answer::rendered(&views::Waiting { frame, waiting: Waiting::of(sources.buckets.state(), (sources.now)()) })
}
