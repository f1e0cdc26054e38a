//! Palettes: the few colours that stand for all colours of a picture.
//!
//! Colours that are few enough are taken as they are. Else they are counted in cells of a coarse grid, the cells are
//! divided into boxes at the place that lowers the squared error most (Wu, "Efficient statistical computations for
//! optimal color quantization", 1991, without his tables), and the boxes' means are refined by k-means.

use std::collections::HashSet;

/// A colour in gamma light.
pub(super) type Color = [u8; 3];

/// Bits a channel of the grid.
const BITS: u32 = 5;

/// How often the colours are moved to the middle of what they stand for. Each time costs one search per cell; after
/// three times little moves.
const REFINEMENTS: usize = 3;

/// The colours that stand for those of a picture.
#[derive(Clone, Debug)]
pub(super) struct Palette {
    /// At most 256.
    pub colors: Vec<Color>,
    /// Whether it has every colour of the picture.
    pub is_exact: bool,
}

impl Palette {
    /// A palette of at least one colour and at most so many.
    pub fn new(pixels: impl Iterator<Item = Color> + Clone, most: usize) -> Palette {
        if let Some(colors) = few(pixels.clone(), most) {
            return Palette { colors, is_exact: true };
        }
        let cells = cells(pixels);
        let mut palette = Palette { colors: divided(&cells, most), is_exact: false };
        for _ in 0..REFINEMENTS {
            palette.refine(&cells);
        }
        palette.colors.sort_unstable();
        palette.colors.dedup();
        palette
    }

    /// Moves each colour to the mean of the cells that are nearest to it.
    fn refine(&mut self, cells: &[Cell]) {
        let search = Search::new(&self.colors);
        let mut sums = vec![([0.0; 3], 0.0); self.colors.len()];
        for cell in cells {
            let (sum, weight) = &mut sums[search.nearest(cell.mean.map(|mean| mean.round() as i32))];
            add(sum, cell);
            *weight += cell.weight;
        }
        for (color, (sum, weight)) in self.colors.iter_mut().zip(sums) {
            if weight > 0.0 {
                *color = sum.map(|sum| (sum / weight).round() as u8);
            }
        }
    }
}

/// The colours in order, if they are no more than that; one if there are no pixels.
fn few(pixels: impl Iterator<Item = Color>, most: usize) -> Option<Vec<Color>> {
    let mut colors = HashSet::new();
    let mut last = None;
    for color in pixels {
        if last != Some(color) {
            last = Some(color);
            if colors.insert(color) && colors.len() > most {
                return None;
            }
        }
    }
    let mut colors: Vec<Color> = colors.into_iter().collect();
    colors.sort_unstable();
    if colors.is_empty() {
        colors.push([0; 3]);
    }
    Some(colors)
}

/// The pixels of a cell of the grid.
struct Cell {
    mean: [f64; 3],
    weight: f64,
}

fn add(sum: &mut [f64; 3], cell: &Cell) {
    for (sum, mean) in sum.iter_mut().zip(cell.mean) {
        *sum += mean * cell.weight;
    }
}

/// The cells that hold pixels.
fn cells(pixels: impl Iterator<Item = Color>) -> Vec<Cell> {
    let mut grid = vec![([0_u64; 3], 0_u64); 1 << (3 * BITS)];
    for color in pixels {
        let index = color.iter().fold(0, |index, sample| index << BITS | usize::from(sample >> (8 - BITS)));
        let (sums, count) = &mut grid[index];
        for (sum, sample) in sums.iter_mut().zip(color) {
            *sum += u64::from(sample);
        }
        *count += 1;
    }
    let cell = |(sums, count): ([u64; 3], u64)| {
        let weight = count as f64;
        Cell { mean: sums.map(|sum| sum as f64 / weight), weight }
    };
    grid.into_iter().filter(|(_, count)| *count > 0).map(cell).collect()
}

/// Cells that one colour is to stand for.
struct Group {
    cells: Vec<usize>,
    /// The first of the cells of the second part, in the order of the axis, and how much the squared error falls.
    split: Option<(usize, f64)>,
}

