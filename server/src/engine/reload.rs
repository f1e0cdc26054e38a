//! The exchange of the registry of specs while the engine runs.

use std::sync::Arc;

use super::{
    Engine, Inner,
    families::Families,
    settings::{NamedSpec, PictureFamily},
    sightings,
    specs::{Overlays, Specs},
};
use crate::model::Error;

impl Engine {
    /// Puts other named specs, families and overlays in the place of the present ones, all of them in one step. A call that has begun
    /// goes on with those that it began with, and so does what it started. INVALID_SPEC, and nothing is changed, if a spec has
    /// an overlay that is not there.
    pub async fn reload(
        &self,
        specs: Vec<NamedSpec>,
        families: Vec<PictureFamily>,
        overlays: Overlays,
    ) -> Result<(), Error> {
        let shared = self.now().shared.clone();
        let now = shared.clock.now();
        let specs = Specs::new(specs, overlays, |spec| sightings::since(&shared.queue, spec, now))?;
        let inner = Arc::new(Inner { specs, families: Families::new(families), shared });
        self.0.store(inner.clone());
        inner.note_forms(now).await;
        Ok(())
    }
}
