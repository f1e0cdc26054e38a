//! `rendition verify`.

use clap::Args;
use rendition_client::{Repair, Verified, Verify as Request};
use serde_json::{Value, json};

use super::{
    Complaint, Connection, Report, Verdict, long_work::follow, progress_line::ProgressLine, record,
    resume_arguments::ResumeArguments,
};

/// Reads stored renditions, and prints those that are not what their keys say.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Only renditions whose keys begin so: a source store's name, a slash, the beginning of a path
    #[arg(value_name = "PREFIX", default_value = "")]
    prefix: String,
    /// Decode each of them whole; without it the header and the end are read
    #[arg(long)]
    deep: bool,
    /// What to do about them: remove, or regenerate
    #[arg(long, value_name = "HOW")]
    repair: Option<Repair>,
    /// At most this many reads a second; 0: as many as the store gives
    #[arg(long, value_name = "COUNT")]
    per_second: Option<u32>,
    #[command(flatten)]
    resume: ResumeArguments,
}

impl Verify {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let progress = connection.client()?.verify(self.request()?).await?;
        let told = |verified: &Verified, line: &mut ProgressLine| {
            if report.is_json() {
                report.record(&as_record(verified))?;
            } else {
                for finding in verified.findings() {
                    line.clear();
                    let repaired = if finding.is_repaired() { "  repaired" } else { "" };
                    let (key, defect, message) = (finding.key(), finding.defect(), finding.message());
                    report.line(format_args!("{key}  {defect}{repaired}  {message}"))?;
                }
            }
            if verified.resume_token().is_some() {
                line.show(None, &in_words(verified));
            }
            Ok(())
        };
        let last = follow(progress, &self.resume, Verified::resume_token, told).await?;
        ProgressLine::new().end(&in_words(&last));
        Ok(Verdict::good_if(last.found() == last.repaired() && last.unreadable() == 0))
    }

    fn request(&self) -> Result<Request, Complaint> {
        let mut request = Request::new().prefix(&self.prefix).resume(self.resume.token()?);
        if self.deep {
            request = request.deep();
        }
        if let Some(repair) = self.repair {
            request = request.repair(repair);
        }
        Ok(match self.per_second {
            Some(many) => request.reads_per_second(many),
            None => request,
        })
    }
}

fn in_words(verified: &Verified) -> String {
    format!(
        "{} verified: {} defective, {} repaired; {} could not be read",
        verified.verified(),
        verified.found(),
        verified.repaired(),
        verified.unreadable()
    )
}

fn as_record(verified: &Verified) -> Value {
    let findings: Vec<Value> = verified
        .findings()
        .iter()
        .map(|finding| {
            json!({
                "key": finding.key(),
                "defect": finding.defect().wire_name(),
                "message": finding.message(),
                "repaired": finding.is_repaired(),
            })
        })
        .collect();
    let mut record = json!({
        "verified": verified.verified(),
        "found": verified.found(),
        "repaired": verified.repaired(),
        "unreadable": verified.unreadable(),
        "foreign": verified.foreign(),
        "findings": findings,
    });
    record::set_all(&mut record, [("resume_token", verified.resume_token().map(Value::from))]);
    record
}
