//! Prewarming one source: all its renditions in one run, so that it is fetched once and decoded once for those that can
//! share that.

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures_util::future::join_all;
use rendition_imaging::Format;

use super::{
    Inner,
    gate::{Class, Ticket},
    prewarm::{Execution, Make, WarmFailure},
    rank::Rank,
    recall::Recall,
    request::{Mode, Source},
    run::Moves,
    settings::StoreEntry,
    specs::ResolvedSpec,
    stores::storage_error,
    target::{Keyed, Target},
    tombstones::folder,
};
use crate::{
    existence::Known,
    model::{Error, Evidence, Label, SourcePath, key::KeyParts},
};

/// How often what may pass by itself is tried.
const ATTEMPTS: u32 = 4;
/// How long it rests before the second attempt; twice as long before each further one.
const FIRST_REST: Duration = Duration::from_millis(500);

/// How often it is looked whether there is room for flights.
const FULL: Duration = Duration::from_millis(50);

/// How sources are prewarmed.
#[derive(Clone)]
pub(super) struct Warm {
    /// The engine.
    pub inner: Arc<Inner>,
    /// The sources' store.
    pub store: Arc<StoreEntry>,
    /// With what it stands in line.
    pub ticket: Ticket,
    /// What is made.
    pub make: Make,
    /// Whether it is made.
    pub execution: Execution,
}

/// What came of one source.
#[derive(Debug, Default)]
pub(super) struct Warmed {
    /// Renditions made.
    pub done: u64,
    /// Renditions that were there.
    pub skipped: u64,
    /// What could not be made.
    pub failures: Vec<WarmFailure>,
}

/// What came of one rendition.
enum Outcome {
    Done,
    Skipped,
}

impl Warm {
    /// Makes what is wanted of a source.
    pub async fn source(&self, path: SourcePath, specs: Vec<Arc<ResolvedSpec>>) -> Warmed {
        let mut warmed = Warmed::default();
        let mut open = specs;
        for attempt in 1..=ATTEMPTS {
            if open.is_empty() {
                break;
            }
            let answers = match self.attempt(&path, &open, attempt).await {
                Ok(answers) => answers,
                Err(error) => open.iter().map(|_| Err(error.clone())).collect(),
            };
            let mut again = Vec::new();
            let mut rest = FIRST_REST * 2_u32.pow(attempt - 1);
            for (spec, answer) in std::mem::take(&mut open).into_iter().zip(answers) {
                match answer {
                    Ok(Outcome::Done) => warmed.done += 1,
                    Ok(Outcome::Skipped) => warmed.skipped += 1,
                    Err(error) if error.reason().is_temporary() && attempt < ATTEMPTS => {
                        rest = rest.max(error.wait().unwrap_or_default());
                        again.push(spec);
                    }
                    Err(error) => {
                        let spec = spec.label.clone();
                        warmed.failures.push(WarmFailure { path: path.clone(), spec, error });
                    }
                }
            }
            open = again;
            if !open.is_empty() {
                tokio::time::sleep(rest).await;
            }
        }
        warmed
    }

    async fn attempt(
        &self,
        path: &SourcePath,
        specs: &[Arc<ResolvedSpec>],
        attempt: u32,
    ) -> Result<Vec<Result<Outcome, Error>>, Error> {
        let inner = &self.inner;
        let name = Some(self.store.name.clone());
        let source = Source { store: name, path: path.clone(), version: None, dimensions: None };
        let targets = specs.iter().map(|spec| inner.target_of(&source, spec.clone(), None));
        let targets = targets.collect::<Result<Vec<Target>, Error>>()?;
        let Some(first) = targets.first() else { return Ok(Vec::new()) };
        // What failed may have failed because the source changed.
        let max_age = (attempt > 1).then_some(Duration::ZERO);
        let tag = inner.tag(first, max_age).await?;
        let keyed: Vec<Keyed> = targets.into_iter().map(|target| target.keyed(tag.clone())).collect();
        let made = match self.make {
            Make::NeverMade => self.made_ever(path).await?,
            Make::Missing | Make::Again => HashSet::new(),
        };
        let mut answers: Vec<Option<Result<Outcome, Error>>> = Vec::with_capacity(keyed.len());
        for one in &keyed {
            let spec = &one.target.spec;
            answers.push(match self.make {
                Make::Again => None,
                Make::NeverMade if made.contains(&(spec.label.clone(), spec.format)) => {
                    Some(Ok(Outcome::Skipped))
                }
                Make::Missing | Make::NeverMade => match inner.held_verdict(one, Mode::Find).await {
                    Some(held) => Some(Err(held)),
                    None => {
                        matches!(inner.recall(one, None), Recall::Ready(_)).then_some(Ok(Outcome::Skipped))
                    }
                },
            });
        }
        let open = keyed.into_iter().zip(&answers).filter(|(_, answer)| answer.is_none());
        let open: Vec<Keyed> = open.map(|(keyed, _)| keyed).collect();
        let mut made = match self.execution {
            Execution::Real => self.fly(open).await?,
            Execution::DryRun => self.foretell(open).await,
        }
        .into_iter();
        let missing = || Err(Error::internal("a rendition of the source has no answer"));
        Ok(answers.into_iter().map(|answer| answer.or_else(|| made.next()).unwrap_or_else(missing)).collect())
    }

    /// Has them made, those that share a source in one run.
    async fn fly(&self, open: Vec<Keyed>) -> Result<Vec<Result<Outcome, Error>>, Error> {
        if open.is_empty() {
            return Ok(Vec::new());
        }
        // Others may have filled the flights since this source was begun.
        while !self.inner.has_room(Class::Background) {
            tokio::time::sleep(FULL).await;
        }
        let mode = if self.make == Make::Again { Mode::Force } else { Mode::Find };
        let wanted = open.into_iter().map(|keyed| (keyed, mode)).collect();
        let mut boardings = self.inner.depart(wanted, &Rank::new(&self.ticket), Moves::Once);
        let landings = boardings.iter_mut().map(|boarding| boarding.landing());
        let outcome = |landing: super::flight::Landing| {
            landing.map(|landed| match landed.evidence {
                Evidence::Generated => Outcome::Done,
                _ => Outcome::Skipped,
            })
        };
        Ok(join_all(landings).await.into_iter().map(outcome).collect())
    }

    /// Asks the storage which of them are there.
    async fn foretell(&self, open: Vec<Keyed>) -> Vec<Result<Outcome, Error>> {
        if self.make != Make::Missing {
            return open.iter().map(|_| Ok(Outcome::Done)).collect();
        }
        let stored = self.inner.probe(&open).await.into_iter().map(|answer| {
            answer.map(|record| match record.known {
                Known::Ready(_) => Outcome::Skipped,
                _ => Outcome::Done,
            })
        });
        stored.collect()
    }

    /// By what and as what the source has stored renditions, of whichever version.
    async fn made_ever(&self, path: &SourcePath) -> Result<HashSet<(Label, Format)>, Error> {
        let folder = folder(&self.store.name, path);
        let entries = self.inner.stores.rendition().store.list(&folder).await;
        let entries = entries.map_err(|error| storage_error(&error))?;
        let made = entries.iter().filter(|entry| !entry.is_folder).filter_map(|entry| {
            let parts = KeyParts::parse(&format!("{folder}/{}", entry.name))?;
            Some((parts.label, parts.format))
        });
        Ok(made.collect())
    }
}
