//! AVIF files that were changed by accident or design: a picture or a typed error, never a panic or a hang.

use std::time::{Duration, Instant};

use rendition_imaging::{ImageError, Limits, Size, Subsampling, generate, inspect};

use crate::avif_file::{Item, alpha, boxed, coded, coded_gray, file, size};
use crate::confined::processor_time;
use crate::corpus;
use crate::picture::{Picture, png, spec};

/// A generator of numbers that are the same each time (xorshift, Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

/// Small files of every kind.
fn files() -> Vec<Vec<u8>> {
    let picture = Picture::scene(80, 60);
    let color = coded(&picture, Subsampling::Quarter);
    let mut mask = coded_gray(&picture);
    mask.properties.push(alpha());
    mask.references.push((b"auxl", vec![1]));
    let tile = coded(&Picture::scene(64, 64), Subsampling::Whole);
    let grid = Item {
        kind: b"grid",
        properties: vec![size(120, 64)],
        references: vec![(b"dimg", vec![2, 3])],
        data: vec![0, 0, 0, 1, 0, 120, 0, 64],
        ..Item::default()
    };
    let mut files = vec![file(&[color, mask]), file(&[grid, tile.clone(), tile])];
    for name in ["star-8bpc-with-alpha.avifs", "star-8bpc.avifs"] {
        files.extend(corpus::read(&format!("avif/linku--{name}")));
    }
    files
}

