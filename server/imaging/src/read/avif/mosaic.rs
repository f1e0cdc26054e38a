//! A coded picture: one bitstream, or a grid of several side by side (ISO 23008-12, section 6.6.2.3).

use std::collections::BTreeSet;

use crate::{ImageError, Size, av1};

use super::boxes::{Reader, broken};
use super::extents::Extents;
use super::items::{Item, Items};
use super::properties::{Config, Properties};

/// The most parts of a grid: a hundred million pixels in parts of 256 a side are 1526.
const MOST_PARTS: usize = 2048;

/// Bitstreams of equal kind and size in rows, of which the last of a row and the last row may reach out of the picture.
#[derive(Clone, Debug)]
pub(super) struct Mosaic<'a> {
    /// The size of the picture that they make.
    pub size: Size,
    /// The size of each.
    pub tile: Size,
    /// How many stand in a row.
    pub columns: u32,
    /// Row by row, never empty.
    pub tiles: Vec<Extents<'a>>,
    pub config: Config<'a>,
    pub operating_point: u8,
}

impl<'a> Mosaic<'a> {
    /// One bitstream. Where nothing says its size, its own header does.
    pub fn single(data: Extents<'a>, properties: &Properties<'a>) -> Result<Mosaic<'a>, ImageError> {
        let config = properties.config.ok_or_else(|| broken("it does not say what kind of av1 it is"))?;
        // The bitstream is looked into only where it has to be: a grid has many.
        let inside = || av1::sequence(config.units).or_else(|| av1::sequence(data.beginning()));
        let size = properties.size.or_else(|| inside().map(|sequence| sequence.size));
        let size = size.ok_or_else(|| broken("it does not say its size"))?;
        Ok(Mosaic {
            size,
            tile: size,
            columns: 1,
            tiles: vec![data],
            config,
            operating_point: properties.operating_point,
        })
    }

    /// The picture of an item, which is a bitstream or a grid.
    pub fn of(items: &Items<'a>, number: u32) -> Result<Mosaic<'a>, ImageError> {
        let item = items.item(number).ok_or_else(|| broken("an item is missing"))?;
        let properties = items.properties(number)?;
        match &item.kind {
            b"av01" => Mosaic::single(data(item)?, &properties),
            b"grid" => Mosaic::grid(items, number, &properties),
            kind => {
                let kind = String::from_utf8_lossy(kind);
                Err(ImageError::unsupported(format!("avif images of the kind {kind} are not supported")))
            }
        }
    }

    fn grid(items: &Items<'a>, number: u32, properties: &Properties<'a>) -> Result<Mosaic<'a>, ImageError> {
        let cut_off = || broken("its grid is cut off");
        let item = items.item(number).ok_or_else(cut_off)?;
        let grid = data(item)?.read()?;
        let (rows, columns, size) = grid_size(&grid).ok_or_else(cut_off)?;
        let numbers = items.referred(b"dimg", number);
        if numbers.len() as u64 != u64::from(rows) * u64::from(columns) {
            return Err(broken("its grid has not as many parts as it says"));
        }
        if numbers.len() > MOST_PARTS {
            return Err(broken(&format!("its grid has {} parts, more than {MOST_PARTS}", numbers.len())));
        }
        // ISO 14496-12, section 8.11.12.1: a number occurs once. Parts that look the same are items that share their data.
        if numbers.iter().collect::<BTreeSet<_>>().len() < numbers.len() {
            return Err(broken("a part of its grid stands there twice"));
        }
        // All parts are needed, and they are enough.
        let fits = |side: u32, part: u32, count: u32| {
            let (side, part, count) = (u64::from(side), u64::from(part), u64::from(count));
            part * count >= side && part * (count - 1) < side
        };
        if properties.size.is_some_and(|said| said != size) {
            return Err(broken("its grid has another size than it says"));
        }
        let mut whole: Option<Mosaic<'a>> = None;
        for number in numbers {
            let item = items.item(*number).filter(|item| &item.kind == b"av01");
            let item = item.ok_or_else(|| broken("a part of its grid is missing"))?;
            let tile = Mosaic::single(data(item)?, &items.properties(*number)?)?;
            match &mut whole {
                None if fits(size.width, tile.tile.width, columns)
                    && fits(size.height, tile.tile.height, rows) =>
                {
                    whole = Some(Mosaic { size, columns, ..tile });
                }
                None => return Err(broken("the parts of its grid do not make its size")),
                Some(whole) if whole.tile == tile.tile && whole.config.agrees(&tile.config) => {
                    whole.tiles.extend(tile.tiles);
                }
                Some(_) => return Err(broken("the parts of its grid differ")),
            }
        }
        whole.ok_or_else(cut_off)
    }

    /// The size of all that is decoded.
    pub fn stored(&self) -> Size {
        let rows = self.tiles.len() as u32 / self.columns.max(1);
        let side = |part: u32, count: u32| part.saturating_mul(count);
        Size::new(side(self.tile.width, self.columns), side(self.tile.height, rows))
    }

    /// The header of the bitstream, of the first one in a grid, as far as it is there.
    ///
    /// # Errors
    /// [`ImageError::Undecodable`] where it is not what the file says.
    pub fn sequence(&self) -> Result<Option<av1::Sequence>, ImageError> {
        let beginning = self.tiles.first().map(Extents::beginning).unwrap_or_default();
        let sequence = av1::sequence(beginning).or_else(|| av1::sequence(self.config.units));
        let Some(sequence) = sequence else { return Ok(None) };
        let said = (self.config.bits, self.config.is_gray);
        let agrees = (sequence.bits, sequence.is_gray) == said
            && (sequence.is_gray || sequence.subsampling == self.config.subsampling)
            && sequence.size == self.tile;
        if agrees { Ok(Some(sequence)) } else { Err(broken("its av1 bitstream contradicts its header")) }
    }

    /// The bitstreams, each with the place of its upper left corner.
    pub fn places(&self) -> impl Iterator<Item = ((u32, u32), &Extents<'a>)> {
        let columns = self.columns.max(1);
        (0u32..).zip(&self.tiles).map(move |(index, tile)| {
            let (x, y) = (index % columns, index / columns);
            ((x.saturating_mul(self.tile.width), y.saturating_mul(self.tile.height)), tile)
        })
    }
}

/// Refuses the bitstream of a picture that is a film, for each frame costs as much as the picture, and one with more frames
/// than were `foreseen` when the memory was estimated.
pub(super) fn check_frames(bitstream: &[u8], foreseen: usize) -> Result<(), ImageError> {
    match av1::frames(bitstream) {
        Some(0) => Err(ImageError::undecodable("the avif has no picture in its av1 bitstream")),
        Some(frames) if frames <= foreseen => Ok(()),
        Some(frames) => Err(ImageError::unsupported(format!("an avif with {frames} frames in one picture"))),
        None => Err(ImageError::unsupported("an avif whose av1 bitstream is not that of one picture")),
    }
}

fn data<'a>(item: &Item<'a>) -> Result<Extents<'a>, ImageError> {
    item.data.clone().ok_or_else(|| broken("an item has no data"))
}

/// Rows, columns, and the size of what they make.
fn grid_size(content: &[u8]) -> Option<(u32, u32, Size)> {
    let mut reader = Reader(content);
    let (version, flags) = (reader.u8()?, reader.u8()?);
    let (rows, columns) = (u32::from(reader.u8()?) + 1, u32::from(reader.u8()?) + 1);
    let is_long = flags & 1 != 0;
    let size = Size::new(reader.short_or_long(is_long)?, reader.short_or_long(is_long)?);
    (version == 0).then_some((rows, columns, size))
}
