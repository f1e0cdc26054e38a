//! Images for tests: made here, or real ones from the corpus beside the project when it is there.

use std::path::PathBuf;

use rendition_imaging::{Limits, Output, Png, ResizeToFit, Spec};

/// A picture of `width` x `height` pixels in soft colours that `seed` shifts, as PNG.
pub fn png(width: u32, height: u32, seed: u8) -> Vec<u8> {
    let mut pixels = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            let (x, y) = (x * 255 / width.max(1), y * 255 / height.max(1));
            pixels.extend([(x as u8).wrapping_add(seed), y as u8, ((x + y) / 2) as u8 ^ seed]);
        }
    }
    encode_png(width, height, &pixels)
}

/// The same picture as JPEG.
pub fn jpeg(width: u32, height: u32, seed: u8) -> Vec<u8> {
    convert(&png(width, height, seed), Output::Jpeg(rendition_imaging::Jpeg::default()))
}

/// A rendition of some bytes through the imaging crate alone.
pub fn convert(bytes: &[u8], output: Output) -> Vec<u8> {
    let spec = Spec::new(Vec::new(), output);
    rendition_imaging::generate(bytes, &spec, &Limits::default()).unwrap().bytes
}

/// TOML of a named spec `small`: 40 pixels wide, PNG, public.
pub const SMALL: &str = "[specs.small]\noperations = [{ resize_to_fit = { width = 40 } }]\n\
                         output = { png = {} }\npublic = true\n";

/// What the spec of [`SMALL`] makes of some bytes, to the byte: a rendition depends on those and the spec alone.
pub fn small(bytes: &[u8]) -> Vec<u8> {
    let fit = ResizeToFit { width: 40, ..ResizeToFit::default() };
    let spec = Spec::new(vec![fit.into()], Output::Png(Png::default()));
    rendition_imaging::generate(bytes, &spec, &Limits::default()).unwrap().bytes
}

/// A header of a PNG that claims `width` x `height` pixels and has none.
pub fn png_header(width: u32, height: u32) -> Vec<u8> {
    let whole = convert(&encode_png(1, 1, &[0, 0, 0]), Output::Png(Png::default()));
    let mut bytes = whole[..33].to_vec();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}

/// A file of the corpus; none, with a note, where there is no corpus.
pub fn corpus(path: &str) -> Option<Vec<u8>> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus").join(path);
    let bytes = std::fs::read(&file).ok();
    if bytes.is_none() {
        eprintln!("note: {path} is not there, so nothing is tested with it");
    }
    bytes
}

/// Pixels of red, green and blue as PNG.
pub fn encode_png(width: u32, height: u32, rgb: &[u8]) -> Vec<u8> {
    // Stored deflate blocks need no compressor.
    let mut raw = Vec::new();
    for row in rgb.chunks((width * 3) as usize) {
        raw.push(0);
        raw.extend_from_slice(row);
    }
    let mut zlib = vec![0x78, 0x01];
    let blocks: Vec<&[u8]> = raw.chunks(65_535).collect();
    for (index, block) in blocks.iter().enumerate() {
        zlib.push(u8::from(index + 1 == blocks.len()));
        let length = block.len() as u16;
        zlib.extend(length.to_le_bytes());
        zlib.extend((!length).to_le_bytes());
        zlib.extend_from_slice(block);
    }
    zlib.extend(adler32(&raw).to_be_bytes());
    let mut header = Vec::new();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", header), (b"IDAT", zlib), (b"IEND", Vec::new())] {
        png.extend((data.len() as u32).to_be_bytes());
        let from = png.len();
        png.extend_from_slice(kind);
        png.extend_from_slice(&data);
        let crc = crc32(&png[from..]);
        png.extend(crc.to_be_bytes());
    }
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(
            crc ^ u32::from(byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}
