//! The queue on a database that can't be written for a while: a folder stands in its place.

use std::path::PathBuf;

use super::super::Job;
use super::*;

/// A queue whose database can be taken away and brought back.
struct Frail {
    folder: tempfile::TempDir,
    queue: Arc<Queue>,
}

impl Frail {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let queue = Queue::open(folder.path()).unwrap();
        Self { folder, queue }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("queue.redb")
    }

    fn aside(&self) -> PathBuf {
        self.folder.path().join("aside")
    }

    fn fail(&self) {
        std::fs::rename(self.database(), self.aside()).unwrap();
        std::fs::create_dir(self.database()).unwrap();
        // From an error on the database is opened anew for each call, until that succeeds.
        self.queue.disk().write(|_| Err(Box::new(redb::Error::PreviousIo))).unwrap_err();
    }

    /// The next job, within an hour of the runtime's clock.
    async fn next(&self) -> Job {
        tokio::time::timeout(Duration::from_secs(3600), self.queue.next()).await.unwrap()
    }

    fn mend(&self) {
        std::fs::remove_dir(self.database()).unwrap();
        std::fs::rename(self.aside(), self.database()).unwrap();
    }
}

#[tokio::test]
async fn a_job_whose_completion_can_not_be_written_is_given_back_after_a_rest() {
    let frail = Frail::new();
    enqueue(&frail.queue, "a").await;
    frail.next().await;
    frail.fail();
    let before = tokio::time::Instant::now();
    frail.queue.complete("a").await.unwrap_err();
    frail.mend();

    tokio::time::pause();
    assert_eq!(frail.next().await.key, "a");
    assert!(before.elapsed() >= Duration::from_secs(5), "{:?}", before.elapsed());
    frail.queue.complete("a").await.unwrap();
    assert!(frail.queue.is_empty());
}

#[tokio::test]
async fn a_job_whose_retry_can_not_be_written_is_given_back_after_a_rest() {
    let frail = Frail::new();
    enqueue(&frail.queue, "a").await;
    frail.next().await;
    frail.fail();
    let before = tokio::time::Instant::now();
    frail.queue.retry("a", Duration::ZERO).await.unwrap_err();
    frail.mend();

    tokio::time::pause();
    let again = frail.next().await;
    assert_eq!((again.key.as_str(), again.attempts), ("a", 0));
    assert!(before.elapsed() >= Duration::from_secs(5), "{:?}", before.elapsed());
}

#[tokio::test]
async fn a_worker_outlasts_a_disk_that_fails_for_a_while() {
    let frail = Frail::new();
    frail.queue.enqueue(vec![job("a"), job("b")]).await.unwrap();
    frail.next().await;
    frail.fail();
    frail.queue.complete("a").await.unwrap_err();

    tokio::time::pause();
    let mut worker = Box::pin(async { [frail.next().await.key, frail.next().await.key] });
    let early = tokio::time::timeout(Duration::from_secs(60), &mut worker).await;
    assert!(early.is_err(), "{early:?}");
    frail.mend();
    let mut came = worker.await;
    came.sort();
    assert_eq!(came, ["a", "b"]);
}
