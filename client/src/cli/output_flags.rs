//! The output as short flags.

use clap::{Args, ValueEnum};
use rendition_client::{Auto, Avif, Gif, Jpeg, Output, Png, PngCompression, Subsampling, Webp};

use super::Complaint;

/// What the rendition is written as.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Recipe")]
pub(crate) struct OutputFlags {
    /// The format of a spec made by flags; without it WebP, which is small and keeps transparency
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// 1 to 100; 0 to 100 for WebP
    #[arg(long)]
    quality: Option<u32>,
    /// Keep the pixels exactly; WebP only
    #[arg(long)]
    lossless: bool,
    /// What shows through transparent parts of a JPEG, e.g. #ffffff
    #[arg(long, value_name = "COLOUR")]
    background: Option<String>,
    /// Write a JPEG in several scans
    #[arg(long)]
    progressive: bool,
    /// How many pixels share their colour in a JPEG or an AVIF: 420, 422 or 444
    #[arg(long)]
    subsampling: Option<Subsampling>,
    /// The most bytes of the file: the quality is lowered until it fits
    #[arg(long, value_name = "BYTES")]
    max_bytes: Option<u32>,
    /// How hard a PNG is compressed: fast, balanced or high
    #[arg(long)]
    compression: Option<PngCompression>,
    /// Of WebP: 0 (fast) to 6 (small)
    #[arg(long)]
    method: Option<u32>,
    /// Average the colours of a WebP with care: better for drawings and text
    #[arg(long)]
    sharp_yuv: bool,
    /// Of AVIF: 0 (small) to 10 (fast)
    #[arg(long)]
    speed: Option<u32>,
    /// Leave out the dots that mix the missing colours of a GIF
    #[arg(long)]
    no_dither: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Jpeg,
    Png,
    Webp,
    Avif,
    Gif,
    Auto,
}

use Format::{Avif as AVIF, Gif as GIF, Jpeg as JPEG, Png as PNG, Webp as WEBP};

impl OutputFlags {
    /// Each flag: whether it was given, and the formats that know it. `auto` knows what one of its own formats does: WebP and JPEG.
    fn flags(&self) -> [(&'static str, bool, &'static [Format]); 11] {
        [
            ("--quality", self.quality.is_some(), &[JPEG, WEBP, AVIF, Format::Auto]),
            ("--lossless", self.lossless, &[WEBP, Format::Auto]),
            ("--background", self.background.is_some(), &[JPEG, Format::Auto]),
            ("--progressive", self.progressive, &[JPEG, Format::Auto]),
            ("--subsampling", self.subsampling.is_some(), &[JPEG, AVIF, Format::Auto]),
            ("--max-bytes", self.max_bytes.is_some(), &[JPEG, WEBP, AVIF, Format::Auto]),
            ("--compression", self.compression.is_some(), &[PNG]),
            ("--method", self.method.is_some(), &[WEBP, Format::Auto]),
            ("--sharp-yuv", self.sharp_yuv, &[WEBP, Format::Auto]),
            ("--speed", self.speed.is_some(), &[AVIF]),
            ("--no-dither", self.no_dither, &[GIF]),
        ]
    }

    /// Whether none was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.format.is_none() && self.flags().iter().all(|(_, given, _)| !given)
    }

    /// The output; a flag that its format does not know is refused rather than lost.
    pub(crate) fn output(self) -> Result<Output, Complaint> {
        let format = self.format.unwrap_or(WEBP);
        for (flag, given, formats) in self.flags() {
            if given && !formats.contains(&format) {
                let format = format!("{format:?}").to_lowercase();
                return Err(Complaint::Usage(format!("{flag} is no option of --format {format}")));
            }
        }
        Ok(match format {
            JPEG => self.jpeg().into(),
            PNG => self.png().into(),
            WEBP => self.webp().into(),
            AVIF => self.avif().into(),
            GIF => self.gif().into(),
            Format::Auto => Auto::new().jpeg(self.jpeg()).webp(self.webp()).into(),
        })
    }

    fn jpeg(&self) -> Jpeg {
        let mut jpeg = self.quality.map_or_else(Jpeg::new, Jpeg::from);
        if let Some(background) = &self.background {
            jpeg = jpeg.background(background);
        }
        if self.progressive {
            jpeg = jpeg.progressive();
        }
        if let Some(subsampling) = self.subsampling {
            jpeg = jpeg.subsampling(subsampling);
        }
        jpeg.max_bytes(self.max_bytes.unwrap_or_default())
    }

    fn png(&self) -> Png {
        self.compression.map_or_else(Png::new, |compression| Png::new().compression(compression))
    }

    fn webp(&self) -> Webp {
        let mut webp = self.quality.map_or_else(Webp::new, Webp::from);
        if self.lossless {
            webp = webp.lossless();
        }
        if let Some(method) = self.method {
            webp = webp.method(method);
        }
        if self.sharp_yuv {
            webp = webp.sharp_yuv();
        }
        webp.max_bytes(self.max_bytes.unwrap_or_default())
    }

    fn avif(&self) -> Avif {
        let mut avif = self.quality.map_or_else(Avif::new, Avif::from);
        if let Some(speed) = self.speed {
            avif = avif.speed(speed);
        }
        if let Some(subsampling) = self.subsampling {
            avif = avif.subsampling(subsampling);
        }
        avif.max_bytes(self.max_bytes.unwrap_or_default())
    }

    fn gif(&self) -> Gif {
        if self.no_dither { Gif::new().dither(false) } else { Gif::new() }
    }
}
