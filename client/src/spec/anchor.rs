//! A side, a corner or the centre of an image.

use crate::wire_enum::choice;

choice! {
    /// A side, a corner or the centre of an image.
    #[derive(Default)]
    Anchor: "anchor" {
        /// The centre.
        #[default]
        Center = "center",
        /// The middle of the top side.
        Top = "top",
        /// The top right corner.
        TopRight = "top_right",
        /// The middle of the right side.
        Right = "right",
        /// The bottom right corner.
        BottomRight = "bottom_right",
        /// The middle of the bottom side.
        Bottom = "bottom",
        /// The bottom left corner.
        BottomLeft = "bottom_left",
        /// The middle of the left side.
        Left = "left",
        /// The top left corner.
        TopLeft = "top_left",
    }
}
