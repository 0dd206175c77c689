//! All kinds of the table at once, each on a Bucket of its own: declared, changed behind the controller's back, found, told, put right,
//! and over.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use kube::Api;
use kube::api::ListParams;
use serde_json::{Value, json};
use shared::Bucket;
use shared::bucket::Drift;
use shared::drift_mode::BUCKET;
use shared::subconfig::NAMES;
use tests::aws_cli::AwsCli;
use tests::bench::table::table as printed;
use tests::scrape::Scrape;
use tests::world::{ACCOUNT, REGION, is_ready};

use super::places::Places;
use super::{Kind, Site, table};
use crate::drift::alone;
use crate::sections::logs;
use crate::team::{Failure, Outcome, Team};

/// How much of a value the printed table shows.
const WIDTH: usize = 50;
const NOW: &str = "s3.services.k8s.aws/reconcile-requested-at";

#[tokio::test]
async fn each_kind_is_found_told_in_every_place_and_put_right_once() -> Outcome {
    let _alone = alone().await;
    let team = Team::new("kinds", &[]).await?;
    let cases = Cases::make(&team).await?;
    let aws = AwsCli::new(team.world.s3(), ACCOUNT, "ana", REGION).await?;
    let mut faults = cases.settle().await?;

    let (counted, logged) = (Counted::now(&team).await?, team.world.controller().log().len());
    let before = cases.in_s3();
    try_join_all(cases.0.iter().map(|case| case.meddle(&aws))).await?;
    let meddled = cases.in_s3();
    faults.extend(cases.0.iter().filter(|case| before[&case.bucket] == meddled[&case.bucket]).map(|case| case.fault("S3 did not change")));

    let buckets = cases.put_right().await?;
    let places = cases.places(logged).await?;
    for case in &cases.0 {
        faults.extend(places.faults(&buckets[&case.bucket], &case.kind).iter().map(|fault| case.fault(fault)));
        faults.extend(case.not_restored(&before[&case.bucket]));
    }
    let repaired = Counted::now(&team).await?;
    faults.extend(counted.grown(&repaired, &cases.expected()));
    gauges_end(&team).await?;
    println!("{}", cases.printed(&buckets));

    let writes = cases.writes();
    let again = cases.checked("again").await?;
    faults.extend(
        cases.0.iter().filter(|case| drift(&again[&case.bucket]) != drift(&buckets[&case.bucket])).map(|case| case.fault("told again")),
    );
    faults.extend(repaired.grown(&Counted::now(&team).await?, &BTreeMap::new()));
    assert_eq!(cases.writes(), writes, "a check of what is in order writes nothing");
    assert!(faults.is_empty(), "{} of {} kinds\n{}", faults.len(), cases.0.len(), faults.join("\n"));
    Ok(())
}

/// One row of the table with its Bucket.
struct Case<'a> {
    team: &'a Team<'static>,
    bucket: String,
    kind: Kind,
}

struct Cases<'a>(Vec<Case<'a>>);

type Held = BTreeMap<String, String>;

impl<'a> Cases<'a> {
    /// Applies all Buckets, and makes the bucket that other logs go to.
    async fn make(team: &'a Team<'static>) -> Result<Self, Failure> {
        let site = Site { namespace: team.namespace.clone() };
        let s3 = team.world.s3();
        s3.create_bucket(&site.other_logs(), ACCOUNT, REGION)?;
        let delivery = s3.get(&logs(&team.namespace), "policy").ok_or("no policy")?;
        s3.set(&site.other_logs(), "policy", &delivery.replace(&logs(&team.namespace), &site.other_logs()))?;

        let case = |(number, kind): (usize, Kind)| {
            let bucket = format!("k{number:02}-{}", kind.config.replace('_', "-"));
            Case { team, kind: kind.of(&team.s3_name(&bucket)), bucket }
        };
        let cases = Self(table(&site).into_iter().enumerate().map(case).collect());
        let manifests: Vec<Value> = cases.0.iter().map(|case| team.manifest(&case.bucket, &json!({}), &case.kind.spec)).collect();
        team.kubectl.apply(&json!({ "apiVersion": "v1", "kind": "List", "items": manifests }).to_string()).await?;
        Ok(cases)
    }

