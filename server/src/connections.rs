//! New connections: how long they may be quiet, and how they come to the server.

use std::{sync::Arc, time::Duration};

use futures_util::{Stream, StreamExt};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinSet,
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::TcpIncoming;

/// How long a connection is quiet before its peer is asked for a sign of life.
const QUIET: Duration = Duration::from_secs(60);
/// How far such questions are apart.
const PROBES: Duration = Duration::from_secs(5);
/// How many in a row go unanswered before the connection is closed; on Linux [`LOST`] decides, which comes to the same.
const UNANSWERED: u32 = 4;
/// How many milliseconds a peer may acknowledge nothing, whether bytes were sent to it or questions.
#[cfg(target_os = "linux")]
const LOST: u32 = (QUIET.as_secs() + PROBES.as_secs() * UNANSWERED as u64) as u32 * 1000;

/// How long a new connection may take to say what it speaks.
pub const GREETING: Duration = Duration::from_secs(10);
/// What HTTP/2 begins with (RFC 9113, 3.4).
const PREFACE: [u8; 24] = *b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How far looks at a preface are apart of which a part has come.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// How long nobody is let in where that failed: mostly for want of file descriptors, which others have to give back.
const AFTER_ERROR: Duration = Duration::from_millis(100);

/// The place of a connection among the most that there may be, given back when it is dropped.
pub type Place = OwnedSemaphorePermit;

/// The connections of a listener, at most `most` at a time, each once its caller has begun to speak: one that says nothing
/// would otherwise be there for ever, and hold up the drain. Dropping the stream closes the listener and those that have
/// not spoken.
pub fn connections(listener: TcpListener, most: usize) -> impl Stream<Item = (TcpStream, Place)> {
    // Without the first a small answer waits some 40 ms for the acknowledgement of the one before.
    let incoming = TcpIncoming::from(listener)
        .with_nodelay(Some(true))
        .with_keepalive(Some(QUIET))
        .with_keepalive_interval(Some(PROBES))
        .with_keepalive_retries(Some(UNANSWERED));
    let (sender, receiver) = mpsc::channel(64);
    tokio::spawn(accept(incoming, Arc::new(Semaphore::new(most)), sender));
    ReceiverStream::new(receiver)
}

/// Lets callers in until nobody takes them any more.
async fn accept(mut incoming: TcpIncoming, places: Arc<Semaphore>, taken: mpsc::Sender<(TcpStream, Place)>) {
    let mut waiting = JoinSet::new();
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await.ok()?;
            Some((incoming.next().await?, place))
        };
        let accepted = tokio::select! {
            () = taken.closed() => return,
            Some(_) = waiting.join_next() => continue,
            accepted = accepted => accepted,
        };
        match accepted {
            Some((Ok(connection), place)) => {
                let taken = taken.clone();
                waiting.spawn(async move {
                    let speaks = tokio::time::timeout(GREETING, speaks(&connection)).await;
                    if speaks.is_ok_and(|speaks| speaks) {
                        // The server may be about to end.
                        let _ = taken.send((connection, place)).await;
                    }
                });
            }
            Some((Err(error), _)) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(AFTER_ERROR).await;
            }
            None => return,
        }
    }
}

/// Waits until it is clear what the caller speaks: all of HTTP/2's preface, or something else, such as TLS or HTTP/1. Hyper
/// waits for that as well, and without an end. False if the caller goes away before.
async fn speaks(connection: &TcpStream) -> bool {
    let mut begun = [0; PREFACE.len()];
    loop {
        match connection.peek(&mut begun).await {
            Ok(0) | Err(_) => return false,
            Ok(bytes) if bytes < PREFACE.len() && PREFACE.starts_with(&begun[..bytes]) => {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            Ok(_) => return true,
        }
    }
}

/// Bounds the wait for an acknowledgement, too: a connection that has sent bytes is not quiet. A caller that takes nothing
/// for so long is given up as well.
pub fn give_up_in_time(connection: &TcpStream) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(connection, LOST) {
        tracing::debug!(%error, "a connection keeps the system's own timeouts");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = connection;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::io::AsyncWriteExt;

    use super::*;

    async fn listening(
        most: usize,
    ) -> (std::net::SocketAddr, impl Stream<Item = (TcpStream, Place)> + Unpin) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        (listener.local_addr().unwrap(), connections(listener, most))
    }

    async fn connected(address: std::net::SocketAddr, words: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(words).await.unwrap();
        stream
    }

    /// Whether the server has closed it, within `time`.
    async fn is_closed(stream: &TcpStream, time: Duration) -> bool {
        let ended = tokio::time::timeout(time, stream.peek(&mut [0])).await;
        ended.is_ok_and(|ended| ended.map_or(true, |bytes| bytes == 0))
    }

    #[tokio::test]
    async fn who_speaks_is_let_in_past_those_who_are_silent_or_slow() {
        let (address, mut connections) = listening(9).await;
        let _silent = connected(address, b"").await;
        let mut slow = connected(address, &PREFACE[..3]).await;
        for words in [&PREFACE[..], b"GET / HTTP/1.1\r\n", b"PUT", b"\x16\x03\x01", b"PRX"] {
            let speaking = connected(address, words).await;
            let (accepted, _) = connections.next().await.unwrap();
            assert_eq!(accepted.peer_addr().unwrap(), speaking.local_addr().unwrap());
        }
        slow.write_all(&PREFACE[3..]).await.unwrap();
        let (accepted, _) = connections.next().await.unwrap();
        assert_eq!(accepted.peer_addr().unwrap(), slow.local_addr().unwrap());
    }

    #[tokio::test]
    async fn the_silent_lose_their_places_in_time() {
        let (address, mut connections) = listening(2).await;
        let silent = [connected(address, b"").await, connected(address, &PREFACE[..23]).await];
        let begun = std::time::Instant::now();
        let third = connected(address, b"GET").await;
        let (accepted, place) = connections.next().await.unwrap();
        assert_eq!(accepted.peer_addr().unwrap(), third.local_addr().unwrap());
        let waited = begun.elapsed();
        assert!(waited > GREETING / 2 && waited < GREETING * 2, "{waited:?}");
        for silent in silent {
            assert!(is_closed(&silent, Duration::from_secs(5)).await);
        }
        // Nor is there more room than was said, as long as somebody is there.
        let more = [connected(address, b"GET").await, connected(address, b"GET").await];
        let held = connections.next().await.unwrap();
        let next = tokio::time::timeout(Duration::from_millis(200), connections.next()).await;
        assert!(next.is_err());
        drop((place, more, held));
        assert!(connections.next().await.is_some());
    }

    #[tokio::test]
    async fn when_no_more_are_taken_the_listener_and_the_silent_are_closed() {
        let (address, connections) = listening(9).await;
        let silent = connected(address, b"").await;
        drop(connections);
        assert!(is_closed(&silent, Duration::from_secs(5)).await);
        assert!(TcpStream::connect(address).await.is_err());
    }
}
