//! The bytes of a rendition as fast as its caller takes them, and no faster.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::{sync::mpsc, time::timeout};

use crate::{
    engine::Bytestream,
    model::{Error, Reason},
};

/// Reads from the storage piece by piece, each when there is room for it. A caller that takes nothing for so long gets no
/// more: what the storage keeps open for it is closed, whether or not anybody notices on the connection, and
/// DEADLINE_EXCEEDED is what is left to be taken.
pub fn as_taken(mut bytes: Bytestream, patience: Duration) -> Bytestream {
    let (room, pieces) = mpsc::channel(1);
    tokio::spawn(async move {
        loop {
            let Ok(Ok(place)) = timeout(patience, room.reserve()).await else { return };
            let next = tokio::select! {
                next = bytes.next() => next,
                // The caller has gone; the storage may be slow.
                () = room.closed() => return,
            };
            match next {
                Some(Ok(piece)) => place.send(Some(Ok(piece))),
                last => return place.send(last),
            }
        }
    });
    let pieces = stream::unfold(Some(pieces), move |pieces| async move {
        let mut pieces = pieces?;
        match pieces.recv().await {
            Some(Some(Ok(piece))) => Some((Ok(piece), Some(pieces))),
            Some(Some(Err(error))) => Some((Err(error), None)),
            Some(None) => None,
            None => Some((Err(stalled(patience)), None)),
        }
    });
    pieces.boxed()
}

fn stalled(patience: Duration) -> Error {
    let message =
        format!("nothing of the rendition was taken for {patience:?} (media.stall_timeout): read it again");
    Error::new(Reason::DeadlineExceeded, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use bytes::Bytes;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    /// So many pieces, and how many of them were read.
    fn pieces(count: usize) -> (Bytestream, Arc<AtomicUsize>) {
        let read = Arc::new(AtomicUsize::new(0));
        let counted = read.clone();
        let piece = move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(Bytes::from_static(b"piece"))
        };
        (stream::iter(0..count).map(piece).boxed(), read)
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_cut_off_and_little_was_read_for_it() {
        let (bytes, read) = pieces(100);
        let mut taken = as_taken(bytes, PATIENCE);
        assert!(taken.next().await.unwrap().is_ok());
        tokio::time::sleep(PATIENCE * 2).await;
        assert!(read.load(Ordering::SeqCst) <= 3, "{read:?} pieces");
        let rest: Vec<_> = taken.collect().await;
        let (last, before) = rest.split_last().unwrap();
        assert!(before.len() <= 2 && before.iter().all(Result::is_ok), "{rest:?}");
        assert_eq!(last.as_ref().unwrap_err().reason(), Reason::DeadlineExceeded);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_all_gets_all_however_slowly() {
        for count in [0, 1, 5] {
            let (bytes, _) = pieces(count);
            let mut taken = as_taken(bytes, PATIENCE);
            let mut number = 0;
            while let Some(piece) = taken.next().await {
                assert_eq!(piece.unwrap(), "piece");
                number += 1;
                tokio::time::sleep(PATIENCE / 2).await;
            }
            assert_eq!(number, count);
        }
    }

    #[tokio::test]
    async fn an_error_of_the_storage_is_the_end() {
        let broken = Error::new(Reason::StorageUnavailable, "gone");
        let bytes =
            stream::iter([Ok(Bytes::from_static(b"a")), Err(broken), Ok(Bytes::from_static(b"b"))]).boxed();
        let taken: Vec<_> = as_taken(bytes, PATIENCE).collect().await;
        assert_eq!(taken.len(), 2);
        assert_eq!(taken[1].as_ref().unwrap_err().reason(), Reason::StorageUnavailable);
    }
}
