//! An async runtime of its own for what lives longer than one test: the runtime of a `#[tokio::test]` ends with it, and everything
//! that was spawned there.

use std::future::Future;

use tokio::runtime::{Builder, Runtime};

use crate::error::{Error, Result};

/// A runtime in the background; dropping it ends its tasks.
#[derive(Debug)]
pub struct Background {
    runtime: Option<Runtime>,
}

impl Background {
    /// Starts it.
    ///
    /// # Errors
    /// When the machine gives no threads.
    pub fn start() -> Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("world").enable_all().build();
        let failed =
            |source| Error::Program { program: "an async runtime".to_owned(), source, advice: "are there threads left?".to_owned() };
        Ok(Self { runtime: Some(runtime.map_err(failed)?) })
    }

    /// Runs `work` there and waits for its result; what it spawns goes on.
    ///
    /// # Errors
    /// When it panics.
    pub async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T> {
        let ended = |reason: String| Error::Unexpected { what: "a task in the background".to_owned(), reason };
        let runtime = self.runtime.as_ref().ok_or_else(|| ended("the runtime has ended".to_owned()))?;
        runtime.spawn(work).await.map_err(|fault| ended(fault.to_string()))
    }

    /// Runs `work` there until it ends or this is dropped.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(work);
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background(); // a plain drop would panic inside of another runtime
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_there_and_a_panic_is_an_error() {
        let background = Background::start().expect("a runtime");
        assert_eq!(background.run(async { 7 }).await.expect("it ends"), 7);
        let fault = background.run::<()>(async { panic!("on purpose") }).await.expect_err("it panics");
        assert!(fault.to_string().contains("panic"), "{fault}");
    }
}