    /// Waits until all are there and were read; says which were not in order then.
    async fn settle(&self) -> Result<Vec<String>, Failure> {
        self.until("ready", is_ready).await?;
        let buckets = self.checked("settled").await?;
        Ok(self.0.iter().filter(|case| !drift(&buckets[&case.bucket]).is_empty()).map(|case| case.fault("drifted by itself")).collect())
    }

    /// Has all of them checked now.
    async fn checked(&self, when: &str) -> Result<BTreeMap<String, Bucket>, Failure> {
        let team = self.team()?;
        team.kubectl.run(&["annotate", "--overwrite", "--all", "bkt", &format!("{NOW}={when}")]).await?.ok()?;
        let heeded = |bucket: &Bucket| bucket.status.as_ref().and_then(|status| status.last_handled_reconcile_at.as_deref()) == Some(when);
        self.until("checked", heeded).await
    }

    /// Has all of them checked, and waits until each was put right.
    async fn put_right(&self) -> Result<BTreeMap<String, Bucket>, Failure> {
        self.checked("meddled").await?;
        let is_over = |bucket: &Bucket| {
            let entries = drift(bucket);
            !entries.is_empty() && entries.iter().all(|entry| entry.remediated_at.is_some()) && is_ready(bucket)
        };
        self.until("put right", is_over).await
    }

    /// Events are published beside the passes: they may come later.
    async fn places(&self, logged: usize) -> Result<Places, Failure> {
        let team = self.team()?;
        let all = || async { Places::read(team, logged).await.ok().filter(|places| places.told("DriftRemediated") >= self.0.len()) };
        team.wait("an Event for each repair", all).await
    }

    /// How much each sub-configuration drifted.
    fn expected(&self) -> BTreeMap<&'static str, u32> {
        let mut expected = BTreeMap::new();
        for case in &self.0 {
            *expected.entry(case.kind.config).or_default() += 1;
        }
        expected
    }

    fn in_s3(&self) -> BTreeMap<String, Held> {
        self.0.iter().map(|case| (case.bucket.clone(), case.in_s3())).collect()
    }

    /// The writes of the controller so far.
    fn writes(&self) -> usize {
        self.0.iter().map(|case| case.team.calls(&case.bucket).writes().len()).sum()
    }

    fn printed(&self, buckets: &BTreeMap<String, Bucket>) -> String {
        let row = |case: &Case<'_>, entry: &Drift| {
            let text = |value: &Option<String>| value.as_deref().unwrap_or("-").chars().take(WIDTH).collect::<String>();
            vec![format!("{}: {}", case.kind.config, case.kind.name), entry.field.clone(), text(&entry.desired), text(&entry.observed)]
        };
        let rows: Vec<_> = self.0.iter().flat_map(|case| drift(&buckets[&case.bucket]).iter().map(move |entry| row(case, entry))).collect();
        printed(&["kind", "field", "desired", "observed"], &rows)
    }

    async fn until(&self, what: &str, wanted: impl Fn(&Bucket) -> bool) -> Result<BTreeMap<String, Bucket>, Failure> {
        let team = self.team()?;
        let api: Api<Bucket> = team.world.buckets(&team.namespace).await?;
        let all = || async {
            let buckets = api.list(&ListParams::default()).await.ok()?.items;
            buckets.iter().all(&wanted).then_some(buckets)
        };
        // So many take their time on a busy machine.
        for _ in 0..2 {
            if let Ok(buckets) = team.wait(&format!("all Buckets to be {what}"), all).await {
                let named = |bucket: Bucket| (bucket.metadata.name.clone().unwrap_or_default(), bucket);
                return Ok(buckets.into_iter().map(named).collect());
            }
        }
        let buckets = api.list(&ListParams::default()).await?.items;
        let left: Vec<_> = buckets.iter().filter(|bucket| !wanted(bucket)).collect();
        let first = left.first().map(serde_json::to_string_pretty).transpose()?.unwrap_or_default();
        Err(format!("{} Buckets are not {what}, such as {first}\n{}", left.len(), team.world.logs()).into())
    }

    fn team(&self) -> Result<&'a Team<'static>, Failure> {
        Ok(self.0.first().ok_or("an empty table")?.team)
    }
}

