//! The inline specs that were taken lately: callers send the same few again and again, and to look up one's overlays, to work
//! out its digest and to write it into a URL takes a sixth of the time of a cached answer.

use std::{
    hash::{BuildHasher, Hash, Hasher, RandomState},
    mem::discriminant,
    sync::{Arc, Mutex, PoisonError},
};

use rendition_imaging::{Format, MAX_SIDE, Size, Spec};

use super::specs::ResolvedSpec;
use crate::model::Error;

/// How many specs are kept. Each has one place, which it takes from the one before.
const PLACES: usize = 256;

/// A source that is larger than what a resize asks for.
const LARGEST: Size = Size { width: MAX_SIDE, height: MAX_SIDE };

/// See the module. What is kept is small: specs that are right, for no more formats than there are.
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
    /// What `resolve` gives for a valid spec and these formats, without asking it if they came lately.
    pub fn get_or(
        &self,
        spec: &Spec,
        accept: &[Format],
        resolve: impl FnOnce() -> Result<ResolvedSpec, Error>,
    ) -> Result<Arc<ResolvedSpec>, Error> {
        if accept.len() > Format::ALL.len() {
            return resolve().map(Arc::new);
        }
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

    /// The place of a spec, by what makes specs differ as a rule: the kinds of their operations, the sizes that they ask for,
    /// and the output. What differs in nothing of this shares one.
    fn place(&self, spec: &Spec, accept: &[Format]) -> usize {
        let size = spec.output_size(Some(LARGEST));
        let mut hasher = self.hasher.build_hasher();
        (size, &spec.output, accept).hash(&mut hasher);
        for operation in &spec.operations {
            discriminant(operation).hash(&mut hasher);
        }
        (hasher.finish() % PLACES as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rendition_imaging::{Jpeg, Output, ResizeToFit};

    use super::*;

    #[test]
    fn specs_that_differ_in_size_or_quality_have_places_of_their_own() {
        let recent = Recent::default();
        let place = |width, quality| {
            let fit = ResizeToFit { width, ..ResizeToFit::default() };
            let jpeg = Jpeg { quality: Some(quality), ..Jpeg::default() };
            recent.place(&Spec::new(vec![fit.into()], Output::Jpeg(jpeg)), &[])
        };
        // Chance lays a few of 32 into one of 256 places, but not half of them.
        let widths: HashSet<usize> = (1..=32).map(|step| place(100 * step, 80)).collect();
        let qualities: HashSet<usize> = (50..82).map(|quality| place(300, quality)).collect();
        assert!(widths.len() > 16 && qualities.len() > 16, "{widths:?} {qualities:?}");
    }
}
