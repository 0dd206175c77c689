//! The example of every rule that an ordinary user can make, through the API: what is wrong comes back as causes and warnings.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use kube::Client;
use serde_json::json;
use shared::admission::Finding;
use tests::world::World;

use super::examples::{Around, all, moved, verdict};
use super::server::{Answer, try_to_create};
use crate::team::{Failure, Outcome, world};

#[tokio::test]
async fn every_rule_speaks_through_the_api_server_and_its_neighbour_passes() -> Outcome {
    let grounds = Grounds::new(world().await).await?;
    let (mut rules, mut faults) = (Vec::new(), Vec::new());
    for example in all()? {
        if example.bad.is_a_users() {
            rules.push(example.rule.clone());
            faults.extend(grounds.fault(&example.bad, true).await?.map(|fault| format!("{}: {fault}", example.rule)));
        }
        if example.good.is_a_users() {
            faults.extend(grounds.fault(&example.good, false).await?.map(|fault| format!("neighbour of {}: {fault}", example.rule)));
        }
    }
    rules.sort_unstable();
    rules.dedup();
    println!("{} rules on the real API server", rules.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(rules.len() > 330, "{} of all rules are tried", rules.len());
    Ok(())
}

/// The namespaces, one for each set of annotations.
struct Grounds {
    client: Client,
    names: BTreeMap<BTreeMap<String, String>, String>,
}

impl Grounds {
    async fn new(world: &World) -> Result<Self, Failure> {
        let mut names = BTreeMap::new();
        for example in all()? {
            for annotations in [example.bad.namespace, example.good.namespace].into_iter().flatten() {
                if let Entry::Vacant(place) = names.entry(annotations) {
                    let pairs: Vec<_> = place.key().iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
                    let name = world.namespace("catalogue", &pairs).await?;
                    known(world, &name).await?;
                    place.insert(name);
                }
            }
        }
        Ok(Self { client: world.client().await?, names })
    }

    /// How the answer differs from what the rules say.
    async fn fault(&self, around: &Around, bad: bool) -> Result<Option<String>, Failure> {
        let annotations = around.namespace.clone().unwrap_or_default();
        let object = moved(&around.object, self.names.get(&annotations).ok_or("no namespace for it")?);
        let answer = try_to_create(&self.client, &object).await?;
        let verdict = verdict(&object, &annotations)?;
        let mut expected: Vec<_> = verdict.denials().map(cause).collect();
        let mut causes = answer.causes();
        expected.sort();
        causes.sort();
        let code = if verdict.is_denied() { 422 } else { 201 };
        let unheard: Vec<_> = verdict.warnings().filter(|finding| !is_among(finding, &answer)).collect();
        let right = answer.code == code && causes == expected && unheard.is_empty() && (bad || code == 201);
        Ok((!right).then(|| format!("{answer:?}\n  not heard: {unheard:?}\n  expected: {expected:?}")))
    }
}

fn cause(finding: &Finding) -> (String, String) {
    (finding.field.clone(), format!("[{}] {}", finding.rule, finding.message))
}

/// Whether the warning is there. Its end may be cut off.
fn is_among(finding: &Finding, answer: &Answer) -> bool {
    let begin: String = finding.message.chars().take(100).collect();
    answer.warnings.iter().any(|text| text.starts_with(&format!("[{}] ", finding.rule)) && text.contains(&begin))
}

/// Waits until the webhook has heard of a namespace: until then it fills in nothing.
async fn known(world: &World, namespace: &str) -> Outcome {
    let metadata = json!({ "name": "probe", "namespace": namespace });
    let probe =
        json!({ "apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket", "metadata": metadata, "spec": { "name": "cooper-probe" } });
    let client = world.client().await?;
    let filled = || async {
        let answer = try_to_create(&client, &probe).await.ok()?;
        answer.body["metadata"]["annotations"]["services.k8s.aws/region"].as_str().map(drop)
    };
    Ok(world.until("the webhook to know the namespace", filled).await?)
}
