//! EXIF: what is read of it, and what may be kept.

mod block;
mod kept;

use block::Block;
pub(crate) use kept::kept;

use crate::Orientation;

/// The tag Orientation of the EXIF specification (CIPA DC-008).
const ORIENTATION: u16 = 0x0112;
/// The type SHORT of TIFF 6.0.
const SHORT: u16 = 3;

/// The orientation in an EXIF block, with or without `Exif\0\0` before its TIFF header. A broken
/// block means nothing, as if it were not there.
pub(crate) fn orientation(block: &[u8]) -> Orientation {
    let find = || {
        let block = Block::new(block)?;
        let entry = block.entries(block.first_directory()?)?.find(|entry| entry.tag == ORIENTATION)?;
        (entry.kind == SHORT).then(|| block.short(entry.value)).flatten()
    };
    find().map(|value| Orientation::from_exif(value.into())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(big_endian: bool, value: u16) -> Vec<u8> {
        let mut tiff = Vec::new();
        let short = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let long = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        tiff.extend_from_slice(if big_endian { b"MM" } else { b"II" });
        tiff.extend_from_slice(&short(42));
        tiff.extend_from_slice(&long(8));
        tiff.extend_from_slice(&short(1));
        tiff.extend_from_slice(&short(0x0112));
        tiff.extend_from_slice(&short(3));
        tiff.extend_from_slice(&long(1));
        tiff.extend_from_slice(&short(value));
        tiff.extend_from_slice(&[0; 6]);
        tiff
    }

    #[test]
    fn every_value_is_read_in_both_byte_orders() {
        for big_endian in [false, true] {
            for (index, orientation) in Orientation::ALL.into_iter().enumerate() {
                assert_eq!(super::orientation(&block(big_endian, index as u16 + 1)), orientation);
            }
        }
    }

    #[test]
    fn a_value_out_of_range_or_a_cut_off_block_means_normal() {
        assert_eq!(orientation(&block(false, 0)), Orientation::Normal);
        assert_eq!(orientation(&block(false, 9)), Orientation::Normal);
        let whole = block(true, 6);
        for length in 0..20 {
            assert_eq!(orientation(&whole[..length]), Orientation::Normal);
        }
    }
}
