//! `cooper-controller export`: what it writes is applied, and nothing is written to S3.

use std::path::Path;

use serde_json::Value;
use tests::s3::FaultRule;
use tests::world::{ACCOUNT, REGION, is_ready};

use super::{cooper, sdk, world};
use crate::team::{Outcome, Team};

/// Tags that YAML would take for something else, had nobody quoted them.
const TAGS: [(&str, &str); 5] = [("team", "a"), ("on", "off"), ("at", "12:30:00"), ("since", "2024-01-01"), ("number", "1e3")];

#[tokio::test]
async fn all_sections_that_somebody_set_are_taken_over_without_a_write() -> Outcome {
    let team = Team::of(world().await, "whole", &[]).await?;
    let name = team.s3_name("b");
    sdk::everything(&team.world.s3().client(ACCOUNT, REGION), &name, &team.namespace, &TAGS).await?;
    let before = team.calls("b").writes().len();
    let namespace = format!("--namespace={}", team.namespace);
    let said = cooper("export", &[&namespace, &name], "").await?;
    assert_eq!(said.code, Some(0), "{said:?}");
    let manifest: Value = serde_saphyr::from_str(&said.stdout)?;
    let missing: Vec<&&str> = sdk::FIELDS.iter().filter(|field| manifest["spec"].get(**field).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?} in {}", said.stdout);
    assert!(!said.stdout.contains("services.k8s.aws/region") && manifest.get("status").is_none(), "{}", said.stdout);

    team.kubectl.apply(&said.stdout).await?;
    let adopted = |found: &shared::Bucket| found.owns_bucket() && is_ready(found);
    let bucket = team.until(&name, "adopted and ready", adopted).await?;
    assert_eq!(bucket.annotation("services.k8s.aws/adopted"), Some("true"));
    team.check(&name).await?;
    assert_eq!(team.calls("b").writes().operations().split_off(before), [""; 0], "no write, not even of the controller's tags");
    let planned = cooper("plan", &["--cluster", "-f", "-"], &said.stdout).await?;
    assert_eq!(planned.code, Some(0), "{planned:?}");

    // Who wants the controller's tags leaves the annotation out.
    let said = cooper("export", &[&namespace, &name, "--resource-tags="], "").await?;
    assert!(said.code == Some(0) && !said.stdout.contains("ignore-field-drift"), "{said:?}");
    Ok(())
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn hundreds_are_exported_but_for_those_that_may_not_be_read() -> Outcome {
    let team = Team::of(world().await, "many", &[]).await?;
    let s3 = team.world.s3();
    let name = |number: usize| team.s3_name(&format!("x{number:03}"));
    for number in 0..300 {
        s3.create_bucket(&name(number), ACCOUNT, if number == 7 { "us-west-2" } else { REGION })?;
    }
    s3.faults().add(FaultRule::answer(403, "AccessDenied").on("HeadBucket").bucket(&name(0)));
    s3.faults().add(FaultRule::answer(403, "AccessDenied").on("GetBucketPolicy").bucket(&name(1)));
    let folder = tempfile::tempdir()?;
    let (fits, to) = (format!("--match={}", team.s3_name("x*")), format!("--output={}", folder.path().join("new").display()));
    let said = cooper("export", &[&fits, &to], "").await?;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stdout.is_empty() && said.stderr.contains("150 of 300 buckets") && said.stderr.contains("300 of 300 buckets"), "{said:?}");
    for part in ["x000: not exported: Denied: ", "s3:ListBucket", "x001: not exported: ", "s3:GetBucketPolicy"] {
        assert!(said.stderr.contains(part), "{part}: {said:?}");
    }
    assert!(said.stderr.ends_with("298 of 300 buckets exported, 2 left out\n"), "{said:?}");
    let written = files(&folder.path().join("new"));
    assert_eq!((written.len(), &written[0]), (298, &format!("{}.yaml", name(2))));
    let of = |number: usize| std::fs::read_to_string(folder.path().join("new").join(format!("{}.yaml", name(number))));
    assert!(of(7)?.contains("services.k8s.aws/region: us-west-2") && !of(8)?.contains("services.k8s.aws/region"));
    let listed = s3.journal().calls().named("ListBuckets").len();
    assert!(listed > 0);

    // By region, and to standard output.
    let said = cooper("export", &[&fits, "--region=us-west-2"], "").await?;
    assert_eq!((said.code, said.stdout.matches("kind: Bucket").count()), (Some(0), 1), "{said:?}");
    Ok(())
}

#[tokio::test]
async fn who_names_buckets_needs_no_right_to_list_them() -> Outcome {
    let team = Team::of(world().await, "named", &[]).await?;
    let s3 = team.world.s3();
    s3.create_bucket(&team.s3_name("far"), ACCOUNT, "us-west-2")?;
    let before = s3.journal().calls().named("ListBuckets").len();
    let said = cooper("export", &[&team.s3_name("far"), &team.s3_name("gone")], "").await?;
    assert_eq!((said.code, said.stdout.matches("kind: Bucket").count()), (Some(1), 1), "{said:?}");
    assert!(said.stdout.contains("services.k8s.aws/region: us-west-2"), "{said:?}");
    assert!(said.stderr.contains("there is no such bucket") && said.stderr.contains("1 of 2 buckets exported, 1 left out"), "{said:?}");
    assert!(
        s3.journal().of(&team.s3_name("far")).named("ListBuckets").is_empty() && before <= s3.journal().calls().named("ListBuckets").len()
    );
    Ok(())
}

#[tokio::test]
async fn what_the_api_does_not_know_is_told() -> Outcome {
    let team = Team::of(world().await, "unknown", &[]).await?;
    let s3 = team.world.s3();
    s3.create_bucket(&team.s3_name("b"), ACCOUNT, REGION)?;
    let rule = "<CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin><Colour>red</Colour></CORSRule>";
    s3.force(&team.s3_name("b"), "cors", &format!("<CORSConfiguration>{rule}</CORSConfiguration>"))?;
    let said = cooper("export", &[&team.s3_name("b")], "").await?;
    assert!(said.stderr.contains("CORSConfiguration/CORSRule/Colour is not in the API"), "{said:?}");
    assert!(said.stdout.contains("corsRules"), "{said:?}");
    Ok(())
}
