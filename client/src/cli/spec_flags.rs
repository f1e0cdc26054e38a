//! What a spec says besides its operations and its output, as short flags.

use clap::Args;
use rendition_client::{Animation, ColorProfile, Light, Metadata, OnDamaged, ScaledDecoding, SpecBuilder};

/// The options of a spec made by flags.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Recipe")]
pub(crate) struct SpecFlags {
    /// How far a large image may be reduced while it is decoded: quality or speed
    #[arg(long)]
    scaled_decoding: Option<ScaledDecoding>,
    /// Multiply all pixels that the operations name, above 0 to 8
    #[arg(long, value_name = "RATIO")]
    device_pixel_ratio: Option<f64>,
    /// What becomes of an animation: keep, first_frame or reject
    #[arg(long)]
    animation: Option<Animation>,
    /// The light that images are resized in: gamma or linear
    #[arg(long)]
    light: Option<Light>,
    /// What becomes of an ICC profile: convert or keep
    #[arg(long)]
    color_profile: Option<ColorProfile>,
    /// What is kept of metadata: strip, icc, copyright or all
    #[arg(long)]
    metadata: Option<Metadata>,
    /// What becomes of a source of which pixels are missing: refuse or accept
    #[arg(long)]
    on_damaged: Option<OnDamaged>,
}

impl SpecFlags {
    /// Whether none was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.scaled_decoding.is_none()
            && self.device_pixel_ratio.is_none()
            && self.animation.is_none()
            && self.light.is_none()
            && self.color_profile.is_none()
            && self.metadata.is_none()
            && self.on_damaged.is_none()
    }

    /// The spec with what was given.
    pub(crate) fn apply(self, mut spec: SpecBuilder) -> SpecBuilder {
        if let Some(scaled_decoding) = self.scaled_decoding {
            spec = spec.scaled_decoding(scaled_decoding);
        }
        if let Some(ratio) = self.device_pixel_ratio {
            spec = spec.device_pixel_ratio(ratio);
        }
        if let Some(animation) = self.animation {
            spec = spec.animation(animation);
        }
        if let Some(light) = self.light {
            spec = spec.light(light);
        }
        if let Some(color_profile) = self.color_profile {
            spec = spec.color_profile(color_profile);
        }
        if let Some(metadata) = self.metadata {
            spec = spec.metadata(metadata);
        }
        if let Some(on_damaged) = self.on_damaged {
            spec = spec.on_damaged(on_damaged);
        }
        spec
    }
}
