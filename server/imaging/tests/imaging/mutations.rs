//! Sources of every format with bits flipped, pieces lost, doubled and exchanged: the same ones each time, some thousands in a
//! few seconds. The fuzzers of `tests/fuzz` go further; this keeps what they have found from coming back.

use rendition_imaging::{
    Gif, Jpeg, Light, Limits, Metadata, OnDamaged, Output, Png, ResizeToFit, Spec, Webp, generate, inspect,
};

use crate::corpus;
use crate::picture::{self, Picture};
use crate::shown::{lossless, made, moving, webp};

/// How many damaged copies are made of each source.
const COPIES: usize = 40;

/// The linear congruential generator of Knuth's MMIX.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// Damages a source in one of several ways.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len());
    let length = (1 + random.below(64)).min(bytes.len() - at);
    match random.below(8) {
        0 | 1 => bytes[at] ^= 1 << random.below(8),
        2 => bytes[at] = [0, 0xff, 0x7f, 0x80][random.below(4)],
        3 => bytes.truncate(at),
        4 => drop(bytes.drain(at..at + length)),
        5 => {
            let piece = bytes[at..at + length].to_vec();
            let to = random.below(bytes.len());
            bytes.splice(to..to, piece);
        }
        6 => bytes[at..at + length].fill(random.below(256) as u8),
        _ => {
            // Numbers are what decoders believe.
            let number = [0, 1, 0x7fff_ffff, u32::MAX, 0x0001_0000][random.below(5)];
            let number = if random.below(2) == 0 { number.to_be_bytes() } else { number.to_le_bytes() };
            for (byte, new) in bytes[at..].iter_mut().zip(number) {
                *byte = new;
            }
        }
    }
}

/// Makes the check sums of a PNG's chunks right, or no decoder looks further than to the first damaged one.
fn seal(bytes: &mut [u8]) {
    let mut at = 8;
    while let Some(length) = bytes.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
        let Some(end) = at.checked_add(8 + length).filter(|end| end + 4 <= bytes.len()) else { break };
        let mut sum = flate2::Crc::new();
        sum.update(&bytes[at + 4..end]);
        bytes[end..end + 4].copy_from_slice(&sum.sum().to_be_bytes());
        at = end + 4;
    }
}

/// Images made in code, and the small ones of the corpus.
fn sources() -> Vec<Vec<u8>> {
    let scene = Picture::scene(61, 47);
    let clear = Picture::new(40, 30, |x, y| [x as u8 * 6, y as u8 * 8, 90, (x * y) as u8]);
    let progressive = Output::Jpeg(Jpeg { progressive: true, ..Jpeg::default() });
    let mut sources = vec![
        scene.png(),
        clear.png(),
        scene.jpeg(85),
        picture::generate(&scene.png(), [], progressive),
        scene.webp(),
        clear.webp(),
        made(&scene.png(), [], webp()),
        made(&clear.png(), [], webp()),
        moving(4, 10, Some(gif::Repeat::Infinite)),
        made(&moving(4, 10, None), [], webp()),
        made(&moving(4, 10, None), [], lossless()),
    ];
    for path in corpus::paths() {
        let folder = path.split('/').next();
        let is_read = ["avif", "bmp", "gif", "hostile", "icc", "png", "tiff", "webp"]
            .iter()
            .any(|name| folder == Some(name));
        if let Some(bytes) = corpus::read(&path).filter(|bytes| is_read && bytes.len() < 6000) {
            sources.push(bytes);
        }
    }
    sources
}

#[test]
fn damaged_sources_of_every_format_give_an_image_or_a_typed_error() {
    let limits = Limits {
        max_source_pixels: 1 << 17,
        max_output_pixels: 1 << 17,
        max_animation_pixels: 1 << 19,
        max_frames: 50,
        ..Limits::default()
    };
    let fit = || vec![ResizeToFit { width: 30, height: 30, ..ResizeToFit::default() }.into()];
    let fast = || Webp { method: Some(0), ..Webp::default() };
    let specs = [
        Spec { metadata: Metadata::All, ..Spec::new(fit(), Output::Jpeg(Jpeg::default())) },
        Spec { on_damaged: OnDamaged::Accept, ..Spec::new(vec![], Output::Png(Png::default())) },
        Spec { light: Light::Linear, ..Spec::new(fit(), Output::Webp(fast())) },
        Spec::new(vec![], Output::Gif(Gif::default())),
    ];
    let mut random = Random(1);
    let (mut images, mut count) = (0, 0);
    for source in sources() {
        for copy in 0..COPIES {
            let mut bytes = source.clone();
            for _ in 0..=random.below(3) {
                if !bytes.is_empty() {
                    damage(&mut bytes, &mut random);
                }
            }
            if bytes.starts_with(b"\x89PNG") && copy % 4 != 0 {
                seal(&mut bytes);
            }
            count += 1;
            if let Ok(made) = generate(&bytes, &specs[copy % specs.len()], &limits) {
                assert_eq!(inspect(&made.bytes).unwrap().size, made.size);
                images += 1;
            }
        }
    }
    println!("{images} of {count} damaged sources gave an image");
    assert!(images > count / 20 && images < count * 19 / 20, "{images} of {count}");
}
