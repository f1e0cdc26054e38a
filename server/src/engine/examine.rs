//! A look at a stored rendition: whether it is what its key says.

use std::sync::Arc;

use bytes::Bytes;
use rendition_imaging::{
    Animation, Header, ImageError, Limits, Output, Plan, ResizeToFit, Spec, TAIL, ends_whole,
};
use tokio::sync::oneshot;

use super::{
    Inner, background::queue_error, fetch::overloaded, gate::Ticket, rank::Rank, run::CRASHES,
    stores::storage_error, verify::Defect, workers::guarded,
};
use crate::{
    model::{Error, Label, RenditionKey, key::KeyParts},
    storage::ReadOptions,
};

/// How many bytes hold the header of what we write, unless much metadata stands before it.
const HEAD: u64 = 64 << 10;
/// How many hold it whatever metadata there is.
const LONG_HEAD: u64 = 4 << 20;
/// The side to which a picture is made smaller when it is decoded only to see whether it can be.
const SIDE: u32 = 16;

/// How closely a rendition is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// At its header and its end.
    Header,
    /// At all of it: it is decoded.
    Whole,
}

/// What a look tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Examined {
    /// It is what its key says.
    Sound,
    /// It is not there any more.
    Gone,
    /// It is not what its key says.
    Defective(Defect, String),
}

impl Inner {
    /// Looks at a rendition; `size` is its length in bytes as it was listed, none: the store is asked. The storage's error,
    /// OVERLOADED, or INTERNAL for a worker that ended without a word.
    pub(super) async fn examine(
        self: &Arc<Self>,
        key: &RenditionKey,
        parts: &KeyParts,
        size: Option<u64>,
        depth: Depth,
        ticket: &Ticket,
    ) -> Result<Examined, Error> {
        let store = &self.stores.rendition().store;
        let length = match size {
            Some(size) => size,
            None => match store.stat(key.as_str()).await.map_err(|error| storage_error(&error))? {
                Some(stat) => stat.size,
                None => return Ok(Examined::Gone),
            },
        };
        if length == 0 {
            return Ok(Examined::Defective(Defect::Empty, "it has no bytes".to_owned()));
        }
        let Some(head) = self.part(key, 0..HEAD.min(length)).await? else { return Ok(Examined::Gone) };
        let tail = match length.checked_sub(TAIL as u64) {
            Some(start) if length > HEAD => match self.part(key, start..length).await? {
                Some(tail) => tail,
                None => return Ok(Examined::Gone),
            },
            _ => head.slice(head.len().saturating_sub(TAIL)..),
        };
        if !ends_whole(parts.format, &head, &tail, length) {
            // Bytes of another format have another end.
            return Ok(match guarded(|| rendition_imaging::inspect(&head)) {
                Ok(Ok(header)) if is_other(&header, parts) => other_format(&header, parts),
                _ => Examined::Defective(
                    Defect::Truncated,
                    format!("it does not end as {} does, after {length} bytes", parts.format),
                ),
            });
        }
        if !parts.format.is_written() {
            // This build does not read it either.
            return Ok(Examined::Sound);
        }
        let mut read = guarded(|| rendition_imaging::inspect(&head));
        if !matches!(read, Ok(Ok(_))) && length > HEAD {
            let Some(head) = self.part(key, 0..LONG_HEAD.min(length)).await? else {
                return Ok(Examined::Gone);
            };
            read = guarded(|| rendition_imaging::inspect(&head));
        }
        let header = match read {
            Ok(Ok(header)) => header,
            Ok(Err(error)) => return Ok(undecodable(&error)),
            Err(panicked) => return Ok(Examined::Defective(Defect::Undecodable, panicked.message)),
        };
        if is_other(&header, parts) {
            return Ok(other_format(&header, parts));
        }
        if let Some(wrong) = self.other_size(&header, parts) {
            return Ok(wrong);
        }
        match depth {
            Depth::Header => Ok(Examined::Sound),
            Depth::Whole => self.decodes(key, length, ticket).await,
        }
    }

    async fn part(&self, key: &RenditionKey, range: std::ops::Range<u64>) -> Result<Option<Bytes>, Error> {
        let part = self.stores.rendition().store.read_range(key.as_str(), range).await;
        part.map_err(|error| storage_error(&error))
    }

