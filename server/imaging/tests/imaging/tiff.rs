//! TIFF: every way to store samples that is taken gives the pixels that it stands for, and the others are named.

use rendition_imaging::{ImageError, Limits, Output, Png, Spec, generate, inspect};

use crate::corpus;
use crate::picture::{Picture, png};

/// A TIFF of uncompressed strips, one for each plane. All other tags are short numbers.
struct Tiff {
    big_endian: bool,
    width: u16,
    height: u16,
    tags: Vec<(u16, Vec<u16>)>,
    strips: Vec<Vec<u8>>,
    /// The sides of a tile; none: strips as high as the image.
    tile: Option<(u16, u16)>,
}

const ORIENTATION: u16 = 274;
const PLANAR: u16 = 284;
const COLOR_MAP: u16 = 320;
const EXTRA_SAMPLES: u16 = 338;

impl Tiff {
    fn new((width, height): (u16, u16), photometric: u16, bits: u16, samples: u16) -> Tiff {
        let tags = vec![(258, vec![bits; samples.into()]), (262, vec![photometric]), (277, vec![samples])];
        Tiff { big_endian: false, width, height, tags, strips: Vec::new(), tile: None }
    }

    fn tag(mut self, tag: u16, values: Vec<u16>) -> Tiff {
        self.tags.push((tag, values));
        self
    }

    fn strip(mut self, samples: impl IntoIterator<Item = u8>) -> Tiff {
        self.strips.push(samples.into_iter().collect());
        self
    }

