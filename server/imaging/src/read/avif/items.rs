//! The items of a file: pictures, parts of pictures, metadata (ISO 23008-12, section 6; ISO 14496-12, section 8.11).

use std::collections::BTreeMap;

use crate::ImageError;

use super::boxes::{Boxes, Reader, broken};
use super::extents::{Extents, MOST_PIECES};
use super::properties::Properties;

/// The most items, and the most pieces of items, that a file may have: many times what real ones do.
const MOST: usize = 16_384;

/// The most properties of one item: there are not half as many kinds.
const MOST_PROPERTIES: usize = 64;

/// The items of a file.
#[derive(Debug)]
pub(super) struct Items<'a> {
    /// The item that is the picture.
    pub primary: u32,
    items: BTreeMap<u32, Item<'a>>,
    /// The numbers of what items have to do with, by what that is and the item's own number.
    references: BTreeMap<([u8; 4], u32), Vec<u32>>,
    properties: Vec<([u8; 4], &'a [u8])>,
}

/// One item.
#[derive(Debug, Default)]
pub(super) struct Item<'a> {
    pub kind: [u8; 4],
    /// The media type of an item of the kind `mime`.
    pub media_type: &'a [u8],
    pub data: Option<Extents<'a>>,
    /// Indices from 1, and whether they are essential.
    properties: Vec<(u16, bool)>,
}

