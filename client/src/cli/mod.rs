//! The command line: one file for each command, and what they share.
//!
//! Results go to standard output, complaints to standard error. With `--json` each result is one
//! line, a JSON object with the names of the API.

mod complaint;
mod connection;
mod deleted;
mod ensure;
mod exists;
mod gc;
mod inspect;
mod list;
mod long_work;
mod named_item;
mod operation_flags;
mod operation_value;
mod output_flags;
mod picture;
mod prewarm;
mod progress_line;
mod purge;
mod put;
mod read;
mod recipe_arguments;
mod record;
mod report;
mod resume_arguments;
mod saved;
mod selection;
mod size;
mod source_arguments;
mod spec_flags;
mod specs;
mod table;
mod url;
mod url_flags;
mod verify;
mod watch;
mod way_out;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::{complaint::Complaint, connection::Connection, report::Report};

/// Makes, finds and serves generated images through a Rendition server.
///
/// Exit codes: 0 all went well; 1 something failed, or for `exists` is absent; 2 the command line
/// is wrong.
#[derive(Debug, Parser)]
#[command(name = "rendition", version)]
pub(crate) struct Cli {
    #[command(flatten)]
    connection: Connection,
    /// Print one JSON object per line, with the names of the API
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make sure that renditions exist: find, generate or queue them
    Ensure(ensure::Ensure),
    /// Say whether renditions exist; exits with 1 if one does not
    Exists(exists::Exists),
    /// Print the URLs of renditions, one per line, in the order of the sources
    Url(url::Url),
    /// Tell what an HTML page needs of sources in a family's widths and formats
    Picture(picture::Picture),
    /// Read the bytes of a rendition, generating it if it is missing
    Read(read::Read),
    /// Tell how renditions come along until all are ready or failed; starts nothing
    Watch(watch::Watch),
    /// List the specs in the server's configuration, or show one
    Specs(specs::Specs),
    /// Bring a source to the server
    Put(put::Put),
    /// Say that sources were saved, so that what is wanted ahead is made
    Saved(saved::Saved),
    /// Say that sources were deleted, so that their renditions go
    Deleted(deleted::Deleted),
    /// Tell what sources are: version, size, frames, placeholder
    Inspect(inspect::Inspect),
    /// List the stored renditions of sources
    List(list::List),
    /// Remove stored renditions of sources
    Purge(purge::Purge),
    /// Make the renditions of many sources ahead, in the background
    Prewarm(prewarm::Prewarm),
    /// Remove stored renditions that no source and no spec accounts for
    Gc(gc::Gc),
    /// Read stored renditions and tell which are not what their keys say
    Verify(verify::Verify),
}

/// What a command that ran to its end has to say by its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// All went well.
    Good,
    /// Something failed, or is absent; what, has been told.
    Bad,
}

impl Verdict {
    fn good_if(good: bool) -> Self {
        if good { Self::Good } else { Self::Bad }
    }
}

impl Cli {
    /// Runs the command and tells what went wrong.
    pub(crate) async fn run(self) -> ExitCode {
        let mut report = Report::new(self.json);
        match self.command.run(&self.connection, &mut report).await {
            Ok(Verdict::Good) => ExitCode::SUCCESS,
            Ok(Verdict::Bad) => ExitCode::FAILURE,
            Err(Complaint::ClosedPipe) => ExitCode::SUCCESS,
            Err(complaint) => {
                report.complain(&complaint, &self.connection);
                ExitCode::from(if complaint.is_usage() { 2 } else { 1 })
            }
        }
    }
}

impl Command {
    async fn run(self, connection: &Connection, report: &mut Report) -> Result<Verdict, Complaint> {
        match self {
            Self::Ensure(command) => command.run(connection, report).await,
            Self::Exists(command) => command.run(connection, report).await,
            Self::Url(command) => command.run(connection, report).await,
            Self::Picture(command) => command.run(connection, report).await,
            Self::Read(command) => command.run(connection, report).await,
            Self::Watch(command) => command.run(connection, report).await,
            Self::Specs(command) => command.run(connection, report).await,
            Self::Put(command) => command.run(connection, report).await,
            Self::Saved(command) => command.run(connection, report).await,
            Self::Deleted(command) => command.run(connection, report).await,
            Self::Inspect(command) => command.run(connection, report).await,
            Self::List(command) => command.run(connection, report).await,
            Self::Purge(command) => command.run(connection, report).await,
            Self::Prewarm(command) => command.run(connection, report).await,
            Self::Gc(command) => command.run(connection, report).await,
            Self::Verify(command) => command.run(connection, report).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }
}
