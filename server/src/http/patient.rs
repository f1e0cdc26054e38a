//! A connection that is cut when its caller takes nothing for too long.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};

/// What a caller must take in the time that it has, in bytes; less is as good as nothing.
const LEAST: usize = 16 << 10;

/// A stream whose writes fail once the other side has taken less than [`LEAST`] for so long, while there was something to
/// take.
pub struct Patient<S> {
    stream: S,
    patience: Duration,
    /// When it ends; counts only while somebody waits.
    end: Pin<Box<Sleep>>,
    /// What was taken since the wait began; none while nobody waits.
    taken: Option<usize>,
}

impl<S> Patient<S> {
    /// Wraps a stream.
    pub fn new(stream: S, patience: Duration) -> Self {
        Self { stream, patience, end: Box::pin(tokio::time::sleep(patience)), taken: None }
    }

    /// Notes what came of a write.
    fn note(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match (&written, self.taken) {
            (Poll::Ready(Ok(bytes)), Some(taken)) => {
                let taken = taken + bytes;
                self.taken = (taken < LEAST).then_some(taken);
            }
            (Poll::Ready(_), _) => {}
            (Poll::Pending, None) => {
                self.taken = Some(0);
                let end = Instant::now() + self.patience;
                self.end.as_mut().reset(end);
                ready!(self.end.as_mut().poll(context));
            }
            (Poll::Pending, Some(_)) => {
                ready!(self.end.as_mut().poll(context));
                return Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the caller does not take its answer",
                )));
            }
        }
        written
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.note(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Called when all that was to be written is: nobody waits any more.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.taken = None;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_takes_nothing_is_cut_off_in_time() {
        let (ours, _theirs) = duplex(1024);
        let begun = Instant::now();
        let error = Patient::new(ours, PATIENCE).write_all(&[0; 4096]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(begun.elapsed() >= PATIENCE && begun.elapsed() < PATIENCE * 2, "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_takes_drop_by_drop_is_cut_off_as_well() {
        let (ours, mut theirs) = duplex(1024);
        let reading = tokio::spawn(async move {
            let mut drop = [0; 10];
            while theirs.read_exact(&mut drop).await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let mut ours = Patient::new(ours, PATIENCE);
        assert!(ours.write_all(&vec![0; 1 << 20]).await.is_err());
        drop(ours);
        reading.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_is_slow_but_takes_enough_gets_all() {
        let (ours, mut theirs) = duplex(1024);
        let reading = tokio::spawn(async move {
            let (mut taken, mut piece) = (0, [0; 1024]);
            while let Ok(bytes @ 1..) = theirs.read(&mut piece).await {
                taken += bytes;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            taken
        });
        let mut ours = Patient::new(ours, PATIENCE);
        ours.write_all(&vec![0; 256 << 10]).await.unwrap();
        drop(ours);
        assert_eq!(reading.await.unwrap(), 256 << 10);
    }
}
