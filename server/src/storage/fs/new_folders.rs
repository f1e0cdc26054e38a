//! Folders that were made and whose names are not on the disk yet.

use std::io;
use std::mem;
use std::os::fd::OwnedFd;

use rustix::fs::fsync;

/// The folders that hold the names of new ones. Who makes folders syncs them before a file that lies in them is told of:
/// the next writer finds the folders there, and has no reason to sync them. Dropped unsynced, because the write failed
/// on its way, it tries the same.
///
/// It is a step of its own because a journaling file system writes all that came before in one commit: after the
/// sync of the file the new folders are on the disk already, and their own sync costs nothing.
#[derive(Default)]
#[must_use]
pub(super) struct NewFolders {
    holders: Vec<OwnedFd>,
}

impl NewFolders {
    /// `holder` has got a new folder.
    pub(super) fn add(&mut self, holder: OwnedFd) {
        self.holders.push(holder);
    }

    /// Returns when the names of all of them are durable.
    pub(super) fn sync(mut self) -> io::Result<()> {
        mem::take(&mut self.holders).iter().try_for_each(|holder| Ok(fsync(holder)?))
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for holder in &self.holders {
            // The failure that is being reported is the one that counts.
            let _ = fsync(holder);
        }
    }
}
