//! How long what is remembered stays true.

use std::{hash::Hash, time::Duration};

use crate::model::Timestamp;

/// How long an entry is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// For so long, less a jitter of up to a tenth, so that what was learnt together is not asked
    /// for again together.
    For(Duration),
    /// Until it is invalidated: for stores that nobody else deletes from.
    Forever,
}

impl Lifetime {
    /// When an entry of this lifetime, learnt now, expires. The jitter is a function of `key` alone,
    /// which spreads keys as well as chance would and makes tests repeatable.
    pub fn expiry<K: Hash + ?Sized>(self, now: Timestamp, key: &K) -> Timestamp {
        match self {
            Self::Forever => Timestamp::from_millis(u64::MAX),
            Self::For(duration) => now.after(duration.mul_f64(1.0 - 0.1 * fraction(key))),
        }
    }
}

fn fraction<K: Hash + ?Sized>(key: &K) -> f64 {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
    f64::from(u32::try_from(hash >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

/// The lifetimes of all kinds of entries.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Of a rendition that exists.
    pub ready: Lifetime,
    /// Of a rendition or a source that does not.
    pub absent: Duration,
    /// Of a source's version.
    pub source: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_shortens_by_a_tenth_at_the_most_and_spreads() {
        let now = Timestamp::from_millis(1_000_000);
        let expiries: Vec<u64> = (0..200)
            .map(|key| {
                Lifetime::For(Duration::from_secs(100)).expiry(now, &key).since(now).as_millis() as u64
            })
            .collect();
        assert!(expiries.iter().all(|millis| (90_000..=100_000).contains(millis)));
        let spread = expiries.iter().max().unwrap_or(&0) - expiries.iter().min().unwrap_or(&0);
        assert!(spread > 5_000, "{spread}");
    }
}
