//! The named specs, each resolved beforehand to the formats that it can be written in.

use std::{collections::BTreeMap, sync::Arc};

use rendition_imaging::{Format, Size, Spec};

use super::settings::NamedSpec;
use crate::model::{Digest, Error, Label, Reason, SpecId};

/// A spec whose format is settled, ready to stand in a key.
#[derive(Debug)]
pub struct ResolvedSpec {
    /// What it makes.
    pub spec: Spec,
    /// Its label in keys.
    pub label: Label,
    /// Its digest in keys.
    pub digest: Digest,
    /// What it is written as.
    pub format: Format,
    /// The size of its renditions, where that does not depend on the source.
    pub size: Option<Size>,
    /// Whether the open media endpoint serves it unsigned.
    pub public: bool,
}

impl ResolvedSpec {
    /// Settles the format of a spec that is valid.
    pub fn new(spec: &Spec, accept: &[Format], label: Label, public: bool) -> Result<Self, Error> {
        let spec = spec.resolve(accept);
        let format = spec.format().ok_or_else(|| Error::internal("a resolved spec has no format"))?;
        let digest = Digest::of(&spec);
        let size = spec.output_size(None);
        Ok(Self { spec, label, digest, format, size, public })
    }

    /// Takes a spec that a caller sent; INVALID_SPEC names the field at fault.
    pub fn inline(spec: &Spec, accept: &[Format]) -> Result<Self, Error> {
        spec.validate().map_err(|invalid| {
            Error::new(Reason::InvalidSpec, invalid.to_string())
                .field(format!("rendition.recipe.spec.{}", invalid.field))
                .with("value", invalid.value)
        })?;
        Self::new(spec, accept, Label::Inline, false)
    }
}

/// A named spec with what it resolves to.
#[derive(Debug)]
pub struct Registered {
    /// As it is configured.
    pub named: NamedSpec,
    resolved: Vec<Arc<ResolvedSpec>>,
}

impl Registered {
    /// What it is written as for a caller who can show `accept`.
    pub fn resolve(&self, accept: &[Format]) -> &Arc<ResolvedSpec> {
        match &self.resolved[..] {
            [only] => only,
            several => {
                let best = several.iter().find(|resolved| accept.contains(&resolved.format));
                best.unwrap_or(&several[several.len() - 1])
            }
        }
    }

    /// Each format's resolution, best first.
    pub fn resolutions(&self) -> &[Arc<ResolvedSpec>] {
        &self.resolved
    }
}

/// The named specs by id.
#[derive(Debug, Default)]
pub struct Specs(BTreeMap<SpecId, Arc<Registered>>);

impl Specs {
    /// Registers the configured specs.
    pub fn new(specs: Vec<NamedSpec>) -> Result<Self, Error> {
        let mut registered = BTreeMap::new();
        for named in specs {
            let label = Label::Named(named.id.clone());
            let resolved = named.spec.formats().into_iter().map(|format| {
                ResolvedSpec::new(&named.spec, &[format], label.clone(), named.public).map(Arc::new)
            });
            let resolved = resolved.collect::<Result<Vec<_>, _>>()?;
            if resolved.is_empty() {
                return Err(Error::internal(format!("spec {} can be written in no format", named.id)));
            }
            registered.insert(named.id.clone(), Arc::new(Registered { named, resolved }));
        }
        Ok(Self(registered))
    }

    /// The spec of an id; SPEC_NOT_FOUND if there is none.
    pub fn get(&self, id: &SpecId) -> Result<&Arc<Registered>, Error> {
        self.0.get(id).ok_or_else(|| {
            Error::new(
                Reason::SpecNotFound,
                format!("no spec {:?} is configured: list the specs to see which are", id.as_str()),
            )
            .field("rendition.recipe.spec_id")
            .with("spec_id", id.as_str())
        })
    }

    /// All of them after `id`, in the order of their ids.
    pub fn after(&self, id: Option<&str>) -> impl Iterator<Item = &Arc<Registered>> {
        use std::ops::Bound;
        let from = id.map_or(Bound::Unbounded, Bound::Excluded);
        self.0.range::<str, _>((from, Bound::Unbounded)).map(|(_, registered)| registered)
    }
}
