//! AVIF files with bitstreams that the decoder holds more for than for others.

use rendition_imaging::{Limits, Output, Png, Spec, Subsampling, generate};

use crate::avif_file::{Item, coded, file};
use crate::hand_made::Case;
use crate::picture::{Picture, spec};

/// All of them.
pub fn cases() -> Vec<Case> {
    let spec = spec([], Output::Png(Png::default()));
    let item = coded(&Picture::scene(320, 200), Subsampling::Quarter);
    // Padding belongs to the bitstream, and is copied with it.
    let padding = unit(15 << 3, &vec![1; 12 << 20]);
    let padded = Item { data: [item.data.clone(), padding].concat(), ..item };
    let named = |name: &str, item: Item| Case { name: name.into(), bytes: file(&[item]), spec: spec.clone() };
    vec![
        named("avif up to the end", Item { is_open: true, ..padded.clone() }),
        named("avif in pieces", Item { pieces: 9, ..padded.clone() }),
        named("avif in pieces up to the end", Item { pieces: 9, is_open: true, ..padded }),
        named("avif with grain", grainy(&Picture::scene(2200, 1600), &spec)),
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
    let last = (0..sequence_end * 8).rev().find(|bit| sequence[bit / 8] >> (7 - bit % 8) & 1 == 1).unwrap();
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
        let byte =
            |bits: &[bool]| (0..8).fold(0, |byte, bit| byte << 1 | u8::from(bits.get(bit) == Some(&true)));
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
