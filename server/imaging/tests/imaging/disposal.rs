//! What becomes of frames: the animations of the corpus against what Pillow composes of them.

use rendition_imaging::{Gif, Output};

use crate::corpus;
use crate::picture::Picture;
use crate::shown::{Shown, made};

/// How often it is played, and each frame: a hash of its pixels, and how long it is shown, in ms.
type Golden = (&'static str, u32, &'static [(u32, u32)]);

/// As Pillow 13 composes them, but for times of up to 10 ms, which are 100 ms, and frames that show nothing new, which
/// are part of the one before.
#[rustfmt::skip]
const GOLDEN: &[Golden] = &[
    ("gif/imagers--any-disposal.gif", 0, &[(0x75a8ba88, 1000), (0xcf6dc49b, 1000), (0xf7c83bd5, 1000), (0xd9aeeec8, 1000), (0x58ff93f0, 1000)]),
    ("gif/imagers--mixed-disposal.gif", 0, &[(0x75a8ba88, 1000), (0xcf6dc49b, 1000), (0x5eaf730e, 1000), (0x743945a1, 1000), (0x2287916f, 1000)]),
    ("gif/libvips--dispose-background.gif", 11, &[(0xdd2678e6, 500), (0x6a4257e4, 500), (0xb2085ee3, 500)]),
    ("gif/libvips--dispose-previous.gif", 1, &[(0xf5f95e91, 100), (0x3d5dbf70, 100), (0x914d8764, 100)]),
    ("gif/pillow--dispose_bgnd_transparency.gif", 0, &[(0x969aa315, 2000), (0x169f08f0, 200), (0x52d4a805, 200), (0x974b5e0c, 500), (0xcf3c9de6, 100), (0xaec0a3e1, 500), (0xcf3c9de6, 100), (0xbeb8835e, 500), (0xcf3c9de6, 100), (0xa609c808, 200)]),
    ("gif/pillow--dispose_prev_first_frame.gif", 1, &[(0xece5404f, 1000), (0x5b7d9393, 1000)]),
    ("gif/pillow--missing_background.gif", 0, &[(0x6881ea6d, 100), (0xe9e93095, 100), (0x049f7e87, 100), (0x3a38e428, 100)]),
    ("gif/gif-crate--beacon_icc.gif", 0, &[(0x42b7b4bf, 100), (0xb27fcf4c, 100)]),
    ("gif/sharp--animated-loop-3.gif", 3, &[(0xfe52173b, 3000), (0x16e36e5f, 3000), (0x2aad2cd9, 3000), (0x4b71a230, 3000), (0x7be1b804, 3000), (0xc30bd52a, 3000), (0x361124f0, 3000), (0xe997e10d, 3000), (0x300b67ad, 3000), (0x3b1d499c, 15000)]),
    ("gif/sharp--rotating-squares.gif", 0, &[(0x572f69ba, 120), (0x7509b5f7, 120), (0x49225939, 90), (0x011c09b0, 120), (0x8b1a2d31, 120), (0x323f7fce, 90), (0x3c87c3da, 120), (0xdd0924cc, 90), (0x572f69ba, 30)]),
    ("webp/sharp--animated-loop-3.webp", 3, &[(0x0ab5ecb4, 3000), (0x2eaa3fa9, 3000), (0xbf2a4032, 3000), (0x04bf6131, 3000), (0xaa9af123, 3000), (0xf1e4c553, 3000), (0xbaf0a222, 3000), (0x391d21af, 3000), (0xe8f056c5, 3000), (0x9139581c, 15000)]),
];

/// FNV-1a, folded.
fn hash(picture: &Picture) -> u32 {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
    let hash = picture.pixels.as_flattened().iter().fold(0xcbf2_9ce4_8422_2325, mix);
    (hash ^ hash >> 32) as u32
}

#[test]
fn frames_are_composed_as_elsewhere() {
    for (name, plays, frames) in GOLDEN {
        let Some(bytes) = corpus::read(name) else { return };
        let shown = Shown::of(&bytes);
        let hashes: Vec<_> = shown.frames.iter().map(|(picture, time)| (hash(picture), *time)).collect();
        assert_eq!((shown.plays, hashes.as_slice()), (*plays, *frames), "{name}");
    }
}

#[test]
fn a_gif_written_from_frames_shows_the_same_frames() {
    for (name, ..) in GOLDEN.iter().filter(|(name, ..)| name.ends_with(".gif")) {
        let Some(bytes) = corpus::read(name) else { return };
        let gif = made(&bytes, [], Output::Gif(Gif::default()));
        assert_eq!(Shown::of(&gif), Shown::of(&bytes), "{name}");
    }
}

/// Pillow fills what is disposed of with the background colour; browsers make it transparent.
#[test]
fn what_is_disposed_of_becomes_transparent() {
    let Some(bytes) = corpus::read("gif/imagers--issue_1455_undersized.gif") else { return };
    let shown = Shown::of(&bytes);
    let (red, blue, none) = ([255, 0, 0, 255], [0, 0, 255, 255], [0; 4]);
    let corners: Vec<_> = shown.pictures().map(|frame| (frame.at(0, 0), frame.at(99, 99))).collect();
    assert_eq!(corners, [(red, none), (none, blue)]);
}

/// The canvas stays as large as it is said to be, where others enlarge it.
#[test]
fn a_frame_that_reaches_out_is_cut() {
    let Some(bytes) = corpus::read("gif/imagers--oob.gif") else { return };
    let picture = Picture::read(&bytes);
    assert_eq!((picture.size.width, picture.size.height), (32, 32));
    assert_eq!(picture.pixels.iter().filter(|pixel| pixel[3] > 0).count(), 31);
}
