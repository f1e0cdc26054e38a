//! `rendition url`.

use clap::Args;
use rendition_client::{Rendition, RenditionRef};
use serde_json::Map;

use super::{
    Complaint, Connection, Report, Verdict, ensure::BATCH, named_item::tell,
    recipe_arguments::RecipeArguments, record, source_arguments::SourceArguments, url_flags::UrlFlags,
};

/// Prints URLs, bare, so that they can be used in a script.
#[derive(Debug, Args)]
pub(crate) struct Url {
    #[command(flatten)]
    sources: SourceArguments,
    #[command(flatten)]
    recipe: RecipeArguments,
    #[command(flatten)]
    url: UrlFlags,
}

impl Url {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let sources = self.sources.sources();
        let client = connection.client()?;
        let options = self.url.options();
        let request =
            |rendition: RenditionRef| rendition_client::Url::new(rendition).url_options(options.clone());
        let requests: Vec<_> = self.recipe.of(&sources)?.into_iter().map(request).collect();
        let mut good = true;
        for (sources, requests) in sources.chunks(BATCH).zip(requests.chunks(BATCH)) {
            let results = match requests {
                [single] => vec![client.url(single.clone()).await],
                several => client.batch_url(several.iter().cloned()).await?,
            };
            for (source, result) in sources.iter().zip(&results) {
                good &= tell(report, connection, source, result, |rendition: &Rendition| {
                    Map::from_iter([("rendition".to_owned(), record::rendition(rendition))])
                })?;
                if let (Ok(rendition), false) = (result, report.is_json()) {
                    report.line(rendition.url())?;
                }
            }
        }
        Ok(Verdict::good_if(good))
    }
}
