//! Which levels of luma and chroma stand for what, and what they are elsewhere.

/// Which levels stand for what. Both name the same colours, by the matrix of ITU-R BT.601.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Range {
    /// All levels are used, as in JPEG (JFIF 1.02): luma from 0 to 255, chroma around 128.
    Full,
    /// Those that BT.601 gives to digital video, as in WebP: luma from 16 to 235, chroma from 16 to 240.
    Video,
}

/// What levels of one range are in another one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    from_zero: f32,
    to_zero: f32,
    factor: f32,
}

impl Levels {
    /// The nearest level to what this one is in the other range.
    pub fn of(self, level: u8) -> u8 {
        // A conversion from float clamps.
        ((f32::from(level) - self.from_zero) * self.factor + self.to_zero + 0.5) as u8
    }
}

impl Range {
    /// What levels of luma and of chroma become in another range; none where they stay what they are.
    pub(super) fn to(self, other: Range) -> [Option<Levels>; 2] {
        if self == other {
            return [None, None];
        }
        let levels = |(from_zero, from): (f32, f32), (to_zero, to): (f32, f32)| {
            Some(Levels { from_zero, to_zero, factor: to / from })
        };
        [levels(self.luma(), other.luma()), levels(self.chroma(), other.chroma())]
    }

    /// The level of black, and how many levels white is above it.
    const fn luma(self) -> (f32, f32) {
        match self {
            Range::Full => (0.0, 255.0),
            Range::Video => (16.0, 219.0),
        }
    }

    /// The level of grey, and how many levels lie between the extremes.
    const fn chroma(self) -> (f32, f32) {
        match self {
            Range::Full => (128.0, 255.0),
            Range::Video => (128.0, 224.0),
        }
    }
}
