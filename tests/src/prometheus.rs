//! A real Prometheus (Debian's package) that scrapes processes on loopback, and questions to it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::control_plane::blocking;
use crate::debian;
use crate::error::{Error, Result};
use crate::http;
use crate::port;
use crate::process::{Launch, Process};
use crate::query::encode;
use crate::scratch::Scratch;

const PACKAGE: &str = "prometheus";
const START_LIMIT: Duration = Duration::from_mins(1);
/// How often it scrapes and evaluates the rules.
const EVERY: &str = "1s";
/// How often it scrapes what takes long to answer.
const SELDOM: &str = "5s";

/// `promtool`: checks and unit-tests rules, and lints what a service shows. Blocks while it is fetched.
///
/// # Errors
/// As [`debian::program`].
pub fn promtool() -> Result<PathBuf> {
    debian::program(PACKAGE, "promtool")
}

/// One process to scrape.
#[derive(Debug, Clone)]
pub struct Target {
    /// The label `job`.
    pub job: String,
    /// Where it shows its metrics: `http://...` or `https://...`. No certificate is asked for.
    pub url: String,
    /// Other labels, such as those that Kubernetes' service discovery adds.
    pub labels: BTreeMap<String, String>,
    /// A bearer token, where it asks for one.
    pub token: Option<String>,
    /// Scraped every second; or every five, where it has thousands of series.
    pub is_large: bool,
}

impl Target {
    /// A target without labels of its own and without a token.
    #[must_use]
    pub fn new(job: &str, url: &str) -> Self {
        Self { job: job.to_owned(), url: url.to_owned(), labels: BTreeMap::new(), token: None, is_large: false }
    }

    /// Adds a label.
    #[must_use]
    pub fn label(mut self, name: &str, value: &str) -> Self {
        self.labels.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A scrape configuration. As the monitors of `deploy/`, it lets a series keep labels that the target has as well.
    fn configuration(&self) -> Result<Value> {
        let wrong = |reason: &str| Error::Unexpected { what: format!("the address {}", self.url), reason: reason.to_owned() };
        let (scheme, rest) = self.url.split_once("://").ok_or_else(|| wrong("it has no scheme"))?;
        let (address, path) = rest.split_once('/').ok_or_else(|| wrong("it has no path"))?;
        let mut configuration = json!({
            "job_name": self.job,
            "scheme": scheme,
            "metrics_path": format!("/{path}"),
            "honor_labels": true,
            "scrape_interval": if self.is_large { SELDOM } else { EVERY },
            "scrape_timeout": if self.is_large { SELDOM } else { EVERY },
            "static_configs": [{ "targets": [address], "labels": self.labels }],
            "tls_config": { "insecure_skip_verify": true },
        });
        if let Some(token) = &self.token {
            configuration["authorization"] = json!({ "credentials": token });
        }
        Ok(configuration)
    }
}

/// One series of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its labels, `__name__` among them where it has one.
    pub labels: BTreeMap<String, String>,
    /// Time (seconds since 1970) and value; one point for a question about now.
    pub points: Vec<(f64, f64)>,
}

impl Series {
    /// The value of a label; empty where it has none.
    #[must_use]
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }

    /// The newest value.
    #[must_use]
    pub fn last(&self) -> Option<f64> {
        self.points.last().map(|(_, value)| *value)
    }
}

/// An alert that is pending or firing.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Alert {
    /// Its labels, `alertname` among them.
    pub labels: BTreeMap<String, String>,
    /// Its texts, as people read them.
    pub annotations: BTreeMap<String, String>,
    /// `pending` or `firing`.
    pub state: String,
}

impl Alert {
    /// The value of a label; empty where it has none.
    #[must_use]
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }
}

/// A running Prometheus on a free port of loopback. Dropping it ends it.
#[derive(Debug)]
pub struct Prometheus {
    process: Process,
    url: String,
    _scratch: Scratch,
}

impl Prometheus {
    /// Fetches it if needed, starts it with these targets and this rule file (YAML), and waits until it is ready.
    ///
    /// # Errors
    /// When it cannot be had, a rule is wrong, or it does not come up; the text has the end of its log.
    pub async fn start(targets: &[Target], rules: &str) -> Result<Self> {
        let program = blocking(|| debian::program(PACKAGE, "prometheus")).await?;
        let scrapes = targets.iter().map(Target::configuration).collect::<Result<Vec<_>>>()?;
        port::retrying(async || Self::start_on(&program, port::free()?, &scrapes, rules).await).await
    }

    async fn start_on(program: &Path, port: u16, scrapes: &[Value], rules: &str) -> Result<Self> {
        let scratch = Scratch::new("prometheus")?;
        let rules = scratch.write("rules.yaml", rules)?;
        let every = json!({ "evaluation_interval": EVERY });
        // JSON is YAML.
        let configuration = json!({ "global": every, "rule_files": [rules], "scrape_configs": scrapes });
        let configuration = scratch.write("prometheus.yaml", &configuration.to_string())?;
        let address = format!("127.0.0.1:{port}");
        let mut flag = std::ffi::OsString::from("--storage.tsdb.path=");
        flag.push(scratch.path().join("data"));
        let mut file = std::ffi::OsString::from("--config.file=");
        file.push(configuration);
        let launch = Launch::new("prometheus", program, scratch.file("prometheus.log")?)
            .args([file, flag])
            .args([format!("--web.listen-address={address}"), "--log.level=warn".to_owned()]);
        let mut process = Process::spawn(&launch)?;
        let url = format!("http://{address}");
        process.ready(&format!("{url}/-/ready"), START_LIMIT).await?;
        Ok(Self { process, url, _scratch: scratch })
    }

