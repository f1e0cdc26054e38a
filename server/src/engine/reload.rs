//! The exchange of the registry of specs while the engine runs.

use std::sync::Arc;

use super::{
    Engine, Inner,
    settings::NamedSpec,
    specs::{Overlays, Specs},
};
use crate::model::Error;

impl Engine {
    /// Puts other named specs and overlays in the place of the present ones, all of them in one step. A call that has begun
    /// goes on with those that it began with, and so does what it started. INVALID_SPEC, and nothing is changed, if a spec has
    /// an overlay that is not there.
    pub fn reload(&self, specs: Vec<NamedSpec>, overlays: Overlays) -> Result<(), Error> {
        let specs = Specs::new(specs, overlays)?;
        self.0.store(Arc::new(Inner { specs, shared: self.now().shared.clone() }));
        Ok(())
    }
}
