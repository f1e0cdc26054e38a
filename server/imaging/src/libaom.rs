//! The C library libaom, wrapped: one picture into a bitstream.

#![allow(unsafe_code)]

use std::ffi::{c_int, c_uint};
use std::{ptr, slice};

use libaom_sys as raw;

use crate::cicp::Cicp;
use crate::{ImageError, Size, Subsampling};

/// Planes of 8 bits a sample, rows without gaps.
pub(crate) struct Planes<'a> {
    pub size: Size,
    /// Of which sizes the chroma planes are; nothing where the picture is grey. Never unspecified.
    pub chroma: Option<Subsampling>,
    /// Luma, and two of chroma, which are empty where the picture is grey.
    pub samples: [&'a [u8]; 3],
    pub cicp: Cicp,
}

/// The size of the chroma planes of a picture.
pub(crate) fn chroma_size(size: Size, subsampling: Subsampling) -> Size {
    match subsampling {
        Subsampling::Whole => size,
        Subsampling::Half => Size::new(size.width.div_ceil(2), size.height),
        Subsampling::Quarter | Subsampling::Unspecified => {
            Size::new(size.width.div_ceil(2), size.height.div_ceil(2))
        }
    }
}

/// Encodes a picture. `quantizer` is 0 (lossless but for the conversion of colours) to 63; `speed` 0 to 9.
pub(crate) fn encode(planes: &Planes<'_>, quantizer: u32, speed: u32) -> Result<Vec<u8>, ImageError> {
    let chroma = chroma_size(planes.size, planes.chroma.unwrap_or(Subsampling::Quarter));
    let mut expected = [planes.size, chroma, chroma].map(|size| size.pixels());
    if planes.chroma.is_none() {
        expected[1] = 0;
        expected[2] = 0;
    }
    if planes.samples.map(|samples| samples.len() as u64) != expected {
        return Err(failed("its planes have other sizes than it"));
    }
    // The library reads chroma even of what is grey.
    let neutral = if planes.chroma.is_none() { vec![128u8; chroma.pixels() as usize] } else { Vec::new() };
    let mut samples = planes.samples;
    if planes.chroma.is_none() {
        samples = [samples[0], &neutral, &neutral];
    }
    let image = image(planes, samples, chroma)?;
    let mut encoder = Encoder::new(planes)?;
    encoder.set_controls(planes, quantizer, speed)?;
    encoder.encode(&image)
}

fn failed(what: &str) -> ImageError {
    ImageError::unsupported(format!("the avif could not be written: {what}"))
}

fn check(status: raw::aom_codec_err_t, what: &str) -> Result<(), ImageError> {
    if status == raw::AOM_CODEC_OK { Ok(()) } else { Err(failed(&format!("{what} ({status})"))) }
}

/// The planes as the library takes them. It reads them alone, and only `d_w` by `d_h` samples of them.
fn image(planes: &Planes<'_>, samples: [&[u8]; 3], chroma: Size) -> Result<raw::aom_image_t, ImageError> {
    // SAFETY: the struct is plain numbers and pointers that may be null, for which zeroes are valid.
    let mut image: raw::aom_image_t = unsafe { std::mem::zeroed() };
    let stride = |width: u32| c_int::try_from(width).map_err(|_| failed("it is too wide"));
    let (format, across, down, bits) = match planes.chroma {
        Some(Subsampling::Whole) => (raw::AOM_IMG_FMT_I444, 0, 0, 24),
        Some(Subsampling::Half) => (raw::AOM_IMG_FMT_I422, 1, 0, 16),
        _ => (raw::AOM_IMG_FMT_I420, 1, 1, 12),
    };
    image.fmt = format;
    image.bps = bits;
    image.bit_depth = 8;
    (image.w, image.h) = (planes.size.width, planes.size.height);
    (image.d_w, image.d_h) = (planes.size.width, planes.size.height);
    (image.x_chroma_shift, image.y_chroma_shift) = (across, down);
    image.monochrome = c_int::from(planes.chroma.is_none());
    image.cp = planes.cicp.primaries.into();
    image.tc = planes.cicp.transfer.into();
    image.mc = planes.cicp.matrix.into();
    image.range = raw::aom_color_range_t::from(planes.cicp.full_range);
    // Pointers to what must not be written, in a struct that is for reading and writing: the encoder reads.
    image.planes = samples.map(|samples| samples.as_ptr().cast_mut());
    image.stride = [stride(planes.size.width)?, stride(chroma.width)?, stride(chroma.width)?];
    Ok(image)
}

/// An open encoder for one picture, without threads; closed when it is dropped.
struct Encoder(Box<raw::aom_codec_ctx_t>);

