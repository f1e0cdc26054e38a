//! As much of an AV1 bitstream as a container has to know: its units, and the header of a sequence
//! (AV1 Bitstream & Decoding Process Specification, section 5).

mod bits;
mod sequence;

pub(crate) use sequence::Sequence;

/// Units that begin a frame, with the frame's data in them or behind them.
const FRAME_HEADER: u8 = 3;
const FRAME: u8 = 6;
const SEQUENCE: u8 = 1;
const TEMPORAL_DELIMITER: u8 = 2;

/// One unit of a bitstream.
struct Unit<'a> {
    kind: u8,
    /// With its header.
    whole: &'a [u8],
    payload: &'a [u8],
}

/// The units of a bitstream in the low-overhead format, as far as they are whole.
struct Units<'a>(&'a [u8]);

impl<'a> Iterator for Units<'a> {
    type Item = Unit<'a>;

    fn next(&mut self) -> Option<Unit<'a>> {
        let first = *self.0.first()?;
        let mut start = if first & 4 != 0 { 2 } else { 1 };
        let length = if first & 2 != 0 {
            let (length, bytes) = leb128(self.0.get(start..)?)?;
            start += bytes;
            length
        } else {
            self.0.len().checked_sub(start)?
        };
        let end = start.checked_add(length)?;
        let payload = self.0.get(start..end)?;
        let whole = &self.0[..end];
        self.0 = &self.0[end..];
        Some(Unit { kind: first >> 3 & 15, whole, payload })
    }
}

/// A number of seven bits a byte, least significant first, and how many bytes it took.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0u64;
    for (index, byte) in bytes.iter().take(8).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((usize::try_from(value).ok()?, index + 1));
        }
    }
    None
}

/// The most units that may stand before the header of a sequence: a delimiter does, and perhaps metadata.
const UNITS_BEFORE: usize = 32;

/// The first sequence header of a bitstream, of which the beginning is enough.
pub(crate) fn sequence(bitstream: &[u8]) -> Option<Sequence> {
    Units(bitstream)
        .take(UNITS_BEFORE)
        .find(|unit| unit.kind == SEQUENCE)
        .and_then(|unit| Sequence::parse(unit.payload))
}

/// The most units that the bitstream of a picture may have: some for each layer, and for each part of one.
const MOST_UNITS: usize = 1024;

/// How many frames a bitstream has, shown or not; none where it has more units than that of a picture, or two headers that
/// differ, of which the first would say nothing of what the other brings.
pub(crate) fn frames(bitstream: &[u8]) -> Option<usize> {
    let (mut frames, mut header) = (0, None);
    for (index, unit) in Units(bitstream).enumerate() {
        match unit.kind {
            _ if index == MOST_UNITS => return None,
            FRAME | FRAME_HEADER => frames += 1,
            SEQUENCE if *header.get_or_insert(unit.payload) != unit.payload => return None,
            _ => {}
        }
    }
    Some(frames)
}

/// The bitstream without the units that separate moments of time, which a file of one picture does without.
pub(crate) fn without_delimiters(bitstream: &[u8]) -> Vec<u8> {
    let kept = Units(bitstream).filter(|unit| unit.kind != TEMPORAL_DELIMITER);
    kept.flat_map(|unit| unit.whole).copied().collect()
}
