//! Deadlines: a call whose `grpc-timeout` passes is answered DEADLINE_EXCEEDED (tonic alone says
//! CANCELLED), and handlers can see how long their caller will listen.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use http::{HeaderMap, Request, Response};
use pin_project_lite::pin_project;
use tokio::{
    task::{Unconstrained, unconstrained},
    time::{Instant, Sleep},
};
use tonic::body::Body;
use tower::{Layer, Service};

use super::status::status;
use crate::model::{Error, Reason};

/// How much earlier than the caller's own clock the answer is sent: tonic's clock started before ours and
/// would win with its wrong code, and the answer should be there before the caller gives up.
const EARLIER: Duration = Duration::from_millis(2);

/// When the caller of a request stops listening; in the request's extensions.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(pub Instant);

/// Adds the deadline to every service.
#[derive(Clone, Copy, Debug)]
pub struct DeadlineLayer;

impl<S> Layer<S> for DeadlineLayer {
    type Service = DeadlineService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        DeadlineService { inner }
    }
}

/// See [`DeadlineLayer`].
#[derive(Clone, Debug)]
pub struct DeadlineService<S> {
    inner: S,
}

impl<S> Service<Request<Body>> for DeadlineService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Answer<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        // A timeout too large for the clock is none.
        let deadline = timeout(request.headers()).and_then(|timeout| Instant::now().checked_add(timeout));
        if let Some(deadline) = deadline {
            request.extensions_mut().insert(Deadline(deadline));
        }
        Answer { inner: self.inner.call(request), deadline, alarm: None }
    }
}

pin_project! {
    /// A call's answer, or DEADLINE_EXCEEDED when it is due first.
    pub struct Answer<F> {
        #[pin]
        inner: F,
        deadline: Option<Instant>,
        // Set when there is something to wait for: a cached answer is there before any timer is. Unconstrained,
        // or a handler that uses up its turn's budget at every poll would keep it from ringing.
        alarm: Option<Pin<Box<Unconstrained<Sleep>>>>,
    }
}

impl<F, E> Future for Answer<F>
where
    F: Future<Output = Result<Response<Body>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(answer) = this.inner.poll(context) {
            return Poll::Ready(answer);
        }
        let Some(deadline) = *this.deadline else { return Poll::Pending };
        let alarm = this.alarm.get_or_insert_with(|| {
            let at = deadline.checked_sub(EARLIER).unwrap_or(deadline);
            Box::pin(unconstrained(tokio::time::sleep_until(at)))
        });
        ready!(alarm.as_mut().poll(context));
        let error = Error::new(
            Reason::DeadlineExceeded,
            "the deadline passed; the work goes on if others wait for it: ask again, or set max_wait",
        );
        Poll::Ready(Ok(status(&error).into_http()))
    }
}

/// The timeout in a request's headers: up to eight digits and a unit.
fn timeout(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn timeouts_are_read_in_every_unit_and_nonsense_is_none() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", text.parse().unwrap());
            timeout(&headers)
        };
        assert_eq!(read("2H"), Some(Duration::from_secs(7200)));
        assert_eq!(read("3M"), Some(Duration::from_secs(180)));
        assert_eq!(read("1S"), Some(Duration::from_secs(1)));
        assert_eq!(read("250m"), Some(Duration::from_millis(250)));
        assert_eq!(read("99999999u"), Some(Duration::from_micros(99_999_999)));
        for nonsense in ["", "S", "1", "123456789S", "-1S", "1 S", "1s"] {
            assert_eq!(read(nonsense), None, "{nonsense:?}");
        }
    }
}
