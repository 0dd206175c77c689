//! One of Cooper's services as a process that tests stop, kill and start again.

use std::process::ExitStatus;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::error::{Error, Result};
use crate::http;
use crate::process::{Launch, Process, tail};
use crate::scrape::Scrape;

/// How long a service may take to be ready, and to end after SIGTERM.
const LIMIT: Duration = Duration::from_mins(1);
/// How many lines of its log messages show.
const TAIL: usize = 25;

/// A service: how it is started, and its process while it runs. All methods take `&self`, so that tests can share one.
#[derive(Debug)]
pub struct Service {
    name: String,
    launch: Mutex<Launch>,
    process: Mutex<Option<Process>>,
    log: std::path::PathBuf,
    ready: Option<String>,
    metrics: Option<String>,
}

impl Service {
    /// A service that does not run yet. `ready` and `metrics` are URLs; a service without them is ready as soon as it runs.
    #[must_use]
    pub fn new(launch: Launch, ready: Option<String>, metrics: Option<String>) -> Self {
        let (name, log) = (launch.name.clone(), launch.log.clone());
        Self { name, launch: Mutex::new(launch), process: Mutex::new(None), log, ready, metrics }
    }

    /// Starts it and waits until it is ready. Does nothing when it runs.
    ///
    /// # Errors
    /// When it ends instead, or is not ready within a minute; the text has the end of its log.
    pub async fn start(&self) -> Result<()> {
        let mut process = self.spawn().await?;
        let Some(process) = process.as_mut() else { return Ok(()) };
        match &self.ready {
            Some(url) => process.ready(url, LIMIT).await,
            None => process.still_running(),
        }
    }

    /// Starts it without waiting for readiness.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn start_unready(&self) -> Result<()> {
        self.spawn().await.map(drop)
    }

    /// Asks it to end and waits for that; `None` if it did not run.
    ///
    /// # Errors
    /// When it does not end within a minute.
    pub async fn stop(&self) -> Result<Option<ExitStatus>> {
        let mut process = self.process.lock().await;
        let Some(running) = process.as_mut() else { return Ok(None) };
        running.terminate();
        let status = running.exit(LIMIT).await?;
        *process = None;
        Ok(Some(status))
    }

    /// Kills it (SIGKILL), as a crash would.
    pub async fn kill(&self) {
        if let Some(mut process) = self.process.lock().await.take() {
            process.kill();
        }
    }

    /// Waits until it ends by itself, for tests that make it end.
    ///
    /// # Errors
    /// When it does not run or goes on for longer than `within`.
    pub async fn exit(&self, within: Duration) -> Result<ExitStatus> {
        let mut process = self.process.lock().await;
        let Some(running) = process.as_mut() else {
            return Err(Error::Unexpected { what: self.name.clone(), reason: "it does not run".to_owned() });
        };
        let status = running.exit(within).await?;
        *process = None;
        Ok(status)
    }

    /// Stops it, if it runs, and starts it with other arguments, which stay from now on.
    ///
    /// # Errors
    /// As [`Self::stop`] and [`Self::start`].
    pub async fn restart_with(&self, change: impl FnOnce(&mut Launch)) -> Result<()> {
        self.stop().await?;
        change(&mut *self.launch.lock().await);
        self.start().await
    }

    /// Stops it, if it runs, and starts it again.
    ///
    /// # Errors
    /// As [`Self::stop`] and [`Self::start`].
    pub async fn restart(&self) -> Result<()> {
        self.restart_with(|_| ()).await
    }

    /// Its process id while it runs.
    pub async fn pid(&self) -> Option<u32> {
        self.process.lock().await.as_ref().map(Process::pid)
    }

    /// Reads its `/metrics`.
    ///
    /// # Errors
    /// When it has none, does not run, or answers with something else than 200.
    pub async fn metrics(&self) -> Result<Scrape> {
        let page = self.metrics_page().await?;
        Ok(Scrape::parse(&page))
    }

    /// Its `/metrics` as text.
    ///
    /// # Errors
    /// As [`Self::metrics`].
    pub async fn metrics_page(&self) -> Result<String> {
        let url = self.metrics_url()?;
        match http::get(url).await? {
            (200, page) => Ok(page),
            (status, _) => Err(Error::Http { url: url.to_owned(), reason: format!("status {status}") }),
        }
    }

    /// The address of its `/metrics`.
    ///
    /// # Errors
    /// When it has none.
    pub fn metrics_url(&self) -> Result<&str> {
        self.metrics.as_deref().ok_or_else(|| Error::Unexpected { what: self.name.clone(), reason: "it has no metrics".to_owned() })
    }

    /// The address that says whether it is ready, if it has one.
    #[must_use]
    pub fn ready_url(&self) -> Option<&str> {
        self.ready.as_deref()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its whole log, of all its runs.
    #[must_use]
    pub fn log(&self) -> String {
        tail(&self.log, usize::MAX)
    }

    /// The file of its log.
    #[must_use]
    pub fn log_file(&self) -> &std::path::Path {
        &self.log
    }

    /// The end of its log, with a heading, for messages.
    #[must_use]
    pub fn log_tail(&self) -> String {
        format!("--- the end of the log of {}\n{}", self.name, tail(&self.log, TAIL))
    }

    async fn spawn(&self) -> Result<tokio::sync::MutexGuard<'_, Option<Process>>> {
        let mut process = self.process.lock().await;
        let runs = process.as_mut().is_some_and(|running| running.ended().is_none());
        if !runs {
            *process = Some(Process::spawn(&*self.launch.lock().await)?);
        }
        Ok(process)
    }
}

impl Drop for Service {
    /// Kills it: nothing is worth a graceful end here, and tests should be over soon.
    fn drop(&mut self) {
        if let Some(process) = self.process.get_mut() {
            process.kill();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_stops_starts_and_is_killed() {
        let folder = tempfile::tempdir().expect("a folder");
        let script = "trap 'echo stopping; exit 0' TERM; echo started $1; while :; do sleep 0.02; done";
        let launch = Launch::new("script", "sh", folder.path().join("log")).args(["-c", script, "sh", "one"]);
        let service = Service::new(launch, None, None);
        assert_eq!(service.stop().await.expect("nothing to stop"), None);
        service.start().await.expect("it starts");
        let first = service.pid().await.expect("it runs");
        service.start().await.expect("it runs already");
        assert_eq!(service.pid().await, Some(first));
        while !service.log().contains("started one") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }

        service.restart_with(|launch| launch.args[3] = "two".into()).await.expect("it restarts");
        assert!(service.log().contains("stopping"));
        assert_ne!(service.pid().await, Some(first));
        service.kill().await;
        assert_eq!(service.pid().await, None);
        assert!(service.metrics().await.is_err());
    }
}
