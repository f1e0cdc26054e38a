//! Why a spec is refused, and the path that leads to the field at fault.

use std::fmt;

/// A field of a spec has a value that it must not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct InvalidSpec {
    /// The path from the spec, e.g. `operations[0].resize.width`.
    pub field: String,
    /// The value found there, as a person would write it.
    pub value: String,
    /// What is wrong with it and what would be right.
    pub message: String,
}

/// The place in a spec that is being validated. Its path is written for an error only: specs are validated at each request.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    /// By its path from the spec.
    At(fmt::Arguments<'a>),
    /// By its name below another one.
    Below(&'a Place<'a>, &'a str),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::At(path) => formatter.write_fmt(*path),
            Place::Below(place, name) => write!(formatter, "{place}.{name}"),
        }
    }
}

impl Place<'_> {
    pub fn child<'a>(&'a self, name: &'a str) -> Place<'a> {
        Place::Below(self, name)
    }

    /// The error for the field `name` of this place.
    pub fn refuse(&self, name: &str, value: impl fmt::Display, message: impl Into<String>) -> InvalidSpec {
        InvalidSpec { field: format!("{self}.{name}"), value: value.to_string(), message: message.into() }
    }

    /// Refuses a number outside `low..=high`.
    pub fn between(&self, name: &str, value: u32, low: u32, high: u32) -> Result<(), InvalidSpec> {
        if (low..=high).contains(&value) {
            return Ok(());
        }
        Err(self.refuse(name, value, format!("must be between {low} and {high}")))
    }

    /// Refuses a number outside `low..=high`, and what is no number.
    pub fn number(&self, name: &str, value: f64, low: f64, high: f64) -> Result<(), InvalidSpec> {
        if (low..=high).contains(&value) {
            return Ok(());
        }
        let bound = if low == f64::MIN_POSITIVE {
            "above 0 and at most".to_owned()
        } else {
            format!("between {low} and")
        };
        Err(self.refuse(name, value, format!("must be {bound} {high}")))
    }

    /// Refuses a side that is not 1 to 65535 pixels.
    pub fn side(&self, name: &str, value: u32) -> Result<(), InvalidSpec> {
        self.between(name, value, 1, crate::MAX_SIDE)
    }

    /// Refuses more than one of several alternatives, each given by its name and whether it is set.
    pub fn at_most_one(&self, alternatives: &[(&str, bool)]) -> Result<(), InvalidSpec> {
        let set: Vec<&str> = alternatives.iter().filter(|(_, set)| *set).map(|(name, _)| *name).collect();
        match set.as_slice() {
            [_, second, ..] => Err(self.refuse(
                second,
                set.join(" and "),
                format!("only one of {} may be set", set.join(", ")),
            )),
            _ => Ok(()),
        }
    }
}
