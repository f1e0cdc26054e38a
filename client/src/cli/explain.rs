//! `rendition explain`.

use std::time::SystemTime;

use clap::Args;
use rendition_client::{Explanation, OutputFormat};
use serde_json::{Map, Value, json};

use super::{Complaint, Connection, Report, Verdict, record};

/// Tells what a key or a media URL is, how it is known, and why it is stale, failed or missing.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The key of a rendition, or a media URL with its query
    #[arg(value_name = "KEY|URL")]
    subject: String,
}

impl Explain {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let explanation = connection.client()?.explain(self.subject).await?;
        if report.is_json() {
            report.record(&explained(&explanation).into())?;
            return Ok(Verdict::Good);
        }
        report.line(explanation.summary())?;
        if let Some(advice) = explanation.advice() {
            report.line(format_args!("what to do: {advice}"))?;
        }
        let mut facts = Vec::new();
        for (section, fields) in explained(&explanation) {
            if let Value::Object(fields) = fields {
                facts.extend(fields.iter().map(|(name, value)| (format!("{section}.{name}"), plain(value))));
            }
        }
        let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in facts {
            report.line(format_args!("  {name:<width$}  {value}"))?;
        }
        Ok(Verdict::Good)
    }
}

/// A value for people: without quotes, and without what the API's enumerations begin with.
fn plain(value: &Value) -> String {
    const KINDS: [&str; 4] = ["SIGNATURE_STANDING_", "SPEC_STANDING_", "SOURCE_STANDING_", "STATE_"];
    match value {
        Value::String(text) => match KINDS.iter().find_map(|kind| text.strip_prefix(kind)) {
            Some(word) => word.to_lowercase().replace('_', " "),
            None => text.clone(),
        },
        other => other.to_string(),
    }
}

/// The explanation with the names of the API; sections and fields that say nothing are left out.
fn explained(explanation: &Explanation) -> Map<String, Value> {
    let mut sections = Map::new();
    sections.insert("summary".to_owned(), explanation.summary().into());
    if let Some(advice) = explanation.advice() {
        sections.insert("advice".to_owned(), advice.into());
    }
    let mut section = |name: &str, fields: Vec<(&str, Option<Value>)>| {
        let fields: Map<String, Value> =
            fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        if !fields.is_empty() {
            sections.insert(name.to_owned(), fields.into());
        }
    };
    let time = |time: Option<SystemTime>| time.map(record::time);
    let text = |text: Option<&str>| text.map(Value::from);
    section(
        "key",
        vec![
            ("key", Some(explanation.key().into())),
            ("store", Some(explanation.source_store().into())),
            ("path", Some(explanation.source_path().into())),
            ("spec_id", text(explanation.spec_id())),
            ("version", text(explanation.source_version())),
            ("digest", Some(explanation.digest().into())),
            ("format", explanation.format().map(OutputFormat::as_str).map(Value::from)),
        ],
    );
    section(
        "url",
        vec![
            ("signature", explanation.signature().map(|standing| standing.wire_name().into())),
            ("key_id", text(explanation.signing_key_id())),
            ("expire_time", time(explanation.url_expire_time())),
            ("honoured", explanation.is_honoured().map(Value::from)),
        ],
    );
    section(
        "spec",
        vec![
            ("standing", Some(explanation.spec_standing().wire_name().into())),
            ("present_digest", text(explanation.present_digest())),
            ("stands_in_until", time(explanation.stands_in_until())),
        ],
    );
    section(
        "source",
        vec![
            ("standing", Some(explanation.source_standing().wire_name().into())),
            ("present_version", text(explanation.present_version())),
            ("modified_at", time(explanation.source_modified_at())),
            ("deleted_until", time(explanation.deleted_until())),
            ("problem", text(explanation.source_problem())),
        ],
    );
    section(
        "memory",
        vec![
            ("state", explanation.remembered_state().map(|state| state.wire_name().into())),
            ("checked_at", time(explanation.checked_at())),
            ("expire_time", time(explanation.expire_time())),
            ("failure", explanation.failure().map(record::failure)),
        ],
    );
    section(
        "object",
        vec![
            ("size_bytes", explanation.stored_bytes().map(Value::from)),
            ("modified_at", time(explanation.stored_at())),
            ("etag", text(explanation.etag())),
        ],
    );
    let problem = text(explanation.object_problem());
    section("object_problem", vec![("message", problem)]);
    section(
        "work",
        vec![
            ("generating", Some(json!(explanation.is_generating()))),
            ("queued", Some(json!(explanation.is_queued()))),
            ("crashes", Some(json!(explanation.crashes()))),
        ],
    );
    sections
}
