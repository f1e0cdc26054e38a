//! AVIF as it is written, at every speed and sampling, and at sizes that the corpus has none of.

use rendition_imaging::{Avif, Output, Spec, Subsampling};

use crate::hand_made::Case;
use crate::picture::{Picture, spec};

/// Sides in pixels.
const SIZES: [(u32, u32); 9] =
    [(1, 1), (100, 100), (1, 3000), (16, 3000), (3000, 9), (130, 1500), (300, 200), (640, 480), (1200, 1100)];

/// All of them: a photograph, something drawn in few colours, and noise.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (width, height) in SIZES {
        let noise =
            |x: u32, y: u32| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(97) >> 9;
        let pictures = [
            ("photograph", Picture::scene(width, height)),
            (
                "drawing",
                Picture::new(width, height, |x, y| {
                    [if (x / 7 + y / 5) % 3 == 0 { 20 } else { 230 }, 40, 40, 255]
                }),
            ),
            ("noise", Picture::new(width, height, |x, y| noise(x, y).to_le_bytes().map(|level| level | 1))),
        ];
        for (name, picture) in pictures {
            for output in outputs(u64::from(width) * u64::from(height)) {
                let name = format!("{name} {width}x{height} {output:?}");
                cases.push(Case { name, bytes: picture.png(), spec: made(output) });
            }
        }
    }
    cases
}

fn made(options: Avif) -> Spec {
    spec([], Output::Avif(options))
}

/// Slow speeds for few pixels alone.
fn outputs(pixels: u64) -> Vec<Avif> {
    let slowest = match pixels {
        ..50_000 => 2,
        50_000..100_000 => 4,
        100_000..500_000 => 6,
        _ => 8,
    };
    // Between these nothing changes.
    let speeds = [2, 4, 5, 6, 8].into_iter().filter(|speed| *speed >= slowest);
    let speeds = speeds.map(|speed| Avif { speed: Some(speed), ..Avif::default() });
    let samplings = [Subsampling::Whole, Subsampling::Half].map(|subsampling| Avif {
        speed: Some(slowest.max(6)),
        quality: Some(95),
        subsampling,
        ..Avif::default()
    });
    speeds.chain(samplings).collect()
}
