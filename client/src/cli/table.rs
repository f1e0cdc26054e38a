//! A table with aligned columns, for people.

use std::fmt;

/// A table: a heading and rows of as many cells. Empty cells show as `-`.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<const N: usize>(heading: [&str; N]) -> Self {
        Self { rows: vec![heading.map(str::to_owned).into()] }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.map(|cell| if cell.is_empty() { "-".to_owned() } else { cell }).into());
    }

    /// Whether there are no rows below the heading.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }
}

impl fmt::Display for Table {
    /// Two spaces between columns; columns of numbers are aligned to the right.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.first().map_or(0, Vec::len);
        let column = |index: usize| self.rows.iter().filter_map(move |row| row.get(index));
        let width = |index| column(index).map(|cell| cell.chars().count()).max().unwrap_or_default();
        let widths: Vec<_> = (0..columns).map(width).collect();
        let is_number = |cell: &String| cell == "-" || cell.chars().all(|sign| sign.is_ascii_digit());
        let numeric: Vec<_> = (0..columns).map(|index| column(index).skip(1).all(is_number)).collect();
        for row in &self.rows {
            let mut line = String::new();
            for ((cell, &width), numeric) in row.iter().zip(&widths).zip(&numeric) {
                line += &if *numeric { format!("{cell:>width$}  ") } else { format!("{cell:<width$}  ") };
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_numbers_stand_to_the_right() {
        let mut table = Table::new(["SOURCE", "BYTES", "URL"]);
        table.row(["a.jpg".to_owned(), "12345".to_owned(), "http://x/1".to_owned()]);
        table.row(["photos/ä.jpg".to_owned(), "9".to_owned(), String::new()]);
        let expected = "SOURCE        BYTES  URL\n\
                        a.jpg         12345  http://x/1\n\
                        photos/ä.jpg      9  -\n";
        assert_eq!(table.to_string(), expected);
    }
}
