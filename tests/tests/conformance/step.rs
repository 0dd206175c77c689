//! A call and what has to come back: one row of a table.

use super::report::Report;
use super::wire::{Ask, ME, REGION, Wire};

/// One row.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    ask: Ask<'static>,
    status: u16,
    code: &'static str,
    holds: &'static [&'static str],
    lacks: &'static [&'static str],
    tells: &'static [(&'static str, &'static str)],
}

pub(crate) const fn get(path: &'static str) -> Step {
    step("GET", path, "").is(200)
}

pub(crate) const fn head(path: &'static str) -> Step {
    step("HEAD", path, "").is(200)
}

pub(crate) const fn put(path: &'static str, body: &'static str) -> Step {
    step("PUT", path, body).is(200)
}

pub(crate) const fn post(path: &'static str, body: &'static str) -> Step {
    step("POST", path, body).is(200)
}

pub(crate) const fn delete(path: &'static str) -> Step {
    step("DELETE", path, "").is(204)
}

const fn step(method: &'static str, path: &'static str, body: &'static str) -> Step {
    let ask = Ask { method, path, body, account: ME, region: REGION, service: "s3", headers: &[] };
    Step { ask, status: 200, code: "", holds: &[], lacks: &[], tells: &[] }
}

impl Step {
    /// Is answered with this status and no error.
    pub(crate) const fn is(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Is refused.
    pub(crate) const fn refused(mut self, status: u16, code: &'static str) -> Self {
        (self.status, self.code) = (status, code);
        self
    }

    /// The answer's body has these texts.
    pub(crate) const fn holds(mut self, texts: &'static [&'static str]) -> Self {
        self.holds = texts;
        self
    }

    /// The answer's body has none of these texts.
    pub(crate) const fn lacks(mut self, texts: &'static [&'static str]) -> Self {
        self.lacks = texts;
        self
    }

    /// The answer has these headers; an empty value stands for none.
    pub(crate) const fn tells(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.tells = headers;
        self
    }

    /// Sent with these headers.
    pub(crate) const fn with(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.ask.headers = headers;
        self
    }

    /// Sent by another account.
    pub(crate) const fn by(mut self, account: &'static str) -> Self {
        self.ask.account = account;
        self
    }

    /// Sent to another region.
    pub(crate) const fn to(mut self, region: &'static str) -> Self {
        self.ask.region = region;
        self
    }

    /// Signed for another service; an empty one stands for no signature.
    pub(crate) const fn signed_for(mut self, service: &'static str) -> Self {
        self.ask.service = service;
        self
    }

    /// Makes the call and notes what came of it.
    pub(crate) fn take(&self, wire: &Wire, report: &mut Report) {
        let answer = wire.send(&self.ask);
        let shows = |texts: &[&str], shown: bool| texts.iter().all(|text| answer.body.contains(text) == shown);
        let told = self.tells.iter().all(|(name, value)| answer.header(name).unwrap_or_default() == *value);
        let right = answer.status == self.status && answer.code() == self.code && told;
        report.note(right && shows(self.holds, true) && shows(self.lacks, false), || {
            let Self { ask, status, code, holds, lacks, tells } = self;
            format!("{ask:?}: wanted {status} {code} with {holds:?} without {lacks:?} and {tells:?}, but came {answer:?}")
        });
    }
}
