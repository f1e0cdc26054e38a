//! Planes beyond their edges: chroma under the last column and row of an odd size belongs to pixels that are not there.

use crate::layout::Layout;
use crate::raster::Raster;
use crate::region::{Cut, Region};
use crate::resample::resample;
use crate::step::Resample;
use crate::{ImageError, Size};

/// Resamples one plane, of which the region may reach beyond the frame: there its outermost samples are repeated.
pub(super) fn resampled_beyond(plane: &Raster, step: &Resample) -> Result<Raster, ImageError> {
    let frame = step.frame.unwrap_or(Cut { x: 0, y: 0, size: plane.size });
    let Region { x, y, width, height } = step.region;
    // Less is a matter of rounding.
    let beyond = |excess: f64| if excess > 0.001 { excess.ceil() as u32 } else { 0 };
    let (left, top) = (beyond(-x), beyond(-y));
    let right = beyond(x + width - f64::from(frame.size.width));
    let bottom = beyond(y + height - f64::from(frame.size.height));
    if [left, top, right, bottom] == [0; 4] {
        return resample(plane, step);
    }
    let size = Size::new(frame.size.width + left + right, frame.size.height + top + bottom);
    let plane = reaching(plane, frame, (left, top), size)?;
    let region = Region { x: x + f64::from(left), y: y + f64::from(top), ..step.region };
    resample(&plane, &Resample { frame: None, region, size: step.size })
}

/// A part of a plane with so many columns and rows before it, and as many behind it as make this size: its outermost samples,
/// repeated.
fn reaching(plane: &Raster, part: Cut, (left, top): (u32, u32), size: Size) -> Result<Raster, ImageError> {
    let right = size.width.saturating_sub(left + part.size.width) as usize;
    let (start, length) = (part.x as usize, part.size.width as usize);
    let last = part.size.height.saturating_sub(1);
    let mut samples = Vec::with_capacity(Layout::Gray.samples(size)?);
    for y in 0..size.height {
        let y = (part.y + y.saturating_sub(top).min(last)) as usize;
        let row = plane.samples.get(y * plane.stride() + start..).and_then(|rest| rest.get(..length));
        let Some((row, first, last)) = row.and_then(|row| Some((row, row.first()?, row.last()?))) else {
            break;
        };
        samples.extend(std::iter::repeat_n(*first, left as usize));
        samples.extend_from_slice(row);
        samples.extend(std::iter::repeat_n(*last, right));
    }
    Raster::new(size, Layout::Gray, samples)
}

/// The plane with as many columns and rows behind it as make this size.
pub(super) fn padded(plane: Raster, size: Size) -> Result<Raster, ImageError> {
    if plane.size == size {
        return Ok(plane);
    }
    reaching(&plane, Cut { x: 0, y: 0, size: plane.size }, (0, 0), size)
}

/// Overwrites what a plane has beyond an image of this size by repeating the image's last column and row.
pub(super) fn pad(plane: &mut Raster, size: Size) {
    let (stride, width, height) = (plane.stride(), size.width as usize, size.height as usize);
    if width < stride {
        for row in plane.rows_mut().take(height) {
            let last = row[width - 1];
            row[width..].fill(last);
        }
    }
    for y in height..plane.size.height as usize {
        plane.samples.copy_within((height - 1) * stride..height * stride, y * stride);
    }
}
