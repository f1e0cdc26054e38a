//! Saying whether a configuration does, to the person who wrote it.

use std::{fmt::Write as _, path::Path};

use crate::storage::StoreSettings;

use super::{Access, Config, ConfigErrors};

/// What `rendition-server check` prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whether the server would start with it.
    pub sound: bool,
    /// What to print: a summary, or all that is wrong. Ends with a line feed.
    pub text: String,
}

/// Checks a configuration file, or without one the built-in configuration, with the environment's
/// overrides.
pub fn check(file: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Report {
    let name =
        file.map_or_else(|| "the built-in configuration".to_owned(), |file| file.display().to_string());
    match Config::load(file, env) {
        Ok(config) => Report { sound: true, text: summary(&name, &config) },
        Err(errors) => Report { sound: false, text: complaint(&name, &errors) },
    }
}

fn complaint(name: &str, errors: &ConfigErrors) -> String {
    let count = errors.problems().len();
    let noun = if count == 1 { "problem" } else { "problems" };
    format!("{errors}\n{name}: {count} {noun}\n")
}

// Writing to a string can't fail.
fn summary(name: &str, config: &Config) -> String {
    let mut out = format!("{name}: sound\n");
    let grpc_access = match (config.auth.tokens.len(), &config.listen.tls) {
        (0, None) => "open, plain text".to_owned(),
        (0, Some(_)) => "open, tls".to_owned(),
        (tokens, None) => format!("{tokens} bearer tokens, plain text"),
        (tokens, Some(_)) => format!("{tokens} bearer tokens, tls"),
    };
    let _ = writeln!(out, "  grpc     {} ({grpc_access})", config.listen.grpc);
    let access = match config.media.access {
        Access::Signed => "signed",
        Access::Open => "open",
    };
    let keys = match &config.media.generated_key_file {
        Some(file) => format!("a key of its own in {}", file.display()),
        None => format!("{} keys", config.media.keys.len()),
    };
    let _ = writeln!(
        out,
        "  media    {} as {} ({access}, {keys})",
        config.listen.http,
        config.media.base_url(config.listen.http)
    );
    for (name, store) in &config.stores {
        let place = match &store.settings {
            StoreSettings::Fs { root } => format!("fs {}", root.display()),
            StoreSettings::Memory => "memory".to_owned(),
            StoreSettings::S3(s3) => format!("s3 {}", s3.bucket),
            StoreSettings::Gcs(gcs) => format!("gcs {}", gcs.bucket),
            StoreSettings::Azblob(azblob) => format!("azblob {}", azblob.container),
        };
        let source = if store.source { ", holds sources" } else { "" };
        let _ = writeln!(out, "  store    {name} ({place}{source})");
    }
    for (name, overlay) in &config.overlays {
        let _ = writeln!(out, "  overlay  {name} ({}, {})", overlay.file.display(), overlay.image.size());
    }
    for (id, named) in &config.specs {
        let formats = named.spec.formats();
        // Another build of the server may write them, so it starts all the same.
        let writes_none = !formats.is_empty() && !formats.iter().any(|format| format.is_written());
        let unwritten =
            if writes_none { format!(" (this build does not write {})", formats[0]) } else { String::new() };
        let _ = writeln!(out, "  spec     {id}{unwritten}");
    }
    let _ = writeln!(out, "  queue    {}", config.queue.path.display());
    out
}
