//! `rendition read`.

use std::{
    fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use clap::Args;
use rendition_client::Download;
use serde_json::json;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::{
    Complaint, Connection, Report, Verdict, named_item::size, recipe_arguments::RecipeArguments, record,
    source_arguments::SourcePlace,
};

/// Reads the bytes of a rendition.
#[derive(Debug, Args)]
pub(crate) struct Read {
    /// The path of the source image in its store
    #[arg(value_name = "SOURCE")]
    path: String,
    /// Where to write; without it, or as -, to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    place: SourcePlace,
    #[command(flatten)]
    recipe: RecipeArguments,
}

impl Read {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let file = self.output.filter(|file| file != Path::new("-"));
        if file.is_none() && io::stdout().is_terminal() {
            let message = "an image is nothing for a terminal: name a file with -o, or redirect the output";
            return Err(Complaint::Usage(message.to_owned()));
        }
        let source = self.place.source(&self.path);
        let rendition = self.recipe.of(std::slice::from_ref(&source))?.remove(0);
        let about = |error| Complaint::Call { subject: Some(self.path.clone()), error };
        let mut download = connection.client()?.read(rendition).await.map_err(about)?;
        let Some(file) = file else {
            copy(&mut download, &mut tokio::io::stdout(), "standard output").await?;
            return Ok(Verdict::Good);
        };
        let bytes = save(&mut download, &file).await?;
        let header = download.rendition();
        if report.is_json() {
            let record = json!({
                "source": record::source(&source),
                "file": file.display().to_string(),
                "rendition": record::rendition(header),
            });
            report.record(&record)?;
        } else {
            report.line(format!("{} {bytes} bytes {}", file.display(), size(header)).trim_end())?;
        }
        Ok(Verdict::Good)
    }
}

/// Writes beside `file` first, so that what is there is either whole or untouched.
async fn save(download: &mut Download, file: &Path) -> Result<u64, Complaint> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = file.with_file_name(name);
    let written = write(download, &part).await;
    let renamed = match written {
        Ok(bytes) => fs::rename(&part, file).map(|()| bytes).map_err(Complaint::file(file.display())),
        Err(complaint) => Err(complaint),
    };
    if renamed.is_err() {
        // What went wrong before is what there is to tell.
        let _ = fs::remove_file(&part);
    }
    renamed
}

async fn write(download: &mut Download, part: &Path) -> Result<u64, Complaint> {
    let name = part.display();
    let mut file = tokio::fs::File::create(part).await.map_err(Complaint::file(&name))?;
    copy(download, &mut file, &name.to_string()).await
}

/// Copies chunk by chunk, and keeps the errors of both sides apart.
async fn copy(
    download: &mut Download,
    target: &mut (impl AsyncWrite + Unpin),
    name: &str,
) -> Result<u64, Complaint> {
    use futures_util::StreamExt;

    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::BrokenPipe => Complaint::ClosedPipe,
        _ => Complaint::file(name)(error),
    };
    let mut bytes = 0;
    while let Some(chunk) = download.next().await {
        let chunk = chunk?;
        bytes += chunk.len() as u64;
        target.write_all(&chunk).await.map_err(failed)?;
    }
    target.flush().await.map_err(failed)?;
    Ok(bytes)
}
