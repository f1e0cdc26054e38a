//! TIFF, of which the first page is read: grey, RGB, palette and CMYK, 1 to 16 bits a sample, in the compressions that the
//! decoder knows.

mod bounds;
mod directory;
mod palette;
mod profile;
mod samples;
mod stream;

use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use crate::header::ColorModel;
use crate::layout::Layout;
use crate::plane::{Depth, Plane};
use crate::profile::Inks;
use crate::raster::Raster;
use crate::{DecodePlan, Header, ImageError, Orientation, Size, SourceFormat, alpha};

use palette::AsGrey;
use samples::Samples;

/// What the decoder may allocate for one value of the directory: profiles and tables of strips.
const VALUE_MEMORY: usize = 16 << 20;

/// The value of ExtraSamples (TIFF 6.0, section 18) for colours that are multiplied by their alpha.
const ASSOCIATED: u16 = 1;

fn failed(error: TiffError) -> ImageError {
    match error {
        TiffError::UnsupportedError(error) => ImageError::unsupported(format!("tiff: {error}")),
        error => ImageError::undecodable(format!("tiff: {error}")),
    }
}

type Tiff<'a> = Decoder<AsGrey<'a>>;

fn open(bytes: &[u8], pixels: usize) -> Result<Tiff<'_>, ImageError> {
    bounds::check_tables(bytes)?;
    let mut limits = Limits::default();
    limits.decoding_buffer_size = pixels;
    limits.intermediate_buffer_size = pixels.max(1 << 20);
    limits.ifd_value_size = VALUE_MEMORY;
    Ok(Decoder::new(AsGrey::new(bytes)).map_err(failed)?.with_limits(limits))
}

/// How the samples of the first page stand for colours.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Kind {
    color: ColorType,
    /// Whether the grey levels are indices of a palette.
    has_palette: bool,
    has_alpha: bool,
    bits: u8,
    arrangement: Arrangement,
}

/// How the samples of the colours lie in the file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Arrangement {
    /// Those of a pixel side by side.
    Pixels,
    /// Those of a colour together.
    Planes,
}

impl Kind {
    fn read(tiff: &mut Tiff<'_>) -> Result<Kind, ImageError> {
        let color = tiff.colortype().map_err(failed)?;
        let bits = color.bit_depth();
        let has_palette = tiff.inner().has_palette();
        let refuse = || ImageError::unsupported(format!("tiff images of {color:?} are not supported"));
        let has_alpha = match color {
            ColorType::Gray(1..=8) if has_palette => false,
            _ if has_palette => return Err(refuse()),
            ColorType::Gray(_) | ColorType::RGB(_) | ColorType::CMYK(8 | 16) | ColorType::YCbCr(8) => false,
            ColorType::GrayA(_) | ColorType::RGBA(_) => true,
            ColorType::Multiband { num_samples: 2, .. } => true,
            _ => return Err(refuse()),
        };
        if !matches!(bits, 1 | 2 | 4 | 8 | 16) {
            return Err(refuse());
        }
        let planes = tiff.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).ok().flatten().unwrap_or(1);
        let arrangement =
            if planes == 1 || color.num_samples() == 1 { Arrangement::Pixels } else { Arrangement::Planes };
        if arrangement == Arrangement::Planes && bits < 8 {
            return Err(ImageError::unsupported(
                "tiff images with a plane for each colour are supported from 8 bits a sample on",
            ));
        }
        let kind = Kind { color, has_palette, has_alpha, bits, arrangement };
        bounds::check(tiff, kind)?;
        Ok(kind)
    }

    fn model(self) -> ColorModel {
        match self.color {
            _ if self.has_palette => ColorModel::Rgb,
            ColorType::Gray(_) | ColorType::GrayA(_) | ColorType::Multiband { .. } => ColorModel::Gray,
            ColorType::CMYK(_) => ColorModel::Cmyk,
            _ => ColorModel::Rgb,
        }
    }

    /// Samples a pixel, as they are stored.
    fn samples(self) -> u64 {
        match self.color {
            // A palette's colours have three.
            ColorType::Gray(_) => {
                if self.has_palette {
                    3
                } else {
                    1
                }
            }
            ColorType::GrayA(_) | ColorType::Multiband { .. } => 2,
            ColorType::RGB(_) | ColorType::YCbCr(_) => 3,
            _ => 4,
        }
    }
}

/// How many strips or tiles there are.
fn chunks(tiff: &mut Tiff<'_>) -> u32 {
    tiff.strip_count().or_else(|_| tiff.tile_count()).unwrap_or(0)
}