impl Group {
    /// Puts the cells in the order of the axis along which they lie furthest apart, and looks for the best place to divide
    /// them.
    fn new(mut members: Vec<usize>, cells: &[Cell]) -> Group {
        let (mut sum, mut squares, mut weight) = ([0.0; 3], [0.0; 3], 0.0);
        for cell in members.iter().map(|index| &cells[*index]) {
            add(&mut sum, cell);
            weight += cell.weight;
            for (square, mean) in squares.iter_mut().zip(cell.mean) {
                *square += mean * mean * cell.weight;
            }
        }
        let variance = |axis: usize| squares[axis] - sum[axis] * sum[axis] / weight;
        let axis = (0..3).fold(0, |most, axis| if variance(axis) > variance(most) { axis } else { most });
        members.sort_by(|a, b| cells[*a].mean[axis].total_cmp(&cells[*b].mean[axis]));
        let gain = |sum: [f64; 3], weight: f64| sum.iter().map(|sum| sum * sum).sum::<f64>() / weight;
        let whole = gain(sum, weight);
        let (mut below, mut below_weight) = ([0.0; 3], 0.0);
        let mut split = None;
        for (place, index) in members.iter().enumerate().take(members.len().saturating_sub(1)) {
            add(&mut below, &cells[*index]);
            below_weight += cells[*index].weight;
            let above = [0, 1, 2].map(|channel: usize| sum[channel] - below[channel]);
            let gained = gain(below, below_weight) + gain(above, weight - below_weight) - whole;
            if split.is_none_or(|(_, most)| gained > most) {
                split = Some((place + 1, gained));
            }
        }
        Group { cells: members, split }
    }

    fn mean(&self, cells: &[Cell]) -> Color {
        let (mut sum, mut weight) = ([0.0; 3], 0.0);
        for cell in self.cells.iter().map(|index| &cells[*index]) {
            add(&mut sum, cell);
            weight += cell.weight;
        }
        sum.map(|sum| (sum / weight).round() as u8)
    }
}

/// The means of at most so many groups of cells.
fn divided(cells: &[Cell], most: usize) -> Vec<Color> {
    let mut groups = vec![Group::new((0..cells.len()).collect(), cells)];
    while groups.len() < most {
        let gain = |group: &Group| group.split.map_or(0.0, |(_, gain)| gain);
        let best = groups.iter().enumerate().max_by(|a, b| gain(a.1).total_cmp(&gain(b.1)));
        let Some((index, &Group { split: Some((place, gained)), .. })) = best else { break };
        if gained <= 0.0 {
            break;
        }
        let mut group = groups.swap_remove(index);
        let above = group.cells.split_off(place);
        groups.push(Group::new(group.cells, cells));
        groups.push(Group::new(above, cells));
    }
    groups.iter().map(|group| group.mean(cells)).collect()
}

/// A search for the nearest of at most 256 colours, by the distance in red, green and blue.
pub(super) struct Search {
    channels: [Vec<i32>; 3],
}

impl Search {
    pub fn new(colors: &[Color]) -> Search {
        let channel = |channel: usize| colors.iter().map(|color| i32::from(color[channel])).collect();
        Search { channels: [channel(0), channel(1), channel(2)] }
    }

    /// The index of the colour that is nearest to this one, whose channels may lie somewhat outside 0 to 255.
    pub fn nearest(&self, color: [i32; 3]) -> usize {
        let [reds, greens, blues] = &self.channels;
        let mut best = i32::MAX;
        for (index, ((red, green), blue)) in reds.iter().zip(greens).zip(blues).enumerate() {
            let (red, green, blue) = (red - color[0], green - color[1], blue - color[2]);
            // Distance and index in one number: the least of them is found without a branch.
            best = best.min((red * red + green * green + blue * blue) << 8 | index as i32);
        }
        (best & 0xff) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colors_are_kept_as_they_are() {
        let colors = [[9, 8, 7], [1, 2, 3], [9, 8, 7]];
        let palette = Palette::new(colors.into_iter(), 2);
        assert!(palette.is_exact);
        assert_eq!(palette.colors, [[1, 2, 3], [9, 8, 7]]);
        assert_eq!(Palette::new(std::iter::empty(), 2).colors, [[0; 3]]);
    }

    #[test]
    fn a_ramp_is_divided_evenly() {
        let ramp = (0..=255).map(|level: u8| [level; 3]);
        let palette = Palette::new(ramp, 16);
        assert!(!palette.is_exact);
        assert_eq!(palette.colors.len(), 16);
        let farthest = |level: u8| palette.colors.iter().map(|color| color[0].abs_diff(level)).min();
        assert!((0..=255).all(|level| farthest(level).is_some_and(|distance| distance <= 10)));
    }

    #[test]
    fn the_nearest_color_is_found() {
        let search = Search::new(&[[0, 0, 0], [255, 255, 255], [250, 10, 10]]);
        assert_eq!(search.nearest([240, 30, -5]), 2);
        assert_eq!(search.nearest([300, 300, 300]), 1);
    }
}
