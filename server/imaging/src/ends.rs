//! Whether a file of one of the written formats ends where it should: without decoding, from its beginning and its end.

use crate::Format;

/// How many bytes of a file's end are needed to tell whether it is whole.
pub const TAIL: usize = 16;

/// How PNG ends: an empty chunk `IEND` and its checksum (PNG, third edition, 11.2.4).
const PNG_END: &[u8] = b"\0\0\0\0IEND\xaeB`\x82";

/// Whether a file of `length` bytes that begins with `head` and ends with `tail` is whole, as far as that can be told: a
/// file that was cut off is not. `tail` is the last [`TAIL`] bytes, or all of a shorter file.
pub fn ends_whole(format: Format, head: &[u8], tail: &[u8], length: u64) -> bool {
    match format {
        Format::Jpeg => tail.ends_with(&[0xff, 0xd9]),
        Format::Png => tail.ends_with(PNG_END),
        Format::Gif => tail.ends_with(b";"),
        Format::Webp => riff_length(head) == Some(length),
        Format::Avif => boxes_reach(head, length),
    }
}

/// The length that a RIFF file says it has, its padding included.
fn riff_length(head: &[u8]) -> Option<u64> {
    let bytes = head.get(4..8)?.try_into().ok()?;
    let length = u64::from(u32::from_le_bytes(bytes));
    Some(length + 8 + length % 2)
}

/// Whether the boxes at the top of the file (ISO 14496-12, 4.2) end exactly where it does, with data among them. A box whose
/// header lies behind `head` is believed.
fn boxes_reach(head: &[u8], length: u64) -> bool {
    let (mut at, mut has_data) = (0_u64, false);
    while at < length {
        let Some(header) = usize::try_from(at).ok().and_then(|at| head.get(at..at.checked_add(8)?)) else {
            // Cut off within the head it is not whole; behind it nobody can tell.
            return head.len() as u64 != length;
        };
        has_data |= &header[4..] == b"mdat";
        let short = u64::from(u32::from_be_bytes([header[0], header[1], header[2], header[3]]));
        let size = match short {
            0 => return true,
            1 => match usize::try_from(at + 8).ok().and_then(|at| head.get(at..at + 8)?.try_into().ok()) {
                Some(bytes) => u64::from_be_bytes(bytes),
                None => return false,
            },
            short => short,
        };
        if size < 8 {
            return false;
        }
        at = at.saturating_add(size);
    }
    at == length && has_data
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Limits, Output, Spec, generate};

    fn written(format: Format) -> Vec<u8> {
        let dot = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
        let output = match format {
            Format::Jpeg => Output::Jpeg(crate::Jpeg::default()),
            Format::Png => Output::Png(crate::Png::default()),
            Format::Webp => Output::Webp(crate::Webp::default()),
            Format::Avif => Output::Avif(crate::Avif::default()),
            Format::Gif => Output::Gif(crate::Gif::default()),
        };
        generate(dot, &Spec::new(Vec::new(), output), &Limits::default()).unwrap().bytes
    }

    #[test]
    fn what_is_written_is_whole_and_what_is_cut_off_is_not() {
        for format in Format::ALL.iter().copied().filter(|format| format.is_written()) {
            let whole = written(format);
            let ends = |bytes: &[u8]| {
                let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
                ends_whole(format, bytes, tail, bytes.len() as u64)
            };
            assert!(ends(&whole), "{format}");
            for cut in 1..whole.len() {
                assert!(!ends(&whole[..whole.len() - cut]), "{format} without its last {cut}");
            }
        }
    }

    #[test]
    fn boxes_behind_the_head_are_believed() {
        let file = b"\0\0\0\x0cftypavif\0\0\x01\0mdat";
        assert!(ends_whole(Format::Avif, file, b"", 268));
        assert!(!ends_whole(Format::Avif, file, b"", 267));
        assert!(ends_whole(Format::Avif, &file[..14], b"", 268));
    }
}
