//! The named specs: what they make, and the policies that go with them.

use std::{collections::BTreeMap, time::Duration};

use rendition_imaging::{Operation, Output, Png, Spec};
use serde::de::DeserializeOwned;
use toml::de::{DeValue, ValueDeserializer};

use crate::model::{Glob, SpecId, Strategy};

use super::{
    Limits, OnGet,
    document::Node,
    key::{Key, Kind},
    on_get,
    problem::Complaint,
    section::{Section, Shown},
    spec_options,
    suggestion::nearest,
    value::{FromValue, wrong_type},
};

/// A named spec.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSpec {
    /// What it makes; valid.
    pub spec: Spec,
    /// When, where the request does not say so; none: the server's default.
    pub strategy: Option<Strategy>,
    /// The sources that it is meant for; none: it is prepared for none ahead of a request.
    pub sources: Vec<Glob>,
    /// Whether its renditions may be fetched without a signature where the media endpoint is open.
    pub public: bool,
    /// For how long after its source changed a rendition of an older version may stand in; none: not at all.
    pub stale_while_revalidate: Option<Duration>,
    /// For how long after the spec changed a rendition by what it was before may stand in; none: not at all.
    pub previous_for: Option<Duration>,
    /// What a GET of a media URL does that finds nothing.
    pub on_get: OnGet,
}

/// Seconds of thirty days.
pub(super) const MONTH: u64 = 30 * 24 * 3600;

const ID_REMEDY: &str =
    "write a lower case letter, then up to 47 of a-z, 0-9, \"_\" and \"-\"; \"inline\" is reserved";

pub(crate) const KEYS: &[Key] = &[
    Key::without_default(
        "specs.<id>.operations",
        Kind::SpecPart,
        "the image is only converted",
        "The steps, done in this order: a list of tables with one operation each. Operations and their fields have the names of the API.",
    ),
    Key::without_default(
        "specs.<id>.output",
        Kind::SpecPart,
        "required",
        "What the result is written as: a table with one format, `{ jpeg = { … } }`, `{ png = { … } }`, `{ webp = { … } }`, `{ avif = { … } }`, `{ gif = { … } }` or `{ auto = { … } }`, and its options.",
    ),
];

/// The rows of what changes no pixel, below a table.
macro_rules! policy_keys {
    ($table:literal) => {
        &[
            $crate::config::Key::without_default(
                concat!($table, ".strategy"),
                $crate::config::defaults::STRATEGY,
                "`defaults.strategy`",
                "When renditions are made, where the request does not say so.",
            ),
            $crate::config::Key::without_default(
                concat!($table, ".sources"),
                $crate::config::Kind::Globs,
                "prepared for none; may be asked for with any",
                "The sources that it is meant for: globs over whole store paths, `*` within one segment, `**` any number of segments.",
            ),
            $crate::config::Key::new(
                concat!($table, ".public"),
                $crate::config::Kind::Flag,
                "false",
                "Whether its renditions may be fetched without a signature where `media.access` is `open`.",
            ),
            $crate::config::Key::without_default(
                concat!($table, ".stale_while_revalidate"),
                $crate::config::key::span(1000, $crate::config::spec::MONTH),
                "not at all",
                "For how long after its source changed a missing rendition is answered by one of an older version, while it is made in \
                 the background. Such an answer says `stale`, and by the media endpoint may be kept for 5 s.",
            ),
            $crate::config::Key::without_default(
                concat!($table, ".previous_for"),
                $crate::config::key::span(1000, $crate::config::spec::MONTH),
                "not at all",
                "For how long after the spec itself changed a missing rendition is answered by one that was made by what the spec was \
                 before, while it is made in the background, so that a new configuration brings no storm. It counts from when this \
                 server first saw the spec as it is now.",
            ),
        ]
    };
}
pub(super) use policy_keys;

pub(crate) const POLICY_KEYS: &[Key] = policy_keys!("specs.<id>");

/// Reads all named specs. Those with a problem are left out.
pub(crate) fn read(root: &Section<'_, '_>, limits: &Limits) -> BTreeMap<SpecId, NamedSpec> {
    let mut specs = BTreeMap::new();
    for (id, span, section) in root.named("specs", "<id>") {
        let named = NamedSpec::read(&section, limits);
        match SpecId::new(&id) {
            Ok(id) => specs.extend(named.map(|named| (id, named))),
            Err(_) => {
                let complaint = Complaint::new("can be no spec's id", ID_REMEDY);
                root.reader.complain(format!("specs.{id}"), Some(span), Shown::No, complaint);
            }
        }
    }
    specs
}

impl NamedSpec {
    fn read(section: &Section<'_, '_>, limits: &Limits) -> Option<Self> {
        let operations = operations(section, "operations");
        let output = section
            .require::<Part>("output", "write output = { webp = { quality = 80 } }, or another format");
        let output =
            output.and_then(|_| part::<Output>(section, section.node("output")?, &section.path_of("output")));
        // Read before anything is given up, so that the problems of all keys are found.
        let options = spec_options::read(section, Spec::new(Vec::new(), Output::Png(Png::default())));
        let policies = Self::policies(section, limits, options.clone());
        let spec = Spec { operations: operations?, output: output?, ..options };
        if let Err(invalid) = spec.validate() {
            refuse(section, &invalid.field, format!("{} does not do", invalid.value), invalid.message);
            return None;
        }
        Some(Self { spec, ..policies })
    }

