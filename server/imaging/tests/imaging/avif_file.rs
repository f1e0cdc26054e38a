//! AVIF files put together by hand, of bitstreams that the crate has encoded.

use rendition_imaging::{Avif, Output, Subsampling};

use crate::picture::{Picture, generate};

/// An item of a file.
#[derive(Clone, Default)]
pub struct Item {
    pub kind: &'static [u8],
    /// Whole boxes.
    pub properties: Vec<Vec<u8>>,
    /// How many times more the last property is said of it.
    pub repeats: u8,
    /// Kinds, and the numbers of the items that are meant, from 1.
    pub references: Vec<(&'static [u8; 4], Vec<u16>)>,
    pub data: Vec<u8>,
    /// How many pieces the data lie in, one behind the other; 0 as 1.
    pub pieces: u16,
    /// Whether the place of the last piece says no length: it reaches to the end of the file.
    pub is_open: bool,
    /// The number of the item whose data this one has, too; 0: it has its own.
    pub shares: u16,
}

pub fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes(), kind, content].concat()
}

fn full(kind: &[u8], content: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[0; 4], content].concat())
}

pub fn size(width: u32, height: u32) -> Vec<u8> {
    full(b"ispe", &[width.to_be_bytes(), height.to_be_bytes()].concat())
}

pub fn nclx(primaries: u8, transfer: u8, matrix: u8, full_range: bool) -> Vec<u8> {
    let range = if full_range { 0x80 } else { 0 };
    boxed(b"colr", &[b"nclx\0".as_slice(), &[primaries, 0, transfer, 0, matrix, range]].concat())
}

/// A clean aperture of whole pixels, its centre moved by these.
pub fn aperture(width: u32, height: u32, across: i32, down: i32) -> Vec<u8> {
    let numbers = [width, height, across.cast_unsigned(), down.cast_unsigned()];
    boxed(b"clap", &numbers.map(|number| [number.to_be_bytes(), 1u32.to_be_bytes()].concat()).concat())
}

pub fn alpha() -> Vec<u8> {
    full(b"auxC", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")
}

/// A file of the first item, which the others belong to.
pub fn file(items: &[Item]) -> Vec<u8> {
    let mut kinds = (items.len() as u16).to_be_bytes().to_vec();
    let mut references = Vec::new();
    let mut properties = Vec::new();
    let mut associations = (items.len() as u32).to_be_bytes().to_vec();
    let mut known: Vec<&[u8]> = Vec::new();
    for (number, item) in (1u16..).zip(items) {
        kinds.extend(boxed(
            b"infe",
            &[&[2, 0, 0, 0], &number.to_be_bytes()[..], &[0, 0], item.kind, &[0]].concat(),
        ));
        for (kind, to) in &item.references {
            let numbers = [&[number, to.len() as u16], &to[..]].concat();
            let content: Vec<u8> = numbers.into_iter().flat_map(u16::to_be_bytes).collect();
            references.extend(boxed(*kind, &content));
        }
        associations.extend(number.to_be_bytes());
        associations.push(item.properties.len() as u8 + item.repeats);
        let repeated = item.properties.last().into_iter().cycle().take(item.repeats.into());
        for property in item.properties.iter().chain(repeated) {
            let index = known.iter().position(|known| known == property).unwrap_or(known.len());
            if index == known.len() {
                properties.extend_from_slice(property);
                known.push(property);
            }
            // All are essential: none of these may be passed over.
            associations.push((index as u8 + 1) | 0x80);
        }
    }
    let meta = |start: usize| {
        let mut places = [&[0x44, 0][..], &(items.len() as u16).to_be_bytes()].concat();
        let mut at = start as u32;
        for (number, item) in (1u16..).zip(items) {
            let pieces = item.pieces.max(1);
            places.extend([number, 0, pieces].map(u16::to_be_bytes).concat());
            let (mut from, mut length) = (at, item.data.len());
            if let Some(shared) = usize::from(item.shares).checked_sub(1) {
                length = items[shared].data.len();
                from = start as u32 + items[..shared].iter().map(|item| item.data.len() as u32).sum::<u32>();
            }
            for piece in 0..usize::from(pieces) {
                let [begin, end] = [piece, piece + 1].map(|edge| length * edge / usize::from(pieces));
                let is_open = item.is_open && end == length;
                places.extend((from + begin as u32).to_be_bytes());
                places.extend((if is_open { 0 } else { (end - begin) as u32 }).to_be_bytes());
            }
            at += item.data.len() as u32;
        }
        let described = [boxed(b"ipco", &properties), full(b"ipma", &associations)].concat();
        let boxes = [
            full(b"hdlr", b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            full(b"pitm", &[0, 1]),
            full(b"iloc", &places),
            full(b"iinf", &kinds),
            full(b"iref", &references),
            boxed(b"iprp", &described),
        ];
        full(b"meta", &boxes.concat())
    };
    let kind = boxed(b"ftyp", b"avif\0\0\0\0avifmif1");
    let start = kind.len() + meta(0).len() + 8;
    let data: Vec<u8> = items.iter().flat_map(|item| item.data.clone()).collect();
    [kind, meta(start), boxed(b"mdat", &data)].concat()
}

/// The picture as an item: its bitstream, with its size and what kind of AV1 it is.
pub fn coded(picture: &Picture, subsampling: Subsampling) -> Item {
    let options = Avif { quality: Some(90), speed: Some(9), subsampling, ..Avif::default() };
    let avif = generate(&picture.png(), [], Output::Avif(options));
    let find = |kind: &[u8]| avif.windows(4).position(|window| window == kind).unwrap();
    let config = find(b"av1C");
    let data = find(b"mdat");
    Item {
        kind: b"av01",
        properties: vec![
            size(picture.size.width, picture.size.height),
            avif[config - 4..config + 8].to_vec(),
        ],
        data: avif[data + 4..].to_vec(),
        ..Item::default()
    }
}

/// Grey as an item, of the greens of a picture.
pub fn coded_gray(picture: &Picture) -> Item {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, picture.size.width, picture.size.height);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    let levels: Vec<u8> = picture.pixels.iter().map(|pixel| pixel[1]).collect();
    writer.write_image_data(&levels).unwrap();
    writer.finish().unwrap();
    let avif =
        generate(&png, [], Output::Avif(Avif { quality: Some(90), speed: Some(9), ..Avif::default() }));
    let find = |kind: &[u8]| avif.windows(4).position(|window| window == kind).unwrap();
    let (config, data) = (find(b"av1C"), find(b"mdat"));
    let kind = avif[config - 4..config + 8].to_vec();
    let properties = vec![size(picture.size.width, picture.size.height), kind];
    Item { kind: b"av01", properties, data: avif[data + 4..].to_vec(), ..Item::default() }
}
