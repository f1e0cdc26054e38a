//! Jobs that are asked for while they are queued, worked on, or on their way out.

use super::*;

#[tokio::test]
async fn a_job_asked_for_thrice_before_it_is_claimed_is_done_once() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    assert_eq!(enqueue(&queue, "a").await, Enqueued::Added);
    assert_eq!(enqueue(&queue, "a").await, Enqueued::AlreadyQueued);
    assert_eq!(enqueue(&queue, "a").await, Enqueued::AlreadyQueued);
    queue.next().await;
    queue.complete("a").await.unwrap();
    assert!(queue.is_empty());
    assert_nothing_to_do(&queue).await;
}

#[tokio::test]
async fn a_job_asked_for_while_it_is_worked_on_is_done_once_more() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    enqueue(&queue, "a").await;
    let first = queue.next().await;
    for _ in 0..3 {
        assert_eq!(enqueue(&queue, "a").await, Enqueued::AlreadyQueued);
    }
    assert_nothing_to_do(&queue).await;
    queue.complete("a").await.unwrap();
    assert!(queue.is_queued("a"));
    assert_eq!(queue.next().await, first);
    queue.complete("a").await.unwrap();
    assert!(queue.is_empty());
    assert_nothing_to_do(&queue).await;
    drop(queue);
    assert!(Queue::open(folder.path()).unwrap().is_empty());
}

#[tokio::test]
async fn a_job_asked_for_while_it_is_worked_on_outlives_a_crash_after_its_completion() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    enqueue(&queue, "a").await;
    queue.next().await;
    enqueue(&queue, "a").await;
    queue.complete("a").await.unwrap();
    drop(queue);
    let queue = Queue::open(folder.path()).unwrap();
    assert_eq!(queue.next().await.key, "a");
}

#[tokio::test]
async fn a_retry_does_for_those_who_asked_again_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    enqueue(&queue, "a").await;
    queue.next().await;
    enqueue(&queue, "a").await;
    queue.retry("a", Duration::ZERO).await.unwrap();
    assert_eq!(queue.next().await.attempts, 1);
    queue.complete("a").await.unwrap();
    assert!(queue.is_empty());
}

#[tokio::test]
async fn a_job_asked_for_while_its_removal_is_being_written_is_queued_anew() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    enqueue(&queue, "a").await;
    queue.next().await;
    let mut completed = Box::pin(queue.complete("a"));
    let mut enqueued = Box::pin(queue.enqueue(vec![job("a"), job("a")]));
    // The writer waits for this transaction, so both are asked for before either is done.
    let both_asked = queue.disk().write(|_| {
        assert!((&mut completed).now_or_never().is_none());
        assert!((&mut enqueued).now_or_never().is_none());
        Ok(())
    });
    both_asked.unwrap();
    completed.await.unwrap();
    assert_eq!(enqueued.await.unwrap(), [Enqueued::Added, Enqueued::AlreadyQueued]);
    assert_eq!(queue.len(), 1);
    drop(queue);
    let queue = Queue::open(folder.path()).unwrap();
    assert_eq!(queue.next().await.key, "a");
    queue.complete("a").await.unwrap();
    assert!(queue.is_empty());
}
