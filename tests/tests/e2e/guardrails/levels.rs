//! Levels of built-in rules, and controls of standards.

use serde_json::{Value, json};

use super::Ground;
use crate::team::Outcome;

/// Two keys that differ in their case, of which a built-in rule warns.
fn twins() -> Value {
    json!({ "tagging": { "tagSet": [{ "key": "team", "value": "a" }, { "key": "Team", "value": "a" }] } })
}

#[tokio::test]
async fn a_rule_that_warns_refuses_or_says_nothing_where_a_guardrail_says_so() -> Outcome {
    let ground = Ground::new("levels").await?;
    let said = ground.try_to_create("b", &twins()).await?;
    assert!(said.success() && said.stderr.contains("[tag-key-case-twin]"), "{said:?}");
    for (level, passes, told) in [("Deny", false, true), ("Warn", true, true), ("Audit", true, false), ("Off", true, false)] {
        ground.guard("rails", &json!({ "builtinRules": { "tag-key-case-twin": level } })).await?;
        let said = ground.try_to_create("b", &twins()).await?;
        assert_eq!((said.success(), said.stderr.contains("[tag-key-case-twin]")), (passes, told), "{level}: {}", said.stderr);
    }
    Ok(())
}

#[tokio::test]
async fn a_rule_that_refuses_warns_where_a_guardrail_says_so_and_the_strictest_level_holds() -> Outcome {
    let ground = Ground::new("levels").await?;
    let open = json!({ "acl": "public-read" });
    let said = ground.try_to_create("b", &open).await?;
    assert!(!said.success() && said.stderr.contains("[pab-public-acl]"), "{said:?}");
    ground.guard("soft", &json!({ "builtinRules": { "pab-public-acl": "Warn" } })).await?;
    let said = ground.try_to_create("b", &open).await?;
    assert!(said.success() && said.stderr.contains("Warning: [pab-public-acl]"), "{said:?}");
    ground.guard("strict", &json!({ "builtinRules": { "pab-public-acl": "Deny" } })).await?;
    assert!(!ground.try_to_create("b", &open).await?.success());
    Ok(())
}

#[tokio::test]
async fn controls_demand_what_the_standards_say() -> Outcome {
    let ground = Ground::new("controls").await?;
    ground.guard("rails", &json!({ "controls": ["cis-5.0"] })).await?;
    let said = ground.try_to_create("b", &json!({})).await?;
    assert!(!said.success() && said.stderr.contains("[rails/tls] requests without TLS are not refused"), "{}", said.stderr);
    assert!(!said.stderr.contains("[rails/publicAccess]"), "a new bucket is closed: {}", said.stderr);
    let open = json!({ "publicAccessBlock": { "blockPublicACLs": true } });
    let said = ground.try_to_create("b", &open).await?;
    assert!(said.stderr.contains("[rails/publicAccess]"), "{}", said.stderr);

    // What FSBP weighs as medium or low only warns.
    ground.guard("rails", &json!({ "controls": ["aws-fsbp"] })).await?;
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [format!("arn:aws:s3:::{}", ground.team.s3_name("b")), format!("arn:aws:s3:::{}/*", ground.team.s3_name("b"))],
        "Condition": { "Bool": { "aws:SecureTransport": "false" } },
    }] });
    let said = ground.try_to_create("b", &json!({ "policy": policy.to_string() })).await?;
    assert!(said.success(), "{}", said.stderr);
    for rule in ["logging", "lifecycle"] {
        assert!(said.stderr.contains(&format!("Warning: [rails/{rule}]")), "{rule}: {}", said.stderr);
    }
    // A guardrail that only warns makes all of them warn.
    ground.guard("rails", &json!({ "controls": ["aws-fsbp", "cis-5.0"], "enforcement": { "action": "Warn" } })).await?;
    let said = ground.try_to_create("b", &json!({})).await?;
    assert!(said.success() && said.stderr.matches("[rails/tls]").count() == 1, "said once: {}", said.stderr);
    Ok(())
}