impl Encoder {
    fn new(planes: &Planes<'_>) -> Result<Encoder, ImageError> {
        let mut config = std::mem::MaybeUninit::<raw::aom_codec_enc_cfg_t>::zeroed();
        // SAFETY: the interface is the library's own, and the configuration may be written whole; it is plain numbers, for
        // which zeroes are valid whatever the call does.
        let (interface, mut config) = unsafe {
            let interface = raw::aom_codec_av1_cx();
            let usage = raw::AOM_USAGE_ALL_INTRA;
            check(
                raw::aom_codec_enc_config_default(interface, config.as_mut_ptr(), usage),
                "no configuration",
            )?;
            (interface, config.assume_init())
        };
        config.g_profile = match planes.chroma {
            Some(Subsampling::Whole) => 1,
            Some(Subsampling::Half) => 2,
            _ => 0,
        };
        (config.g_w, config.g_h) = (planes.size.width, planes.size.height);
        config.g_threads = 1;
        config.g_limit = 1;
        config.g_lag_in_frames = 0;
        config.g_bit_depth = raw::AOM_BITS_8;
        config.g_input_bit_depth = 8;
        config.monochrome = c_uint::from(planes.chroma.is_none());
        config.rc_end_usage = raw::AOM_Q;
        // SAFETY: the struct is plain numbers and pointers that may be null, for which zeroes are valid.
        let mut context: Box<raw::aom_codec_ctx_t> = Box::new(unsafe { std::mem::zeroed() });
        // SAFETY: the context lies in memory of its own that is not moved. The configuration is one of the library with
        // numbers changed, and outlives the call, which copies it.
        let status = unsafe {
            raw::aom_codec_enc_init_ver(
                &mut *context,
                interface,
                &config,
                0,
                raw::AOM_ENCODER_ABI_VERSION as c_int,
            )
        };
        // A context that could not be set up need not be closed.
        check(status, "the encoder could not be set up")?;
        Ok(Encoder(context))
    }

    fn set_controls(&mut self, planes: &Planes<'_>, quantizer: u32, speed: u32) -> Result<(), ImageError> {
        let cicp = planes.cicp;
        let chosen = [
            (raw::AOME_SET_CPUUSED, speed),
            (raw::AOME_SET_CQ_LEVEL, quantizer),
            (raw::AOME_SET_TUNING, raw::AOM_TUNE_SSIM),
            (raw::AV1E_SET_ROW_MT, 0),
            // One tile, as far as the format allows: tiles are for threads, and cost bytes.
            (raw::AV1E_SET_TILE_COLUMNS, 0),
            (raw::AV1E_SET_TILE_ROWS, 0),
            // What is drawn and not photographed would be searched for parts that repeat, by a table of all of them, which takes
            // 300 bytes a pixel where an encoder takes 50, and only the pixels tell which it is.
            (raw::AV1E_SET_ENABLE_INTRABC, 0),
            (raw::AV1E_SET_COLOR_PRIMARIES, cicp.primaries.into()),
            (raw::AV1E_SET_TRANSFER_CHARACTERISTICS, cicp.transfer.into()),
            (raw::AV1E_SET_MATRIX_COEFFICIENTS, cicp.matrix.into()),
            (raw::AV1E_SET_COLOR_RANGE, cicp.full_range.into()),
        ];
        for (control, value) in chosen {
            // SAFETY: the encoder is open, and each of these controls takes one int or unsigned int, which are passed alike.
            let status = unsafe { raw::aom_codec_control(&mut *self.0, control as c_int, value as c_uint) };
            check(status, "an option is refused")?;
        }
        Ok(())
    }

    fn encode(&mut self, image: &raw::aom_image_t) -> Result<Vec<u8>, ImageError> {
        let mut bitstream = Vec::new();
        // SAFETY: the encoder is open. The image's planes are live and as large as it says, which `encode` above has seen to.
        check(unsafe { raw::aom_codec_encode(&mut *self.0, image, 0, 1, 0) }, "the picture is refused")?;
        self.collect(&mut bitstream);
        // SAFETY: the encoder is open; no image means that there are no more.
        check(unsafe { raw::aom_codec_encode(&mut *self.0, ptr::null(), 0, 1, 0) }, "it does not end")?;
        self.collect(&mut bitstream);
        if bitstream.is_empty() { Err(failed("nothing comes out")) } else { Ok(bitstream) }
    }

    /// Takes what has been encoded so far.
    fn collect(&mut self, bitstream: &mut Vec<u8>) {
        let mut iterator: raw::aom_codec_iter_t = ptr::null();
        // SAFETY: the encoder is open, and the iterator is used by nobody else. A packet, its kind telling which part of the
        // union it is, is valid until the next call, before which its bytes are copied.
        unsafe {
            while let Some(packet) = raw::aom_codec_get_cx_data(&mut *self.0, &mut iterator).as_ref() {
                if packet.kind == raw::AOM_CODEC_CX_FRAME_PKT && packet.data.frame.sz > 0 {
                    let frame = packet.data.frame;
                    bitstream.extend_from_slice(slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz));
                }
            }
        }
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: the encoder was opened, and is closed once.
        unsafe { raw::aom_codec_destroy(&mut *self.0) };
    }
}
