//! AVIF files that were changed by accident or design: a picture or a typed error, never a panic or a hang.

use std::time::{Duration, Instant};

use rendition_imaging::{ImageError, Limits, Subsampling, generate, inspect};

use crate::avif_file::{Item, alpha, coded, coded_gray, file, size};
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
