//! Whether stored renditions are garbage: by their keys, their age, the configuration, and what the source stores say.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use super::{
    Inner,
    collect::{Collect, CollectedRendition},
    presence::Presence,
    settings::StoreEntry,
    stores::storage_error,
    tolerance::Tolerance,
};
use crate::{
    model::{Error, Label, Reason, SourcePath, StoreName, Timestamp, key::KeyParts},
    storage::{Found, Walk},
};

/// Why a rendition is garbage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Garbage {
    /// Its source is gone.
    SourceGone,
    /// No spec of its id is configured.
    SpecGone,
    /// The spec of its id is configured otherwise.
    SpecChanged,
    /// Its source has another version.
    VersionGone,
    /// A caller sent its spec, long ago.
    InlineAged,
    /// Its source's store is not configured, or holds no sources.
    StoreGone,
}

/// What becomes of a stored object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It stays.
    Kept,
    /// It is garbage, but too young to go.
    Spared,
    /// Nobody can tell now whether it is garbage.
    Unchecked,
    /// It is no rendition.
    Foreign,
    /// It goes.
    Garbage(CollectedRendition),
}

/// What is known of a source store.
enum Standing {
    /// It shows sources.
    Usable(Arc<StoreEntry>),
    /// It errs, and the caller wants to go on.
    Silent,
    /// It is not configured, or holds no sources.
    Gone,
}

/// Judges renditions.
pub(super) struct Judge {
    inner: Arc<Inner>,
    stale_versions: bool,
    inline_age: Option<Duration>,
    grace: Duration,
    allow_empty_store: bool,
    keep_unchecked: bool,
    stores: HashMap<StoreName, Standing>,
}

/// What a key, its age and the configuration tell without its source.
enum Alone {
    Kept,
    Garbage(Garbage),
    AskSource,
}

/// A rendition for which its source must be asked about.
struct Question {
    parts: KeyParts,
    found: Found,
}

impl Judge {
    /// By what a caller asked for.
    pub fn new(inner: Arc<Inner>, request: &Collect, grace: Duration) -> Self {
        Self {
            inner,
            stale_versions: request.stale_versions,
            inline_age: request.inline_age,
            grace,
            allow_empty_store: request.allow_empty_store,
            keep_unchecked: request.keep_unchecked,
            stores: HashMap::new(),
        }
    }

    /// Goes by the specs as they are configured now.
    pub fn renew(&mut self, inner: Arc<Inner>) {
        self.inner = inner;
    }

    /// How old a rendition must be to go.
    pub fn grace(&self) -> Duration {
        self.grace
    }

    /// Judges a page of objects. COLLECTION_UNSAFE where a source store errs or is empty, unless the caller takes that.
    pub async fn judge(&mut self, page: Vec<Found>) -> Result<Vec<Verdict>, Error> {
        let mut verdicts = Vec::with_capacity(page.len());
        let mut questions: BTreeMap<StoreName, Vec<Question>> = BTreeMap::new();
        for found in page {
            let Some(parts) = KeyParts::parse(&found.path) else {
                verdicts.push(Verdict::Foreign);
                continue;
            };
            match self.by_itself(&parts, &found) {
                Alone::Garbage(reason) => verdicts.push(self.sentence(&parts, &found, reason)),
                Alone::Kept => verdicts.push(Verdict::Kept),
                Alone::AskSource => {
                    questions.entry(parts.store.clone()).or_default().push(Question { parts, found })
                }
            }
        }
        for (store, questions) in questions {
            self.by_source(&store, questions, &mut verdicts).await?;
        }
        Ok(verdicts)
    }

    /// What key, age and configuration tell.
    fn by_itself(&self, parts: &KeyParts, found: &Found) -> Alone {
        match (&parts.label, self.inline_age) {
            (Label::Inline, None) => Alone::Kept,
            (Label::Inline, Some(age)) if self.is_older(found, age) => Alone::Garbage(Garbage::InlineAged),
            (Label::Inline, Some(_)) => Alone::AskSource,
            (Label::Named(_), _) if self.inner.stores.source(Some(&parts.store)).is_err() => {
                Alone::Garbage(Garbage::StoreGone)
            }
            (Label::Named(id), _) => match self.inner.specs.get(id) {
                Err(_) => Alone::Garbage(Garbage::SpecGone),
                Ok(spec) if spec.accounts_for(parts) => Alone::AskSource,
                // It may stand in for what the spec makes now.
                Ok(_)
                    if self
                        .tolerates(&parts.label, |tolerance| tolerance.allows_earlier_forms(self.now())) =>
                {
                    Alone::AskSource
                }
                Ok(_) => Alone::Garbage(Garbage::SpecChanged),
            },
        }
    }

