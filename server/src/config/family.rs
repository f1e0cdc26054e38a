//! Families: one picture in several widths and formats, for pages that let the browser choose.
//!
//! A member is a named spec like any other, with an id that is made of the family's name, the width and the format. Nothing
//! but the family itself knows that it belongs to one: keys, purges and lists go by what it is.

use std::collections::BTreeMap;

use rendition_imaging::{Format, MAX_OPERATIONS, MAX_SIDE, Output, Png, ResizeToFit, Size, Spec};

use crate::model::{SpecId, is_name};

use super::{
    Limits,
    key::{Key, Kind},
    on_get,
    problem::Complaint,
    section::{Section, Shown},
    spec::{self, NamedSpec},
    spec_options,
};

/// One picture in several widths and formats.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// What is done before the width is settled: its operations, and the options of all members. The output says nothing.
    pub base: Spec,
    /// The formats, the one that browsers should prefer first, the one that all of them show last; each with the members in it,
    /// from the narrowest to the widest. Neither is ever empty.
    pub formats: Vec<(Format, Vec<Member>)>,
    /// What an HTML page says in `sizes`; empty: nothing.
    pub sizes: String,
}

/// A member of a family.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The id of the named spec.
    pub id: SpecId,
    /// The width that it aims at, in pixels.
    pub width: u32,
}

/// The longest name of a family: with a width of five digits and the longest extension it is a spec's id.
const LONGEST_NAME: usize = 37;
const NAME_REMEDY: &str = "write a lower case letter, then up to 36 of a-z, 0-9, \"_\" and \"-\"; the ids of its specs begin with it";
/// More widths are of no use to a browser.
const MOST_WIDTHS: usize = 16;

pub(crate) const KEYS: &[Key] = &[
    Key::without_default(
        "families.<name>.widths",
        Kind::Counts { min: 1, max: 65_535 },
        "required",
        "The widths in pixels, at most 16. Those above what the source has are left out when a page asks.",
    ),
    Key::without_default(
        "families.<name>.outputs",
        Kind::SpecPart,
        "required",
        "What each width is written as: a list of outputs as in a spec, each of another format and none of them `auto`, the one that browsers should prefer first, the one that all of them show last.",
    ),
    Key::without_default(
        "families.<name>.sizes",
        Kind::Text,
        "none",
        "How wide the picture is shown, as HTML says it in `sizes`; handed on as it is.",
    ),
    Key::without_default(
        "families.<name>.operations",
        Kind::SpecPart,
        "none",
        "The steps before the image is resized to a width (`resize_to_fit`, never larger than it is), as in a spec.",
    ),
    Key::without_default(
        "families.<name>.finish",
        Kind::SpecPart,
        "none",
        "The steps after it. They leave the width as it is.",
    ),
];

/// The rows of the options, the same as a spec's.
pub(crate) const OPTION_KEYS: &[Key] = spec_options::option_keys!("families.<name>");

/// The rows of what changes no pixel, the same as a spec's.
pub(crate) const POLICY_KEYS: &[Key] = spec::policy_keys!("families.<name>");

/// The rows of what a GET does, the same as a spec's.
pub(crate) const ON_GET_KEYS: &[Key] = on_get::on_get_keys!("families.<name>");

/// Reads all families. Those with a problem are left out.
pub(crate) fn read(root: &Section<'_, '_>, limits: &Limits) -> Families {
    let mut families = Families::default();
    for (name, span, section) in root.named("families", "<name>") {
        if !is_name(&name, LONGEST_NAME) || name == crate::model::name::INLINE {
            let complaint = Complaint::new("can be no family's name", NAME_REMEDY);
            root.reader.complain(format!("families.{name}"), Some(span), Shown::No, complaint);
            continue;
        }
        if let (Some((family, specs)), Ok(id)) = (Family::read(&name, &section, limits), SpecId::new(&name)) {
            families.by_name.insert(id, family);
            families.specs.extend(specs);
        }
    }
    families
}

/// The specs and the members of families together; an id that both have is noted.
pub(crate) fn join(
    root: &Section<'_, '_>,
    mut specs: BTreeMap<SpecId, NamedSpec>,
    members: BTreeMap<SpecId, NamedSpec>,
) -> BTreeMap<SpecId, NamedSpec> {
    let written = root.section("specs");
    for (id, member) in members {
        if specs.contains_key(&id) {
            let complaint = Complaint::new("is the id of a family's member, too", "rename one of the two");
            written.complain(id.as_str(), complaint);
        }
        specs.insert(id, member);
    }
    specs
}

/// The families, and the named specs that they consist of.
#[derive(Debug, Default)]
pub(crate) struct Families {
    pub(crate) by_name: BTreeMap<SpecId, Family>,
    pub(crate) specs: BTreeMap<SpecId, NamedSpec>,
}

