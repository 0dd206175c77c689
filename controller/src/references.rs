//! Follows the references of a spec. Each pass asks the API server: a Role changes seldom, and a pass that has work to do is seldom
//! as well. When a Role changes, its Buckets are called for.

pub mod known;
pub mod watch;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject};
use shared::reference::{self, RoleReference, Unresolved};
use shared::telemetry::Chain;
use shared::{Bucket, BucketSpec};

use self::known::{Answer, Known};
pub use self::watch::{Callers, follow};
use crate::report::{Pace, State};
use crate::text;

/// What the API server answers where there is no such object, or no such path.
const NOT_FOUND: u16 = 404;
/// How long one call to the API server may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What became of the references of one spec.
#[derive(Debug)]
pub struct Resolved<'a> {
    /// The spec to plan from, the role in place of a reference that was resolved.
    pub spec: Cow<'a, BucketSpec>,
    /// What is to be said about it; `None` where the spec refers to nothing.
    pub reference: Option<Reference>,
}

/// What became of a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// It leads to a role.
    Found {
        /// The namespace of the Role, where it is another one than the Bucket's.
        elsewhere: Option<String>,
    },
    /// It leads nowhere, now or ever.
    Lost(Unresolved),
}

impl Reference {
    /// The section that cannot be worked on.
    #[must_use]
    pub fn holds_back(&self) -> Option<&'static str> {
        matches!(self, Self::Lost(_)).then_some(reference::SECTION)
    }

    /// The state that it leads to.
    #[must_use]
    pub fn state(&self) -> Option<State> {
        let Self::Lost(why) = self else { return None };
        let message = format!("{}: {why}", reference::SECTION);
        Some(if why.is_of_the_spec() {
            State::terminal(why.category(), &message)
        } else {
            State::recoverable(why.category(), &message, Pace::Patient)
        })
    }
}

/// The Roles of the ACK IAM controller in the API server.
#[derive(Clone)]
pub struct Roles {
    client: Client,
    cross_namespace: bool,
    known: Arc<Known>,
}

impl Roles {
    /// The Roles behind this client; `cross_namespace` says whether a Bucket may refer to those of other namespaces.
    #[must_use]
    pub fn new(client: Client, cross_namespace: bool) -> Self {
        Self { client, cross_namespace, known: Arc::default() }
    }

    /// Follows the references of the spec.
    pub async fn resolve<'a>(&self, bucket: &Bucket, spec: &'a BucketSpec) -> Resolved<'a> {
        let namespace = bucket.metadata.namespace.as_deref().unwrap_or("default");
        let followed = match reference::role(spec, namespace, self.cross_namespace) {
            Ok(None) => return Resolved { spec: Cow::Borrowed(spec), reference: None },
            Ok(Some(role)) => self.arn(&role).await.map(|arn| (arn, role.namespace)),
            Err(unresolved) => Err(unresolved),
        };
        match followed {
            Ok((arn, of)) => Resolved {
                spec: Cow::Owned(reference::with_role(spec, arn)),
                reference: Some(Reference::Found { elsewhere: Some(of).filter(|of| of != namespace) }),
            },
            Err(unresolved) => Resolved { spec: Cow::Borrowed(spec), reference: Some(Reference::Lost(unresolved)) },
        }
    }

    async fn arn(&self, role: &RoleReference) -> Answer {
        self.known.expect(role);
        let answer = self.read(role).await;
        self.known.told(role, &answer);
        answer
    }

    async fn read(&self, role: &RoleReference) -> Answer {
        let api: Api<DynamicObject> = Api::namespaced_with(self.client.clone(), &role.namespace, &kind());
        match tokio::time::timeout(TIMEOUT, api.get(&role.name)).await {
            Ok(Ok(found)) => role.arn(Some(&found.data)),
            Ok(Err(error)) => refused(role, &error),
            Err(_) => Err(unreadable(role, &format!("no answer within {TIMEOUT:?}"))),
        }
    }
}

fn kind() -> ApiResource {
    ApiResource {
        group: "iam.services.k8s.aws".to_owned(),
        version: "v1alpha1".to_owned(),
        api_version: "iam.services.k8s.aws/v1alpha1".to_owned(),
        kind: "Role".to_owned(),
        plural: "roles".to_owned(),
    }
}

/// What an answer without a Role means. One that does not know the path is no Status: the cluster has no such kind.
fn refused(role: &RoleReference, error: &kube::Error) -> Answer {
    let kube::Error::Api(status) = error else { return Err(unreadable(role, &Chain(error).to_string())) };
    match status.code {
        NOT_FOUND if status.reason == "NotFound" => role.arn(None),
        NOT_FOUND => Err(role.no_kind()),
        code => Err(unreadable(role, &format!("{code} {}", status.message))),
    }
}

fn unreadable(role: &RoleReference, why: &str) -> Unresolved {
    role.unreadable(text::shortened(why, 4 * text::VALUE))
}

#[cfg(test)]
mod tests {
    use kube::core::Status;

    use super::*;

    #[test]
    fn a_cluster_without_roles_a_missing_role_and_a_right_that_is_missing_are_told_apart() {
        let role = RoleReference { name: "copies".to_owned(), namespace: "team-a".to_owned() };
        let told = |message: &str, reason: &str, code: u16| {
            let status = Status::failure(message, reason).with_code(code);
            let why = refused(&role, &kube::Error::Api(status.boxed())).unwrap_err();
            (why.category(), why.to_string())
        };
        let (category, text) = told("404 page not found", "Failed to parse error data", 404);
        assert_eq!(category, "ReferenceNotFound");
        assert!(text.contains("no kind Role") && text.contains("team-a/copies") && text.contains("spec.replication.role"), "{text}");
        let (category, text) = told("roles.iam.services.k8s.aws \"copies\" not found", "NotFound", 404);
        assert!(category == "ReferenceNotFound" && text.contains("is not there; create it"), "{text}");
        let (category, text) = told("roles is forbidden", "Forbidden", 403);
        assert!(category == "ReferenceUnreadable" && text.contains("could not be read: 403 roles is forbidden; check"), "{text}");
    }

    #[test]
    fn a_reference_that_leads_nowhere_holds_one_section_back_and_is_tried_again() {
        let missing = Unresolved::Missing { namespace: "a".to_owned(), name: "b".to_owned() };
        let lost = Reference::Lost(missing);
        assert_eq!(lost.holds_back(), Some("replication"));
        let Some(State::Recoverable { reason, message, pace }) = lost.state() else { panic!("{lost:?}") };
        assert_eq!((reason.as_str(), pace), ("ReferenceNotFound", Pace::Patient));
        assert!(message.starts_with("replication: Role a/b"), "{message}");
        assert!(matches!(Reference::Lost(Unresolved::Both).state(), Some(State::Terminal { .. })));
        let found = Reference::Found { elsewhere: None };
        assert_eq!((found.holds_back(), found.state()), (None, None));
    }
}
