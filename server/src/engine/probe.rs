//! Asking the rendition store what is there: for one key a stat, for many of one source a listing.

use std::{collections::HashMap, sync::Arc};

use futures_util::future::join_all;

use super::{Inner, epochs::Epoch, stores::storage_error, target::Keyed};
use crate::{
    existence::Record,
    model::{Error, ImageInfo, Timestamp},
    storage::Stat,
};

/// From how many keys of one source on a listing is cheaper than a stat each. A listing of S3 costs
/// as much as twelve stats in money but one in time; eight lies between the two.
const LIST_FROM: usize = 8;

/// What the storage said of a key: the record that is remembered from now on, READY or ABSENT.
pub(super) type Answer = Result<Arc<Record>, Error>;

impl Inner {
    /// Asks the storage about each of several keys, and remembers the answers.
    pub(super) async fn probe(self: &Arc<Self>, keys: &[Keyed]) -> Vec<Answer> {
        let mut folders: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, keyed) in keys.iter().enumerate() {
            folders.entry(keyed.key.folder()).or_default().push(index);
        }
        let lists = self.stores.rendition().store.capabilities().list;
        let asked = folders.into_iter().map(|(folder, indices)| async move {
            let answers = if lists && indices.len() >= LIST_FROM {
                self.probe_folder(folder, keys, &indices).await
            } else {
                join_all(indices.iter().map(|&index| self.probe_one(&keys[index]))).await
            };
            indices.into_iter().zip(answers).collect::<Vec<_>>()
        });
        let mut answers: Vec<Option<Answer>> = keys.iter().map(|_| None).collect();
        for (index, answer) in join_all(asked).await.into_iter().flatten() {
            answers[index] = Some(answer);
        }
        let missing = || Err(Error::internal("a probe has no answer"));
        answers.into_iter().map(|answer| answer.unwrap_or_else(missing)).collect()
    }

    /// Asks for one key; those who ask for the same key at the same time share the answer.
    pub(super) async fn probe_one(self: &Arc<Self>, keyed: &Keyed) -> Answer {
        let (inner, keyed) = (self.clone(), keyed.clone());
        let probed = self.probes.join(keyed.key.clone(), || async move { inner.probe_anew(&keyed).await });
        probed.await.unwrap_or_else(|| Err(Error::internal("a probe of the storage panicked")))
    }

    /// Asks for one key, whoever else is asking already.
    pub(super) async fn probe_anew(&self, keyed: &Keyed) -> Answer {
        let asked = self.asked(keyed);
        let stat = self.stores.rendition().store.stat(keyed.key.as_str()).await;
        let stat = stat.map_err(|error| storage_error(&error))?;
        Ok(self.remember(keyed, stat.as_ref(), asked))
    }

    async fn probe_folder(self: &Arc<Self>, folder: &str, keys: &[Keyed], indices: &[usize]) -> Vec<Answer> {
        let asked: Vec<Asked> = indices.iter().map(|&index| self.asked(&keys[index])).collect();
        let entries = match self.stores.rendition().store.list(folder).await {
            Ok(entries) => entries,
            Err(error) => return indices.iter().map(|_| Err(storage_error(&error))).collect(),
        };
        let sizes: HashMap<&str, Option<u64>> = entries
            .iter()
            .filter(|entry| !entry.is_folder)
            .map(|entry| (entry.name.as_str(), entry.size))
            .collect();
        indices
            .iter()
            .zip(asked)
            .map(|(&index, asked)| {
                let found = sizes.get(keys[index].key.file());
                let stat = found.map(|size| Stat { size: size.unwrap_or(0), version: None, modified: None });
                Ok(self.remember(&keys[index], stat.as_ref(), asked))
            })
            .collect()
    }

    fn asked(&self, keyed: &Keyed) -> Asked {
        Asked { at: self.clock.now(), epoch: self.epochs.now(|| keyed.target.place()) }
    }

    /// Remembers what the storage said of a key.
    fn remember(&self, keyed: &Keyed, stat: Option<&Stat>, asked: Asked) -> Arc<Record> {
        let Some(stat) = stat else { return self.renditions.absent(&keyed.key, asked.at) };
        let record = self.renditions.ready(&keyed.key, stored(keyed, stat));
        // What was there may have been purged since the question, and forgotten already. A purge that begins after this line
        // forgets it itself.
        if self.epochs.now(|| keyed.target.place()) != asked.epoch {
            self.renditions.forget(&keyed.key);
        }
        record
    }
}

/// When the storage was asked: the time, and the epoch of the source.
#[derive(Clone, Copy)]
struct Asked {
    at: Timestamp,
    epoch: Epoch,
}

/// The facts of a stored image that its recipe and the storage tell.
pub(super) fn stored(keyed: &Keyed, stat: &Stat) -> ImageInfo {
    ImageInfo {
        size_bytes: stat.size,
        etag: stat.version.as_deref().unwrap_or_default().into(),
        ..keyed.target.image()
    }
}
