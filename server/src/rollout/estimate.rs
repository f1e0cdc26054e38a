//! What one rendition costs, measured by making some in memory.

use std::{sync::Arc, time::Duration};

use rendition_imaging::{Limits, Spec};
use rustix::time::{ClockId, clock_gettime};

use super::{Setting, stock::spread, walk::Source};
use crate::{engine::storage_error, model::Error, storage::ReadOptions};

/// What one rendition costs in the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Seconds of one processor's time, for the decode, the operations and the encoding.
    pub seconds: f64,
    /// Twice the standard error of that, in seconds; 0 for a single one.
    pub error: f64,
    /// Bytes of the rendition.
    pub bytes: f64,
    /// How many were made.
    pub made: usize,
    /// How many sources of the sample could not be made into it.
    pub failed: usize,
}

/// Makes a spec's renditions of a sample of sources, and measures them. None if there is nothing to make, or nothing could be.
pub(super) async fn of(
    setting: &Setting<'_>,
    spec: &Spec,
    wanted: &[&Source],
) -> Result<Option<Estimate>, Error> {
    let spec = Arc::new(spec.clone());
    let limits = setting.limits;
    let (mut times, mut bytes, mut failed) = (Vec::new(), 0.0, 0);
    for source in spread(wanted, setting.options.sample) {
        let Some(store) = setting.stores.sources.get(&source.store) else { continue };
        let options = ReadOptions { if_version: None, max_bytes: Some(setting.max_source_bytes) };
        let object = match store.read(source.path.as_str(), &options).await {
            Ok(Some(object)) => object,
            // Gone since the walk, or larger than the server would take.
            Ok(None) => continue,
            Err(error) if !error.is_temporary() => {
                failed += 1;
                continue;
            }
            Err(error) => return Err(storage_error(&error)),
        };
        let spec = spec.clone();
        let made = tokio::task::spawn_blocking(move || make(&object.bytes, &spec, &limits)).await;
        match made {
            Ok(Some((time, length))) => {
                times.push(time.as_secs_f64());
                bytes += length as f64;
            }
            // No image that it can be made of, or a codec that panics: the server would answer a failure.
            Ok(None) | Err(_) => failed += 1,
        }
    }
    Ok(summed_up(&times, bytes, failed))
}

/// Makes one rendition; the thread's time that it took, and its length. None if it cannot be made.
fn make(source: &[u8], spec: &Spec, limits: &Limits) -> Option<(Duration, usize)> {
    let begun = thread_time();
    let encoded = rendition_imaging::generate(source, spec, limits).ok()?;
    Some((thread_time().saturating_sub(begun), encoded.bytes.len()))
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn summed_up(times: &[f64], bytes: f64, failed: usize) -> Option<Estimate> {
    if times.is_empty() {
        return None;
    }
    let count = times.len() as f64;
    let seconds = times.iter().sum::<f64>() / count;
    // The sample's own variance, with one degree of freedom spent on the mean.
    let variance = times.iter().map(|time| (time - seconds).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    let error = 2.0 * (variance / count).sqrt();
    Some(Estimate { seconds, error, bytes: bytes / count, made: times.len(), failed })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_error_is_twice_the_standard_error_of_the_mean() {
        let estimate = summed_up(&[1.0, 2.0, 3.0, 2.0], 40.0, 1).unwrap();
        assert_eq!((estimate.seconds, estimate.bytes, estimate.made, estimate.failed), (2.0, 10.0, 4, 1));
        // Variance 2/3, of the mean 1/6.
        assert!((estimate.error - 2.0 * (1.0f64 / 6.0).sqrt()).abs() < 1e-12);
        assert_eq!(summed_up(&[1.0], 1.0, 0).unwrap().error, 0.0);
        assert_eq!(summed_up(&[], 0.0, 3), None);
    }
}
