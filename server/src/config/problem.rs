//! What is wrong with a configuration, said so that the operator can put it right.
//!
//! A problem names its place, its key, the value found there and the way out. A value is shown only
//! if it is a plain one of a key that holds no secret.

use std::{fmt, path::PathBuf};

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the configuration file (or in a text without a file).
    File {
        /// The file, if it was read from one.
        path: Option<PathBuf>,
        /// Counted from 1.
        line: usize,
        /// In characters, counted from 1.
        column: usize,
    },
    /// In the environment variable of this name.
    Environment(String),
    /// In the configuration that is built into the server.
    BuiltIn,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path: Some(path), line, column } => write!(f, "{}:{line}:{column}", path.display()),
            Self::File { path: None, line, column } => write!(f, "line {line}, column {column}"),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::BuiltIn => f.write_str("built-in configuration"),
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where; none for what is missing altogether.
    pub place: Option<Place>,
    /// Which key, as in `specs.avatar.operations[0].resize_to_fill.width`; empty if it is about none.
    pub key: String,
    /// The value found, as it was written; none for tables, lists and secrets.
    pub value: Option<String>,
    /// What is wrong with it.
    pub message: String,
    /// The way out.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        if !self.key.is_empty() {
            f.write_str(&self.key)?;
            if let Some(value) = &self.value {
                write!(f, " = {value}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)?;
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        Ok(())
    }
}

/// Why a value does not do, before it is known where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub message: String,
    pub remedy: String,
}

impl Complaint {
    pub fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { message: message.into(), remedy: remedy.into() }
    }
}

/// All that was found wrong, in the order of the file; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(Vec<Problem>);

impl ConfigErrors {
    /// Takes the problems, and sorts them by place.
    pub(crate) fn new(mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| match &problem.place {
            Some(Place::File { line, column, .. }) => (0, *line, *column),
            Some(Place::Environment(_)) => (1, 0, 0),
            Some(Place::BuiltIn) => (2, 0, 0),
            None => (3, 0, 0),
        });
        problems.dedup();
        Self(problems)
    }

    /// The problems, in the order of the file.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
