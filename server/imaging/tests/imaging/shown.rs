//! Animations as they are shown: composed by the decoder of libwebp, which the crate itself does not use.

#![allow(unsafe_code)]

use libwebp_sys as raw;
use rendition_imaging::{
    Animation, Encoded, Format, Gif, ImageError, Limits, Operation, Output, Size, Spec, Webp, generate,
};

use crate::picture::Picture;

/// The frames with how long each is shown, in ms, and how often all are played.
#[derive(Debug, PartialEq)]
pub struct Shown {
    pub frames: Vec<(Picture, u32)>,
    pub plays: u32,
}

impl Shown {
    /// What an animated WebP shows.
    pub fn webp(bytes: &[u8]) -> Shown {
        let data = raw::WebPData { bytes: bytes.as_ptr(), size: bytes.len() };
        let mut frames = Vec::new();
        // SAFETY: the decoder reads `bytes`, which outlive it; what it gives is a canvas of the size that it tells, valid
        // until the next call; structs are plain numbers that the library fills in.
        unsafe {
            let version = raw::WebPGetDemuxABIVersion();
            let mut options = std::mem::zeroed::<raw::WebPAnimDecoderOptions>();
            assert_ne!(raw::WebPAnimDecoderOptionsInitInternal(&mut options, version), 0);
            options.color_mode = raw::WEBP_CSP_MODE::MODE_RGBA;
            let decoder = raw::WebPAnimDecoderNewInternal(&data, &options, version);
            assert!(!decoder.is_null(), "libwebp does not read it");
            let mut info = std::mem::zeroed::<raw::WebPAnimInfo>();
            assert_ne!(raw::WebPAnimDecoderGetInfo(decoder, &mut info), 0);
            let size = Size::new(info.canvas_width, info.canvas_height);
            let (mut begin, mut end) = (0, 0);
            while raw::WebPAnimDecoderHasMoreFrames(decoder) != 0 {
                let mut canvas = std::ptr::null_mut();
                assert_ne!(raw::WebPAnimDecoderGetNext(decoder, &mut canvas, &mut end), 0);
                let samples = std::slice::from_raw_parts(canvas, size.pixels() as usize * 4);
                let pixels = samples.as_chunks::<4>().0.iter();
                // What is transparent has no colour.
                let pixels = pixels.map(|pixel| if pixel[3] == 0 { [0; 4] } else { *pixel }).collect();
                frames.push((Picture { size, pixels }, (end - begin) as u32));
                begin = end;
            }
            raw::WebPAnimDecoderDelete(decoder);
            Shown { frames, plays: info.loop_count }
        }
    }

    /// What an animation of either format shows. Frames that show nothing new are part of the one before.
    pub fn of(bytes: &[u8]) -> Shown {
        Shown::webp(&made(bytes, [], Output::Webp(Webp { lossless: true, ..Webp::default() })))
    }

    pub fn pictures(&self) -> impl Iterator<Item = &Picture> {
        self.frames.iter().map(|(picture, _)| picture)
    }

    pub fn milliseconds(&self) -> Vec<u32> {
        self.frames.iter().map(|(_, milliseconds)| *milliseconds).collect()
    }
}

pub fn keep(operations: impl IntoIterator<Item = Operation>, output: Output) -> Spec {
    Spec { animation: Animation::Keep, ..Spec::new(operations.into_iter().collect(), output) }
}

/// An animation made of an animation.
pub fn made(bytes: &[u8], operations: impl IntoIterator<Item = Operation>, output: Output) -> Vec<u8> {
    let encoded = generate(bytes, &keep(operations, output), &Limits::default()).unwrap();
    assert!(matches!(encoded.format, Format::Gif | Format::Webp));
    encoded.bytes
}

/// The frames of a GIF as they are in the file: place, delay in ms, and how often it is played again.
pub fn gif_blocks(bytes: &[u8]) -> (Vec<([u16; 4], u32)>, gif::Repeat) {
    let mut decoder = gif::DecodeOptions::new().read_info(bytes).unwrap();
    let mut blocks = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        let place = [frame.left, frame.top, frame.width, frame.height];
        blocks.push((place, u32::from(frame.delay) * 10));
    }
    (blocks, decoder.repeat())
}

/// Frames of a white canvas with a box of the frame's own colour that moves to the right.
pub fn moving(frames: u16, delay: u16, repeat: Option<gif::Repeat>) -> Vec<u8> {
    let palette = [[255, 255, 255], [200, 30, 30], [30, 30, 200], [30, 160, 30]];
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, 64, 40, palette.as_flattened()).unwrap();
    repeat.map_or(Ok(()), |repeat| encoder.set_repeat(repeat)).unwrap();
    for index in 0..frames {
        let color = 1 + (index % 3) as u8;
        let inside = |x: u16, y: u16| (index * 8..index * 8 + 12).contains(&x) && (10..26).contains(&y);
        let pixel = |x, y| if inside(x, y) { color } else { 0 };
        let buffer: Vec<u8> = (0..40).flat_map(|y| (0..64).map(move |x| pixel(x, y))).collect();
        let frame = gif::Frame { width: 64, height: 40, delay, buffer: buffer.into(), ..Default::default() };
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    bytes
}

pub fn lossless() -> Output {
    Output::Webp(Webp { lossless: true, ..Webp::default() })
}

pub fn webp() -> Output {
    Output::Webp(Webp::default())
}

pub fn gif() -> Output {
    Output::Gif(Gif::default())
}

pub fn generated(bytes: &[u8], spec: &Spec) -> Result<Encoded, ImageError> {
    generate(bytes, spec, &Limits::default())
}
