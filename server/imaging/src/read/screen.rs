//! The screen that the frames of an animation are laid on, one after the other.

use std::sync::Arc;

use crate::layout::Layout;
use crate::plane::{Pixels, Plane};
use crate::profile::Profile;
use crate::raster::Raster;
use crate::region::Cut;
use crate::{ImageError, Size};

/// What becomes of a frame when the next one comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disposal {
    /// It stays.
    Keep,
    /// Its place becomes transparent. Formats name a background colour for this, which no browser paints.
    Clear,
    /// Its place becomes what it was before.
    Restore,
}

/// How long a frame is shown at least, in ms, when what the file says is to be believed.
const SHORTEST: u32 = 11;

/// How long it is shown otherwise, in ms: what browsers make of the delays that old tools wrote for "as fast as can be".
const USUAL: u32 = 100;

/// The longest that a frame is shown, in ms: the most that a GIF can say.
const LONGEST: u32 = 655_350;

/// How long a frame is shown, in ms, of which a file says this.
pub(crate) fn delay(milliseconds: u32) -> u32 {
    if milliseconds < SHORTEST { USUAL } else { milliseconds.min(LONGEST) }
}

/// A frame as it is shown.
pub(crate) struct Shown<'a> {
    /// The whole canvas, with alpha.
    pub plane: &'a Plane,
    /// How long, in ms.
    pub milliseconds: u32,
}

/// What is done to the screen before the next frame.
enum Undo {
    Nothing,
    Clear(Cut),
    Put(Raster, (i64, i64)),
}

/// The canvas, transparent at first, in RGBA of 8 bits.
pub(crate) struct Screen {
    plane: Plane,
    undo: Undo,
}

impl Screen {
    /// A profile's colours are converted after the geometry, like those of a still image.
    pub fn new(size: Size, profile: Option<Profile>) -> Result<Screen, ImageError> {
        let pixels = Pixels::Eight(Raster::blank(size, Layout::Rgba)?);
        let plane = Plane { profile: profile.map(Arc::new), ..Plane::from(pixels) };
        Ok(Screen { plane, undo: Undo::Nothing })
    }

    /// What is shown.
    pub fn plane(&self) -> &Plane {
        &self.plane
    }

    /// The canvas by itself.
    pub fn into_plane(self) -> Plane {
        self.plane
    }

    /// The canvas to draw on.
    pub fn raster(&mut self) -> Result<&mut Raster, ImageError> {
        match &mut self.plane.pixels {
            Pixels::Eight(raster) => Ok(raster),
            Pixels::Sixteen(_) => Err(ImageError::unsupported("an animation of 16 bits a sample")),
        }
    }

    /// Disposes of the frame before and remembers how to dispose of the one that now comes to this place, of which only
    /// what lies on the canvas counts.
    pub fn begin(&mut self, place: Cut, disposal: Disposal) -> Result<(), ImageError> {
        let undo = std::mem::replace(&mut self.undo, Undo::Nothing);
        let raster = self.raster()?;
        match undo {
            Undo::Nothing => {}
            Undo::Clear(cut) => clear(raster, cut),
            Undo::Put(before, corner) => raster.put(&before, corner),
        }
        let Some(cut) = visible(place, raster.size) else { return Ok(()) };
        self.undo = match disposal {
            Disposal::Keep => Undo::Nothing,
            Disposal::Clear => Undo::Clear(cut),
            Disposal::Restore => Undo::Put(raster.cut(cut)?, (cut.x.into(), cut.y.into())),
        };
        Ok(())
    }
}

/// The part of a frame that lies on a canvas of this size.
pub(crate) fn visible(place: Cut, canvas: Size) -> Option<Cut> {
    let length = |from: u32, length: u32, canvas: u32| length.min(canvas.saturating_sub(from));
    let width = length(place.x, place.size.width, canvas.width);
    let height = length(place.y, place.size.height, canvas.height);
    let cut = Cut { size: Size::new(width, height), ..place };
    (!cut.size.is_empty()).then_some(cut)
}

/// Makes a box that lies on the canvas transparent.
fn clear(raster: &mut Raster, Cut { x, y, size }: Cut) {
    let channels = raster.channels();
    let (start, length) = (x as usize * channels, size.width as usize * channels);
    for row in raster.rows_mut().skip(y as usize).take(size.height as usize) {
        row[start..start + length].fill(0);
    }
}