impl Family {
    fn read(
        name: &str,
        section: &Section<'_, '_>,
        limits: &Limits,
    ) -> Option<(Self, BTreeMap<SpecId, NamedSpec>)> {
        let before = spec::operations(section, "operations");
        let finish = spec::operations(section, "finish");
        let widths = widths(section);
        let outputs = outputs(section);
        let sizes = section.read("sizes").unwrap_or_default();
        let options = spec_options::read(section, Spec::new(Vec::new(), Output::Png(Png::default())));
        let policies = NamedSpec::policies(section, limits, options.clone());
        let (before, finish, widths, outputs) = (before?, finish?, widths?, outputs?);
        if before.len() + finish.len() >= MAX_OPERATIONS {
            let message = format!("with `finish` and the width these are more than {MAX_OPERATIONS} steps");
            section.complain("operations", Complaint::new(message, "leave some out"));
            return None;
        }
        let base = Spec { operations: before.clone(), ..options.clone() };
        let (mut formats, mut specs) = (Vec::new(), BTreeMap::new());
        for output in outputs {
            let Some(format) = output.format() else { continue };
            let mut members = Vec::new();
            for &width in &widths {
                let fit = ResizeToFit { width, ..ResizeToFit::default() };
                let operations = before.iter().cloned().chain([fit.into()]).chain(finish.iter().cloned());
                let spec =
                    Spec { operations: operations.collect(), output: output.clone(), ..options.clone() };
                check(section, &spec, width, before.len())?;
                let id = SpecId::new(&format!("{name}-{width}-{}", word(format))).ok()?;
                specs.insert(id.clone(), NamedSpec { spec, ..policies.clone() });
                members.push(Member { id, width: pixels(&options, width) });
            }
            formats.push((format, members));
        }
        Some((Self { base, formats, sizes }, specs))
    }

    /// Notes every overlay in the family that is not among the names; `member` is one of its specs.
    pub(crate) fn check_overlays(&self, section: &Section<'_, '_>, member: &NamedSpec, names: &[&str]) {
        for (field, complaint) in member.missing_overlays(names) {
            refuse(section, &field, self.base.operations.len(), complaint);
        }
    }

    /// Its members.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.formats.iter().flat_map(|(_, members)| members)
    }
}

/// The pixels of a width that was configured: a device pixel ratio multiplies it.
fn pixels(options: &Spec, width: u32) -> u32 {
    let fit = ResizeToFit { width, ..ResizeToFit::default() };
    let spec = Spec { operations: vec![fit.into()], ..options.clone() };
    spec.output_size(Some(Size::new(MAX_SIDE, MAX_SIDE))).map_or(width, |size| size.width)
}

/// The format's name in a member's id.
fn word(format: Format) -> &'static str {
    match format {
        Format::Jpeg => "jpeg",
        Format::Png => "png",
        Format::Webp => "webp",
        Format::Avif => "avif",
        Format::Gif => "gif",
    }
}

/// Refuses a member that could not be a spec, or whose last steps change its width.
fn check(section: &Section<'_, '_>, spec: &Spec, width: u32, before: usize) -> Option<()> {
    if let Err(invalid) = spec.validate() {
        refuse(
            section,
            &invalid.field,
            before,
            Complaint::new(format!("{} does not do", invalid.value), invalid.message),
        );
        return None;
    }
    let steps = |count: usize| Spec { operations: spec.operations[..count].to_vec(), ..spec.clone() };
    let large = Some(Size::new(60_000, 45_000));
    let (fitted, finished) = (steps(before + 1).output_size(large), spec.output_size(large));
    if let (Some(fitted), Some(finished)) = (fitted, finished)
        && fitted.width != finished.width
    {
        let message = format!("makes {} pixels of a width of {width}", finished.width);
        section.complain("finish", Complaint::new(message, "put what changes the width into `operations`"));
        return None;
    }
    Some(())
}

/// Notes a problem of a member's field at the place in the family where it was written.
fn refuse(section: &Section<'_, '_>, field: &str, before: usize, complaint: Complaint) {
    let (key, path) = match place(field) {
        Some((index, rest)) if index > before => ("finish", format!("finish[{}]{rest}", index - before - 1)),
        Some((index, rest)) if index < before => ("operations", format!("operations[{index}]{rest}")),
        Some(_) => ("widths", "widths".to_owned()),
        None if field.starts_with("output") => ("outputs", "outputs".to_owned()),
        None => (field, field.to_owned()),
    };
    let span = section.node(key).map(|node| node.span()).or(section.span());
    section.reader.complain(section.path_of(&path), span, Shown::No, complaint);
}

/// The index and the rest of `operations[3].resize.width`.
fn place(field: &str) -> Option<(usize, &str)> {
    let (index, rest) = field.strip_prefix("operations[")?.split_once(']')?;
    Some((index.parse().ok()?, rest))
}

/// The widths in their order, each once.
fn widths(section: &Section<'_, '_>) -> Option<Vec<u32>> {
    let mut widths: Vec<u32> = section.require("widths", "write widths = [320, 640, 1280]")?;
    widths.sort_unstable();
    widths.dedup();
    if widths.is_empty() || widths.len() > MOST_WIDTHS {
        let complaint =
            Complaint::new(format!("these are {} widths", widths.len()), format!("write 1 to {MOST_WIDTHS}"));
        section.complain("widths", complaint);
        return None;
    }
    Some(widths)
}

/// The outputs in the order that they are written in.
fn outputs(section: &Section<'_, '_>) -> Option<Vec<Output>> {
    const REMEDY: &str = "write outputs = [{ webp = { quality = 80 } }, { jpeg = {} }]";
    let outputs: Vec<Output> = spec::list(section, "outputs", REMEDY)?;
    let complain = |message: String, remedy: &str| {
        section.complain("outputs", Complaint::new(message, remedy));
        None
    };
    if outputs.is_empty() {
        return complain("is missing or empty".to_owned(), REMEDY);
    }
    for (index, output) in outputs.iter().enumerate() {
        let Some(format) = output.format() else {
            return complain("`auto` is no format".to_owned(), "name the formats: the browser chooses");
        };
        if outputs[..index].iter().any(|other| other.format() == Some(format)) {
            return complain(format!("{} stands here twice", word(format)), "name each format once");
        }
    }
    Some(outputs)
}