    async fn by_source(
        &mut self,
        store: &StoreName,
        questions: Vec<Question>,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<(), Error> {
        let entry = match self.standing(store).await? {
            Standing::Usable(entry) => entry.clone(),
            Standing::Silent => {
                verdicts.extend(questions.iter().map(|_| Verdict::Unchecked));
                return Ok(());
            }
            Standing::Gone => {
                let gone =
                    questions.iter().map(|one| self.sentence(&one.parts, &one.found, Garbage::StoreGone));
                verdicts.extend(gone);
                return Ok(());
            }
        };
        let mut paths: Vec<SourcePath> = questions.iter().map(|one| one.parts.path.clone()).collect();
        paths.sort();
        paths.dedup();
        let presences = match self.inner.presences(&entry, paths, self.stale_versions).await {
            Ok(presences) => presences,
            Err(_) if self.keep_unchecked => {
                verdicts.extend(questions.iter().map(|_| Verdict::Unchecked));
                return Ok(());
            }
            Err(error) => return Err(errs(store, &error)),
        };
        for Question { parts, found } in questions {
            verdicts.push(match presences.get(&parts.path) {
                Some(Presence::Gone) => self.sentence(&parts, &found, Garbage::SourceGone),
                // For how long it may stand in depends on when its source changed, which no listing tells.
                Some(Presence::Version(version))
                    if *version != parts.version
                        && self.tolerates(&parts.label, Tolerance::knows_older_versions) =>
                {
                    Verdict::Spared
                }
                Some(Presence::Version(version)) if *version != parts.version => {
                    self.sentence(&parts, &found, Garbage::VersionGone)
                }
                Some(Presence::Version(_) | Presence::Here) => Verdict::Kept,
                None => Verdict::Unchecked,
            });
        }
        Ok(())
    }

    /// Whether a source store can be asked, looked into once.
    async fn standing(&mut self, store: &StoreName) -> Result<&Standing, Error> {
        if !self.stores.contains_key(store) {
            let standing = self.look_at_store(store).await?;
            self.stores.insert(store.clone(), standing);
        }
        self.stores.get(store).ok_or_else(|| Error::internal("a store has no standing"))
    }

    async fn look_at_store(&self, store: &StoreName) -> Result<Standing, Error> {
        let Ok(entry) = self.inner.stores.source(Some(store)) else { return Ok(Standing::Gone) };
        match entry.store.walk(Walk { folder: "", after: "", most: 1 }).await {
            Ok(found) if found.is_empty() && !self.allow_empty_store => {
                let message = format!(
                    "store {store} shows no source at all, though there are renditions of it: if it is meant to be empty, set allow_empty_store"
                );
                Err(Error::new(Reason::CollectionUnsafe, message)
                    .field("allow_empty_store")
                    .with("cause", "SOURCE_STORE_EMPTY")
                    .with("store", store.as_str()))
            }
            Ok(_) => Ok(Standing::Usable(entry.clone())),
            Err(_) if self.keep_unchecked => Ok(Standing::Silent),
            Err(error) => Err(errs(store, &storage_error(&error))),
        }
    }

    /// Garbage goes if it is old enough, as far as its store tells.
    fn sentence(&self, parts: &KeyParts, found: &Found, reason: Garbage) -> Verdict {
        let Some(modified) = found.modified.filter(|_| self.is_older(found, self.grace)) else {
            return Verdict::Spared;
        };
        Verdict::Garbage(CollectedRendition {
            key: parts.key(),
            reason,
            size: found.size.unwrap_or(0),
            modified: modified.into(),
        })
    }

    /// Whether the spec of a label allows older renditions to stand in, in this sense.
    fn tolerates(&self, label: &Label, allows: impl Fn(&Tolerance) -> bool) -> bool {
        let Label::Named(id) = label else { return false };
        let spec = self.inner.specs.get(id);
        spec.is_ok_and(|spec| {
            spec.resolutions().iter().any(|form| form.tolerance.as_ref().is_some_and(&allows))
        })
    }

    fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    fn is_older(&self, found: &Found, age: Duration) -> bool {
        let now = self.now();
        found.modified.is_some_and(|modified| now.since(Timestamp::from(modified)) >= age)
    }
}

/// The error for a source store that does not tell which sources there are.
fn errs(store: &StoreName, error: &Error) -> Error {
    let message = format!(
        "store {store} does not tell which sources there are ({}): try again, or set keep_unchecked to keep what it cannot tell about",
        error.message()
    );
    Error::new(Reason::CollectionUnsafe, message)
        .field("keep_unchecked")
        .with("cause", "SOURCE_STORE_ERRS")
        .with("store", store.as_str())
}
