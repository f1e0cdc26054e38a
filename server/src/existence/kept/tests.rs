//! A keep and two caches over it: that of the process that ends, and that of the next one.
#![allow(clippy::unwrap_used)]

use std::{fs, time::Duration};

use rendition_imaging::{Placeholder, Size};
use tempfile::TempDir;

use super::*;
use crate::{
    existence::{Known, Lifetime, Lifetimes, SourceFacts},
    model::{ImageInfo, RenditionKey, SourcePath, Timestamp, Version, VersionTag},
};

const START: u64 = 1_700_000_000;
const READY: Duration = Duration::from_secs(1000);

/// What one process has.
struct Process {
    keep: Keep,
    renditions: RenditionCache,
    sources: SourceCache,
    images: SourceImages,
    clock: Clock,
}

fn identities(renditions: &str) -> Identities {
    let media = StoreName::new("media").unwrap();
    Identities { renditions: Some(renditions.into()), sources: BTreeMap::from([(media, "fs /media".into())]) }
}

impl Process {
    fn at(folder: &TempDir, seconds: u64) -> Self {
        Self::with(folder, seconds, identities("fs /renditions"), Lifetime::For(READY))
    }

    fn with(folder: &TempDir, seconds: u64, identities: Identities, ready: Lifetime) -> Self {
        let clock = Clock::manual(Timestamp::from_millis((START + seconds) * 1000));
        let lifetimes = Lifetimes { ready, absent: Duration::from_secs(5), source: Duration::from_secs(100) };
        let renditions = RenditionCache::new(true, 1 << 20, lifetimes, clock.clone());
        let sources = SourceCache::new(true, 1 << 20, lifetimes, clock.clone());
        let images = SourceImages::new(true, 1 << 20, lifetimes, clock.clone());
        let keep =
            Keep::open(&folder.path().join("kept/existence"), 1 << 20, identities, clock.clone()).unwrap();
        renditions.note_forgotten(keep.forgotten());
        Self { keep, renditions, sources, images, clock }
    }

    fn caches(&self) -> Caches<'_> {
        Caches { renditions: &self.renditions, sources: &self.sources, images: &self.images }
    }

    fn load(&self) -> Result<Tally, Unreadable> {
        self.keep.load(self.caches())
    }

    fn save(&self, moment: Moment) {
        self.keep.save(self.caches(), moment).unwrap();
    }

    fn source(&self) -> Option<String> {
        self.sources.get(&place()).and_then(|record| record.version().map(ToString::to_string))
    }

    fn knows(&self, number: u32) -> bool {
        self.renditions.get(&key(number)).is_some_and(|record| matches!(record.known, Known::Ready(_)))
    }
}

fn key(number: u32) -> RenditionKey {
    let text = format!("media/{number}.jpg/small.0.0123456789abcdef0123456789abcdef.webp");
    RenditionKey::parse(&text).unwrap()
}

fn place() -> (StoreName, SourcePath) {
    (StoreName::new("media").unwrap(), SourcePath::new("1.jpg").unwrap())
}

fn tag() -> VersionTag {
    VersionTag::Of(Version::new("v1").unwrap())
}

/// A process that knows a rendition, with its placeholder, and a source.
fn knowing(folder: &TempDir) -> Process {
    let process = Process::at(folder, 0);
    let image = ImageInfo { media_type: "image/webp", width: 4, etag: "e".into(), ..ImageInfo::default() };
    let placeholder = Placeholder { thumbhash: vec![7], dominant_color: [1, 2, 3] };
    process.renditions.written(&key(1), image, placeholder);
    let facts = SourceFacts { version: Some(Version::new("v1").unwrap()), size: 9 };
    process.sources.put(&place(), Some(facts), process.sources.ask());
    process.images.measured(&place(), &tag(), Size::new(4000, 3000));
    process
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("kept/existence")
}

#[test]
fn the_next_process_knows_what_the_last_one_knew_and_how_old_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let last = knowing(&folder);
    let known = last.renditions.get(&key(1)).unwrap();
    last.clock.advance(Duration::from_secs(10));
    last.save(Moment::End);

    let next = Process::at(&folder, 60);
    assert_eq!(next.load().unwrap(), Tally { renditions: 1, sources: 1, images: 1 });
    let recalled = next.renditions.get(&key(1)).unwrap();
    assert_eq!(format!("{recalled:?}"), format!("{known:?}"), "to the time when it was checked");
    assert_eq!(next.source().as_deref(), Some("v1"));
    assert_eq!(*next.images.get(&place(), &tag()).unwrap().size.as_ref().unwrap(), Size::new(4000, 3000));

    assert_eq!(Process::at(&folder, 2000).load().unwrap(), Tally::default(), "expired meanwhile");
}

#[test]
fn versions_of_sources_are_kept_at_the_end_only_and_recalled_once() {
    let folder = tempfile::tempdir().unwrap();
    knowing(&folder).save(Moment::Meanwhile);
    let next = Process::at(&folder, 1);
    assert_eq!(next.load().unwrap(), Tally { renditions: 1, sources: 0, images: 1 });
    knowing(&folder).save(Moment::End);
    assert_eq!(Process::at(&folder, 1).load().unwrap().sources, 1);
    // That one was killed, after it had perhaps learnt better.
    let killed = Process::at(&folder, 2);
    assert_eq!(killed.load().unwrap(), Tally { renditions: 1, sources: 0, images: 1 });
    assert_eq!(killed.source(), None);
}

