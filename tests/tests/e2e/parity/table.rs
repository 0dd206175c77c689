//! The table of `shared/src/guardrail/cel/parity.json`.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;
use tests::places;

use crate::team::Failure;

/// Expressions with their answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Table {
    objects: BTreeMap<String, Value>,
    pub(super) namespace_object: Value,
    pub(super) params: Value,
    pub(super) cases: Vec<Case>,
}

/// One expression, and what it is asked about.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Case {
    /// Its place in the table, which its policy and its user are named after.
    #[serde(skip)]
    pub(super) number: usize,
    pub(super) expression: String,
    #[serde(rename = "object")]
    pub(super) object_name: String,
    #[serde(rename = "oldObject")]
    old_name: Option<String>,
    #[serde(skip)]
    pub(super) object: Value,
    #[serde(skip)]
    pub(super) old: Option<Value>,
    params: Option<String>,
    pub(super) expected: Expected,
    pub(super) policy: Option<Deviation>,
}

/// What a policy says, where it is something else.
#[derive(Debug, Deserialize)]
pub(super) struct Deviation {
    expected: Expected,
    pub(super) why: String,
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Expected {
    Comes(bool),
    Not(No),
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum No {
    /// The evaluation fails.
    Error,
    /// The expression cannot be written.
    Refused,
}

impl Expected {
    pub(super) const ERROR: Self = Self::Not(No::Error);
    pub(super) const REFUSED: Self = Self::Not(No::Refused);
}

impl fmt::Display for Expected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Comes(answer) => write!(formatter, "{answer}"),
            Self::Not(No::Error) => formatter.write_str("error"),
            Self::Not(No::Refused) => formatter.write_str("refused"),
        }
    }
}

impl Table {
    pub(super) fn read() -> Result<Self, Failure> {
        let text = std::fs::read_to_string(places::workspace().join("shared/src/guardrail/cel/parity.json"))?;
        let mut table: Self = serde_json::from_str(&text)?;
        for (number, case) in table.cases.iter_mut().enumerate() {
            let object = |name: &String| table.objects.get(name).cloned().ok_or_else(|| format!("{name} is none of the objects"));
            (case.number, case.object) = (number, object(&case.object_name)?);
            case.old = case.old_name.as_ref().map(object).transpose()?;
        }
        Ok(table)
    }
}

impl Case {
    /// Whether there is a ConfigMap.
    pub(super) fn has_params(&self) -> bool {
        self.params.is_some()
    }

    /// What its policy and its user are called.
    pub(super) fn name(&self) -> String {
        format!("case-{}", self.number)
    }

    /// What a policy has to say.
    pub(super) fn in_a_policy(&self) -> Expected {
        self.policy.as_ref().map_or(self.expected, |policy| policy.expected)
    }
}
