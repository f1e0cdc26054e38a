//! The cache of what source images are: how large, and what can be shown before they are there. It is a fact about a version of
//! a source that never changes; it is forgotten with it, and to make room.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use rendition_imaging::{Placeholder, Size};

use super::{Lifetime, Lifetimes};
use crate::model::{Clock, Error, SourcePath, StoreName, Timestamp, VersionTag};

type Place = (StoreName, SourcePath);

/// What one version of a source is.
#[derive(Clone, Debug)]
pub struct SourceImage {
    /// The version.
    pub tag: VersionTag,
    /// Its oriented size, or why nobody can tell it.
    pub size: Result<Size, Error>,
    /// What can be shown before it is there, if it was ever made.
    pub placeholder: Option<Arc<Placeholder>>,
    /// From when on it is looked at again.
    pub expires_at: Timestamp,
}

/// What is known of the latest version of each source; bounded.
#[derive(Debug)]
pub struct SourceImages {
    entries: Cache<Place, Arc<SourceImage>>,
    lifetimes: Lifetimes,
    clock: Clock,
    enabled: bool,
}

impl SourceImages {
    /// A cache of about `max_bytes`, or one that is switched off.
    pub fn new(enabled: bool, max_bytes: u64, lifetimes: Lifetimes, clock: Clock) -> Self {
        const BOOKKEEPING: usize = 320;
        let entries = Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|place: &Place, _: &Arc<SourceImage>| {
                u32::try_from(place.1.as_str().len() + BOOKKEEPING).unwrap_or(u32::MAX)
            })
            .build();
        Self { entries, lifetimes, clock, enabled }
    }

    /// What is known of a version of a source.
    pub fn get(&self, place: &Place, tag: &VersionTag) -> Option<Arc<SourceImage>> {
        self.entries.get(place).filter(|image| image.tag == *tag && image.expires_at > self.clock.now())
    }

    /// Remembers how large a version of a source is. What could be shown of it before stays.
    pub fn measured(&self, place: &Place, tag: &VersionTag, size: Size) {
        // Where versions are not told apart, a source that was replaced is measured again after a while.
        let expires_at = self.lifetimes.ready.expiry(self.clock.now(), place);
        let placeholder = self.get(place, tag).and_then(|image| image.placeholder.clone());
        self.put(place, SourceImage { tag: tag.clone(), size: Ok(size), placeholder, expires_at });
    }

    /// Remembers for a moment why nobody can tell how large a version of a source is.
    pub fn unmeasured(&self, place: &Place, tag: &VersionTag, error: Error) {
        let expires_at = Lifetime::For(self.lifetimes.absent).expiry(self.clock.now(), place);
        self.put(place, SourceImage { tag: tag.clone(), size: Err(error), placeholder: None, expires_at });
    }

    /// Remembers what can be shown before a version of a source is there.
    pub fn pictured(&self, place: &Place, tag: &VersionTag, placeholder: &Placeholder) {
        if let Some(image) = self.get(place, tag) {
            let placeholder = Some(Arc::new(placeholder.clone()));
            self.put(place, SourceImage { placeholder, ..(*image).clone() });
        }
    }

    /// Forgets what is known of a source: other bytes may lie there under the same tag.
    pub fn forget(&self, place: &Place) {
        self.entries.invalidate(place);
    }

    /// For how long it is remembered that a source could not be measured.
    pub fn unmeasured_for(&self) -> Duration {
        self.lifetimes.absent
    }

    /// Puts back what an earlier process knew, if nothing is known yet and it is still believed.
    pub fn restore(&self, place: &Place, image: SourceImage) -> bool {
        let now = self.clock.now();
        let expires_at = image.expires_at.min(self.lifetimes.ready.expiry(now, place));
        if expires_at <= now || !self.enabled || self.entries.contains_key(place) {
            return false;
        }
        self.put(place, SourceImage { expires_at, ..image });
        true
    }

    /// All that is remembered and still believed, while others go on to change it.
    pub fn all(&self, now: Timestamp) -> impl Iterator<Item = (Arc<Place>, Arc<SourceImage>)> {
        self.entries.iter().filter(move |(_, image)| image.expires_at > now)
    }

    /// Frees what is over the bound.
    pub fn tidy(&self) {
        self.entries.run_pending_tasks();
    }

    fn put(&self, place: &Place, image: SourceImage) {
        if self.enabled {
            self.entries.insert(place.clone(), Arc::new(image));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::model::{Reason, Version};

    fn images() -> (SourceImages, Clock, Place) {
        let clock = Clock::manual(Timestamp::from_millis(1_000_000));
        let lifetimes = Lifetimes {
            ready: Lifetime::Forever,
            absent: Duration::from_secs(5),
            source: Duration::from_secs(10),
        };
        let place = (StoreName::new("media").unwrap(), SourcePath::new("cat.jpg").unwrap());
        (SourceImages::new(true, 1 << 20, lifetimes, clock.clone()), clock, place)
    }

    fn tag(version: &str) -> VersionTag {
        VersionTag::Of(Version::new(version).unwrap())
    }

    #[test]
    fn what_is_known_of_one_version_is_not_told_of_another() {
        let (images, _, place) = images();
        images.measured(&place, &tag("1"), Size::new(4, 3));
        assert_eq!(*images.get(&place, &tag("1")).unwrap().size.as_ref().unwrap(), Size::new(4, 3));
        assert!(images.get(&place, &tag("2")).is_none());
    }

    #[test]
    fn a_placeholder_goes_with_the_version_and_survives_a_second_measure() {
        let (images, _, place) = images();
        let placeholder = Placeholder { thumbhash: vec![1], dominant_color: [1, 2, 3] };
        images.pictured(&place, &tag("1"), &placeholder);
        assert!(images.get(&place, &tag("1")).is_none(), "nothing to put it to");
        images.measured(&place, &tag("1"), Size::new(4, 3));
        images.pictured(&place, &tag("1"), &placeholder);
        images.measured(&place, &tag("1"), Size::new(4, 3));
        assert_eq!(images.get(&place, &tag("1")).unwrap().placeholder.as_deref(), Some(&placeholder));
        images.measured(&place, &tag("2"), Size::new(4, 3));
        assert!(images.get(&place, &tag("2")).unwrap().placeholder.is_none());
    }

    #[test]
    fn what_could_not_be_measured_is_tried_again_soon() {
        let (images, clock, place) = images();
        images.unmeasured(&place, &tag("1"), Error::new(Reason::SourceUndecodable, "broken"));
        assert!(images.get(&place, &tag("1")).unwrap().size.is_err());
        clock.advance(Duration::from_secs(5));
        assert!(images.get(&place, &tag("1")).is_none());
    }
}
