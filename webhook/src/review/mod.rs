//! AdmissionReview, the one version of it that is spoken: admission.k8s.io/v1.
//! Source: Kubernetes API, `admission/v1` types and `meta/v1` Status.

mod request;
mod response;

pub(crate) use request::{Request, parse, parse_bucket};
pub(crate) use response::{Cause, Details, Response, Status};

const API_VERSION: &str = "admission.k8s.io/v1";
const KIND: &str = "AdmissionReview";
