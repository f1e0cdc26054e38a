//! One entry of the file, and its bytes: a kind, then its fields in order. Numbers are little-endian; a text or a list of bytes
//! has its length in 32 bits before it.

use std::sync::Arc;

use rendition_imaging::{Format, Placeholder, Size};

use super::{
    super::{Known, Record, SourceFacts, SourceImage},
    aging::{Aging, Times},
};
use crate::model::{ImageInfo, RenditionKey, SourcePath, StoreName, Timestamp, Version, VersionTag};

/// An entry.
#[derive(Debug, PartialEq)]
pub(super) enum Entry {
    Rendition(RenditionEntry),
    Source(SourceEntry),
    Image(ImageEntry),
}

/// A rendition that exists.
#[derive(Debug, PartialEq)]
pub(super) struct RenditionEntry {
    pub(super) key: RenditionKey,
    image: ImageInfo,
    placeholder: Option<Arc<Placeholder>>,
    times: Times,
}

/// A source that is there.
#[derive(Debug, PartialEq)]
pub(super) struct SourceEntry {
    pub(super) place: (StoreName, SourcePath),
    pub(super) facts: SourceFacts,
    pub(super) times: Times,
}

/// How large a version of a source is.
#[derive(Debug, PartialEq)]
pub(super) struct ImageEntry {
    pub(super) place: (StoreName, SourcePath),
    tag: VersionTag,
    size: Size,
    placeholder: Option<Arc<Placeholder>>,
    times: Times,
}

impl ImageEntry {
    /// The entry for a source, if its size is known.
    pub(super) fn of(place: &(StoreName, SourcePath), image: &SourceImage, now: Timestamp) -> Option<Self> {
        Some(Self {
            place: place.clone(),
            tag: image.tag.clone(),
            size: *image.size.as_ref().ok()?,
            placeholder: image.placeholder.clone(),
            times: Times { checked_at: now, expires_at: image.expires_at },
        })
    }

    /// What is known of the source, for as long as it still is.
    pub(super) fn image(&self, aging: &Aging) -> SourceImage {
        SourceImage {
            tag: self.tag.clone(),
            size: Ok(self.size),
            placeholder: self.placeholder.clone(),
            expires_at: aging.apply(self.times).expires_at,
        }
    }
}

impl RenditionEntry {
    /// The entry for a record, if it is of a kind that is kept and still believed.
    pub(super) fn of(key: &RenditionKey, record: &Record, now: Timestamp) -> Option<Self> {
        let Known::Ready(image) = &record.known else { return None };
        (record.expires_at > now).then(|| Self {
            key: key.clone(),
            image: image.clone(),
            placeholder: record.placeholder.clone(),
            times: Times { checked_at: record.checked_at, expires_at: record.expires_at },
        })
    }

    /// The record for the entry, as old as it is now.
    pub(super) fn record(&self, aging: &Aging) -> Record {
        let Times { checked_at, expires_at } = aging.apply(self.times);
        let known = Known::Ready(self.image.clone());
        Record { known, checked_at, expires_at, placeholder: self.placeholder.clone() }
    }
}

impl SourceEntry {
    /// Its times, as they are now.
    pub(super) fn times(&self, aging: &Aging) -> Times {
        aging.apply(self.times)
    }
}

const RENDITION: u8 = 1;
const SOURCE: u8 = 2;
const IMAGE: u8 = 3;

impl Entry {
    /// Appends the bytes.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Rendition(RenditionEntry { key, image, placeholder, times }) => {
                out.push(RENDITION);
                text(out, key.as_str());
                times.write(out);
                out.extend(image.width.to_le_bytes());
                out.extend(image.height.to_le_bytes());
                out.extend(image.size_bytes.to_le_bytes());
                out.extend(image.frames.to_le_bytes());
                out.push(u8::from(image.is_damaged));
                text(out, &image.etag);
                write_placeholder(out, placeholder.as_deref());
            }
            Self::Source(SourceEntry { place, facts, times }) => {
                out.push(SOURCE);
                text(out, place.0.as_str());
                text(out, place.1.as_str());
                times.write(out);
                out.extend(facts.size.to_le_bytes());
                text(out, facts.version.as_ref().map_or("", Version::as_str));
            }
            Self::Image(ImageEntry { place, tag, size, placeholder, times }) => {
                out.push(IMAGE);
                text(out, place.0.as_str());
                text(out, place.1.as_str());
                let mut version = String::new();
                tag.write(&mut version);
                text(out, &version);
                times.write(out);
                out.extend(size.width.to_le_bytes());
                out.extend(size.height.to_le_bytes());
                write_placeholder(out, placeholder.as_deref());
            }
        }
    }

    /// Reads an entry that is nothing but these bytes; none if they are no entry.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut from = Cursor(bytes);
        let entry = match from.byte()? {
            RENDITION => Self::Rendition(RenditionEntry::read(&mut from)?),
            SOURCE => Self::Source(SourceEntry::read(&mut from)?),
            IMAGE => Self::Image(ImageEntry::read(&mut from)?),
            _ => return None,
        };
        from.0.is_empty().then_some(entry)
    }
}

