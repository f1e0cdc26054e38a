//! The inline specs that were taken lately: callers send the same few again and again, and to check one, to work out its
//! digest and to write it into a URL takes a third of the time of a cached answer.

use std::{
    hash::{BuildHasher, Hash, Hasher, RandomState},
    mem::discriminant,
    sync::{Arc, Mutex, PoisonError},
};

use rendition_imaging::{Format, Spec};

use super::specs::ResolvedSpec;
use crate::model::Error;

/// How many specs are kept. Each has one place, which it takes from the one before.
const PLACES: usize = 256;

/// See the module. Only specs that are right are kept, so none is large.
#[derive(Debug)]
pub(super) struct Recent {
    places: Box<[Mutex<Option<Taken>>]>,
    hasher: RandomState,
}

#[derive(Debug)]
struct Taken {
    /// As it was sent.
    spec: Spec,
    accept: Box<[Format]>,
    resolved: Arc<ResolvedSpec>,
}

impl Default for Recent {
    fn default() -> Self {
        Self { places: (0..PLACES).map(|_| Mutex::new(None)).collect(), hasher: RandomState::new() }
    }
}

impl Recent {
    /// What `resolve` gives for this spec and these formats, without asking it if they came lately.
    pub fn get_or(
        &self,
        spec: &Spec,
        accept: &[Format],
        resolve: impl FnOnce() -> Result<ResolvedSpec, Error>,
    ) -> Result<Arc<ResolvedSpec>, Error> {
        let place = &self.places[self.place(spec, accept)];
        // Nothing panics while it is held.
        let lock = || place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = &*lock()
            && taken.spec == *spec
            && *taken.accept == *accept
        {
            return Ok(taken.resolved.clone());
        }
        let resolved = Arc::new(resolve()?);
        let taken = Taken { spec: spec.clone(), accept: accept.into(), resolved: resolved.clone() };
        // What was there is let go of when nothing is held.
        let before = lock().replace(taken);
        drop(before);
        Ok(resolved)
    }

    /// The place of what differs in kinds, output, or size; what is alike in all of them shares one.
    fn place(&self, spec: &Spec, accept: &[Format]) -> usize {
        let size = spec.device_pixel_ratio.is_none().then(|| spec.output_size(None));
        let ratio = spec.device_pixel_ratio.map(f64::to_bits);
        let mut hasher = self.hasher.build_hasher();
        (size, ratio, &spec.output, accept).hash(&mut hasher);
        for operation in &spec.operations {
            discriminant(operation).hash(&mut hasher);
        }
        (hasher.finish() % PLACES as u64) as usize
    }
}