impl<'a> Items<'a> {
    /// Reads the content of a `meta` box of the file.
    pub fn read(file: &'a [u8], meta: &'a [u8]) -> Result<Items<'a>, ImageError> {
        let content = meta.get(4..).ok_or_else(|| broken("it is cut off"))?;
        let inside = Boxes(content).find_kind(b"idat").unwrap_or_default();
        let mut items =
            Items { primary: 0, items: BTreeMap::new(), references: BTreeMap::new(), properties: Vec::new() };
        let mut has_primary = false;
        for (kind, content) in Boxes(content) {
            let done = match &kind {
                b"pitm" => {
                    has_primary = true;
                    items.read_primary(content)
                }
                b"iinf" => items.read_kinds(content),
                b"iloc" => items.read_places(content, file, inside),
                b"iref" => items.read_references(content),
                b"iprp" => items.read_properties(content),
                _ => Some(()),
            };
            let name = String::from_utf8_lossy(&kind);
            done.ok_or_else(|| broken(&format!("its box {name} is cut off, or too much is in it")))?;
        }
        if has_primary { Ok(items) } else { Err(broken("no item is the picture")) }
    }

    /// An item by its number.
    pub fn item(&self, number: u32) -> Option<&Item<'a>> {
        self.items.get(&number)
    }

    /// The item that is the picture, and all others, by their numbers.
    pub fn all(&self) -> impl Iterator<Item = (u32, &Item<'a>)> {
        self.items.iter().map(|(number, item)| (*number, item))
    }

    /// The numbers of what an item refers to.
    pub fn referred(&self, kind: &[u8; 4], from: u32) -> &[u32] {
        self.references.get(&(*kind, from)).map_or(&[], Vec::as_slice)
    }

    /// What is said of an item.
    pub fn properties(&self, number: u32) -> Result<Properties<'a>, ImageError> {
        let mut properties = Properties::default();
        let Some(item) = self.item(number) else { return Ok(properties) };
        for (index, is_essential) in &item.properties {
            // 0 stands for no property.
            let Some(index) = index.checked_sub(1) else { continue };
            let (kind, content) = self
                .properties
                .get(usize::from(index))
                .ok_or_else(|| broken("it has fewer properties than it says"))?;
            properties.add(kind, content, *is_essential)?;
        }
        Ok(properties)
    }

    fn at(&mut self, number: u32) -> Option<&mut Item<'a>> {
        (self.items.len() < MOST || self.items.contains_key(&number))
            .then(|| self.items.entry(number).or_default())
    }

    fn read_primary(&mut self, content: &[u8]) -> Option<()> {
        let mut reader = Reader(content);
        let (version, _) = reader.version()?;
        self.primary = reader.short_or_long(version > 0)?;
        Some(())
    }

    fn read_kinds(&mut self, content: &'a [u8]) -> Option<()> {
        let mut reader = Reader(content);
        let (version, _) = reader.version()?;
        reader.short_or_long(version > 0)?;
        for (kind, content) in Boxes(reader.0) {
            let mut reader = Reader(content);
            let (version, _) = reader.version()?;
            // Older versions are for other uses of the box.
            if &kind != b"infe" || version < 2 {
                continue;
            }
            let number = reader.short_or_long(version > 2)?;
            reader.u16()?;
            let kind = *reader.take(4)?.first_chunk()?;
            reader.text();
            let item = self.at(number)?;
            item.kind = kind;
            if &kind == b"mime" {
                item.media_type = reader.text();
            }
        }
        Some(())
    }

    fn read_places(&mut self, content: &[u8], file: &'a [u8], inside: &'a [u8]) -> Option<()> {
        let mut reader = Reader(content);
        let (version, _) = reader.version()?;
        let sizes = reader.u16()?;
        let size = |shift: u16| (sizes >> shift & 15) as u8;
        let [offset_size, length_size, base_size] = [size(12), size(8), size(4)];
        let index_size = if version == 0 { 0 } else { size(0) };
        if [offset_size, length_size, base_size, index_size]
            .into_iter()
            .any(|size| !matches!(size, 0 | 4 | 8))
        {
            return None;
        }
        let mut pieces_left = MOST;
        for _ in 0..reader.short_or_long(version > 1)? {
            let number = reader.short_or_long(version > 1)?;
            let method = if version == 0 { 0 } else { reader.u16()? & 15 };
            reader.u16()?;
            let base = reader.number(base_size)?;
            let count = usize::from(reader.u16()?);
            pieces_left = pieces_left.checked_sub(count)?;
            if count > MOST_PIECES {
                return None;
            }
            let mut pieces = Vec::with_capacity(count);
            for _ in 0..count {
                reader.number(index_size)?;
                let offset = base.checked_add(reader.number(offset_size)?)?;
                pieces.push((offset, reader.number(length_size)?));
            }
            // Where items are made of other items, nothing is read.
            let bytes = match method {
                0 => Some(file),
                1 => Some(inside),
                _ => None,
            };
            self.at(number)?.data = bytes.map(|bytes| Extents { bytes, pieces: pieces.into() });
        }
        Some(())
    }

    fn read_references(&mut self, content: &[u8]) -> Option<()> {
        let mut reader = Reader(content);
        let is_long = reader.version()?.0 > 0;
        for (kind, content) in Boxes(reader.0) {
            let mut reader = Reader(content);
            let from = reader.short_or_long(is_long)?;
            let count = reader.u16()?;
            let to = (0..count).map(|_| reader.short_or_long(is_long)).collect::<Option<Vec<_>>>()?;
            if self.references.len() == MOST {
                return None;
            }
            // Of several, the first counts.
            self.references.entry((kind, from)).or_insert(to);
        }
        Some(())
    }

    fn read_properties(&mut self, content: &'a [u8]) -> Option<()> {
        for (kind, content) in Boxes(content) {
            match &kind {
                b"ipco" => self.properties = Boxes(content).take(MOST).collect(),
                b"ipma" => self.read_associations(content)?,
                _ => {}
            }
        }
        Some(())
    }

    fn read_associations(&mut self, content: &[u8]) -> Option<()> {
        let mut reader = Reader(content);
        let (version, flags) = reader.version()?;
        let (is_long, is_wide) = (version > 0, flags & 1 != 0);
        for _ in 0..reader.u32()? {
            let number = reader.short_or_long(is_long)?;
            let count = reader.u8()?;
            let properties = &mut self.at(number)?.properties;
            if properties.len() + usize::from(count) > MOST_PROPERTIES {
                return None;
            }
            for _ in 0..count {
                let (index, essential) = match is_wide {
                    true => reader.u16().map(|entry| (entry & 0x7fff, entry >> 15)),
                    false => reader.u8().map(|entry| (u16::from(entry & 0x7f), u16::from(entry >> 7))),
                }?;
                properties.push((index, essential == 1));
            }
        }
        Some(())
    }
}
