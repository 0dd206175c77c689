//! What a bucket policy does: whom it lets in, and whether it refuses requests without TLS.
//! Source: IAM User Guide, "IAM JSON policy elements reference"; S3 User Guide, "Blocking public access to your Amazon S3 storage",
//! "The meaning of public".

mod action;
mod condition;
mod statement;
mod transport;

#[cfg(test)]
use statement::Access;
pub(crate) use statement::{Principal, Statement};
pub(crate) use transport::{TlsDemand, TlsVersion};

use crate::policy_document;

/// A bucket policy, read.
#[derive(Debug)]
pub(crate) struct Policy<'a> {
    pub(crate) statements: Vec<Statement<'a>>,
}

/// The text is no policy; a built-in rule says what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl<'a> Policy<'a> {
    /// Reads a policy. A text of nothing but space is one without statements.
    ///
    /// # Errors
    /// It is no JSON object, or none with statements.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Unreadable> {
        if text.trim().is_empty() {
            return Ok(Self { statements: Vec::new() });
        }
        let mut document = policy_document::parse(text).map_err(|_| Unreadable)?;
        let at = document.members.iter().rposition(|member| member.name == "Statement").ok_or(Unreadable)?;
        let statements = match document.members.swap_remove(at).value {
            policy_document::Value::List(all) => all,
            one @ (policy_document::Value::Object(_)
            | policy_document::Value::Text(_)
            | policy_document::Value::Null
            | policy_document::Value::Bool(_)
            | policy_document::Value::Number(_)) => vec![one],
        };
        let statements: Result<_, _> = statements.into_iter().enumerate().map(|(index, value)| Statement::of(index, value)).collect();
        Ok(Self { statements: statements? })
    }

    /// The statements that let somebody in.
    pub(crate) fn allows(&self) -> impl Iterator<Item = &Statement<'a>> {
        self.statements.iter().filter(|statement| statement.allows)
    }
}

#[cfg(test)]
mod tests;
