//! Operations as short flags. They are done in the order in which they stand on the command line.
//! One line in the table makes one.

use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, error::ErrorKind, parser::ValueSource,
    value_parser,
};
use rendition_client::{Anchor, Operation};
use serde_json::{Value, json};

use super::{
    operation_value::{Fields, First},
    size::pair,
};

/// The operations that were asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct OperationFlags(pub(crate) Vec<Operation>);

struct Flag {
    name: &'static str,
    /// The name of the operation in the API.
    operation: &'static str,
    first: First,
    help: &'static str,
}

const fn flag(name: &'static str, operation: &'static str, first: First, help: &'static str) -> Flag {
    Flag { name, operation, first, help }
}

const FLAGS: &[Flag] = &[
    flag("fit", "resize_to_fit", First::OpenBox, "Resize into a box, keeping the aspect ratio"),
    flag("fill", "resize_to_fill", First::Box, "Resize to an exact size, cutting off what is too much"),
    flag("cover", "resize_to_cover", First::Box, "Resize around a box, cutting nothing"),
    flag("resize", "resize", First::Box, "Resize to an exact size, changing the aspect ratio"),
    flag("crop", "crop", First::Box, "Cut a box out"),
    flag(
        "smart-resize",
        "smart_resize",
        First::Box,
        "Resize to an exact size, cutting off what matters least",
    ),
    flag("thumbnail", "thumbnail", First::OpenBox, "Fill where both sides are given, fit where one is"),
    flag("smart-crop", "smart_crop", First::Box, "Cut out the box in which most is to be seen"),
    flag("trim", "trim", First::Perhaps("tolerance"), "Cut off a border of one colour"),
    flag(
        "resize-canvas",
        "resize_canvas",
        First::Box,
        "Make room around the image, or less, without resizing it",
    ),
    flag("add-border", "add_border", First::Field("thickness"), "Add a border of so many pixels"),
    flag("transpose", "transpose", First::Field("method"), "Mirror or turn by quarters, e.g. rotate_90"),
    flag("rotate", "rotate", First::Field("angle"), "Turn by degrees counterclockwise"),
    flag("extend", "extend", First::Box, "Add room until the image has an aspect ratio, e.g. 16x9"),
    flag(
        "adjust",
        "adjust",
        First::Named,
        "Change saturation, brightness, contrast and sharpness, e.g. contrast=1.2",
    ),
    flag("grayscale", "grayscale", First::Nothing, "Take the colours away"),
    flag("gaussian-blur", "gaussian_blur", First::Perhaps("radius"), "Blur"),
    flag("sharpen", "sharpen", First::Perhaps("radius"), "Sharpen"),
    flag("pixelate", "pixelate", First::Field("size"), "Make squares of one colour each"),
    flag("color-overlay", "color_overlay", First::Field("color"), "Lay a colour over the image"),
    flag("make-opaque", "make_opaque", First::Perhaps("color"), "Lay the image on a colour"),
    flag("set-opacity", "set_opacity", First::Field("opacity"), "Make the image more transparent"),
    flag("reflection", "reflection", First::Perhaps("size"), "Mirror the image below itself, fading out"),
    flag(
        "overlay",
        "overlay",
        First::Field("name"),
        "Lay an image of the server's configuration over this one",
    ),
];

/// A modifier and the flags that know it. It counts for all of them; what stands in a flag's own value
/// counts for that one alone, and more.
const MODIFIERS: &[(&str, &[&str])] = &[
    ("upscale", &["fit", "fill", "cover", "resize", "smart-resize", "thumbnail"]),
    ("anchor", &["fill", "crop", "thumbnail", "resize-canvas"]),
    ("focal-point", &["fill", "crop", "thumbnail"]),
    ("offset", &["crop", "resize-canvas"]),
];

