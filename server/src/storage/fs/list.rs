//! Listing one level of folders.

use std::os::fd::OwnedFd;
use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, Dir, FileType, Stat, statat};
use rustix::io::Errno;

use super::super::Entry;
use super::super::path::RESERVED;
use super::failure::{Failure, found};
use super::file::OpenFile;
use super::root::{FOLDER, Root};

/// Names that are not UTF-8 are left out: no path can say them. So are links that lead out of the root.
pub(super) fn list(root: &Root, folder: &str) -> Result<Vec<Entry>, Failure> {
    let Some(handle) = found(root.resolve(folder, FOLDER))? else { return Ok(Vec::new()) };
    let mut entries = Vec::new();
    for entry in Dir::read_from(&handle)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().to_str() else { continue };
        if matches!(name, "." | "..") || (folder.is_empty() && name == RESERVED) {
            continue;
        }
        entries.extend(look_at(root, &handle, folder, name)?);
    }
    entries.sort();
    Ok(entries)
}

/// What lies under a name in a folder that is open; none for what is neither object nor folder, or gone.
pub(super) fn look_at(
    root: &Root,
    handle: &OwnedFd,
    folder: &str,
    name: &str,
) -> Result<Option<Entry>, Failure> {
    let facts = match statat(handle, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(facts) => facts,
        // Deleted since the folder was read.
        Err(Errno::NOENT) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let object =
        |size, modified| Some(Entry { name: name.to_owned(), is_folder: false, size: Some(size), modified });
    let a_folder = || Some(Entry { name: name.to_owned(), is_folder: true, size: None, modified: None });
    Ok(match FileType::from_raw_mode(facts.st_mode) {
        FileType::RegularFile => object(u64::try_from(facts.st_size).unwrap_or(0), modified(&facts)),
        FileType::Directory => a_folder(),
        FileType::Symlink => {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            match OpenFile::open(root, &path) {
                Ok(Some(file)) => object(file.stat.size, file.stat.modified),
                Ok(None) if root.resolve(&path, FOLDER).is_ok() => a_folder(),
                Ok(None) | Err(_) => None,
            }
        }
        _ => None,
    })
}

/// When a file was last written; none for times before 1970.
fn modified(facts: &Stat) -> Option<SystemTime> {
    let (seconds, nanoseconds) =
        (u64::try_from(facts.st_mtime).ok()?, u32::try_from(facts.st_mtime_nsec).ok()?);
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanoseconds))
}
