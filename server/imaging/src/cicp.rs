//! Colours told by numbers: the code points of ITU-T H.273.

use moxcms::{CicpColorPrimaries, CicpProfile, ColorProfile, MatrixCoefficients, TransferCharacteristics};

use crate::ImageError;

/// What the samples of a coded picture stand for (ITU-T H.273, section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cicp {
    /// Which red, green and blue are meant.
    pub primaries: u8,
    /// How much light a level is.
    pub transfer: u8,
    /// How luma and chroma are made of red, green and blue.
    pub matrix: u8,
    /// Whether black is 0 and white the largest value; else both lie inside the range.
    pub full_range: bool,
}

/// Said of nothing in particular.
pub(crate) const UNSPECIFIED: u8 = 2;

impl Cicp {
    /// sRGB, as luma and chroma of BT.601 in the full range: what AVIF files are taken for that say nothing, and what is written.
    pub const SRGB: Cicp = Cicp { primaries: 1, transfer: 13, matrix: 6, full_range: true };
    /// Not colours, but levels of something in the full range.
    pub const LEVELS: Cicp =
        Cicp { primaries: UNSPECIFIED, transfer: UNSPECIFIED, matrix: UNSPECIFIED, full_range: true };

    /// What this leaves unspecified, said by another; the range is this one's.
    pub fn or(self, other: Cicp) -> Cicp {
        let either = |ours: u8, theirs: u8| if ours == UNSPECIFIED { theirs } else { ours };
        Cicp {
            primaries: either(self.primaries, other.primaries),
            transfer: either(self.transfer, other.transfer),
            matrix: either(self.matrix, other.matrix),
            full_range: self.full_range,
        }
    }

    /// Refuses what is brighter than a screen's white, and so would have to be tone-mapped: the transfer functions of SMPTE
    /// ST 2084 and HLG.
    pub fn check_range(self) -> Result<(), ImageError> {
        match self.transfer {
            16 | 18 => Err(ImageError::unsupported(
                "images of high dynamic range are not supported: convert them to sRGB",
            )),
            _ => Ok(()),
        }
    }

    /// Whether primaries or transfer differ from those of sRGB.
    ///
    /// The curve of BT.709 and its kin is that of a camera. What is tagged with it was judged on a screen, and is shown as
    /// it is by every viewer, so it counts as sRGB's.
    pub fn needs_profile(self) -> bool {
        !matches!(self.primaries, 1 | UNSPECIFIED) || !self.has_srgb_curve()
    }

    fn has_srgb_curve(self) -> bool {
        matches!(self.transfer, 1 | UNSPECIFIED | 6 | 13 | 14 | 15)
    }

    /// An ICC profile of these primaries and this transfer function; none for sRGB.
    ///
    /// # Errors
    /// [`ImageError::Unsupported`] for numbers that no profile can be made of.
    pub fn profile(self) -> Result<Option<Vec<u8>>, ImageError> {
        self.check_range()?;
        if !self.needs_profile() {
            return Ok(None);
        }
        let unknown = || {
            let Cicp { primaries, transfer, .. } = self;
            ImageError::unsupported(format!("colours of primaries {primaries} and transfer {transfer}"))
        };
        let primaries = if self.primaries == UNSPECIFIED { 1 } else { self.primaries };
        let color_primaries = CicpColorPrimaries::try_from(primaries).map_err(|_| unknown())?;
        let transfer = if self.has_srgb_curve() { 13 } else { self.transfer };
        // Two gammas and linear light, beside sRGB. The others are those of film and of old cameras.
        if !matches!(transfer, 4 | 5 | 8 | 13) {
            return Err(unknown());
        }
        let transfer_characteristics = TransferCharacteristics::try_from(transfer).map_err(|_| unknown())?;
        let cicp = CicpProfile {
            color_primaries,
            transfer_characteristics,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        };
        let mut profile = ColorProfile::new_from_cicp(cicp);
        // It is set where the curves and primaries are.
        if profile.cicp.take().is_none() || profile.red_trc.is_none() {
            return Err(unknown());
        }
        profile.encode().map(Some).map_err(|_| unknown())
    }

    /// How much of luma red and blue are.
    ///
    /// # Errors
    /// [`ImageError::Unsupported`] where luma and chroma are made in another way.
    pub fn weights(self) -> Result<(f32, f32), ImageError> {
        match self.matrix {
            1 => Ok((0.2126, 0.0722)),
            4 => Ok((0.30, 0.11)),
            // BT.601, which also stands for what is not specified.
            UNSPECIFIED | 5 | 6 => Ok((0.299, 0.114)),
            7 => Ok((0.212, 0.087)),
            9 => Ok((0.2627, 0.0593)),
            // Derived from the primaries: what they weigh in white of D65.
            12 => match self.primaries {
                1 | UNSPECIFIED => Ok((0.2126, 0.0722)),
                5 => Ok((0.2220, 0.0713)),
                6 | 7 => Ok((0.2124, 0.0866)),
                9 => Ok((0.2627, 0.0593)),
                12 => Ok((0.2290, 0.0793)),
                other => Err(ImageError::unsupported(format!("a colour matrix for primaries {other}"))),
            },
            other => Err(ImageError::unsupported(format!("colours by the matrix {other}"))),
        }
    }
}
