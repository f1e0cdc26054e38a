//! GIF: frames laid on their canvas, one after the other. Where none reaches, the canvas is transparent, and what is
//! broken in a harmless way is shown, both as browsers do.

use gif::{ColorOutput, DecodeOptions, Decoder, DisposalMethod, Frame, MemoryLimit};

use crate::header::ColorModel;
use crate::layout::Layout;
use crate::plane::Plane;
use crate::raster::Raster;
use crate::read::screen::{Disposal, Screen, Shown, delay, visible};
use crate::region::Cut;
use crate::{Header, ImageError, Orientation, Size, SourceFormat};

/// Reads the logical screen and counts the frames whose beginnings are there.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, ImageError> {
    let screen = bytes.get(6..13).ok_or_else(|| ImageError::undecodable("the gif ends within its header"))?;
    let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]));
    let coded = Size::new(side(screen[0], screen[1]), side(screen[2], screen[3]));
    let frames = Blocks::new(bytes).filter(|block| matches!(block, Block::Frame { .. })).count();
    Ok(Header {
        format: SourceFormat::Gif,
        coded,
        stored: coded,
        size: coded,
        orientation: Orientation::Normal,
        frames: u32::try_from(frames).unwrap_or(u32::MAX).max(1),
        has_alpha: true,
        bits: 8,
        has_icc: false,
        progressive: false,
        color: ColorModel::Rgb,
        decoder_bytes: decoder_bytes(bytes, coded),
        planes: None,
        has_parts: false,
    })
}

/// The largest frame's indices, and what the largest one that is to be undone had below it.
fn decoder_bytes(bytes: &[u8], canvas: Size) -> u64 {
    let (mut indices, mut undone, mut restores) = (0, 0, false);
    for block in Blocks::new(bytes) {
        match block {
            Block::Frame { size, .. } => {
                indices = indices.max(size.pixels());
                if std::mem::take(&mut restores) {
                    undone = undone.max(size.pixels().min(canvas.pixels()) * 4);
                }
            }
            Block::Extension { label: 0xf9, data } => {
                restores = data.get(1).is_some_and(|flags| flags >> 2 & 7 == DisposalMethod::Previous as u8);
            }
            Block::Extension { .. } => {}
        }
    }
    indices.min(most_indices(canvas)) + undone
}

/// The most pixels that a frame may have: it may reach out of its canvas, but one many times as large is an attack.
fn most_indices(canvas: Size) -> u64 {
    canvas.pixels().saturating_mul(4).max(1 << 20)
}

/// What a GIF consists of.
enum Block<'a> {
    /// The beginning of a frame.
    Frame { size: Size, has_palette: bool },
    /// An extension, from the length of its first sub-block on.
    Extension { label: u8, data: &'a [u8] },
}

/// A walk over the blocks of a GIF that looks at no pixel.
struct Blocks<'a> {
    bytes: &'a [u8],
    at: usize,
    has_palette: bool,
}

impl<'a> Blocks<'a> {
    fn new(bytes: &'a [u8]) -> Blocks<'a> {
        let flags = bytes.get(10).copied().unwrap_or(0);
        Blocks { bytes, at: 13 + palette_length(flags), has_palette: flags & 0x80 != 0 }
    }

    fn skip_data(&mut self) {
        while let Some(&length) = self.bytes.get(self.at) {
            self.at += 1 + usize::from(length);
            if length == 0 {
                break;
            }
        }
    }
}

impl<'a> Iterator for Blocks<'a> {
    type Item = Block<'a>;

    fn next(&mut self) -> Option<Block<'a>> {
        let rest = self.bytes.get(self.at..)?;
        let block = match rest.first()? {
            0x2c => {
                let place = rest.get(1..10)?;
                let side = |at: usize| u32::from(u16::from_le_bytes([place[at], place[at + 1]]));
                let flags = place[8];
                self.at += 11 + palette_length(flags);
                let has_palette = self.has_palette || flags & 0x80 != 0;
                Block::Frame { size: Size::new(side(4), side(6)), has_palette }
            }
            0x21 => {
                self.at += 2;
                Block::Extension { label: *rest.get(1)?, data: rest.get(2..)? }
            }
            _ => return None,
        };
        self.skip_data();
        Some(block)
    }
}

