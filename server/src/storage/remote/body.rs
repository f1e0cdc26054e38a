//! Reading a body in one request that tells the object's facts first.

use std::ops::Range;

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Stream, TryStreamExt, stream};
use opendal::{BufferStream, ErrorKind, Metadata, Operator, Result};

use super::super::Stat;
use super::super::object::CHUNK;

/// A body that has been opened: its request has been answered, nothing of it has been read yet.
pub(super) struct Body {
    pub(super) stat: Stat,
    /// How many bytes are to come.
    length: u64,
    buffers: BufferStream,
}

impl Body {
    /// Asks for `range`, or for all, of the object at `version`, or at any.
    pub(super) async fn open(
        operator: &Operator,
        path: &str,
        range: Option<Range<u64>>,
        version: Option<&str>,
    ) -> Result<Self> {
        let mut reader = operator.reader_with(path);
        if let Some(version) = version {
            reader = reader.if_match(&quoted(version));
        }
        let reader = reader.await?;
        let mut buffers = match &range {
            Some(range) => reader.into_stream(range.clone()).await?,
            None => reader.into_stream(..).await?,
        };
        let stat = stat(&buffers.metadata().await?);
        let length = range.map_or(stat.size, |range| range.end.min(stat.size).saturating_sub(range.start));
        Ok(Self { stat, length, buffers })
    }

    /// All bytes at once.
    pub(super) async fn collect(self) -> Result<(Stat, Bytes)> {
        let Self { stat, length, mut buffers } = self;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let mut bytes = BytesMut::new();
        // Asked no further than the expected end: a range that ends beyond the object's end is an error there.
        while bytes.len() < length {
            let Some(mut buffer) = buffers.try_next().await? else { return Err(cut_short()) };
            let take = buffer.remaining().min(length - bytes.len());
            if bytes.is_empty() {
                bytes.reserve(length.min(1 << 20));
            }
            bytes.extend_from_slice(&buffer.copy_to_bytes(take));
        }
        Ok((stat, bytes.freeze()))
    }

    /// The bytes in small chunks, as they are asked for.
    pub(super) fn chunks(self) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
        let state = (self.buffers, opendal::Buffer::new(), self.length);
        stream::try_unfold(state, |(mut buffers, mut buffer, rest)| async move {
            if rest == 0 {
                return Ok(None);
            }
            while !buffer.has_remaining() {
                let Some(next) = buffers.try_next().await? else { return Err(cut_short()) };
                buffer = next;
            }
            let most = usize::try_from(rest).unwrap_or(CHUNK).min(CHUNK);
            let chunk = buffer.copy_to_bytes(buffer.remaining().min(most));
            let rest = rest - chunk.len() as u64;
            Ok(Some((chunk, (buffers, buffer, rest))))
        })
    }
}

fn cut_short() -> opendal::Error {
    opendal::Error::new(ErrorKind::Unexpected, "the body ended early").set_temporary()
}

/// What a response's headers say of the object.
pub(super) fn stat(metadata: &Metadata) -> Stat {
    Stat {
        size: metadata.content_length(),
        version: metadata.etag().map(unquoted),
        modified: metadata.last_modified().map(Into::into),
    }
}

/// The etag without its quotes; a weak one keeps its mark.
pub(super) fn unquoted(etag: &str) -> String {
    etag.replace('"', "")
}

fn quoted(version: &str) -> String {
    match version.strip_prefix("W/") {
        Some(weak) => format!("W/\"{weak}\""),
        None => format!("\"{version}\""),
    }
}
