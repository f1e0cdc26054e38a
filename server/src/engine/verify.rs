//! Verifying: whether stored renditions are what their keys say, and what is done about those that are not.

use std::{fmt, sync::Arc};

use futures_util::{StreamExt, stream::FuturesUnordered};
use serde::{Deserialize, Serialize};

use super::{
    Engine, Inner,
    examine::{Depth, Examined},
    gate::{Class, Ticket},
    pace::Pace,
    progress::{Teller, Told},
    request::{Call, Mode, Source},
    resume::Resume,
    stores::storage_error,
};
use crate::{
    model::{Error, Label, Reason, RenditionKey, VersionTag, key::KeyParts},
    storage::Walk,
};

/// How many objects are listed at a time.
const PAGE: usize = 4000;
/// How many are read at a time.
const AT_A_TIME: usize = 8;
/// How many findings are told together.
const TOLD: usize = 200;
/// How many are read a second, where the caller does not say.
const PER_SECOND: u32 = 100;

/// What is wrong with a stored rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// It has no bytes.
    Empty,
    /// It cannot be read as an image.
    Undecodable,
    /// It is of another format than its key says.
    OtherFormat,
    /// It ends before its end.
    Truncated,
    /// Its size cannot come from its spec.
    OtherSize,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "empty",
            Self::Undecodable => "undecodable",
            Self::OtherFormat => "of another format",
            Self::Truncated => "truncated",
            Self::OtherSize => "of another size",
        })
    }
}

/// What is done about a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// Nothing.
    None,
    /// The rendition is removed.
    Remove,
    /// It is made anew, or removed where that cannot be.
    Regenerate,
}

/// What to verify.
#[derive(Clone, Debug)]
pub struct Verify {
    /// What the keys begin with; empty: all.
    pub prefix: String,
    /// How closely they are looked at.
    pub depth: Depth,
    /// What is done about defects.
    pub repair: Repair,
    /// How many are read a second, 0: as many as the store gives; none: 100.
    pub reads_per_second: Option<u32>,
    /// Where another call stood; empty: from the start.
    pub resume_token: String,
}

/// A rendition that is not what its key says.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its key.
    pub key: RenditionKey,
    /// What is wrong.
    pub defect: Defect,
    /// The same in words.
    pub message: String,
    /// Whether it was repaired as asked.
    pub is_repaired: bool,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct VerifiedCounts {
    /// Renditions verified.
    pub verified: u64,
    /// Those with defects.
    pub found: u64,
    /// Those repaired.
    pub repaired: u64,
    /// Renditions that could not be read.
    pub unreadable: u64,
    /// Objects that are no renditions.
    pub foreign: u64,
}

/// How far a verification is.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The counts.
    pub counts: VerifiedCounts,
    /// What was found since it was told last.
    pub findings: Vec<Finding>,
    /// Goes on from here; empty at the end.
    pub resume_token: String,
}

/// The key up to which everything is verified.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Place {
    after: String,
}

impl Inner {
    /// Verifies stored renditions, and tells how far it is. INVALID_ARGUMENT; then the storage's error.
    pub(super) fn verify(
        self: &Arc<Self>,
        engine: Engine,
        call: &Call,
        request: Verify,
    ) -> Result<Told<Verified>, Error> {
        if request.prefix.starts_with('/') {
            let message = "a key begins with the name of a source store, and not with a slash";
            return Err(Error::new(Reason::InvalidArgument, message).field("prefix"));
        }
        let resume =
            Resume::new(&format!("verify {} {:?} {:?}", request.prefix, request.depth, request.repair));
        let course = Course {
            engine,
            ticket: Ticket { caller: call.ticket.caller.clone(), class: Class::Background },
            pace: Pace::per_second(request.reads_per_second.unwrap_or(PER_SECOND)),
            place: resume.place(&request.resume_token)?.unwrap_or_default(),
            resume,
            request,
            counts: VerifiedCounts::default(),
            findings: Vec::new(),
        };
        Ok(self.told(|teller| course.run(teller)))
    }
}

/// A verification on its way.
struct Course {
    /// Its specs are those of the moment: they may be exchanged while it runs.
    engine: Engine,
    request: Verify,
    ticket: Ticket,
    pace: Pace,
    resume: Resume,
    place: Place,
    counts: VerifiedCounts,
    findings: Vec<Finding>,
}

