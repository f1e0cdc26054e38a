//! The journal of generations: a line when one begins, a line when it ends, so that the next start knows which ones were
//! running when the process died.
//!
//! It is a plain file that is appended to and never synced. What it must survive is the death of this process (an abort
//! in a decoder, the kernel's out-of-memory killer), and bytes that `write` has taken survive that; what a power cut
//! takes from it would have been held against innocent keys anyway. Measured on ext4, `begin` and `end` together take 9 µs
//! (on a busy machine, built for debugging) where one synced transaction takes 4 ms, and they stand before every cold
//! generation.
//!
//! The first line names the session. What a session left unfinished is counted in the same transaction that notes the
//! session as counted, so no crash in between counts it twice.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file is written anew with what is running once it exceeds this many bytes.
const COMPACT_ABOVE: u64 = 1 << 20;

pub(super) struct Journal {
    path: PathBuf,
    file: File,
    session: u64,
    length: u64,
    running: HashMap<String, u32>,
    compact_above: u64,
}

/// What a session left behind.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Leftover {
    pub(super) session: u64,
    /// Keys that were running, in order of the alphabet.
    pub(super) keys: Vec<String>,
}

impl Journal {
    /// What the last session left behind; nothing if there was none.
    pub(super) fn leftover(path: &Path) -> io::Result<Leftover> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(parse(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Leftover::default()),
            Err(error) => Err(error),
        }
    }

    /// Begins a session with an empty journal.
    pub(super) fn begin_session(path: &Path, session: u64) -> io::Result<Self> {
        let (file, length) = write_anew(path, session, &HashMap::new())?;
        let running = HashMap::new();
        Ok(Self { path: path.to_owned(), file, session, length, running, compact_above: COMPACT_ABOVE })
    }

    /// Notes that the keys are running. The process may die as soon as this returns.
    pub(super) fn begin(&mut self, keys: &[String]) -> io::Result<()> {
        self.append('+', keys)?;
        for key in keys {
            *self.running.entry(key.clone()).or_default() += 1;
        }
        Ok(())
    }

    /// Notes that the keys are not running any more. Keys that were not are passed over.
    pub(super) fn end(&mut self, keys: &[String]) -> io::Result<()> {
        for key in keys {
            if let Some(count) = self.running.get_mut(key) {
                *count -= 1;
                if *count == 0 {
                    self.running.remove(key);
                }
            }
        }
        self.append('-', keys)?;
        if self.length > self.compact_above {
            (self.file, self.length) = write_anew(&self.path, self.session, &self.running)?;
            self.compact_above = (2 * self.length).max(COMPACT_ABOVE);
        }
        Ok(())
    }

    /// Ends the session: nothing is held against what still runs.
    pub(super) fn close(&mut self) -> io::Result<()> {
        self.running.clear();
        (self.file, self.length) = write_anew(&self.path, self.session, &self.running)?;
        Ok(())
    }

    fn append(&mut self, sign: char, keys: &[String]) -> io::Result<()> {
        let mut lines = String::new();
        for key in keys {
            push_line(&mut lines, sign, key);
        }
        match self.file.write_all(lines.as_bytes()) {
            Ok(()) => {
                self.length += lines.len() as u64;
                Ok(())
            }
            Err(error) => {
                // Half a line would swallow the next one.
                self.file.set_len(self.length)?;
                Err(error)
            }
        }
    }
}

/// Keys stand quoted as JSON strings, so that no character of theirs can break the lines.
fn push_line(lines: &mut String, sign: char, key: &str) {
    lines.push(sign);
    lines.push_str(&serde_json::Value::from(key).to_string());
    lines.push('\n');
}

/// Replaces the file in one step, open for appending.
fn write_anew(path: &Path, session: u64, running: &HashMap<String, u32>) -> io::Result<(File, u64)> {
    let mut text = format!("session {session}\n");
    for (key, count) in running {
        for _ in 0..*count {
            push_line(&mut text, '+', key);
        }
    }
    let new_path = path.with_extension("new");
    fs::write(&new_path, &text)?;
    let file = OpenOptions::new().append(true).open(&new_path)?;
    fs::rename(&new_path, path)?;
    Ok((file, text.len() as u64))
}

fn parse(text: &str) -> Leftover {
    let mut lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    let session = lines.next().and_then(|line| line.strip_prefix("session ")?.parse().ok()).unwrap_or(0);
    let mut running = HashMap::<String, u32>::new();
    for line in lines {
        let Some((sign, key)) = line.split_at_checked(1) else { continue };
        let Ok(key) = serde_json::from_str::<String>(key) else { continue };
        let count = running.entry(key).or_default();
        *count = if sign == "+" { count.saturating_add(1) } else { count.saturating_sub(1) };
    }
    let mut keys: Vec<String> =
        running.into_iter().filter(|(_, count)| *count > 0).map(|(key, _)| key).collect();
    keys.sort();
    Leftover { session, keys }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn keys(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn what_began_and_did_not_end_is_left_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("running");
        let mut journal = Journal::begin_session(&path, 7).unwrap();
        journal.begin(&keys(&["a", "b \n\"ç\\", "d"])).unwrap();
        journal.begin(&keys(&["d"])).unwrap();
        journal.end(&keys(&["a", "d", "unknown"])).unwrap();
        assert_eq!(
            Journal::leftover(&path).unwrap(),
            Leftover { session: 7, keys: keys(&["b \n\"ç\\", "d"]) }
        );
        journal.close().unwrap();
        assert_eq!(Journal::leftover(&path).unwrap(), Leftover { session: 7, keys: vec![] });
    }

    #[test]
    fn a_line_cut_short_was_never_acknowledged() {
        assert_eq!(parse("session 3\n+\"a\"\n+\"b\"").keys, keys(&["a"]));
        assert_eq!(parse(""), Leftover::default());
    }

    #[test]
    fn the_file_does_not_grow_with_the_number_of_generations() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("running");
        let mut journal = Journal::begin_session(&path, 1).unwrap();
        journal.begin(&keys(&["long runner"])).unwrap();
        let key = keys(&[&"k".repeat(500)]);
        for _ in 0..4000 {
            journal.begin(&key).unwrap();
            journal.end(&key).unwrap();
        }
        assert!(fs::metadata(&path).unwrap().len() < 2 * COMPACT_ABOVE);
        assert_eq!(Journal::leftover(&path).unwrap().keys, keys(&["long runner"]));
    }
}
