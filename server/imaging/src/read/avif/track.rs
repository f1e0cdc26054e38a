//! The tracks of a sequence, of which the first frame is read (ISO 14496-12, section 8; ISO 23008-12, section 7).

use crate::{ImageError, Size};

use super::boxes::{Boxes, Reader, broken};
use super::extents::Extents;
use super::properties::Properties;

/// One track of AV1 pictures.
pub(super) struct Track<'a> {
    pub number: u32,
    pub properties: Properties<'a>,
    /// The data of the first frame.
    pub first: Extents<'a>,
    pub frames: u32,
    /// The numbers of the tracks that this is an auxiliary one of.
    pub auxiliary_of: Vec<u32>,
    /// The numbers of the tracks that the colours of this one are multiplied by.
    pub multiplied_by: Vec<u32>,
}

impl<'a> Track<'a> {
    /// All tracks of AV1 pictures in the content of a `moov` box of the file.
    pub fn all(file: &'a [u8], moov: &'a [u8]) -> Result<Vec<Track<'a>>, ImageError> {
        // Films with sound and subtitles have some tracks; no file has many.
        let tracks = Boxes(moov).filter(|(kind, _)| kind == b"trak").take(16);
        tracks.filter_map(|(_, content)| Track::read(file, content).transpose()).collect()
    }

    /// None for a track of something else.
    fn read(file: &'a [u8], content: &'a [u8]) -> Result<Option<Track<'a>>, ImageError> {
        let cut_off = || broken("a track is cut off");
        let find = |content, kind| Boxes(content).find_kind(kind).ok_or_else(cut_off);
        let media = find(content, b"mdia")?;
        let kind = find(media, b"hdlr")?.get(8..12).ok_or_else(cut_off)?;
        if !matches!(kind, b"pict" | b"vide" | b"auxv") {
            return Ok(None);
        }
        let table = find(find(media, b"minf")?, b"stbl")?;
        let description = find(table, b"stsd")?.get(8..).ok_or_else(cut_off)?;
        let Some(entry) = Boxes(description).find_kind(b"av01") else { return Ok(None) };
        let properties = entry_properties(entry)?;
        let number = track_number(find(content, b"tkhd")?).ok_or_else(cut_off)?;
        let (frames, length) = frame_sizes(find(table, b"stsz")?).ok_or_else(cut_off)?;
        let offset = match Boxes(table).find_kind(b"stco") {
            Some(offsets) => Reader(offsets.get(8..).unwrap_or_default()).u32().map(u64::from),
            None => Reader(find(table, b"co64")?.get(8..).unwrap_or_default()).u64(),
        };
        let first = Extents { bytes: file, pieces: [(offset.ok_or_else(cut_off)?, length.into())].into() };
        let references = Boxes(content).find_kind(b"tref").unwrap_or_default();
        let numbers = |kind| {
            let content = Boxes(references).find_kind(kind).unwrap_or_default();
            content.as_chunks::<4>().0.iter().map(|number| u32::from_be_bytes(*number)).collect()
        };
        let (auxiliary_of, multiplied_by) = (numbers(b"auxl"), numbers(b"prem"));
        Ok(Some(Track { number, properties, first, frames, auxiliary_of, multiplied_by }))
    }
}

fn track_number(header: &[u8]) -> Option<u32> {
    let mut reader = Reader(header);
    let (version, _) = reader.version()?;
    // Two times of four or eight bytes.
    reader.take(if version == 1 { 16 } else { 8 })?;
    reader.u32()
}

/// How many frames there are, and how many bytes the first has.
fn frame_sizes(content: &[u8]) -> Option<(u32, u32)> {
    let mut reader = Reader(content);
    reader.version()?;
    let (all, frames) = (reader.u32()?, reader.u32()?);
    let first = if all > 0 { all } else { reader.u32()? };
    (frames > 0 && first > 0).then_some((frames, first))
}

/// What the description of a track's pictures says.
fn entry_properties(entry: &[u8]) -> Result<Properties<'_>, ImageError> {
    let (header, boxes) = entry.split_at_checked(78).ok_or_else(|| broken("a track is cut off"))?;
    let mut properties = Properties::default();
    for (kind, content) in Boxes(boxes) {
        properties.add(&kind, content, false)?;
    }
    let side = |at: usize| u32::from(u16::from_be_bytes([header[at], header[at + 1]]));
    properties.size = Some(Size::new(side(24), side(26)));
    Ok(properties)
}
