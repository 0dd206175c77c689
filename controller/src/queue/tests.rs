use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::channel::mpsc;
use prometheus::{Registry, TextEncoder};
use tokio::sync::Notify;

use super::*;

fn key(name: &str) -> Key {
    Key::new("n", name)
}

struct Runs {
    registry: Registry,
    seen: Arc<Mutex<Vec<(Key, Lane)>>>,
    changed: Arc<Notify>,
}

impl Runs {
    fn new() -> (Self, QueueMetrics) {
        let registry = Registry::new();
        let metrics = QueueMetrics::new(&registry).unwrap();
        (Self { registry, seen: Arc::default(), changed: Arc::default() }, metrics)
    }

    fn saw(&self, key: Key) {
        self.seen.lock().unwrap().push((key, lane()));
        self.changed.notify_one();
    }

    async fn number(&self, number: usize) -> Vec<(Key, Lane)> {
        loop {
            let seen = self.seen.lock().unwrap().clone();
            if seen.len() >= number {
                return seen;
            }
            self.changed.notified().await;
        }
    }

    fn metric(&self, line: &str) -> bool {
        TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap().contains(line)
    }
}

#[tokio::test]
async fn a_pass_knows_its_lane_and_says_what_follows() {
    let (runs, metrics) = Runs::new();
    let runs = Arc::new(runs);
    let (sender, commands) = mpsc::unbounded();
    let stop = CancellationToken::new();
    let pass = {
        let (runs, passes) = (Arc::clone(&runs), AtomicUsize::new(0));
        move |key: Key| {
            let runs = Arc::clone(&runs);
            let first = passes.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                runs.saw(key);
                first.then_some(Next { after: Duration::ZERO, lane: Lane::Retry })
            }
        }
    };
    let running = tokio::spawn(run(commands, 2, metrics, stop.clone(), pass));
    sender.unbounded_send(Command::Now(key("a"), Lane::Edit)).unwrap();
    assert_eq!(runs.number(2).await, [(key("a"), Lane::Edit), (key("a"), Lane::Retry)]);
    sender.unbounded_send(Command::At(key("b"), Lane::Sweep, Instant::now() + Duration::from_millis(5))).unwrap();
    sender.unbounded_send(Command::Now(key("c"), Lane::Sweep)).unwrap();
    assert_eq!(runs.number(4).await[2..], [(key("c"), Lane::Sweep), (key("b"), Lane::Sweep)]);
    stop.cancel();
    running.await.unwrap();
    assert!(runs.metric("cooper_queue_wait_seconds_count{lane=\"sweep\"} 2") && runs.metric("cooper_reconcile_running 0"));
    assert!(runs.metric("cooper_queue_depth{lane=\"edit\"} 0"));
}

#[tokio::test(start_paused = true)]
async fn a_pass_that_panics_is_not_the_end_of_the_others() {
    let (runs, metrics) = Runs::new();
    let runs = Arc::new(runs);
    let (sender, commands) = mpsc::unbounded();
    let stop = CancellationToken::new();
    let pass = {
        let runs = Arc::clone(&runs);
        move |of: Key| {
            let runs = Arc::clone(&runs);
            async move {
                runs.saw(of.clone());
                assert_ne!(of, key("bad"), "for the test");
                None
            }
        }
    };
    let running = tokio::spawn(run(commands, 1, metrics, stop.clone(), pass));
    for name in ["bad", "good"] {
        sender.unbounded_send(Command::Now(key(name), Lane::Edit)).unwrap();
    }
    assert_eq!(runs.number(2).await[1], (key("good"), Lane::Edit));
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn passes_under_way_end_before_the_queue_does_and_no_other_begins() {
    let (runs, metrics) = Runs::new();
    let runs = Arc::new(runs);
    let (sender, commands) = mpsc::unbounded();
    let (stop, go) = (CancellationToken::new(), Arc::new(Notify::new()));
    let ended = Arc::new(AtomicUsize::new(0));
    let pass = {
        let (runs, go, ended) = (Arc::clone(&runs), Arc::clone(&go), Arc::clone(&ended));
        move |key: Key| {
            let (runs, go, ended) = (Arc::clone(&runs), Arc::clone(&go), Arc::clone(&ended));
            async move {
                runs.saw(key);
                go.notified().await;
                ended.fetch_add(1, Ordering::SeqCst);
                None
            }
        }
    };
    let running = tokio::spawn(run(commands, 1, metrics, stop.clone(), pass));
    for name in ["a", "b"] {
        sender.unbounded_send(Command::Now(key(name), Lane::Edit)).unwrap();
    }
    runs.number(1).await;
    stop.cancel();
    go.notify_one();
    running.await.unwrap();
    assert_eq!((ended.load(Ordering::SeqCst), runs.seen.lock().unwrap().len()), (1, 1));
}
