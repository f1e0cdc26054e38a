//! What an error must have, however it comes: code, reason, domain and the field's path.

use std::time::{Duration, Instant};

use rendition_client::{Code, Error, Reason, StatusError};

/// Checks a refusal, and gives it for more.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(
    answer: Result<T, Error>,
    code: Code,
    reason: &str,
    field: Option<&str>,
) -> StatusError {
    let error = answer.expect_err("it was not refused");
    let status = error.status().unwrap_or_else(|| panic!("no status: {error}")).clone();
    assert_eq!(status.code, code, "{status:?}");
    assert_eq!(status.reason.as_ref().map(Reason::as_str), Some(reason), "{status:?}");
    let fields: Vec<&str> = status.violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, Vec::from_iter(field), "{status:?}");
    assert!(!status.message.is_empty());
    status
}

/// Gives what a call answers, which must come within a second.
pub async fn at_once<T>(call: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let answer = call.await;
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(1), "it took {took:?}");
    answer
}
