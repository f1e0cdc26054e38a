//! `rendition gc`.

use std::time::Duration;

use clap::Args;
use rendition_client::{CollectGarbage, Collected, CollectedRendition};
use serde_json::{Value, json};

use super::{
    Complaint, Connection, Report, Verdict, long_work::follow, progress_line::ProgressLine, record,
    resume_arguments::ResumeArguments,
};

/// Removes stored renditions that no source and no spec accounts for, and prints their keys.
#[derive(Debug, Args)]
pub(crate) struct Gc {
    /// Remove nothing, and print what would go
    #[arg(long)]
    dry_run: bool,
    /// At most this many removals a second; 0: as many as the store takes
    #[arg(long, value_name = "COUNT")]
    per_second: Option<u32>,
    /// Only renditions of sources in this store
    #[arg(long, value_name = "NAME", help_heading = "Selection")]
    store: Option<String>,
    /// Also renditions of versions that their sources no longer have
    #[arg(long, help_heading = "Selection")]
    stale_versions: bool,
    /// Also renditions of specs that callers sent, from this age on, e.g. 90d
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = "Selection")]
    inline_age: Option<Duration>,
    /// Spare what was stored within this time; without it 24 h
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = "Brakes")]
    grace: Option<Duration>,
    /// The largest part of all that may go, from 0 to 1; without it 0.2
    #[arg(long, value_name = "SHARE", help_heading = "Brakes")]
    max_share: Option<f64>,
    /// Go on where the source store shows no source at all
    #[arg(long, help_heading = "Brakes")]
    allow_empty_store: bool,
    /// Go on where a source store errs, and keep what it cannot tell about
    #[arg(long, help_heading = "Brakes")]
    keep_unchecked: bool,
    #[command(flatten)]
    resume: ResumeArguments,
}

impl Gc {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let progress = connection.client()?.collect_garbage(self.request()?).await?;
        let dry_run = self.dry_run;
        let told = |collected: &Collected, line: &mut ProgressLine| {
            if report.is_json() {
                report.record(&as_record(collected))?;
            } else {
                for rendition in collected.collected() {
                    line.clear();
                    report.line(format_args!("{}  {}", rendition.key(), rendition.reason()))?;
                }
            }
            if collected.resume_token().is_some() {
                line.show(part(collected), &in_words(collected, dry_run));
            }
            Ok(())
        };
        let last = follow(progress, &self.resume, Collected::resume_token, told).await?;
        ProgressLine::new().end(&in_words(&last, dry_run));
        Ok(Verdict::good_if(last.failed() == 0))
    }

    fn request(&self) -> Result<CollectGarbage, Complaint> {
        let mut request = CollectGarbage::new().resume(self.resume.token()?);
        if let Some(store) = &self.store {
            request = request.store(store);
        }
        if let Some(age) = self.inline_age {
            request = request.inline_age(age);
        }
        if let Some(time) = self.grace {
            request = request.grace_period(time);
        }
        if let Some(share) = self.max_share {
            request = request.max_share(share);
        }
        if let Some(many) = self.per_second {
            request = request.removals_per_second(many);
        }
        type Flag = fn(CollectGarbage) -> CollectGarbage;
        let flags: [(bool, Flag); 4] = [
            (self.dry_run, CollectGarbage::dry_run),
            (self.stale_versions, CollectGarbage::stale_versions),
            (self.allow_empty_store, CollectGarbage::allow_empty_store),
            (self.keep_unchecked, CollectGarbage::keep_unchecked),
        ];
        Ok(flags.into_iter().filter(|(set, _)| *set).fold(request, |request, (_, flag)| flag(request)))
    }
}

/// The part that is removed; how much there is to count, nobody knows beforehand.
fn part(collected: &Collected) -> Option<f64> {
    let all = collected.garbage();
    (collected.removed() > 0 && all > 0).then(|| collected.removed() as f64 / all as f64)
}

fn in_words(collected: &Collected, dry_run: bool) -> String {
    let removed = if dry_run {
        "none removed: this is a dry run".to_owned()
    } else {
        format!("{} removed, {} failed", collected.removed(), collected.failed())
    };
    format!(
        "{} renditions: {} garbage ({} bytes), {} too young to go; {removed}",
        collected.seen(),
        collected.garbage(),
        collected.garbage_bytes(),
        collected.spared(),
    )
}

fn as_record(collected: &Collected) -> Value {
    let renditions: Vec<Value> = collected.collected().iter().map(rendition).collect();
    let mut record = json!({
        "phase": collected.phase().wire_name(),
        "seen": collected.seen(),
        "garbage": collected.garbage(),
        "garbage_bytes": collected.garbage_bytes(),
        "spared": collected.spared(),
        "unchecked": collected.unchecked(),
        "foreign": collected.foreign(),
        "removed": collected.removed(),
        "failed": collected.failed(),
        "collected": renditions,
    });
    record::set_all(&mut record, [("resume_token", collected.resume_token().map(Value::from))]);
    record
}

fn rendition(rendition: &CollectedRendition) -> Value {
    let mut record = json!({ "key": rendition.key(), "reason": rendition.reason().wire_name() });
    record::set_all(
        &mut record,
        [
            ("size_bytes", rendition.size_bytes().map(Value::from)),
            ("modified_at", rendition.modified_at().map(record::time)),
        ],
    );
    record
}
