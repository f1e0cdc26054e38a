//! Operations as short flags. They are done in the order in which they stand on the command line.
//! One line in the table makes one.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, error::ErrorKind, value_parser};
use rendition_client::{Anchor, Crop, Operation, Resize, ResizeToCover, ResizeToFill, ResizeToFit, Upscale};

use super::size::{Size, pair};

/// The operations that were asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct OperationFlags(pub(crate) Vec<Operation>);

struct Flag {
    name: &'static str,
    help: &'static str,
    /// Whether a side may be left open.
    open: bool,
    make: fn(Size, &Modifiers) -> Operation,
}

const FLAGS: &[Flag] = &[
    Flag { name: "fit", help: "Resize into a box, keeping the aspect ratio", open: true, make: fit },
    Flag {
        name: "fill",
        help: "Resize to an exact size, cutting off what is too much",
        open: false,
        make: fill,
    },
    Flag { name: "cover", help: "Resize around a box, cutting nothing", open: false, make: cover },
    Flag {
        name: "resize",
        help: "Resize to an exact size, changing the aspect ratio",
        open: false,
        make: resize,
    },
    Flag { name: "crop", help: "Cut a box out", open: false, make: crop },
];

/// What several operations have in common.
#[derive(Default)]
struct Modifiers {
    upscale: Upscale,
    anchor: Option<Anchor>,
    focal_point: Option<(f64, f64)>,
    offset: Option<(u32, u32)>,
}

fn fit(size: Size, modifiers: &Modifiers) -> Operation {
    ResizeToFit::new(size.width, size.height).upscale(modifiers.upscale).into()
}

fn cover(size: Size, modifiers: &Modifiers) -> Operation {
    ResizeToCover::new(size.width, size.height).upscale(modifiers.upscale).into()
}

fn resize(size: Size, modifiers: &Modifiers) -> Operation {
    Resize::new(size.width, size.height).upscale(modifiers.upscale).into()
}

fn fill(size: Size, modifiers: &Modifiers) -> Operation {
    let mut fill = ResizeToFill::new(size.width, size.height).upscale(modifiers.upscale);
    if let Some(anchor) = modifiers.anchor {
        fill = fill.anchor(anchor);
    }
    if let Some(point) = modifiers.focal_point {
        fill = fill.focal_point(point);
    }
    fill.into()
}

fn crop(size: Size, modifiers: &Modifiers) -> Operation {
    let mut crop = Crop::new(size.width, size.height);
    if let Some(anchor) = modifiers.anchor {
        crop = crop.anchor(anchor);
    }
    if let Some(point) = modifiers.focal_point {
        crop = crop.focal_point(point);
    }
    if let Some(offset) = modifiers.offset {
        crop = crop.offset(offset);
    }
    crop.into()
}

/// A modifier and the operations that know it.
const MODIFIERS: &[(&str, &[&str])] = &[
    ("upscale", &["fit", "fill", "cover", "resize"]),
    ("anchor", &["fill", "crop"]),
    ("focal-point", &["fill", "crop"]),
    ("offset", &["crop"]),
];

impl Args for OperationFlags {
    fn augment_args(command: Command) -> Command {
        let heading = "Recipe";
        let flags = FLAGS.iter().map(|flag| {
            Arg::new(flag.name)
                .long(flag.name)
                .value_name(if flag.open { "[W]x[H]" } else { "WxH" })
                .help(flag.help)
                .action(ArgAction::Append)
                .value_parser(value_parser!(Size))
        });
        let upscale = Arg::new("upscale")
            .long("upscale")
            .action(ArgAction::SetTrue)
            .help("Enlarge images that are smaller than asked");
        let anchor = Arg::new("anchor")
            .long("anchor")
            .value_parser(value_parser!(Anchor))
            .help("The side or corner that --fill and --crop keep, e.g. top_left");
        let focal_point = Arg::new("focal-point")
            .long("focal-point")
            .value_name("X,Y")
            .conflicts_with("anchor")
            .value_parser(pair::<f64>)
            .help("The point that --fill and --crop keep in the middle, as fractions of the image");
        let offset = Arg::new("offset")
            .long("offset")
            .value_name("X,Y")
            .conflicts_with_all(["anchor", "focal-point"])
            .value_parser(pair::<u32>)
            .help("The top left corner of --crop in pixels");
        command
            .args(flags.map(|flag| flag.help_heading(heading)))
            .args([upscale, anchor, focal_point, offset].map(|modifier| modifier.help_heading(heading)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for OperationFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let modifiers = Modifiers {
            upscale: if matches.get_flag("upscale") { Upscale::Allow } else { Upscale::Never },
            anchor: matches.get_one("anchor").copied(),
            focal_point: matches.get_one("focal-point").copied(),
            offset: matches.get_one("offset").copied(),
        };
        for (modifier, operations) in MODIFIERS {
            let given = matches.value_source(modifier) == Some(clap::parser::ValueSource::CommandLine);
            if given && !operations.iter().any(|operation| matches.contains_id(operation)) {
                let flags: Vec<_> = operations.iter().map(|operation| format!("--{operation}")).collect();
                return Err(usage(format!("--{modifier} needs one of {}", flags.join(", "))));
            }
        }
        let mut operations = Vec::new();
        for flag in FLAGS {
            let Some(sizes) = matches.get_many::<Size>(flag.name) else { continue };
            for (size, index) in sizes.zip(matches.indices_of(flag.name).into_iter().flatten()) {
                if !flag.open && !size.is_whole() {
                    return Err(usage(format!("--{} needs both sides, e.g. 300x200", flag.name)));
                }
                operations.push((index, (flag.make)(*size, &modifiers)));
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
