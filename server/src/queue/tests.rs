//! The queue on real files, with crashes real and simulated: dropping a queue without closing it leaves the files as a
//! crash would.

#![allow(clippy::unwrap_used)]

mod asked_again;
mod failing_disk;
mod tombstones;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use futures_util::future::join_all;

use super::{Enqueued, NewJob, Queue, QueueError};

fn job(key: &str) -> NewJob {
    NewJob { key: key.to_owned(), payload: format!("payload of {key}").into_bytes(), now: SystemTime::now() }
}

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

async fn enqueue(queue: &Queue, key: &str) -> Enqueued {
    queue.enqueue(vec![job(key)]).await.unwrap()[0]
}

/// No job comes within a minute of the runtime's clock, which passes at once, but not while the disk is being read.
async fn assert_nothing_to_do(queue: &Queue) {
    tokio::time::pause();
    let job = tokio::time::timeout(Duration::from_secs(60), queue.next()).await;
    assert!(job.is_err(), "{job:?}");
    tokio::time::resume();
}

#[tokio::test]
async fn an_acknowledged_job_survives_a_crash_whole_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    let sent = job("first");
    queue.enqueue(vec![sent.clone(), job("second")]).await.unwrap();
    enqueue(&queue, "third").await;
    drop(queue);

    let queue = Queue::open(folder.path()).unwrap();
    assert_eq!(queue.len(), 3);
    assert!(queue.is_queued("third"));
    let first = queue.next().await;
    assert_eq!((first.key, first.payload, first.attempts), (sent.key, sent.payload, 0));
    assert!(sent.now.duration_since(first.enqueued_at).unwrap() < Duration::from_millis(1));
    assert_eq!(queue.next().await.key, "second");
    assert_eq!(queue.next().await.key, "third");
}

#[tokio::test]
async fn a_claimed_job_comes_again_after_a_crash_and_a_completed_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    queue.enqueue(vec![job("done"), job("claimed")]).await.unwrap();
    let done = queue.next().await;
    queue.complete(&done.key).await.unwrap();
    assert!(!queue.is_queued("done"));
    assert_eq!(queue.next().await.key, "claimed");
    assert_nothing_to_do(&queue).await;
    drop(queue);

    let queue = Queue::open(folder.path()).unwrap();
    assert_eq!(queue.len(), 1);
    assert_eq!(queue.next().await.key, "claimed");
    assert_eq!(enqueue(&queue, "done").await, Enqueued::Added);
}

#[tokio::test]
async fn a_key_is_queued_once_however_often_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    let answers = queue.enqueue(vec![job("a"), job("a")]).await.unwrap();
    assert_eq!(answers, [Enqueued::Added, Enqueued::AlreadyQueued]);
    assert_eq!(enqueue(&queue, "a").await, Enqueued::AlreadyQueued);
    let herd = join_all((0..50).map(|_| enqueue(&queue, "b"))).await;
    assert_eq!(herd.iter().filter(|answer| **answer == Enqueued::Added).count(), 1);
    assert_eq!(queue.len(), 2);
    drop(queue);
    assert_eq!(Queue::open(folder.path()).unwrap().len(), 2);
}

#[tokio::test]
async fn callers_who_come_together_share_a_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    let names: Vec<String> = (0..500).map(|number| number.to_string()).collect();
    join_all(names.iter().map(|name| enqueue(&queue, name))).await;
    assert_eq!(queue.len(), 500);
    assert!(queue.transactions() < 100, "{} transactions", queue.transactions());
}

#[tokio::test]
async fn a_retried_job_rests_while_others_pass_it_and_counts_its_attempts() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    queue.enqueue(vec![job("stubborn"), job("other")]).await.unwrap();
    assert_eq!(queue.next().await.key, "stubborn");
    queue.retry("stubborn", Duration::from_secs(3600)).await.unwrap();
    assert_eq!(queue.next().await.key, "other");
    queue.complete("other").await.unwrap();

    tokio::time::pause();
    let before = tokio::time::Instant::now();
    let again = queue.next().await;
    assert_eq!((again.key.as_str(), again.attempts), ("stubborn", 1));
    assert!(before.elapsed() >= Duration::from_secs(3599));
}

#[tokio::test]
async fn a_retried_job_keeps_its_rest_and_its_attempts_over_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    queue.enqueue(vec![job("resting"), job("rested")]).await.unwrap();
    queue.next().await;
    queue.next().await;
    queue.retry("resting", Duration::from_secs(3600)).await.unwrap();
    queue.retry("rested", Duration::ZERO).await.unwrap();
    drop(queue);
    let queue = Queue::open(folder.path()).unwrap();
    let rested = queue.next().await;
    assert_eq!((rested.key.as_str(), rested.attempts), ("rested", 1));
    assert_nothing_to_do(&queue).await;
    assert_eq!(queue.len(), 2);
}

#[tokio::test]
async fn a_worker_waits_for_work_and_one_that_goes_away_gives_its_job_back() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    let worker = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { queue.next().await.key }
    });
    enqueue(&queue, "a").await;
    assert_eq!(worker.await.unwrap(), "a");
    enqueue(&queue, "b").await;
    // Polled once, it has claimed the job and waits for the disk, unless the disk was quicker.
    while let Some(job) = queue.next().now_or_never() {
        queue.retry(&job.key, Duration::ZERO).await.unwrap();
    }
    assert_eq!(queue.next().await.key, "b");
}

