//! `rendition exists`.

use std::time::Duration;

use clap::Args;
use rendition_client::RenditionRef;

use super::{
    Complaint, Connection, Report, Verdict,
    ensure::BATCH,
    named_item::{bytes, failure, size, tell},
    recipe_arguments::RecipeArguments,
    record,
    source_arguments::SourceArguments,
    table::Table,
};

/// Says whether renditions exist.
#[derive(Debug, Args)]
pub(crate) struct Exists {
    #[command(flatten)]
    sources: SourceArguments,
    /// Ask the storage again if what is known is older, e.g. 1h; 0s always asks
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = "Check")]
    max_age: Option<Duration>,
    /// Find out width and height even if that needs a read
    #[arg(long, help_heading = "Check")]
    image_info: bool,
    /// Tell the placeholder (ThumbHash and dominant colour, with --json) even if that needs a read and a decode
    #[arg(long, help_heading = "Check")]
    placeholder: bool,
    #[command(flatten)]
    recipe: RecipeArguments,
}

impl Exists {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let sources = self.sources.sources();
        let client = connection.client()?;
        let request = |rendition: RenditionRef| {
            let mut request = rendition_client::Exists::new(rendition);
            if let Some(age) = self.max_age {
                request = request.max_age(age);
            }
            if self.image_info {
                request = request.include_image_info();
            }
            if self.placeholder { request.include_placeholder() } else { request }
        };
        let requests: Vec<_> = self.recipe.of(&sources)?.into_iter().map(request).collect();
        let mut good = true;
        let mut table = Table::new(["SOURCE", "EXISTS", "STATE", "EVIDENCE", "SIZE", "BYTES", "FAILURE"]);
        for (sources, requests) in sources.chunks(BATCH).zip(requests.chunks(BATCH)) {
            let results = match requests {
                [single] => vec![client.exists(single.clone()).await],
                several => client.batch_exists(several.iter().cloned()).await?,
            };
            for (source, result) in sources.iter().zip(&results) {
                good &= tell(report, connection, source, result, record::existence)?;
                if let Ok(existence) = result {
                    good &= existence.exists();
                    let rendition = existence.rendition();
                    table.row([
                        source.path().to_owned(),
                        if existence.exists() { "yes" } else { "no" }.to_owned(),
                        rendition.state().to_string(),
                        rendition.evidence().to_string(),
                        size(rendition),
                        bytes(rendition),
                        failure(rendition),
                    ]);
                }
            }
        }
        if !report.is_json() {
            report.table(&table)?;
        }
        Ok(Verdict::good_if(good))
    }
}
