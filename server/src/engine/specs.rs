//! Specs made ready to stand in keys: valid, their overlays looked up, their format settled. The named ones are so beforehand.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use rendition_imaging::{Format, InvalidSpec, OverlayImage, Size, Spec};

use super::{recent::Recent, settings::NamedSpec, spec_text, tolerance::Tolerance};
use crate::model::{Digest, Error, Label, Reason, SpecId, Timestamp, key::KeyParts};

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
    /// When older renditions may stand in for missing ones; none: never.
    pub tolerance: Option<Tolerance>,
    /// Whether it is the spec as it is configured.
    pub form: Form,
    /// The `auto` output that it is one format of.
    pub family: Option<Arc<Family>>,
    url_text: OnceLock<String>,
}

/// Whether a spec is what its id means now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// It is, or it has no id.
    Present,
    /// It is what the id meant before. Only what is stored can be had of it: `spec` is that of the present form, for what
    /// goes by it besides pixels.
    Earlier,
}

/// A spec with an `auto` output: all the formats that it can be written as.
#[derive(Debug)]
pub struct Family {
    spec: Spec,
    digest: OnceLock<Digest>,
    url_text: OnceLock<String>,
}

impl Family {
    /// The family of a spec; none if its format is settled.
    fn of(spec: &Spec) -> Option<Arc<Self>> {
        spec.format().is_none().then(|| {
            Arc::new(Self { spec: spec.clone(), digest: OnceLock::new(), url_text: OnceLock::new() })
        })
    }

    /// The spec as it stands in URLs, its output still `auto`; written when it is first asked for.
    pub fn url_text(&self) -> &str {
        self.url_text.get_or_init(|| spec_text::write(&self.spec))
    }

    /// The digest that names it in URLs, which is worked out when it is asked for.
    pub fn digest(&self) -> &Digest {
        self.digest.get_or_init(|| {
            let formats = self.spec.formats();
            let digests: Vec<Digest> =
                formats.into_iter().map(|format| Digest::of(&self.spec.resolve_to(format))).collect();
            Digest::of_all(&digests)
        })
    }
}

impl ResolvedSpec {
    /// Takes a spec that is valid, has its overlays, and whose format is settled.
    fn new(spec: Spec, label: Label, public: bool, family: Option<Arc<Family>>) -> Result<Self, Error> {
        let format = spec.format().ok_or_else(|| Error::internal("a resolved spec has no format"))?;
        let digest = Digest::of(&spec);
        let size = spec.output_size(None);
        Ok(Self {
            spec,
            label,
            digest,
            format,
            size,
            public,
            tolerance: None,
            form: Form::Present,
            family,
            url_text: OnceLock::new(),
        })
    }

    /// The spec as it stands in URLs; written when it is first asked for.
    pub fn url_text(&self) -> &str {
        self.url_text.get_or_init(|| spec_text::write(&self.spec))
    }

    /// This spec in a form that it had before, of which the digest and the format are known.
    pub(super) fn earlier(&self, digest: Digest, format: Format) -> Self {
        Self {
            spec: self.spec.clone(),
            label: self.label.clone(),
            digest,
            format,
            size: None,
            public: self.public,
            tolerance: None,
            form: Form::Earlier,
            family: None,
            url_text: OnceLock::new(),
        }
    }

    /// The spec's name with its format: what has one digest at a time.
    pub(super) fn form_name(&self) -> String {
        format!("{}.{}", self.label.as_str(), self.format.extension())
    }
}

/// The images that specs may lay over others, by name.
pub type Overlays = BTreeMap<String, Arc<OverlayImage>>;

/// INVALID_SPEC, naming the field at fault.
fn invalid(invalid: InvalidSpec) -> Error {
    Error::new(Reason::InvalidSpec, invalid.to_string())
        .field(format!("rendition.recipe.spec.{}", invalid.field))
        .with("value", invalid.value)
}

/// A named spec with what it resolves to.
#[derive(Debug)]
pub struct Registered {
    /// As it is configured.
    pub named: NamedSpec,
    resolved: Vec<Arc<ResolvedSpec>>,
}

impl Registered {
    /// What it is written as for a caller who can show `accept`. What this build does not write is never chosen where there is
    /// something else, but what another server has written is found by its key.
    pub fn resolve(&self, accept: &[Format]) -> &Arc<ResolvedSpec> {
        match &self.resolved[..] {
            [only] => only,
            several => {
                let mut written = several.iter().filter(|resolved| resolved.format.is_written());
                let best = written.clone().find(|resolved| accept.contains(&resolved.format));
                best.or(written.next_back()).unwrap_or(&several[several.len() - 1])
            }
        }
    }

