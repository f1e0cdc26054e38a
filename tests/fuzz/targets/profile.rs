//! Any bytes as the ICC profile of an image that is whole otherwise: of RGB, of grey, and of four inks.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rendition_imaging::{ColorProfile, Jpeg, Light, Limits, Output, Png, Spec, generate};

/// One grey pixel.
const GRAY: &[u8] = include_bytes!("../pixel.jpg");

/// One pixel of four inks.
const INKS: &[u8] = include_bytes!("../inks.jpg");

/// The image data of a WebP of one pixel, lossless.
const PIXEL: &[u8] = b"VP8L\x0d\0\0\0\x2f\0\0\0\0\x07\x10\x51\xc8\xff\x81\x88\x88\xff\x03\0";

/// The JPEG with the profile in as many pieces as it takes.
fn jpeg(image: &[u8], profile: &[u8]) -> Vec<u8> {
    let mut source = image[..2].to_vec();
    let pieces = profile.chunks(60_000);
    let count = pieces.len() as u8;
    for (number, piece) in (1_u8..).zip(pieces) {
        source.extend_from_slice(&[0xff, 0xe2]);
        source.extend_from_slice(&(piece.len() as u16 + 16).to_be_bytes());
        source.extend_from_slice(b"ICC_PROFILE\0");
        source.extend_from_slice(&[number, count]);
        source.extend_from_slice(piece);
    }
    source.extend_from_slice(&image[2..]);
    source
}

fn webp(profile: &[u8]) -> Vec<u8> {
    let mut source = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x20\0\0\0\0\0\0\0\0\0ICCP".to_vec();
    source.extend_from_slice(&(profile.len() as u32).to_le_bytes());
    source.extend_from_slice(profile);
    source.resize(source.len().next_multiple_of(2), 0);
    source.extend_from_slice(PIXEL);
    let length = source.len() as u32 - 8;
    source[4..8].copy_from_slice(&length.to_le_bytes());
    source
}

fuzz_target!(|profile: &[u8]| {
    let profile = &profile[..profile.len().min(1 << 20)];
    for source in [webp(profile), jpeg(GRAY, profile), jpeg(INKS, profile)] {
        for (light, color_profile, output) in [
            (Light::Gamma, ColorProfile::default(), Output::Jpeg(Jpeg::default())),
            (Light::Linear, ColorProfile::default(), Output::Png(Png::default())),
            (Light::Gamma, ColorProfile::Keep, Output::Png(Png::default())),
        ] {
            let spec = Spec { light, color_profile, ..Spec::new(Vec::new(), output) };
            // What is bright beyond white is refused; everything else is an image, whatever its profile says.
            if let Ok(made) = generate(&source, &spec, &Limits::default()) {
                generate(&made.bytes, &spec, &Limits::default()).expect("what is written can be decoded");
            }
        }
    }
});
