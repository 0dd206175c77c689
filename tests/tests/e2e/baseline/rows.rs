//! Each row: its example is refused, the neighbour passes.

use serde_json::{Value, json};
use shared::admission::baseline::BASELINE;

use super::{bucket, ground};
use crate::catalogue::examples::{Example, all, moved};
use crate::catalogue::server::try_to_create;
use crate::team::{Failure, Outcome};

#[tokio::test]
async fn every_row_refuses_its_example_and_passes_the_neighbour() -> Outcome {
    let client = ground().await.client().await?;
    let examples = all()?;
    for row in BASELINE {
        for (bad, good) in pairs(row.id, &examples)? {
            let answer = try_to_create(&client, &bad).await?;
            assert!(answer.code == 422 && answer.rules().iter().any(|rule| rule == row.id), "{}: {answer:?}", row.id);
            let Some(good) = good else { continue };
            let answer = try_to_create(&client, &good).await?;
            assert_eq!(answer.code, 201, "neighbour of {}: {answer:?}", row.id);
        }
    }
    Ok(())
}

/// Bad and good Buckets. Those of a long list are too large for the file of examples, and the policy does not know how many tags the
/// controller adds.
fn pairs(rule: &str, examples: &[Example]) -> Result<Vec<(Value, Option<Value>)>, Failure> {
    if rule == "lifecycle-rule-count" {
        return Ok(vec![(rules(1001), Some(rules(1000)))]);
    }
    if rule == "tags-count" {
        return Ok(vec![(tags(51), Some(tags(50)))]);
    }
    // Some neighbours are good only because a controller writes them.
    let good = |example: &Example| example.good.is_a_users().then(|| moved(&example.good.object, "default"));
    let refused = examples.iter().filter(|example| example.rule == rule && example.denied && example.bad.is_a_users());
    let pairs: Vec<_> = refused.map(|example| (moved(&example.bad.object, "default"), good(example))).collect();
    if pairs.is_empty() { Err(format!("{rule} has no example of a refusal").into()) } else { Ok(pairs) }
}

fn rules(count: usize) -> Value {
    let rule = |index| json!({ "id": format!("{index:0200}"), "status": "Enabled", "filter": { "prefix": format!("{index}/") }, "expiration": { "days": 1 } });
    bucket(&json!({ "name": "many-rules", "lifecycle": { "rules": (0..count).map(rule).collect::<Vec<_>>() } }))
}

fn tags(count: usize) -> Value {
    let tag = |index| json!({ "key": format!("{index:0128}"), "value": "x".repeat(250) });
    bucket(&json!({ "name": "many-tags", "tagging": { "tagSet": (0..count).map(tag).collect::<Vec<_>>() } }))
}

#[tokio::test]
async fn large_buckets_are_within_what_expressions_may_cost() -> Outcome {
    let client = ground().await.client().await?;
    let cors: Vec<Value> = (0..100)
        .map(|index| json!({ "id": format!("{index}"), "allowedMethods": ["GET", "PUT", "HEAD", "POST", "DELETE"], "allowedOrigins": [format!("https://{index}.example.com")] }))
        .collect();
    let mut large = rules(1000);
    large["spec"]["tagging"] = tags(50)["spec"]["tagging"].take();
    large["spec"]["cors"] = json!({ "corsRules": cors });
    let answer = try_to_create(&client, &large).await?;
    assert_eq!(answer.code, 201, "{answer:?}");
    Ok(())
}
