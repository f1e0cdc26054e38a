//! What a GET shows of a rendition that is not there yet: the placeholder of its spec, as large as the rendition will be
//! and in its format, so that a page does not jump.

use std::sync::Arc;

use bytes::Bytes;
use moka::sync::Cache;
use rendition_imaging::{Animation, ImageError, Limits, Plan, ResizeToFill, Size, Spec, Upscale};
use tokio::{runtime::Handle, sync::oneshot};

use crate::{
    engine::{
        Inner, coalesce::Coalesce, fetch::overloaded, rank::Rank, request::Call, settings::PlaceholderImage,
        target::Keyed, verdict, workers::guarded,
    },
    model::{Digest, Error, State},
};

/// The bytes that are kept of images made already.
const KEPT_BYTES: u64 = 16 << 20;
/// The most pixels of a placeholder; a larger one is as large in proportion. Any format takes so many.
const MOST_PIXELS: f64 = 4e6;
/// The size of a source that nothing is known of.
const NOMINAL: Size = Size { width: 1024, height: 1024 };

/// An image that stands in for a rendition.
#[derive(Clone, Debug)]
pub struct StandIn {
    /// The encoded image.
    pub bytes: Bytes,
    /// Its media type: that of the rendition.
    pub media_type: &'static str,
    /// How the rendition stands.
    pub state: State,
}

/// An image, a spec and a size: what tells what is shown apart.
type Name = (blake3::Hash, Digest, Size);

/// The images made already, and those in the making.
#[derive(Debug)]
pub(in crate::engine) struct StandIns {
    images: Cache<Name, Bytes>,
    making: Coalesce<Name, Result<Bytes, Error>>,
}

impl StandIns {
    /// None made yet.
    pub(in crate::engine) fn new(runtime: Handle) -> Self {
        Self {
            images: Cache::builder()
                .max_capacity(KEPT_BYTES)
                .weigher(|_, bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX))
                .build(),
            making: Coalesce::new(runtime),
        }
    }

    /// Frees what is over the bound.
    pub(in crate::engine) fn tidy(&self) {
        self.images.run_pending_tasks();
    }
}

impl Inner {
    /// The image that stands in for a rendition, made of `image`.
    pub(super) async fn stand_in(
        self: &Arc<Self>,
        call: &Call,
        keyed: &Keyed,
        state: State,
        image: &PlaceholderImage,
    ) -> Result<StandIn, Error> {
        let spec = &keyed.target.spec;
        let size = bounded(self.expected_size(call, keyed).await);
        let name = (image.digest, spec.digest, size);
        let bytes = match self.stand_ins.images.get(&name) {
            Some(bytes) => bytes,
            None => {
                let (inner, image, rank) = (self.clone(), image.bytes.clone(), Rank::new(&call.ticket));
                let wanted = filling(&spec.spec, size);
                let made = self.stand_ins.making.join(name, || async move {
                    let bytes = inner.make_stand_in(image, wanted, &rank).await?;
                    inner.stand_ins.images.insert(name, bytes.clone());
                    Ok(bytes)
                });
                made.await.unwrap_or_else(|| Err(Error::internal("a placeholder's task panicked")))?
            }
        };
        Ok(StandIn { bytes, media_type: spec.format.media_type(), state })
    }

    /// How large the rendition will be, as far as that can be told; a square where nothing is known.
    async fn expected_size(self: &Arc<Self>, call: &Call, keyed: &Keyed) -> Size {
        let target = &keyed.target;
        if let Some(size) = target.spec.size {
            return size;
        }
        // Whoever makes the rendition says what is wrong with its source.
        let source = self.source_size(call, target).await.unwrap_or(NOMINAL);
        target.spec.spec.output_size(Some(source)).unwrap_or(source)
    }

    async fn make_stand_in(&self, image: Bytes, spec: Spec, rank: &Rank) -> Result<Bytes, Error> {
        let plan = planned(&image, &spec, &self.limits.imaging).map_err(|error| verdict::of(&error))?;
        let permit = rank.enter(&self.generation, plan.memory_bytes()).await.map_err(overloaded)?;
        let (made, told) = oneshot::channel();
        self.workers.start(permit.class(), move || {
            let bytes = guarded(|| rendered(&image, &plan));
            drop(permit);
            // Nobody waits any more: then nobody is told.
            let _ = made.send(bytes);
        });
        match told.await {
            Ok(Ok(bytes)) => bytes.map_err(|error| verdict::of(&error)),
            Ok(Err(panicked)) => Err(verdict::panicked(&panicked)),
            Err(_) => Err(Error::internal("a placeholder's work ended without a result")),
        }
    }
}

/// The spec that fills a box with an image, written as another spec's renditions are.
fn filling(spec: &Spec, size: Size) -> Spec {
    let Size { width, height } = size;
    let fill = ResizeToFill { width, height, upscale: Upscale::Allow, ..ResizeToFill::default() };
    Spec { animation: Animation::FirstFrame, ..Spec::new(vec![fill.into()], spec.output.clone()) }
}

fn planned(image: &Bytes, spec: &Spec, limits: &Limits) -> Result<Plan, ImageError> {
    Plan::new(&rendition_imaging::inspect(image)?, image.len() as u64, spec, limits)
}

fn rendered(image: &Bytes, plan: &Plan) -> Result<Bytes, ImageError> {
    let header = rendition_imaging::inspect(image)?;
    let decoded = rendition_imaging::decode(image, &header, plan.decode())?;
    Ok(rendition_imaging::render(&decoded, plan)?.bytes.into())
}

/// At most [`MOST_PIXELS`], in proportion.
fn bounded(size: Size) -> Size {
    let pixels = f64::from(size.width) * f64::from(size.height);
    if pixels <= MOST_PIXELS {
        return size;
    }
    let scale = (MOST_PIXELS / pixels).sqrt();
    // Both sides are positive and smaller than before.
    let side = |side: u32| ((f64::from(side) * scale) as u32).max(1);
    Size { width: side(size.width), height: side(size.height) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_that_would_be_huge_keeps_its_shape() {
        let size = Size { width: 300, height: 200 };
        assert_eq!(bounded(size), size);
        let bounded = bounded(Size { width: 30_000, height: 10_000 });
        assert!(bounded.width * bounded.height <= 4_000_000, "{bounded:?}");
        assert!((bounded.width as f64 / bounded.height as f64 - 3.0).abs() < 0.01, "{bounded:?}");
    }
}
