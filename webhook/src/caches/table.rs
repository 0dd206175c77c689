//! A table that many read and one watch fills.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

/// What a watch keeps up to date.
pub(crate) trait Table: Default {
    /// What is watched.
    type Object;

    /// The object is there, new or changed.
    fn apply(&mut self, object: &Self::Object);

    /// The object is gone.
    fn delete(&mut self, object: &Self::Object);
}

/// A table behind a lock that is only ever held for a look or for one change.
#[derive(Debug, Default)]
pub(crate) struct Shared<T> {
    table: RwLock<T>,
    filled: AtomicBool,
}

impl<T> Shared<T> {
    /// Looks something up.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        // A change that panicked leaves a table that is at worst out of date by one object.
        look(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes something.
    pub(crate) fn change(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.table.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Puts a whole list in place of what was there.
    pub(crate) fn replace(&self, table: T) {
        self.change(|old| *old = table);
        self.filled.store(true, Ordering::Release);
    }

    /// Whether a whole list was there once.
    pub(crate) fn is_filled(&self) -> bool {
        self.filled.load(Ordering::Acquire)
    }
}
