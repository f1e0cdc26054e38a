//! Small files that ask for much: refused, or made for little, and soon.

use std::time::Duration;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use rendition_imaging::{
    Animation, ColorProfile, Encoded, ImageError, Jpeg, Limits, Metadata, Output, Png, ResizeToFit, Spec,
    Webp, generate, inspect,
};
use std::io::Write;

use crate::confined::processor_time;
use crate::picture::{Picture, spec};

/// The longest that any of these may take of a processor's time.
const LONGEST: Duration = Duration::from_secs(2);

fn small() -> Spec {
    let fit = ResizeToFit { width: 50, height: 50, ..ResizeToFit::default() };
    spec([fit.into()], Output::Webp(Webp { method: Some(0), ..Webp::default() }))
}

fn made(name: &str, bytes: &[u8], spec: &Spec) -> Result<Encoded, ImageError> {
    let start = processor_time();
    let made = generate(bytes, spec, &Limits::default());
    let took = processor_time() - start;
    println!("{name}: {} bytes, {took:?}, {:?}", bytes.len(), made.as_ref().map(|made| made.size));
    assert!(took < LONGEST, "{name} took {took:?}");
    made
}

fn refused(name: &str, bytes: &[u8]) -> ImageError {
    made(name, bytes, &small()).expect_err(name)
}

/// Which limit was exceeded.
fn limit(name: &str, bytes: &[u8]) -> &'static str {
    match refused(name, bytes) {
        ImageError::LimitExceeded { limit, .. } => limit,
        other => panic!("{name}: {other}"),
    }
}

fn deflated(byte: u8, length: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let piece = vec![byte; 1 << 16];
    for start in (0..length).step_by(piece.len()) {
        encoder.write_all(&piece[..piece.len().min(length - start)]).unwrap();
    }
    encoder.finish().unwrap()
}

/// A PNG of these chunks.
fn png_of(width: u32, height: u32, kind: [u8; 5], chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut header = width.to_be_bytes().to_vec();
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&kind);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let chunks = std::iter::once((b"IHDR", header)).chain(chunks.iter().cloned());
    for (name, data) in chunks.chain([(b"IEND", Vec::new())]) {
        bytes.extend_from_slice(&(data.len() as u32).to_be_bytes());
        let start = bytes.len();
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(&data);
        let mut sum = flate2::Crc::new();
        sum.update(&bytes[start..]);
        bytes.extend_from_slice(&sum.sum().to_be_bytes());
    }
    bytes
}

#[test]
fn chunks_of_a_png_that_swell_when_they_are_inflated_are_passed_over() {
    let picture = Picture::scene(60, 40);
    let plain = made("plain", &picture.png(), &small()).unwrap();
    let mut text = b"Comment\0\0".to_vec();
    text.extend_from_slice(&deflated(b' ', 300 << 20));
    let mut profile = b"profile\0\0".to_vec();
    profile.extend_from_slice(&deflated(0, 300 << 20));
    for (name, data) in [(b"zTXt", text), (b"iCCP", profile)] {
        let bomb = picture.png_with(&[(name, data)]);
        assert_eq!(made(std::str::from_utf8(name).unwrap(), &bomb, &small()).unwrap().bytes, plain.bytes);
    }
}

#[test]
fn many_small_chunks_of_a_png_are_no_trouble() {
    let many = vec![(b"tEXt", b"a\0b".to_vec()); 300_000];
    made("chunks", &Picture::scene(60, 40).png_with(&many), &small()).unwrap();
}

#[test]
fn an_image_of_few_bytes_and_many_pixels_takes_no_longer_than_its_pixels() {
    // Rows of one bit and of one pixel, as many as a source may have.
    let (width, height) = (10_000, 10_000);
    let data = deflated(0, (width / 8 + 1) * height);
    let bits = png_of(width as u32, height as u32, [1, 0, 0, 0, 0], &[(b"IDAT", data)]);
    made("bits", &bits, &small()).unwrap();
    let tall =
        |height: u32| png_of(1, height, [8, 0, 0, 0, 0], &[(b"IDAT", deflated(0, height as usize * 2))]);
    made("tall", &tall(250_000), &small()).unwrap();
    // The weights of the filter would take gigabytes.
    assert_eq!(limit("too tall", &tall(90_000_000)), "max_source_side");
}