fn attempt(bytes: &[u8]) {
    let start = Instant::now();
    let limits = Limits { max_source_pixels: 1 << 20, ..Limits::default() };
    if let Ok(made) = generate(bytes, &spec([], png()), &limits) {
        assert_eq!(inspect(&made.bytes).unwrap().size, made.size);
    }
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn changed_bytes_give_a_picture_or_an_error() {
    // `make test-long` tries more.
    let rounds = if std::env::var_os("RENDITION_LONG").is_some() { 10_000 } else { 400 };
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for whole in files() {
        let boxes = whole.windows(4).position(|window| window == b"mdat").unwrap();
        for round in 0..rounds {
            let mut bytes = whole.clone();
            // Most of the boxes are few bytes before the data, and each matters.
            let reach = if round % 2 == 0 { boxes } else { bytes.len() };
            for _ in 0..=numbers.next(3) {
                let at = numbers.next(reach);
                bytes[at] = match numbers.next(4) {
                    0 => 0,
                    1 => 0xff,
                    2 => bytes[at] ^ (1 << numbers.next(8)),
                    _ => numbers.next(256) as u8,
                };
            }
            attempt(&bytes);
        }
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    for whole in files() {
        let data = whole.windows(4).position(|window| window == b"mdat").unwrap();
        for cut in (0..data).step_by(7).chain([data, data + 40, whole.len() / 2]) {
            attempt(&whole[..cut]);
        }
        // The picture may lie anywhere in the data; up to there nothing can be made.
        let made = generate(&whole[..data + 5], &spec([], png()), &Limits::default());
        assert!(matches!(made, Err(ImageError::Undecodable { .. })), "{made:?}");
    }
}

#[test]
fn small_files_that_promise_much_are_refused_by_their_header() {
    let mut item = coded(&Picture::scene(64, 48), Subsampling::Quarter);
    item.data.clear();
    item.properties[0] = size(60_000, 60_000);
    let made = generate(&file(&[item]), &spec([], png()), &Limits::default());
    assert!(matches!(made, Err(ImageError::LimitExceeded { .. })), "{made:?}");
}

/// A grid of parts of 64 by 64 pixels, of which all but the first have the data of the first.
fn shared_grid(rows: u8, columns: u8) -> Vec<Item> {
    let tile = coded(&Picture::scene(64, 64), Subsampling::Quarter);
    let count = u16::from(rows) * u16::from(columns);
    let sides = [u16::from(columns) * 64, u16::from(rows) * 64];
    let whole = Item {
        kind: b"grid",
        properties: vec![size(sides[0].into(), sides[1].into())],
        references: vec![(b"dimg", (2..2 + count).collect())],
        data: [&[0, 0, rows - 1, columns - 1][..], sides.map(u16::to_be_bytes).as_flattened()].concat(),
        ..Item::default()
    };
    let other = Item { data: Vec::new(), shares: 2, ..tile.clone() };
    let mut items = vec![whole, tile];
    items.resize(usize::from(count) + 1, other);
    items
}

fn is_undecodable(bytes: &[u8]) -> bool {
    matches!(inspect(bytes), Err(ImageError::Undecodable { .. }))
}

#[test]
fn parts_of_a_grid_may_share_their_data_but_none_stands_there_twice() {
    let mut items = shared_grid(2, 2);
    let made = generate(&file(&items), &spec([], png()), &Limits::default()).unwrap();
    let made = Picture::read(&made.bytes);
    assert!((0..64).all(|x| made.at(x, 9) == made.at(x + 64, 73)));
    items[0].references[0].1 = vec![2, 3, 2, 3];
    assert!(is_undecodable(&file(&items)));
}

#[test]
fn a_grid_has_no_more_parts_than_a_picture_could() {
    inspect(&file(&shared_grid(32, 64))).unwrap();
    assert!(is_undecodable(&file(&shared_grid(33, 64))));
}

#[test]
fn an_item_in_too_many_pieces_is_refused() {
    let mut item = coded(&Picture::scene(64, 64), Subsampling::Quarter);
    let whole = generate(&file(std::slice::from_ref(&item)), &spec([], png()), &Limits::default()).unwrap();
    for (pieces, is_open) in [(1, true), (2, false), (7, true), (256, false)] {
        item = Item { pieces, is_open, ..item };
        let made = generate(&file(std::slice::from_ref(&item)), &spec([], png()), &Limits::default());
        assert_eq!(made.unwrap().bytes, whole.bytes);
    }
    assert!(is_undecodable(&file(&[Item { pieces: 257, ..item }])));
}

#[test]
fn what_is_said_of_every_item_again_costs_little() {
    let name = boxed(b"auxC", &vec![b'x'; 1 << 20]);
    let auxiliary = Item { kind: b"av01", references: vec![(b"auxl", vec![1])], ..Item::default() };
    let with = |repeats| Item { properties: vec![name.clone()], repeats, ..auxiliary.clone() };
    let mut items = vec![coded(&Picture::scene(64, 64), Subsampling::Quarter)];
    items.resize(101, with(63));
    let start = processor_time();
    inspect(&file(&items)).unwrap();
    assert!(processor_time() - start < Duration::from_secs(2));
    items[1] = with(64);
    assert!(is_undecodable(&file(&items)));
}

#[test]
fn sides_that_no_number_holds_multiplied_are_refused() {
    let most = u32::MAX;
    for [width, height] in [[most, most], [most, 1], [1, most]] {
        let mut item = coded(&Picture::scene(64, 48), Subsampling::Whole);
        item.data.clear();
        item.properties[0] = size(width, height);
        let made = generate(&file(&[item]), &spec([], png()), &Limits::default());
        assert!(matches!(made, Err(ImageError::LimitExceeded { .. })), "{made:?}");
    }
    let mut items = shared_grid(1, 2);
    items[1].properties[0] = size(most, most);
    items[2].properties[0] = size(most, most);
    assert!(is_undecodable(&file(&items)));
}

#[test]
fn parts_of_alpha_that_reach_far_out_of_it_count_for_the_limit() {
    let color = coded(&Picture::scene(64, 48), Subsampling::Quarter);
    let mut part = coded_gray(&Picture::scene(64, 48));
    part.properties[0] = size(20_000, 20_000);
    let mask = Item {
        kind: b"grid",
        properties: vec![size(64, 48), alpha()],
        references: vec![(b"auxl", vec![1]), (b"dimg", vec![3])],
        data: vec![0, 0, 0, 0, 0, 64, 0, 48],
        ..Item::default()
    };
    part.data.clear();
    let bytes = file(&[color, mask, part]);
    assert_eq!(inspect(&bytes).unwrap().stored, Size::new(20_000, 20_000));
    let made = generate(&bytes, &spec([], png()), &Limits::default());
    assert!(matches!(made, Err(ImageError::LimitExceeded { limit: "max_source_pixels", .. })), "{made:?}");
}

/// The header of a sequence that begins an item's data, with the flag for grain of film in it set.
fn promise_grain(item: &mut Item) {
    let end = 2 + usize::from(item.data[1]);
    // The flag stands before the last bit that is set, which ends the header.
    let last = (0..end * 8).rev().find(|bit| item.data[bit / 8] >> (7 - bit % 8) & 1 == 1).unwrap();
    item.data[(last - 1) / 8] |= 1 << (7 - (last - 1) % 8);
}

#[test]
fn every_picture_that_the_decoder_may_hold_is_foreseen() {
    let item = coded(&Picture::scene(640, 512), Subsampling::Quarter);
    let picture = 640 * 512 * 3 / 2;
    let decoder_bytes = |item: &Item| inspect(&file(std::slice::from_ref(item))).unwrap().decoder_bytes;
    let one = decoder_bytes(&item);
    let mut grainy = item.clone();
    promise_grain(&mut grainy);
    assert!(decoder_bytes(&grainy) >= one + picture);
    for frames in [2, 8] {
        let layers = Item { data: item.data.repeat(frames as usize), ..item.clone() };
        assert!(decoder_bytes(&layers) >= one + (frames - 1) * picture);
        // They need not lie in one piece.
        let pieces = Item { pieces: frames as u16, ..layers };
        assert!(decoder_bytes(&pieces) >= one + (frames - 1) * picture);
        generate(&file(&[pieces]), &spec([], png()), &Limits::default()).unwrap();
    }
}

#[test]
fn a_picture_with_more_frames_than_were_foreseen_is_refused() {
    let item = coded(&Picture::scene(64, 48), Subsampling::Quarter);
    // Where pieces begin inside of frames, not all frames are seen by the header.
    let data = item.data.repeat(4);
    let layers = Item { pieces: 3, data, ..item.clone() };
    let made = generate(&file(&[layers]), &spec([], png()), &Limits::default());
    assert!(matches!(made, Err(ImageError::Unsupported { .. })), "{made:?}");
    // Another header may promise what the first does not.
    let mut other = item.clone();
    promise_grain(&mut other);
    let both = Item { data: [item.data.clone(), other.data].concat(), ..item };
    let made = generate(&file(&[both]), &spec([], png()), &Limits::default());
    assert!(matches!(made, Err(ImageError::Unsupported { .. })), "{made:?}");
}

#[test]
fn the_parts_of_a_grid_are_decoded_within_the_time_that_they_may_take() {
    let limits = Limits { cpu_time: Duration::from_millis(100), ..Limits::default() };
    let bytes = file(&shared_grid(32, 64));
    let start = processor_time();
    let made = generate(&bytes, &spec([], png()), &limits);
    assert!(matches!(made, Err(ImageError::LimitExceeded { limit: "cpu_time", .. })), "{made:?}");
    assert!(processor_time() - start < Duration::from_millis(400));
}
