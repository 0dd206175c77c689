//! What all pages have around what they tell.

use super::moment::exact;
use super::source::Sources;

/// What all pages have around what they tell.
#[derive(Debug)]
pub(super) struct Frame {
    /// What the page is about.
    pub(super) title: String,
    /// The path of the main page that it belongs to.
    pub(super) section: &'static str,
    /// The time as of which it tells, in UTC.
    pub(super) rendered: String,
    /// Of the controller.
    pub(super) version: &'static str,
    /// Whether this process is the one that works; `None` where that is not known.
    pub(super) leads: Option<bool>,
    /// Whether nothing is written to S3.
    pub(super) dry_run: bool,
    /// Whether all deletions wait.
    pub(super) breaker_open: bool,
    /// Seconds after which the page is loaded anew.
    pub(super) refresh: Option<u16>,
    /// The page's own address, without `refresh`.
    pub(super) here: String,
}

impl Frame {
    /// The links of the main pages: path and text.
    pub(super) const SECTIONS: [(&'static str, &'static str); 3] = [("/", "Fleet"), ("/buckets", "Buckets"), ("/waiting", "Waiting")];

    /// The frame of a page that tells of the fleet.
    pub(super) fn of(sources: &Sources, title: &str, section: &'static str, here: String, refresh: Option<u16>) -> Self {
        Self {
            rendered: exact((sources.now)()),
            leads: Some(sources.leadership.holds()),
            dry_run: sources.dry_run,
            breaker_open: sources.breaker.is_open(),
            refresh,
            here,
            ..Self::bare(title, section)
        }
    }

    /// The frame of a page that tells nothing of the fleet.
    pub(super) fn bare(title: &str, section: &'static str) -> Self {
        Self {
            title: title.to_owned(),
            section,
            rendered: exact(jiff::Timestamp::now()),
            version: env!("CARGO_PKG_VERSION"),
            leads: None,
            dry_run: false,
            breaker_open: false,
            refresh: None,
            here: section.to_owned(),
        }
    }

    /// Whether the page belongs to that main page.
    pub(super) fn is_in(&self, path: &str) -> bool {
        self.section == path
    }

    /// Whether the page is loaded anew after so many seconds; for 0 whether it is not.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub(super) fn is_refreshed(&self, seconds: &u16) -> bool {
        self.refresh.unwrap_or_default() == *seconds
    }

    /// The address of the same page, loaded anew after so many seconds; for 0 not.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub(super) fn refreshed(&self, seconds: &u16) -> String {
        match (*seconds, self.here.contains('?')) {
            (0, _) => self.here.clone(),
            (seconds, true) => format!("{}&refresh={seconds}", self.here),
            (seconds, false) => format!("{}?refresh={seconds}", self.here),
        }
    }
}