impl Course {
    async fn run(mut self, mut teller: Teller<Verified>) -> Result<(), Error> {
        self.tell(&mut teller).await;
        let folder = self.request.prefix.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        loop {
            let walk = Walk { folder: &folder, after: &self.place.after, most: PAGE };
            let found = self.engine.now().stores.rendition().store.walk(walk).await;
            let found = found.map_err(|error| storage_error(&error))?;
            let Some(last) = found.last().map(|last| last.path.clone()) else { break };
            let mut reading = FuturesUnordered::new();
            for found in found {
                if !found.path.starts_with(&self.request.prefix) {
                    continue;
                }
                let Some(parts) = KeyParts::parse(&found.path) else {
                    self.counts.foreign += 1;
                    continue;
                };
                self.pace.turn().await;
                reading.push(look(
                    self.engine.now(),
                    self.ticket.clone(),
                    parts,
                    found.size,
                    (self.request.depth, self.request.repair),
                ));
                if reading.len() >= AT_A_TIME
                    && let Some(looked) = reading.next().await
                {
                    self.add(looked);
                }
                self.tell_if_due(&mut teller).await;
            }
            while let Some(looked) = reading.next().await {
                self.add(looked);
                self.tell_if_due(&mut teller).await;
            }
            drop(reading);
            self.place.after = last;
        }
        let (counts, findings) = (self.counts, std::mem::take(&mut self.findings));
        teller.tell(Verified { counts, findings, resume_token: String::new() }).await;
        Ok(())
    }

    fn add(&mut self, looked: Looked) {
        match looked {
            Looked::Sound => self.counts.verified += 1,
            Looked::Gone => {}
            Looked::Unreadable => self.counts.unreadable += 1,
            Looked::Defective(finding) => {
                self.counts.verified += 1;
                self.counts.found += 1;
                self.counts.repaired += u64::from(finding.is_repaired);
                self.findings.push(finding);
            }
        }
    }

    async fn tell_if_due(&mut self, teller: &mut Teller<Verified>) {
        if teller.is_due() || self.findings.len() >= TOLD {
            self.tell(teller).await;
        }
    }

    async fn tell(&mut self, teller: &mut Teller<Verified>) {
        let findings = std::mem::take(&mut self.findings);
        let resume_token = self.resume.token(&self.place);
        teller.tell(Verified { counts: self.counts, findings, resume_token }).await;
    }
}

/// What came of looking at one rendition.
enum Looked {
    Sound,
    Gone,
    Unreadable,
    Defective(Finding),
}

async fn look(
    inner: Arc<Inner>,
    ticket: Ticket,
    parts: KeyParts,
    size: Option<u64>,
    (depth, repair): (Depth, Repair),
) -> Looked {
    let key = parts.key();
    let mut examined = inner.examine(&key, &parts, size, depth, &ticket).await;
    if matches!(examined, Ok(Examined::Defective(..))) {
        // It may have been written anew between two reads; what is so twice is so.
        examined = inner.examine(&key, &parts, None, depth, &ticket).await;
    }
    match examined {
        Ok(Examined::Sound) => Looked::Sound,
        Ok(Examined::Gone) => Looked::Gone,
        Ok(Examined::Defective(defect, message)) => {
            let is_repaired = match inner.repair(&key, &parts, repair, &ticket).await {
                Ok(is_repaired) => is_repaired,
                Err(error) => {
                    tracing::warn!(%key, %defect, %error, "a defective rendition cannot be repaired");
                    false
                }
            };
            Looked::Defective(Finding { key, defect, message, is_repaired })
        }
        Err(error) => {
            tracing::warn!(%key, %error, "a stored rendition cannot be read");
            Looked::Unreadable
        }
    }
}

impl Inner {
    /// Repairs a rendition as asked; whether it did anything.
    async fn repair(
        self: &Arc<Self>,
        key: &RenditionKey,
        parts: &KeyParts,
        repair: Repair,
        ticket: &Ticket,
    ) -> Result<bool, Error> {
        if repair == Repair::None {
            return Ok(false);
        }
        if repair == Repair::Regenerate
            && let Err(error) = self.regenerate(parts, ticket).await
        {
            // What may pass is no reason to remove what is shown meanwhile.
            if error.reason().is_temporary() && error.reason() != Reason::SourceChanged {
                return Err(error);
            }
            tracing::info!(%key, %error, "a defective rendition is removed, because it cannot be made anew");
        } else if repair == Repair::Regenerate {
            return Ok(true);
        }
        self.remove(key).await.map(|()| true)
    }

    /// Makes a rendition anew from its key alone, over what is stored.
    async fn regenerate(self: &Arc<Self>, parts: &KeyParts, ticket: &Ticket) -> Result<(), Error> {
        let Label::Named(id) = &parts.label else {
            return Err(Error::new(Reason::SpecNotFound, "its spec was sent by a caller"));
        };
        let registered = self.specs.get(id)?.clone();
        let spec = registered.resolution_of(parts).cloned().ok_or_else(|| {
            Error::new(Reason::SpecNotFound, "the spec of its id is configured otherwise by now")
        })?;
        let version = match &parts.version {
            VersionTag::Of(version) => Some(version.clone()),
            VersionTag::Immutable | VersionTag::Current => None,
        };
        let source =
            Source { store: Some(parts.store.clone()), path: parts.path.clone(), version, dimensions: None };
        let target = self.target_of(&source, spec, registered.named.strategy)?;
        let tag = self.tag(&target, None).await?;
        if tag != parts.version {
            return Err(Error::new(Reason::SourceChanged, "its source has another version by now"));
        }
        let mut boarding = self.depart_one(target.keyed(tag), Mode::Force, ticket)?;
        boarding.landing().await.map(|_| ())
    }
}
