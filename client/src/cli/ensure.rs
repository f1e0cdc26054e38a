//! `rendition ensure`.

use std::time::Duration;

use clap::Args;
use rendition_client::{EnsureGenerated, Ensured, RenditionRef, Source, State, Strategy};

use super::{
    Complaint, Connection, Report, Verdict,
    named_item::{bytes, size, tell},
    recipe_arguments::RecipeArguments,
    record,
    source_arguments::SourceArguments,
    table::Table,
    url_flags::UrlFlags,
};

/// The largest batch that servers take unless they are told otherwise.
pub(crate) const BATCH: usize = 1000;

/// Makes sure that renditions exist.
#[derive(Debug, Args)]
pub(crate) struct Ensure {
    #[command(flatten)]
    sources: SourceArguments,
    /// When it is generated: just_in_time, optimistic, background or eager
    #[arg(long, help_heading = "Generation")]
    strategy: Option<Strategy>,
    /// How long to wait for a rendition in the making, e.g. 5s
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = "Generation")]
    max_wait: Option<Duration>,
    /// Ask the storage again if what is known is older, e.g. 1h; 0s always asks
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = "Generation")]
    max_age: Option<Duration>,
    /// Generate again without a check; the URL stays
    #[arg(long, help_heading = "Generation")]
    force: bool,
    /// Tell the placeholder (ThumbHash and dominant colour, with --json) also of what was there already
    #[arg(long, help_heading = "Generation")]
    placeholder: bool,
    #[command(flatten)]
    recipe: RecipeArguments,
    #[command(flatten)]
    url: UrlFlags,
}

impl Ensure {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let sources = self.sources.sources();
        let client = connection.client()?;
        let url_options = self.url.options();
        let request = |rendition: RenditionRef| {
            let mut request = EnsureGenerated::new(rendition).url_options(url_options.clone());
            if let Some(strategy) = self.strategy {
                request = request.strategy(strategy);
            }
            if let Some(wait) = self.max_wait {
                request = request.max_wait(wait);
            }
            if let Some(age) = self.max_age {
                request = request.max_age(age);
            }
            if self.placeholder {
                request = request.include_placeholder();
            }
            if self.force { request.force() } else { request }
        };
        let requests: Vec<_> = self.recipe.of(&sources)?.into_iter().map(request).collect();
        let mut good = true;
        let mut table = Table::new(["SOURCE", "STATE", "OUTCOME", "SIZE", "BYTES", "URL"]);
        for (sources, requests) in sources.chunks(BATCH).zip(requests.chunks(BATCH)) {
            let results = match requests {
                [single] => vec![client.ensure_generated(single.clone()).await],
                several => client.batch_ensure_generated(several.iter().cloned()).await?,
            };
            for (source, result) in sources.iter().zip(&results) {
                good &=
                    tell(report, connection, source, result, |ensured: &Ensured| record::ensured(ensured))?;
                if let Ok(ensured) = result {
                    let members: Vec<_> = ensured.members().collect();
                    if members.is_empty() {
                        good &= row(&mut table, source, ensured);
                    }
                    for member in members {
                        match member {
                            Ok(member) => good &= row(&mut table, source, &member),
                            Err(error) => {
                                good = false;
                                report.complain_about(source.path(), &error, connection);
                            }
                        }
                    }
                }
            }
        }
        if !report.is_json() {
            report.table(&table)?;
        }
        Ok(Verdict::good_if(good))
    }
}

/// Adds what came of a rendition; says whether it can be there.
fn row(table: &mut Table, source: &Source, ensured: &Ensured) -> bool {
    let rendition = ensured.rendition();
    table.row([
        source.path().to_owned(),
        rendition.state().to_string(),
        ensured.outcome().to_string(),
        size(rendition),
        bytes(rendition),
        rendition.url().to_owned(),
    ]);
    rendition.state() != State::Failed
}
