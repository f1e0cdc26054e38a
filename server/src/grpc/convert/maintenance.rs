//! Maintenance: what is asked, and how far it is.

use rendition_proto::v1 as proto;

use super::{
    prewarm::{execution, store},
    rendition::timestamp,
    request::duration,
};
use crate::{
    engine::{
        Collect, Collected, CollectedRendition, Defect, Finding, Garbage, Phase, Repair, Verified, Verify,
        VerifyDepth,
    },
    model::{Error, Reason},
};

/// What `CollectGarbage` asks.
pub fn collect(message: proto::CollectGarbageRequest) -> Result<Collect, Error> {
    Ok(Collect {
        store: store(&message.store)?,
        stale_versions: message.stale_versions,
        inline_age: duration(message.inline_age, "inline_age")?,
        grace: duration(message.grace_period, "grace_period")?,
        max_share: message.max_share,
        allow_empty_store: message.allow_empty_store,
        keep_unchecked: message.keep_unchecked,
        execution: execution(message.dry_run),
        removals_per_second: message.removals_per_second,
        resume_token: message.resume_token,
    })
}

/// What `Verify` asks.
pub fn verify(message: proto::VerifyRequest) -> Result<Verify, Error> {
    let repair = match proto::Repair::try_from(message.repair) {
        Ok(proto::Repair::Unspecified) => Repair::None,
        Ok(proto::Repair::Remove) => Repair::Remove,
        Ok(proto::Repair::Regenerate) => Repair::Regenerate,
        Err(_) => {
            let message = format!("{} is no value of Repair that this server knows", message.repair);
            return Err(Error::new(Reason::InvalidArgument, message).field("repair"));
        }
    };
    Ok(Verify {
        prefix: message.prefix,
        depth: if message.deep { VerifyDepth::Whole } else { VerifyDepth::Header },
        repair,
        reads_per_second: message.reads_per_second,
        resume_token: message.resume_token,
    })
}

impl From<Collected> for proto::CollectGarbageResponse {
    fn from(collected: Collected) -> Self {
        let counts = collected.counts;
        let phase = match counts.phase {
            Phase::Counting => proto::CollectionPhase::Counting,
            Phase::Removing => proto::CollectionPhase::Removing,
            Phase::Done => proto::CollectionPhase::Done,
        };
        Self {
            phase: phase.into(),
            seen: counts.seen,
            garbage: counts.garbage,
            garbage_bytes: counts.garbage_bytes,
            spared: counts.spared,
            unchecked: counts.unchecked,
            foreign: counts.foreign,
            removed: counts.removed,
            failed: counts.failed,
            collected: collected.collected.into_iter().map(Into::into).collect(),
            resume_token: collected.resume_token,
        }
    }
}

impl From<CollectedRendition> for proto::CollectedRendition {
    fn from(rendition: CollectedRendition) -> Self {
        let reason = match rendition.reason {
            Garbage::SourceGone => proto::GarbageReason::SourceGone,
            Garbage::SpecGone => proto::GarbageReason::SpecGone,
            Garbage::SpecChanged => proto::GarbageReason::SpecChanged,
            Garbage::VersionGone => proto::GarbageReason::VersionGone,
            Garbage::InlineAged => proto::GarbageReason::InlineAged,
            Garbage::StoreGone => proto::GarbageReason::StoreGone,
        };
        Self {
            key: rendition.key.as_str().to_owned(),
            reason: reason.into(),
            size_bytes: rendition.size,
            modified_at: Some(timestamp(rendition.modified)),
        }
    }
}

impl From<Verified> for proto::VerifyResponse {
    fn from(verified: Verified) -> Self {
        let counts = verified.counts;
        Self {
            verified: counts.verified,
            found: counts.found,
            repaired: counts.repaired,
            unreadable: counts.unreadable,
            foreign: counts.foreign,
            findings: verified.findings.into_iter().map(Into::into).collect(),
            resume_token: verified.resume_token,
        }
    }
}

impl From<Finding> for proto::Finding {
    fn from(finding: Finding) -> Self {
        let defect = match finding.defect {
            Defect::Empty => proto::Defect::Empty,
            Defect::Undecodable => proto::Defect::Undecodable,
            Defect::OtherFormat => proto::Defect::OtherFormat,
            Defect::Truncated => proto::Defect::Truncated,
            Defect::OtherSize => proto::Defect::OtherSize,
        };
        Self {
            key: finding.key.as_str().to_owned(),
            defect: defect.into(),
            message: finding.message,
            repaired: finding.is_repaired,
        }
    }
}