    fn short(&self, value: u16) -> [u8; 2] {
        if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn long(&self, value: usize) -> [u8; 4] {
        if self.big_endian { (value as u32).to_be_bytes() } else { (value as u32).to_le_bytes() }
    }

    /// Samples of 16 bits in the order of the file's bytes.
    fn words(&self, samples: &[u16]) -> Vec<u8> {
        samples.iter().flat_map(|sample| self.short(*sample)).collect()
    }

    fn bytes(&self) -> Vec<u8> {
        let (strips, counts): (Vec<_>, Vec<_>) = {
            let mut at = 8;
            let place = |strip: &Vec<u8>| {
                at += strip.len();
                (at - strip.len(), strip.len())
            };
            self.strips.iter().map(place).unzip()
        };
        let mut data: Vec<u8> = self.strips.concat();
        let mut entries: Vec<(u16, u16, usize, Vec<u8>)> = Vec::new();
        let mut sides = vec![(256, vec![self.width]), (257, vec![self.height])];
        let places = match self.tile {
            Some((width, height)) => {
                sides.extend([(322, vec![width]), (323, vec![height])]);
                [324, 325]
            }
            None => {
                sides.push((278, vec![self.height]));
                [273, 279]
            }
        };
        for (tag, values) in sides.iter().chain(&self.tags) {
            entries.push((*tag, 3, values.len(), self.words(values)));
        }
        for (tag, values) in places.into_iter().zip([&strips, &counts]) {
            entries.push((tag, 4, values.len(), values.iter().flat_map(|value| self.long(*value)).collect()));
        }
        entries.sort();
        let mut directory = self.short(entries.len() as u16).to_vec();
        for (tag, kind, count, mut value) in entries {
            directory.extend([self.short(tag), self.short(kind)].concat());
            directory.extend(self.long(count));
            if value.len() > 4 {
                data.resize(data.len().next_multiple_of(2), 0);
                directory.extend(self.long(8 + data.len()));
                data.extend(value);
            } else {
                value.resize(4, 0);
                directory.extend(value);
            }
        }
        data.resize(data.len().next_multiple_of(2), 0);
        let mut bytes = if self.big_endian { b"MM\0\x2a".to_vec() } else { b"II\x2a\0".to_vec() };
        bytes.extend(self.long(8 + data.len()));
        [bytes, data, directory, vec![0; 4]].concat()
    }
}

fn pixels(tiff: &Tiff) -> Vec<[u8; 4]> {
    Picture::read(&tiff.bytes()).pixels
}

#[test]
fn the_colours_of_palettes_are_looked_up_at_every_depth_and_in_both_orders_of_bytes() {
    for bits in [1u16, 2, 4, 8] {
        for big_endian in [false, true] {
            let colors = 1usize << bits;
            let color =
                |index: usize| [index * 251 + 3, index * 173 + 90, 255 - index].map(|level| level as u8);
            let channel = |which: usize| (0..colors).map(move |index| u16::from(color(index)[which]) * 257);
            let map = (0..3).flat_map(channel).collect();
            let (width, height) = (13, 5);
            let index = |x: usize, y: usize| (x * 7 + y * 3) % colors;
            let per_byte = 8 / usize::from(bits);
            let row = |y: usize| {
                (0..width).step_by(per_byte).map(move |x| {
                    (0..per_byte).fold(0u16, |byte, step| {
                        let index = if x + step < width { index(x + step, y) } else { 0 };
                        byte << bits | index as u16
                    }) as u8
                })
            };
            let mut tiff = Tiff::new((width as u16, height as u16), 3, bits, 1).tag(COLOR_MAP, map);
            tiff.big_endian = big_endian;
            let tiff = tiff.strip((0..height).flat_map(row));
            let opaque = |[red, green, blue]: [u8; 3]| [red, green, blue, 255];
            let expected: Vec<_> =
                (0..height).flat_map(|y| (0..width).map(move |x| opaque(color(index(x, y))))).collect();
            assert_eq!(pixels(&tiff), expected, "{bits} bits, {big_endian}");
        }
    }
}

#[test]
fn planes_of_one_colour_each_give_what_pixels_do() {
    let (width, height) = (6u16, 4u16);
    let count = width * height;
    let sample = |pixel: u16, channel: u16| (pixel * 9 + channel * 70) as u8;
    for (photometric, channels) in [(2, 3u16), (2, 4), (5, 4)] {
        for bits in [8, 16] {
            let tiff = || {
                let tiff = Tiff::new((width, height), photometric, bits, channels);
                if photometric == 2 && channels == 4 { tiff.tag(EXTRA_SAMPLES, vec![2]) } else { tiff }
            };
            let stored = |samples: Vec<u8>| match bits {
                8 => samples,
                _ => tiff().words(&samples.iter().map(|sample| u16::from(*sample) * 257).collect::<Vec<_>>()),
            };
            let in_pixels = (0..count).flat_map(|pixel| (0..channels).map(move |it| sample(pixel, it)));
            let in_planes =
                (0..channels).map(|channel| (0..count).map(|pixel| sample(pixel, channel)).collect());
            let chunky = tiff().strip(stored(in_pixels.collect()));
            let planar = in_planes.map(stored).fold(tiff().tag(PLANAR, vec![2]), Tiff::strip);
            assert_eq!(pixels(&planar), pixels(&chunky), "{photometric} {channels} {bits}");
        }
    }
}

#[test]
fn grey_levels_of_few_bits_are_spread_and_white_may_be_zero() {
    for (bits, byte, levels) in
        [(1, 0b1011_0000u8, [255, 0, 255, 255]), (2, 0b0001_1011, [0, 85, 170, 255]), (8, 0, [0; 4])]
    {
        for (photometric, flip) in [(1, 0u8), (0, 255)] {
            let width = if bits == 8 { 1 } else { 4 };
            let tiff = Tiff::new((width, 1), photometric, bits, 1).strip([byte]);
            let greys: Vec<u8> = pixels(&tiff).iter().map(|pixel| pixel[0]).collect();
            let expected: Vec<u8> = levels
                .iter()
                .take(width.into())
                .map(|level| if flip == 0 { *level } else { 255 - level })
                .collect();
            assert_eq!(greys, expected, "{bits} bits, {photometric}");
        }
    }
}

#[test]
fn sixteen_bits_stay_sixteen_and_the_orientation_is_obeyed() {
    let tiff = Tiff::new((2, 1), 2, 16, 3).tag(ORIENTATION, vec![6]);
    let samples = tiff.words(&[0x1234, 0x5678, 0x9abc, 0xdef0, 0x1111, 0xfffe]);
    let bytes = tiff.strip(samples).bytes();
    let header = inspect(&bytes).unwrap();
    assert_eq!((header.size.width, header.size.height, header.bits), (1, 2, 16));
    let spec = Spec::new(Vec::new(), Output::Png(Png::default()));
    let made = generate(&bytes, &spec, &Limits::default()).unwrap().bytes;
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(&made)).read_info().unwrap();
    assert_eq!(reader.info().bit_depth, ::png::BitDepth::Sixteen);
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut samples).unwrap();
    let samples: Vec<u16> =
        samples.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    assert_eq!(samples, [0x1234, 0x5678, 0x9abc, 0xdef0, 0x1111, 0xfffe]);
}

