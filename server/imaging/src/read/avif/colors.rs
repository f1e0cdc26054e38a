//! From luma and chroma to red, green and blue (ITU-T H.273, section 8.3).

use crate::ImageError;
use crate::cicp::Cicp;

/// How the three planes of a picture become colours.
#[derive(Clone, Copy, Debug)]
pub(super) enum Matrix {
    /// They are green, blue and red.
    Identity,
    /// Luma, and two differences: green against magenta, orange against blue.
    GreenOrange,
    /// Luma, and how much more blue and red there is; how much of these two goes into red, green and blue.
    Differences { red: f32, green: (f32, f32), blue: f32 },
}

impl Matrix {
    /// # Errors
    /// [`ImageError::Unsupported`] for what is none of these.
    pub fn of(cicp: Cicp) -> Result<Matrix, ImageError> {
        match cicp.matrix {
            0 => Ok(Matrix::Identity),
            8 => Ok(Matrix::GreenOrange),
            _ => {
                let (kr, kb) = cicp.weights()?;
                let kg = 1.0 - kr - kb;
                let (red, blue) = (2.0 * (1.0 - kr), 2.0 * (1.0 - kb));
                Ok(Matrix::Differences { red, green: (blue * kb / kg, red * kr / kg), blue })
            }
        }
    }

    /// Gives red, green and blue of each pixel, from left to right, to `put`.
    pub fn each(self, [first, second, third]: [&[f32]; 3], mut put: impl FnMut([f32; 3])) {
        let pixels = first.iter().zip(second).zip(third);
        match self {
            Matrix::Identity => {
                for ((green, blue), red) in pixels {
                    put([*red, *green, *blue]);
                }
            }
            Matrix::GreenOrange => {
                for ((luma, green), orange) in pixels {
                    let rest = luma - green;
                    put([rest + orange, luma + green, rest - orange]);
                }
            }
            Matrix::Differences { red, green, blue } => {
                for ((luma, cb), cr) in pixels {
                    put([luma + cr * red, luma - cb * green.0 - cr * green.1, luma + cb * blue]);
                }
            }
        }
    }
}
