//! What lies in the folders of sources: which renditions there are under the keys of before, and which under the new ones.

use std::collections::HashSet;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::{
    Setting,
    difference::{FormDifference, SpecDifference},
    walk::Source,
};
use crate::{
    engine::storage_error,
    model::{Digest, Error, Label, SpecId, key::KeyParts},
};

/// How many folders are listed at a time.
const AT_A_TIME: usize = 16;

/// How many renditions of a spec in one format there are, and would be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sources that it is meant for, or that it was made of before.
    pub sources: u64,
    /// Those that have a rendition by what it was before and none by what it is: they will be asked for again.
    pub replaces: u64,
    /// Those that have neither: they are made ahead or when they are asked for, and perhaps never.
    pub missing: u64,
    /// Those that have one by what it is already.
    pub there: u64,
}

impl Tally {
    /// How many would be made at the most.
    pub fn makes(&self) -> u64 {
        self.replaces + self.missing
    }

    fn scaled(self, by: f64) -> Self {
        let scaled = |count: u64| (count as f64 * by).round() as u64;
        Self {
            sources: scaled(self.sources),
            replaces: scaled(self.replaces),
            missing: scaled(self.missing),
            there: scaled(self.there),
        }
    }
}

/// The specs' forms that a source has renditions of, of whichever version.
type Shelf = HashSet<(SpecId, Digest)>;

/// What was found.
pub(super) struct Stock {
    shelves: Vec<(Source, Shelf)>,
    /// How many sources stand behind each that was listed.
    scale: f64,
}

/// Lists the folders of the sources that concern a spec which differs.
pub(super) async fn take(
    setting: &Setting<'_>,
    sources: &[Source],
    differences: &[SpecDifference],
) -> Result<Stock, Error> {
    let changed: Vec<_> = differences.iter().filter(|difference| !difference.forms.is_empty()).collect();
    let concerns = |source: &&Source| {
        changed.iter().any(|difference| {
            difference.globs.is_empty()
                || difference.globs.iter().any(|glob| glob.matches(source.path.as_str()))
        })
    };
    let concerned: Vec<&Source> = sources.iter().filter(concerns).collect();
    let listed = spread(&concerned, setting.options.most_listed);
    let scale = if listed.is_empty() { 1.0 } else { concerned.len() as f64 / listed.len() as f64 };
    let renditions = &setting.stores.renditions;
    let shelves = stream::iter(listed.into_iter().cloned())
        .map(|source| async move {
            let folder = format!("{}/{}", source.store, source.path);
            let entries = renditions.list(&folder).await.map_err(|error| storage_error(&error))?;
            let forms = entries.iter().filter(|entry| !entry.is_folder).filter_map(|entry| {
                let parts = KeyParts::parse(&format!("{folder}/{}", entry.name))?;
                let Label::Named(id) = parts.label else { return None };
                Some((id, parts.digest))
            });
            Ok::<_, Error>((source, forms.collect()))
        })
        .buffered(AT_A_TIME)
        .try_collect()
        .await?;
    Ok(Stock { shelves, scale })
}

impl Stock {
    /// How many folders were listed.
    pub fn listed(&self) -> usize {
        self.shelves.len()
    }

    /// The counts for a spec in one format, and the sources that it would be made of, as far as they were listed.
    pub fn tally(&self, difference: &SpecDifference, form: &FormDifference) -> (Tally, Vec<&Source>) {
        let (mut tally, mut wanted) = (Tally::default(), Vec::new());
        // A format that is new to the spec takes the place of those that it was written as before.
        let before: Vec<Digest> = match form.old {
            Some(old) => vec![old],
            None => difference.forms.iter().filter_map(|form| form.old).collect(),
        };
        for (source, shelf) in &self.shelves {
            let has = |digest: &Digest| shelf.contains(&(difference.id.clone(), *digest));
            let (old, new) =
                (before.iter().any(has), form.new.as_ref().is_some_and(|spec| has(&spec.digest)));
            let is_meant = difference.globs.iter().any(|glob| glob.matches(source.path.as_str()));
            if !(is_meant || old || new) {
                continue;
            }
            tally.sources += 1;
            match (old, new) {
                (_, true) => tally.there += 1,
                (true, false) => tally.replaces += 1,
                (false, false) => tally.missing += 1,
            }
            if !new && form.new.is_some() {
                wanted.push(source);
            }
        }
        if form.new.is_none() {
            // Nothing is made: what there is stays behind, for the collection of garbage.
            (tally.replaces, tally.missing) = (0, 0);
        }
        (tally.scaled(self.scale), wanted)
    }
}

/// At most so many, spread evenly.
pub(super) fn spread<T: Copy>(all: &[T], most: usize) -> Vec<T> {
    let count = all.len().min(most);
    (0..count).map(|index| all[index * all.len() / count]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_spread_over_the_whole() {
        let all: Vec<usize> = (0..100).collect();
        assert_eq!(spread(&all, 4), [0, 25, 50, 75]);
        assert_eq!(spread(&all[..3], 4), [0, 1, 2]);
        assert_eq!(spread::<usize>(&[], 4), <[usize; 0]>::default());
    }
}
