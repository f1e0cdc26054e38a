//! What will be done to an image of which only the header is known: sizes, scale, memory.
//!
//! Operations mean the oriented image; a plan's first steps mean the plane as it is decoded: coded, perhaps reduced. It is
//! turned where a step has to see it as it is shown, or last, when the fewest pixels are left.

use crate::course::Course;
use crate::decode::DecodePlan;
use crate::header::ColorModel;
use crate::layout::Layout;
use crate::limits::{check_format, check_frames, check_source};
use crate::memory::Estimate;
use crate::plane::Depth;
use crate::step::Step;
use crate::{Animation, ColorProfile, Format, Header, ImageError, Light, Limits, Output, Size, Spec, planar};

/// How a spec is carried out on an image with a known header.
#[derive(Clone, Debug)]
pub struct Plan {
    decode: DecodePlan,
    pub(crate) plane: Size,
    pub(crate) course: Course,
    pub(crate) output: Output,
    pub(crate) limits: Limits,
    size: Size,
    memory: u64,
}

impl Plan {
    /// Plans the rendition that `spec` makes of the image with this header. An `auto` output that is
    /// not resolved becomes what a caller who accepts nothing gets. `source_bytes` is the length of
    /// the source, for the estimate of memory.
    ///
    /// # Errors
    /// [`ImageError::LimitExceeded`] where the source or a result, also one on the way, is larger
    /// than `limits` or the output's format allow; [`ImageError::Unsupported`] for a spec that
    /// [`Spec::validate`] refuses, and for an animation that the spec refuses.
    pub fn new(header: &Header, source_bytes: u64, spec: &Spec, limits: &Limits) -> Result<Plan, ImageError> {
        spec.validate().map_err(|invalid| ImageError::unsupported(format!("invalid spec: {invalid}")))?;
        let source = header.coded;
        if source.is_empty() {
            return Err(ImageError::undecodable("the image has no pixels"));
        }
        check_source(header, limits)?;

        let output = spec.resolve(&[]).output;
        let format = output.format().unwrap_or(Format::Jpeg);
        if !format.is_written() {
            return Err(ImageError::unsupported(format!(
                "this build does not write {format} images: ask for another format, or build it with the feature `{format}`"
            )));
        }
        if header.is_animated() && spec.animation == Animation::Reject {
            let frames = header.frames;
            return Err(ImageError::unsupported(format!(
                "the image is an animation of {frames} frames, which the spec rejects: use a still one"
            )));
        }
        let animated = header.is_animated() && spec.animation == Animation::Keep && format.holds_frames();
        if animated {
            check_frames(source, header.frames, limits)?;
        }
        let course = Course::new(header.size, &spec.folded().operations, limits)?;
        if course.rest.is_empty() {
            check_format(format, course.size, limits)?;
        }

        let mut course = course.coded(header);
        let depth =
            if header.bits > 8 && format.holds_sixteen_bits() { Depth::Sixteen } else { Depth::Eight };
        // Work on colours is in sRGB, and so is linear light; GIF has no place for a profile.
        let keeps_profile = spec.color_profile == ColorProfile::Keep
            && header.has_icc
            && header.color != ColorModel::Cmyk
            // WebP knows no grey, so a profile of grey does not describe it.
            && (header.color != ColorModel::Gray || format != Format::Webp)
            && spec.light == Light::Gamma
            && !animated
            && format != Format::Gif
            && !course.foreseen(limits).iter().any(Step::needs_display);
        let full = DecodePlan {
            depth,
            light: spec.light,
            keeps_profile,
            on_damaged: spec.on_damaged,
            metadata: spec.metadata,
            animated,
            cpu_time: limits.cpu_time,
            ..DecodePlan::FULL
        };
        let decode = DecodePlan::new(header, course.steps.first(), spec.scaled_decoding, full);
        let decode = planar::decode(header, &course, &output, &decode).unwrap_or(decode);
        if let Some(first) = course.steps.first_mut() {
            *first = decode.adapt(first, source);
        }
        let plane = decode.size(source);
        let steps = course.foreseen(limits);
        let estimate = Estimate {
            header,
            source_bytes,
            plane,
            layout: Layout::new(header.color, header.has_alpha || animated),
            depth: decode.plane_depth(),
            written: depth,
            linear: spec.light == Light::Linear,
            planes: decode.planes,
            steps: &steps,
            output: &output,
            animated,
        };
        let size = steps.last().map_or(plane, |step| step.size());
        Ok(Plan { memory: estimate.peak(), decode, plane, course, output, limits: *limits, size })
    }

    /// The size of the result; where an operation lets the pixels decide it, the most that it can be.
    pub fn output_size(&self) -> Size {
        self.size
    }

    /// An estimate of the memory in bytes that the rendition takes at its peak: the source, the
    /// decoder's state, the widest stage, the encoder's state.
    pub fn memory_bytes(&self) -> u64 {
        self.memory
    }

    /// How the source has to be decoded.
    pub fn decode(&self) -> &DecodePlan {
        &self.decode
    }
}
