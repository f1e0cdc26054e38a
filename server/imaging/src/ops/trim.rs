//! `trim`: cuts off a border of one colour.

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::canonical::Fields;
use crate::color::Color;
use crate::invalid_spec::Place;
use crate::layout::Layout;
use crate::operation::Operate;
use crate::plane::{Plane, at_any_depth};
use crate::raster::Raster;
use crate::region::Cut;
use crate::sample::Sample;
use crate::step::{Extent, Seek, Step};
use crate::{ImageError, InvalidSpec, Operation, OperationInfo, Size};

/// Cuts off rows and columns at the sides that have one colour, or are transparent. An image of one colour stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Trim {
    /// The colour to cut off: `#rgb` or `#rrggbb`. Empty: the median of the image's outermost pixels.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub color: String,
    /// How far each sample may be from the colour, 0 to 255. Default: 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<u32>,
    /// The sides to cut at, without repetition. Empty: all four.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<Side>,
}

/// A side of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The top.
    Top,
    /// The right.
    Right,
    /// The bottom.
    Bottom,
    /// The left.
    Left,
}

impl Side {
    const ALL: [Side; 4] = [Side::Top, Side::Right, Side::Bottom, Side::Left];

    const fn number(self) -> u32 {
        match self {
            Side::Top => 1,
            Side::Right => 2,
            Side::Bottom => 3,
            Side::Left => 4,
        }
    }
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Side::Top => "top",
            Side::Right => "right",
            Side::Bottom => "bottom",
            Side::Left => "left",
        })
    }
}

impl Trim {
    /// The tolerance where none is given.
    pub const DEFAULT_TOLERANCE: u32 = 10;

    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "trim",
        number: 9,
        revision: 1,
        fields: &[("color", 1), ("tolerance", 2), ("sides", 3)],
    };

    fn tolerance(&self) -> u32 {
        self.tolerance.unwrap_or(Trim::DEFAULT_TOLERANCE)
    }

    /// Whether each of [`Side::ALL`] is cut at.
    fn sides(&self) -> [bool; 4] {
        Side::ALL.map(|side| self.sides.is_empty() || self.sides.contains(&side))
    }
}

impl Operate for Trim {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, _ratio: f64, _input: Option<Size>) -> Operation {
        self.clone().into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        Color::validate_opaque(&self.color, "color", place)?;
        place.between("tolerance", self.tolerance(), 0, 255)?;
        for (index, side) in self.sides.iter().enumerate() {
            if self.sides[..index].contains(side) {
                return Err(place.refuse(
                    &format!("sides[{index}]"),
                    side,
                    "is named twice; name each side once",
                ));
            }
        }
        Ok(())
    }

    /// The sides in ascending order of their numbers; all four are none.
    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        if let Some(color) = Color::parse(&self.color) {
            fields.bytes(1, &color.canonical(), &[]);
        }
        fields.varint(2, self.tolerance(), 10);
        let sides = self.sides();
        if sides.contains(&false) {
            for (side, _) in Side::ALL.into_iter().zip(sides).filter(|(_, is_cut)| *is_cut) {
                fields.varint(3, side.number(), 0);
            }
        }
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        vec![Step::seek(Content {
            input,
            color: Color::parse(&self.color),
            tolerance: self.tolerance(),
            sides: self.sides(),
        })]
    }
}

/// What is inside the border.
#[derive(Debug)]
struct Content {
    input: Size,
    color: Option<Color>,
    tolerance: u32,
    sides: [bool; 4],
}

impl Seek for Content {
    fn extent(&self) -> Extent {
        Extent::AtMost(self.input)
    }

    fn needs_display(&self) -> bool {
        true
    }

    fn find(&self, plane: &Plane, budget: &Budget) -> Result<Cut, ImageError> {
        at_any_depth!(&plane.pixels, raster => self.content(raster, budget))
    }
}

impl Content {
    fn content<S: Sample>(&self, raster: &Raster<S>, budget: &Budget) -> Result<Cut, ImageError> {
        let Size { width, height } = raster.size;
        let border = Border::new(raster, self.color, self.tolerance);
        let mut columns = (width, 0);
        let mut rows = (height, 0);
        for (y, row) in (0..height).zip(raster.rows()) {
            budget.check()?;
            let mut pixels = row.chunks_exact(raster.channels());
            let Some(first) = pixels.position(|pixel| !border.holds(pixel)) else { continue };
            let mut pixels = row.chunks_exact(raster.channels());
            let last = pixels.rposition(|pixel| !border.holds(pixel)).unwrap_or(first);
            columns = (columns.0.min(first as u32), columns.1.max(last as u32 + 1));
            rows = (rows.0.min(y), rows.1.max(y + 1));
        }
        if rows.0 >= rows.1 {
            return Ok(Cut { x: 0, y: 0, size: raster.size });
        }
        let [top, right, bottom, left] = self.sides;
        let (x, y) = (if left { columns.0 } else { 0 }, if top { rows.0 } else { 0 });
        let end = (if right { columns.1 } else { width }, if bottom { rows.1 } else { height });
        Ok(Cut { x, y, size: Size::new(end.0 - x, end.1 - y) })
    }
}

