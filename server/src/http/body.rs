//! The bytes of an answer, as fast as its caller takes them and no faster.

use std::{io, time::Duration};

use axum::body::Body;
use bytes::BytesMut;
use futures_util::{StreamExt, stream};

use crate::{
    as_taken::as_taken,
    engine::Bytestream,
    model::{Error, Reason},
};

/// What is sent in one piece, in bytes: what a storage gives in one piece.
const PIECE: u64 = 64 << 10;

/// A body of `length` bytes. What is short is read before anything is sent, so that an error is still one.
pub async fn body(mut bytes: Bytestream, length: u64, patience: Duration) -> Result<Body, Error> {
    if length > PIECE {
        return Ok(streamed(bytes, length, patience));
    }
    let mut whole = match bytes.next().await {
        Some(first) => first?,
        None => return Ok(Body::empty()),
    };
    if (whole.len() as u64) < length {
        let mut joined = BytesMut::from(&whole[..]);
        while let Some(chunk) = bytes.next().await {
            joined.extend_from_slice(&chunk?);
        }
        whole = joined.freeze();
    }
    Ok(Body::from(whole))
}

/// A body that is read from the storage piece by piece, each when there is room for it.
fn streamed(bytes: Bytestream, length: u64, patience: Duration) -> Body {
    let pieces = as_taken(bytes, patience);
    Body::from_stream(stream::unfold((pieces, length), |(mut pieces, left)| async move {
        match pieces.next().await {
            Some(Ok(piece)) => {
                let left = left.saturating_sub(piece.len() as u64);
                Some((Ok(piece), (pieces, left)))
            }
            Some(Err(error)) => {
                if error.reason() != Reason::DeadlineExceeded {
                    tracing::warn!(%error, "a rendition could not be sent to its end");
                }
                Some((Err(io::Error::other(error.to_string())), (pieces, 0)))
            }
            None if left == 0 => None,
            None => Some((Err(io::Error::other("the rendition ended early")), (pieces, 0))),
        }
    }))
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

    /// So many pieces, and how many of them were read.
    fn pieces(count: usize) -> (Bytestream, Arc<AtomicUsize>) {
        let read = Arc::new(AtomicUsize::new(0));
        let counted = read.clone();
        let piece = move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(Bytes::from(vec![7; PIECE as usize]))
        };
        (stream::iter(0..count).map(piece).boxed(), read)
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_cut_off_and_little_was_read_for_it() {
        let (bytes, read) = pieces(100);
        let body = body(bytes, 100 * PIECE, Duration::from_secs(30)).await.unwrap();
        let mut body = body.into_data_stream();
        assert_eq!(body.next().await.unwrap().unwrap().len() as u64, PIECE);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(read.load(Ordering::SeqCst) <= 3, "{read:?} pieces");
        let mut taken = 0;
        let end = loop {
            match body.next().await {
                Some(Ok(_)) => taken += 1,
                end => break end,
            }
        };
        assert!(taken <= 2 && matches!(end, Some(Err(_))), "{taken} {end:?}");
    }

    #[tokio::test]
    async fn who_takes_all_gets_all() {
        for count in [1, 5] {
            let (bytes, _) = pieces(count);
            let body = body(bytes, count as u64 * PIECE, Duration::from_secs(30)).await.unwrap();
            let sizes = body.into_data_stream().map(|piece| piece.unwrap().len() as u64);
            assert_eq!(sizes.collect::<Vec<_>>().await.into_iter().sum::<u64>(), count as u64 * PIECE);
        }
    }
}
