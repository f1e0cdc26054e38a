//! How a coded image is turned and mirrored before it is shown.

use crate::Size;
use crate::region::{Cut, Region};

/// The value of the EXIF tag Orientation (0x0112): what has to be done with the coded image to show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Orientation {
    /// 1: shown as coded.
    #[default]
    Normal,
    /// 2: left and right are exchanged.
    MirrorHorizontal,
    /// 3: turned by half.
    Rotate180,
    /// 4: top and bottom are exchanged.
    MirrorVertical,
    /// 5: rows and columns are exchanged.
    Transpose,
    /// 6: turned a quarter clockwise.
    Rotate90,
    /// 7: mirrored along the other diagonal.
    Transverse,
    /// 8: turned a quarter counterclockwise.
    Rotate270,
}

impl Orientation {
    /// All eight, in the order of the EXIF values.
    pub const ALL: [Orientation; 8] = [
        Orientation::Normal,
        Orientation::MirrorHorizontal,
        Orientation::Rotate180,
        Orientation::MirrorVertical,
        Orientation::Transpose,
        Orientation::Rotate90,
        Orientation::Transverse,
        Orientation::Rotate270,
    ];

    /// From the EXIF value, 1 to 8; anything else means nothing and so is normal.
    pub fn from_exif(value: u32) -> Orientation {
        let index = (value as usize).wrapping_sub(1);
        Orientation::ALL.get(index).copied().unwrap_or_default()
    }

    /// Whether rows become columns.
    pub fn transposes(self) -> bool {
        self.parts().0
    }

    /// This, and then `next` on what is shown.
    pub(crate) fn then(self, next: Orientation) -> Orientation {
        let (first, (swap, mut mirror_x, mut mirror_y)) = (self.parts(), next.parts());
        if first.0 {
            (mirror_x, mirror_y) = (mirror_y, mirror_x);
        }
        let parts = (first.0 != swap, first.1 != mirror_x, first.2 != mirror_y);
        Orientation::ALL.into_iter().find(|orientation| orientation.parts() == parts).unwrap_or_default()
    }

    /// The size as shown of an image of this coded size; and the reverse.
    pub fn apply(self, size: Size) -> Size {
        if self.transposes() { size.transposed() } else { size }
    }

    /// How a shown position is found in the coded image: whether the axes are exchanged, then
    /// whether the coded x and y run backwards.
    pub(crate) const fn parts(self) -> (bool, bool, bool) {
        match self {
            Orientation::Normal => (false, false, false),
            Orientation::MirrorHorizontal => (false, true, false),
            Orientation::Rotate180 => (false, true, true),
            Orientation::MirrorVertical => (false, false, true),
            Orientation::Transpose => (true, false, false),
            Orientation::Rotate90 => (true, false, true),
            Orientation::Transverse => (true, true, true),
            Orientation::Rotate270 => (true, true, false),
        }
    }

    /// Where a box of the shown image lies in the coded one, whose size is `coded`.
    pub(crate) fn region(self, shown: Region, coded: Size) -> Region {
        let (transposed, mirror_x, mirror_y) = self.parts();
        let Region { mut x, mut y, mut width, mut height } = shown;
        if transposed {
            (x, y, width, height) = (y, x, height, width);
        }
        if mirror_x {
            x = f64::from(coded.width) - x - width;
        }
        if mirror_y {
            y = f64::from(coded.height) - y - height;
        }
        Region { x, y, width, height }.within(coded)
    }

    /// Where a box of whole pixels of the shown image lies in the coded one.
    pub(crate) fn cut(self, shown: Cut, coded: Size) -> Cut {
        let (transposed, mirror_x, mirror_y) = self.parts();
        let Cut { mut x, mut y, size } = shown;
        let size = self.apply(size);
        if transposed {
            (x, y) = (y, x);
        }
        if mirror_x {
            x = coded.width.saturating_sub(x + size.width);
        }
        if mirror_y {
            y = coded.height.saturating_sub(y + size.height);
        }
        Cut { x, y, size }
    }
}
