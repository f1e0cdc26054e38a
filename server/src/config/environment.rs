//! Overriding keys by environment variables.
//!
//! `RENDITION_` and the path in upper case, `__` between its names: `RENDITION_LISTEN__GRPC`. A name
//! that the operator chose is found whether it is written with `-` or with `_`; an item of a list is
//! written as its index. A variable that begins so and matches no key is an error, so that a slip is
//! not silently without effect.

use toml::{
    Spanned,
    de::{DeString, DeValue},
};

use super::{
    document::{Node, Origin, Source, Table, Textual},
    key::{Key, Kind},
    problem::{Place, Problem},
    reference,
    section::{Reader, join},
    suggestion::nearest,
};

/// What the variables begin with.
pub(crate) const PREFIX: &str = "RENDITION_";

/// Variables that begin so and are no keys: the file's name, the log directives, and the server that
/// the command line speaks to.
const OTHERS: [&str; 3] = ["RENDITION_CONFIG", "RENDITION_LOG", "RENDITION_SERVER"];

/// Whether a variable is meant to override a key.
pub(crate) fn concerns(name: &str) -> bool {
    name.starts_with(PREFIX) && !OTHERS.contains(&name)
}

/// Puts the variable's value at its place in the tree, or notes why it can't.
pub(crate) fn apply<'i>(reader: &Reader<'i>, root: &mut Table<'i>, source: &'i Source) {
    let Origin::Environment(variable) = &source.origin else { return };
    let problem = |message: &str, remedy: String| Problem {
        place: Some(Place::Environment(variable.clone())),
        key: String::new(),
        value: None,
        message: message.to_owned(),
        remedy,
    };
    let target = match target(root, variable) {
        Ok(target) => target,
        Err(remedy) => return reader.push(problem("there is no such key", remedy)),
    };
    let textual = if target.within_spec { Textual::No } else { target.row.kind.textual() };
    if !set(root, &target.names, source.parse_value(textual)) {
        let remedy =
            format!("there is no table to put {} into; write it in the file", target.names.join("."));
        reader.push(problem("the key's table is written as something else", remedy));
    }
}

/// What a variable names.
struct Target {
    row: &'static Key,
    /// The names of the way to it.
    names: Vec<String>,
    /// Whether it lies inside of a part of a spec, whose names only the imaging crate knows.
    within_spec: bool,
}

fn target(root: &Table<'_>, variable: &str) -> Result<Target, String> {
    let path = variable.strip_prefix(PREFIX).unwrap_or(variable);
    let mut pattern = String::new();
    let mut names: Vec<String> = Vec::new();
    let mut within_spec = false;
    for segment in path.split("__").map(str::to_lowercase) {
        let row = reference::row(&pattern);
        if let Some(Key { kind: Kind::SpecPart, .. }) = row {
            within_spec = true;
            names.push(segment);
            continue;
        }
        if matches!(row, Some(Key { kind: Kind::Records, .. })) && segment.parse::<usize>().is_ok() {
            pattern.push_str("[]");
            names.push(segment);
            continue;
        }
        let children = reference::children(&pattern);
        let Some(child) = children.iter().find(|child| **child == segment || child.starts_with('<')) else {
            return Err(match nearest(&segment, children.iter().copied()) {
                Some(meant) => {
                    names.push(meant.to_owned());
                    format!("did you mean {PREFIX}{}…?", names.join("__").to_uppercase())
                }
                None => "see the names of the variables in the reference, or unset it".to_owned(),
            });
        };
        names.push(if child.starts_with('<') { chosen_name(root, &names, segment) } else { segment });
        pattern = join(&pattern, child);
    }
    match reference::row(&pattern) {
        Some(row) => Ok(Target { row, names, within_spec }),
        None => {
            Err(format!("it names a table; the keys in it are {}", reference::children(&pattern).join(", ")))
        }
    }
}

/// The name in the file that the segment stands for: in variables `-` can't be written.
fn chosen_name(root: &Table<'_>, parents: &[String], segment: String) -> String {
    let mut table = Some(root);
    for parent in parents {
        table = table.and_then(|table| table.get(parent.as_str())?.get_ref().as_table());
    }
    let folded = |name: &str| name.replace('-', "_");
    let mut names = table.into_iter().flat_map(|table| table.keys());
    match names.find(|name| folded(name.get_ref()) == folded(&segment)) {
        Some(name) => name.get_ref().to_string(),
        None => segment,
    }
}

/// Puts a value at the end of a way, making the tables that are missing. False if something that is
/// no table, or an item that is not there, stands in the way.
fn set<'i>(table: &mut Table<'i>, names: &[String], value: Node<'i>) -> bool {
    let Some((name, rest)) = names.split_first() else { return false };
    let span = value.span();
    let place = table
        .entry(Spanned::new(span.clone(), DeString::from(name.clone())))
        .or_insert_with(|| Spanned::new(span, DeValue::Table(Table::default())));
    put(place, rest, value)
}

fn put<'i>(place: &mut Node<'i>, rest: &[String], value: Node<'i>) -> bool {
    let Some((next, further)) = rest.split_first() else {
        *place = value;
        return true;
    };
    match place.get_mut() {
        DeValue::Table(table) => set(table, rest, value),
        DeValue::Array(items) => {
            let item = next.parse::<usize>().ok().and_then(|index| items.get_mut(index));
            item.is_some_and(|item| put(item, further, value))
        }
        _ => false,
    }
}
