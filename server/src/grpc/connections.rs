//! New connections: how long they may be quiet, and how they come to the server.

use std::{io, time::Duration};

use futures_util::{Stream, StreamExt};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
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

/// How long a new connection may take to send its first bytes.
const GREETING: Duration = Duration::from_secs(10);
/// So many of them: HTTP/2's preface (RFC 9113, 3.4). Whoever speaks TLS begins with more.
const PREFACE: usize = 24;
/// How far looks at a preface are apart of which a part has come.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// How long nobody is let in where that failed: mostly for want of file descriptors, which others have to give back.
const AFTER_ERROR: Duration = Duration::from_millis(100);

/// The connections of a listener, each once its caller has begun to speak: one that says nothing would otherwise be there for
/// ever, and hold up the drain. Dropping the stream closes the listener and those that have not spoken.
pub fn connections(listener: TcpListener) -> impl Stream<Item = io::Result<TcpStream>> {
    // Without it a small answer waits some 40 ms for the acknowledgement of the one before. The builder's
    // own option counts only where it binds the port itself.
    //
    // Peers that vanished are found by the kernel: HTTP/2's own pings would cost every request some looks at the clock and
    // turns at a lock that all streams of a connection share.
    let incoming = TcpIncoming::from(listener)
        .with_nodelay(Some(true))
        .with_keepalive(Some(QUIET))
        .with_keepalive_interval(Some(PROBES))
        .with_keepalive_retries(Some(UNANSWERED));
    let (sender, receiver) = mpsc::channel(64);
    tokio::spawn(accept(incoming, sender));
    ReceiverStream::new(receiver).map(Ok)
}

/// Lets callers in until nobody takes them any more.
async fn accept(mut incoming: TcpIncoming, taken: mpsc::Sender<TcpStream>) {
    let mut waiting = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = taken.closed() => return,
            Some(_) = waiting.join_next() => continue,
            accepted = incoming.next() => accepted,
        };
        match accepted {
            Some(Ok(connection)) => {
                give_up_in_time(&connection);
                let taken = taken.clone();
                waiting.spawn(async move {
                    let speaks = tokio::time::timeout(GREETING, speaks(&connection)).await;
                    if speaks.is_ok_and(|speaks| speaks) {
                        // The server may be about to end.
                        let _ = taken.send(connection).await;
                    }
                });
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(AFTER_ERROR).await;
            }
            None => return,
        }
    }
}

/// Waits for a preface; false if the caller goes away before.
async fn speaks(connection: &TcpStream) -> bool {
    let mut preface = [0; PREFACE];
    loop {
        match connection.peek(&mut preface).await {
            Ok(0) | Err(_) => return false,
            Ok(PREFACE..) => return true,
            Ok(_) => tokio::time::sleep(LOOK_AGAIN).await,
        }
    }
}

/// Bounds the wait for an acknowledgement, too: a connection that has sent bytes is not quiet.
fn give_up_in_time(connection: &TcpStream) {
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

    async fn listening() -> (std::net::SocketAddr, impl Stream<Item = io::Result<TcpStream>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        (listener.local_addr().unwrap(), connections(listener))
    }

    #[tokio::test]
    async fn who_speaks_is_let_in_past_those_who_are_silent_or_slow() {
        let (address, connections) = listening().await;
        let _silent = TcpStream::connect(address).await.unwrap();
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"PRI").await.unwrap();
        let mut speaking = TcpStream::connect(address).await.unwrap();
        speaking.write_all(&[b'P'; PREFACE]).await.unwrap();
        tokio::pin!(connections);
        let accepted = connections.next().await.unwrap().unwrap();
        assert_eq!(accepted.peer_addr().unwrap(), speaking.local_addr().unwrap());
        slow.write_all(&[b'P'; PREFACE - 3]).await.unwrap();
        let accepted = connections.next().await.unwrap().unwrap();
        assert_eq!(accepted.peer_addr().unwrap(), slow.local_addr().unwrap());
    }

    #[tokio::test]
    async fn when_no_more_are_taken_the_listener_and_the_silent_are_closed() {
        let (address, connections) = listening().await;
        let silent = TcpStream::connect(address).await.unwrap();
        drop(connections);
        let ended = tokio::time::timeout(Duration::from_secs(5), silent.peek(&mut [0])).await.unwrap();
        assert!(ended.is_err() || ended.is_ok_and(|bytes| bytes == 0));
        assert!(TcpStream::connect(address).await.is_err());
    }
}
