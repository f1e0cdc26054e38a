//! The header of a sequence (AV1 specification, section 5.5), as far as containers and pixels depend on it.

use crate::Size;
use crate::cicp::{Cicp, UNSPECIFIED};

use super::bits::Bits;

/// What the header of a sequence says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sequence {
    /// 0: 4:2:0 or grey, 1: 4:4:4, 2: everything else.
    pub profile: u8,
    /// The level of the first operating point.
    pub level: u8,
    /// Its tier, 0 or 1.
    pub tier: u8,
    /// The most pixels that a frame has.
    pub size: Size,
    /// 8, 10 or 12.
    pub bits: u8,
    pub is_gray: bool,
    /// Whether two pixels side by side share their chroma, and two above one another.
    pub subsampling: (bool, bool),
    /// Where chroma samples lie: 0 unknown, 1 between two rows, 2 on a pixel.
    pub chroma_position: u8,
    pub cicp: Cicp,
    /// Whether frames may be coded narrower than they are shown.
    pub is_stretched: bool,
    /// Whether frames may have grain of film laid on them.
    pub has_grain: bool,
}

impl Sequence {
    /// Reads the payload of a sequence header.
    pub fn parse(payload: &[u8]) -> Option<Sequence> {
        let mut bits = Bits::new(payload);
        let bits = &mut bits;
        let profile = bits.number(3)? as u8;
        let _still_picture = bits.flag()?;
        let reduced = bits.flag()?;
        let (level, tier) = if reduced { (bits.number(5)? as u8, 0) } else { operating_points(bits)? };
        let width_bits = bits.number(4)? + 1;
        let height_bits = bits.number(4)? + 1;
        let size = Size::new(bits.number(width_bits)? + 1, bits.number(height_bits)? + 1);
        if !reduced && bits.flag()? {
            // The lengths of frame identifiers.
            bits.number(7)?;
        }
        // Superblocks of 128 pixels, filters inside a frame.
        bits.number(3)?;
        if !reduced {
            tools_between_frames(bits)?;
        }
        let is_stretched = bits.flag()?;
        // Two filters.
        bits.number(2)?;
        colors(
            bits,
            Sequence {
                profile,
                level,
                tier,
                size,
                bits: 8,
                is_gray: false,
                subsampling: (true, true),
                chroma_position: 0,
                cicp: Cicp { full_range: false, ..Cicp::LEVELS },
                is_stretched,
                has_grain: false,
            },
        )
    }
}

/// Timing and operating points; gives level and tier of the first one.
fn operating_points(bits: &mut Bits<'_>) -> Option<(u8, u8)> {
    let mut delay_bits = None;
    if bits.flag()? {
        // The length of a tick.
        bits.number(32)?;
        bits.number(32)?;
        if bits.flag()? {
            bits.skip_variable()?;
        }
        if bits.flag()? {
            delay_bits = Some(bits.number(5)? + 1);
            bits.number(32)?;
            bits.number(10)?;
        }
    }
    let has_display_delay = bits.flag()?;
    let points = bits.number(5)? + 1;
    let mut first = None;
    for _ in 0..points {
        bits.number(12)?;
        let level = bits.number(5)? as u8;
        let tier = if level > 7 { bits.number(1)? as u8 } else { 0 };
        if let Some(delay_bits) = delay_bits
            && bits.flag()?
        {
            bits.number(delay_bits)?;
            bits.number(delay_bits)?;
            bits.flag()?;
        }
        if has_display_delay && bits.flag()? {
            bits.number(4)?;
        }
        first.get_or_insert((level, tier));
    }
    first
}

/// What frames may take from one another.
fn tools_between_frames(bits: &mut Bits<'_>) -> Option<()> {
    // Compounds of two frames, warps, filters.
    bits.number(4)?;
    let has_order = bits.flag()?;
    if has_order {
        bits.number(2)?;
    }
    // Tools for screen content are chosen by each frame, or are on or off for all.
    let has_screen_content = bits.flag()? || bits.flag()?;
    // Whole motion vectors likewise, which matter with those alone.
    if has_screen_content && !bits.flag()? {
        bits.flag()?;
    }
    if has_order {
        bits.number(3)?;
    }
    Some(())
}

/// The colour configuration (section 5.5.2), and what stands behind it.
fn colors(bits: &mut Bits<'_>, sequence: Sequence) -> Option<Sequence> {
    let profile = sequence.profile;
    let is_high = bits.flag()?;
    let depth = match is_high {
        true if profile == 2 && bits.flag()? => 12,
        true => 10,
        false => 8,
    };
    let is_gray = profile != 1 && bits.flag()?;
    let is_described = bits.flag()?;
    let mut number = || if is_described { bits.number(8) } else { Some(UNSPECIFIED.into()) };
    let (primaries, transfer, matrix) = (number()? as u8, number()? as u8, number()? as u8);
    let mut subsampling = (true, true);
    let mut chroma_position = 0;
    let full_range = if is_gray {
        bits.flag()?
    } else if (primaries, transfer, matrix) == (1, 13, 0) {
        subsampling = (false, false);
        true
    } else {
        let full_range = bits.flag()?;
        subsampling = match profile {
            0 => (true, true),
            1 => (false, false),
            _ if depth == 12 => {
                let across = bits.flag()?;
                (across, across && bits.flag()?)
            }
            _ => (true, false),
        };
        if subsampling == (true, true) {
            chroma_position = bits.number(2)? as u8;
        }
        full_range
    };
    if !is_gray {
        // Whether both planes of chroma have quantizers of their own.
        bits.flag()?;
    }
    let has_grain = bits.flag()?;
    let cicp = Cicp { primaries, transfer, matrix, full_range };
    Some(Sequence { bits: depth, is_gray, subsampling, chroma_position, cicp, has_grain, ..sequence })
}
