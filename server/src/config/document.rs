//! The configuration as it was written: one tree of values from the file and the environment, of
//! which every value still knows its place.
//!
//! Texts are laid one after the other into one space of offsets, so that a value's span alone says
//! from which text it comes.

use std::{ops::Range, path::PathBuf};

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue, Error},
};

use super::problem::{Place, Problem};

/// A value with its span in [`Sources`].
pub(crate) type Node<'i> = Spanned<DeValue<'i>>;
/// A table of such values.
pub(crate) type Table<'i> = DeTable<'i>;

/// Whence a text comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A configuration file, or a text without one.
    File(Option<PathBuf>),
    /// The environment variable of this name.
    Environment(String),
    /// The server itself.
    BuiltIn,
}

/// One text, and the offset at which its spans begin.
#[derive(Debug)]
pub(crate) struct Source {
    base: usize,
    pub origin: Origin,
    pub text: String,
}

/// The texts that values come from. The trees borrow from it.
#[derive(Debug, Default)]
pub(crate) struct Sources(Vec<Source>);

impl Sources {
    /// Adds a text.
    pub fn add(&mut self, origin: Origin, text: String) {
        let base = self.0.last().map_or(0, |last| last.base + last.text.len() + 1);
        self.0.push(Source { base, origin, text });
    }

    /// All texts in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.iter()
    }

    fn find(&self, offset: usize) -> Option<&Source> {
        self.0.iter().rev().find(|source| source.base <= offset)
    }

    /// The place at which a span begins.
    pub fn place(&self, span: &Range<usize>) -> Option<Place> {
        let Source { base, origin, text } = self.find(span.start)?;
        Some(match origin {
            Origin::BuiltIn => Place::BuiltIn,
            Origin::Environment(name) => Place::Environment(name.clone()),
            Origin::File(path) => {
                let before = text.get(..span.start - base)?;
                let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
                Place::File {
                    path: path.clone(),
                    line: before.matches('\n').count() + 1,
                    column: before[line_start..].chars().count() + 1,
                }
            }
        })
    }

    /// What is written in a span.
    pub fn text(&self, span: &Range<usize>) -> Option<&str> {
        let source = self.find(span.start)?;
        source.text.get(span.start - source.base..span.end.checked_sub(source.base)?)
    }
}

impl Source {
    /// Reads the text as a whole document. Every syntax error is told, none with the text that is
    /// wrong: it may hold a secret.
    pub fn parse<'i>(&'i self, sources: &Sources) -> Result<Table<'i>, Vec<Problem>> {
        let (mut root, errors) = DeTable::parse_recoverable(&self.text);
        if errors.is_empty() {
            shift_table(root.get_mut(), self.base);
            return Ok(root.into_inner());
        }
        let problem = |error: &Error| Problem {
            place: error
                .span()
                .and_then(|span| sources.place(&(span.start + self.base..span.end + self.base))),
            key: String::new(),
            value: None,
            message: format!("this is not TOML: {}", error.message()),
            remedy: "strings stand in quotes, and each key and table is written once".to_owned(),
        };
        Err(errors.iter().map(problem).collect())
    }

    /// Reads the text as one value: as a TOML value if it is one, else as a string. Where text is
    /// wanted (`textual`) it is taken as it is, unless it is quoted.
    pub fn parse_value(&self, textual: Textual) -> Node<'_> {
        if let Ok(mut value) = DeValue::parse(&self.text)
            && (textual == Textual::No || value.get_ref().is_str())
        {
            shift(&mut value, self.base);
            return value;
        }
        Spanned::new(self.base..self.base + self.text.len(), DeValue::String(DeString::Borrowed(&self.text)))
    }
}

/// Whether a key's value is text, whatever it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Textual {
    Yes,
    No,
}

fn shift(node: &mut Node<'_>, base: usize) {
    let span = node.span();
    let mut value = std::mem::replace(node.get_mut(), DeValue::Boolean(false));
    match &mut value {
        DeValue::Array(items) => items.iter_mut().for_each(|item| shift(item, base)),
        DeValue::Table(table) => shift_table(table, base),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => {}
    }
    *node = Spanned::new(span.start + base..span.end + base, value);
}

fn shift_table(table: &mut Table<'_>, base: usize) {
    if base == 0 {
        return;
    }
    *table = std::mem::take(table)
        .into_iter()
        .map(|(key, mut value)| {
            let span = key.span();
            shift(&mut value, base);
            (Spanned::new(span.start + base..span.end + base, key.into_inner()), value)
        })
        .collect();
}
