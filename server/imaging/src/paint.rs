//! Work that changes pixels where they are, and not the size of the image.

use std::fmt::Debug;
use std::sync::Arc;

use crate::budget::Budget;
use crate::layout::Layout;
use crate::plane::{Depth, Plane, at_any_depth};
use crate::raster::Raster;
use crate::sample::Sample;
use crate::step::{Step, Work};
use crate::{ImageError, Size};

/// Changes pixels where they are.
pub(crate) trait Paint: Debug + Send + Sync + Sized + 'static {
    /// The layout that it needs and leaves.
    fn layout(&self, input: Layout) -> Layout {
        input
    }
    /// The memory that it takes beside the image, in bytes.
    fn working_bytes(&self, _input: Size, _layout: Layout, _depth: Depth) -> u64 {
        0
    }
    /// The same with what it takes from the pixels settled; none if it takes nothing from them.
    fn settled(&self, _plane: &Plane) -> Option<Self> {
        None
    }
    /// Does it. The image has the layout that [`Paint::layout`] says.
    fn paint<S: Sample>(&self, raster: &mut Raster<S>, budget: &Budget) -> Result<(), ImageError>;
}

#[derive(Debug)]
struct Painting<P> {
    paint: P,
    size: Size,
}

impl Step {
    /// Paint on an image of this size.
    pub fn paint(paint: impl Paint, size: Size) -> Step {
        Step::work(Painting { paint, size })
    }
}

impl<P: Paint> Work for Painting<P> {
    fn size(&self) -> Size {
        self.size
    }

    fn layout(&self, input: Layout) -> Layout {
        self.paint.layout(input)
    }

    fn working_bytes(&self, input: Size, layout: Layout, depth: Depth) -> u64 {
        self.paint.working_bytes(input, layout, depth)
    }

    fn settled(&self, plane: &Plane) -> Option<Arc<dyn Work>> {
        let paint = self.paint.settled(plane)?;
        Some(Arc::new(Painting { paint, size: self.size }))
    }

    fn run(&self, plane: Plane, budget: &Budget) -> Result<Plane, ImageError> {
        let layout = self.layout(plane.layout());
        let mut plane = plane.with_layout(layout)?;
        at_any_depth!(&mut plane.pixels, raster => self.paint.paint(raster, budget)?);
        Ok(plane)
    }
}
