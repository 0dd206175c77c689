//! A real browser without a window: Chromium, driven over the Chrome DevTools Protocol through a pipe. No driver program, no port, and
//! a browser that ends when its pipe does. Source: Chrome DevTools Protocol, `--remote-debugging-pipe`: JSON messages that end with a
//! NUL byte, in on descriptor 3 and out on 4.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, ErrorKind, Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

use crate::debian;
use crate::error::{Error, Result};
use crate::guard::Guard;
use crate::process::tail;
use crate::scratch::Scratch;

/// How long the browser may take to answer, or to load a page.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long its processes may take to be gone once they are killed.
const ENDING: Duration = Duration::from_secs(10);
/// Puts our ends of the pipes where the browser looks for them, and its words into a log.
const PIPES: &str = r#"log="$1"; shift; exec "$@" 3<&0 4>&1 </dev/null >"$log" 2>&1"#;
/// Nobody is asked for updates, and nothing of this machine is used. The sandbox does not work for root, who runs tests in containers.
const FLAGS: [&str; 12] = [
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-extensions",
    "--disable-component-update",
    "--disable-background-networking",
    "--no-first-run",
    "--hide-scrollbars",
];

/// A browser with one page. All of it blocks. Dropping it ends it.
#[derive(Debug)]
pub struct Browser {
    child: Child,
    guard: Option<Guard>,
    pipe: ChildStdin,
    messages: Receiver<Value>,
    /// What happened since the last page was asked for.
    events: Vec<Value>,
    session: Option<String>,
    last: u64,
    scratch: Scratch,
}