/// Reads the first directory.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, ImageError> {
    let mut tiff = open(bytes, 0)?;
    let (width, height) = tiff.dimensions().map_err(failed)?;
    let coded = Size::new(width, height);
    let kind = Kind::read(&mut tiff)?;
    let orientation = tiff.find_tag_unsigned::<u16>(Tag::Orientation).ok().flatten().unwrap_or(1);
    let orientation = Orientation::from_exif(orientation.into());
    let profile = profile::bytes(&mut tiff);
    let chunk = bounds::chunk(&mut tiff).map_err(failed)?;
    let chunks = chunks(&mut tiff);
    Ok(Header {
        format: SourceFormat::Tiff,
        coded,
        stored: coded,
        size: orientation.apply(coded),
        orientation,
        frames: 1,
        has_alpha: kind.has_alpha,
        bits: kind.bits,
        has_icc: profile > 0,
        progressive: false,
        color: kind.model(),
        // The samples as they are stored, a strip or tile, which may be all of the image or more, and the tables of where those
        // lie.
        decoder_bytes: coded
            .pixels()
            .saturating_add(chunk.pixels().max(coded.pixels()))
            .saturating_mul(kind.samples() * if kind.bits > 8 { 2 } else { 1 })
            .saturating_add(profile + (256 << 10) + u64::from(chunks) * 64),
        planes: None,
        has_parts: false,
    })
}

/// Decodes the pixels, with the ICC profile if there is one. Inks are already sRGB, and come without.
pub(crate) fn pixels(
    bytes: &[u8],
    header: &Header,
    plan: &DecodePlan,
) -> Result<(Plane, Option<Vec<u8>>), ImageError> {
    let most = header.coded.pixels().saturating_mul(8).saturating_add(1 << 16);
    let mut tiff = open(bytes, usize::try_from(most).unwrap_or(usize::MAX))?;
    let kind = Kind::read(&mut tiff)?;
    if kind.model() != header.color
        || tiff.dimensions().ok() != Some((header.coded.width, header.coded.height))
    {
        return Err(ImageError::undecodable("the tiff contradicts its header"));
    }
    bounds::check_streams(&mut tiff, kind, bytes)?;
    let profile = profile::read(&mut tiff);
    let extra = tiff.get_tag_u16_vec(Tag::ExtraSamples).ok().and_then(|extra| extra.first().copied());
    let palette = match kind.has_palette {
        true => Some(tiff.get_tag_u16_vec(Tag::ColorMap).map_err(failed)?),
        false => None,
    };
    let mut decoded = DecodingResult::U8(Vec::new());
    let most = bounds::most_read(bytes.len(), chunks(&mut tiff), most);
    tiff.inner().allow(most);
    tiff.read_image_to_buffer(&mut decoded).map_err(failed)?;
    let decoded = match decoded {
        DecodingResult::U8(samples) => Samples::Eight(samples),
        DecodingResult::U16(samples) => Samples::Sixteen(samples),
        _ => {
            return Err(ImageError::unsupported("tiff images of other than whole numbers are not supported"));
        }
    };
    let channels = kind.color.num_samples().into();
    let decoded = match kind.arrangement {
        Arrangement::Pixels => decoded.unpacked(kind.bits, header.coded, channels)?,
        Arrangement::Planes => decoded.interleaved(header.coded, channels)?,
    };
    if kind.model() == ColorModel::Cmyk {
        let inks = decoded.narrowed();
        let rgb = match profile.as_deref().and_then(Inks::parse).or_else(Inks::coated) {
            Some(profile) => profile.to_srgb(&inks)?,
            None => Inks::plain(&inks),
        };
        return Ok((Raster::new(header.coded, Layout::Rgb, rgb)?.into(), None));
    }
    let decoded = match (kind.color, decoded) {
        (ColorType::YCbCr(_), Samples::Eight(samples)) => {
            Samples::Eight(samples::rgb_of_luma_and_chroma(samples))
        }
        (_, decoded) => decoded,
    };
    let decoded = match palette {
        Some(palette) => decoded.looked_up(&palette, kind.bits)?,
        None => decoded,
    };
    let layout = Layout::new(header.color, header.has_alpha);
    let mut plane = match (decoded, plan.depth) {
        (Samples::Eight(samples), _) => Plane::from(Raster::new(header.coded, layout, samples)?),
        (Samples::Sixteen(samples), Depth::Sixteen) => {
            Plane::from(Raster::new(header.coded, layout, samples)?)
        }
        (samples, Depth::Eight) => Plane::from(Raster::new(header.coded, layout, samples.narrowed())?),
    };
    if extra == Some(ASSOCIATED) && layout.has_alpha() {
        crate::plane::at_any_depth!(&mut plane.pixels, raster => alpha::divide(raster));
    }
    Ok((plane, profile))
}