    /// What is made of it ahead, when nobody has said yet what can be shown: every format that this build writes. Where it
    /// writes none, what [`Registered::resolve`] gives, whose making says why it cannot be.
    pub fn ahead(&self) -> Vec<&Arc<ResolvedSpec>> {
        let written: Vec<_> = self.resolved.iter().filter(|resolved| resolved.format.is_written()).collect();
        if written.is_empty() { vec![self.resolve(&[])] } else { written }
    }

    /// Each format's resolution, best first.
    pub fn resolutions(&self) -> &[Arc<ResolvedSpec>] {
        &self.resolved
    }

    /// Until when renditions by earlier forms of it may stand in for its own; none if they may not.
    pub fn stands_in_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.resolved.iter().filter_map(|spec| spec.tolerance?.stands_in_until(now)).max()
    }

    /// The resolution that a key of this spec's id is of; none if the spec is configured otherwise by now.
    pub fn resolution_of(&self, parts: &KeyParts) -> Option<&Arc<ResolvedSpec>> {
        self.resolved.iter().find(|spec| spec.digest == parts.digest && spec.format == parts.format)
    }

    /// Whether the spec as it is configured now makes the rendition of a key of its id.
    pub fn accounts_for(&self, parts: &KeyParts) -> bool {
        self.resolution_of(parts).is_some()
    }
}

/// The named specs by id, and the overlays that all specs share.
#[derive(Debug, Default)]
pub struct Specs {
    named: BTreeMap<SpecId, Arc<Registered>>,
    overlays: Overlays,
    recent: Recent,
}

impl Specs {
    /// Registers the configured specs; INVALID_SPEC if one of them has an overlay that is not there. `since` tells since when
    /// a spec has had its present form.
    pub fn new(
        specs: Vec<NamedSpec>,
        overlays: Overlays,
        since: impl Fn(&ResolvedSpec) -> Timestamp,
    ) -> Result<Self, Error> {
        let mut registered = BTreeMap::new();
        for mut named in specs {
            named.spec = bound(&named.spec, &overlays)?;
            let label = Label::Named(named.id.clone());
            let family = Family::of(&named.spec);
            let resolved = named.spec.formats().into_iter().map(|format| {
                let spec = named.spec.resolve_to(format);
                ResolvedSpec::new(spec, label.clone(), named.public, family.clone())
            });
            let mut resolved = resolved.collect::<Result<Vec<_>, Error>>()?;
            for spec in &mut resolved {
                spec.tolerance = Tolerance::of(&named, since(spec));
            }
            let resolved: Vec<_> = resolved.into_iter().map(Arc::new).collect();
            if resolved.is_empty() {
                return Err(Error::internal(format!("spec {} can be written in no format", named.id)));
            }
            registered.insert(named.id.clone(), Arc::new(Registered { named, resolved }));
        }
        Ok(Self { named: registered, overlays, recent: Recent::default() })
    }

    /// Takes a spec that a caller sent; INVALID_SPEC names the field at fault.
    pub fn inline(&self, spec: &Spec, accept: &[Format]) -> Result<Arc<ResolvedSpec>, Error> {
        spec.validate().map_err(invalid)?;
        self.recent.get_or(spec, accept, || {
            let spec = bound(spec, &self.overlays)?;
            ResolvedSpec::new(spec.resolve(accept), Label::Inline, false, Family::of(&spec))
        })
    }

    /// Takes a spec that was resolved before and written down, where overlays are names.
    pub fn resume(&self, spec: &Spec, label: Label) -> Result<ResolvedSpec, Error> {
        ResolvedSpec::new(bound(spec, &self.overlays)?.resolve(&[]), label, false, None)
    }