#[test]
fn what_is_stored_in_other_ways_is_refused_by_name() {
    let floats = Tiff::new((1, 1), 1, 32, 1).tag(339, vec![3]).strip([0; 4]);
    let masks = Tiff::new((8, 1), 4, 1, 1).strip([0]);
    let deep_palette = Tiff::new((1, 1), 3, 16, 1).tag(COLOR_MAP, vec![0; 3]).strip([0; 2]);
    for tiff in [floats, masks, deep_palette] {
        let spec = Spec::new(Vec::new(), png());
        let error = generate(&tiff.bytes(), &spec, &Limits::default()).unwrap_err();
        assert!(matches!(error, ImageError::Unsupported { .. }), "{error}");
    }
    let short_map = Tiff::new((1, 1), 3, 8, 1).tag(COLOR_MAP, vec![0; 30]).strip([40]);
    let error = generate(&short_map.bytes(), &Spec::new(Vec::new(), png()), &Limits::default()).unwrap_err();
    assert!(matches!(error, ImageError::Undecodable { .. }), "{error}");
}

fn refused(bytes: &[u8]) -> ImageError {
    generate(bytes, &Spec::new(Vec::new(), png()), &Limits::default()).unwrap_err()
}

#[test]
fn samples_that_nobody_needs_are_passed_over_or_refused_but_never_mixed_up() {
    let [extra, predictor] = [(EXTRA_SAMPLES, vec![0]), (317, vec![2])];
    let tiff = || Tiff::new((2, 1), 2, 8, 4).tag(extra.0, extra.1.clone());
    let colors = [[1, 2, 3, 255], [5, 6, 7, 255]];
    assert_eq!(pixels(&tiff().strip([1, 2, 3, 99, 5, 6, 7, 98])), colors);
    let predicted = tiff().tag(predictor.0, predictor.1).strip([1, 2, 3, 99, 4, 4, 4, 255]);
    let mut tiled = tiff().strip(vec![0; 16 * 16 * 4]);
    tiled.tile = Some((16, 16));
    let many = Tiff::new((2, 1), 2, 8, 9).tag(EXTRA_SAMPLES, vec![0; 6]).strip([0; 18]);
    let mut planes = Tiff::new((2, 1), 2, 8, 3).tag(PLANAR, vec![2]);
    planes.tile = Some((16, 16));
    let planes = (0..3).fold(planes, |tiff, _| tiff.strip([0; 256]));
    for tiff in [predicted, tiled, many, planes] {
        let error = refused(&tiff.bytes());
        assert!(matches!(error, ImageError::Unsupported { .. }), "{error}");
    }
}

#[test]
fn what_would_take_more_memory_than_the_image_is_refused() {
    let mut wide = Tiff::new((32, 32), 2, 16, 4).tag(EXTRA_SAMPLES, vec![0]).strip([0; 64]);
    wide.tile = Some((65_520, 16));
    let error = refused(&wide.bytes());
    assert!(matches!(error, ImageError::Undecodable { .. }), "{error}");
    let samples = Tiff::new((32, 32), 2, 16, u16::MAX).tag(EXTRA_SAMPLES, vec![0; 65_532]).strip([0; 64]);
    let error = refused(&samples.bytes());
    assert!(matches!(error, ImageError::Unsupported { .. }), "{error}");
    // The table of strips is as long as the file is.
    let mut long = Tiff::new((1, 1), 1, 8, 1).strip([0; 600_000]).bytes();
    let entry = long.windows(4).rposition(|word| word == [0x11, 1, 4, 0]).unwrap();
    long[entry + 2..entry + 8].copy_from_slice(&[1, 0, 0xc0, 0x27, 9, 0]);
    let error = inspect(&long).unwrap_err();
    assert!(error.to_string().contains("the tag 273 has 600000 values"), "{error}");
}

