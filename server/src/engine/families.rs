//! The configured families: which of their members a picture is made of.

use std::{collections::BTreeMap, sync::Arc};

use rendition_imaging::{Format, Size};

use super::{settings::PictureFamily, specs::Specs};
use crate::model::{Error, Reason, SpecId};

/// A member of a family that a picture is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The named spec.
    pub id: SpecId,
    /// How wide its rendition is: exactly, where that is known, else at most.
    pub width: u32,
    /// How high it is; 0 if that is not known.
    pub height: u32,
}

/// A family's members for one source: each format with the widths that it is given in, from the narrowest to the widest. Never
/// empty.
pub type Choice = Vec<(Format, Vec<Chosen>)>;

/// The families by name.
#[derive(Debug, Default)]
pub(super) struct Families(BTreeMap<SpecId, Arc<PictureFamily>>);

impl Families {
    /// A format that this build does not write is left out where another one is written; where none is, the making of each
    /// says so.
    pub(super) fn new(families: Vec<PictureFamily>) -> Self {
        let offered = families.into_iter().map(|mut family| {
            if family.formats.iter().any(|(format, _)| format.is_written()) {
                family.formats.retain(|(format, _)| format.is_written());
            }
            (family.id.clone(), Arc::new(family))
        });
        Self(offered.collect())
    }

    /// The family of a name; SPEC_NOT_FOUND if there is none.
    pub(super) fn get(&self, id: &SpecId) -> Result<&Arc<PictureFamily>, Error> {
        self.0.get(id).ok_or_else(|| {
            let names: Vec<&str> = self.0.keys().map(SpecId::as_str).collect();
            let known = if names.is_empty() { "none is".into() } else { names.join(", ") };
            let message = format!("no family {:?} is configured: {known}", id.as_str());
            Error::new(Reason::SpecNotFound, message)
                .field("rendition.recipe.family_id")
                .with("family_id", id.as_str())
        })
    }
}

impl PictureFamily {
    /// The members for a source of this oriented size. Those wider than what is left of the source before it is resized are
    /// left out, but never all of them: the narrowest stays, and is as wide as the source. Of a source of which the size is not
    /// known none is left out.
    pub(super) fn choose(&self, specs: &Specs, source: Option<Size>) -> Result<Choice, Error> {
        let room = source.map(|source| self.base.output_size(Some(source)).unwrap_or(source).width);
        let mut choice = Vec::with_capacity(self.formats.len());
        for (format, members) in &self.formats {
            let mut chosen: Vec<Chosen> = Vec::with_capacity(members.len());
            for &(width, ref id) in members {
                let spec = &specs.get(id)?.named.spec;
                if room.is_some_and(|room| width > room) && !chosen.is_empty() {
                    break;
                }
                let size = source.and_then(|source| spec.output_size(Some(source)));
                let at_most = room.map_or(width, |room| room.min(width));
                chosen.push(Chosen {
                    id: id.clone(),
                    width: size.map_or(at_most, |size| size.width),
                    height: size.map_or(0, |size| size.height),
                });
                if room.is_some_and(|room| width > room) {
                    break;
                }
            }
            choice.push((*format, chosen));
        }
        Ok(choice)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rendition_imaging::{Output, Png, ResizeToFill, ResizeToFit, Spec, Trim};

    use super::*;
    use crate::engine::settings::NamedSpec;

    /// A family of 320, 640 and 960 pixels in PNG, after this operation.
    fn family(first: Option<rendition_imaging::Operation>) -> (PictureFamily, Specs) {
        let base: Vec<_> = first.into_iter().collect();
        let spec = |width: u32| {
            let fit = ResizeToFit { width, ..ResizeToFit::default() };
            let operations = base.iter().cloned().chain([fit.into()]).collect();
            NamedSpec {
                id: SpecId::new(&format!("hero-{width}-png")).unwrap(),
                spec: Spec::new(operations, Output::Png(Png::default())),
                strategy: None,
                sources: Vec::new(),
                public: false,
                stale_while_revalidate: None,
                previous_for: None,
                on_get: crate::engine::settings::OnGet::default(),
            }
        };
        let specs = [320, 640, 960].map(spec);
        let members = [320, 640, 960].into_iter().zip(specs.iter().map(|spec| spec.id.clone())).collect();
        let family = PictureFamily {
            id: SpecId::new("hero").unwrap(),
            base: Spec::new(base, Output::Png(Png::default())),
            formats: vec![(Format::Png, members)],
            sizes: String::new(),
        };
        (
            family,
            Specs::new(specs.into(), BTreeMap::new(), |_| crate::model::Timestamp::from_millis(0)).unwrap(),
        )
    }

    fn sizes(first: Option<rendition_imaging::Operation>, source: Option<Size>) -> Vec<(u32, u32)> {
        let (family, specs) = family(first);
        let choice = family.choose(&specs, source).unwrap();
        choice[0].1.iter().map(|chosen| (chosen.width, chosen.height)).collect()
    }

    #[test]
    fn widths_above_the_source_are_left_out() {
        assert_eq!(sizes(None, Some(Size::new(2000, 1000))), [(320, 160), (640, 320), (960, 480)]);
        assert_eq!(sizes(None, Some(Size::new(960, 480))), [(320, 160), (640, 320), (960, 480)]);
        assert_eq!(sizes(None, Some(Size::new(959, 480))), [(320, 160), (640, 320)]);
    }

    #[test]
    fn at_least_one_is_always_there_and_is_as_wide_as_the_source() {
        assert_eq!(sizes(None, Some(Size::new(100, 50))), [(100, 50)]);
    }

    #[test]
    fn what_is_cut_off_before_the_width_counts() {
        let fill = ResizeToFill { width: 700, height: 100, ..ResizeToFill::default() };
        assert_eq!(sizes(Some(fill.into()), Some(Size::new(2000, 1000))), [(320, 46), (640, 91)]);
    }

    #[test]
    fn what_is_not_known_leaves_none_out_and_has_no_height() {
        assert_eq!(sizes(None, None), [(320, 0), (640, 0), (960, 0)]);
        assert_eq!(sizes(Some(Trim::default().into()), Some(Size::new(700, 700))), [(320, 0), (640, 0)]);
    }

    #[test]
    fn a_format_that_is_not_written_is_left_out_where_another_one_is() {
        let (family, _) = family(None);
        let members = family.formats[0].1.clone();
        let offered = |formats: &[Format]| -> Vec<Format> {
            let formats = formats.iter().map(|&format| (format, members.clone())).collect();
            let families = Families::new(vec![PictureFamily { formats, ..family.clone() }]);
            families.get(&family.id).unwrap().formats.iter().map(|(format, _)| *format).collect()
        };
        let written: Vec<_> =
            [Format::Avif, Format::Png].into_iter().filter(|one| one.is_written()).collect();
        assert_eq!(offered(&[Format::Avif, Format::Png]), written);
        assert_eq!(offered(&[Format::Avif]), [Format::Avif], "its making says what is wrong");
    }
}
