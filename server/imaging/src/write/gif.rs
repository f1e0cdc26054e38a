//! GIF: stills and animations, of which each frame is only what changes.

use std::borrow::Cow;

use gif::{DisposalMethod, Encoder, Frame, Repeat};

use crate::budget::Budget;
use crate::raster::Raster;
use crate::region::Cut;
use crate::write::dither;
use crate::write::palette::{Color, Palette};
use crate::{Gif, ImageError, Size};

/// Encodes an image of any layout.
pub(super) fn encode(image: &Raster, options: &Gif, budget: &Budget) -> Result<Vec<u8>, ImageError> {
    let mut still = Animation::new(image.size, None, options, budget)?;
    still.add(image, 0)?;
    still.finish().map(|(bytes, _)| bytes)
}

/// The least alpha that counts as opaque: GIF knows nothing between.
const OPAQUE: u8 = 128;

/// The shortest time that a frame is shown for, in hundredths of a second: browsers take less for a mistake.
const SHORTEST: u16 = 2;

/// A pixel as a GIF can show it; transparent without a colour.
type Pixel = Option<Color>;

/// A GIF that is being written. A frame is written when the next one is there, which decides how it is disposed of.
pub(super) struct Animation<'a> {
    size: Size,
    sides: (u16, u16),
    /// How often it is played, 0: without end; none for a still image.
    plays: Option<u16>,
    dither: bool,
    budget: &'a Budget,
    encoder: Option<Encoder<Vec<u8>>>,
    /// The palette for all frames that have none of their own.
    palette: Palette,
    /// What is seen before the frame that waits; nothing before the first.
    shown: Vec<Pixel>,
    waiting: Option<Vec<Pixel>>,
    frames: u32,
    /// When the frame that waits begins, and when it ends, in ms.
    time: (u64, u64),
}

fn failed(error: gif::EncodingError) -> ImageError {
    ImageError::unsupported(format!("the gif could not be written: {error}"))
}

