//! Reading one table of the configuration, key by key.
//!
//! A reader goes on after a problem with the key's default, so that all problems of a file are found
//! at once; whether there were any is asked at the end. Every key that is read must have its row
//! among the keys of the reference.

use std::{cell::RefCell, ops::Range};

use toml::de::DeValue;

use super::{
    document::{Node, Sources, Table},
    key::{Key, Kind},
    problem::{Complaint, Problem},
    reference,
    value::{FromValue, wrong_type},
};

/// What all sections of one reading share.
#[derive(Debug)]
pub(crate) struct Reader<'i> {
    pub sources: &'i Sources,
    problems: RefCell<Vec<Problem>>,
    /// The paths of the keys that were asked for, to be compared with the rows.
    #[cfg(test)]
    pub asked: RefCell<std::collections::BTreeSet<String>>,
}

impl<'i> Reader<'i> {
    pub fn new(sources: &'i Sources) -> Self {
        Self {
            sources,
            problems: RefCell::default(),
            #[cfg(test)]
            asked: RefCell::default(),
        }
    }

    /// Notes a problem.
    pub fn push(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// Notes a problem of the value in a span; the value is shown if `shown` allows it.
    pub fn complain(&self, key: String, span: Option<Range<usize>>, shown: Shown, complaint: Complaint) {
        let value = match shown {
            Shown::Yes => span.as_ref().and_then(|span| self.sources.text(span)).map(shorten),
            Shown::No => None,
        };
        let place = span.and_then(|span| self.sources.place(&span));
        let Complaint { message, remedy } = complaint;
        self.push(Problem { place, key, value, message, remedy });
    }

    /// All that was noted.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }
}

/// Whether a problem shows the value that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Yes,
    No,
}

impl Shown {
    /// Plain values are shown, tables and lists are not: they may hold a secret somewhere.
    pub fn of(value: &DeValue<'_>, kind: &Kind) -> Self {
        let plain = !value.is_table() && !value.is_array();
        if plain && !matches!(kind, Kind::SecretText) { Self::Yes } else { Self::No }
    }
}

/// Long values are cut, so that a problem stays one line.
fn shorten(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// A table being read. An absent table is read like an empty one.
#[derive(Clone, Debug)]
pub(crate) struct Section<'a, 'i> {
    pub reader: &'a Reader<'i>,
    table: Option<&'a Table<'i>>,
    span: Option<Range<usize>>,
    /// The path in the rows: `stores.<name>`.
    pattern: String,
    /// The path as it was written: `stores.media`.
    path: String,
}

impl<'a, 'i> Section<'a, 'i> {
    /// The whole document.
    pub fn root(reader: &'a Reader<'i>, table: &'a Table<'i>) -> Self {
        Self { reader, table: Some(table), span: None, pattern: String::new(), path: String::new() }
    }

    /// The table under a key of this one.
    pub fn section(&self, name: &str) -> Self {
        self.below(self.node(name), &join(&self.pattern, name), &join(&self.path, name))
    }

    /// The tables under a key of this one by the names that the operator gave them; `placeholder` is
    /// what stands for the name in the rows.
    pub fn named(&self, name: &str, placeholder: &str) -> Vec<(String, Range<usize>, Self)> {
        let parent = self.section(name);
        let entries = parent.table.into_iter().flat_map(|table| table.iter());
        entries
            .filter(|(_, node)| node.get_ref().is_table())
            .map(|(key, node)| {
                let pattern = join(&parent.pattern, placeholder);
                let section = parent.below(Some(node), &pattern, &join(&parent.path, key.get_ref()));
                (key.get_ref().to_string(), key.span(), section)
            })
            .collect()
    }

    /// The tables in the list under a key of this one.
    pub fn records(&self, name: &str) -> Vec<Self> {
        self.row(name);
        let (pattern, path) = (join(&self.pattern, name), join(&self.path, name));
        let Some(node) = self.node(name) else { return Vec::new() };
        let Some(items) = node.get_ref().as_array() else {
            self.complain(name, wrong_type(node.get_ref(), "write a list of tables: [{ … }, { … }]"));
            return Vec::new();
        };
        let records = items.iter().enumerate().map(|(index, item)| {
            let path = format!("{path}[{index}]");
            if !item.get_ref().is_table() {
                let complaint = wrong_type(item.get_ref(), "write a table: { … }");
                self.reader.complain(path.clone(), Some(item.span()), Shown::No, complaint);
            }
            self.below(Some(item), &format!("{pattern}[]"), &path)
        });
        records.filter(|record| record.table.is_some()).collect()
    }

    fn below(&self, node: Option<&'a Node<'i>>, pattern: &str, path: &str) -> Self {
        Self {
            reader: self.reader,
            table: node.and_then(|node| node.get_ref().as_table()),
            span: node.map(|node| node.span()),
            pattern: pattern.to_owned(),
            path: path.to_owned(),
        }
    }

    /// The value under a key, as it was written.
    pub fn node(&self, name: &str) -> Option<&'a Node<'i>> {
        self.table?.get(name)
    }

    /// The table itself, if it is there.
    pub fn table(&self) -> Option<&'a Table<'i>> {
        self.table
    }

    /// Where the table is written, if it is there.
    pub fn span(&self) -> Option<Range<usize>> {
        self.span.clone()
    }

    /// Whether the table is written.
    pub fn is_present(&self) -> bool {
        self.table.is_some()
    }

    /// A key's path as it is written.
    pub fn path_of(&self, name: &str) -> String {
        join(&self.path, name)
    }

    fn row(&self, name: &str) -> Option<&'static Key> {
        let pattern = join(&self.pattern, name);
        #[cfg(test)]
        self.reader.asked.borrow_mut().insert(pattern.clone());
        reference::row(&pattern)
    }

    /// Reads a key; none if it is absent and has no default, or if it has a problem, which is noted.
    pub fn read<T: FromValue>(&self, name: &str) -> Option<T> {
        let row = self.row(name);
        let kind = row.map_or(Kind::Text, |row| row.kind);
        if let Some(node) = self.node(name) {
            match T::from_value(node.get_ref(), &kind) {
                Ok(value) => return Some(value),
                Err(complaint) => self.complain(name, complaint),
            }
        }
        let default = DeValue::parse(row?.default?).ok()?;
        T::from_value(default.get_ref(), &kind).ok()
    }

    /// Reads a key that has a default.
    pub fn get<T: FromValue + Default>(&self, name: &str) -> T {
        self.read(name).unwrap_or_default()
    }

    /// Reads a key that must be written; its absence is noted.
    pub fn require<T: FromValue>(&self, name: &str, remedy: &str) -> Option<T> {
        if self.node(name).is_none() {
            self.row(name);
            let complaint = Complaint::new("is missing", remedy);
            self.reader.complain(self.path_of(name), self.span.clone(), Shown::No, complaint);
            return None;
        }
        self.read(name)
    }

    /// Notes a problem of one key's value, or of its absence.
    pub fn complain(&self, name: &str, complaint: Complaint) {
        let kind = reference::row(&join(&self.pattern, name)).map_or(Kind::Text, |row| row.kind);
        let node = self.node(name);
        let shown = node.map_or(Shown::No, |node| Shown::of(node.get_ref(), &kind));
        let span = node.map(|node| node.span()).or(self.span.clone());
        self.reader.complain(self.path_of(name), span, shown, complaint);
    }
}

/// A path with one more name.
pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
