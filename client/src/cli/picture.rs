//! `rendition picture`.

use clap::Args;
use rendition_client::{Picture as Answer, PictureOf};
use serde_json::Map;

use super::{
    Complaint, Connection, Report, Verdict, ensure::BATCH, named_item::tell, record,
    source_arguments::SourceArguments, table::Table, url_flags::UrlFlags,
};

/// Tells what an HTML page needs to show sources in the widths and formats of a family.
#[derive(Debug, Args)]
pub(crate) struct Picture {
    #[command(flatten)]
    sources: SourceArguments,
    /// The family in the server's configuration
    #[arg(long, value_name = "NAME")]
    family: String,
    /// Print HTML, one <picture> per line
    #[arg(long, conflicts_with = "json", help_heading = "HTML")]
    html: bool,
    /// The alternative text
    #[arg(long, value_name = "TEXT", default_value = "", requires = "html", help_heading = "HTML")]
    alt: String,
    /// How wide the picture is shown, instead of what the family says
    #[arg(long, value_name = "TEXT", requires = "html", help_heading = "HTML")]
    sizes: Option<String>,
    /// The classes of the <img>
    #[arg(long, value_name = "TEXT", requires = "html", help_heading = "HTML")]
    class: Option<String>,
    /// Load it only when it is about to be seen
    #[arg(long, requires = "html", help_heading = "HTML")]
    lazy: bool,
    #[command(flatten)]
    url: UrlFlags,
}

impl Picture {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let sources = self.sources.sources();
        let client = connection.client()?;
        let options = self.url.clone().options();
        let mut good = true;
        let mut table = Table::new(["SOURCE", "TYPE", "SIZE", "STATE", "URL"]);
        for sources in sources.chunks(BATCH) {
            let request = |source| PictureOf::new(source, &self.family).url_options(options.clone());
            let results = match sources {
                [single] => vec![client.picture(request(single.clone())).await],
                several => client.batch_picture(several.iter().cloned().map(request)).await?,
            };
            for (source, result) in sources.iter().zip(&results) {
                good &= tell(report, connection, source, result, |picture: &Answer| {
                    Map::from_iter([("picture".to_owned(), record::picture(picture))])
                })?;
                let Ok(picture) = result else { continue };
                good &= picture.failure().is_none();
                if self.html {
                    report.line(self.html_of(picture))?;
                }
                for shown in picture.sources() {
                    for (width, height, rendition) in shown.entries() {
                        table.row([
                            source.path().to_owned(),
                            shown.media_type().to_owned(),
                            height.map_or(format!("{width}"), |height| format!("{width}x{height}")),
                            rendition.state().to_string(),
                            rendition.url().to_owned(),
                        ]);
                    }
                }
            }
        }
        if !report.is_json() && !self.html {
            report.table(&table)?;
        }
        Ok(Verdict::good_if(good))
    }

    fn html_of(&self, picture: &Answer) -> String {
        let mut html = picture.html(&self.alt);
        if let Some(sizes) = &self.sizes {
            html = html.sizes(sizes);
        }
        if let Some(class) = &self.class {
            html = html.class(class);
        }
        if self.lazy { html.lazy().to_string() } else { html.to_string() }
    }
}
