//! The canonical encoding of a spec: the bytes that keys are hashed from, and so frozen for ever.
//!
//! Two specs that mean the same have the same encoding; two that mean different things have not.
//! The encoding is the protobuf wire format of the message `rendition.v1.Spec` under these rules:
//!
//! ```text
//! spec      = { 1: operation }* 2: output [ 3: scaled_decoding ] [ 5: animation ] [ 6: light ]
//!             [ 7: color_profile ] [ 8: metadata ] [ 9: on_damaged ]
//! operation = N: fields          N: the operation's number in the oneof of rendition.v1.Operation
//! output    = N: fields          N: the output's number in the oneof of rendition.v1.Output; never `auto`
//! fields    = { number: value }* 1000: revision
//! value     = varint             uint32, bool, enum (by its number)
//!           | fixed64            double: the IEEE 754 bits, little endian; -0 is written as +0
//!           | bytes              colour: red, green, blue, and alpha where it is not 255; text in UTF-8
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
//!    `thumbnail` keeps what matters most by default: there the centre is written, as `anchor` CENTER.
//! 7. A colour is three bytes, or four where it is not opaque, however it was spelled. All colours that
//!    are not to be seen are the four bytes 00 00 00 00.
//! 8. `device_pixel_ratio` is not written: each length is multiplied by it, rounded half to even and no
//!    less than 1 (radii are not rounded). What a percent is of is not multiplied.
//! 9. Percents are written as pixels where the operations before fix the size that they are of, rounded
//!    half to even and no less than 1; else as they are.
//! 10. A list has one field for each item, in ascending order.
//! 11. What makes no difference is left out: an `anchor` of `resize_to_fit` without `mat_color`, a position
//!     of a `thumbnail` with one side, the `color` of a `rotate` by quarters. What means the same is written
//!     in one way: `angle` from 0 to below 360, the ratio of `extend` in lowest terms, four equal sides of
//!     `add_border` as its `thickness` and others as four sides without it, all four `trim.sides` as none.
//! 12. For the `name` of an overlay stand the bytes of its image's version.
//!
//! | frozen default | value |
//! |---|---|
//! | `width`, `height`, `offset.x`, `offset.y`, `focal_point.x`, `focal_point.y` | 0 |
//! | `width_percent`, `height_percent` | 0 |
//! | `upscale` | NEVER |
//! | `anchor` | CENTER; of `overlay` BOTTOM_RIGHT; of `thumbnail` none |
//! | `mode`, `smart` | ATTENTION |
//! | `trim.color` / `trim.tolerance` / `trim.sides` | none / 10 / none |
//! | `resize_to_fit.mat_color`, `color_overlay.color` | none |
//! | `resize_canvas.color`, `rotate.color`, `extend.color` | 00 00 00 00 |
//! | `add_border.color`; its lengths | 00 00 00; 0 |
//! | `make_opaque.color`, `reflection.color` | ff ff ff |
//! | `rotate.angle`, `set_opacity.opacity`, `pixelate.size` | 0 |
//! | each field of `adjust` | 1 |
//! | `gaussian_blur.radius` | 2 |
//! | `sharpen.radius` / `sharpen.amount` / `sharpen.threshold` | 1 / 1 / 0 |
//! | `color_overlay.opacity` | 0.5 |
//! | `reflection.size` / `reflection.opacity` | 0.5 / 0.6 |
//! | `overlay.scale` / `overlay.opacity` / `overlay.margin` | 0 / 1 / 0 |
//! | `jpeg.quality` / `jpeg.background` / `jpeg.progressive` | 80 / ff ff ff / false |
//! | `subsampling`, `max_bytes` | UNSPECIFIED, 0 |
//! | `png.compression` | FAST |
//! | `webp.quality` / `webp.lossless` / `webp.method` / `webp.sharp_yuv` | 78 / false / 4 / false |
//! | `avif.quality` / `avif.speed` | 55 / 6 |
//! | `gif.dither` | true |
//! | `scaled_decoding` / `animation` / `light` | QUALITY / KEEP / GAMMA |
//! | `color_profile` / `metadata` / `on_damaged` | CONVERT / STRIP / REFUSE |
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

    /// A double, unless it is the frozen default; zero is written if it is not.
    pub fn double_unless(&mut self, number: u32, value: f64, default: f64) {
        if value != default {
            self.tag(number, FIXED64);
            // Adding zero makes +0 of -0.
            self.bytes.extend_from_slice(&(value + 0.0).to_bits().to_le_bytes());
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
