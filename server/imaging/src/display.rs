//! Colours as they are shown: sRGB, in gamma light.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::plane::{Depth, Pixels, Plane};
use crate::raster::Raster;
use crate::sample::Sample;
use crate::{ImageError, Light};

/// The plane in sRGB and gamma light, with samples of this depth.
pub(crate) fn display(plane: Cow<'_, Plane>, depth: Depth) -> Result<Cow<'_, Plane>, ImageError> {
    let plane = match plane.profile.clone() {
        Some(profile) => {
            let mut plane = plane.into_owned();
            profile.apply(&mut plane)?;
            plane.profile = None;
            Cow::Owned(plane)
        }
        None => plane,
    };
    let Pixels::Sixteen(raster) = &plane.pixels else { return Ok(plane) };
    let pixels = match (plane.light, depth) {
        (Light::Gamma, Depth::Sixteen) => return Ok(plane),
        (Light::Gamma, Depth::Eight) => Pixels::Eight(mapped(raster, narrowed, narrowed)?),
        (Light::Linear, Depth::Eight) => {
            static TABLE: OnceLock<Vec<u8>> = OnceLock::new();
            let table = TABLE.get_or_init(gamma_table);
            Pixels::Eight(mapped(raster, |sample| table[usize::from(sample)], narrowed)?)
        }
        (Light::Linear, Depth::Sixteen) => {
            static TABLE: OnceLock<Vec<u16>> = OnceLock::new();
            let table = TABLE.get_or_init(gamma_table);
            Pixels::Sixteen(mapped(raster, |sample| table[usize::from(sample)], |alpha| alpha)?)
        }
    };
    let shown = plane.with_pixels(pixels);
    Ok(Cow::Owned(Plane { profile: None, light: Light::Gamma, ..shown }))
}

/// The plane in linear light, which takes 16 bits a sample. Its profile is applied first.
pub(crate) fn linear(mut plane: Plane) -> Result<Plane, ImageError> {
    if let Some(profile) = plane.profile.take() {
        profile.apply(&mut plane)?;
    }
    let raster = match &plane.pixels {
        Pixels::Eight(raster) => {
            static TABLE: OnceLock<Vec<u16>> = OnceLock::new();
            let table = TABLE.get_or_init(linear_table::<u8>);
            mapped(raster, |sample| table[usize::from(sample)], u16::from_eight)?
        }
        Pixels::Sixteen(raster) => {
            static TABLE: OnceLock<Vec<u16>> = OnceLock::new();
            let table = TABLE.get_or_init(linear_table::<u16>);
            mapped(raster, |sample| table[usize::from(sample)], |alpha| alpha)?
        }
    };
    Ok(Plane { pixels: Pixels::Sixteen(raster), light: Light::Linear, ..plane })
}

/// Each colour and each alpha by itself.
fn mapped<S: Sample, T: Sample>(
    raster: &Raster<S>,
    color: impl Fn(S) -> T,
    alpha: impl Fn(S) -> T,
) -> Result<Raster<T>, ImageError> {
    let samples = if raster.layout.has_alpha() {
        let colors = raster.layout.colors();
        let mut samples = Vec::with_capacity(raster.samples.len());
        for pixel in raster.pixels() {
            samples.extend(pixel[..colors].iter().map(|sample| color(*sample)));
            samples.push(alpha(pixel[colors]));
        }
        samples
    } else {
        raster.samples.iter().map(|sample| color(*sample)).collect()
    };
    Raster::new(raster.size, raster.layout, samples)
}

/// The nearest value of 8 bits.
pub(crate) fn narrowed(sample: u16) -> u8 {
    ((u32::from(sample) + 128) / 257) as u8
}

/// What each level of linear light is in gamma light, by the formula of sRGB (IEC 61966-2-1).
fn gamma_table<S: Sample>() -> Vec<S> {
    let level = |light: u16| {
        let light = f64::from(light) / 65535.0;
        let gamma = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
        S::nearest((gamma * f64::from(S::MAX.number())) as f32)
    };
    (0..=u16::MAX).map(level).collect()
}

/// How much light each level of gamma light is, by the formula of sRGB (IEC 61966-2-1).
fn linear_table<S: Sample>() -> Vec<u16> {
    let most = S::MAX.number();
    let light = |level: u32| {
        let gamma = f64::from(level) / f64::from(most);
        let light = if gamma <= 0.040_45 { gamma / 12.92 } else { ((gamma + 0.055) / 1.055).powf(2.4) };
        u16::nearest((light * 65535.0) as f32)
    };
    (0..=most).map(light).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::Size;
    use crate::layout::Layout;

    #[test]
    fn every_level_comes_back_from_linear_light() {
        let size = Size::new(256, 1);
        let levels: Vec<u8> = (0..=255).collect();
        let plane = Plane::from(Raster::new(size, Layout::Gray, levels.clone()).unwrap());
        let there = linear(plane).unwrap();
        let back = display(Cow::Owned(there), Depth::Eight).unwrap();
        let Pixels::Eight(raster) = &back.pixels else { panic!("the depth changed") };
        assert_eq!(raster.samples, levels);
    }

    #[test]
    fn narrowing_undoes_widening() {
        for level in 0..=255 {
            assert_eq!(narrowed(u16::from_eight(level)), level);
        }
    }
}
