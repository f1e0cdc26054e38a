//! What becomes of a source of which pixels are missing.

use crate::wire_enum::choice;

choice! {
    /// What becomes of a source of which pixels are missing.
    OnDamaged: "what to do with damage" {
        /// It is refused: `SOURCE_UNDECODABLE`; the default.
        Refuse = "refuse",
        /// It is taken if at least 90 % of its rows are there, as far as its format tells: JPEG, WebP, and PNG that is not
        /// interlaced. Others are refused.
        Accept = "accept",
    }
}
