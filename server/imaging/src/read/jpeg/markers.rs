//! The segments of a JPEG before its first scan.

use crate::sampling::Sampling;
use crate::{ImageError, Size};

/// What the frame header (SOF) says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub size: Size,
    pub bits: u8,
    pub components: u8,
    /// Samples of all components, of which chroma usually has fewer than there are pixels.
    pub samples: u64,
    /// Whether libjpeg-turbo has a name for the sampling.
    pub is_named: bool,
    /// How chroma is sampled; none where there is none, or its sampling has no name.
    sampling: Option<Sampling>,
    /// Whether the components are called R, G and B.
    is_called_rgb: bool,
    pub progressive: bool,
    pub lossless: bool,
}

/// The segments that matter here.
#[derive(Debug, Default)]
pub(crate) struct Markers<'a> {
    pub frame: Option<Frame>,
    /// The EXIF block, from `Exif\0\0`.
    pub exif: Option<&'a [u8]>,
    /// The XMP packet.
    pub xmp: Option<&'a [u8]>,
    /// The pieces of the ICC profile, in file order: number, count, data.
    pub icc: Vec<(u8, u8, &'a [u8])>,
    /// Whether the first scan holds some of the components only, so that all are held until the last one.
    pub is_in_parts: bool,
    /// Whether Adobe's APP14 is there.
    pub adobe: bool,
    /// Which colours it says that there are.
    adobe_transform: Option<u8>,
    /// Whether JFIF's APP0 is there.
    jfif: bool,
    /// Whether there is something that decoders warn of, and [`Markers::mended`] mends.
    pub has_faults: bool,
    /// Everything from the first scan on, or nothing if there is none.
    pub scans: Scans<'a>,
}

impl<'a> Markers<'a> {
    /// Reads up to the first scan, or to the end of the bytes if they hold the frame header.
    pub fn read(bytes: &'a [u8]) -> Result<Markers<'a>, ImageError> {
        let mut markers = Markers::default();
        let mut end = 2;
        for segment in Segments::of(bytes) {
            markers.has_faults |= segment.begin != end || segment.mend(markers.frame.as_ref()).is_some();
            end = segment.end;
            if segment.marker == SCAN {
                markers.scans = Scans(segment.data);
                let components = markers.scans.first_components();
                markers.is_in_parts = markers.frame.is_some_and(|frame| components < frame.components);
            } else {
                markers.segment(segment.marker, segment.data)?;
            }
        }
        // The frame mostly comes after Adobe's segment.
        let transforms = markers.frame.and_then(|frame| frame.transforms());
        markers.has_faults |= transforms
            .zip(markers.adobe_transform)
            .is_some_and(|(transforms, transform)| !transforms.contains(&transform));
        Ok(markers)
    }

    /// The bytes without what decoders warn of and pass over: those that belong to no segment, and numbers in segments that mean
    /// nothing. The pixels are the same.
    #[cfg(feature = "turbojpeg")]
    pub fn mended(&self, bytes: &[u8]) -> Vec<u8> {
        let mut mended = Vec::with_capacity(bytes.len());
        mended.extend_from_slice(&bytes[..bytes.len().min(2)]);
        for segment in Segments::of(bytes) {
            mended.extend_from_slice(&bytes[segment.begin..segment.end]);
            if let Some((at, right)) = segment.mend(self.frame.as_ref()) {
                let at = mended.len() - segment.data.len() + at;
                mended[at..at + right.len()].copy_from_slice(right);
            }
        }
        mended
    }

    /// Whether restart markers are to be expected within the scans.
    #[cfg(feature = "turbojpeg")]
    pub fn expect_restarts(&self, bytes: &[u8]) -> bool {
        Segments::of(bytes).any(|segment| segment.marker == RESTARTS) || self.scans.hold(RESTARTS)
    }

    fn segment(&mut self, marker: u8, data: &'a [u8]) -> Result<(), ImageError> {
        match marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let &[bits, h1, h0, w1, w0, components, ref factors @ ..] = data else {
                    return Err(ImageError::undecodable("the jpeg frame header is cut off"));
                };
                let size =
                    Size::new(u16::from_be_bytes([w1, w0]).into(), u16::from_be_bytes([h1, h0]).into());
                self.frame = Some(Frame {
                    size,
                    samples: samples(size, factors),
                    is_named: is_named(factors),
                    sampling: sampling(factors),
                    is_called_rgb: factors.chunks_exact(3).map(|component| component[0]).eq(*b"RGB"),
                    bits,
                    components,
                    progressive: matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce),
                    lossless: matches!(marker, 0xc3 | 0xc7 | 0xcb | 0xcf),
                });
            }
            0xe0 if is_jfif(data) => self.jfif = true,
            0xe1 if data.starts_with(b"Exif\0\0") && self.exif.is_none() => self.exif = Some(data),
            0xe1 if self.xmp.is_none() => self.xmp = data.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0"),
            0xe2 => {
                if let Some(&[number, count, ref piece @ ..]) = data.strip_prefix(b"ICC_PROFILE\0") {
                    self.icc.push((number, count, piece));
                }
            }
            0xee if is_adobe(data) => {
                self.adobe = true;
                self.adobe_transform = data.get(11).copied();
            }
            _ => {}
        }
        Ok(())
    }

    /// How long the ICC profile is.
    pub fn profile_bytes(&self) -> u64 {
        self.icc.iter().map(|(.., piece)| piece.len() as u64).sum()
    }

    /// How chroma is sampled, where there is luma and chroma, and neither RGB nor inks: by the rules that decoders go by, for
    /// the components have no names that all encoders agree on.
    pub fn planes(&self) -> Option<Sampling> {
        let frame = self.frame?;
        let is_rgb = match self.adobe_transform {
            _ if self.jfif => false,
            Some(transform) => transform == 0,
            None => frame.is_called_rgb,
        };
        frame.sampling.filter(|_| !is_rgb)
    }

    /// The ICC profile put together; none if a piece is missing or there are two of it.
    pub fn profile(&self) -> Option<Vec<u8>> {
        let count = self.icc.first()?.1;
        let mut pieces = self.icc.clone();
        pieces.sort_by_key(|(number, ..)| *number);
        let whole = pieces.len() == usize::from(count)
            && pieces.iter().zip(1..).all(|((number, of, _), expected)| *number == expected && *of == count);
        whole.then(|| pieces.iter().flat_map(|(.., piece)| piece.iter().copied()).collect())
    }
}

