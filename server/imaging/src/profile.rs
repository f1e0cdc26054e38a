//! Colour: from whatever an ICC profile describes to sRGB. A profile that is broken, or meant for
//! another kind of image, is ignored, as if the image were untagged.

use std::fmt;
use std::sync::Arc;

use moxcms::{
    CmsError, ColorProfile, DataColorSpace, Layout as Channels, ToneReprCurve, TransferCharacteristics,
    TransformExecutor, TransformOptions,
};

use crate::ImageError;
use crate::layout::Layout;
use crate::plane::{Pixels, Plane};
use crate::raster::{Raster, blank};
use crate::sample::Sample;

/// A longer profile is passed over: what is read of it takes several times its length, and the largest ones in use, of four
/// inks with fine tables, have two or three million bytes.
pub(crate) const MOST_BYTES: u64 = 8 << 20;

type Transform<S> = Arc<dyn TransformExecutor<S> + Send + Sync>;

/// Pixels converted at a time, so that a plane needs no copy of its own size.
const PIXELS_AT_ONCE: usize = 4096;

/// What a profile says; none where it can't be read, or is too long.
fn parsed(icc: &[u8]) -> Option<ColorProfile> {
    if icc.len() as u64 > MOST_BYTES {
        return None;
    }
    ColorProfile::new_from_slice(icc).ok()
}

/// A depth that colours are converted at.
pub(crate) trait Convert: Sample {
    /// A conversion to sRGB.
    fn to_srgb(source: &ColorProfile, channels: Channels) -> Result<Transform<Self>, CmsError>;
    /// The profile that a conversion at this depth belongs to.
    fn profile(conversion: Conversion<Self>) -> Profile;
}

impl Convert for u8 {
    fn to_srgb(source: &ColorProfile, channels: Channels) -> Result<Transform<u8>, CmsError> {
        let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        source.create_transform_8bit(channels, &srgb, Channels::Rgb, options)
    }

    fn profile(conversion: Conversion<u8>) -> Profile {
        Profile::Eight(conversion)
    }
}

impl Convert for u16 {
    fn to_srgb(source: &ColorProfile, channels: Channels) -> Result<Transform<u16>, CmsError> {
        let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        source.create_transform_16bit(channels, &srgb, Channels::Rgb, options)
    }

    fn profile(conversion: Conversion<u16>) -> Profile {
        Profile::Sixteen(conversion)
    }
}

/// A conversion of RGB pixels to sRGB that changes at least one colour visibly.
#[derive(Debug)]
pub(crate) enum Profile {
    /// Of 8 bits a sample.
    Eight(Conversion<u8>),
    /// Of 16 bits a sample.
    Sixteen(Conversion<u16>),
}

impl Profile {
    /// Whether the colours are brighter than what a screen's white can show, so that they would have to be tone-mapped.
    pub fn is_hdr(icc: &[u8]) -> bool {
        let Some(profile) = parsed(icc) else { return false };
        let says_so = profile.cicp.as_ref().is_some_and(|cicp| {
            matches!(
                cicp.transfer_characteristics,
                TransferCharacteristics::Smpte2084 | TransferCharacteristics::Hlg
            )
        });
        says_so || (is_matrix(&profile) && profile.green_trc.as_ref().is_some_and(rises_late))
    }

    /// Whether colours with this profile are sRGB's as they are, be it that the profile can't be read, or is passed over.
    pub fn is_srgb(icc: &[u8]) -> bool {
        let Some(source) = parsed(icc) else { return true };
        !Profile::is_hdr(icc)
            && (source.color_space != DataColorSpace::Rgb || Conversion::<u8>::parse(&source).is_none())
    }

    /// The profile of sRGB itself; empty if it can't be made.
    pub fn srgb() -> Vec<u8> {
        ColorProfile::new_srgb().encode().unwrap_or_default()
    }

    /// Gives the plane its profile, or applies it at once where it has to come before the geometry.
    pub fn attach(plane: &mut Plane, icc: &[u8]) -> Result<(), ImageError> {
        let Some(source) = parsed(icc) else { return Ok(()) };
        let profile = match &mut plane.pixels {
            Pixels::Eight(raster) => attach(raster, &source)?,
            Pixels::Sixteen(raster) => attach(raster, &source)?,
        };
        plane.profile = profile.map(Arc::new);
        Ok(())
    }

    /// The conversion of RGB pixels of 8 bits; none where the profile can't be used, or changes nothing.
    pub fn of_colors(icc: &[u8]) -> Option<Profile> {
        let source = parsed(icc)?;
        let is_rgb = source.color_space == DataColorSpace::Rgb;
        Conversion::<u8>::parse(&source).filter(|_| is_rgb).map(Profile::Eight)
    }

    /// Converts the colours of a plane to sRGB; alpha stays.
    pub fn apply(&self, plane: &mut Plane) -> Result<(), ImageError> {
        match (self, &mut plane.pixels) {
            (Profile::Eight(conversion), Pixels::Eight(raster)) => conversion.apply(raster),
            (Profile::Sixteen(conversion), Pixels::Sixteen(raster)) => conversion.apply(raster),
            _ => Err(ImageError::unsupported("a colour profile of another depth than the image's")),
        }
    }
}

/// Whether curves and a matrix say all. A table has its brightness mapped to that of paper or a screen already.
fn is_matrix(profile: &ColorProfile) -> bool {
    profile.lut_a_to_b_perceptual.is_none()
        && profile.lut_a_to_b_colorimetric.is_none()
        && profile.lut_a_to_b_saturation.is_none()
}