/// What counts as border.
struct Border<S> {
    color: Vec<S>,
    /// Whether the border is transparent, and then its colours do not matter.
    is_transparent: bool,
    tolerance: u32,
    colors: usize,
}

impl<S: Sample> Border<S> {
    fn new(raster: &Raster<S>, color: Option<Color>, tolerance: u32) -> Border<S> {
        let colors = raster.layout.colors();
        let color = match color {
            Some(color) => {
                // Of a colour that grey can't hold no grey image has a border: its green says so.
                let layout = if raster.layout.is_gray() { Layout::Gray } else { Layout::Rgb };
                let mut pixel = color.pixel(layout);
                if layout == Layout::Gray {
                    pixel[0] = S::from_eight(color.rgb[1]);
                }
                if raster.layout.has_alpha() {
                    pixel.push(S::MAX);
                }
                pixel
            }
            None => median(raster),
        };
        let is_transparent = raster.layout.has_alpha() && color[colors] == S::default();
        Border { color, is_transparent, tolerance: S::from_eight(1).number() * tolerance, colors }
    }

    fn holds(&self, pixel: &[S]) -> bool {
        let is_near = |(a, b): (&S, &S)| a.number().abs_diff(b.number()) <= self.tolerance;
        if self.is_transparent {
            return is_near((&pixel[self.colors], &S::default()));
        }
        pixel.iter().zip(&self.color).all(is_near)
    }
}

/// The median of each sample over the outermost pixels.
fn median<S: Sample>(raster: &Raster<S>) -> Vec<S> {
    let channels = raster.channels();
    let mut outermost = vec![Vec::new(); channels];
    let last = raster.rows().len().saturating_sub(1);
    for (y, row) in raster.rows().enumerate() {
        let pixels = row.chunks_exact(channels);
        let is_end = y == 0 || y == last;
        let width = pixels.len();
        for (x, pixel) in pixels.enumerate() {
            if is_end || x == 0 || x + 1 == width {
                outermost.iter_mut().zip(pixel).for_each(|(all, sample)| all.push(*sample));
            }
        }
    }
    outermost
        .into_iter()
        .map(|mut all| {
            let middle = all.len() / 2;
            *all.select_nth_unstable(middle).1
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn found(trim: Trim, color: impl Fn(u32, u32) -> [u8; 3]) -> Cut {
        let places = (0..20).flat_map(|y| (0..30).map(move |x| (x, y)));
        let samples = places.flat_map(|(x, y)| color(x, y)).collect();
        let size = Size::new(30, 20);
        let plane = Plane::from(Raster::new(size, Layout::Rgb, samples).unwrap());
        let Some(Step::Seek(seek)) = trim.steps(size).pop() else { panic!("no seek") };
        seek.find(&plane, &Budget::UNBOUNDED).unwrap()
    }

    fn boxed(x: u32, y: u32) -> [u8; 3] {
        if (5..25).contains(&x) && (3..12).contains(&y) { [10, 20, 30] } else { [250, 251, 252] }
    }

    #[test]
    fn the_border_goes_and_the_content_stays() {
        assert_eq!(found(Trim::default(), boxed), Cut { x: 5, y: 3, size: Size::new(20, 9) });
        let white = Trim { color: "#fff".into(), ..Trim::default() };
        assert_eq!(found(white, boxed), Cut { x: 5, y: 3, size: Size::new(20, 9) });
    }

    #[test]
    fn only_the_named_sides_are_cut() {
        let trim = Trim { sides: vec![Side::Left, Side::Bottom], ..Trim::default() };
        assert_eq!(found(trim, boxed), Cut { x: 5, y: 0, size: Size::new(25, 12) });
    }

    #[test]
    fn another_colour_or_a_smaller_tolerance_cuts_nothing() {
        let whole = Cut { x: 0, y: 0, size: Size::new(30, 20) };
        assert_eq!(found(Trim { color: "#f00".into(), ..Trim::default() }, boxed), whole);
        assert_eq!(found(Trim { color: "#fff".into(), tolerance: Some(2), ..Trim::default() }, boxed), whole);
        assert_eq!(found(Trim::default(), |_, _| [7, 7, 7]), whole);
    }
}
