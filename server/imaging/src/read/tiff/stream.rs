//! The head of a JPEG stream within a TIFF: nothing but what all decoders read alike is taken. (The segments of `read/jpeg` are read
//! as libjpeg-turbo reads them, which passes over what zune-jpeg, the decoder here, may stumble upon.)

use crate::{ImageError, Size};

/// What a stream holds.
pub(super) struct Frame {
    pub size: Size,
    pub components: u8,
}

fn broken() -> ImageError {
    ImageError::undecodable("tiff: the head of a jpeg stream is broken")
}

/// Reads up to the first scan, or to the end where there is none: then it is of tables alone, and none.
pub(super) fn head(stream: &[u8]) -> Result<Option<Frame>, ImageError> {
    let mut frame: Option<Frame> = None;
    let mut rest = stream.strip_prefix(&[0xff, 0xd8]).ok_or_else(broken)?;
    loop {
        let &[0xff, marker, ref after @ ..] = rest else {
            return Err(broken());
        };
        // Any number of them may stand before a marker.
        if marker == 0xff {
            rest = &rest[1..];
            continue;
        }
        if marker == 0xd9 {
            return if frame.is_none() { Ok(None) } else { Err(broken()) };
        }
        let &[high, low, ..] = after else { return Err(broken()) };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let data = after.get(2..length).ok_or_else(broken)?;
        match marker {
            // Tables, restart intervals, comments and what belongs to applications.
            0xc4 | 0xdb | 0xdd | 0xe0..=0xef | 0xfe => {}
            0xc0 | 0xc1 if frame.is_none() => {
                let &[_bits, h1, h0, w1, w0, components, ..] = data else { return Err(broken()) };
                let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
                frame = Some(Frame { size: Size::new(side(w1, w0), side(h1, h0)), components });
            }
            0xc2 | 0xc3 | 0xc5..=0xcf => {
                let message = "tiff images in progressive, lossless or arithmetic jpeg are not supported";
                return Err(ImageError::unsupported(message));
            }
            0xda => {
                let whole =
                    frame.filter(|frame| data.first() == Some(&frame.components)).ok_or_else(|| {
                        ImageError::unsupported("tiff images in jpeg of several scans are not supported")
                    })?;
                return Ok(Some(whole));
            }
            _ => return Err(broken()),
        }
        rest = &after[length..];
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const START: &[u8] = &[0xff, 0xd8];
    const TABLE: &[u8] = &[0xff, 0xdb, 0, 4, 1, 2];
    const FRAME: &[u8] = &[0xff, 0xc0, 0, 8, 8, 0, 24, 0, 32, 3];
    const SCAN: &[u8] = &[0xff, 0xda, 0, 3, 3, 77];
    const END: &[u8] = &[0xff, 0xd9];

    fn read(parts: &[&[u8]]) -> Result<Option<Frame>, ImageError> {
        head(&parts.concat())
    }

    #[test]
    fn an_image_and_tables_are_told_apart() {
        let frame = read(&[START, TABLE, &[0xff, 0xff], FRAME, SCAN]).unwrap().unwrap();
        assert_eq!((frame.size, frame.components), (Size::new(32, 24), 3));
        assert!(read(&[START, TABLE, END]).unwrap().is_none());
    }

    #[test]
    fn what_decoders_read_in_different_ways_is_broken() {
        let bare: &[u8] = &[0xff, 0xd0, 0, 4, 1, 2];
        let streams: [&[&[u8]]; 8] = [
            &[START, FRAME, FRAME, SCAN],
            &[START, FRAME, bare, SCAN],
            &[START, bare, FRAME, SCAN],
            &[START, TABLE, &[0], FRAME, SCAN],
            &[START, FRAME, END],
            &[START, TABLE],
            &[START, &[0xff, 0xdb, 0, 1], FRAME, SCAN],
            &[FRAME, SCAN],
        ];
        for stream in streams {
            assert!(matches!(read(stream), Err(ImageError::Undecodable { .. })), "{stream:?}");
        }
    }

    #[test]
    fn other_kinds_of_jpeg_are_refused_by_name() {
        let progressive: &[u8] = &[0xff, 0xc2, 0, 8, 8, 0, 24, 0, 32, 3];
        let part: &[u8] = &[0xff, 0xda, 0, 3, 1, 77];
        for stream in [&[START, progressive, SCAN], &[START, FRAME, part]] {
            assert!(matches!(read(stream), Err(ImageError::Unsupported { .. })), "{stream:?}");
        }
    }
}