    /// What an expression gives now.
    ///
    /// # Errors
    /// When it is no PromQL, or gives something else than series or one number; the text has Prometheus' words.
    pub async fn query(&self, expression: &str) -> Result<Vec<Series>> {
        let data = self.ask(&format!("query?query={}", encode(expression))).await?;
        series(expression, &data)
    }

    /// What an expression gave from `start` to `end` (seconds since 1970), every `step` seconds.
    ///
    /// # Errors
    /// As [`Self::query`].
    pub async fn range(&self, expression: &str, start: f64, end: f64, step: f64) -> Result<Vec<Series>> {
        let data = self.ask(&format!("query_range?query={}&start={start}&end={end}&step={step}", encode(expression))).await?;
        series(expression, &data)
    }

    /// The alerts that are pending or firing now.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn alerts(&self) -> Result<Vec<Alert>> {
        let mut data = self.ask("alerts").await?;
        serde_json::from_value(data["alerts"].take()).map_err(|fault| unexpected("alerts", &fault))
    }

    /// What each rule that cannot be evaluated says.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn rule_errors(&self) -> Result<Vec<String>> {
        let data = self.ask("rules").await?;
        let rules = data["groups"].as_array().into_iter().flatten().filter_map(|group| group["rules"].as_array()).flatten();
        let faults = rules.filter(|rule| rule["health"] == "err");
        Ok(faults.map(|rule| format!("{}: {}", rule["name"], rule["lastError"])).collect())
    }

    /// The end of its log, for messages.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }

    async fn ask(&self, what: &str) -> Result<Value> {
        let url = format!("{}/api/v1/{what}", self.url);
        let (status, body) = http::get(&url).await?;
        let mut answer: Value = serde_json::from_str(&body).map_err(|fault| unexpected(what, &fault))?;
        if answer["status"] == "success" {
            return Ok(answer["data"].take());
        }
        Err(Error::Http { url, reason: format!("status {status}: {}", answer["error"]) })
    }
}

#[derive(Deserialize)]
struct Answered {
    metric: BTreeMap<String, String>,
    value: Option<(f64, String)>,
    values: Option<Vec<(f64, String)>>,
}

fn series(expression: &str, data: &Value) -> Result<Vec<Series>> {
    let point = |(time, value): (f64, String)| Ok::<_, Error>((time, value.parse().map_err(|fault| unexpected(expression, &fault))?));
    if data["resultType"] == "scalar" {
        let value = serde_json::from_value(data["result"].clone()).map_err(|fault| unexpected(expression, &fault))?;
        return Ok(vec![Series { labels: BTreeMap::new(), points: vec![point(value)?] }]);
    }
    let all: Vec<Answered> = serde_json::from_value(data["result"].clone()).map_err(|fault| unexpected(expression, &fault))?;
    let read = |answered: Answered| {
        let points = answered.values.unwrap_or_default().into_iter().chain(answered.value);
        Ok(Series { labels: answered.metric, points: points.map(point).collect::<Result<_>>()? })
    };
    all.into_iter().map(read).collect()
}

fn unexpected(what: &str, fault: &dyn std::fmt::Display) -> Error {
    Error::Unexpected { what: format!("what Prometheus says to {what}"), reason: fault.to_string() }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;

    use super::*;

    #[tokio::test]
    async fn it_scrapes_evaluates_rules_and_answers() {
        let page = "# TYPE up_and_well gauge\nup_and_well{namespace=\"theirs\"} 7\n";
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/metrics", listener.local_addr().expect("an address"));
        let server =
            tokio::spawn(async move { axum::serve(listener, Router::new().route("/metrics", get(move || async move { page }))).await });
        let rules = "groups: [{name: g, rules: [{alert: Well, expr: up_and_well == 7, annotations: {summary: 'is {{ $value }}'}}]}]";
        let target = Target::new("a job", &url).label("namespace", "ours");
        let prometheus = Prometheus::start(&[target], rules).await.expect("it starts");

        let deadline = std::time::Instant::now() + START_LIMIT;
        let alert = loop {
            if let Some(alert) = prometheus.alerts().await.expect("alerts").pop() {
                break alert;
            }
            assert!(std::time::Instant::now() < deadline, "{}", prometheus.log_tail());
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert_eq!((alert.label("alertname"), alert.state.as_str(), alert.annotations["summary"].as_str()), ("Well", "firing", "is 7"));
        assert_eq!(alert.label("namespace"), "theirs", "a series keeps its own label");
        let found = prometheus.query("up_and_well").await.expect("an answer");
        assert_eq!((found.len(), found[0].last(), found[0].label("job")), (1, Some(7.0), "a job"));
        let now = found[0].points[0].0;
        let found = prometheus.range("up_and_well", now - 5.0, now, 1.0).await.expect("an answer");
        assert_eq!(found[0].last(), Some(7.0));
        assert_eq!(prometheus.query("1 + 1").await.expect("a number")[0].last(), Some(2.0));
        let text = prometheus.query("sum(").await.expect_err("it does not parse").to_string();
        assert!(text.contains("parse error"), "{text}");
        assert!(prometheus.rule_errors().await.expect("the rules").is_empty());
        server.abort();
    }
}
