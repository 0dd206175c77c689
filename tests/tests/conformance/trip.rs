//! One sub-resource: what a new bucket answers, documents that read back, and what is left when it is deleted.

use super::report::Report;
use super::tree::leaves;
use super::wire::{Answer, Wire};

/// What a read answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum State {
    /// This document.
    Is(&'static str),
    /// 404 with this code.
    Missing(&'static str),
}

/// A document, and what comes back for it.
pub(crate) type Document = (&'static str, &'static str);

/// A document that comes back as it was sent.
pub(crate) const fn same(document: &'static str) -> Document {
    (document, document)
}

/// One sub-resource.
pub(crate) struct Trip {
    /// The query, such as `cors` or `metrics&id=a`.
    pub(crate) query: &'static str,
    /// What a new bucket answers.
    pub(crate) new: State,
    /// What is put first, as query and document.
    pub(crate) first: &'static [(&'static str, &'static str)],
    pub(crate) documents: &'static [Document],
    /// What a read answers after DELETE; none where DELETE is not allowed.
    pub(crate) gone: Option<State>,
}

/// A bucket that others deliver to: versioned, and S3 may write logs into it.
const TARGET: &[(&str, &str)] = &[
    ("versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
    (
        "policy",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},
            "Action":"s3:PutObject","Resource":"arn:aws:s3:::target/*"}]}"#,
    ),
];

impl Trip {
    /// Makes the trip in a bucket `trip`, beside a bucket `target`.
    pub(crate) fn make(&self, wire: &Wire, report: &mut Report) {
        for name in ["trip", "target"] {
            wire.model.delete_bucket(name);
            wire.model.create_bucket(name, super::wire::ME, super::wire::REGION).unwrap();
        }
        for (query, document) in TARGET {
            assert!(wire.call("PUT", &format!("/target?{query}"), document).status < 300);
        }
        let path = format!("/trip?{}", self.query);
        self.stands("new", self.new, &wire.call("GET", &path, ""), report);
        for (query, document) in self.first {
            let answer = wire.call("PUT", &format!("/trip?{query}"), document);
            report.note(answer.status < 300, || format!("{query} before {}: {answer:?}", self.query));
        }
        for (put, got) in self.documents {
            let answer = wire.call("PUT", &path, put);
            report.note(answer.status == 200, || format!("PUT {path} {put}: {answer:?}"));
            self.stands(put, State::Is(got), &wire.call("GET", &path, ""), report);
        }
        let answer = wire.call("DELETE", &path, "");
        let Some(gone) = self.gone else {
            return report.note(answer.status == 405, || format!("DELETE {path}: {answer:?}"));
        };
        report.note(answer.status == 204, || format!("DELETE {path}: {answer:?}"));
        self.stands("deleted", gone, &wire.call("GET", &path, ""), report);
    }

    fn stands(&self, what: &str, state: State, answer: &Answer, report: &mut Report) {
        let holds = match state {
            State::Missing(code) => (answer.status, answer.code()) == (404, code),
            State::Is(document) => answer.status == 200 && leaves(&answer.body) == leaves(document),
        };
        report.note(holds, || format!("{} {what}: wanted {state:?}, but came {answer:?}", self.query));
    }
}
