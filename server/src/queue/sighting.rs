//! When this installation first saw a spec in its present form.

use std::time::SystemTime;

/// A spec's form and when it was first seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The digest of the form.
    pub digest: String,
    /// When it was first seen.
    pub since: SystemTime,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::queue::Queue;

    #[tokio::test]
    async fn a_sighting_survives_the_process_and_a_later_one_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let first = Sighting { digest: "a".to_owned(), since: at(7) };
        let queue = Queue::open(folder.path()).unwrap();
        queue.see(vec![("card.webp".to_owned(), first.clone())]).await.unwrap();
        drop(queue);
        let queue = Queue::open(folder.path()).unwrap();
        assert_eq!(queue.sighting("card.webp"), Some(first));
        assert_eq!(queue.sighting("card.jpg"), None);
        let second = Sighting { digest: "b".to_owned(), since: at(9) };
        queue.see(vec![("card.webp".to_owned(), second.clone())]).await.unwrap();
        drop(queue);
        assert_eq!(Queue::open(folder.path()).unwrap().sighting("card.webp"), Some(second));
    }
}
