//! What is made of the sources: a named spec, one in JSON, or one made by flags.

use std::fs;

use clap::Args;
use rendition_client::{OutputFormat, Recipe, RenditionRef, Source, Spec};

use super::{Complaint, operation_flags::OperationFlags, output_flags::OutputFlags, spec_flags::SpecFlags};

/// What is made of the sources.
#[derive(Debug, Args)]
#[command(next_help_heading = "Recipe")]
pub(crate) struct RecipeArguments {
    /// A spec in the server's configuration
    #[arg(long, value_name = "ID", conflicts_with = "spec_json")]
    spec: Option<String>,
    /// A family in the server's configuration, for `ensure`: all its members
    #[arg(long, value_name = "NAME", conflicts_with_all = ["spec", "spec_json"])]
    family: Option<String>,
    /// A spec as in the configuration, e.g. '{"operations":[{"resize_to_fit":{"width":300}}],
    /// "output":{"webp":{}}}'; @FILE reads it from a file
    #[arg(long, value_name = "JSON")]
    spec_json: Option<String>,
    #[command(flatten)]
    operations: OperationFlags,
    #[command(flatten)]
    output: OutputFlags,
    #[command(flatten)]
    options: SpecFlags,
    /// The formats that can be shown, for specs with an `auto` output, e.g. webp,jpeg
    #[arg(long, value_name = "FORMATS", value_delimiter = ',')]
    accept: Vec<OutputFormat>,
}

impl RecipeArguments {
    /// The renditions that the recipe makes of `sources`.
    pub(crate) fn of(self, sources: &[Source]) -> Result<Vec<RenditionRef>, Complaint> {
        let accept = self.accept.clone();
        let recipe = self.recipe()?;
        let rendition = |source| RenditionRef::new(source, &recipe).accept(accept.iter().copied());
        Ok(sources.iter().map(rendition).collect())
    }

    fn recipe(self) -> Result<Recipe, Complaint> {
        let flags = !self.operations.0.is_empty() || !self.output.is_empty() || !self.options.is_empty();
        if let Some(family) = self.family.clone() {
            return if flags {
                Err(Complaint::Usage(
                    "--family is a whole recipe: leave out the flags for operations, output and options"
                        .into(),
                ))
            } else {
                Ok(Recipe::family(family))
            };
        }
        match (self.spec, self.spec_json) {
            (Some(_), _) | (_, Some(_)) if flags => Err(Complaint::Usage(
                "--spec and --spec-json are whole recipes: leave out the flags for operations, output and options"
                    .into(),
            )),
            (Some(id), _) => Ok(id.into()),
            (None, Some(json)) => Ok(parse(&json)?.into()),
            (None, None) if !flags => Err(Complaint::Usage(
                "say what to make: --spec ID, --family NAME, --spec-json JSON, or flags such as --fit 300x200 --format webp"
                    .into(),
            )),
            (None, None) => {
                let mut spec = self.options.apply(Spec::builder());
                for operation in self.operations.0 {
                    spec = spec.operation(operation);
                }
                Ok(spec.output(self.output.output()?).into())
            }
        }
    }
}

/// A spec in JSON, or in the file that `@` names.
fn parse(argument: &str) -> Result<Spec, Complaint> {
    let (name, json) = match argument.strip_prefix('@') {
        Some(file) => (file, fs::read_to_string(file).map_err(Complaint::file(file))?),
        None => ("--spec-json", argument.to_owned()),
    };
    serde_json::from_str(&json).map_err(|error| Complaint::Usage(format!("{name}: {error}")))
}