#[tokio::test]
async fn a_full_queue_takes_all_of_a_call_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open_bounded(folder.path(), 3).unwrap();
    queue.enqueue(vec![job("a"), job("b")]).await.unwrap();
    let error = queue.enqueue(vec![job("c"), job("d")]).await.unwrap_err();
    assert!(matches!(error, QueueError::Full { max: 3 }), "{error}");
    assert_eq!(queue.len(), 2);
    queue.enqueue(vec![job("a"), job("b"), job("c")]).await.unwrap();
    assert_eq!(queue.len(), 3);
}

#[tokio::test]
async fn a_second_process_is_told_that_the_queue_is_in_use_and_where() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    let error = Queue::open(folder.path()).unwrap_err();
    assert!(matches!(error, QueueError::Locked { .. }), "{error}");
    assert!(error.to_string().contains("queue.redb"), "{error}");
    queue.close().await;
    Queue::open(folder.path()).unwrap();
}

#[tokio::test]
async fn a_closed_queue_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    enqueue(&queue, "a").await;
    queue.close().await;
    assert!(matches!(queue.enqueue(vec![job("b")]).await, Err(QueueError::Closed)));
    assert!(matches!(queue.complete("a").await, Err(QueueError::Closed)));
    assert_nothing_to_do(&queue).await;
    assert!(!queue.is_queued("b"));
}

#[tokio::test]
async fn a_job_that_could_not_be_written_is_queued_for_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    enqueue(&queue, "before").await;
    queue.disk().close();
    let herd = join_all((0..10).map(|_| queue.enqueue(vec![job("a")]))).await;
    assert!(herd.iter().all(Result::is_err), "{herd:?}");
    assert!(!queue.is_queued("a"));
    assert_eq!(queue.len(), 1);
    queue.complete("before").await.unwrap_err();
    assert!(queue.is_queued("before"));
}

#[tokio::test]
async fn a_database_that_failed_is_opened_anew_for_the_next_call() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    enqueue(&queue, "before").await;
    let error = queue.disk().write(|_| Err(Box::new(redb::Error::PreviousIo))).unwrap_err();
    assert!(matches!(error, QueueError::Broken { .. }), "{error}");
    assert_eq!(enqueue(&queue, "after").await, Enqueued::Added);
    assert_eq!(queue.next().await.key, "before");
}

#[tokio::test]
async fn only_what_ran_at_the_crash_is_counted_until_it_is_forgiven() {
    let folder = tempfile::tempdir().unwrap();
    for crash in 1..=2 {
        let queue = Queue::open(folder.path()).unwrap();
        queue.begin(&keys(&["deadly", "innocent"])).unwrap();
        queue.end(&keys(&["innocent"]));
        assert_eq!(queue.crashes("deadly"), crash - 1);
    }
    let queue = Queue::open(folder.path()).unwrap();
    assert_eq!((queue.crashes("deadly"), queue.crashes("innocent")), (2, 0));
    queue.forgive("deadly").await.unwrap();
    assert_eq!(queue.crashes("deadly"), 0);
    drop(queue);
    assert_eq!(Queue::open(folder.path()).unwrap().crashes("deadly"), 0);
}

#[tokio::test]
async fn a_clean_close_counts_no_crash_for_anyone() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    queue.begin(&keys(&["slow"])).unwrap();
    queue.close().await;
    drop(queue);
    assert_eq!(Queue::open(folder.path()).unwrap().crashes("slow"), 0);
}

#[tokio::test]
async fn an_exit_between_counting_and_clearing_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    queue.begin(&keys(&["deadly"])).unwrap();
    drop(queue);
    let journal = std::fs::read(folder.path().join("running")).unwrap();
    drop(Queue::open(folder.path()).unwrap());
    std::fs::write(folder.path().join("running"), journal).unwrap();
    assert_eq!(Queue::open(folder.path()).unwrap().crashes("deadly"), 1);
}

const CHILD_FOLDER: &str = "RENDITION_TEST_QUEUE_FOLDER";

/// Queues jobs and names each once it is acknowledged, until it is killed.
fn be_the_victim(folder: &Path) -> ! {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let queue = Queue::open(folder).unwrap();
        queue.begin(&keys(&["running"])).unwrap();
        for number in 0_u64.. {
            let key = format!("job-{number}");
            enqueue(&queue, &key).await;
            println!("\nacknowledged {key}");
        }
        unreachable!("the parent kills this process")
    })
}

#[test]
fn every_job_acknowledged_before_a_kill_is_there_afterwards() {
    if let Some(folder) = std::env::var_os(CHILD_FOLDER) {
        be_the_victim(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "queue::tests::every_job_acknowledged_before_a_kill_is_there_afterwards";
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(CHILD_FOLDER, folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        if let Some(key) = line.unwrap().strip_prefix("acknowledged ") {
            acknowledged.push(key.to_owned());
        }
        if acknowledged.len() == 20 {
            // SIGKILL; what the pipe still holds is read to its end.
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= 20, "the child acknowledged {} jobs", acknowledged.len());
    let queue = Queue::open(folder.path()).unwrap();
    for key in &acknowledged {
        assert!(queue.is_queued(key), "{key} is lost");
    }
    assert_eq!(queue.crashes("running"), 1);
}