fn palette_length(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// How often an animation is played; 0: without end. The file tells how often it is played again; if it tells nothing,
/// it is played once.
fn plays(bytes: &[u8]) -> u16 {
    let again = Blocks::new(bytes).find_map(|block| {
        let Block::Extension { label: 0xff, data } = block else { return None };
        let data = data
            .strip_prefix(b"\x0bNETSCAPE2.0\x03\x01")
            .or_else(|| data.strip_prefix(b"\x0bANIMEXTS1.0\x03\x01"))?;
        Some(u16::from_le_bytes(*data.first_chunk()?))
    });
    match again {
        None => 1,
        Some(0) => 0,
        Some(again) => again.saturating_add(1),
    }
}

/// Decodes the first frame onto the canvas.
pub(crate) fn pixels(bytes: &[u8], header: &Header) -> Result<Plane, ImageError> {
    let mut frames = Frames::new(bytes, header)?;
    if frames.next()?.is_none() {
        return Err(ImageError::undecodable("the gif has no frame"));
    }
    Ok(frames.screen.into_plane())
}

/// The frames, each composed onto the canvas.
pub(crate) struct Frames<'a> {
    bytes: &'a [u8],
    blocks: Blocks<'a>,
    decoder: Decoder<&'a [u8]>,
    palette: Vec<u8>,
    screen: Screen,
}

fn failed(error: gif::DecodingError) -> ImageError {
    ImageError::undecodable(format!("gif: {error}"))
}

impl<'a> Frames<'a> {
    pub fn new(bytes: &'a [u8], header: &Header) -> Result<Frames<'a>, ImageError> {
        let screen = Screen::new(header.coded, None)?;
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::Indexed);
        let most = most_indices(header.coded);
        options.set_memory_limit(MemoryLimit::Bytes(most.try_into().unwrap_or(std::num::NonZeroU64::MAX)));
        let decoder = options.read_info(bytes).map_err(failed)?;
        let palette = decoder.global_palette().unwrap_or_default().to_vec();
        Ok(Frames { bytes, blocks: Blocks::new(bytes), decoder, palette, screen })
    }

    /// How often the animation is played; 0: without end.
    pub fn plays(&self) -> u16 {
        plays(self.bytes)
    }

    /// The next frame as it is shown. As many come as there are beginnings of frames, so that a file without an end mark
    /// has an end too.
    pub fn next(&mut self) -> Result<Option<Shown<'_>>, ImageError> {
        let described = self.blocks.find_map(|block| match block {
            Block::Frame { has_palette, .. } => Some(has_palette),
            Block::Extension { .. } => None,
        });
        let Some(has_palette) = described else { return Ok(None) };
        if !has_palette {
            // The decoder refuses it, after which it stands behind its beginning. There is nothing to be seen of it.
            let refused = self.decoder.next_frame_info().is_err();
            let frame = self.decoder.current_frame_info().filter(|_| refused);
            let milliseconds = delay(frame.map_or(0, |frame| u32::from(frame.delay) * 10));
            self.screen.begin(frame.map_or(NOWHERE, place), Disposal::Keep)?;
            return Ok(Some(Shown { plane: self.screen.plane(), milliseconds }));
        }
        let Some(frame) = self.decoder.read_next_frame().map_err(failed)? else { return Ok(None) };
        let disposal = match frame.dispose {
            DisposalMethod::Any | DisposalMethod::Keep => Disposal::Keep,
            DisposalMethod::Background => Disposal::Clear,
            DisposalMethod::Previous => Disposal::Restore,
        };
        self.screen.begin(place(frame), disposal)?;
        draw(frame, &self.palette, self.screen.raster()?);
        let milliseconds = delay(u32::from(frame.delay) * 10);
        Ok(Some(Shown { plane: self.screen.plane(), milliseconds }))
    }
}

const NOWHERE: Cut = Cut { x: 0, y: 0, size: Size::new(0, 0) };

fn place(frame: &Frame<'_>) -> Cut {
    let size = Size::new(frame.width.into(), frame.height.into());
    Cut { x: frame.left.into(), y: frame.top.into(), size }
}

/// Lays a frame on the canvas. What is transparent, has no colour in the palette, or lies outside, changes nothing.
fn draw(frame: &Frame<'_>, palette: &[u8], canvas: &mut Raster) {
    let palette = frame.palette.as_deref().unwrap_or(palette);
    let mut colors = [[0; 4]; 256];
    for (color, entry) in colors.iter_mut().zip(palette.chunks_exact(3)) {
        *color = [entry[0], entry[1], entry[2], u8::MAX];
    }
    if let Some(transparent) = frame.transparent {
        colors[usize::from(transparent)] = [0; 4];
    }
    let Some(cut) = visible(place(frame), canvas.size) else { return };
    let (left, width) = (cut.x as usize * Layout::Rgba.channels(), cut.size.width as usize);
    let indices = frame.buffer.chunks_exact(usize::from(frame.width));
    for (row, indices) in canvas.rows_mut().skip(cut.y as usize).zip(indices) {
        let (row, _) = row[left..].as_chunks_mut::<4>();
        for (pixel, index) in row[..width].iter_mut().zip(indices) {
            let color = colors[usize::from(*index)];
            if color[3] != 0 {
                *pixel = color;
            }
        }
    }
}