#[test]
fn a_jpeg_within_is_as_large_as_its_strip_and_whole() {
    let noise =
        Picture::new(32, 24, |x, y| [((x * 37) ^ (y * 91)) as u8, (x * y) as u8, (x + y * 7) as u8, 255]);
    let jpeg = noise.jpeg(90);
    let tiff = |size, jpeg: &[u8]| Tiff::new(size, 6, 8, 3).tag(259, vec![7]).strip(jpeg.to_vec()).bytes();
    let read = Picture::read(&tiff((32, 24), &jpeg));
    let shown = Picture::read(&jpeg);
    let difference = |(a, b): (&[u8; 4], &[u8; 4])| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(read.pixels.iter().zip(&shown.pixels).map(difference).max() <= Some(Some(16)));
    assert_eq!(Picture::read(&tiff((32, 24), &[&jpeg[..], &[0; 9]].concat())).pixels, read.pixels);

    let larger = Picture::new(640, 640, |_, _| [9, 9, 9, 255]).jpeg(90);
    let half = [&jpeg[..jpeg.len() / 2], &[0; 70]].concat();
    // Also where the strip says that it is as high as can be.
    let rows = tiff((32, 24), &Picture::new(32, 640, |_, _| [9, 9, 9, 255]).jpeg(90));
    let entry = rows.windows(8).rposition(|word| word == [0x16, 1, 3, 0, 1, 0, 0, 0]).unwrap();
    let high = [&rows[..entry + 8], &[0xff, 0xff], &rows[entry + 10..]].concat();
    for bytes in [tiff((32, 24), &larger), rows, high, tiff((32, 24), &half), tiff((32, 24), &jpeg[..20])] {
        let error = refused(&bytes);
        assert!(matches!(error, ImageError::Undecodable { .. }), "{error}");
    }
    let progressive = Output::Jpeg(rendition_imaging::Jpeg { progressive: true, ..Default::default() });
    let spec = Spec::new(Vec::new(), progressive);
    let progressive = generate(&noise.png(), &spec, &Limits::default()).unwrap().bytes;
    let error = refused(&tiff((32, 24), &progressive));
    assert!(matches!(error, ImageError::Unsupported { .. }), "{error}");
}

#[test]
fn files_of_other_programs_are_read_or_refused_by_name() {
    let rows = [
        ("tiff-crate--palette-1c-4b.tiff", true),
        ("pillow--tiff_strip_planar_16bit_RGBa.tiff", true),
        ("tiff-crate--tiled-jpeg-ycbcr.tif", true),
        ("tiff-crate--minisblack-1c-16b.tiff", true),
        ("tiff-crate--cmyk-3c-16b.tiff", true),
        ("tiff-crate--BigTIFF.tif", true),
        ("sharp--fogra-0-100-100-0.tif", true),
        ("sharp--G31D_MULTI.TIF", false),
        ("pillow--multipage.tiff", true),
        ("tiff-crate--single-black-fp16.tiff", false),
        ("sharp--cielab-dagams.tiff", false),
        ("tiff-crate--int16_zstd.tif", false),
    ];
    for (name, is_read) in rows {
        let Some(bytes) = corpus::read(&format!("tiff/{name}")) else { return };
        match generate(&bytes, &Spec::new(Vec::new(), png()), &Limits::default()) {
            Ok(_) => assert!(is_read, "{name}"),
            Err(error) => {
                assert!(!is_read && matches!(error, ImageError::Unsupported { .. }), "{name}: {error}");
            }
        }
    }
}
