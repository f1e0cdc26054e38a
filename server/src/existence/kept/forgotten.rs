//! What was forgotten since the caches were written down: a line for each key, appended and never synced, like the journal of
//! generations. It survives the death of the process, which is what would bring a purged rendition back.
//!
//! More lines than needed cost a question to the storage; one too few would be a lie. So when the list cannot be written, or
//! grows too long, the file that it goes with is removed.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::Moment;
use crate::model::RenditionKey;

/// Stands for the versions of all sources: no key looks so.
const SOURCES: &str = "*sources";
/// A list longer than this many bytes takes more time to read than the questions that it saves.
const LONGEST: u64 = 16 << 20;

/// The list of what was forgotten.
#[derive(Debug)]
pub struct Forgotten {
    kept: PathBuf,
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// None: it could not be written, and the file of the caches was removed.
    file: Option<File>,
    length: u64,
}

/// How long the list was at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark(u64);

/// The list as it was read.
#[derive(Debug, Default)]
pub(super) struct Lines(HashSet<String>);

impl Lines {
    /// Whether a key stands in it.
    pub(super) fn holds(&self, key: &str) -> bool {
        self.0.contains(key)
    }

    /// Whether the versions of the sources do.
    pub(super) fn has_sources(&self) -> bool {
        self.0.contains(SOURCES)
    }
}

impl Forgotten {
    /// The list that goes with the file at `kept`; what stands in it already stays.
    pub(super) fn open(kept: &Path) -> io::Result<Self> {
        let path = kept.with_extension("forgotten");
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let length = file.metadata()?.len();
        let state = Mutex::new(State { file: Some(file), length });
        Ok(Self { kept: kept.to_owned(), path, state })
    }

    /// Notes a key. Called after the cache has lost it, or one who writes the caches down just now could miss both.
    pub fn key(&self, key: &RenditionKey) {
        self.note(key.as_str());
    }

    /// Notes that the versions of the sources are not to be read again.
    pub(super) fn sources(&self) {
        self.note(SOURCES);
    }

    pub(super) fn read(&self) -> io::Result<Lines> {
        let text = fs::read(&self.path)?;
        // A last line that was cut short forgets nothing: the process died before it told anybody.
        let lines = String::from_utf8_lossy(&text).lines().map(str::to_owned).collect();
        Ok(Lines(lines))
    }

    /// The place in the list before which nothing matters to a file that is begun now. A list that could not be written begins
    /// anew.
    pub(super) fn mark(&self) -> io::Result<Mark> {
        let mut state = self.state();
        if state.file.is_none() {
            fs::write(&self.path, [])?;
            let file = OpenOptions::new().append(true).open(&self.path)?;
            *state = State { file: Some(file), length: 0 };
        }
        Ok(Mark(state.length))
    }

    /// Drops what was noted before the mark: the file that was begun then holds none of it. Of sources it holds what they were
    /// at the end of the process, or nothing.
    pub(super) fn drop_before(&self, mark: Mark, moment: Moment) -> io::Result<()> {
        let mut state = self.state();
        if state.file.is_none() {
            // Since the mark something could not be noted, and the file that was written meanwhile may hold it.
            return self.remove_kept();
        }
        let mut tail = Vec::new();
        let mut file = File::open(&self.path)?;
        file.seek(io::SeekFrom::Start(mark.0))?;
        file.read_to_end(&mut tail)?;
        if moment == Moment::Meanwhile {
            tail.extend_from_slice(SOURCES.as_bytes());
            tail.push(b'\n');
        }
        let beside = self.path.with_extension("forgotten-new");
        fs::write(&beside, &tail)?;
        let file = OpenOptions::new().append(true).open(&beside)?;
        fs::rename(&beside, &self.path)?;
        *state = State { file: Some(file), length: tail.len() as u64 };
        Ok(())
    }

    fn note(&self, line: &str) {
        let mut state = self.state();
        let Some(file) = &mut state.file else { return };
        let written = file.write_all(format!("{line}\n").as_bytes());
        let too_long = state.length > LONGEST;
        state.length += line.len() as u64 + 1;
        let error = match written {
            Ok(()) if !too_long => return,
            Ok(()) => io::Error::other("the list is too long"),
            Err(error) => error,
        };
        state.file = None;
        tracing::warn!(path = %self.path.display(), %error, "what was forgotten cannot be noted, so nothing is kept until the next save");
        if let Err(error) = self.remove_kept() {
            tracing::warn!(path = %self.kept.display(), %error, "the kept caches cannot be removed");
        }
    }

    fn remove_kept(&self) -> io::Result<()> {
        match fs::remove_file(&self.kept) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
