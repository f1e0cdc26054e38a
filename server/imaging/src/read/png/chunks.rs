//! The chunks that a PNG consists of.

/// The chunks of a file, as far as they are whole: their names and data.
pub(super) struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Chunks<'a> {
    /// Those behind the signature.
    pub fn new(bytes: &'a [u8]) -> Chunks<'a> {
        Chunks { bytes, at: 8 }
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (length, rest) = self.bytes.get(self.at..)?.split_first_chunk::<4>()?;
        let (name, rest) = rest.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        self.at = self.at.checked_add(length)?.checked_add(12)?;
        Some((name, rest.get(..length)?))
    }
}
