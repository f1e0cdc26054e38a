//! What a file says of a picture beside its data: properties of an item, or boxes in the description of a track.

use crate::cicp::Cicp;
use crate::{ImageError, Orientation, Size};

use super::aperture::Aperture;
use super::boxes::{Reader, broken};

/// What kind of AV1 a picture is (AV1 Codec ISO Media File Format Binding, section 2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Config<'a> {
    pub bits: u8,
    pub is_gray: bool,
    pub subsampling: (bool, bool),
    /// Units of the bitstream, or nothing.
    pub units: &'a [u8],
}

impl<'a> Config<'a> {
    fn parse(content: &'a [u8]) -> Option<Config<'a>> {
        let (header, units) = content.split_first_chunk::<4>()?;
        if header[0] != 0x81 {
            return None;
        }
        let flag = |bit: u8| header[2] >> bit & 1 == 1;
        let bits = match (flag(6), flag(5)) {
            (true, true) => 12,
            (true, false) => 10,
            (false, _) => 8,
        };
        Some(Config { bits, is_gray: flag(4), subsampling: (flag(3), flag(2)), units })
    }

    /// Whether it says the same but for the units.
    pub fn agrees(&self, other: &Config<'_>) -> bool {
        (self.bits, self.is_gray, self.subsampling) == (other.bits, other.is_gray, other.subsampling)
    }
}

/// Properties in the order in which they are to be applied.
#[derive(Clone, Debug, Default)]
pub(super) struct Properties<'a> {
    pub size: Option<Size>,
    pub config: Option<Config<'a>>,
    pub icc: Option<&'a [u8]>,
    pub cicp: Option<Cicp>,
    pub aperture: Option<Aperture>,
    pub orientation: Orientation,
    /// What kind of auxiliary picture it is, by a name.
    pub auxiliary: Option<&'a [u8]>,
    pub operating_point: u8,
}

impl<'a> Properties<'a> {
    /// Adds one. What is not known is passed over, unless it is essential.
    pub fn add(&mut self, kind: &[u8; 4], content: &'a [u8], is_essential: bool) -> Result<(), ImageError> {
        let name = String::from_utf8_lossy(kind);
        let known =
            self.read(kind, content).ok_or_else(|| broken(&format!("its property {name} is cut off")))?;
        if !known && is_essential {
            return Err(ImageError::unsupported(format!(
                "the avif has a property {name}, which is not known"
            )));
        }
        Ok(())
    }

    /// Whether it is a known one; none where it is cut off.
    fn read(&mut self, kind: &[u8; 4], content: &'a [u8]) -> Option<bool> {
        let mut reader = Reader(content);
        match kind {
            b"ispe" => {
                reader.version()?;
                self.size = Some(Size::new(reader.u32()?, reader.u32()?));
            }
            b"av1C" => self.config = Some(Config::parse(content)?),
            b"colr" => match reader.take(4)? {
                b"prof" | b"rICC" => self.icc = Some(reader.0),
                b"nclx" => self.cicp = Some(nclx(&mut reader)?),
                _ => {}
            },
            b"clap" => self.aperture = Some(Aperture::parse(content)?),
            b"irot" => {
                // Quarter turns counterclockwise.
                let turn = match reader.u8()? & 3 {
                    0 => Orientation::Normal,
                    1 => Orientation::Rotate270,
                    2 => Orientation::Rotate180,
                    _ => Orientation::Rotate90,
                };
                self.orientation = self.orientation.then(turn);
            }
            b"imir" => {
                let mirror = match reader.u8()? & 1 {
                    0 => Orientation::MirrorVertical,
                    _ => Orientation::MirrorHorizontal,
                };
                self.orientation = self.orientation.then(mirror);
            }
            b"auxC" | b"auxi" => {
                reader.version()?;
                self.auxiliary = Some(reader.text());
            }
            b"a1op" => self.operating_point = reader.u8()? & 31,
            // Of a picture in layers the best is wanted, which this number stands for.
            b"lsel" => return Some(reader.u16()? == 0xffff),
            // The shape of pixels is not heeded, as in other formats.
            b"pixi" | b"pasp" | b"a1lx" | b"clli" | b"mdcv" | b"cclv" | b"amve" => {}
            _ => return Some(false),
        }
        Some(true)
    }

    /// Whether it is the alpha of another picture.
    pub fn is_alpha(&self) -> bool {
        matches!(
            self.auxiliary,
            Some(b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha" | b"urn:mpeg:hevc:2015:auxid:1")
        )
    }
}

/// Numbers of ITU-T H.273. Those of one byte have two here.
fn nclx(reader: &mut Reader<'_>) -> Option<Cicp> {
    let mut number = || reader.u16().map(|number| u8::try_from(number).unwrap_or(u8::MAX));
    let (primaries, transfer, matrix) = (number()?, number()?, number()?);
    Some(Cicp { primaries, transfer, matrix, full_range: reader.u8()? & 0x80 != 0 })
}
