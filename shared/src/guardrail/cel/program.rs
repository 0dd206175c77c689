//! An expression, ready to be asked.

use kube_cel::KubeCelExt;
use kube_cel::cel::{self, Context};

use super::{CelError, Role, Scope, Value, Variables};

/// A compiled expression.
#[derive(Debug)]
pub struct Program {
    expression: cel::IdedExpr,
}

impl Program {
    /// Compiles an expression that sees no variables of a guardrail.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compile(text: &str, role: Role) -> Result<Self, CelError> {
        Self::compile_with(text, role, Variables::NONE)
    }

    /// Compiles an expression of a guardrail that has these variables.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compile_with(text: &str, _role: Role, _variables: &Variables) -> Result<Self, CelError> {
        let parser = cel::parser::Parser::new().enable_optional_syntax(true);
        let expression = parser.parse(text).map_err(|errors| CelError::Meaning(errors.to_string()))?;
        Ok(Self { expression })
    }

    /// What the expression says of this request.
    ///
    /// # Errors
    /// It comes to no answer.
    pub fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, CelError> {
        let mut context = Context::default().with_all();
        for name in ["object", "oldObject", "namespaceObject", "params", "request", "bucket"] {
            let value = scope.root(name).and_then(|json| cel::to_value(json).ok()).unwrap_or(cel::Value::Null);
            context.add_variable_from_value(name, value);
        }
        cel::Value::resolve(&self.expression, &context).map(Value).map_err(|error| CelError::Evaluation(error.to_string()))
    }

    /// The answer of a condition or a validation.
    ///
    /// # Errors
    /// It comes to no answer, or to one that is neither true nor false.
    pub fn evaluate_bool(&self, scope: &Scope<'_>) -> Result<bool, CelError> {
        let answer = self.evaluate(scope)?;
        answer.as_bool().ok_or_else(|| CelError::Evaluation(format!("came to a {}, not to true or false", answer.type_name())))
    }

    /// The text of a messageExpression.
    ///
    /// # Errors
    /// It comes to no answer, or to one that is no text.
    pub fn evaluate_string(&self, scope: &Scope<'_>) -> Result<String, CelError> {
        let answer = self.evaluate(scope)?;
        answer.as_str().map(str::to_owned).ok_or_else(|| CelError::Evaluation(format!("came to a {}, not to a text", answer.type_name())))
    }
}
