//! What the templates in `controller/templates/page/` are given.

use askama::Template;
use shared::drift_mode::BUCKET;
use shared::subconfig::NAMES;

use super::bucket::Told;
use super::buckets::Listed;
use super::frame::Frame;
use super::query::{Asked, Sort};
use super::{fleet, row, waiting};
use crate::gauges;

/// The whole fleet.
#[derive(Template)]
#[template(path = "page/fleet.html")]
pub(super) struct Fleet {
    pub(super) frame: Frame,
    pub(super) fleet: fleet::Fleet,
}

/// The list of Buckets.
#[derive(Template)]
#[template(path = "page/buckets.html")]
pub(super) struct Buckets {
    pub(super) frame: Frame,
    pub(super) asked: Asked,
    pub(super) listed: Listed,
}

impl Buckets {
    fn configs() -> impl Iterator<Item = &'static &'static str> {
        NAMES.iter().chain([&BUCKET])
    }

    /// The address of another page of the same list.
    fn page_link(&self, page: usize) -> String {
        Asked { page, ..self.asked.clone() }.link()
    }
}

/// One Bucket.
#[derive(Template)]
#[template(path = "page/bucket.html")]
pub(super) struct Bucket {
    pub(super) frame: Frame,
    pub(super) told: Told,
}

/// What the controller waits for.
#[derive(Template)]
#[template(path = "page/waiting.html")]
pub(super) struct Waiting {
    pub(super) frame: Frame,
    pub(super) waiting: waiting::Waiting,
}

/// A sentence where there is nothing to show.
#[derive(Template)]
#[template(path = "page/notice.html")]
pub(super) struct Notice {
    pub(super) frame: Frame,
    pub(super) text: String,
}