/// Whether a curve is one of high dynamic range, whatever its profile calls itself: of white's light, the level in the
/// middle has an eighth at the least by the curves of screens (a gamma of 3), a twelfth by HLG and a hundredth by PQ (ITU-R BT.2100).
fn rises_late(curve: &ToneReprCurve) -> bool {
    curve.make_linear_evaluator().is_ok_and(|curve| curve.evaluate_value(0.5) < 0.1)
}

/// Applies the profile to the image, or tells what has to be applied later.
fn attach<S: Convert>(raster: &mut Raster<S>, source: &ColorProfile) -> Result<Option<Profile>, ImageError> {
    match (source.color_space, raster.layout.without_alpha()) {
        (DataColorSpace::Gray, Layout::Gray) => {
            if let Some(table) = gray_table::<S>(source) {
                raster.pixels_mut().for_each(|pixel| pixel[0] = table[pixel[0].number() as usize]);
            }
            Ok(None)
        }
        (DataColorSpace::Rgb, Layout::Rgb) => {
            let Some(conversion) = Conversion::<S>::parse(source) else { return Ok(None) };
            if conversion.is_matrix {
                return Ok(Some(S::profile(conversion)));
            }
            conversion.apply(raster)?;
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// A conversion at one depth.
pub(crate) struct Conversion<S> {
    transform: Transform<S>,
    /// Whether its cost a pixel is small and its curves smooth enough to come after resampling.
    is_matrix: bool,
}

impl<S> fmt::Debug for Conversion<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversion").field("is_matrix", &self.is_matrix).finish_non_exhaustive()
    }
}

impl<S: Convert> Conversion<S> {
    /// None where the profile can't be used, or is sRGB by another name.
    fn parse(source: &ColorProfile) -> Option<Conversion<S>> {
        let transform = S::to_srgb(source, Channels::Rgb).ok()?;
        let conversion = Conversion { transform, is_matrix: is_matrix(source) };
        conversion.changes_colors().then_some(conversion)
    }

    /// Tries a grid of colours: all within one step of 8 bits of themselves means sRGB.
    fn changes_colors(&self) -> bool {
        let levels = [0, 51, 102, 153, 204, 255].map(S::from_eight);
        let mut colors = Vec::with_capacity(levels.len().pow(3) * 3);
        for red in levels {
            for green in levels {
                for blue in levels {
                    colors.extend_from_slice(&[red, green, blue]);
                }
            }
        }
        let mut converted = blank(colors.len());
        let step = S::from_eight(1).number();
        let differs = |(before, after): (&S, &S)| before.number().abs_diff(after.number()) > step;
        self.transform.transform(&colors, &mut converted).is_ok()
            && colors.iter().zip(&converted).any(differs)
    }

    fn apply(&self, raster: &mut Raster<S>) -> Result<(), ImageError> {
        let channels = raster.channels();
        let mut before = vec![S::default(); PIXELS_AT_ONCE * 3];
        let mut after = before.clone();
        for pixels in raster.samples.chunks_mut(PIXELS_AT_ONCE * channels) {
            let length = pixels.len() / channels * 3;
            for (color, pixel) in before.chunks_exact_mut(3).zip(pixels.chunks_exact(channels)) {
                color.copy_from_slice(&pixel[..3]);
            }
            convert(&self.transform, &before[..length], &mut after[..length])?;
            for (color, pixel) in after.chunks_exact(3).zip(pixels.chunks_exact_mut(channels)) {
                pixel[..3].copy_from_slice(color);
            }
        }
        Ok(())
    }
}

/// A conversion of four inks to sRGB.
pub(crate) struct Inks(Transform<u8>);

impl Inks {
    /// None where the bytes are no profile for four inks.
    pub fn parse(icc: &[u8]) -> Option<Inks> {
        let source = parsed(icc)?;
        (source.color_space == DataColorSpace::Cmyk).then_some(())?;
        // moxcms takes four inks where it would take RGBA.
        u8::to_srgb(&source, Channels::Rgba).ok().map(Inks)
    }

    /// For images that bring no profile: offset printing on coated paper; see `profiles/README.md`.
    pub fn coated() -> Option<Inks> {
        Inks::parse(include_bytes!("../profiles/coated-fogra39.icc"))
    }

    /// Four inks a pixel (255: full) to RGB.
    pub fn to_srgb(&self, inks: &[u8]) -> Result<Vec<u8>, ImageError> {
        let mut rgb = blank(inks.len() / 4 * 3);
        convert(&self.0, inks, &mut rgb)?;
        Ok(rgb)
    }

    /// Four inks (255: full) to RGB by the plain formula: what of the light each ink and black let
    /// through, multiplied.
    pub fn plain(inks: &[u8]) -> Vec<u8> {
        let light = |ink: u8, black: u8| {
            let product = (255 - u32::from(ink)) * (255 - u32::from(black));
            ((product + 127) / 255) as u8
        };
        inks.chunks_exact(4).flat_map(|pixel| [0, 1, 2].map(|ink| light(pixel[ink], pixel[3]))).collect()
    }
}

/// What each grey level becomes; none where the profile can't be used.
fn gray_table<S: Convert>(source: &ColorProfile) -> Option<Vec<S>> {
    let transform = S::to_srgb(source, Channels::Gray).ok()?;
    let levels: Vec<S> = (0..=S::MAX.number()).map(|level| S::nearest(level as f32)).collect();
    let mut rgb = blank(levels.len() * 3);
    transform.transform(&levels, &mut rgb).ok()?;
    Some(rgb.chunks_exact(3).map(|color| color[1]).collect())
}

fn convert<S: Sample>(transform: &Transform<S>, before: &[S], after: &mut [S]) -> Result<(), ImageError> {
    let failed = |error| ImageError::undecodable(format!("the colours could not be converted: {error:?}"));
    transform.transform(before, after).map_err(failed)
}
