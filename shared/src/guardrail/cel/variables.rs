//! `variables` of a guardrail: expressions with a name, in order.

use super::{CelError, Program, Role};

/// The most variables of a guardrail.
const MOST: usize = 64;

/// The variables of one guardrail. Each sees those before it; each is worked out at most once per [`Scope`](super::Scope), when first
/// asked for.
#[derive(Debug, Default)]
pub struct Variables(Vec<(String, Program)>);

impl Variables {
    /// No variables.
    pub const NONE: &'static Self = &Self(Vec::new());

    /// Adds a variable.
    ///
    /// # Errors
    /// What is wrong with its name or its expression.
    pub fn declare(&mut self, name: &str, text: &str) -> Result<(), CelError> {
        if self.0.len() == MOST {
            return Err(CelError::Meaning(format!("is one variable too many: a guardrail has at most {MOST}")));
        }
        if self.position(name).is_some() {
            return Err(CelError::Meaning(format!("there is a variable {name} already; give one of them another name")));
        }
        if !is_name(name) {
            return Err(CelError::Meaning(format!("{name:?} is no name; begin with a letter, go on with letters, digits and _")));
        }
        let program = Program::compile_with(text, Role::Variable, self)?;
        self.0.push((name.to_owned(), program));
        Ok(())
    }

    /// Their names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| known == name)
    }

    pub(super) fn program(&self, index: usize) -> Option<&Program> {
        self.0.get(index).map(|(_, program)| program)
    }
}

fn is_name(text: &str) -> bool {
    let letter = |first: char| first.is_ascii_alphabetic() || first == '_';
    text.starts_with(letter) && text.chars().all(|next| letter(next) || next.is_ascii_digit())
}
