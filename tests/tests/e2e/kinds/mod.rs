//! Kinds of drift, made with the AWS CLI as people make them: each is found at the right field, told once in each place, and put right
//! once. A table says what is declared, what somebody does, and what is told of it; [`story`] tells it of all at once.

mod access;
mod delivery;
mod keyed;
mod objects;
mod places;
mod story;
mod web;

use serde_json::Value;
use shared::bucket::Drift;

/// Stands for the bucket's own name in what is declared, done and told.
const ITSELF: &str = "BUCKET";

/// One kind of drift.
#[derive(Clone, Debug)]
struct Kind {
    /// The sub-configuration, as metrics and status name it.
    config: &'static str,
    /// What happens.
    name: &'static str,
    /// The members of the spec beside the name.
    spec: Value,
    /// The command of `aws s3api` and its arguments, but for `--bucket`.
    command: Vec<String>,
    /// All that is told, by field.
    told: Vec<Told>,
    /// A sub-resource that is not as before after the repair, such as one that S3 lets nobody take away, and what it holds then.
    leaves: Option<(&'static str, String)>,
}

/// One field that differs. A text that ends with an ellipsis is the beginning of what is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    field: String,
    desired: Option<String>,
    observed: Option<String>,
}

/// Where the Buckets of the table are.
struct Site {
    namespace: String,
}

impl Site {
    /// Another bucket that logs may go to.
    fn other_logs(&self) -> String {
        format!("other-logs-{}", self.namespace)
    }
}

/// The whole table.
fn table(site: &Site) -> Vec<Kind> {
    [access::kinds(), objects::kinds(site), delivery::kinds(site), web::kinds(), keyed::kinds()].into_iter().flatten().collect()
}

fn kind(config: &'static str, name: &'static str, spec: Value) -> Kind {
    Kind { config, name, spec, command: Vec::new(), told: Vec::new(), leaves: None }
}

impl Kind {
    /// What somebody runs.
    fn by(self, command: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { command: command.into_iter().map(Into::into).collect(), ..self }
    }

    /// A field has another value.
    fn told(self, field: &str, desired: &str, observed: &str) -> Self {
        self.differs(field, Some(desired), Some(observed))
    }

    /// A field is missing in S3.
    fn missing(self, field: &str, desired: &str) -> Self {
        self.differs(field, Some(desired), None)
    }

    /// A field is in S3 and not in the spec.
    fn extra(self, field: &str, observed: &str) -> Self {
        self.differs(field, None, Some(observed))
    }

    /// What S3 holds after the repair, where it cannot be what it held before, or is in other words.
    fn leaving(self, sub_resource: &'static str, text: &str) -> Self {
        Self { leaves: Some((sub_resource, text.to_owned())), ..self }
    }

    fn differs(mut self, field: &str, desired: Option<&str>, observed: Option<&str>) -> Self {
        self.told.push(Told { field: field.to_owned(), desired: desired.map(str::to_owned), observed: observed.map(str::to_owned) });
        self
    }

    /// The same with the name of its bucket.
    fn of(mut self, bucket: &str) -> Self {
        let named = |text: String| text.replace(ITSELF, bucket);
        self.spec = self.spec.to_string().replace(ITSELF, bucket).parse().unwrap_or_default();
        self.command = self.command.into_iter().map(named).collect();
        self.told.iter_mut().for_each(|told| told.desired = told.desired.take().map(named));
        self.told.sort();
        self
    }
}

impl Told {
    /// Whether an entry of `status.drift` says this.
    fn is(&self, entry: &Drift) -> bool {
        self.field == entry.field
            && same(self.desired.as_deref(), entry.desired.as_deref())
            && same(self.observed.as_deref(), entry.observed.as_deref())
    }
}

fn same(expected: Option<&str>, told: Option<&str>) -> bool {
    match (expected.and_then(|text| text.strip_suffix('…')), told) {
        (Some(beginning), Some(told)) => told.starts_with(beginning),
        _ => expected == told,
    }
}

#[test]
fn the_table_has_sixty_kinds_and_several_of_each_sub_configuration() {
    let table = table(&Site { namespace: "n".to_owned() });
    assert!(table.len() >= 60, "{}", table.len());
    for config in shared::subconfig::NAMES {
        let of: Vec<&str> = table.iter().filter(|kind| kind.config == *config).map(|kind| kind.name).collect();
        assert!(of.len() >= 2, "{config}: {of:?}");
    }
    assert!(table.iter().all(|kind| !kind.command.is_empty() && !kind.told.is_empty()));
}