    /// The spec with the policies that are written beside it.
    pub(super) fn policies(section: &Section<'_, '_>, limits: &Limits, spec: Spec) -> Self {
        Self {
            spec,
            strategy: section.read("strategy"),
            sources: section.read("sources").unwrap_or_default(),
            public: section.get("public"),
            stale_while_revalidate: section.read("stale_while_revalidate"),
            previous_for: section.read("previous_for"),
            on_get: on_get::read(section, limits),
        }
    }

    /// Notes every overlay of the spec that is not among the names. It is bound to the image itself where specs are
    /// resolved.
    pub(crate) fn check_overlays(&self, section: &Section<'_, '_>, names: &[&str]) {
        for (field, Complaint { message, remedy }) in self.missing_overlays(names) {
            refuse(section, &field, message, remedy);
        }
    }

    /// The fields of overlays that are not among the names, each with its complaint.
    pub(super) fn missing_overlays(&self, names: &[&str]) -> Vec<(String, Complaint)> {
        let mut missing = Vec::new();
        for (index, operation) in self.spec.operations.iter().enumerate() {
            if let Operation::Overlay(overlay) = operation
                && !names.contains(&overlay.name.as_str())
            {
                let remedy = match nearest(&overlay.name, names.iter().copied()) {
                    Some(meant) => format!("did you mean \"{meant}\"?"),
                    None => format!("add [overlays.{}]", overlay.name),
                };
                let complaint = Complaint::new(format!("{:?} names no overlay", overlay.name), remedy);
                missing.push((format!("operations[{index}].overlay.name"), complaint));
            }
        }
        missing
    }
}

/// Notes a problem at a field's own place, or at that of the nearest table around it that is written.
fn refuse(section: &Section<'_, '_>, field: &str, message: String, remedy: String) {
    let span = find(section, field).map(|node| node.span()).or(section.span());
    section.reader.complain(section.path_of(field), span, Shown::No, Complaint::new(message, remedy));
}

/// Reads each operation under a key for itself, so that the problems of all are found.
pub(super) fn operations(section: &Section<'_, '_>, key: &str) -> Option<Vec<Operation>> {
    list(section, key, "write a list: [{ resize_to_fit = { width = 800 } }]")
}

/// Reads each part in a list for itself; an absent list is empty.
pub(super) fn list<T: DeserializeOwned>(
    section: &Section<'_, '_>,
    key: &str,
    remedy: &str,
) -> Option<Vec<T>> {
    let _: Option<Part> = section.read(key);
    let Some(node) = section.node(key) else { return Some(Vec::new()) };
    let Some(items) = node.get_ref().as_array() else {
        section.complain(key, wrong_type(node.get_ref(), remedy));
        return None;
    };
    let read: Vec<Option<T>> = items
        .iter()
        .enumerate()
        .map(|(index, item)| part(section, item, &section.path_of(&format!("{key}[{index}]"))))
        .collect();
    read.into_iter().collect()
}

/// Reads a part of a spec by the names that the imaging crate gives to it.
fn part<T: DeserializeOwned>(section: &Section<'_, '_>, node: &Node<'_>, path: &str) -> Option<T> {
    T::deserialize(ValueDeserializer::from(node.clone()))
        .map_err(|error| {
            let span = error.span().unwrap_or(node.span());
            let (path, found) = innermost(node, &span, path.to_owned());
            let complaint = Complaint::new(error.message(), remedy(error.message()));
            let shown = found.map_or(Shown::No, |node| Shown::of(node.get_ref(), &Kind::SpecPart));
            section.reader.complain(path, Some(span), shown, complaint);
        })
        .ok()
}

/// The path of the innermost key or item that a span lies in, and its value if the span is not the
/// key's own.
fn innermost<'n, 'i>(
    node: &'n Node<'i>,
    span: &std::ops::Range<usize>,
    path: String,
) -> (String, Option<&'n Node<'i>>) {
    let within = |outer: std::ops::Range<usize>| outer.start <= span.start && span.end <= outer.end;
    match node.get_ref() {
        DeValue::Table(table) => {
            for (key, value) in table {
                if within(key.span()) {
                    return (format!("{path}.{}", key.get_ref()), None);
                }
                if within(value.span()) {
                    return innermost(value, span, format!("{path}.{}", key.get_ref()));
                }
            }
        }
        DeValue::Array(items) => {
            if let Some((index, item)) = items.iter().enumerate().find(|(_, item)| within(item.span())) {
                return innermost(item, span, format!("{path}[{index}]"));
            }
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => {}
    }
    (path, Some(node))
}

/// The way out of a complaint that names, between backquotes, what was found and then what can stand
/// there.
fn remedy(message: &str) -> String {
    if !message.starts_with("unknown ") {
        return "see the operations and outputs in the reference".to_owned();
    }
    let mut names = message.split('`').skip(1).step_by(2);
    let found = names.next().unwrap_or_default();
    match nearest(found, names) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "write one of those, or leave it out".to_owned(),
    }
}

/// Finds a field such as `operations[0].resize.width`, or what is written of the way to it.
fn find<'a, 'i>(section: &Section<'a, 'i>, field: &str) -> Option<&'a Node<'i>> {
    let mut names = field.split(['.', '[', ']']).filter(|name| !name.is_empty());
    let mut node = section.node(names.next()?)?;
    for name in names {
        let next = match node.get_ref() {
            DeValue::Table(table) => table.get(name),
            DeValue::Array(items) => name.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => None,
        };
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    Some(node)
}

/// Any value: the imaging crate says what can stand there.
struct Part;

impl FromValue for Part {
    fn from_value(_value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        Ok(Self)
    }
}
