//! The output as short flags.

use clap::{Args, ValueEnum};
use rendition_client::{Auto, Jpeg, Output, Png, Webp};

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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Jpeg,
    Png,
    Webp,
    Auto,
}

impl OutputFlags {
    /// Whether none was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.format.is_none() && self.quality.is_none() && !self.lossless && self.background.is_none()
    }

    /// The output; a flag that its format does not know is refused rather than lost.
    pub(crate) fn output(self) -> Result<Output, Complaint> {
        let format = self.format.unwrap_or(Format::Webp);
        let knows_quality = format != Format::Png;
        let knows_lossless = matches!(format, Format::Webp | Format::Auto);
        let knows_background = matches!(format, Format::Jpeg | Format::Auto);
        for (flag, given, known) in [
            ("--quality", self.quality.is_some(), knows_quality),
            ("--lossless", self.lossless, knows_lossless),
            ("--background", self.background.is_some(), knows_background),
        ] {
            if given && !known {
                let format = format!("{format:?}").to_lowercase();
                return Err(Complaint::Usage(format!("{flag} is no option of --format {format}")));
            }
        }
        Ok(match format {
            Format::Jpeg => self.jpeg().into(),
            Format::Png => Png::new().into(),
            Format::Webp => self.webp().into(),
            Format::Auto => Auto::new().jpeg(self.jpeg()).webp(self.webp()).into(),
        })
    }

    fn jpeg(&self) -> Jpeg {
        let mut jpeg = self.quality.map_or_else(Jpeg::new, Jpeg::from);
        if let Some(background) = &self.background {
            jpeg = jpeg.background(background);
        }
        jpeg
    }

    fn webp(&self) -> Webp {
        let webp = self.quality.map_or_else(Webp::new, Webp::from);
        if self.lossless { webp.lossless() } else { webp }
    }
}
