//! Work: the image on a canvas of another size.

use crate::budget::Budget;
use crate::color::Color;
use crate::layout::Layout;
use crate::plane::{Plane, map_depth};
use crate::raster::Raster;
use crate::step::Work;
use crate::{Anchor, ImageError, Size};

/// Puts the image on a canvas; what reaches out is cut off. The image's own transparency is kept: the canvas lies beside
/// it and not below.
#[derive(Clone, Debug)]
pub(crate) struct Canvas {
    pub size: Size,
    /// Where the image's top left corner lies on it.
    pub corner: (i64, i64),
    pub color: Color,
}

impl Canvas {
    /// The image at a side or corner, or in the middle, offsets truncated towards zero.
    pub fn anchored(size: Size, input: Size, anchor: Anchor, color: Color) -> Canvas {
        let (x, y) = anchor.fractions();
        let offset = |free: i64, fraction: f64| (free as f64 * fraction) as i64;
        let corner = (
            offset(i64::from(size.width) - i64::from(input.width), x),
            offset(i64::from(size.height) - i64::from(input.height), y),
        );
        Canvas { size, corner, color }
    }
}

impl Work for Canvas {
    fn size(&self) -> Size {
        self.size
    }

    fn layout(&self, input: Layout) -> Layout {
        self.color.fits(input)
    }

    fn run(&self, plane: Plane, _budget: &Budget) -> Result<Plane, ImageError> {
        let layout = self.layout(plane.layout());
        let plane = plane.with_layout(layout)?;
        let pixels = map_depth!(&plane.pixels, raster => {
            let mut canvas = Raster::filled(self.size, layout, &self.color.pixel(layout))?;
            canvas.put(raster, self.corner);
            canvas
        });
        Ok(plane.with_pixels(pixels))
    }
}
