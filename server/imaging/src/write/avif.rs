//! AVIF: one AV1 picture of 8 bits, 4:2:0 or as the options say, grey ones without chroma; alpha is a grey picture beside it.
//!
//! The quality is mapped to AV1's quantizers as libavif maps it (`avifQualityToQuantizer`), so that a number means what it
//! means in most other programs: 100 is quantizer 0, 1 is quantizer 62. The quantizer is the same for alpha.

mod container;
mod planes;

use crate::attached::Attached;
use crate::budget::Budget;
use crate::cicp::Cicp;
use crate::raster::Raster;
use crate::{Avif, ImageError, av1, libaom};

use container::{Coded, Container};
use planes::Planes;

/// Encodes an image in sRGB, or in the colours of the profile that is attached, with the blocks of metadata in it. The budget is
/// looked at before alpha: the encoder itself can't be stopped.
pub(super) fn encode(
    image: &Raster,
    options: &Avif,
    attached: &Attached,
    budget: &Budget,
) -> Result<Vec<u8>, ImageError> {
    let planes = Planes::of(image, options.subsampling.at(options.quality()));
    let [luma, blue, red] = &planes.samples;
    let color = coded(
        &libaom::Planes {
            size: planes.size,
            chroma: planes.chroma,
            samples: [luma, blue, red],
            cicp: Cicp::SRGB,
        },
        options,
    )?;
    budget.check()?;
    let alpha = libaom::Planes {
        size: planes.size,
        chroma: None,
        samples: [&planes.alpha, &[], &[]],
        cicp: Cicp::LEVELS,
    };
    let alpha = if planes.alpha.is_empty() { None } else { Some(coded(&alpha, options)?) };
    Container { size: planes.size, color: &color, alpha: alpha.as_ref(), cicp: Cicp::SRGB, attached }.write()
}

fn coded(planes: &libaom::Planes<'_>, options: &Avif) -> Result<Coded, ImageError> {
    let bitstream = libaom::encode(planes, quantizer(options.quality()), options.speed().min(9))?;
    let bitstream = av1::without_delimiters(&bitstream);
    let sequence = av1::sequence(&bitstream)
        .ok_or_else(|| ImageError::unsupported("the avif could not be written: it has no header"))?;
    Ok(Coded { bitstream, sequence })
}

/// 0 to 63, by the rule of libavif.
fn quantizer(quality: u32) -> u32 {
    ((100 - quality.min(100)) * 63 + 50) / 100
}