#[test]
fn what_was_forgotten_does_not_come_back_though_the_process_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let killed = knowing(&folder);
    for number in [2, 3, 4] {
        killed.renditions.ready(&key(number), ImageInfo::default());
    }
    killed.renditions.forget(&key(1));
    killed.save(Moment::Meanwhile);
    killed.renditions.forget(&key(2));
    killed.clock.advance(Duration::from_secs(1));
    killed.renditions.absent(&key(3), killed.clock.now());

    let next = Process::at(&folder, 2);
    next.load().unwrap();
    assert_eq!([1, 2, 3, 4].map(|number| next.knows(number)), [false, false, false, true]);
}

#[test]
fn what_was_made_again_after_a_purge_is_kept_by_the_next_save() {
    let folder = tempfile::tempdir().unwrap();
    let process = knowing(&folder);
    process.save(Moment::Meanwhile);
    process.renditions.forget(&key(1));
    process.renditions.ready(&key(1), ImageInfo::default());
    process.save(Moment::Meanwhile);
    let next = Process::at(&folder, 1);
    next.load().unwrap();
    assert!(next.knows(1));
}

#[test]
fn a_clock_that_was_set_back_makes_nothing_younger_and_nothing_older() {
    let folder = tempfile::tempdir().unwrap();
    let last = knowing(&folder);
    last.clock.advance(Duration::from_secs(600));
    last.save(Moment::End);
    let next = Process::at(&folder, 0);
    next.load().unwrap();
    let recalled = next.renditions.get(&key(1)).unwrap();
    assert_eq!(next.clock.now().since(recalled.checked_at), Duration::from_secs(600));
    next.clock.advance(READY - Duration::from_secs(600));
    assert!(!next.knows(1), "it has lived its life");
}

#[test]
fn a_shorter_lifetime_holds_for_what_was_kept_under_a_longer_one() {
    let folder = tempfile::tempdir().unwrap();
    let last = Process::with(&folder, 0, identities("fs /renditions"), Lifetime::Forever);
    last.renditions.ready(&key(1), ImageInfo::default());
    last.save(Moment::End);
    let forever = Process::with(&folder, 1_000_000, identities("fs /renditions"), Lifetime::Forever);
    assert_eq!(forever.load().unwrap().renditions, 1);
    assert_eq!(Process::at(&folder, 1_000_000).load().unwrap().renditions, 0);
    assert_eq!(Process::at(&folder, 100).load().unwrap().renditions, 1);
}

#[test]
fn nothing_is_believed_of_another_store_under_the_same_name() {
    let folder = tempfile::tempdir().unwrap();
    knowing(&folder).save(Moment::End);
    let moved = Process::with(&folder, 1, identities("fs /elsewhere"), Lifetime::For(READY));
    assert_eq!(moved.load().unwrap(), Tally { renditions: 0, sources: 1, images: 1 });
    knowing(&folder).save(Moment::End);
    let media = Identities { sources: BTreeMap::new(), ..identities("fs /renditions") };
    let without = Process::with(&folder, 1, media, Lifetime::For(READY));
    assert_eq!(without.load().unwrap(), Tally { renditions: 1, sources: 0, images: 0 });
}

#[test]
fn a_file_that_is_damaged_anywhere_or_not_ours_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    knowing(&folder).save(Moment::End);
    let whole = fs::read(file(&folder)).unwrap();
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        fs::write(file(&folder), &bytes).unwrap();
        let next = Process::at(&folder, 1);
        assert!(next.load().is_err() && !next.knows(1), "byte {at}");
        fs::write(file(&folder), &whole[..at]).unwrap();
        assert!(Process::at(&folder, 1).load().is_err(), "cut at {at}");
    }
    fs::write(file(&folder), b"rendition existence 2\nand what else that may be, at some length").unwrap();
    assert!(matches!(Process::at(&folder, 1).load(), Err(Unreadable::Foreign)));
    fs::remove_file(file(&folder)).unwrap();
    assert_eq!(Process::at(&folder, 1).load().unwrap(), Tally::default());
}

#[test]
fn a_save_that_fails_leaves_the_file_before() {
    let folder = tempfile::tempdir().unwrap();
    let process = knowing(&folder);
    process.save(Moment::End);
    let before = fs::read(file(&folder)).unwrap();
    // A folder where the new file would be written.
    fs::create_dir(file(&folder).with_extension("new")).unwrap();
    assert!(process.keep.save(process.caches(), Moment::End).is_err());
    assert_eq!(fs::read(file(&folder)).unwrap(), before);
}

#[test]
fn where_forgetting_cannot_be_noted_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let process = knowing(&folder);
    process.save(Moment::End);
    assert!(file(&folder).exists());
    for number in 0..300_000_u32 {
        process.renditions.forget(&key(number));
        if !file(&folder).exists() {
            break;
        }
    }
    assert!(!file(&folder).exists(), "the list grew too long");
    process.save(Moment::End);
    let next = Process::at(&folder, 1);
    assert_eq!(next.load().unwrap().renditions, 0, "it was forgotten");
    assert_eq!(
        fs::metadata(file(&folder).with_extension("forgotten")).unwrap().len(),
        9,
        "the list is short again"
    );
}

#[test]
fn the_file_is_no_longer_than_the_cache_is_large() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::at(&folder, 0);
    for number in 0..300 {
        process.renditions.ready(&key(number), ImageInfo::default());
    }
    let clock = process.clock.clone();
    let small = Keep::open(&file(&folder), 10_000, identities("fs /renditions"), clock).unwrap();
    let tally = small.save(process.caches(), Moment::End).unwrap();
    assert!((30..200).contains(&tally.renditions), "{tally:?}");
    assert!(fs::metadata(file(&folder)).unwrap().len() < 11_000);
    assert_eq!(Process::at(&folder, 1).load().unwrap(), tally);
}
