//! Walking through folders at any depth, in the order of whole paths.
//!
//! A folder is sorted as if its name ended with the slash that it has in a path; then going down into each folder as it
//! comes gives the paths in their order. Of a folder only the next few names are kept at a time, so a folder of millions
//! takes no more memory than a small one; it is read once more for each of those batches.

use std::collections::BinaryHeap;
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, Dir, FileType, statat};
use rustix::io::Errno;

use super::super::path::RESERVED;
use super::super::{Entry, Found};
use super::failure::{Failure, found};
use super::list::look_at;
use super::root::{FOLDER, Root};

/// How many names of a folder are kept at a time.
const BATCH: usize = 4000;

/// The next objects below a folder, at most `most`. Those whose names are not UTF-8 are left out, and so are links that
/// lead out of the root.
pub(super) fn walk(root: &Root, folder: &str, after: &str, most: usize) -> Result<Vec<Found>, Failure> {
    let mut walker = Walker { root, most, found: Vec::new() };
    let below = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    match after.strip_prefix(&below) {
        Some(rest) => walker.enter(folder, rest)?,
        // All that lies below the folder begins with its path, so it comes wholly before or after.
        None if after < below.as_str() => walker.enter(folder, "")?,
        None => {}
    }
    Ok(walker.found)
}

struct Walker<'root> {
    root: &'root Root,
    most: usize,
    found: Vec<Found>,
}

impl Walker<'_> {
    /// Takes what lies in a folder after a path in it.
    fn enter(&mut self, folder: &str, after: &str) -> Result<(), Failure> {
        let Some(handle) = found(self.root.resolve(folder, FOLDER))? else { return Ok(()) };
        let mut passed = Passed::Below(after.to_owned());
        loop {
            let places = places(&handle, folder, &passed)?;
            let whole = places.len() < BATCH;
            let last = places.last().cloned();
            for place in places {
                if self.found.len() >= self.most {
                    return Ok(());
                }
                match place.strip_suffix('/') {
                    Some(name) => {
                        let rest = after.strip_prefix(&place).unwrap_or("");
                        self.enter(&join(folder, name), rest)?;
                    }
                    None => self.take(&handle, folder, &place)?,
                }
            }
            match last {
                Some(last) if !whole && self.found.len() < self.most => passed = Passed::Whole(last),
                _ => return Ok(()),
            }
        }
    }

    fn take(&mut self, handle: &OwnedFd, folder: &str, name: &str) -> Result<(), Failure> {
        let entry = look_at(self.root, handle, folder, name)?;
        if let Some(Entry { is_folder: false, size, modified, .. }) = entry {
            self.found.push(Found { path: join(folder, name), size, modified });
        }
        Ok(())
    }
}

/// The first names in a folder that are not passed, sorted; those of folders with a slash at their end.
fn places(handle: &OwnedFd, folder: &str, passed: &Passed) -> Result<Vec<String>, Failure> {
    let mut first = BinaryHeap::new();
    for entry in Dir::read_from(handle)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().to_str() else { continue };
        if matches!(name, "." | "..") || (folder.is_empty() && name == RESERVED) {
            continue;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => match statat(handle, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(facts) => FileType::from_raw_mode(facts.st_mode),
                // Deleted since the folder was read.
                Err(Errno::NOENT) => continue,
                Err(error) => return Err(error.into()),
            },
            kind => kind,
        };
        let place = match kind {
            FileType::Directory => format!("{name}/"),
            FileType::RegularFile | FileType::Symlink => name.to_owned(),
            _ => continue,
        };
        if passed.has(&place) {
            continue;
        }
        first.push(place);
        if first.len() > BATCH {
            first.pop();
        }
    }
    Ok(first.into_sorted_vec())
}

/// What of a folder the walk has behind it.
enum Passed {
    /// All before this path in it, and the path itself. A folder that it lies in is not passed.
    Below(String),
    /// All up to this name.
    Whole(String),
}

impl Passed {
    fn has(&self, place: &str) -> bool {
        match self {
            Self::Below(path) => place <= path.as_str() && !(place.ends_with('/') && path.starts_with(place)),
            Self::Whole(last) => place <= last.as_str(),
        }
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
