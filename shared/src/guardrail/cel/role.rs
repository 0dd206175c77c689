//! What an expression is for.

/// The place of an expression in a guardrail. It says which variables are in scope and what the answer has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `match.matchConditions[].expression`: true or false; sees no `variables`.
    Condition,
    /// `variables[].expression`: anything; sees the variables before it.
    Variable,
    /// `validations[].expression`: true or false.
    Validation,
    /// `validations[].messageExpression`: a text.
    Message,
}

impl Role {
    /// Whether `variables` is in scope.
    pub(super) fn sees_variables(self) -> bool {
        self != Self::Condition
    }

    /// The type that the answer has to have; `None` where any does.
    pub(super) fn wanted(self) -> Option<&'static str> {
        match self {
            Self::Condition | Self::Validation => Some("bool"),
            Self::Message => Some("string"),
            Self::Variable => None,
        }
    }
}
