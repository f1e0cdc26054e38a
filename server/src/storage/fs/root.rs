//! The root of a folder store, and the way from it to a file: never out of it, whatever symbolic links lie below.
//!
//! On Linux the kernel resolves the whole path with `RESOLVE_BENEATH` (openat2): links that stay below the root are
//! followed, absolute ones and those that leave it are refused, and nobody can win a race by swapping a folder for a
//! link. Elsewhere, and where a sandbox forbids openat2, each segment is opened by itself and no link is followed.

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use rustix::fs::{Mode, OFlags, mkdirat, open, openat};
use rustix::io::Errno;

use super::cached;
use super::new_folders::NewFolders;

/// What new folders may be, before the process's mask.
const FOLDER_MODE: Mode = Mode::from_raw_mode(0o777);

pub(super) const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

pub(super) struct Root {
    path: PathBuf,
    kernel_resolves: bool,
    /// Whether the kernel can be asked for what it has in memory.
    is_local: bool,
    /// The folder as it was opened last for that.
    opened: ArcSwapOption<Opened>,
}

struct Opened {
    folder: OwnedFd,
    at: Instant,
}

/// For how long an opened root is taken for the one at its path, where only what is in memory is asked for.
const OPENED: Duration = Duration::from_secs(1);

impl Root {
    /// Creates the folder if it is missing.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        let path = path.canonicalize()?;
        let folder = open(&path, FOLDER, Mode::empty())?;
        let kernel_resolves = kernel::resolve(&folder, ".", FOLDER).is_ok();
        let is_local = kernel_resolves && cached::is_local(&folder);
        Ok(Self { path, kernel_resolves, is_local, opened: ArcSwapOption::empty() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The root itself, opened anew each time (by [`Root::resolve_cached`] each second), so that a file system mounted on it later is seen.
    pub(super) fn folder(&self) -> io::Result<OwnedFd> {
        open(&self.path, FOLDER, Mode::empty()).map_err(|error| match error {
            // Not "not found": an object is not absent because its store is.
            Errno::NOENT | Errno::NOTDIR => {
                io::Error::new(io::ErrorKind::StaleNetworkFileHandle, "the root folder is gone")
            }
            other => other.into(),
        })
    }

    /// Opens what lies at `path` below the root; the empty path is the root.
    pub(super) fn resolve(&self, path: &str, flags: OFlags) -> io::Result<OwnedFd> {
        let root = self.folder()?;
        if path.is_empty() {
            return Ok(root);
        }
        if self.kernel_resolves { kernel::resolve(&root, path, flags) } else { walk(root, path, flags) }
    }

    /// Whether the kernel answers for it from its caches.
    pub(super) fn is_local(&self) -> bool {
        self.is_local
    }

    /// Opens the file at `path` if the kernel can do so without waiting for anything.
    pub(super) fn resolve_cached(&self, path: &str) -> Option<OwnedFd> {
        if !self.is_local() {
            return None;
        }
        let opened = self.opened.load();
        if let Some(opened) = opened.as_ref().filter(|opened| opened.at.elapsed() < OPENED) {
            return kernel::resolve_cached(&opened.folder, path);
        }
        let anew = Arc::new(Opened { folder: kernel::folder_cached(&self.path)?, at: Instant::now() });
        self.opened.store(Some(anew.clone()));
        kernel::resolve_cached(&anew.folder, path)
    }

    /// Opens the folder, making what is missing of it, and tells which folders are new.
    pub(super) fn make_folder(&self, folder: &str) -> io::Result<(OwnedFd, NewFolders)> {
        let mut new = NewFolders::default();
        match self.resolve(folder, FOLDER) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => return Ok((other?, new)),
        }
        let mut parent = self.folder()?;
        for (end, segment) in segments(folder) {
            let made = match mkdirat(&parent, segment, FOLDER_MODE) {
                Ok(()) => true,
                Err(Errno::EXIST) => false,
                Err(error) => return Err(error.into()),
            };
            let child = self.resolve(&folder[..end], FOLDER);
            if made {
                new.add(parent);
            }
            parent = child?;
        }
        Ok((parent, new))
    }
}

/// Each segment of a path with the place where it ends.
fn segments(path: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    path.split('/').map(move |segment| {
        let end = start + segment.len();
        start = end + 1;
        (end, segment)
    })
}

/// The folder that `path` lies in and its own name.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn walk(root: OwnedFd, path: &str, flags: OFlags) -> io::Result<OwnedFd> {
    let (folder, name) = split(path);
    let mut parent = root;
    for segment in folder.split('/').filter(|segment| !segment.is_empty()) {
        parent = openat(&parent, segment, FOLDER | OFlags::NOFOLLOW, Mode::empty())?;
    }
    Ok(openat(&parent, name, flags | OFlags::NOFOLLOW, Mode::empty())?)
}

#[cfg(target_os = "linux")]
mod kernel {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
    use rustix::io::Errno;

    use super::super::file::READ;
    use super::FOLDER;

    pub(super) fn resolve(root: &OwnedFd, path: &str, flags: OFlags) -> io::Result<OwnedFd> {
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        // EAGAIN: somebody moved a folder while the kernel walked through it, and it can't tell whether that led outside.
        for _ in 0..16 {
            match openat2(root, path, flags, Mode::empty(), beneath) {
                Err(Errno::AGAIN) => {}
                result => return Ok(result?),
            }
        }
        Err(Errno::AGAIN.into())
    }

    pub(super) fn folder_cached(root: &Path) -> Option<OwnedFd> {
        openat2(CWD, root, FOLDER, Mode::empty(), ResolveFlags::CACHED).ok()
    }

    /// Any error means that it must be asked for in the usual way. Nothing is looked for on another file system below
    /// the root: that may be a slow one.
    pub(super) fn resolve_cached(root: &OwnedFd, path: &str) -> Option<OwnedFd> {
        let beneath = ResolveFlags::BENEATH
            | ResolveFlags::NO_MAGICLINKS
            | ResolveFlags::NO_XDEV
            | ResolveFlags::CACHED;
        openat2(root, path, READ, Mode::empty(), beneath).ok()
    }
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use rustix::fs::OFlags;

    pub(super) fn resolve(_root: &OwnedFd, _path: &str, _flags: OFlags) -> io::Result<OwnedFd> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn folder_cached(_root: &Path) -> Option<OwnedFd> {
        None
    }

    pub(super) fn resolve_cached(_root: &OwnedFd, _path: &str) -> Option<OwnedFd> {
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn without_the_kernels_help_a_link_is_not_followed() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "secret").unwrap();
        let inside = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(inside.path().join("a/b")).unwrap();
        std::fs::write(inside.path().join("a/b/c"), "c").unwrap();
        std::os::unix::fs::symlink(outside.path(), inside.path().join("a/out")).unwrap();
        let mut root = Root::open(inside.path()).unwrap();
        root.kernel_resolves = false;
        root.resolve("a/b/c", OFlags::RDONLY).unwrap();
        root.resolve("a/out/secret", OFlags::RDONLY).unwrap_err();
        assert!(root.make_folder("a/out/new").is_err());
        let (_, new) = root.make_folder("a/b/new/deep").unwrap();
        new.sync().unwrap();
        assert!(inside.path().join("a/b/new/deep").is_dir());
        assert!(!outside.path().join("new").exists());
    }

    #[test]
    fn a_root_that_went_away_is_not_an_absent_object() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("root");
        let root = Root::open(&path).unwrap();
        std::fs::remove_dir(&path).unwrap();
        let error = root.resolve("a", OFlags::RDONLY).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StaleNetworkFileHandle);
    }
}
