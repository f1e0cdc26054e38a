//! Pictures made in code, ways to write them as sources, to read results, and to compare them.

use rendition_imaging::{Format, Jpeg, Limits, Operation, Output, Png, Size, Spec, Webp};

/// RGBA pixels.
#[derive(Clone, PartialEq)]
pub struct Picture {
    pub size: Size,
    pub pixels: Vec<[u8; 4]>,
}

impl Picture {
    pub fn new(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 4]) -> Picture {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| color(x, y));
        Picture { size: Size::new(width, height), pixels: pixels.collect() }
    }

    /// Smooth and rough parts, edges and colours: somewhat like a photograph.
    pub fn scene(width: u32, height: u32) -> Picture {
        let (w, h) = (f64::from(width), f64::from(height));
        Picture::new(width, height, |x, y| {
            let (u, v) = (f64::from(x) / w, f64::from(y) / h);
            let waves = ((u * 40.0).sin() * (v * 31.0).cos() + 1.0) * 60.0;
            let disc = if (u - 0.5).hypot(v - 0.4) < 0.2 { 90.0 } else { 0.0 };
            let rough = f64::from((x * 7919 + y * 104_729 + x * y) % 23);
            let level = |value: f64| value.clamp(0.0, 255.0) as u8;
            [level(u * 160.0 + disc + rough), level(waves + v * 100.0 + rough), level(200.0 - u * 150.0), 255]
        })
    }

    pub fn at(&self, x: u32, y: u32) -> [u8; 4] {
        self.pixels[(y * self.size.width + x) as usize]
    }

    /// The picture as a PNG file, with these chunks before its pixels.
    pub fn png_with(&self, chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.size.width, self.size.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().unwrap();
        for (name, data) in chunks {
            writer.write_chunk(png::chunk::ChunkType(**name), data).unwrap();
        }
        writer.write_image_data(self.pixels.as_flattened()).unwrap();
        writer.finish().unwrap();
        bytes
    }

    pub fn png(&self) -> Vec<u8> {
        self.png_with(&[])
    }

    pub fn jpeg(&self, quality: u32) -> Vec<u8> {
        let output = Output::Jpeg(Jpeg { quality: Some(quality), ..Jpeg::default() });
        generate(&self.png(), [], output)
    }

    pub fn webp(&self) -> Vec<u8> {
        generate(&self.png(), [], Output::Webp(Webp { lossless: true, ..Webp::default() }))
    }

    /// Reads any image, as it is shown and in sRGB.
    pub fn read(bytes: &[u8]) -> Picture {
        let png = generate(bytes, [], Output::Png(Png::default()));
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut data).unwrap();
        let pixels = match info.color_type {
            png::ColorType::Grayscale => data.iter().map(|g| [*g, *g, *g, 255]).collect(),
            png::ColorType::GrayscaleAlpha => data.chunks(2).map(|p| [p[0], p[0], p[0], p[1]]).collect(),
            png::ColorType::Rgb => data.chunks(3).map(|p| [p[0], p[1], p[2], 255]).collect(),
            _ => data.chunks(4).map(|p| [p[0], p[1], p[2], p[3]]).collect(),
        };
        Picture { size: Size::new(info.width, info.height), pixels }
    }

    /// The largest difference of any sample.
    pub fn largest_difference(&self, other: &Picture) -> u8 {
        assert_eq!(self.size, other.size);
        let (ours, theirs) = (self.pixels.as_flattened(), other.pixels.as_flattened());
        ours.iter().zip(theirs).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
    }

    /// The mean difference of all samples.
    pub fn mean_difference(&self, other: &Picture) -> f64 {
        assert_eq!(self.size, other.size);
        let (ours, theirs) = (self.pixels.as_flattened(), other.pixels.as_flattened());
        let sum: f64 = ours.iter().zip(theirs).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
        sum / ours.len() as f64
    }

    fn luma(&self) -> Vec<f64> {
        let luma = |p: &[u8; 4]| 0.299 * f64::from(p[0]) + 0.587 * f64::from(p[1]) + 0.114 * f64::from(p[2]);
        self.pixels.iter().map(luma).collect()
    }

    /// The mean structural similarity of luma (Wang et al. 2004) over windows of 8 x 8, every fourth.
    pub fn ssim(&self, other: &Picture) -> f64 {
        assert_eq!(self.size, other.size);
        let (a, b) = (self.luma(), other.luma());
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let (mut total, mut windows) = (0.0, 0.0);
        for top in (0..height.saturating_sub(7)).step_by(4) {
            for left in (0..width.saturating_sub(7)).step_by(4) {
                let (mut sa, mut sb, mut saa, mut sbb, mut sab) = (0.0, 0.0, 0.0, 0.0, 0.0);
                for index in (top..top + 8).flat_map(|y| (left..left + 8).map(move |x| y * width + x)) {
                    let (x, y) = (a[index], b[index]);
                    sa += x;
                    sb += y;
                    saa += x * x;
                    sbb += y * y;
                    sab += x * y;
                }
                let n = 64.0;
                let (ma, mb) = (sa / n, sb / n);
                let (va, vb, cov) = (saa / n - ma * ma, sbb / n - mb * mb, sab / n - ma * mb);
                let (c1, c2) = ((0.01_f64 * 255.0).powi(2), (0.03_f64 * 255.0).powi(2));
                total +=
                    (2.0 * ma * mb + c1) * (2.0 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
                windows += 1.0;
            }
        }
        total / windows
    }
}

/// A file that fails the test with the size alone, not with megabytes of samples.
impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({})", self.size)
    }
}

pub fn spec(operations: impl IntoIterator<Item = Operation>, output: Output) -> Spec {
    Spec::new(operations.into_iter().collect(), output)
}

pub fn png() -> Output {
    Output::Png(Png::default())
}

pub fn generate(bytes: &[u8], operations: impl IntoIterator<Item = Operation>, output: Output) -> Vec<u8> {
    let spec = spec(operations, output);
    let encoded = rendition_imaging::generate(bytes, &spec, &Limits::default()).unwrap();
    assert_eq!(Some(encoded.format), spec.format().or(Some(Format::Jpeg)));
    encoded.bytes
}

/// What operations make of a source, read back from a PNG.
pub fn result(bytes: &[u8], operations: impl IntoIterator<Item = Operation>) -> Picture {
    Picture::read(&generate(bytes, operations, png()))
}
