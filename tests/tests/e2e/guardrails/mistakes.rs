//! Guardrails and exceptions that cannot be used: kubectl says what is wrong with them, and nothing is stored.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Ground, in_time};
use crate::team::Outcome;

const INVALID: &str = "is invalid: ";

#[tokio::test]
async fn each_mistake_of_a_guardrail_is_told_with_its_field() -> Outcome {
    let ground = Ground::new("mistakes").await?;
    let twice = "object.spec.lifecycle.rules.all(r, object.spec.lifecycle.rules.exists_one(q, q.id == r.id))";
    let validation = |expression: &str| json!({ "validations": [{ "name": "mine", "expression": expression }] });
    for (spec, told) in [
        (
            json!({ "builtinRules": { "accelerate-dot": "Off" } }),
            r#"spec.builtinRules[accelerate-dot]: [guardrail-builtin-rule] "accelerate-dot" is no built-in rule. Did you mean accelerate-dots?"#,
        ),
        (json!({ "builtinRules": { "nothing-like-it": "Off" } }), "is no built-in rule. RULES.md of the webhook lists them"),
        (
            json!({ "rules": { "naming": { "pattern": "^acme-[a-z" } } }),
            "spec.rules.naming.pattern: [guardrail-pattern] no regular expression (RE2 style): unclosed character class",
        ),
        (
            json!({ "rules": { "logging": { "targets": ["logs-${regoin}"] } } }),
            r#"[guardrail-placeholder] "regoin" is no placeholder; use ${namespace}, ${account}, ${region} or ${name}. Did you mean region?"#,
        ),
        (
            validation("object.spec.name.startsWith('a' && true"),
            "spec.validations[0].expression: [guardrail-expression] line 1, column 40: Syntax error: missing ')' at '<EOF>'",
        ),
        (validation("object.spec.versionning.status == 'a'"), "object.spec has no field versionning. Did you mean versioning?"),
        (validation("bucket.acount == 'a'"), "Did you mean account?"),
        (validation("1 + 1"), "comes to an int; here it has to come to a bool"),
        (validation(twice), "could take too long: an estimated 66108003 steps for the largest Bucket, and 1000000 are allowed."),
        (json!({ "rules": { "encryption": { "algorithms": ["AES256"], "bucketKey": "Required" } } }), "[guardrail-conflict]"),
        (json!({ "match": { "namespaceSelector": { "matchExpressions": [{ "key": "a", "operator": "In" }] } } }), "needs values"),
        (json!({ "defaults": { "region": "EU WEST" } }), "spec.defaults.region: [guardrail-region]"),
        // The API server's own, by the definition.
        (json!({ "rules": { "publicAcess": {} } }), r#"unknown field "spec.rules.publicAcess""#),
        (json!({ "enforcement": { "action": false } }), r#"supported values: "Off", "Audit", "Warn", "Deny""#),
        (json!({ "controls": ["cis-3.0"] }), r#"supported values: "aws-fsbp", "cis-5.0", "nist-800-53""#),
    ] {
        let said = ground.platform.apply_refused(&ground.guardrail("bad", &spec).to_string()).await?;
        println!("{said}");
        assert!(ground.plain(&said).contains(told), "{spec}: {said}");
    }
    assert!(!ground.platform.run(&["get", "bgr", &ground.named("bad")]).await?.success(), "nothing is stored");
    Ok(())
}

#[tokio::test]
async fn all_mistakes_come_at_once_and_what_is_odd_is_a_warning() -> Outcome {
    let ground = Ground::new("mistakes").await?;
    let spec = json!({
        "rules": { "naming": { "pattern": "(" } },
        "validations": [{ "name": "a", "expression": "objct.spec.name == 'a'" }, { "name": "a", "expression": "true" }],
        "builtinRules": { "accelerate-dot": "Off" },
    });
    let said = ground.platform.apply_refused(&ground.guardrail("bad", &spec).to_string()).await?;
    let fields: Vec<&str> = said.lines().filter_map(|line| Some(line.strip_prefix("* ")?.split_once(": ")?.0)).collect();
    let wanted =
        ["spec.builtinRules[accelerate-dot]", "spec.rules.naming.pattern", "spec.validations[0].expression", "spec.validations[1].name"];
    assert_eq!(fields, wanted, "{said}");
    assert!(said.contains(INVALID), "{said}");
    let warned = ground.guard("empty", &json!({})).await?;
    let slip = ground.guard("slip", &json!({ "rules": { "regions": { "allowed": ["eu-wets-1"] } } })).await?;
    assert!(slip.contains("eu-wets-1 is no region that is known. Did you mean eu-west-1?"), "{slip}");
    assert_eq!(warned, "Warning: [guardrail-empty] spec: it demands nothing; add rules, validations, controls, builtinRules or defaults\n");
    Ok(())
}

#[tokio::test]
async fn a_guardrail_that_is_stored_stays_as_it_was_when_a_change_is_refused() -> Outcome {
    let ground = Ground::new("mistakes").await?;
    ground.guard("good", &json!({ "rules": { "website": "Forbidden" } })).await?;
    let worse = ground.guardrail("good", &json!({ "rules": { "naming": { "pattern": "(" } } }));
    ground.platform.apply_refused(&worse.to_string()).await?;
    let stored = ground.platform.get_json(&format!("bgr/{}", ground.named("good"))).await?;
    assert_eq!(stored["spec"]["rules"], json!({ "website": "Forbidden" }));
    Ok(())
}

#[tokio::test]
async fn an_exception_gives_a_reason_an_end_and_something_that_is_there() -> Outcome {
    let ground = Ground::new("mistakes").await?;
    ground.guard("rails", &json!({ "rules": { "website": "Forbidden" } })).await?;
    let good = ground.exception("x", "rails", &["website"], "b", SignedDuration::from_hours(1));
    let with = |change: &dyn Fn(&mut Value)| {
        let mut exception = good.clone();
        change(&mut exception["spec"]);
        exception.to_string()
    };
    let year = in_time(SignedDuration::from_hours(367 * 24));
    for (manifest, told) in [
        (with(&|spec| drop(spec.as_object_mut().and_then(|spec| spec.remove("reason")))), "spec.reason: Required value"),
        (with(&|spec| spec["reason"] = json!("          ")), "spec.reason: [exception-reason] say why, in 10 characters or more"),
        (with(&|spec| drop(spec.as_object_mut().and_then(|spec| spec.remove("expiresAt")))), "spec.expiresAt: Required value"),
        (with(&|spec| spec["expiresAt"] = json!("2020-01-01T00:00:00Z")), r#"[exception-expiry] "2020-01-01T00:00:00Z" is past"#),
        (with(&|spec| spec["expiresAt"] = json!(year)), "is more than 366 days ahead; end it before "),
        (with(&|spec| drop(spec.as_object_mut().and_then(|spec| spec.remove("buckets")))), "name buckets, or give namespaceSelector"),
        (with(&|spec| spec["namespaceSelector"] = json!({})), "give buckets or selectors, not both"),
        (with(&|spec| spec["guardrails"][0]["rules"] = json!(["*", "tls"])), "is all rules already; leave the others out"),
    ] {
        let said = ground.platform.apply_refused(&manifest).await?;
        println!("{said}");
        assert!(said.contains(told), "{told}: {said}");
    }
    let slips = with(&|spec| {
        spec["guardrails"] =
            json!([{ "name": ground.named("rials"), "rules": ["*"] }, { "name": ground.named("rails"), "rules": ["websit"] }]);
    });
    let said = ground.plain(&ground.platform.apply(&slips).await?.stderr);
    assert!(said.contains(r#"there is no guardrail "rials". Did you mean rails?"#), "{said}");
    assert!(said.contains(r#"guardrail rails has no rule "websit"; it has website. Did you mean website?"#), "{said}");
    Ok(())
}
