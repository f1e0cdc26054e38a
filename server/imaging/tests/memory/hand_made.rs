//! Files put together by hand, of kinds that the corpus does not hold.

use rendition_imaging::{Jpeg, Limits, Operation, Output, Png, ResizeToFit, Spec, generate};

use crate::picture::{Picture, spec};

/// A file with a name for it, and what is made of it.
pub struct Case {
    pub name: String,
    pub bytes: Vec<u8>,
    pub spec: Spec,
}

/// All of them.
pub fn cases() -> Vec<Case> {
    let png = || spec([], Output::Png(Png::default()));
    let mut cases = vec![
        Case { name: "tiff in planes".into(), bytes: tiff_in_planes(3000, 2000), spec: png() },
        Case { name: "jpeg in parts".into(), bytes: jpeg_in_parts(3000, 2000), spec: small() },
        Case { name: "jpeg in parts".into(), bytes: jpeg_in_parts(3000, 2000), spec: png() },
    ];
    #[cfg(feature = "avif")]
    cases.extend(avif::cases(&png()));
    cases
}

fn small() -> Spec {
    let fit: Operation = ResizeToFit { width: 300, height: 300, ..ResizeToFit::default() }.into();
    spec([fit], Output::Jpeg(Jpeg::default()))
}

/// RGB of 8 bits, a plane for each colour.
fn tiff_in_planes(width: u32, height: u32) -> Vec<u8> {
    let plane = width * height;
    let entries: [(u16, u16, u32, u32); 10] = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 3, 134),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 3, 140),
        (277, 3, 1, 3),
        (278, 4, 1, height),
        (279, 4, 3, 152),
        (284, 3, 1, 2),
    ];
    let mut bytes = b"II*\0\x08\0\0\0\x0a\0".to_vec();
    for (tag, kind, count, value) in entries {
        bytes.extend([tag, kind].map(u16::to_le_bytes).concat());
        bytes.extend([count, value].map(u32::to_le_bytes).concat());
    }
    bytes.extend([0; 4]);
    bytes.extend([8u16; 3].map(u16::to_le_bytes).concat());
    bytes.extend([164, 164 + plane, 164 + 2 * plane].map(u32::to_le_bytes).concat());
    bytes.extend([plane; 3].map(u32::to_le_bytes).concat());
    bytes.extend((0..3 * plane).map(|sample| (sample / 7) as u8));
    bytes
}

