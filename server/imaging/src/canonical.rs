//! The canonical encoding of a spec: the bytes that keys are hashed from, and so frozen for ever.
//!
//! Two specs that mean the same have the same encoding; two that mean different things have not.
//! The encoding is the protobuf wire format of the message `rendition.v1.Spec` under these rules:
//!
//! ```text
//! spec      = { 1: operation }* 2: output [ 3: scaled_decoding ]
//! operation = N: fields          N: the operation's number in the oneof of rendition.v1.Operation
//! output    = N: fields          N: the output's number in the oneof of rendition.v1.Output; never `auto`
//! fields    = { number: value }* 1000: revision
//! value     = varint             uint32, bool, enum (by its number)
//!           | fixed64            double: the IEEE 754 bits, little endian; -0 is written as +0
//!           | bytes              colour: red, green, blue
//!           | length fields      message (without a revision)
//! ```
//!
//! 1. Fields stand in ascending order of their numbers; `operations` in the order of the spec.
//! 2. Varints and lengths take as few bytes as they can.
//! 3. A field that equals its frozen default is left out. So is an enum at UNSPECIFIED, which is its
//!    default by another name.
//! 4. A message field that is set is always written, even when nothing is in it.
//! 5. `revision`, field 1000, stands in every operation and output message, also when it is 1. It is
//!    raised only when the pixels change by design.
//! 6. A position that means the centre (`anchor` CENTER, or `focal_point` (0.5, 0.5)) is left out.
//! 7. A colour is three bytes, however it was spelled.
//!
//! | frozen default | value |
//! |---|---|
//! | `width`, `height`, `offset.x`, `offset.y`, `focal_point.x`, `focal_point.y` | 0 |
//! | `upscale` | NEVER |
//! | `anchor` | CENTER |
//! | `jpeg.quality` / `jpeg.background` | 80 / ff ff ff |
//! | `png.compression` | FAST |
//! | `webp.quality` / `webp.lossless` / `webp.method` | 78 / false / 4 |
//! | `scaled_decoding` | QUALITY |
//!
//! The defaults stay frozen in here even if the API ever gets others. The rows of
//! `vectors/canonical.json` show each rule.

const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const LENGTH: u32 = 2;

/// The number of the field that holds an operation's or output's revision.
const REVISION: u32 = 1000;

/// The fields of one message, written in ascending order of their numbers.
pub(crate) struct Fields {
    bytes: Vec<u8>,
    last: u32,
}

impl Fields {
    pub fn new() -> Fields {
        Fields { bytes: Vec::new(), last: 0 }
    }

    fn tag(&mut self, number: u32, wire: u32) {
        debug_assert!(number >= self.last, "field {number} is written after field {}", self.last);
        self.last = number;
        self.raw_varint(u64::from(number << 3 | wire));
    }

    fn raw_varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// A number, a truth value or an enum, unless it is the frozen default.
    pub fn varint(&mut self, number: u32, value: u32, default: u32) {
        if value != default {
            self.tag(number, VARINT);
            self.raw_varint(u64::from(value));
        }
    }

    /// A double, unless it is zero.
    pub fn double(&mut self, number: u32, value: f64) {
        if value != 0.0 {
            self.tag(number, FIXED64);
            self.bytes.extend_from_slice(&value.to_bits().to_le_bytes());
        }
    }

    /// Bytes, unless they are the frozen default.
    pub fn bytes(&mut self, number: u32, value: &[u8], default: &[u8]) {
        if value != default {
            self.tag(number, LENGTH);
            self.raw_varint(value.len() as u64);
            self.bytes.extend_from_slice(value);
        }
    }

    /// A message, even an empty one.
    pub fn message(&mut self, number: u32, fields: Fields) {
        self.tag(number, LENGTH);
        self.raw_varint(fields.bytes.len() as u64);
        self.bytes.extend_from_slice(&fields.bytes);
    }

    /// The revision, which closes an operation's or output's message.
    pub fn revision(&mut self, revision: u32) {
        self.tag(REVISION, VARINT);
        self.raw_varint(u64::from(revision));
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
