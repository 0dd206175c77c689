//! What an expression came to.

use std::fmt::{self, Debug, Display};

use kube_cel::cel;

/// The answer of an expression.
#[derive(Clone)]
pub struct Value(pub(super) cel::Value);

impl Value {
    /// The answer as true or false; `None` where it is neither.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let cel::Value::Bool(answer) = &self.0 { Some(*answer) } else { None }
    }

    /// The answer as text; `None` where it is none.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let cel::Value::String(text) = &self.0 { Some(text.as_str()) } else { None }
    }

    /// What kind of value it is, in words of CEL.
    #[must_use]
    pub fn type_name(&self) -> String {
        self.0.type_of().to_string()
    }
}

impl Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Debug::fmt(&self.0, f)
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            Some(text) => f.write_str(text),
            None => write!(f, "{:?}", self.0),
        }
    }
}
