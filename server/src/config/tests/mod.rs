//! The configuration as a whole: what is read, what is refused and how that is said.
#![allow(clippy::unwrap_used)]

mod built_in;
mod delivery;
mod families;
mod overlays;
mod overrides;
mod places;
mod refusals;
mod refused_specs;
mod refused_stores;
mod rows;
mod secrets;
mod survival;

use super::*;

/// Reads a text without any environment.
fn parse(text: &str) -> Result<Config, ConfigErrors> {
    Config::parse(text, std::iter::empty())
}

/// Reads a text with these variables.
fn parse_with(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    Config::parse(text, variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// What is said of a text, one problem to a line.
fn complaints(text: &str) -> Vec<String> {
    match parse(text) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.problems().iter().map(Problem::to_string).collect(),
    }
}

/// A folder with the secret file `secret` in it, and the file's path for a TOML text.
fn secret_file(secret: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, secret).unwrap();
    let name = file.to_str().unwrap().to_owned();
    (folder, name)
}

const SECRET: &str = "correct horse battery staple";

/// Asserts that a text with `version = 1` before it has this one problem, place apart.
#[track_caller]
fn refused(text: &str, said: &str) {
    let text = format!("version = 1\n{text}");
    let found = complaints(&text);
    let [one] = found.as_slice() else { panic!("{text}\n{found:#?}") };
    let (_, without_place) = one.split_once(": ").unwrap();
    assert_eq!(without_place, said, "{text}");
}
