//! The AV1 decoder rav1d (in rerun's branch of it), whose interface is that of the C library dav1d, wrapped: one picture out of a
//! bitstream.

#![allow(unsafe_code)]

use std::ptr::NonNull;
use std::slice;

use re_rav1d::include::dav1d::data::Dav1dData;
use re_rav1d::include::dav1d::dav1d::{Dav1dContext, Dav1dLogger, Dav1dSettings};
use re_rav1d::include::dav1d::headers::{
    DAV1D_PIXEL_LAYOUT_I400, DAV1D_PIXEL_LAYOUT_I420, DAV1D_PIXEL_LAYOUT_I422, DAV1D_PIXEL_LAYOUT_I444,
};
use re_rav1d::include::dav1d::picture::Dav1dPicture;
use re_rav1d::src::lib::{
    dav1d_close, dav1d_data_create, dav1d_data_unref, dav1d_default_settings, dav1d_get_picture, dav1d_open,
    dav1d_picture_unref, dav1d_send_data,
};

use crate::{ImageError, Size};

/// Decodes the first picture of a bitstream, which must have this size. `operating_point` says which of several layered
/// qualities is wanted, 0 to 31.
pub(crate) fn decode(bitstream: &[u8], size: Size, operating_point: u8) -> Result<Picture, ImageError> {
    let mut decoder = Decoder::new(size, operating_point)?;
    decoder.send(bitstream)?;
    let picture = decoder.picture()?;
    if picture.size() != size {
        return Err(ImageError::undecodable(format!(
            "the avif says that it has {size} pixels, and a picture of {} is in it",
            picture.size()
        )));
    }
    Ok(picture)
}

fn broken() -> ImageError {
    ImageError::undecodable("the avif has a broken av1 bitstream")
}

/// An open decoder without threads, closed when it is dropped.
struct Decoder(Option<Dav1dContext>);

impl Decoder {
    fn new(size: Size, operating_point: u8) -> Result<Decoder, ImageError> {
        let mut settings = std::mem::MaybeUninit::<Dav1dSettings>::uninit();
        // SAFETY: the pointer is that of memory for settings, and the function writes them whole.
        let mut settings = unsafe {
            dav1d_default_settings(NonNull::from(&mut settings).cast());
            settings.assume_init()
        };
        settings.n_threads = 1;
        settings.max_frame_delay = 1;
        settings.all_layers = 0;
        settings.operating_point = operating_point.min(31).into();
        settings.frame_size_limit = u32::try_from(size.pixels())
            .map_err(|_| ImageError::unsupported(format!("an avif of {size} pixels")))?;
        // SAFETY: without a function to call there is nothing that could be called wrongly.
        settings.logger = unsafe { Dav1dLogger::new(None, None) };
        let mut decoder = Decoder(None);
        // SAFETY: both pointers are those of live variables; the settings are read, the context is written.
        let status =
            unsafe { dav1d_open(Some(NonNull::from(&mut decoder.0)), Some(NonNull::from(&mut settings))) };
        match status.0 {
            0 if decoder.0.is_some() => Ok(decoder),
            _ => Err(ImageError::unsupported("the av1 decoder could not be set up")),
        }
    }

    /// Hands over a bitstream, and decodes up to the first picture.
    fn send(&mut self, bitstream: &[u8]) -> Result<(), ImageError> {
        let mut data = Data::copy(bitstream)?;
        // SAFETY: the context is open, and the data are the library's own.
        let status = unsafe { dav1d_send_data(self.0, Some(NonNull::from(&mut data.0))) };
        if status.0 == 0 { Ok(()) } else { Err(broken()) }
    }

    /// The next picture.
    fn picture(&mut self) -> Result<Picture, ImageError> {
        let mut picture = Picture(Dav1dPicture::default());
        // SAFETY: the context is open; the picture is empty, so that nothing is lost when it is written over.
        let status = unsafe { dav1d_get_picture(self.0, Some(NonNull::from(&mut picture.0))) };
        if status.0 == 0 && picture.0.data[0].is_some() { Ok(picture) } else { Err(broken()) }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the context is the one that was opened, or none; the function leaves none behind.
        unsafe { dav1d_close(Some(NonNull::from(&mut self.0))) }
    }
}

/// Bytes in memory of the library, given back when they are dropped.
struct Data(Dav1dData);

