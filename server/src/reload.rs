//! A running server takes a new configuration: of its named specs, families and overlays, which it exchanges as a whole. What else is
//! different needs a restart, and is named.

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use crate::{
    config::{Config, ConfigErrors},
    engine::Engine,
    model::Error,
    settings,
};

/// Exchanges the specs of a running server.
pub struct Reloader {
    running: Config,
    engine: Engine,
}

/// What came of a reload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reloaded {
    /// How many named specs there are now.
    pub specs: usize,
    /// The sections that differ from what the server runs with, and count from its next start on.
    pub restart_needed: Vec<&'static str>,
}

impl Reloader {
    /// For an engine that was started with this configuration.
    pub(crate) fn new(running: Config, engine: Engine) -> Self {
        Self { running, engine }
    }

    /// Takes the named specs, families and overlays of a configuration. Fails, and changes nothing, if they do not go together.
    pub async fn apply(&mut self, config: Config) -> Result<Reloaded, Error> {
        let (specs, families) = (settings::specs(&config), settings::families(&config));
        self.engine.reload(specs, families, settings::overlays(&config)).await?;
        let restart_needed = differences(&self.running, &config);
        let specs = config.specs.len();
        self.running.specs = config.specs;
        self.running.families = config.families;
        self.running.overlays = config.overlays;
        Ok(Reloaded { specs, restart_needed })
    }

    /// Reads the configuration again at every SIGHUP, for ever, off the runtime's threads. A configuration with problems is
    /// told in the log, and the running one stays. The signal is caught from the call on; an error only if it cannot be.
    pub fn on_hangup(
        mut self,
        read: impl Fn() -> Result<Config, ConfigErrors> + Send + Sync + 'static,
    ) -> std::io::Result<impl Future<Output = ()> + Send> {
        let mut hangup = signal(SignalKind::hangup())?;
        let read = Arc::new(read);
        Ok(async move {
            while hangup.recv().await.is_some() {
                let read = read.clone();
                match tokio::task::spawn_blocking(move || read()).await {
                    Ok(Ok(config)) => tell(&self.apply(config).await),
                    Ok(Err(problems)) => {
                        tracing::error!(%problems, "the configuration has problems, the running one stays");
                    }
                    Err(error) => tracing::error!(%error, "the configuration could not be read"),
                }
            }
        })
    }
}

fn tell(reloaded: &Result<Reloaded, Error>) {
    match reloaded {
        Ok(Reloaded { specs, restart_needed }) => {
            tracing::info!(specs, "the named specs were loaded again");
            if !restart_needed.is_empty() {
                let sections = restart_needed.join(", ");
                tracing::warn!(sections, "these sections differ too: they count from the next start on");
            }
        }
        Err(error) => tracing::error!(%error, "the specs do not go together, the running ones stay"),
    }
}

/// The sections other than specs, families and overlays that differ.
pub(crate) fn differences(running: &Config, read: &Config) -> Vec<&'static str> {
    // Taken apart, so that a new section cannot be forgotten.
    let Config {
        listen,
        auth,
        stores,
        defaults,
        cache,
        queue,
        media,
        limits,
        log,
        overlays: _,
        specs: _,
        families: _,
    } = running;
    let sections = [
        ("listen", *listen != read.listen),
        ("auth", *auth != read.auth),
        ("stores", *stores != read.stores),
        ("defaults", *defaults != read.defaults),
        ("cache", *cache != read.cache),
        ("queue", *queue != read.queue),
        ("media", *media != read.media),
        ("limits", *limits != read.limits),
        ("log", *log != read.log),
    ];
    sections.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn config(more: &str) -> Config {
        Config::parse(&format!("version = 1\n{more}"), std::iter::empty()).unwrap()
    }

    #[test]
    fn sections_that_need_a_restart_are_named_and_specs_are_not() {
        let running = config("[cache]\nabsent_ttl = \"1s\"\n");
        let read = config("[limits]\nmax_batch = 7\n[specs.a]\noutput = { png = {} }\n");
        assert_eq!(differences(&running, &read), ["cache", "limits"]);
        assert_eq!(differences(&running, &running), <[&str; 0]>::default());
    }
}
