//! What is wrong with an expression, or with its evaluation.

/// Why an expression is refused, or has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CelError {
    /// The text is longer than an expression may be.
    #[error("has {bytes} bytes; an expression has at most {most}. Split it with variables")]
    TooLong {
        /// The length of the text.
        bytes: usize,
        /// What is allowed.
        most: usize,
    },
    /// Parentheses, operators or selections are nested too deeply.
    #[error("is nested too deeply. Split it with variables")]
    TooDeep,
    /// The text is no expression.
    #[error("line {line}, column {column}: {problem}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What the parser says.
        problem: String,
    },
    /// An expression that is well-formed and means nothing here: an unknown name, a field that no Bucket has, another type of result.
    #[error("{0}")]
    Meaning(String),
    /// It could take too long.
    #[error("could take too long: an estimated {cost} steps for the largest Bucket, and {most} are allowed. {advice}")]
    TooCostly {
        /// The estimate.
        cost: u64,
        /// What is allowed.
        most: u64,
        /// How to make it cheaper.
        advice: &'static str,
    },
    /// The evaluation came to no answer: a field is missing, types do not fit, a function refused its arguments.
    #[error("{0}")]
    Evaluation(String),
    /// The engine failed: a fault of the engine or of this module.
    #[error("the CEL engine failed: {0}")]
    Internal(String),
}

impl CelError {
    /// Whether the expression itself is wrong, so that no request can be asked with it.
    #[must_use]
    pub fn is_of_expression(&self) -> bool {
        match self {
            Self::TooLong { .. } | Self::TooDeep | Self::Syntax { .. } | Self::Meaning(_) | Self::TooCostly { .. } => true,
            Self::Evaluation(_) | Self::Internal(_) => false,
        }
    }
}