impl<'a> Animation<'a> {
    pub fn new(
        size: Size,
        plays: Option<u16>,
        options: &Gif,
        budget: &'a Budget,
    ) -> Result<Animation<'a>, ImageError> {
        let sides = (u16::try_from(size.width), u16::try_from(size.height));
        let (Ok(width), Ok(height)) = sides else {
            return Err(ImageError::unsupported("the gif could not be written: it is too large"));
        };
        Ok(Animation {
            size,
            sides: (width, height),
            plays,
            dither: options.dither(),
            budget,
            encoder: None,
            palette: Palette { colors: Vec::new(), is_exact: true },
            shown: Vec::new(),
            waiting: None,
            frames: 0,
            time: (0, 0),
        })
    }

    /// Adds a frame of any layout that is shown for so many ms.
    pub fn add(&mut self, frame: &Raster, milliseconds: u32) -> Result<(), ImageError> {
        if frame.size != self.size {
            return Err(ImageError::unsupported("the gif could not be written: its frames differ in size"));
        }
        let next = pixels(frame);
        self.write(Some(&next))?;
        self.waiting = Some(next);
        self.time = (self.time.1, self.time.1 + u64::from(milliseconds));
        Ok(())
    }

    /// The file, and how many frames it has.
    pub fn finish(mut self) -> Result<(Vec<u8>, u32), ImageError> {
        self.write(None)?;
        let encoder = self.encoder.ok_or_else(|| ImageError::unsupported("a gif without a frame"))?;
        let bytes = encoder.into_inner().map_err(failed)?;
        Ok((bytes, self.frames))
    }

    /// Writes the frame that waits, before this one.
    fn write(&mut self, next: Option<&[Pixel]>) -> Result<(), ImageError> {
        let Some(pixels) = self.waiting.take() else { return Ok(()) };
        let width = self.size.width;
        // What was opaque and will be transparent can only be cleared, together with the frame.
        let vanishing = next.and_then(|next| {
            let pairs = pixels.iter().zip(next);
            bounds(pairs.map(|(now, next)| now.is_some() && next.is_none()), width)
        });
        let changed = if self.frames == 0 {
            // Some readers take the first frame's size for the picture's.
            Some(Cut { x: 0, y: 0, size: self.size })
        } else {
            bounds(pixels.iter().zip(&self.shown).map(|(now, shown)| now != shown), width)
        };
        let place = match (changed, vanishing) {
            (Some(changed), Some(vanishing)) => around(changed, vanishing),
            (Some(cut), None) | (None, Some(cut)) => cut,
            // Nothing changes, but time passes.
            (None, None) => Cut { x: 0, y: 0, size: Size::new(1, 1) },
        };
        let part = if self.frames == 0 {
            Cow::Borrowed(pixels.as_slice())
        } else {
            let changed = |index: usize| pixels[index].filter(|_| pixels[index] != self.shown[index]);
            within(place, width).map(changed).collect()
        };
        let dispose = if vanishing.is_some() { DisposalMethod::Background } else { DisposalMethod::Keep };
        self.write_part(&part, place, dispose)?;
        self.shown = pixels;
        if vanishing.is_some() {
            within(place, width).for_each(|index| self.shown[index] = None);
        }
        Ok(())
    }

    /// Writes pixels to a place, of which those without a colour leave what is there.
    fn write_part(&mut self, part: &[Pixel], place: Cut, dispose: DisposalMethod) -> Result<(), ImageError> {
        // An animation's palette can leave something as it is also where the first frame is opaque.
        let has_blank = self.plays.is_some() || part.contains(&None);
        let most = if has_blank { 255 } else { 256 };
        let palette = Palette::new(part.iter().flatten().copied(), most);
        let is_first = self.encoder.is_none();
        let shares = !is_first
            && palette.is_exact
            && self.palette.is_exact
            && palette.colors.iter().all(|color| self.palette.colors.binary_search(color).is_ok());
        let palette = if shares { self.palette.clone() } else { palette };
        let blank = palette.colors.len().min(255) as u8;
        let indices =
            dither::indices(part, place.size.width as usize, &palette, (blank, self.dither), self.budget)?;
        let mut table = palette.colors.as_flattened().to_vec();
        if has_blank {
            table.extend_from_slice(&[0; 3]);
        }
        let own_palette = (!is_first && !shares).then(|| table.clone());
        let mut encoder = match self.encoder.take() {
            Some(encoder) => encoder,
            None => {
                self.palette = palette;
                self.begin(&table)?
            }
        };
        let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
        let frame = Frame {
            delay: if self.plays.is_some() { self.delay() } else { 0 },
            dispose,
            transparent: has_blank.then_some(blank),
            left: side(place.x),
            top: side(place.y),
            width: side(place.size.width),
            height: side(place.size.height),
            palette: own_palette,
            buffer: indices.into(),
            ..Frame::default()
        };
        encoder.write_frame(&frame).map_err(failed)?;
        self.encoder = Some(encoder);
        self.frames += 1;
        Ok(())
    }

    fn begin(&self, table: &[u8]) -> Result<Encoder<Vec<u8>>, ImageError> {
        let (width, height) = self.sides;
        let mut encoder = Encoder::new(Vec::new(), width, height, table).map_err(failed)?;
        // The file tells how often it is played again; without that it is played once.
        let repeat = match self.plays {
            Some(0) => Some(Repeat::Infinite),
            Some(plays) if plays > 1 => Some(Repeat::Finite(plays - 1)),
            _ => None,
        };
        repeat.map_or(Ok(()), |repeat| encoder.set_repeat(repeat)).map_err(failed)?;
        Ok(encoder)
    }

    /// How long the frame that waits is shown, in hundredths of a second. Its end is rounded and not its length, so that
    /// nothing adds up.
    fn delay(&self) -> u16 {
        let hundredths = |time: u64| (time + 5) / 10;
        let delay = hundredths(self.time.1) - hundredths(self.time.0);
        u16::try_from(delay).unwrap_or(u16::MAX).max(SHORTEST)
    }
}

/// The image's pixels as a GIF can show them.
fn pixels(image: &Raster) -> Vec<Pixel> {
    let colors = image.layout.colors();
    let pixel = |pixel: &[u8]| {
        let is_opaque = pixel.get(colors).is_none_or(|alpha| *alpha >= OPAQUE);
        is_opaque.then(|| if colors == 1 { [pixel[0]; 3] } else { [pixel[0], pixel[1], pixel[2]] })
    };
    image.pixels().map(pixel).collect()
}

/// The smallest box around all pixels that are marked, if there is one.
fn bounds(marks: impl Iterator<Item = bool>, width: u32) -> Option<Cut> {
    let (mut left, mut right, mut top, mut bottom) = (u32::MAX, 0, u32::MAX, 0);
    let (mut x, mut y) = (0, 0);
    for is_marked in marks {
        if is_marked {
            (left, right) = (left.min(x), right.max(x));
            (top, bottom) = (top.min(y), y);
        }
        x += 1;
        if x == width {
            (x, y) = (0, y + 1);
        }
    }
    (left <= right).then(|| Cut { x: left, y: top, size: Size::new(right - left + 1, bottom - top + 1) })
}

/// The smallest box around both.
fn around(a: Cut, b: Cut) -> Cut {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    let right = (a.x + a.size.width).max(b.x + b.size.width);
    let bottom = (a.y + a.size.height).max(b.y + b.size.height);
    Cut { x, y, size: Size::new(right - x, bottom - y) }
}

/// The indices of the pixels in a box, row by row.
fn within(place: Cut, width: u32) -> impl Iterator<Item = usize> {
    let rows = place.y as usize..(place.y + place.size.height) as usize;
    let columns = place.x as usize..(place.x + place.size.width) as usize;
    rows.flat_map(move |y| columns.clone().map(move |x| y * width as usize + x))
}