impl Data {
    fn copy(bytes: &[u8]) -> Result<Data, ImageError> {
        if bytes.is_empty() {
            return Err(ImageError::undecodable("the avif is empty"));
        }
        let mut data = Data(Dav1dData::default());
        // SAFETY: the data are empty, so that nothing is lost when they are written over.
        let memory = unsafe { dav1d_data_create(Some(NonNull::from(&mut data.0)), bytes.len()) };
        if memory.is_null() {
            return Err(ImageError::unsupported("the av1 decoder ran out of memory"));
        }
        // SAFETY: the library has just given memory of this length, which nothing else refers to yet.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), memory, bytes.len()) };
        Ok(data)
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        // SAFETY: the data are empty or refer to memory of the library, which is given back once.
        unsafe { dav1d_data_unref(Some(NonNull::from(&mut self.0))) }
    }
}

/// Which of the picture's pixels have a chroma sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chroma {
    /// None: it is grey.
    None,
    /// One in four, two by two: 4:2:0.
    Quarter,
    /// One in two, side by side: 4:2:2.
    Half,
    /// All: 4:4:4.
    Whole,
}

/// Samples of a row.
#[derive(Clone, Copy)]
pub(crate) enum Row<'a> {
    /// Of 8 bits.
    Eight(&'a [u8]),
    /// Of 10 or 12 bits.
    More(&'a [u16]),
}

/// A decoded picture in memory of the library, given back when it is dropped.
pub(crate) struct Picture(Dav1dPicture);

impl Picture {
    pub fn size(&self) -> Size {
        let side = |side| u32::try_from(side).unwrap_or(0);
        Size::new(side(self.0.p.w), side(self.0.p.h))
    }

    /// 8, 10 or 12 bits a sample.
    pub fn bits(&self) -> u8 {
        u8::try_from(self.0.p.bpc).unwrap_or(0)
    }

    pub fn chroma(&self) -> Result<Chroma, ImageError> {
        match self.0.p.layout {
            DAV1D_PIXEL_LAYOUT_I400 => Ok(Chroma::None),
            DAV1D_PIXEL_LAYOUT_I420 => Ok(Chroma::Quarter),
            DAV1D_PIXEL_LAYOUT_I422 => Ok(Chroma::Half),
            DAV1D_PIXEL_LAYOUT_I444 => Ok(Chroma::Whole),
            _ => Err(broken()),
        }
    }

    /// The size of a plane: 0 is luma, 1 and 2 are chroma. Empty where there is none.
    pub fn plane(&self, plane: usize) -> Size {
        let Size { width, height } = self.size();
        match (plane, self.chroma()) {
            (0, _) | (1 | 2, Ok(Chroma::Whole)) => self.size(),
            (1 | 2, Ok(Chroma::Half)) => Size::new(width.div_ceil(2), height),
            (1 | 2, Ok(Chroma::Quarter)) => Size::new(width.div_ceil(2), height.div_ceil(2)),
            _ => Size::new(0, 0),
        }
    }

    /// A row of a plane; empty where there is none.
    pub fn row(&self, plane: usize, y: u32) -> Row<'_> {
        let size = self.plane(plane);
        let is_eight = self.bits() == 8;
        let (Some(data), true) = (self.0.data.get(plane).copied().flatten(), y < size.height) else {
            return if is_eight { Row::Eight(&[]) } else { Row::More(&[]) };
        };
        let stride = self.0.stride[plane.min(1)];
        let width = size.width as usize;
        // SAFETY: the picture was made by the library and is not changed by anybody while it is borrowed. Its planes have
        // the sizes that its layout calls for, their rows are so many bytes apart, and samples of more than 8 bits have two
        // bytes, in memory that is aligned for them. The row and its width lie inside the plane.
        unsafe {
            let row = data.as_ptr().cast::<u8>().offset(y as isize * stride);
            match is_eight {
                true => Row::Eight(slice::from_raw_parts(row, width)),
                false => Row::More(slice::from_raw_parts(row.cast::<u16>(), width)),
            }
        }
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: the picture is empty or one of the library, which is given back once.
        unsafe { dav1d_picture_unref(Some(NonNull::from(&mut self.0))) }
        // What is left is an empty picture, for which the library allocates a list of no metadata that nothing else frees.
        if let Some(metadata) = self.0.itut_t35_ref.take() {
            // SAFETY: the picture alone holds this reference, and nobody looks at the picture again.
            drop(unsafe { metadata.into_arc() });
        }
    }
}
