//! `rendition watch`.

use std::time::Duration;

use clap::Args;
use futures_util::StreamExt;
use rendition_client::{Source, Update};
use serde_json::json;

use super::{
    Complaint, Connection, Report, Verdict,
    named_item::{bytes, failure, size},
    recipe_arguments::RecipeArguments,
    record,
    source_arguments::SourceArguments,
};

/// Tells how renditions come along.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    sources: SourceArguments,
    /// How long to watch at most, e.g. 5m
    #[arg(long = "for", value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = "Check")]
    at_most: Option<Duration>,
    #[command(flatten)]
    recipe: RecipeArguments,
}

impl Watch {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let sources = self.sources.sources();
        let renditions = self.recipe.of(&sources)?;
        let client = connection.client()?.with_stream_timeout(self.at_most);
        let mut ready = vec![false; sources.len()];
        let width = sources.iter().map(|source| source.path().chars().count()).max().unwrap_or_default();
        let mut watch = client.watch(renditions).await?;
        while let Some(update) = watch.next().await {
            let update = update?;
            let (Some(source), Some(ready)) = (sources.get(update.index()), ready.get_mut(update.index()))
            else {
                return Err(rendition_client::Error::Malformed("index below the number of sources").into());
            };
            *ready = update.rendition().is_ready();
            if report.is_json() {
                report.record(&json!({
                    "index": update.index(),
                    "source": record::source(source),
                    "rendition": record::rendition(update.rendition()),
                }))?;
            } else {
                report.line(line(source, &update, width))?;
            }
        }
        Ok(Verdict::good_if(ready.iter().all(|ready| *ready)))
    }
}

fn line(source: &Source, update: &Update, width: usize) -> String {
    let rendition = update.rendition();
    let facts = [size(rendition), bytes(rendition), failure(rendition)].join("  ");
    let line = format!("{:<width$}  {:<10}  {}", source.path(), rendition.state(), facts.trim());
    line.trim_end().to_owned()
}
