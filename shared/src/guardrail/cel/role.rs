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
}
