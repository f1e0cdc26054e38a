//! What a source has beside its pixels: the blocks of EXIF and XMP, where the format's own file says they are.

use crate::SourceFormat;
use crate::attached::Source;
use crate::read::{avif, jpeg, png, webp};

/// The blocks of a source; empty where there are none, or the format is not asked.
pub(crate) fn attached(bytes: &[u8], format: SourceFormat) -> Source<'_> {
    match format {
        SourceFormat::Jpeg => jpeg::attached(bytes),
        SourceFormat::Png => png::attached(bytes),
        SourceFormat::Webp => webp::attached(bytes),
        SourceFormat::Avif => avif::attached(bytes),
        SourceFormat::Gif | SourceFormat::Tiff | SourceFormat::Bmp | SourceFormat::Ico => Source::default(),
    }
}
