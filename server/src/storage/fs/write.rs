//! Writing and removing files: whole, atomic, durable.

use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::time::SystemTime;

use rustix::fs::{AtFlags, CWD, FileType, fsync, renameat, statat, unlinkat};
use rustix::io::Errno;

use super::super::{StorageErrorKind, WriteMode, Written};
use super::failure::{Failure, found, is_missing};
use super::file::{OpenFile, Seen};
use super::new_folders::NewFolders;
use super::root::{FOLDER, Root, split};
use super::temporary::{Temporaries, Temporary};

/// How often a folder is made again that a deletion took away between making and using it.
const ATTEMPTS: usize = 64;

/// Writes a temporary file, syncs it and the folders it needs, gives it its name in one step, and syncs the folder that
/// holds the name.
pub(super) fn write(
    root: &Root,
    temporaries: &Temporaries,
    path: &str,
    bytes: &[u8],
    mode: WriteMode,
) -> Result<Written, Failure> {
    let (folder, name) = split(path);
    if mode == WriteMode::CreateOnly && OpenFile::open(root, path)?.is_some() {
        // Its writer may not have come to the sync of the folder yet.
        if let Some(parent) = found(root.resolve(folder, FOLDER))? {
            fsync(&parent)?;
        }
        return Ok(Written::AlreadyThere);
    }
    let mut temporary = temporaries.create(root)?;
    temporary.file.write_all(bytes)?;
    // The kernel stamps files with its tick of some milliseconds; two writes within one must still differ in version.
    temporary.file.set_modified(SystemTime::now())?;
    // Before the file is synced, and all that is new with it in one go.
    let mut opened = make_folder(root, folder)?;
    temporary.file.sync_all()?;
    let seen = Seen::of(&temporary.file)?.ok_or_else(|| io::Error::from(io::ErrorKind::Other))?;
    for _ in 0..ATTEMPTS {
        let (parent, new) = opened;
        new.sync()?;
        let placed = match mode {
            WriteMode::Overwrite => renameat(CWD, temporary.path(), &parent, name).map(|()| true),
            WriteMode::CreateOnly => create_only(&temporary, &parent, name),
        };
        match placed {
            Ok(true) => {
                fsync(&parent)?;
                temporary.moved();
                return Ok(Written::Created(seen.facts()));
            }
            Ok(false) => {
                fsync(&parent)?;
                return already_there(&parent, name);
            }
            // A deletion took the folder away in between.
            Err(Errno::NOENT) => opened = make_folder(root, folder)?,
            Err(Errno::XDEV) => {
                let complaint = "the folder lies on another file system than the store's root";
                return Err(Failure::Kind(StorageErrorKind::Invalid, complaint));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Failure::Io(io::ErrorKind::NotFound.into()))
}

fn make_folder(root: &Root, folder: &str) -> io::Result<(OwnedFd, NewFolders)> {
    for _ in 0..ATTEMPTS {
        match root.make_folder(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            result => return result,
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

fn already_there(parent: &OwnedFd, name: &str) -> Result<Written, Failure> {
    let there = statat(parent, name, AtFlags::SYMLINK_NOFOLLOW)?;
    if FileType::from_raw_mode(there.st_mode) == FileType::Directory {
        return Err(Failure::Kind(StorageErrorKind::Invalid, "a folder has this name"));
    }
    Ok(Written::AlreadyThere)
}

/// Moves the file to its name unless that is taken; `false` if it is.
fn create_only(temporary: &Temporary, parent: &OwnedFd, name: &str) -> rustix::io::Result<bool> {
    match rename_to_free_name(temporary, parent, name) {
        Ok(()) => Ok(true),
        Err(Errno::EXIST) => Ok(false),
        // Not on every file system; a second name for the same file is as atomic, and the first one goes.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            match rustix::fs::linkat(CWD, temporary.path(), parent, name, AtFlags::empty()) {
                Ok(()) => unlinkat(CWD, temporary.path(), AtFlags::empty()).map(|()| true),
                Err(Errno::EXIST) => Ok(false),
                Err(error) => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn rename_to_free_name(temporary: &Temporary, parent: &OwnedFd, name: &str) -> rustix::io::Result<()> {
    use rustix::fs::{RenameFlags, renameat_with};

    renameat_with(CWD, temporary.path(), parent, name, RenameFlags::NOREPLACE)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn rename_to_free_name(_temporary: &Temporary, _parent: &OwnedFd, _name: &str) -> rustix::io::Result<()> {
    Err(Errno::NOSYS)
}

/// Removes the file, and then the folders above it that this leaves empty. Not synced: after a power cut the file may be
/// back, whole, and its key still means the same.
pub(super) fn delete(root: &Root, path: &str) -> Result<(), Failure> {
    let (mut folder, name) = split(path);
    let Some(parent) = found(root.resolve(folder, FOLDER))? else { return Ok(()) };
    match unlinkat(&parent, name, AtFlags::empty()) {
        Ok(()) => {}
        Err(Errno::NOENT) => return Ok(()),
        Err(error) => {
            // The systems differ in what they say of a folder, which is no object.
            let there = statat(&parent, name, AtFlags::SYMLINK_NOFOLLOW)?;
            let is_folder = FileType::from_raw_mode(there.st_mode) == FileType::Directory;
            return if is_folder { Ok(()) } else { Err(error.into()) };
        }
    }
    while !folder.is_empty() {
        let (above, name) = split(folder);
        let parent = match root.resolve(above, FOLDER) {
            Err(error) if is_missing(&error) => break,
            result => result?,
        };
        // Refused as long as anything is in it.
        if unlinkat(&parent, name, AtFlags::REMOVEDIR).is_err() {
            break;
        }
        folder = above;
    }
    Ok(())
}
