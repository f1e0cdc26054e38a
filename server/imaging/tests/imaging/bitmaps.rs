//! BMP and ICO: every way to store pixels that is in use gives those that it stands for.

use rendition_imaging::inspect;

use crate::picture::Picture;

/// A BMP of this header's length (40: Windows 3, 108: version 4, 124: version 5); a height below zero means top down.
fn bmp(
    header: u32,
    (width, height): (i32, i32),
    (bits, compression): (u16, u32),
    rest: [&[u8]; 3],
) -> Vec<u8> {
    let [masks, palette, pixels] = rest;
    let mut info = header.to_le_bytes().to_vec();
    info.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
    info.extend([1u16.to_le_bytes(), bits.to_le_bytes()].concat());
    let colors = (palette.len() / 4) as u32;
    let fields = [compression, pixels.len() as u32, 2835, 2835, colors, 0];
    info.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
    info.extend(masks);
    if header > 40 {
        info.resize(56, 0);
        // LCS_sRGB, as the format writes it.
        info.extend(b"BGRs");
        info.resize(header as usize, 0);
    }
    let offset = 14 + info.len() + palette.len();
    let mut bytes = b"BM".to_vec();
    bytes.extend(((offset + pixels.len()) as u32).to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend((offset as u32).to_le_bytes());
    [bytes, info, palette.to_vec(), pixels.to_vec()].concat()
}

fn masks(masks: &[u32]) -> Vec<u8> {
    masks.iter().flat_map(|mask| mask.to_le_bytes()).collect()
}

fn pixels(bytes: &[u8]) -> Vec<[u8; 4]> {
    Picture::read(bytes).pixels
}

const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const WHITE: [u8; 4] = [255, 255, 255, 255];

/// Blue, green, red, nothing: as palettes are stored.
const PALETTE: [u8; 16] = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0];

#[test]
fn rows_go_up_unless_the_height_is_below_zero() {
    let rows = [0, 0, 255, 0, 255, 0, 0, 0, 255, 0, 0, 255, 255, 255, 0, 0];
    let up = bmp(40, (2, 2), (24, 0), [&[], &[], &rows]);
    assert_eq!(pixels(&up), [BLUE, WHITE, RED, GREEN]);
    let down = bmp(40, (2, -2), (24, 0), [&[], &[], &rows]);
    assert_eq!(pixels(&down), [RED, GREEN, BLUE, WHITE]);
}

#[test]
fn sixteen_bits_are_five_each_or_what_the_masks_say() {
    let words = |words: [u16; 2]| words.map(u16::to_le_bytes).concat();
    let plain = bmp(40, (2, 1), (16, 0), [&[], &[], &words([0x7c00, 0x03e0])]);
    assert_eq!(pixels(&plain), [RED, GREEN]);
    let six = masks(&[0xf800, 0x07e0, 0x001f]);
    let fields = bmp(40, (2, 1), (16, 3), [&six, &[], &words([0xf800, 0x07e0])]);
    assert_eq!(pixels(&fields), [RED, GREEN]);
    let four = masks(&[0x0f00, 0x00f0, 0x000f, 0xf000]);
    let clear = bmp(108, (2, 1), (16, 3), [&four, &[], &words([0xff00, 0x80f0])]);
    assert_eq!(pixels(&clear), [RED, [0, 255, 0, 136]]);
}

#[test]
fn the_alpha_of_later_versions_counts_and_that_of_windows_3_does_not() {
    let order = masks(&[0x00ff_0000, 0x0000_ff00, 0x0000_00ff, 0xff00_0000]);
    let stored = [0, 0, 255, 255, 0, 255, 0, 64];
    for header in [108, 124] {
        let bytes = bmp(header, (2, 1), (32, 3), [&order, &[], &stored]);
        assert!(inspect(&bytes).unwrap().has_alpha);
        assert_eq!(pixels(&bytes), [RED, [0, 255, 0, 64]]);
    }
    let plain = bmp(40, (2, 1), (32, 0), [&[], &[], &[0, 0, 255, 0, 0, 255, 0, 0]]);
    assert_eq!(pixels(&plain), [RED, GREEN], "that byte is padding");
}