impl Case<'_> {
    async fn meddle(&self, aws: &AwsCli) -> Outcome {
        let name = self.team.s3_name(&self.bucket);
        let mut args = vec!["s3api"];
        args.extend(self.kind.command.iter().map(String::as_str));
        args.extend(["--bucket", &name]);
        aws.run(&args).await.map_err(|fault| self.fault(&fault.to_string()))?;
        Ok(())
    }

    /// All that S3 holds of the bucket; tags sorted.
    fn in_s3(&self) -> Held {
        let state = self.team.world.s3().bucket(&self.team.s3_name(&self.bucket));
        let mut held = state.map(|state| state.configuration).unwrap_or_default();
        if let Some(tags) = self.team.in_s3(&self.bucket, "tagging") {
            held.insert("tagging".to_owned(), tags);
        }
        held
    }

    /// What S3 does not hold again as it held it.
    fn not_restored(&self, before: &Held) -> Vec<String> {
        let after = self.in_s3();
        let queries: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let is_restored = |query: &str| match &self.kind.leaves {
            Some((left, text)) if *left == query => after.get(query).is_some_and(|held| held.contains(text)),
            _ => before.get(query) == after.get(query),
        };
        let lost = queries.into_iter().filter(|query| !is_restored(query));
        lost.map(|query| self.fault(&format!("S3 held {:?} and holds {:?}", before.get(query), after.get(query)))).collect()
    }

    fn fault(&self, what: &str) -> String {
        format!("{} ({}: {}): {what}", self.bucket, self.kind.config, self.kind.name)
    }
}

fn drift(bucket: &Bucket) -> &[Drift] {
    bucket.status.as_ref().and_then(|status| status.drift.as_deref()).unwrap_or_default()
}

/// The series of drift that stands go with it.
async fn gauges_end(team: &Team<'_>) -> Outcome {
    let none = || async {
        let metrics = team.world.controller().metrics().await.ok()?;
        metrics.value("cooper_bucket_drift", &[("namespace", &team.namespace)]).is_none().then_some(())
    };
    team.wait("the gauges to go", none).await
}

/// The counters of drift.
struct Counted(Scrape);

impl Counted {
    async fn now(team: &Team<'_>) -> Result<Self, Failure> {
        Ok(Self(team.world.controller().metrics().await?))
    }

    fn of(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.0.value(name, labels).unwrap_or(f64::NAN)
    }

    /// What grew otherwise than expected: found and put right so often, and no repair failed.
    fn grown(&self, later: &Self, expected: &BTreeMap<&'static str, u32>) -> Vec<String> {
        let mut faults = Vec::new();
        for config in NAMES.iter().copied().chain([BUCKET]) {
            let wanted = f64::from(expected.get(config).copied().unwrap_or_default());
            let remediated = "cooper_drift_remediated_total";
            for (name, labels, wanted) in [
                ("cooper_drift_detected_total", vec![("config", config)], wanted),
                (remediated, vec![("config", config), ("result", "success")], wanted),
                (remediated, vec![("config", config), ("result", "failed")], 0.0),
            ] {
                let grown = later.of(name, &labels) - self.of(name, &labels);
                if (grown - wanted).abs() > 0.1 || grown.is_nan() {
                    faults.push(format!("{name} {labels:?} grew by {grown}, not by {wanted}"));
                }
            }
        }
        faults
    }
}
