//! What a file shows: the pictures of its colours and its alpha, and what is to be done with them.

use crate::cicp::Cicp;
use crate::region::Cut;
use crate::{ImageError, Orientation};

use super::boxes::{Boxes, broken};
use super::items::Items;
use super::mosaic::Mosaic;
use super::properties::Properties;
use super::track::Track;

/// What a file shows.
pub(super) struct Content<'a> {
    pub color: Mosaic<'a>,
    pub alpha: Option<Mosaic<'a>>,
    /// Whether the colours are multiplied by alpha.
    pub is_premultiplied: bool,
    /// The part of the picture that is shown.
    pub shown: Cut,
    pub orientation: Orientation,
    pub icc: Option<&'a [u8]>,
    /// What the samples stand for, as far as the file or the bitstream says.
    pub cicp: Cicp,
    /// What the samples of alpha stand for: it has a range.
    pub alpha_cicp: Cicp,
    pub frames: u32,
    /// Blocks of metadata, empty where there are none.
    pub exif: &'a [u8],
    pub xmp: &'a [u8],
}

impl<'a> Content<'a> {
    /// Reads the boxes of a file, of which a prefix that holds them is enough.
    pub fn read(file: &'a [u8]) -> Result<Content<'a>, ImageError> {
        let find = |kind| Boxes(file).find_kind(kind);
        let brand =
            find(b"ftyp").and_then(|content| content.get(..4)).ok_or_else(|| broken("it has no type"))?;
        let meta = find(b"meta");
        match (find(b"moov"), meta) {
            (Some(moov), _) if brand == b"avis" || meta.is_none() => Content::of_tracks(file, moov),
            (_, Some(meta)) => Content::of_items(file, meta),
            (_, None) if brand == b"avis" => Err(broken("it has no tracks")),
            (_, None) => Err(broken("it has no items")),
        }
    }

    fn of_items(file: &'a [u8], meta: &'a [u8]) -> Result<Content<'a>, ImageError> {
        let items = Items::read(file, meta)?;
        let primary = items.primary;
        let color = Mosaic::of(&items, primary)?;
        let refers = |number: u32, kind| items.referred(kind, number).contains(&primary);
        let mut alpha = None;
        for (number, _) in items.all().filter(|(number, _)| refers(*number, b"auxl")) {
            if items.properties(number)?.is_alpha() {
                alpha = Some((number, Mosaic::of(&items, number)?));
                break;
            }
        }
        let is_premultiplied =
            alpha.as_ref().is_some_and(|(number, _)| items.referred(b"prem", primary).contains(number));
        let block = |matches: &dyn Fn(&super::items::Item<'a>) -> bool| {
            let mut described = items.all().filter(|(number, _)| refers(*number, b"cdsc"));
            let found = described.find(|(_, item)| matches(item));
            found.and_then(|(_, item)| item.data.as_ref()?.whole()).unwrap_or_default()
        };
        // Where the TIFF header begins stands before it.
        let exif = block(&|item| &item.kind == b"Exif");
        let exif = exif
            .split_first_chunk::<4>()
            .and_then(|(offset, rest)| rest.get(usize::try_from(u32::from_be_bytes(*offset)).ok()?..));
        let xmp = block(&|item| &item.kind == b"mime" && item.media_type == b"application/rdf+xml");
        let properties = items.properties(primary)?;
        let content = Content::new(color, alpha.map(|(_, alpha)| alpha), &properties)?;
        Ok(Content { is_premultiplied, exif: exif.unwrap_or_default(), xmp, ..content })
    }

    fn of_tracks(file: &'a [u8], moov: &'a [u8]) -> Result<Content<'a>, ImageError> {
        let tracks = Track::all(file, moov)?;
        let color = tracks.iter().find(|track| track.auxiliary_of.is_empty());
        let color = color.ok_or_else(|| broken("no track is the picture"))?;
        let is_alpha = |track: &&Track<'_>| {
            track.auxiliary_of.contains(&color.number)
                && (track.properties.auxiliary.is_none() || track.properties.is_alpha())
        };
        let alpha = tracks.iter().find(is_alpha);
        let is_premultiplied = alpha.is_some_and(|alpha| color.multiplied_by.contains(&alpha.number));
        let mosaic = |track: &Track<'a>| Mosaic::single(track.first.clone(), &track.properties);
        let content = Content::new(mosaic(color)?, alpha.map(mosaic).transpose()?, &color.properties)?;
        Ok(Content { is_premultiplied, frames: color.frames, ..content })
    }

    fn new(
        color: Mosaic<'a>,
        alpha: Option<Mosaic<'a>>,
        properties: &Properties<'a>,
    ) -> Result<Content<'a>, ImageError> {
        if alpha.as_ref().is_some_and(|alpha| alpha.size != color.size) {
            return Err(broken("its alpha has another size than its colours"));
        }
        let whole = Cut { x: 0, y: 0, size: color.size };
        let shown = properties.aperture.map_or(Ok(whole), |aperture| aperture.of(color.size))?;
        let unknown = Cicp { full_range: true, ..Cicp::LEVELS };
        let inside = color.sequence()?.map(|sequence| sequence.cicp);
        // What the file says comes before what the bitstream says.
        let cicp = match (properties.cicp, inside) {
            (Some(said), Some(inside)) => said.or(inside),
            (Some(said), None) => said,
            (None, inside) => inside.unwrap_or(unknown),
        };
        let alpha_cicp = match &alpha {
            Some(alpha) => alpha.sequence()?.map_or(unknown, |sequence| sequence.cicp),
            None => unknown,
        };
        Ok(Content {
            color,
            alpha,
            is_premultiplied: false,
            shown,
            orientation: properties.orientation,
            icc: properties.icc,
            cicp,
            alpha_cicp,
            frames: 1,
            exif: &[],
            xmp: &[],
        })
    }
}