#[test]
fn run_lengths_repeat_list_and_leave_out() {
    // Three reds; then a list of green, blue, white; end of the row; two greens; end.
    let eight = [3, 0, 0, 3, 1, 2, 3, 0, 0, 0, 6, 1, 0, 1];
    let bytes = bmp(40, (6, 2), (8, 1), [&[], &PALETTE, &eight]);
    let expected = [[GREEN; 6], [RED, RED, RED, GREEN, BLUE, WHITE]].concat();
    assert_eq!(pixels(&bytes), expected);
    // Four pixels of 0 and 1 in turns; a list of four; end.
    let four = [4, 0x01, 0, 4, 0x23, 0x10, 0, 1];
    let bytes = bmp(40, (8, 1), (4, 2), [&[], &PALETTE, &four]);
    assert_eq!(pixels(&bytes), [RED, GREEN, RED, GREEN, BLUE, WHITE, GREEN, RED]);
}

#[test]
fn palettes_have_one_four_or_eight_bits() {
    /// Bits a pixel, the bytes of a row, and its pixels.
    type Row<'a> = (u16, &'a [u8], &'a [[u8; 4]]);
    let rows: [Row<'_>; 3] = [
        (1, &[0b0100_0000, 0, 0, 0], &[RED, GREEN]),
        (4, &[0x23, 0, 0, 0], &[BLUE, WHITE]),
        (8, &[2, 0, 0, 0], &[BLUE, RED]),
    ];
    for (bits, stored, expected) in rows {
        let palette = if bits == 1 { &PALETTE[..8] } else { &PALETTE[..] };
        let bytes = bmp(40, (2, 1), (bits, 0), [&[], palette, stored]);
        assert_eq!(pixels(&bytes), expected, "{bits} bits");
    }
}

/// An icon of files or bitmaps that stand for themselves.
fn ico(images: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = [0u16, 1, images.len() as u16].map(u16::to_le_bytes).concat();
    let mut at = 6 + 16 * images.len();
    for (side, image) in images {
        bytes.extend([*side, *side, 0, 0, 1, 0, 32, 0]);
        bytes.extend([image.len() as u32, at as u32].map(u32::to_le_bytes).concat());
        at += image.len();
    }
    images.iter().fold(bytes, |bytes, (_, image)| [bytes, image.clone()].concat())
}

/// A bitmap as icons have them: without a file's header, of twice the height for the mask below the pixels.
fn bitmap(side: u8, color: [u8; 4]) -> Vec<u8> {
    let [red, green, blue, alpha] = color;
    let side = usize::from(side);
    let mask = side.div_ceil(32) * 4 * side;
    let pixels = [[blue, green, red, alpha].repeat(side * side), vec![0; mask]].concat();
    bmp(40, (side as i32, 2 * side as i32), (32, 0), [&[], &[], &pixels])[14..].to_vec()
}

#[test]
fn of_an_icon_the_largest_image_is_taken_be_it_a_png_or_a_bitmap() {
    let png = |side: u32| Picture::new(side, side, |_, _| [10, 200, 30, 128]).png();
    let with_png = ico(&[(16, bitmap(16, RED)), (48, png(48)), (32, bitmap(32, BLUE))]);
    let picture = Picture::read(&with_png);
    assert_eq!((picture.size.width, picture.at(20, 20)), (48, [10, 200, 30, 128]));
    let with_bitmap = ico(&[(16, png(16)), (32, bitmap(32, [0, 0, 255, 77]))]);
    let picture = Picture::read(&with_bitmap);
    assert_eq!((picture.size.width, picture.at(20, 20)), (32, [0, 0, 255, 77]));
}
