//! The file around the bitstreams: boxes of ISO 14496-12 and ISO 23008-12, as AVIF orders them (AV1 Image File Format, version 1.1).

use crate::attached::Attached;
use crate::av1::Sequence;
use crate::cicp::Cicp;
use crate::{ImageError, Size};

/// The kind of the auxiliary picture that is alpha.
const ALPHA: &[u8] = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";

/// A bitstream, and what its header says.
pub(super) struct Coded {
    pub bitstream: Vec<u8>,
    pub sequence: Sequence,
}

/// What becomes a file.
pub(super) struct Container<'a> {
    pub size: Size,
    pub color: &'a Coded,
    pub alpha: Option<&'a Coded>,
    pub cicp: Cicp,
    pub attached: &'a Attached,
}

/// One item: its number, its kind, and what belongs to it.
struct Item<'a> {
    kind: &'a [u8; 4],
    /// Behind the name of the item.
    media_type: &'a [u8],
    /// What it has to do with the picture.
    reference: Option<&'a [u8; 4]>,
    /// Indices of properties, from 1; those that are essential have the bit 0x80.
    properties: Vec<u8>,
    data: Vec<u8>,
}

/// The picture is the first item.
const PICTURE: u16 = 1;

impl Container<'_> {
    /// The file.
    ///
    /// # Errors
    /// [`ImageError::Unsupported`] where it would be longer than its boxes can say.
    pub fn write(&self) -> Result<Vec<u8>, ImageError> {
        let mut file = boxed(b"ftyp", &self.brands());
        let (items, properties) = self.items();
        // Where data lie does not change how long the boxes are that say so.
        let start = file.len() + meta(&items, &properties, 0).len() + 8;
        let length = items.iter().map(|item| item.data.len()).sum::<usize>();
        let too_long = || ImageError::unsupported("the avif could not be written: it is too long");
        u32::try_from(start + length).map_err(|_| too_long())?;
        file.extend(meta(&items, &properties, start as u32));
        file.extend(((length + 8) as u32).to_be_bytes());
        file.extend(b"mdat");
        items.iter().rev().for_each(|item| file.extend_from_slice(&item.data));
        Ok(file)
    }

    /// The brands that the file keeps to: the baseline profile or the advanced one, up to their levels.
    fn brands(&self) -> Vec<u8> {
        let mut brands = b"avif\0\0\0\0avifmif1miaf".to_vec();
        match (self.color.sequence.profile, self.color.sequence.level) {
            // Level 5.1.
            (0, 0..=13) => brands.extend(b"MA1B"),
            // Level 6.0.
            (0 | 1, 0..=16) => brands.extend(b"MA1A"),
            _ => {}
        }
        brands
    }

    fn items(&self) -> (Vec<Item<'_>>, Vec<Vec<u8>>) {
        let mut properties = Vec::new();
        let mut add = |property: Vec<u8>, essential: u8| {
            properties.push(property);
            properties.len() as u8 | essential
        };
        let size = [self.size.width.to_be_bytes(), self.size.height.to_be_bytes()].concat();
        let size = add(full(b"ispe", 0, &size), 0);
        let mut picture = vec![size];
        picture.push(add(config(&self.color.sequence), 0x80));
        picture.push(add(depths(&self.color.sequence), 0));
        let Cicp { primaries, transfer, matrix, full_range } = self.cicp;
        let range = if full_range { 0x80 } else { 0 };
        picture.push(add(
            boxed(b"colr", &[b"nclx\0".as_slice(), &[primaries, 0, transfer, 0, matrix, range]].concat()),
            0,
        ));
        if !self.attached.icc.is_empty() {
            picture.push(add(boxed(b"colr", &[b"prof", &self.attached.icc[..]].concat()), 0));
        }
        let item = |kind, data| Item { kind, media_type: &[], reference: None, properties: Vec::new(), data };
        let mut items = vec![Item { properties: picture, ..item(b"av01", self.color.bitstream.clone()) }];
        if let Some(alpha) = self.alpha {
            let properties = vec![
                size,
                add(config(&alpha.sequence), 0x80),
                add(depths(&alpha.sequence), 0),
                add(full(b"auxC", 0, ALPHA), 0),
            ];
            items.push(Item {
                reference: Some(b"auxl"),
                properties,
                ..item(b"av01", alpha.bitstream.clone())
            });
        }
        if !self.attached.exif.is_empty() {
            // How far behind this number the TIFF header begins.
            let data = [&[0; 4], &self.attached.exif[..]].concat();
            items.push(Item { reference: Some(b"cdsc"), ..item(b"Exif", data) });
        }
        if !self.attached.xmp.is_empty() {
            let media_type = b"application/rdf+xml\0";
            let reference = Some(b"cdsc");
            items.push(Item { reference, media_type, ..item(b"mime", self.attached.xmp.clone()) });
        }
        (items, properties)
    }
}

