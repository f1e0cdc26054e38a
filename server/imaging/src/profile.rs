//! Colour: from whatever an ICC profile describes to sRGB. A profile that is broken, or meant for
//! another kind of image, is ignored, as if the image were untagged.

use std::fmt;
use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout as Samples, TransformExecutor, TransformOptions};

use crate::ImageError;
use crate::plane::{Layout, Plane, blank};

type Transform = Arc<dyn TransformExecutor<u8> + Send + Sync>;

/// Pixels converted at a time, so that a plane needs no copy of its own size.
const PIXELS_AT_ONCE: usize = 4096;

/// A conversion of RGB pixels to sRGB that changes at least one colour visibly.
pub(crate) struct Profile {
    rgb: Transform,
    /// Whether its cost a pixel is small and its curves smooth enough to come after resampling.
    is_matrix: bool,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile").field("is_matrix", &self.is_matrix).finish_non_exhaustive()
    }
}

impl Profile {
    /// Gives the plane its profile, or applies it at once where it has to come before the geometry.
    pub fn attach(plane: &mut Plane, icc: &[u8]) -> Result<(), ImageError> {
        let Ok(source) = ColorProfile::new_from_slice(icc) else { return Ok(()) };
        match (source.color_space, plane.layout.without_alpha()) {
            (DataColorSpace::Gray, Layout::Gray) => {
                if let Some(table) = gray_table(&source) {
                    let channels = plane.layout.channels();
                    for pixel in plane.pixels.chunks_exact_mut(channels) {
                        pixel[0] = table[usize::from(pixel[0])];
                    }
                }
                Ok(())
            }
            (DataColorSpace::Rgb, Layout::Rgb) => {
                let Some(profile) = Profile::parse(&source) else { return Ok(()) };
                if profile.is_matrix {
                    plane.profile = Some(Arc::new(profile));
                    return Ok(());
                }
                profile.apply(plane)
            }
            _ => Ok(()),
        }
    }

    /// None where the profile can't be used, or is sRGB by another name.
    fn parse(source: &ColorProfile) -> Option<Profile> {
        let rgb = transform(source, Samples::Rgb)?;
        let is_matrix = source.lut_a_to_b_perceptual.is_none()
            && source.lut_a_to_b_colorimetric.is_none()
            && source.lut_a_to_b_saturation.is_none();
        let profile = Profile { rgb, is_matrix };
        profile.changes_colors().then_some(profile)
    }

    /// Tries a grid of colours: all within one step of themselves means sRGB.
    fn changes_colors(&self) -> bool {
        const LEVELS: [u8; 6] = [0, 51, 102, 153, 204, 255];
        let mut colors = Vec::with_capacity(LEVELS.len().pow(3) * 3);
        for red in LEVELS {
            for green in LEVELS {
                for blue in LEVELS {
                    colors.extend_from_slice(&[red, green, blue]);
                }
            }
        }
        let mut converted = blank(colors.len());
        self.rgb.transform(&colors, &mut converted).is_ok()
            && colors.iter().zip(&converted).any(|(before, after)| before.abs_diff(*after) > 1)
    }

    /// Converts the colours of a plane to sRGB; alpha stays.
    pub fn apply(&self, plane: &mut Plane) -> Result<(), ImageError> {
        let channels = plane.layout.channels();
        let mut before = vec![0; PIXELS_AT_ONCE * 3];
        let mut after = before.clone();
        for pixels in plane.pixels.chunks_mut(PIXELS_AT_ONCE * channels) {
            let length = pixels.len() / channels * 3;
            for (color, pixel) in before.chunks_exact_mut(3).zip(pixels.chunks_exact(channels)) {
                color.copy_from_slice(&pixel[..3]);
            }
            convert(&self.rgb, &before[..length], &mut after[..length])?;
            for (color, pixel) in after.chunks_exact(3).zip(pixels.chunks_exact_mut(channels)) {
                pixel[..3].copy_from_slice(color);
            }
        }
        Ok(())
    }

    /// Four inks (255: full) to RGB by the plain formula: what of the light each ink and black let
    /// through, multiplied.
    pub fn plain_inks(inks: &[u8]) -> Vec<u8> {
        let light = |ink: u8, black: u8| {
            let product = (255 - u32::from(ink)) * (255 - u32::from(black));
            ((product + 127) / 255) as u8
        };
        inks.chunks_exact(4).flat_map(|pixel| [0, 1, 2].map(|ink| light(pixel[ink], pixel[3]))).collect()
    }
}

/// A conversion of four inks to sRGB.
pub(crate) struct Inks(Transform);

impl Inks {
    /// None where the bytes are no profile for four inks.
    pub fn parse(icc: &[u8]) -> Option<Inks> {
        let source = ColorProfile::new_from_slice(icc).ok()?;
        (source.color_space == DataColorSpace::Cmyk).then_some(())?;
        // moxcms takes four inks where it would take RGBA.
        let transform = source.create_transform_8bit(
            Samples::Rgba,
            &ColorProfile::new_srgb(),
            Samples::Rgb,
            TransformOptions::default(),
        );
        transform.ok().map(Inks)
    }

    /// Four inks a pixel (255: full) to RGB.
    pub fn to_srgb(&self, inks: &[u8]) -> Result<Vec<u8>, ImageError> {
        let mut rgb = blank(inks.len() / 4 * 3);
        convert(&self.0, inks, &mut rgb)?;
        Ok(rgb)
    }
}

fn transform(source: &ColorProfile, samples: Samples) -> Option<Transform> {
    let srgb = ColorProfile::new_srgb();
    let transform = source.create_transform_8bit(samples, &srgb, Samples::Rgb, TransformOptions::default());
    transform.ok().map(|transform| transform as Transform)
}

/// What each grey level becomes; none where the profile can't be used.
fn gray_table(source: &ColorProfile) -> Option<[u8; 256]> {
    let transform = transform(source, Samples::Gray)?;
    let levels: Vec<u8> = (0..=255).collect();
    let mut rgb = [0; 768];
    transform.transform(&levels, &mut rgb).ok()?;
    let mut table = [0; 256];
    for (level, color) in table.iter_mut().zip(rgb.chunks_exact(3)) {
        *level = color[1];
    }
    Some(table)
}

fn convert(transform: &Transform, before: &[u8], after: &mut [u8]) -> Result<(), ImageError> {
    let failed = |error| ImageError::undecodable(format!("the colours could not be converted: {error:?}"));
    transform.transform(before, after).map_err(failed)
}
