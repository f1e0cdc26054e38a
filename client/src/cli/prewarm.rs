//! `rendition prewarm`.

use std::time::Duration;

use clap::Args;
use rendition_client::{OutputFormat, Prewarm as Request, Prewarmed};
use serde_json::{Value, json};

use super::{
    Complaint, Connection, Report, Verdict, long_work::follow, progress_line::ProgressLine, record,
    resume_arguments::ResumeArguments,
};

/// Makes the renditions of many sources ahead.
#[derive(Debug, Args)]
pub(crate) struct Prewarm {
    /// Which sources: a glob ("photos/**/*.jpg"; quote it), or what their paths begin with; without it all
    #[arg(value_name = "SOURCES", default_value = "")]
    sources: String,
    /// The store of the sources; without it the server's default
    #[arg(long, value_name = "NAME")]
    store: Option<String>,
    /// By this named spec; may be given several times. Without it by all whose `sources` match
    #[arg(long = "spec", value_name = "ID")]
    specs: Vec<String>,
    /// Of `auto` outputs make this format; may be given several times. Without it all
    #[arg(long, value_name = "FORMAT")]
    accept: Vec<OutputFormat>,
    /// Make again what is stored already
    #[arg(long, conflicts_with = "only_missing")]
    force: bool,
    /// Leave alone what has a rendition by the same spec already, be it out of date
    #[arg(long)]
    only_missing: bool,
    /// Make nothing, and count what would be made
    #[arg(long)]
    dry_run: bool,
    /// At most this many sources at a time; without it four for each processor of the server
    #[arg(long, value_name = "COUNT")]
    concurrency: Option<u32>,
    #[command(flatten)]
    resume: ResumeArguments,
}

impl Prewarm {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let progress = connection.client()?.prewarm(self.request()?).await?;
        let dry_run = self.dry_run;
        let told = |prewarmed: &Prewarmed, line: &mut ProgressLine| {
            if report.is_json() {
                report.record(&as_record(prewarmed))?;
            }
            for failure in prewarmed.failures() {
                line.clear();
                let subject = format!("{} {}", failure.path(), failure.spec_id());
                report.complain_about(&subject, &failure.error(), connection);
            }
            if prewarmed.resume_token().is_some() {
                line.show(part(prewarmed), &in_words(prewarmed, dry_run));
            }
            Ok(())
        };
        let last = follow(progress, &self.resume, Prewarmed::resume_token, told).await?;
        if !report.is_json() {
            report.line(in_words(&last, dry_run))?;
        }
        Ok(Verdict::good_if(last.failed() == 0))
    }

    fn request(&self) -> Result<Request, Complaint> {
        let mut request = Request::of(&self.sources).resume(self.resume.token()?);
        if let Some(store) = &self.store {
            request = request.store(store);
        }
        request = self.specs.iter().fold(request, Request::spec);
        request = self.accept.iter().fold(request, |request, format| request.accept(*format));
        if self.force {
            request = request.force();
        }
        if self.only_missing {
            request = request.only_missing();
        }
        if self.dry_run {
            request = request.dry_run();
        }
        Ok(match self.concurrency {
            Some(sources) => request.concurrency(sources),
            None => request,
        })
    }
}

fn part(prewarmed: &Prewarmed) -> Option<f64> {
    let total = prewarmed.sources_total().filter(|total| *total > 0)?;
    Some(prewarmed.sources_done() as f64 / total as f64)
}

fn in_words(prewarmed: &Prewarmed, dry_run: bool) -> String {
    let total = prewarmed.sources_total().map(|total| format!("/{total}")).unwrap_or_default();
    let made = if dry_run { "to make" } else { "made" };
    let mut words = format!(
        "{}{total} sources: {} {made}, {} there, {} failed",
        prewarmed.sources_done(),
        prewarmed.done(),
        prewarmed.skipped(),
        prewarmed.failed(),
    );
    if prewarmed.resume_token().is_some() {
        words += &format!(", {:.1}/s", prewarmed.rate());
        if let Some(left) = prewarmed.time_left() {
            // Whole seconds: what is finer changes with every message.
            let left = Duration::from_secs(left.as_secs());
            words += &format!(", {} left", humantime::format_duration(left));
        }
    }
    words
}

fn as_record(prewarmed: &Prewarmed) -> Value {
    let failures: Vec<Value> = prewarmed
        .failures()
        .iter()
        .map(|failure| {
            let error = record::error(&failure.error());
            json!({ "path": failure.path(), "spec_id": failure.spec_id(), "error": error })
        })
        .collect();
    let mut record = json!({
        "done": prewarmed.done(),
        "skipped": prewarmed.skipped(),
        "failed": prewarmed.failed(),
        "sources_done": prewarmed.sources_done(),
        "failures": failures,
        "rate": prewarmed.rate(),
    });
    let time_left = prewarmed.time_left().map(|left| format!("{}s", left.as_secs_f64()));
    record::set_all(
        &mut record,
        [
            ("sources_total", prewarmed.sources_total().map(Value::from)),
            ("time_left", time_left.map(Value::from)),
            ("resume_token", prewarmed.resume_token().map(Value::from)),
        ],
    );
    record
}