/// How many samples there are, from the sampling factors: three bytes a component, of which the
/// second holds the horizontal and the vertical factor.
fn samples(size: Size, factors: &[u8]) -> u64 {
    let factors = factors.chunks_exact(3).map(|component| (component[1] >> 4, component[1] & 15));
    let area = |(horizontal, vertical)| u64::from(horizontal) * u64::from(vertical);
    let most = factors.clone().map(|(horizontal, _)| u64::from(horizontal)).max().unwrap_or(1)
        * factors.clone().map(|(_, vertical)| u64::from(vertical)).max().unwrap_or(1);
    (size.pixels() * factors.map(area).sum::<u64>()).div_ceil(most.max(1))
}

/// Whether the components are sampled in one of the usual ways: the first one as often as the others, or two or four times.
fn is_named(factors: &[u8]) -> bool {
    let mut factors = factors.chunks_exact(3).map(|component| (component[1] >> 4, component[1] & 15));
    let Some(first) = factors.next() else { return false };
    // The fourth of four inks is sampled as the first.
    let mut others = factors.take(2);
    let Some(second) = others.next() else { return true };
    let ratio = |first: u8, other: u8| first.checked_div(other).filter(|_| first.is_multiple_of(other));
    others.all(|third| third == second)
        && matches!(
            (ratio(first.0, second.0), ratio(first.1, second.1)),
            (Some(1 | 2), Some(1 | 2)) | (Some(4), Some(1)) | (Some(1), Some(4))
        )
}

/// How chroma is sampled, from the sampling factors: one sample of it belongs to as many pixels as there are samples of luma
/// beside it.
fn sampling(factors: &[u8]) -> Option<Sampling> {
    const NAMED: [u8; 6] = [0x11, 0x21, 0x22, 0x12, 0x41, 0x14];
    let &[_, luma, _, _, 0x11, _, _, 0x11, _] = factors else { return None };
    NAMED.contains(&luma).then_some(Sampling { across: luma >> 4, down: luma & 15 })
}

