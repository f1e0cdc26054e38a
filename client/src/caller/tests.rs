#![allow(clippy::unwrap_used)]
//! Runs on tokio's paused clock: pauses pass at once and are measured exactly.

use std::{cell::RefCell, collections::VecDeque, future::ready};

use tonic_types::{ErrorDetails, StatusExt};

use super::*;

fn caller(timeout: Option<Duration>) -> Caller {
    Caller::new(RetryPolicy::default(), timeout, None, None)
}

fn unavailable() -> Status {
    Status::unavailable("try later")
}

fn come_back_in(code: Code, delay: Duration) -> Status {
    Status::with_error_details(code, "busy", ErrorDetails::with_retry_info(Some(delay)))
}

/// Answers from a script, and notes the time that each attempt was given.
struct Script {
    answers: RefCell<VecDeque<Result<u32, Status>>>,
    remaining: RefCell<Vec<Option<Duration>>>,
}

impl Script {
    fn new(answers: impl IntoIterator<Item = Result<u32, Status>>) -> Self {
        Self { answers: RefCell::new(answers.into_iter().collect()), remaining: RefCell::default() }
    }

    async fn run(&self, caller: &Caller) -> Result<u32, Error> {
        caller
            .call(|remaining| {
                self.remaining.borrow_mut().push(remaining);
                ready(self.answers.borrow_mut().pop_front().unwrap())
            })
            .await
    }

    fn attempts(&self) -> usize {
        self.remaining.borrow().len()
    }
}

#[tokio::test(start_paused = true)]
async fn an_unavailable_server_is_asked_again() {
    let script = Script::new([Err(unavailable()), Err(unavailable()), Ok(7)]);
    assert_eq!(script.run(&caller(None)).await.unwrap(), 7);
    assert_eq!(script.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_last_error_is_answered_when_all_attempts_fail() {
    let script = Script::new((0..5).map(|_| Err(unavailable())));
    let error = script.run(&caller(None)).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);
    assert_eq!(script.attempts(), 5);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_repeating_cannot_mend_is_answered_at_once() {
    for number in (1..=16).filter(|number| *number != Code::Unavailable as i32) {
        let script = Script::new([Err(Status::new(Code::from_i32(number), "no"))]);
        assert_eq!(script.run(&caller(None)).await.unwrap_err().code(), Code::from_i32(number));
        assert_eq!(script.attempts(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_overloaded_server_is_asked_again_when_it_said() {
    let delay = Duration::from_secs(2);
    let script = Script::new([Err(come_back_in(Code::ResourceExhausted, delay)), Ok(1)]);
    let begin = Instant::now();
    script.run(&caller(None)).await.unwrap();
    let took = begin.elapsed();
    assert!((delay..=delay + Duration::from_millis(101)).contains(&took), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_would_reach_the_deadline_is_not_begun() {
    let timeout = Duration::from_secs(3);
    let script = Script::new([Err(come_back_in(Code::Unavailable, timeout))]);
    let begin = Instant::now();
    let error = script.run(&caller(Some(timeout))).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(timeout));
    assert_eq!(begin.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn each_attempt_is_given_what_remains() {
    let delay = Duration::from_secs(4);
    let script = Script::new([Err(come_back_in(Code::Unavailable, delay)), Ok(1)]);
    script.run(&caller(Some(Duration::from_secs(10)))).await.unwrap();
    let remaining = script.remaining.borrow();
    assert_eq!(remaining[0], Some(Duration::from_secs(10)));
    let second = remaining[1].unwrap();
    assert!(second <= Duration::from_secs(6) && second > Duration::from_millis(5890), "{second:?}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_left_at_the_deadline() {
    let timeout = Duration::from_millis(250);
    let begin = Instant::now();
    let error = caller(Some(timeout)).call::<u32, _, _>(|_| std::future::pending()).await.unwrap_err();
    assert!(matches!(error, Error::DeadlineExceeded { timeout: given, last: None } if given == timeout));
    assert!(begin.elapsed() >= timeout && begin.elapsed() <= timeout + Duration::from_millis(2));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_tells_why_the_attempt_before_failed() {
    let mut first = true;
    let error = caller(Some(Duration::from_secs(1)))
        .call::<u32, _, _>(|_| {
            let failed = std::mem::take(&mut first);
            async move { if failed { Err(unavailable()) } else { std::future::pending().await } }
        })
        .await
        .unwrap_err();
    let Error::DeadlineExceeded { last: Some(last), .. } = error else { panic!("{error}") };
    assert_eq!(last.code, Code::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn calls_that_keep_failing_use_up_the_budget_that_all_clones_share() {
    let policy = RetryPolicy::default().budget(10, 0.1);
    let caller = Caller::new(policy, None, None, None);
    let first = Script::new((0..5).map(|_| Err(unavailable())));
    first.run(&caller.clone()).await.unwrap_err();
    assert_eq!(first.attempts(), 5);
    let second = Script::new([Err(unavailable())]);
    second.run(&caller).await.unwrap_err();
    assert_eq!(second.attempts(), 1, "five failures leave half of ten tokens");
}