/// All that is said of the items, whose data begin at `start` with those of the last one.
fn meta(items: &[Item<'_>], properties: &[Vec<u8>], start: u32) -> Vec<u8> {
    let numbered = || (PICTURE..).zip(items);
    let handler = full(b"hdlr", 0, b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let primary = full(b"pitm", 0, &PICTURE.to_be_bytes());
    let mut kinds = (items.len() as u16).to_be_bytes().to_vec();
    for (number, item) in numbered() {
        let parts = [&number.to_be_bytes()[..], &[0, 0], item.kind, &[0], item.media_type].concat();
        kinds.extend(full(b"infe", 2, &parts));
    }
    // Offsets and lengths of four bytes each.
    let mut places = [&[0x44, 0][..], &(items.len() as u16).to_be_bytes()].concat();
    let mut ends = start + items.iter().map(|item| item.data.len() as u32).sum::<u32>();
    for (number, item) in numbered() {
        let length = item.data.len() as u32;
        ends -= length;
        places.extend([&number.to_be_bytes()[..], &[0, 0, 0, 1]].concat());
        places.extend([ends.to_be_bytes(), length.to_be_bytes()].concat());
    }
    let mut references = Vec::new();
    let mut associations =
        (items.iter().filter(|item| !item.properties.is_empty()).count() as u32).to_be_bytes().to_vec();
    for (number, item) in numbered() {
        if let Some(kind) = item.reference {
            references.extend(boxed(kind, &[number, 1, PICTURE].map(u16::to_be_bytes).concat()));
        }
        if !item.properties.is_empty() {
            associations.extend(number.to_be_bytes());
            associations.push(item.properties.len() as u8);
            associations.extend(&item.properties);
        }
    }
    let properties = [boxed(b"ipco", &properties.concat()), full(b"ipma", 0, &associations)].concat();
    let mut content = [handler, primary, full(b"iloc", 0, &places), full(b"iinf", 0, &kinds)].concat();
    if !references.is_empty() {
        content.extend(full(b"iref", 0, &references));
    }
    content.extend(boxed(b"iprp", &properties));
    full(b"meta", 0, &content)
}

/// What kind of AV1 a bitstream is (AV1 Codec ISO Media File Format Binding, section 2.3.3).
fn config(sequence: &Sequence) -> Vec<u8> {
    let flags = [
        sequence.tier == 1,
        sequence.bits > 8,
        sequence.bits == 12,
        sequence.is_gray,
        sequence.subsampling.0,
        sequence.subsampling.1,
    ];
    let flags = flags.into_iter().fold(0, |flags, flag| flags << 1 | u8::from(flag));
    let kind = sequence.profile << 5 | sequence.level & 31;
    boxed(b"av1C", &[0x81, kind, flags << 2 | sequence.chroma_position & 3, 0])
}

/// How many bits each channel has.
fn depths(sequence: &Sequence) -> Vec<u8> {
    let channels: &[u8] = if sequence.is_gray { &[1, 8] } else { &[3, 8, 8, 8] };
    full(b"pixi", 0, channels)
}

/// A box.
fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&((content.len() + 8) as u32).to_be_bytes(), kind, content].concat()
}

/// A box with a version, and flags, of which none is set.
fn full(kind: &[u8; 4], version: u8, content: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[version, 0, 0, 0], content].concat())
}
