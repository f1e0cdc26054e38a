//! Animations: the first frame is read, on its canvas.

use rendition_imaging::{Size, SourceFormat, inspect};

use crate::picture::Picture;

const RED: [u8; 4] = [255, 0, 0, 255];

/// A canvas of 12 x 10, transparent but for a red box of 4 x 6 at (4, 2).
fn expected() -> Picture {
    Picture::new(12, 10, |x, y| if (4..8).contains(&x) && (2..8).contains(&y) { RED } else { [0, 0, 0, 0] })
}

fn gif() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, 12, 10, &[255, 0, 0, 0, 0, 255]).unwrap();
    for (left, top, width, height, index) in [(4, 2, 4, 6, 0), (0, 0, 12, 10, 1)] {
        let buffer = vec![index; usize::from(width * height)].into();
        encoder
            .write_frame(&gif::Frame { left, top, width, height, buffer, ..gif::Frame::default() })
            .unwrap();
    }
    drop(encoder);
    bytes
}

fn three_bytes(value: u32) -> [u8; 3] {
    let [a, b, c, _] = value.to_le_bytes();
    [a, b, c]
}

/// The container of RFC 9649 around frames that are written as still images.
fn webp() -> Vec<u8> {
    let mut body = b"WEBPVP8X\x0a\0\0\0\x12\0\0\0".to_vec();
    body.extend_from_slice(&three_bytes(11));
    body.extend_from_slice(&three_bytes(9));
    body.extend_from_slice(b"ANIM\x06\0\0\0\0\0\0\0\0\0");
    let frames =
        [(4, 2, Picture::new(4, 6, |_, _| RED)), (0, 0, Picture::new(12, 10, |_, _| [0, 0, 255, 255]))];
    for (left, top, picture) in frames {
        let still = picture.webp();
        body.extend_from_slice(b"ANMF");
        body.extend_from_slice(&(16 + still.len() as u32 - 12).to_le_bytes());
        for value in [left / 2, top / 2, picture.size.width - 1, picture.size.height - 1, 100] {
            body.extend_from_slice(&three_bytes(value));
        }
        body.push(0);
        body.extend_from_slice(&still[12..]);
    }
    let mut bytes = b"RIFF".to_vec();
    bytes.extend_from_slice(&(body.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&body);
    bytes
}

#[test]
fn the_first_frame_is_laid_on_its_canvas() {
    for (bytes, format) in [(gif(), SourceFormat::Gif), (webp(), SourceFormat::Webp)] {
        let header = inspect(&bytes).unwrap();
        assert_eq!((header.format, header.size, header.frames), (format, Size::new(12, 10), 2));
        assert_eq!(Picture::read(&bytes), expected(), "{format:?}");
    }
}

#[test]
fn a_frame_that_reaches_out_of_its_gif_is_cut_at_the_edge() {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, 6, 5, &[255, 0, 0]).unwrap();
    let frame =
        gif::Frame { left: 4, top: 3, width: 9, height: 9, buffer: vec![0; 81].into(), ..Default::default() };
    encoder.write_frame(&frame).unwrap();
    drop(encoder);
    let expected = Picture::new(6, 5, |x, y| if x >= 4 && y >= 3 { RED } else { [0, 0, 0, 0] });
    assert_eq!(Picture::read(&bytes), expected);
}

#[test]
fn a_later_frame_that_is_cut_off_does_not_matter() {
    let whole = gif();
    let cut = &whole[..whole.len() - 6];
    assert_eq!(Picture::read(cut), expected());
}