impl RenditionEntry {
    fn read(from: &mut Cursor<'_>) -> Option<Self> {
        let key = RenditionKey::parse(from.text()?)?;
        let times = Times::read(from)?;
        let image = ImageInfo {
            media_type: Format::from_extension(key.extension())?.media_type(),
            width: from.u32()?,
            height: from.u32()?,
            size_bytes: from.u64()?,
            frames: from.u32()?,
            is_damaged: from.byte()? != 0,
            etag: from.text()?.into(),
        };
        Some(Self { key, image, placeholder: read_placeholder(from)?, times })
    }
}

impl ImageEntry {
    fn read(from: &mut Cursor<'_>) -> Option<Self> {
        let place = read_place(from)?;
        let tag = VersionTag::parse(from.text()?)?;
        let times = Times::read(from)?;
        let size = Size::new(from.u32()?, from.u32()?);
        Some(Self { place, tag, size, placeholder: read_placeholder(from)?, times })
    }
}

impl SourceEntry {
    fn read(from: &mut Cursor<'_>) -> Option<Self> {
        let place = read_place(from)?;
        let times = Times::read(from)?;
        let size = from.u64()?;
        let version = match from.text()? {
            "" => None,
            version => Some(Version::new(version).ok()?),
        };
        Some(Self { place, facts: SourceFacts { version, size }, times })
    }
}

impl Times {
    fn write(self, out: &mut Vec<u8>) {
        out.extend(self.checked_at.millis().to_le_bytes());
        out.extend(self.expires_at.millis().to_le_bytes());
    }

    fn read(from: &mut Cursor<'_>) -> Option<Self> {
        let checked_at = Timestamp::from_millis(from.u64()?);
        Some(Self { checked_at, expires_at: Timestamp::from_millis(from.u64()?) })
    }
}

fn read_place(from: &mut Cursor<'_>) -> Option<(StoreName, SourcePath)> {
    Some((StoreName::new(from.text()?).ok()?, SourcePath::new(from.text()?).ok()?))
}

fn write_placeholder(out: &mut Vec<u8>, placeholder: Option<&Placeholder>) {
    match placeholder {
        None => out.push(0),
        Some(placeholder) => {
            out.push(1);
            bytes(out, &placeholder.thumbhash);
            out.extend(placeholder.dominant_color);
        }
    }
}

/// None if it is broken off; some of none if there is none.
#[expect(clippy::option_option, reason = "whether it could be read, and whether it was there")]
fn read_placeholder(from: &mut Cursor<'_>) -> Option<Option<Arc<Placeholder>>> {
    if from.byte()? == 0 {
        return Some(None);
    }
    let thumbhash = from.bytes()?.to_vec();
    let dominant_color = from.take(3)?.try_into().ok()?;
    Some(Some(Arc::new(Placeholder { thumbhash, dominant_color })))
}

/// Appends a text with its length.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    bytes(out, text.as_bytes());
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    // Names, keys, tags and hashes: none comes near four gigabytes.
    out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(bytes);
}

/// What is left to read.
pub(super) struct Cursor<'b>(pub(super) &'b [u8]);

impl<'b> Cursor<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    fn bytes(&mut self) -> Option<&'b [u8]> {
        let length = self.u32()?;
        self.take(usize::try_from(length).ok()?)
    }

    pub(super) fn text(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.bytes()?).ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn entries() -> [Entry; 3] {
        let key = "media/a/cat 1.jpg/small.18a2b3-1f.0123456789abcdef0123456789abcdef.webp";
        let times =
            Times { checked_at: Timestamp::from_millis(5), expires_at: Timestamp::from_millis(u64::MAX) };
        let image = ImageInfo {
            media_type: "image/webp",
            width: 40,
            height: 30,
            size_bytes: 1 << 40,
            etag: "abc".into(),
            frames: 2,
            is_damaged: true,
        };
        let placeholder = Some(Arc::new(Placeholder { thumbhash: vec![1, 2, 3], dominant_color: [4, 5, 6] }));
        let key = RenditionKey::parse(key).unwrap();
        let place = (StoreName::new("media").unwrap(), SourcePath::new("a/cat.jpg").unwrap());
        let facts = SourceFacts { version: Some(Version::new("v/1").unwrap()), size: 9 };
        let (tag, size) = (VersionTag::Of(Version::new("v/1").unwrap()), Size::new(4000, 3000));
        let shown = placeholder.clone();
        [
            Entry::Image(ImageEntry { place: place.clone(), tag, size, placeholder: shown, times }),
            Entry::Rendition(RenditionEntry { key, image, placeholder, times }),
            Entry::Source(SourceEntry { place, facts, times }),
        ]
    }

    #[test]
    fn an_entry_comes_back_as_it_was() {
        for entry in entries() {
            let mut bytes = Vec::new();
            entry.write(&mut bytes);
            assert_eq!(Entry::read(&bytes), Some(entry));
        }
    }

    #[test]
    fn what_is_cut_short_or_too_long_is_no_entry() {
        for entry in entries() {
            let mut bytes = Vec::new();
            entry.write(&mut bytes);
            assert!((0..bytes.len()).all(|end| Entry::read(&bytes[..end]).is_none()));
            bytes.push(0);
            assert_eq!(Entry::read(&bytes), None);
        }
    }
}
