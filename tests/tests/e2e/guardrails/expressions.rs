//! Demands in CEL, of a Bucket in its namespace.

use serde_json::json;

use super::{Ground, tagged};
use crate::team::Outcome;

#[tokio::test]
async fn expressions_see_the_bucket_its_facts_and_its_namespace() -> Outcome {
    let ground = Ground::new("cel").await?;
    ground
        .guard(
            "rails",
            &json!({
                "variables": [{ "name": "prefix", "expression": "namespaceObject.metadata.name + '-'" }],
                "validations": [
                    {
                        "name": "prefix",
                        "expression": "object.spec.name.startsWith(variables.prefix + 'x')",
                        "messageExpression": "'begin with ' + variables.prefix + 'x, in account ' + bucket.account",
                        "message": "begin with the namespace",
                        "fieldPath": "spec.name",
                        "reason": "Invalid",
                    },
                    { "name": "tls-only", "expression": "bucket.policy.deniesInsecureTransport", "message": "refuse requests without TLS" },
                    { "name": "few-tags", "expression": "bucket.tags.size() < 1", "message": "no tags", "action": "Warn" },
                    { "name": "silent", "expression": "bucket.region == 'eu-west-1'", "action": "Audit" },
                    { "name": "user", "expression": "request.userInfo.username != 'admin' && request.dryRun", "action": "Warn" },
                ],
            }),
        )
        .await?;
    let said = ground.try_to_create("b", &tagged("1")).await?;
    let told = [
        "Warning: [rails/few-tags] spec: no tags",
        "Warning: [rails/user] spec: has to be true: request.userInfo.username != 'admin' && request.dryRun",
        "The Bucket \"b\" is invalid: ",
        "* spec: [rails/tls-only] refuse requests without TLS",
    ];
    let lines: Vec<&str> = said.stderr.lines().collect();
    println!("{}", said.stderr);
    for line in told {
        assert!(lines.iter().any(|said| said.starts_with(line)), "{line}: {}", said.stderr);
    }
    assert!(lines.iter().any(|said| said.starts_with("* spec.name: [rails/prefix] begin with ")), "{}", said.stderr);
    let labels = [("guardrail", &*ground.named("rails")), ("rule", "silent"), ("action", "Audit"), ("result", "fail")];
    assert_eq!(ground.metric("cooper_guardrail_results_total", &labels).await?, Some(1.0));
    Ok(())
}

#[tokio::test]
async fn an_expression_that_fails_goes_by_on_error() -> Outcome {
    let ground = Ground::new("cel").await?;
    let spec = |on_error: &str| {
        let validation = json!({ "name": "index", "expression": "object.spec.website.indexDocument.suffix == 'index.html'" });
        json!({ "enforcement": { "onError": on_error }, "validations": [validation] })
    };
    ground.guard("rails", &spec("Deny")).await?;
    let said = ground.try_to_create("b", &json!({})).await?;
    assert!(!said.success() && said.stderr.contains("[rails/index] cannot be judged: object.spec has no website"), "{}", said.stderr);
    ground.guard("rails", &spec("Warn")).await?;
    let said = ground.try_to_create("b", &json!({})).await?;
    let told = "Warning: [rails/index] spec: cannot be judged: object.spec has no website\n";
    assert!(said.success() && said.stderr == told, "{}", said.stderr);
    let labels = [("guardrail", &*ground.named("rails")), ("rule", "index"), ("result", "error")];
    assert_eq!(ground.metric("cooper_guardrail_results_total", &labels).await?, Some(2.0));
    Ok(())
}

#[tokio::test]
async fn an_expression_compares_with_what_was_stored() -> Outcome {
    let ground = Ground::new("cel").await?;
    ground.team.make("b", &tagged("1")).await?;
    let expression = "oldObject == null || bucket.tags['cost-center'] == oldObject.spec.tagging.tagSet[0].value";
    ground.guard("rails", &json!({ "validations": [{ "name": "fixed", "expression": expression, "message": "it is fixed" }] })).await?;
    let changed = ground.team.manifest("b", &json!({}), &tagged("2")).to_string();
    let said = ground.plain(&ground.team.kubectl.apply_refused(&changed).await?);
    assert!(said.contains("[rails/fixed] it is fixed"), "{said}");
    Ok(())
}
