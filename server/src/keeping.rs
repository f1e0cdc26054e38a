//! Keeps what the server remembers across its restarts: reads it at the start, writes it down now and then and at the end.
//! Whatever goes wrong with it is a warning: without it the storage is asked again, and nothing else.

use std::{sync::Arc, time::Duration};

use tokio::task::spawn_blocking;

use crate::{
    config::{Config, Interval},
    engine::Engine,
    existence::{Identities, Keep, Moment},
};

/// How long the last save may take.
const LAST_SAVE: Duration = Duration::from_secs(10);

/// The file, and how often it is written.
#[derive(Clone)]
pub(crate) struct Keeping {
    keep: Arc<Keep>,
    every: Duration,
    engine: Engine,
}

impl Keeping {
    /// Opens the file and lets the engine recall what is in it; none where nothing is kept.
    pub(crate) async fn begin(config: &Config, engine: &Engine) -> Option<Self> {
        let cache = config.cache.clone();
        let Interval::Every(every) = cache.save_every else { return None };
        let identities = identities(config);
        if !cache.enabled || identities == Identities::default() {
            return None;
        }
        let recalling = engine.clone();
        let opened = spawn_blocking(move || {
            let clock = recalling.clock().clone();
            let keep = Keep::open(&cache.path, cache.max_bytes, identities, clock);
            let keep = keep.map_err(|error| {
                tracing::warn!(path = %cache.path.display(), %error, "what is remembered cannot be kept");
            });
            let keep = keep.ok()?;
            match recalling.recall_kept(&keep) {
                Ok(tally) => {
                    tracing::info!(renditions = tally.renditions, sources = tally.sources, "recalled")
                }
                Err(error) => {
                    tracing::warn!(path = %cache.path.display(), %error, "what was remembered is not recalled");
                }
            }
            Some(keep)
        });
        let keep = Arc::new(opened.await.ok()??);
        Some(Self { keep, every, engine: engine.clone() })
    }

    /// Saves at its intervals, without end.
    pub(crate) async fn run(self) {
        let mut ticks = tokio::time::interval(self.every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // The first one is at once.
        ticks.tick().await;
        loop {
            ticks.tick().await;
            self.save(Moment::Meanwhile).await;
        }
    }

    /// Saves for the last time.
    pub(crate) async fn end(self) {
        if tokio::time::timeout(LAST_SAVE, self.save(Moment::End)).await.is_err() {
            tracing::warn!("what is remembered was not written down in time");
        }
    }

    async fn save(&self, moment: Moment) {
        let (keep, engine) = (self.keep.clone(), self.engine.clone());
        match spawn_blocking(move || engine.write_down(&keep, moment)).await {
            Ok(Ok(tally)) => {
                tracing::debug!(renditions = tally.renditions, "what is remembered was written down")
            }
            Ok(Err(error)) => tracing::warn!(%error, "what is remembered cannot be written down"),
            Err(_) => tracing::warn!("the writing down of what is remembered panicked"),
        }
    }
}

/// What and where the stores are that outlive the process.
fn identities(config: &Config) -> Identities {
    let identity = |name| config.stores.get(name).and_then(|store| store.settings.identity());
    let sources = config.stores.iter().filter(|(_, store)| store.source);
    Identities {
        renditions: identity(&config.defaults.rendition_store),
        sources: sources.filter_map(|(name, _)| Some((name.clone(), identity(name)?))).collect(),
    }
}