/// A GIF of so many frames of one pixel.
fn gif_of(frames: usize) -> Vec<u8> {
    let mut bytes = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    for _ in 0..frames {
        bytes.extend_from_slice(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0");
    }
    bytes.push(0x3b);
    bytes
}

/// A WebP of so many frames, each the same small image.
fn webp_of(frames: usize) -> Vec<u8> {
    let image = Picture::new(1, 1, |_, _| [9, 9, 9, 255]).webp();
    let mut frame = vec![0; 16];
    frame[12] = 40;
    frame.extend_from_slice(&image[12..]);
    let mut chunks = b"WEBP".to_vec();
    let mut chunk = |name: &[u8; 4], data: &[u8]| {
        chunks.extend_from_slice(name);
        chunks.extend_from_slice(&(data.len() as u32).to_le_bytes());
        chunks.extend_from_slice(data);
    };
    chunk(b"VP8X", &[2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    chunk(b"ANIM", &[0; 6]);
    (0..frames).for_each(|_| chunk(b"ANMF", &frame));
    riff(&chunks)
}

fn riff(chunks: &[u8]) -> Vec<u8> {
    let mut bytes = b"RIFF".to_vec();
    bytes.extend_from_slice(&(chunks.len() as u32).to_le_bytes());
    bytes.extend_from_slice(chunks);
    bytes
}

#[test]
fn animations_of_a_hundred_thousand_frames_are_refused_and_their_first_frame_is_made() {
    let first = Spec { animation: Animation::FirstFrame, ..small() };
    for (name, bytes) in [("gif", gif_of(100_000)), ("webp", webp_of(100_000))] {
        assert_eq!(limit(name, &bytes), "max_frames");
        made(name, &bytes, &first).unwrap();
    }
    for (name, bytes) in [("gif", gif_of(2000)), ("webp", webp_of(2000))] {
        made(name, &bytes, &small()).unwrap();
    }
}

/// An entry of a TIFF's directory: tag, type, count, value.
type Entry = (u16, u16, u32, u32);

/// A TIFF with this directory, followed by this data, which begins where the closure is told.
fn tiff_of(next: u32, entries: impl Fn(u32) -> Vec<Entry>, data: &[u8]) -> Vec<u8> {
    let begin = 8 + 2 + entries(0).len() as u32 * 12 + 4;
    let entries = entries(begin);
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend_from_slice(&(entries.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in entries {
        bytes.extend_from_slice(&tag.to_le_bytes());
        bytes.extend_from_slice(&kind.to_le_bytes());
        bytes.extend_from_slice(&count.to_le_bytes());
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes.extend_from_slice(&next.to_le_bytes());
    bytes.extend_from_slice(data);
    bytes
}

/// A grey TIFF of 8 bits, deflated in one strip, with these entries beside.
fn gray_tiff(side: u32, next: u32, more: &[Entry], data: &[u8]) -> Vec<u8> {
    let entries = |begin: u32| {
        let mut entries = vec![
            (256, 4, 1, side),
            (257, 4, 1, side),
            (258, 3, 1, 8),
            (259, 3, 1, 8),
            (262, 3, 1, 1),
            (273, 4, 1, begin),
            (277, 3, 1, 1),
            (278, 4, 1, side),
            (279, 4, 1, data.len() as u32),
        ];
        entries.extend_from_slice(more);
        entries
    };
    tiff_of(next, entries, data)
}

#[test]
fn directories_of_a_tiff_that_lead_nowhere_or_in_circles_end() {
    let pixels = deflated(7, 32 * 32);
    let error = refused("circle", &gray_tiff(32, 8, &[], &pixels));
    assert!(error.to_string().contains("cycle"), "{error}");
    // A profile that is said to be four gigabytes long, and one that lies in the directory itself.
    made("profile", &gray_tiff(32, 0, &[(34675, 7, u32::MAX, 8)], &pixels), &small()).unwrap();
    made("profile within", &gray_tiff(32, 0, &[(34675, 7, 100, 8)], &pixels), &small()).unwrap();
    let strips = tiff_of(
        0,
        |_| {
            vec![
                (256, 4, 1, 32),
                (257, 4, 1, 32),
                (258, 3, 1, 8),
                (262, 3, 1, 1),
                (273, 4, u32::MAX, 8),
                (279, 4, u32::MAX, 8),
            ]
        },
        &[],
    );
    refused("strips", &strips);
    let many: Vec<Entry> = (0..65_000).map(|index| (1000, 3, 1, index)).collect();
    let _ = made("entries", &gray_tiff(32, 0, &many, &pixels), &small());
}

#[test]
fn a_strip_of_a_tiff_that_swells_ends_with_the_image() {
    let _ = made("strip", &gray_tiff(32, 0, &[], &deflated(0, 500 << 20)), &small());
    refused("promise", &gray_tiff(10_000, 0, &[], &deflated(0, 1 << 20)));
    assert_eq!(limit("pixels", &gray_tiff(60_000, 0, &[], &[])), "max_source_pixels");
}

#[test]
fn an_icon_that_holds_a_huge_png_is_refused() {
    let mut inner = png_of(60_000, 60_000, [8, 6, 0, 0, 0], &[(b"IDAT", deflated(0, 1 << 20))]);
    for side in [60_000_u32, 256] {
        inner[16..20].copy_from_slice(&side.to_be_bytes());
        let mut icon = b"\0\0\x01\0\x01\0\0\0\0\0\x01\0\x20\0".to_vec();
        icon.extend_from_slice(&(inner.len() as u32).to_le_bytes());
        icon.extend_from_slice(&22_u32.to_le_bytes());
        icon.extend_from_slice(&inner);
        refused("icon", &icon);
    }
}

/// A BMP with this header and data.
fn bmp_of(width: i32, height: i32, bits: u16, compression: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"BM\0\0\0\0\0\0\0\0".to_vec();
    let palette = if bits <= 8 { 4 << bits } else { 0 };
    bytes.extend_from_slice(&(54 + palette as u32).to_le_bytes());
    bytes.extend_from_slice(&40_u32.to_le_bytes());
    bytes.extend_from_slice(&width.to_le_bytes());
    bytes.extend_from_slice(&height.to_le_bytes());
    bytes.extend_from_slice(&1_u16.to_le_bytes());
    bytes.extend_from_slice(&bits.to_le_bytes());
    bytes.extend_from_slice(&compression.to_le_bytes());
    bytes.extend_from_slice(&[0; 20]);
    bytes.extend(std::iter::repeat_n(0, palette));
    bytes.extend_from_slice(data);
    bytes
}

#[test]
fn bitmaps_of_impossible_sizes_and_endless_runs_are_refused_or_end() {
    for (width, height) in [(-5, 5), (0, 5), (5, 0), (i32::MIN, 5), (5, i32::MIN), (i32::MAX, i32::MAX)] {
        refused("sides", &bmp_of(width, height, 24, 0, &[0; 300]));
    }
    // Upside down is honest.
    made("upside down", &bmp_of(5, -5, 24, 0, &[0; 80]), &small()).unwrap();
    // Runs of 255 pixels, ends of rows and jumps, without an end.
    for piece in [[255, 0], [0, 0], [0, 2]] {
        let _ = made("runs", &bmp_of(3000, 3000, 8, 1, &piece.repeat(2 << 20)), &small());
    }
}

/// A WebP of one pixel with this chunk.
fn webp_with(flag: u8, name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    webp_with_all(flag, name, &[data])
}

/// The same with several of these chunks.
fn webp_with_all(flag: u8, name: &[u8; 4], all: &[&[u8]]) -> Vec<u8> {
    let image = Picture::new(1, 1, |_, _| [9, 99, 200, 255]).webp();
    let mut chunks = b"WEBPVP8X\x0a\0\0\0".to_vec();
    chunks.extend_from_slice(&[flag, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let mut chunk = |name: &[u8], data: &[u8]| {
        chunks.extend_from_slice(name);
        chunks.extend_from_slice(&(data.len() as u32).to_le_bytes());
        chunks.extend_from_slice(data);
        chunks.resize(chunks.len().next_multiple_of(2), 0);
    };
    all.iter().for_each(|data| chunk(name, data));
    chunk(&image[12..16], &image[20..]);
    riff(&chunks)
}

/// An ICC profile for displays, in RGB, with tags of these types and data.
fn profile_of(length: u32, tags: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut header = vec![0; 128];
    header[8] = 4;
    header[12..24].copy_from_slice(b"mntrRGB XYZ ");
    header[36..40].copy_from_slice(b"acsp");
    header[68..80].copy_from_slice(&[0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d]);
    header.extend_from_slice(&(tags.len() as u32).to_be_bytes());
    let mut at = 132 + tags.len() * 12;
    let mut data = Vec::new();
    for (name, tag) in tags {
        header.extend_from_slice(*name);
        header.extend_from_slice(&(at as u32).to_be_bytes());
        header.extend_from_slice(&(tag.len() as u32).to_be_bytes());
        at += tag.len();
        data.extend_from_slice(tag);
    }
    header.extend_from_slice(&data);
    header.resize(header.len().max(length as usize), 0);
    let length = header.len() as u32;
    header[..4].copy_from_slice(&length.to_be_bytes());
    header
}

fn numbers(name: &[u8; 4], values: &[u32]) -> Vec<u8> {
    let mut bytes = name.to_vec();
    bytes.extend_from_slice(&[0; 4]);
    values.iter().for_each(|value| bytes.extend_from_slice(&value.to_be_bytes()));
    bytes
}

#[test]
fn hostile_profiles_are_passed_over() {
    let primaries =
        || [b"rXYZ", b"gXYZ", b"bXYZ"].map(|name| (name, numbers(b"XYZ ", &[0x6fa2, 0x38f5, 0x390])));
    let with = |curve: Vec<u8>, length: u32| {
        let curves = [b"rTRC", b"gTRC", b"bTRC"].map(|name| (name, curve.clone()));
        profile_of(length, &primaries().into_iter().chain(curves).collect::<Vec<_>>())
    };
    let mut table = vec![0; 32];
    table[0] = 3;
    table[1] = 3;
    table[2] = 255;
    let mut lut = numbers(b"mft2", &[]);
    lut.extend_from_slice(&[3, 3, 255, 0]);
    lut.extend_from_slice(&table);
    for (name, profile) in [
        ("nothing", Vec::new()),
        ("long", vec![0xaa; 24 << 20]),
        ("long and well begun", with(numbers(b"curv", &[0]), 24 << 20)),
        ("a curve of four thousand million points", with(numbers(b"curv", &[u32::MAX]), 0)),
        ("a curve of many points", with(numbers(b"curv", &[1_800_000, 0, 0]), 8_000_000)),
        ("a curve of no known kind", with(numbers(b"para", &[0xffff_0000, 0]), 0)),
        ("a curve of no slope", with(numbers(b"para", &[0x0004_0000, 0, 0, 0, 0, 0, 0, 0]), 0)),
        ("a curve of huge gamma", with(numbers(b"para", &[0, 0x7fff_ffff]), 0)),
        ("no primaries", profile_of(0, &[(b"rTRC", numbers(b"curv", &[0]))])),
        ("a table of 255 points a side", profile_of(0, &[(b"A2B0", lut.clone())])),
        ("a table that is there", profile_of(8_000_000, &[(b"A2B0", lut)])),
    ] {
        match made(name, &webp_with(0x20, b"ICCP", &profile), &small()) {
            // A curve that stays dark for long is taken for one of high dynamic range.
            Err(ImageError::Unsupported { .. }) if name == "a curve of huge gamma" => {}
            made => drop(made.unwrap()),
        }
    }
}

#[test]
fn a_profile_that_is_too_long_is_neither_applied_nor_kept() {
    let mut profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let keep = Spec { color_profile: ColorProfile::Keep, ..spec([], Output::Webp(Webp::default())) };
    let plain = made("plain", &webp_with(0, b"XMP ", b""), &keep).unwrap();
    let kept = made("kept", &webp_with(0x20, b"ICCP", &profile), &keep).unwrap();
    assert!(inspect(&kept.bytes).unwrap().has_icc);
    profile.resize(9 << 20, 0);
    profile[..4].copy_from_slice(&(9u32 << 20).to_be_bytes());
    for color_profile in [ColorProfile::Keep, ColorProfile::Convert] {
        let spec = Spec { color_profile, ..keep.clone() };
        let long = made("long", &webp_with(0x20, b"ICCP", &profile), &spec).unwrap();
        assert_eq!(long.bytes, plain.bytes);
    }
}

#[test]
fn of_several_profiles_in_a_webp_the_first_counts() {
    let profile = |profile: moxcms::ColorProfile| profile.encode().unwrap();
    let (p3, srgb) =
        (profile(moxcms::ColorProfile::new_display_p3()), profile(moxcms::ColorProfile::new_srgb()));
    let webp = spec([], Output::Webp(Webp::default()));
    let of = |all: &[&[u8]]| made("profiles", &webp_with_all(0x20, b"ICCP", all), &webp).unwrap().bytes;
    assert_ne!(of(&[&p3]), of(&[&srgb]));
    assert_eq!(of(&[&p3, &srgb]), of(&[&p3]));
    assert_eq!(of(&[&srgb, &p3]), of(&[&srgb]));
    // Behind the image of a file without an extended header there is nothing that belongs to it.
    let plain = Picture::new(1, 1, |_, _| [9, 99, 200, 255]).webp();
    let mut chunks = plain[8..].to_vec();
    chunks.extend_from_slice(b"ICCP");
    chunks.extend_from_slice(&(p3.len() as u32).to_le_bytes());
    chunks.extend_from_slice(&p3);
    for spec in [webp, spec([], Output::Png(Png::default()))] {
        let pair = [&plain, &riff(&chunks)].map(|bytes| made("behind", bytes, &spec).unwrap().bytes);
        assert_eq!(pair[0], pair[1]);
    }
}

#[test]
fn sides_that_no_number_holds_multiplied_are_refused() {
    assert_eq!(limit("tiff", &gray_tiff(u32::MAX, 0, &[], &[])), "max_source_side");
    let deep = tiff_of(
        0,
        |begin| {
            vec![
                (256, 4, 1, u32::MAX),
                (257, 4, 1, u32::MAX),
                (258, 3, 1, 16),
                (262, 3, 1, 2),
                (273, 4, 1, begin),
                (277, 3, 1, 1),
                (279, 4, 1, 1),
            ]
        },
        &[0],
    );
    let _ = made("deep", &deep, &small());
}

#[test]
fn a_block_of_exif_that_points_to_itself_and_a_packet_of_megabytes_are_no_trouble() {
    let all = Spec { metadata: Metadata::All, ..small() };
    // The directory of EXIF's own entries is the first one, again and again.
    let mut block = b"II*\0\x08\0\0\0".to_vec();
    block.extend_from_slice(&500_u16.to_le_bytes());
    for _ in 0..500 {
        block.extend_from_slice(&[0x69, 0x87, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0]);
    }
    block.extend_from_slice(&8_u32.to_le_bytes());
    made("exif", &webp_with(0x08, b"EXIF", &block), &all).unwrap();
    // Entries that share one value make a block grow.
    let mut block = b"II*\0\x08\0\0\0".to_vec();
    block.extend_from_slice(&500_u16.to_le_bytes());
    for tag in 0..500_u16 {
        block.extend_from_slice(&(0x9000 + tag).to_le_bytes());
        block.extend_from_slice(&[7, 0, 0, 0, 16, 0, 8, 0, 0, 0]);
    }
    block.resize(2 << 20, b'x');
    let kept = made("shared values", &webp_with(0x08, b"EXIF", &block), &all).unwrap();
    assert!(kept.bytes.len() < 1 << 17, "{}", kept.bytes.len());
    let packet = b"<x:xmpmeta tiff:Orientation='6'/>".repeat(400_000);
    let kept = made("xmp", &webp_with(0x04, b"XMP ", &packet), &all).unwrap();
    assert!(kept.bytes.len() < 1 << 17, "{}", kept.bytes.len());
}

/// A progressive JPEG whose last scan stands there so many times more.
fn scans(picture: &Picture, more: usize) -> Vec<u8> {
    let progressive = Output::Jpeg(Jpeg { progressive: true, ..Jpeg::default() });
    let source = generate(&picture.png(), &spec([], progressive), &Limits::default()).unwrap().bytes;
    let last = source.windows(2).rposition(|pair| pair == [0xff, 0xda]).unwrap();
    let end = source.len() - 2;
    let mut bytes = source[..end].to_vec();
    (0..more).for_each(|_| bytes.extend_from_slice(&source[last..end]));
    bytes.extend_from_slice(&source[end..]);
    bytes
}

#[test]
fn a_jpeg_of_a_thousand_scans_is_refused() {
    let picture = Picture::scene(400, 300);
    made("usual", &scans(&picture, 0), &small()).unwrap();
    let error = refused("scans", &scans(&picture, 1000));
    assert!(matches!(error, ImageError::Undecodable { .. }), "{error}");
}

#[test]
fn a_large_jpeg_without_its_pixels_takes_no_time() {
    let mut bytes = scans(&Picture::scene(64, 64), 20);
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc2]).unwrap();
    // Height and width.
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x1f, 0xf0, 0x1f, 0xf0]);
    // The decoder without C paints grey what is missing before an end mark, and is as quick about it.
    let made = made("jpeg", &bytes, &small());
    assert_eq!(made.is_err(), cfg!(feature = "turbojpeg"));
}