    /// The spec of an id; SPEC_NOT_FOUND if there is none.
    pub fn get(&self, id: &SpecId) -> Result<&Arc<Registered>, Error> {
        self.named.get(id).ok_or_else(|| {
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
        self.named.range::<str, _>((from, Bound::Unbounded)).map(|(_, registered)| registered)
    }
}

/// The spec with the images of its overlays: they are part of its digest.
fn bound(spec: &Spec, overlays: &Overlays) -> Result<Spec, Error> {
    spec.clone().with_overlays(|name| overlays.get(name).cloned()).map_err(invalid)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rendition_imaging::{Auto, GaussianBlur, Jpeg, Limits, Output, Overlay, Png};

    use super::*;

    /// One white pixel under a name, in a version.
    fn overlays(name: &str, version: u8) -> Overlays {
        let bytes = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
        let image = OverlayImage::decode(bytes, vec![version; 16], &Limits::default()).unwrap();
        Overlays::from([(name.to_owned(), Arc::new(image))])
    }

    fn spec(name: &str) -> Spec {
        let overlay = Overlay { name: name.to_owned(), ..Overlay::default() };
        Spec::new(vec![overlay.into()], Output::Png(Png::default()))
    }

    #[test]
    fn the_digest_is_that_of_the_overlays_bytes_not_of_its_name() {
        let digest = |overlays: Overlays, name: &str| {
            Specs::new(Vec::new(), overlays, |_| Timestamp::from_millis(0))
                .unwrap()
                .inline(&spec(name), &[])
                .unwrap()
                .digest
        };
        assert_eq!(digest(overlays("a", 1), "a"), digest(overlays("b", 1), "b"));
        assert_ne!(digest(overlays("a", 1), "a"), digest(overlays("a", 2), "a"));
    }

    #[test]
    fn a_spec_that_comes_again_is_resolved_once_for_each_list_of_formats() {
        let specs = Specs::new(Vec::new(), Overlays::default(), |_| Timestamp::from_millis(0)).unwrap();
        let photo = |quality| {
            let jpeg = Some(Jpeg { quality: Some(quality), ..Jpeg::default() });
            let formats = vec![Format::Webp, Format::Jpeg];
            Spec::new(Vec::new(), Output::Auto(Auto { formats, jpeg, ..Auto::default() }))
        };
        let first = specs.inline(&photo(70), &[Format::Webp]).unwrap();
        assert!(Arc::ptr_eq(&first, &specs.inline(&photo(70), &[Format::Webp]).unwrap()));
        let jpeg = specs.inline(&photo(70), &[]).unwrap();
        assert_eq!((first.format, jpeg.format), (Format::Webp, Format::Jpeg));
        assert_ne!(jpeg.digest, specs.inline(&photo(71), &[]).unwrap().digest);
        // A list that no honest caller sends is not kept.
        let long = [Format::Jpeg; 100];
        let [one, other] = [(); 2].map(|()| specs.inline(&photo(72), &long).unwrap());
        assert!(!Arc::ptr_eq(&one, &other));
        assert_eq!(one.digest, other.digest);
    }

    #[test]
    fn specs_that_share_a_place_and_wrong_ones_never_stand_for_another() {
        let specs = Specs::new(Vec::new(), Overlays::default(), |_| Timestamp::from_millis(0)).unwrap();
        let blurred = |radius: f64| {
            let blur = GaussianBlur { radius: Some(radius) };
            Spec::new(vec![blur.into()], Output::Png(Png::default()))
        };
        // Only their radius differs, which has no part in the place.
        let [one, other] = [2.0, 3.0].map(|radius| specs.inline(&blurred(radius), &[]).unwrap().digest);
        assert_ne!(one, other);
        for _ in 0..2 {
            assert_eq!(specs.inline(&blurred(-1.0), &[]).unwrap_err().reason(), Reason::InvalidSpec);
            assert_eq!(specs.inline(&blurred(2.0), &[]).unwrap().digest, one);
        }
    }

    #[test]
    fn ahead_is_made_what_this_build_writes() {
        let named = |auto: Auto| {
            let spec = Spec::new(Vec::new(), Output::Auto(auto));
            let id = SpecId::new("photo").unwrap();
            let named = NamedSpec {
                id: id.clone(),
                spec,
                strategy: None,
                sources: Vec::new(),
                public: false,
                stale_while_revalidate: None,
                previous_for: None,
                on_get: crate::engine::settings::OnGet::default(),
            };
            Specs::new(vec![named], Overlays::default(), |_| Timestamp::from_millis(0))
                .unwrap()
                .get(&id)
                .unwrap()
                .clone()
        };
        let formats =
            |registered: &Registered| registered.ahead().iter().map(|spec| spec.format).collect::<Vec<_>>();
        let mut all =
            named(Auto { formats: vec![Format::Avif, Format::Webp, Format::Jpeg], ..Auto::default() });
        let written: Vec<_> =
            [Format::Avif, Format::Webp, Format::Jpeg].into_iter().filter(|one| one.is_written()).collect();
        assert_eq!(formats(&all), written);
        all = named(Auto { formats: vec![Format::Avif], ..Auto::default() });
        assert_eq!(formats(&all), [Format::Avif], "its making says what is wrong");
    }

    #[test]
    fn what_was_written_down_is_bound_again() {
        let specs = Specs::new(Vec::new(), overlays("a", 1), |_| Timestamp::from_millis(0)).unwrap();
        let inline = specs.inline(&spec("a"), &[]).unwrap();
        let json = serde_json::to_string(&inline.spec).unwrap();
        let again = specs.resume(&serde_json::from_str(&json).unwrap(), Label::Inline).unwrap();
        assert_eq!((again.digest, &again.spec), (inline.digest, &inline.spec));
    }

    #[test]
    fn an_overlay_that_is_not_there_is_an_invalid_spec() {
        let specs = Specs::new(Vec::new(), overlays("a", 1), |_| Timestamp::from_millis(0)).unwrap();
        let errors = [
            specs.inline(&spec("b"), &[]).unwrap_err(),
            specs.resume(&spec("b"), Label::Inline).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.reason(), Reason::InvalidSpec);
            assert!(
                format!("{error:?}").contains("rendition.recipe.spec.operations[0].overlay.name"),
                "{error:?}"
            );
        }
    }
}