impl Browser {
    /// Starts Chromium, installed first (the Debian package `chromium`) where it is missing and we are root.
    ///
    /// # Errors
    /// When there is none, or it does not come up; the text has the end of its log.
    pub fn start() -> Result<Self> {
        let program = debian::install("chromium", "chromium")?;
        let scratch = Scratch::new("browser")?;
        let log = scratch.file("chromium.log")?;
        File::create(&log).map_err(Error::file("make", &log))?;
        let mut child = Command::new("sh")
            .args(["-c", PIPES, "cooper-browser"])
            .arg(&log)
            .arg(program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", scratch.path().join("profile").display()))
            .arg("about:blank")
            .env("HOME", scratch.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|source| Error::Program { program: "sh".to_owned(), source, advice: "the harness needs a POSIX shell".to_owned() })?;
        let guard = Guard::kill_process(child.id())?;
        let (Some(pipe), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::Unexpected { what: "Chromium".to_owned(), reason: "it was started without pipes".to_owned() });
        };
        let messages = read(answers);
        let guard = Some(guard);
        let mut browser = Self { child, guard, pipe, messages, events: Vec::new(), session: None, last: 0, scratch };
        let target = browser.call("Target.createTarget", &json!({ "url": "about:blank" }))?;
        let attached = browser.call("Target.attachToTarget", &json!({ "targetId": target["targetId"], "flatten": true }))?;
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Network", "Log", "Runtime", "Accessibility"] {
            browser.call(&format!("{domain}.enable"), &json!({}))?;
        }
        Ok(browser)
    }

    /// Where it keeps all that it writes.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.scratch.path()
    }

    /// Turns the scripts of pages off. What the harness evaluates runs all the same.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn without_scripts(&mut self) -> Result<()> {
        self.call("Emulation.setScriptExecutionDisabled", &json!({ "value": true })).map(drop)
    }

    /// Gives the page a window of this size, and its reader a preference for `light` or `dark`.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn window(&mut self, width: u32, height: u32, scheme: &str) -> Result<()> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size)?;
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", &json!({ "features": features })).map(drop)
    }

    /// Loads a page and waits until all of it is there.
    ///
    /// # Errors
    /// When nobody answers there, or not in time.
    pub fn goto(&mut self, url: &str) -> Result<()> {
        self.events.clear();
        let answer = self.call("Page.navigate", &json!({ "url": url }))?;
        if let Some(reason) = answer["errorText"].as_str() {
            return Err(Error::Http { url: url.to_owned(), reason: reason.to_owned() });
        }
        self.loaded()
    }

    /// Clicks on the first element that fits the selector, and waits until the page that it leads to is there.
    ///
    /// # Errors
    /// When there is no such element, or it leads nowhere.
    pub fn follow(&mut self, selector: &str) -> Result<()> {
        self.events.clear();
        self.evaluate(&format!("document.querySelector({}).click()", json!(selector)))?;
        self.loaded()
    }

    /// Presses a key, such as `Tab`.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn press(&mut self, key: &str) -> Result<()> {
        for kind in ["rawKeyDown", "keyUp"] {
            self.call("Input.dispatchKeyEvent", &json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": 9 }))?;
        }
        Ok(())
    }

    /// The value of a JavaScript expression on the page.
    ///
    /// # Errors
    /// When it throws; the text says what.
    pub fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let answer = self.call("Runtime.evaluate", &json!({ "expression": expression, "returnByValue": true }))?;
        match answer.get("exceptionDetails") {
            Some(thrown) => Err(Error::Unexpected { what: format!("the script {expression}"), reason: thrown.to_string() }),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// The texts of all elements that fit the selector, as they are shown.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn texts(&mut self, selector: &str) -> Result<Vec<String>> {
        let found = self.evaluate(&format!("[...document.querySelectorAll({})].map(found => found.innerText)", json!(selector)))?;
        Ok(found.as_array().into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect())
    }

    /// What a screen reader is told: role and name of every node that it does not pass over.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn accessible(&mut self) -> Result<Vec<(String, String)>> {
        let tree = self.call("Accessibility.getFullAXTree", &json!({}))?;
        let nodes = tree["nodes"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
        Ok(nodes.iter().filter(|node| node["ignored"] != true).map(|node| (text(&node["role"]), text(&node["name"]))).collect())
    }

    /// The addresses that the page had the browser ask.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        let sent = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.filter_map(|event| Some(event["params"]["request"]["url"].as_str()?.to_owned())).collect()
    }

    /// What the browser complained about: what the page's security policy refused, what was not found, what threw.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        let told = self.events.iter().filter(|event| event["method"] == "Log.entryAdded" || event["method"] == "Runtime.exceptionThrown");
        told.map(|event| event["params"].to_string()).collect()
    }

    /// The whole page as a PNG.
    ///
    /// # Errors
    /// When the browser does not draw it.
    pub fn screenshot(&mut self) -> Result<Vec<u8>> {
        let size = self.call("Page.getLayoutMetrics", &json!({}))?["cssContentSize"].clone();
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let shot = self.call("Page.captureScreenshot", &json!({ "format": "png", "clip": clip, "captureBeyondViewport": true }))?;
        let data = STANDARD.decode(shot["data"].as_str().unwrap_or_default());
        data.map_err(|error| Error::Unexpected { what: "a screenshot".to_owned(), reason: error.to_string() })
    }

    /// Sends a command and waits for its answer.
    fn call(&mut self, method: &str, params: &Value) -> Result<Value> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        if let Err(error) = self.pipe.write_all(&bytes).and_then(|()| self.pipe.flush()) {
            return Err(self.lost(&format!("{method}: {error}")));
        }
        let wanted = json!(self.last);
        let answer = self.until(method, |message| message["id"] == wanted)?;
        match answer.get("error") {
            Some(error) => Err(Error::Unexpected { what: format!("Chromium's answer to {method}"), reason: error.to_string() }),
            None => Ok(answer["result"].clone()),
        }
    }

    fn loaded(&mut self) -> Result<()> {
        let is_load = |message: &Value| message["method"] == "Page.loadEventFired";
        if self.events.iter().any(is_load) { Ok(()) } else { self.until("the page to load", is_load).map(drop) }
    }

    /// The first message that is the one; those before are kept as events.
    fn until(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Result<Value> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let Ok(message) = self.messages.recv_timeout(deadline.saturating_duration_since(Instant::now())) else {
                return Err(self.lost(what));
            };
            let found = is_it(&message);
            if message.get("method").is_some() {
                self.events.push(message.clone());
            }
            if found {
                return Ok(message);
            }
        }
    }

    fn lost(&self, what: &str) -> Error {
        let seen = tail(&self.scratch.path().join("chromium.log"), 30);
        Error::Timeout { waiting_for: format!("Chromium: {what}"), within: PATIENCE, seen }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // All of its processes, which are a group: one that ends by itself a moment later writes into the folder that goes now.
        let killed = kill_process_group(Pid::from_child(&self.child), Signal::KILL).is_ok();
        if killed && self.child.wait().is_ok() {
            self.guard = None;
        }
        let deadline = Instant::now() + ENDING;
        while fs::remove_dir_all(self.folder()).is_err_and(|fault| fault.kind() != ErrorKind::NotFound) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Reads messages until the pipe ends.
fn read(pipe: impl Read + Send + 'static) -> Receiver<Value> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let messages = BufReader::new(pipe).split(0).map_while(std::io::Result::ok);
        for message in messages.filter_map(|bytes| serde_json::from_slice(&bytes).ok()) {
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    receiver
}
