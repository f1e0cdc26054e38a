//! Pictures: their requests, and their answers with the text that a page needs.

use std::fmt::Write as _;

use rendition_proto::v1 as proto;

use super::{
    rendition::{failure, placeholder, rendition},
    request::{self, url_options},
    source::in_source_request,
};
use crate::{
    engine::{Picture, PictureEntry, PictureFormat, PictureRequest},
    model::{Error, Reason, SpecId},
};

/// What `Picture` asks.
pub fn picture_request(message: proto::PictureRequest) -> Result<PictureRequest, Error> {
    let source = message.source.ok_or_else(|| {
        Error::new(Reason::InvalidPath, "no source is named: set its path").field("source.path")
    })?;
    Ok(PictureRequest {
        source: request::source(source).map_err(in_source_request)?,
        family: SpecId::new(&message.family_id).map_err(|error| error.field("family_id"))?,
        url: url_options(message.url_options)?,
    })
}

impl From<Picture> for proto::PictureResponse {
    fn from(picture: Picture) -> Self {
        Self { picture: Some(message(picture)) }
    }
}

fn message(picture: Picture) -> proto::Picture {
    let Picture { family, formats, placeholder: shown, failure: failed } = picture;
    let (src, width, height) = match formats.last().and_then(|format| format.entries.last()) {
        // Without a height the shape is not known, and a width alone would be taken for one.
        Some(entry) if entry.height == 0 => (entry.view.url.clone(), 0, 0),
        Some(entry) => (entry.view.url.clone(), entry.width, entry.height),
        None => (String::new(), 0, 0),
    };
    proto::Picture {
        sources: formats.into_iter().map(source).collect(),
        src,
        width,
        height,
        sizes: family.sizes.clone(),
        placeholder: shown.map(|shown| placeholder(&shown)),
        failure: failed.map(failure),
    }
}

fn source(format: PictureFormat) -> proto::PictureSource {
    proto::PictureSource {
        media_type: format.format.media_type().to_owned(),
        srcset: srcset(&format.entries),
        entries: format
            .entries
            .into_iter()
            .map(|PictureEntry { width, height, view }| proto::PictureEntry {
                width,
                height,
                rendition: Some(rendition(view)),
            })
            .collect(),
    }
}

/// URLs with width descriptors. A URL has neither white space nor a comma at its ends: both are percent-encoded in it.
fn srcset(entries: &[PictureEntry]) -> String {
    let mut text = String::new();
    for entry in entries {
        if !text.is_empty() {
            text.push_str(", ");
        }
        // Writing to a string can't fail.
        let _ = write!(text, "{} {}w", entry.view.url, entry.width);
    }
    text
}
