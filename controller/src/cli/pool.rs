//! Several buckets at once, in order, until somebody interrupts.

use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::CliError;
use super::progress::Progress;

/// Works on all of them, so many at the same time. Each result goes to `take` as soon as those before it went.
///
/// # Errors
/// What `take` failed with, or that `stop` was asked for; what is under way is dropped then.
pub(super) async fn each<I, T, F: Future<Output = T>>(
    command: &'static str,
    items: Vec<I>,
    at_once: u16,
    stop: &CancellationToken,
    work: impl Fn(I) -> F,
    mut take: impl FnMut(&Progress, T) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let total = items.len();
    let mut progress = Progress::start(command, total);
    let mut results = std::pin::pin!(stream::iter(items).map(work).buffered(usize::from(at_once)));
    loop {
        let next = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(CliError::Interrupted { done: progress.done(), total }),
            next = results.next() => next,
        };
        let Some(result) = next else { return Ok(()) };
        take(&progress, result)?;
        progress.step();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn results_come_in_order_and_few_run_at_once() {
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |number: u64| {
            let (running, most) = (&running, &most);
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_secs(10 - number)).await;
                running.fetch_sub(1, Ordering::SeqCst);
                number
            }
        };
        let mut taken = Vec::new();
        let take = |_: &Progress, number| {
            taken.push(number);
            Ok(())
        };
        each("plan", (0..10).collect(), 3, &CancellationToken::new(), work, take).await.unwrap();
        assert_eq!((taken, most.into_inner()), ((0..10).collect(), 3));
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_interrupted_says_how_far_it_came() {
        let stop = CancellationToken::new();
        let work = |number: u64| async move {
            tokio::time::sleep(Duration::from_secs(if number == 0 { 1 } else { 3600 })).await;
        };
        let asked = stop.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(2)).await;
            asked.cancel();
        });
        let error = each("plan", vec![0, 1, 2], 2, &stop, work, |_, ()| Ok(())).await.unwrap_err();
        assert!(matches!(error, CliError::Interrupted { done: 1, total: 3 }), "{error}");
    }

    #[tokio::test]
    async fn nothing_goes_on_once_nobody_reads() {
        let error = each("plan", vec![1, 2], 1, &CancellationToken::new(), |_| async {}, |_, ()| Err(CliError::Closed)).await.unwrap_err();
        assert!(matches!(error, CliError::Closed));
    }
}
