//! What follows when a source was saved: what was remembered of it goes, what is wanted ahead is queued.

use std::sync::Arc;

use super::{
    Inner,
    recall::Recall,
    request::{Call, Depth, Mode, Recipe, RenditionRef, Saved, Source, SourceInfo, UrlOptions, View},
    settings::StoreEntry,
    target::{Keyed, Target},
    versions::{check_present, check_sent, source_not_found_at},
};
use crate::{
    existence::{SourceRecord, Verdict},
    model::{Error, Evidence, State, VersionTag},
};

impl Inner {
    /// Takes note that a source was saved, queues what is wanted ahead, and tells what the source is.
    pub(super) async fn saved(
        self: &Arc<Self>,
        call: &Call,
        source: &Source,
        recipes: &[Recipe],
    ) -> Result<Saved, Error> {
        let store = self.stores.source(source.store.as_ref())?.clone();
        let wanted = self.wanted_ahead(&store, source, recipes)?;
        let (record, renditions) = self.note(&store, source, wanted).await?;
        let info = self.inspect_seen(call, &store, source, &record, Depth::Placeholder).await;
        let is_replaced = check_present(&store, source, record.version()).is_err();
        let info = match info {
            // The note was taken; what is wrong with the image is a fact about it.
            Err(error) if error.reason().is_verdict() => self.broken(&store, source, &record, error),
            Err(error) if is_replaced => {
                // Nothing is told of the image that lies there now: it is not the one that was saved.
                SourceInfo { size_bytes: 0, ..self.broken(&store, source, &record, error) }
            }
            info => info?,
        };
        Ok(Saved { info, renditions })
    }

    /// Forgets what was remembered of a source, and queues these renditions of what it is now.
    pub(super) async fn note(
        self: &Arc<Self>,
        store: &StoreEntry,
        source: &Source,
        wanted: Vec<Target>,
    ) -> Result<(Arc<SourceRecord>, Vec<View>), Error> {
        let record = self.look_anew(store, &source.path).await?;
        if record.facts.is_none() {
            return Err(source_not_found_at(&store.name, &source.path));
        }
        let place = (store.name.clone(), source.path.clone());
        self.sources.saved(&place);
        self.images.forget(&place);
        self.resurrect(&store.name, &source.path).await?;
        // What was replaced already cannot be made any more.
        let is_replaced = check_present(store, source, record.version()).is_err();
        let keyed = wanted
            .into_iter()
            .filter(|_| !is_replaced)
            .map(|target| {
                let tag = target.tag()?.or_else(|| record.version().cloned().map(VersionTag::Of));
                Ok(tag.map(|tag| target.keyed(tag)))
            })
            .collect::<Result<Vec<Option<Keyed>>, Error>>()?;
        let renditions = self.queue_ahead(keyed.into_iter().flatten().collect()).await?;
        Ok((record, renditions))
    }

    /// What is to be made ahead: what the caller names, or what the named specs say. INVALID_VERSION where the caller has to
    /// send a version and does not, SPEC_NOT_FOUND, INVALID_SPEC.
    pub(super) fn wanted_ahead(
        &self,
        store: &StoreEntry,
        source: &Source,
        recipes: &[Recipe],
    ) -> Result<Vec<Target>, Error> {
        check_sent(store, source)?;
        let mut wanted = Vec::new();
        for recipe in recipes {
            match recipe {
                Recipe::Named(id) => {
                    for spec in self.specs.get(id)?.ahead() {
                        wanted.push(self.target_of(source, spec.clone(), None)?);
                    }
                }
                Recipe::Family(id) => {
                    for (_, member) in self.families.get(id)?.formats.iter().flat_map(|(_, members)| members)
                    {
                        for spec in self.specs.get(member)?.resolutions() {
                            wanted.push(self.target_of(source, spec.clone(), None)?);
                        }
                    }
                }
                Recipe::Inline(_) => {
                    let rendition =
                        RenditionRef { source: source.clone(), recipe: recipe.clone(), accept: Vec::new() };
                    wanted.push(self.target(&rendition)?);
                }
            }
        }
        if recipes.is_empty() {
            for registered in self.specs.after(None) {
                let named = &registered.named;
                let strategy = named.strategy.unwrap_or(self.strategy);
                let is_meant = || named.sources.iter().any(|glob| glob.matches(source.path.as_str()));
                if strategy.switches().on_saved && is_meant() {
                    for spec in registered.ahead() {
                        wanted.push(self.target_of(source, spec.clone(), None)?);
                    }
                }
            }
        }
        Ok(wanted)
    }

    /// Queues what is not known to be stored; all jobs are on disk when this returns.
    async fn queue_ahead(self: &Arc<Self>, wanted: Vec<Keyed>) -> Result<Vec<View>, Error> {
        let options = UrlOptions::default();
        let mut views = Vec::with_capacity(wanted.len());
        let mut jobs = Vec::new();
        for keyed in wanted {
            match self.recall(&keyed, None) {
                Recall::Ready(record) => {
                    views.push(self.ready(&keyed, &record, Evidence::Cache, &options).await?);
                }
                _ => {
                    views.push(self.unready(&keyed, State::Queued, Evidence::Cache, &options));
                    jobs.push((keyed, Mode::Find));
                }
            }
        }
        if !jobs.is_empty() {
            self.enqueue(&jobs).await?;
        }
        Ok(views)
    }

    /// What is told of a source that no image can be made of.
    fn broken(
        &self,
        store: &Arc<StoreEntry>,
        source: &Source,
        record: &SourceRecord,
        error: Error,
    ) -> SourceInfo {
        let verdict = Verdict::new(error, record.version().cloned(), 0, self.clock.now());
        SourceInfo {
            store: store.name.clone(),
            path: source.path.clone(),
            version: source.version.clone().or_else(|| record.version().cloned()),
            media_type: "",
            size: None,
            size_bytes: record.facts.as_ref().map_or(0, |facts| facts.size),
            frames: 0,
            placeholder: None,
            failure: Some(verdict.failure),
        }
    }
}