/// A sequential JPEG with a scan for each component: three grey ones, whose scans are put into one file.
fn jpeg_in_parts(width: u16, height: u16) -> Vec<u8> {
    let length = usize::from(width) * usize::from(height);
    let gray: Vec<u8> = (0..length).map(|index| (index / 5 + index / 3001 * 3) as u8).collect();
    let image = turbojpeg::Image {
        pixels: gray.as_slice(),
        width: width.into(),
        pitch: width.into(),
        height: height.into(),
        format: turbojpeg::PixelFormat::GRAY,
    };
    let gray = turbojpeg::compress(image, 80, turbojpeg::Subsamp::Gray).unwrap();
    let find = |marker: u8| gray.windows(2).position(|pair| pair == [0xff, marker]).unwrap();
    let (frame, scan) = (find(0xc0), find(0xda));
    let behind = frame + 2 + usize::from(u16::from_be_bytes([gray[frame + 2], gray[frame + 3]]));
    let mut bytes = gray[..frame].to_vec();
    bytes.extend_from_slice(&[0xff, 0xc0, 0, 17, 8]);
    bytes.extend_from_slice(&[height, width].map(u16::to_be_bytes).concat());
    bytes.extend_from_slice(&[3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    bytes.extend_from_slice(&gray[behind..scan]);
    for component in 1..=3 {
        let mut part = gray[scan..gray.len() - 2].to_vec();
        part[5] = component;
        bytes.extend_from_slice(&part);
    }
    bytes.extend_from_slice(&[0xff, 0xd9]);
    bytes
}

#[cfg(feature = "avif")]
mod avif {
    use rendition_imaging::Subsampling;

    use super::{Case, Limits, Picture, Spec, generate};
    use crate::avif_file::{Item, coded, file};

    pub fn cases(spec: &Spec) -> Vec<Case> {
        let item = coded(&Picture::scene(320, 200), Subsampling::Quarter);
        // Padding belongs to the bitstream, and is copied with it.
        let padding = unit(15 << 3, &vec![1; 12 << 20]);
        let padded = Item { data: [item.data.clone(), padding].concat(), ..item };
        let named =
            |name: &str, item: Item| Case { name: name.into(), bytes: file(&[item]), spec: spec.clone() };
        vec![
            named("avif up to the end", Item { is_open: true, ..padded.clone() }),
            named("avif in pieces", Item { pieces: 9, ..padded.clone() }),
            named("avif in pieces up to the end", Item { pieces: 9, is_open: true, ..padded }),
            named("avif with grain", grainy(&Picture::scene(2200, 1600), spec)),
        ]
    }

    /// A unit of a bitstream of this kind.
    fn unit(kind: u8, payload: &[u8]) -> Vec<u8> {
        let mut unit = vec![kind | 2];
        let mut length = payload.len();
        while length > 0x7f {
            unit.push(length as u8 | 0x80);
            length >>= 7;
        }
        unit.push(length as u8);
        unit.extend_from_slice(payload);
        unit
    }

    /// The picture with grain of film laid on it by the decoder. What describes the grain is the end of a frame's header, whose
    /// length only its parser knows: every place is tried, until a picture comes out that differs by a little.
    fn grainy(picture: &Picture, spec: &Spec) -> Item {
        let item = coded(picture, Subsampling::Whole);
        let made = |item: &Item| generate(&file(std::slice::from_ref(item)), spec, &Limits::default());
        let plain = Picture::read(&made(&item).unwrap().bytes);
        let sequence_end = 2 + usize::from(item.data[1]);
        let mut sequence = item.data[..sequence_end].to_vec();
        // The flag stands before the last bit that is set, which ends the header of the sequence.
        let last =
            (0..sequence_end * 8).rev().find(|bit| sequence[bit / 8] >> (7 - bit % 8) & 1 == 1).unwrap();
        sequence[(last - 1) / 8] |= 1 << (7 - (last - 1) % 8);
        let frame = &item.data[sequence_end..];
        let begin = 1 + frame[1..].iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
        let (kind, payload) = (frame[0], &frame[begin..]);
        // Applied, with a seed, one point of luma and none of chroma, each with the fewest coefficients (section 5.9.30).
        let grain = [(1, 1), (0x1234, 16), (1, 4), (128, 8), (40, 8), (0, 1), (0, 4), (0, 4), (1, 2), (0, 2)];
        let grain = grain.into_iter().chain([(1, 2), (0, 2), (0, 1), (0, 1)]);
        let grain: Vec<bool> = grain
            .flat_map(|(value, bits): (u32, u32)| (0..bits).rev().map(move |bit| value >> bit & 1 == 1))
            .collect();
        for at in 8..800 {
            let bit = |bit: usize| payload[bit / 8] >> (7 - bit % 8) & 1 == 1;
            let bits: Vec<bool> = (0..at).map(bit).chain(grain.iter().copied()).collect();
            let byte = |bits: &[bool]| {
                (0..8).fold(0, |byte, bit| byte << 1 | u8::from(bits.get(bit) == Some(&true)))
            };
            let header: Vec<u8> = bits.chunks(8).map(byte).collect();
            let data = [&sequence[..], &unit(kind, &[&header, &payload[at.div_ceil(8)..]].concat())].concat();
            let with = Item { data, ..item.clone() };
            let Ok(made) = made(&with) else { continue };
            let difference = Picture::read(&made.bytes).mean_difference(&plain);
            if difference > 0.2 && difference < 8.0 {
                return with;
            }
        }
        panic!("no place for the grain was found");
    }
}