/// The marker of a scan's header (SOS).
const SCAN: u8 = 0xda;
/// The marker of the segment that says how far restart markers are apart (DRI).
#[cfg(feature = "turbojpeg")]
const RESTARTS: u8 = 0xdd;
/// The end marker (EOI).
const END: u8 = 0xd9;

/// A segment, from its marker on.
struct Segment<'a> {
    marker: u8,
    /// What follows its length; all that is left, if it is a scan.
    data: &'a [u8],
    begin: usize,
    end: usize,
}

impl Segment<'_> {
    /// Which of its data mean nothing, from where on, and what decoders take instead (libjpeg-turbo, `jdmarker.c`, `jdapimin.c`
    /// and `jdhuff.c`). The frame has to be known to tell it of Adobe's segment and of a scan.
    fn mend(&self, frame: Option<&Frame>) -> Option<(usize, &'static [u8])> {
        match self.marker {
            0xe0 if is_jfif(self.data) => (self.data[5] != 1).then_some((5, &[1])),
            0xee if is_adobe(self.data) => {
                let transforms = frame?.transforms()?;
                (!transforms.contains(self.data.get(11)?)).then_some((11, &transforms[1..]))
            }
            SCAN if !frame?.progressive => {
                let at = 1 + 2 * usize::from(*self.data.first()?);
                (*self.data.get(at..at + 3)? != WHOLE_SCAN).then_some((at, &WHOLE_SCAN))
            }
            _ => None,
        }
    }
}

/// What a scan's header says at its end where there is but one: that it holds all coefficients, with all their bits.
const WHOLE_SCAN: [u8; 3] = [0, 63, 0];

fn is_jfif(data: &[u8]) -> bool {
    data.starts_with(b"JFIF\0") && data.len() >= 14
}

fn is_adobe(data: &[u8]) -> bool {
    data.starts_with(b"Adobe")
}

impl Frame {
    /// What Adobe's segment may say of the colours, and last what decoders take for anything else; none where they don't look.
    fn transforms(&self) -> Option<&'static [u8; 2]> {
        match self.components {
            3 => Some(&[0, 1]),
            4 => Some(&[0, 2]),
            _ => None,
        }
    }
}

/// The segments up to the first scan, or as far as they are whole.
struct Segments<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Segments<'a> {
    /// Those of a file, behind its first marker.
    fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 2 }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        let bytes = self.bytes;
        loop {
            // Decoders skip what stands between segments, so this does.
            while bytes.get(self.at).is_some_and(|byte| *byte != 0xff) {
                self.at += 1;
            }
            while bytes.get(self.at + 1) == Some(&0xff) {
                self.at += 1;
            }
            let (begin, marker) = (self.at, *bytes.get(self.at + 1)?);
            self.at += 2;
            let data = self.at + 2;
            match marker {
                0x00 | 0x01 | 0xd0..=0xd8 => {}
                END => return None,
                SCAN => {
                    self.at = bytes.len();
                    let data = bytes.get(data..).unwrap_or_default();
                    return Some(Segment { marker, data, begin, end: bytes.len() });
                }
                _ => {
                    let length = bytes.get(self.at..data)?;
                    let length = usize::from(length[0]) << 8 | usize::from(length[1]);
                    let end = self.at + length.max(2);
                    self.at = end;
                    return Some(Segment { marker, data: bytes.get(data..end)?, begin, end });
                }
            }
        }
    }
}

/// The scans of an image, from the header of the first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scans<'a>(&'a [u8]);

impl Scans<'_> {
    /// How many components the first scan holds.
    pub fn first_components(&self) -> u8 {
        self.0.first().copied().unwrap_or(0)
    }

    /// Whether there is an end marker, so that no scan is cut off. A table between two scans could hold the marker's bytes; a
    /// decoder that goes on to a cut-off scan behind it then paints grey what is missing.
    pub fn have_end(&self) -> bool {
        self.hold(END)
    }

    /// Whether there is such a marker. Within a scan, 0xff is followed by zero or a restart marker.
    fn hold(&self, marker: u8) -> bool {
        self.0.windows(2).any(|pair| pair == [0xff, marker])
    }
}
