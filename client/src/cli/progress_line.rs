//! How far long work is, on standard error: one line that changes where that is a terminal, else a line now and then.

use std::{
    io::{IsTerminal, Write, stderr},
    time::{Duration, Instant},
};

/// How often a line is printed where it cannot change.
const EVERY: Duration = Duration::from_secs(10);
/// How many signs wide the bar is.
const WIDTH: usize = 24;

/// The line.
#[derive(Debug)]
pub(crate) struct ProgressLine {
    is_terminal: bool,
    printed: Option<Instant>,
    is_shown: bool,
}

impl ProgressLine {
    pub(crate) fn new() -> Self {
        Self { is_terminal: stderr().is_terminal(), printed: None, is_shown: false }
    }

    /// Shows what is told, with a bar for the part of all that is done, where that is known.
    pub(crate) fn show(&mut self, part: Option<f64>, told: &str) {
        let now = Instant::now();
        if self.is_terminal {
            let bar = part.map(|part| format!("{} ", bar(part))).unwrap_or_default();
            // A progress line that cannot be printed harms nobody.
            let _ = write!(stderr(), "\r\x1b[K{bar}{told}").and_then(|()| stderr().flush());
            self.is_shown = true;
        } else if self.printed.is_none_or(|printed| now.duration_since(printed) >= EVERY) {
            self.printed = Some(now);
            let percent = part.map(|part| format!("{:.0} % ", part * 100.0)).unwrap_or_default();
            let _ = writeln!(stderr(), "{percent}{told}");
        }
    }

    /// Clears the line, so that something else can be printed.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            let _ = write!(stderr(), "\r\x1b[K").and_then(|()| stderr().flush());
        }
    }

    /// Prints the last line, which stays.
    pub(crate) fn end(&mut self, told: &str) {
        self.clear();
        let _ = writeln!(stderr(), "{told}");
    }
}

fn bar(part: f64) -> String {
    let filled = (part.clamp(0.0, 1.0) * WIDTH as f64) as usize;
    format!("[{}{}] {:>3.0} %", "#".repeat(filled), ".".repeat(WIDTH - filled), part * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_as_full_as_the_part_that_is_done() {
        assert_eq!(bar(0.0), "[........................]   0 %");
        assert_eq!(bar(0.5), "[############............]  50 %");
        assert_eq!(bar(1.0), "[########################] 100 %");
    }
}
