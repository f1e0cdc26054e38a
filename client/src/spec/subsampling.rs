//! How many pixels share their colour.

use crate::wire_enum::choice;

choice! {
    /// How many pixels share their colour. Where none is asked: four below quality 90, else none.
    Subsampling: "subsampling" {
        /// 4:2:0: four, two by two.
        Quarter = "420" as Subsampling420,
        /// 4:2:2: two side by side.
        Half = "422" as Subsampling422,
        /// 4:4:4: none.
        Whole = "444" as Subsampling444,
    }
}