    /// Whether the size is another one than the spec makes of any source.
    fn other_size(&self, header: &Header, parts: &KeyParts) -> Option<Examined> {
        let Label::Named(id) = &parts.label else { return None };
        let spec = self.specs.get(id).ok()?.resolution_of(parts)?.clone();
        let size = spec.size.filter(|size| *size != header.size)?;
        let message = format!("it has {} pixels where its spec makes {size}", header.size);
        Some(Examined::Defective(Defect::OtherSize, message))
    }

    /// Decodes a rendition, as a generation of the background does: admitted, in the journal, on a worker.
    async fn decodes(
        self: &Arc<Self>,
        key: &RenditionKey,
        length: u64,
        ticket: &Ticket,
    ) -> Result<Examined, Error> {
        let keys = vec![format!("verify:{key}")];
        if self.queue.crashes(&keys[0]) >= CRASHES {
            let message = "the server crashed twice while it decoded it".to_owned();
            return Ok(Examined::Defective(Defect::Undecodable, message));
        }
        let rank = Rank::new(ticket);
        let room = rank.enter(&self.fetching, length).await.map_err(overloaded)?;
        let options = ReadOptions::default();
        let object = self.stores.rendition().store.read(key.as_str(), &options).await;
        let Some(object) = object.map_err(|error| storage_error(&error))? else { return Ok(Examined::Gone) };
        let planned = guarded(|| planned(&object.bytes, &self.limits.imaging));
        let (header, plan) = match planned {
            Ok(Ok(planned)) => planned,
            // It is larger than sources may be; that is no defect.
            Ok(Err(ImageError::LimitExceeded { .. })) => return Ok(Examined::Sound),
            Ok(Err(error)) => return Ok(undecodable(&error)),
            Err(panicked) => return Ok(Examined::Defective(Defect::Undecodable, panicked.message)),
        };
        let permit = rank.enter(&self.generation, plan.memory_bytes()).await.map_err(overloaded)?;
        self.queue.begin(&keys).map_err(|error| queue_error(&error))?;
        let (told, decoded) = oneshot::channel();
        let inner = self.clone();
        self.workers.start(permit.class(), move || {
            let drawn = guarded(|| {
                let decoded = rendition_imaging::decode(&object.bytes, &header, plan.decode())?;
                rendition_imaging::render(&decoded, &plan).map(drop)
            });
            inner.queue.end(&keys);
            drop((room, permit));
            // Nobody waits any more: then nobody is told.
            let _ = told.send(drawn);
        });
        match decoded.await {
            Ok(Ok(Ok(()) | Err(ImageError::LimitExceeded { .. }))) => Ok(Examined::Sound),
            Ok(Ok(Err(error))) => Ok(undecodable(&error)),
            Ok(Err(panicked)) => Ok(Examined::Defective(Defect::Undecodable, panicked.message)),
            Err(_) => Err(Error::internal("the decode of a rendition ended without a result")),
        }
    }
}

/// The header of a rendition, and a plan by which all its pixels and frames are decoded and next to nothing is encoded.
fn planned(bytes: &Bytes, limits: &Limits) -> Result<(Header, Plan), ImageError> {
    let header = rendition_imaging::inspect(bytes)?;
    let fit = ResizeToFit { width: SIDE, height: SIDE, ..ResizeToFit::default() };
    let output =
        if header.is_animated() { Output::Gif(Default::default()) } else { Output::Png(Default::default()) };
    let spec = Spec { animation: Animation::Keep, ..Spec::new(vec![fit.into()], output) };
    let plan = Plan::new(&header, bytes.len() as u64, &spec, limits)?;
    Ok((header, plan))
}

fn is_other(header: &Header, parts: &KeyParts) -> bool {
    header.format.media_type() != parts.format.media_type()
}

fn other_format(header: &Header, parts: &KeyParts) -> Examined {
    let message =
        format!("it is {}, and its key says {}", header.format.media_type(), parts.format.media_type());
    Examined::Defective(Defect::OtherFormat, message)
}

fn undecodable(error: &ImageError) -> Examined {
    Examined::Defective(Defect::Undecodable, error.to_string())
}
