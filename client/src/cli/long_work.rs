//! What the commands about long work share: they follow it to its end, keep where it stands, and tell how to go on if it is
//! stopped.

use std::pin::pin;

use futures_util::{FutureExt, StreamExt};
use rendition_client::{Error, Progress};

use super::{Complaint, progress_line::ProgressLine, resume_arguments::ResumeArguments};

/// Follows some work. `token` gives where it stands, and `told` prints what is new. Gives the last thing that it told.
pub(crate) async fn follow<T: Send + 'static>(
    mut progress: Progress<T>,
    resume: &ResumeArguments,
    token: impl Fn(&T) -> Option<&str>,
    mut told: impl FnMut(&T, &mut ProgressLine) -> Result<(), Complaint>,
) -> Result<T, Complaint> {
    let mut line = ProgressLine::new();
    let mut last: Option<T> = None;
    let mut interrupt = pin!(tokio::signal::ctrl_c().fuse());
    loop {
        let next = tokio::select! {
            next = progress.next() => next.map(|told| told.map_err(Complaint::from)),
            // Where no signal can be waited for, it ends the process as ever.
            Ok(()) = &mut interrupt => Some(Err(Complaint::Interrupted)),
        };
        match next {
            Some(Ok(now)) => {
                told(&now, &mut line)?;
                resume.keep(token(&now))?;
                last = Some(now);
            }
            Some(Err(complaint)) => {
                line.clear();
                if let Some(token) = last.as_ref().and_then(&token) {
                    eprintln!("{}", resume.way_on(token));
                }
                return Err(complaint);
            }
            None => {
                line.clear();
                return last.ok_or_else(|| Error::Malformed("progress").into());
            }
        }
    }
}
