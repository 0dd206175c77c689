//! Hints as a controller gets them: a queue on an SQS that nobody here wrote, and the events that EventBridge would put into it.

mod document;
mod queue;

pub use document::Event;
pub use queue::HintQueue;

use std::fs;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::places;

/// The names of the events that the rule of `deploy/hints` asks for.
///
/// # Errors
/// The file is not there, or not as it was.
pub fn event_names() -> Result<Vec<String>> {
    let path = places::workspace().join("deploy/hints/cloudformation.yaml");
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let unexpected = |reason: String| Error::Unexpected { what: path.display().to_string(), reason };
    let template: Value = serde_saphyr::from_str(&text).map_err(|fault| unexpected(fault.to_string()))?;
    let names = &template["Resources"]["ChangesRule"]["Properties"]["EventPattern"]["detail"]["eventName"];
    serde_json::from_value(names.clone()).map_err(|fault| unexpected(fault.to_string()))
}
