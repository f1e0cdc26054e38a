//! A plan in words, and in JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Calls, FormRollout, Rollout, SpecRollout};
use crate::config::format_size;

/// The plan for people, several lines.
pub fn text(rollout: &Rollout) -> String {
    let mut out = String::new();
    // Writing to a string can't fail.
    for SpecRollout { difference, forms } in &rollout.specs {
        let _ = write!(out, "spec {}: {}", difference.id, difference.change.as_str());
        if !difference.fields.is_empty() {
            let _ = write!(out, " ({})", difference.fields.join(", "));
        }
        out.push('\n');
        for form in forms {
            let _ = writeln!(out, "  {}", line(form));
        }
    }
    if rollout.specs.is_empty() {
        out.push_str("no named spec differs\n");
    }
    let (seconds, error) = rollout.seconds();
    let _ = writeln!(
        out,
        "in all: {} renditions of {} sources ({} folders listed), {} of one processor's time, {}",
        rollout.renditions(),
        rollout.sources,
        rollout.listed,
        with_error(seconds, error),
        bytes(rollout.bytes()),
    );
    let Calls { stats, reads, writes, lists } = rollout.calls();
    let _ = writeln!(out, "storage calls: {stats} stats, {reads} reads, {writes} writes, {lists} listings");
    if !rollout.restart_needed.is_empty() {
        let _ = writeln!(out, "a restart is needed for: {}", rollout.restart_needed.join(", "));
    }
    out
}

fn line(form: &FormRollout) -> String {
    let digest = |digest: &Option<crate::model::Digest>| {
        digest.map_or_else(|| "-".to_owned(), |digest| digest.as_str()[..8].to_owned())
    };
    let tally = form.tally;
    let keys = format!("{} {} -> {}", form.format, digest(&form.old), digest(&form.new));
    if form.new.is_none() {
        return format!("{keys}: nothing is made, and what there is stays behind until it is collected");
    }
    let counts = format!(
        "{keys}: {} sources, {} to be made anew, {} never made before, {} there already",
        tally.sources, tally.replaces, tally.missing, tally.there
    );
    match &form.estimate {
        Some(estimate) => format!(
            "{counts}; each {}, {} (measured on {}, {} failed)",
            with_error(estimate.seconds, estimate.error),
            bytes(estimate.bytes),
            estimate.made,
            estimate.failed
        ),
        None if tally.makes() > 0 => {
            format!("{counts}; none of the sample could be made, so nothing is known of its cost")
        }
        None => counts,
    }
}

fn with_error(seconds: f64, error: f64) -> String {
    let (unit, factor) = if seconds < 1.0 { ("ms", 1000.0) } else { ("s", 1.0) };
    let share = if seconds > 0.0 { 100.0 * error / seconds } else { 0.0 };
    format!("{:.1} {unit} ± {share:.0} %", seconds * factor)
}

fn bytes(bytes: f64) -> String {
    // Three digits say all that a sample knows.
    const STEP: f64 = 1024.0;
    match bytes {
        _ if bytes >= STEP * STEP * STEP => format!("{:.1} GiB", bytes / (STEP * STEP * STEP)),
        _ if bytes >= STEP * STEP => format!("{:.1} MiB", bytes / (STEP * STEP)),
        _ if bytes >= STEP => format!("{:.1} KiB", bytes / STEP),
        _ => format_size(bytes as u64),
    }
}

/// The plan for programs.
pub fn json(rollout: &Rollout) -> Value {
    let (seconds, error) = rollout.seconds();
    let Calls { stats, reads, writes, lists } = rollout.calls();
    let specs: Vec<Value> = rollout
        .specs
        .iter()
        .map(|SpecRollout { difference, forms }| {
            json!({
                "id": difference.id.as_str(),
                "change": difference.change.as_str(),
                "fields": difference.fields,
                "forms": forms.iter().map(form).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "specs": specs,
        "sources": rollout.sources,
        "folders_listed": rollout.listed,
        "renditions": rollout.renditions(),
        "cpu_seconds": seconds,
        "cpu_seconds_error": error,
        "bytes": rollout.bytes().round(),
        "storage_calls": { "stats": stats, "reads": reads, "writes": writes, "lists": lists },
        "restart_needed": rollout.restart_needed,
    })
}

fn form(form: &FormRollout) -> Value {
    let digest = |digest: &Option<crate::model::Digest>| digest.map(|digest| digest.as_str().to_owned());
    json!({
        "format": form.format,
        "old_digest": digest(&form.old),
        "new_digest": digest(&form.new),
        "sources": form.tally.sources,
        "replaces": form.tally.replaces,
        "missing": form.tally.missing,
        "there": form.tally.there,
        "estimate": form.estimate.map(|estimate| json!({
            "cpu_seconds": estimate.seconds,
            "cpu_seconds_error": estimate.error,
            "bytes": estimate.bytes.round(),
            "made": estimate.made,
            "failed": estimate.failed,
        })),
    })
}