impl Args for OperationFlags {
    fn augment_args(command: Command) -> Command {
        let heading = "Recipe";
        let flags = FLAGS.iter().map(|flag| {
            let arg = Arg::new(flag.name).long(flag.name).help(flag.help);
            if flag.first == First::Nothing {
                return arg.action(ArgAction::SetTrue);
            }
            let arg = arg
                .value_name(flag.first.placeholder())
                .action(ArgAction::Append)
                // An angle may be below zero, with fields behind it.
                .allow_hyphen_values(flag.first == First::Field("angle"))
                .value_parser(|text: &str| flag.first.parse(text));
            match flag.first {
                // With a value it needs the sign, or the next argument would be taken for it.
                First::Perhaps(_) => arg.num_args(0..=1).require_equals(true).default_missing_value(""),
                _ => arg,
            }
        });
        let upscale = Arg::new("upscale")
            .long("upscale")
            .action(ArgAction::SetTrue)
            .help("Enlarge images that are smaller than asked");
        let anchor = Arg::new("anchor")
            .long("anchor")
            .value_parser(value_parser!(Anchor))
            .help("The side or corner that --fill, --crop and --thumbnail keep, or at which the image lies on --resize-canvas, e.g. top_left");
        let focal_point = Arg::new("focal-point")
            .long("focal-point")
            .value_name("X,Y")
            .conflicts_with("anchor")
            .value_parser(pair::<f64>)
            .help(
                "The point that --fill, --crop and --thumbnail keep in the middle, as fractions of the image",
            );
        let offset = Arg::new("offset")
            .long("offset")
            .value_name("X,Y")
            .conflicts_with_all(["anchor", "focal-point"])
            .value_parser(pair::<u32>)
            .help("The top left corner of --crop, or of the image on --resize-canvas, in pixels");
        command
            .args(flags.map(|flag| flag.help_heading(heading)))
            .args([upscale, anchor, focal_point, offset].map(|modifier| modifier.help_heading(heading)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn is_given(matches: &ArgMatches, name: &str) -> bool {
    matches.value_source(name) == Some(ValueSource::CommandLine)
}

/// The field that a modifier stands for, if it is given.
fn modifier(matches: &ArgMatches, name: &str) -> Option<(&'static str, Value)> {
    match name {
        "upscale" => matches.get_flag(name).then(|| ("upscale", json!("allow"))),
        "anchor" => matches.get_one::<Anchor>(name).map(|anchor| ("anchor", json!(anchor))),
        "focal-point" => {
            matches.get_one::<(f64, f64)>(name).map(|(x, y)| ("focal_point", json!({ "x": x, "y": y })))
        }
        _ => matches.get_one::<(u32, u32)>(name).map(|(x, y)| ("offset", json!({ "x": x, "y": y }))),
    }
}

/// The operation of one flag.
fn operation(matches: &ArgMatches, flag: &Flag, mut fields: Fields) -> Result<Operation, clap::Error> {
    for (name, flags) in MODIFIERS {
        if flags.contains(&flag.name)
            && let Some((field, value)) = modifier(matches, name)
        {
            fields.entry(field).or_insert(value);
        }
    }
    serde_json::from_value(json!({ flag.operation: fields }))
        .map_err(|error| usage(format!("--{}: {error}", flag.name)))
}

impl FromArgMatches for OperationFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        for (modifier, operations) in MODIFIERS {
            if is_given(matches, modifier) && !operations.iter().any(|flag| is_given(matches, flag)) {
                let flags: Vec<_> = operations.iter().map(|operation| format!("--{operation}")).collect();
                return Err(usage(format!("--{modifier} needs one of {}", flags.join(", "))));
            }
        }
        let mut operations = Vec::new();
        for flag in FLAGS.iter().filter(|flag| is_given(matches, flag.name)) {
            let fields: Vec<Fields> = match flag.first {
                // Once is as good as twice.
                First::Nothing => vec![Fields::new()],
                _ => matches.get_many::<Fields>(flag.name).into_iter().flatten().cloned().collect(),
            };
            for (fields, index) in fields.into_iter().zip(matches.indices_of(flag.name).into_iter().flatten())
            {
                operations.push((index, operation(matches, flag, fields)?));
            }
        }
        operations.sort_by_key(|(index, _)| *index);
        Ok(Self(operations.into_iter().map(|(_, operation)| operation).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn usage(message: String) -> clap::Error {
    clap::Error::raw(ErrorKind::ArgumentConflict, format!("{message}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_flag() {
        let flagged: Vec<_> = FLAGS.iter().map(|flag| flag.operation).collect();
        for name in Operation::NAMES {
            assert!(flagged.contains(name), "{name}");
        }
        assert_eq!(flagged.len(), Operation::NAMES.len());
    }
}
