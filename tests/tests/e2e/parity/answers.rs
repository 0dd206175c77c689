//! Writes the policies, and asks them one by one.

use std::time::{Duration, Instant};

use http::header::CONTENT_TYPE;
use http::{Method, Request};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tests::world::PATIENCE;

use super::policies::{GROUP, HEEDED, NOT_MET, binding, policy};
use super::table::{Case, Expected, Table};
use crate::baseline::ground;
use crate::catalogue::server::{Answer, ask};
use crate::team::Failure;

/// An API server without webhooks, with the namespace and the ConfigMap of the table.
pub(super) struct Ground {
    client: Client,
}

impl Ground {
    pub(super) async fn new(table: &Table) -> Result<Self, Failure> {
        let ground = ground().await;
        let platform = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": table.params["metadata"]["namespace"] } });
        let list = json!({ "apiVersion": "v1", "kind": "List", "items": [table.namespace_object, platform, table.params] });
        ground.kubectl().apply(&list.to_string()).await?;
        Ok(Self { client: ground.client().await? })
    }

    /// Writes all policies. Of each that is refused, what was said.
    pub(super) async fn write(&self, table: &Table) -> Result<Vec<Option<String>>, Failure> {
        let mut refused = Vec::with_capacity(table.cases.len());
        for case in &table.cases {
            let written = self.post("validatingadmissionpolicies", &policy(case)).await?;
            refused.push((written.code == 422).then(|| written.message()));
            if written.code == 201 {
                let bound = self.post("validatingadmissionpolicybindings", &binding(case, &table.params)).await?;
                expect(&bound, 201)?;
            } else {
                expect(&written, 422)?;
            }
        }
        Ok(refused)
    }

    async fn post(&self, resource: &str, object: &Value) -> Result<Answer, Failure> {
        let path = format!("/apis/{GROUP}/{resource}");
        ask(&self.client, request(Method::POST, &path, object, None)?).await
    }

    /// What the policy of a case says of its object, once the API server heeds it: that takes some moments.
    pub(super) async fn ask(&self, case: &Case) -> Result<(Expected, String), Failure> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.said(case).await?;
            if said.iter().any(|said| said.ends_with(HEEDED)) {
                let about: Vec<String> = said.into_iter().filter(|said| !said.ends_with(HEEDED)).collect();
                return Ok((answer(&about), about.join("; ")));
            }
            if Instant::now() >= deadline {
                return Err(format!("the policy of {:?} is not heeded: {said:?}", case.expression).into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The object is written by the user of the case and deleted; a dry run would be seen by expressions.
    async fn said(&self, case: &Case) -> Result<Vec<String>, Failure> {
        let (user, name) = (case.name(), &case.object["metadata"]["name"]);
        let list = format!("/apis/s3.services.k8s.aws/v1alpha1/namespaces/{}/buckets", text(&case.object["metadata"]["namespace"]));
        let path = format!("{list}/{}", text(name));
        let written = match &case.old {
            None => ask(&self.client, request(Method::POST, &list, &case.object, Some(&user))?).await?,
            Some(old) => {
                let stored = ask(&self.client, request(Method::POST, &list, old, None)?).await?;
                expect(&stored, 201)?;
                let mut object = case.object.clone();
                object["metadata"]["resourceVersion"] = stored.body["metadata"]["resourceVersion"].clone();
                ask(&self.client, request(Method::PUT, &path, &object, Some(&user))?).await?
            }
        };
        expect(&written, if case.old.is_some() { 200 } else { 201 })?;
        expect(&ask(&self.client, request(Method::DELETE, &path, &Value::Null, None)?).await?, 200)?;
        let of_case = format!("ValidatingAdmissionPolicy '{user}' ");
        Ok(written.warnings.into_iter().filter(|warning| warning.contains(&of_case)).collect())
    }
}

fn answer(said: &[String]) -> Expected {
    match said {
        [] => Expected::Comes(true),
        [one] if one.ends_with(NOT_MET) => Expected::Comes(false),
        _ => Expected::ERROR,
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn expect(answer: &Answer, code: u16) -> Result<(), Failure> {
    if answer.code == code { Ok(()) } else { Err(format!("{} instead of {code}: {:#}", answer.code, answer.body).into()) }
}

/// A request by an administrator of this name.
fn request(method: Method, path: &str, object: &Value, user: Option<&str>) -> Result<Request<Body>, Failure> {
    let mut request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, "application/json");
    if let Some(user) = user {
        request = request.header("Impersonate-User", user).header("Impersonate-Group", "system:masters");
    }
    let body = if object.is_null() { Vec::new() } else { object.to_string().into_bytes() };
    Ok(request.body(Body::from(body))?)
}
