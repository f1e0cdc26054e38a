//! Files that are being written, before they get their names: in a folder of the root that no path can reach, so that
//! they lie on the same file system as what they will become.
//!
//! Each open store has a folder of its own there, with a file `lock` that it holds locked as long as it lives; the kernel
//! releases the lock when the process dies, however it dies, and unlike a process id it means the same in every
//! container of the host. So whoever opens a store next removes at once what the dead left behind, and never what
//! belongs to the living. A folder of another host (another boot id, where the lock may not be visible) or without a lock
//! is left alone until nothing in it has changed for an hour.
//!
//! The folder is made at the first write: a store that is only read may lie on a read-only file system.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::super::path::RESERVED;
use super::root::{FOLDER, Root};

/// After how long a folder whose owner can't be asked counts as left behind.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

const LOCK: &str = "lock";

/// Where this store writes its temporary files.
#[derive(Default)]
pub(super) struct Temporaries {
    own: Mutex<Option<Arc<OwnFolder>>>,
    count: AtomicU64,
}

struct OwnFolder {
    path: PathBuf,
    _lock: File,
}

impl Drop for OwnFolder {
    fn drop(&mut self) {
        // A writer that still runs has its file here; then the folder stays, and the next one to open the store sweeps it.
        let _ = fs::remove_file(self.path.join(LOCK));
        let _ = fs::remove_dir(&self.path);
    }
}

/// A file without a name yet. Dropped before it gets one, it is removed.
pub(super) struct Temporary {
    pub(super) file: File,
    path: PathBuf,
    named: bool,
    _folder: Arc<OwnFolder>,
}

impl Temporary {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// To be called when the file has been moved to its name.
    pub(super) fn moved(mut self) {
        self.named = true;
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.named {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Temporaries {
    /// A new empty file.
    pub(super) fn create(&self, root: &Root) -> io::Result<Temporary> {
        for _ in 0..3 {
            let folder = self.own_folder(root)?;
            let path = folder.path.join(self.count.fetch_add(1, Ordering::Relaxed).to_string());
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(Temporary { file, path, named: false, _folder: folder }),
                // Somebody cleared the root: begin anew.
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.forget(&folder),
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::NotFound.into())
    }

    fn own_folder(&self, root: &Root) -> io::Result<Arc<OwnFolder>> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = &*own {
            return Ok(Arc::clone(folder));
        }
        let folder = Arc::new(make_own_folder(root)?);
        *own = Some(Arc::clone(&folder));
        Ok(folder)
    }

    fn forget(&self, folder: &Arc<OwnFolder>) {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.take_if(|current| Arc::ptr_eq(current, folder));
    }
}

/// The folder of all stores on this root, checked to lie in it.
fn shared_folder(root: &Root) -> io::Result<PathBuf> {
    root.resolve(RESERVED, FOLDER)?;
    Ok(root.path().join(RESERVED))
}

fn make_own_folder(root: &Root) -> io::Result<OwnFolder> {
    root.make_folder(RESERVED)?.1.sync()?;
    let shared = shared_folder(root)?;
    for _ in 0..16 {
        let path = shared.join(format!("{}{:016x}", host_prefix(), rand::random::<u64>()));
        fs::create_dir(&path)?;
        let lock_path = path.join(LOCK);
        let Some(lock) = ours(&lock_path)? else { continue };
        return Ok(OwnFolder { path, _lock: lock });
    }
    Err(io::ErrorKind::ResourceBusy.into())
}

/// Makes and locks the file; `None` if a sweeper came between the two and took it for abandoned.
fn ours(lock_path: &Path) -> io::Result<Option<File>> {
    let lock = match OpenOptions::new().write(true).create_new(true).open(lock_path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        result => result?,
    };
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => return Ok(None),
        // A file system without locks: the age rule is all there is.
        Err(TryLockError::Error(_)) | Ok(()) => {}
    }
    match fs::metadata(lock_path) {
        Ok(there) if there.ino() == lock.metadata()?.ino() => Ok(Some(lock)),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the names of this host's folders begin with: the first part of the kernel's boot id, where there is one.
pub(super) fn host_prefix() -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    boot.split('-').next().map(|part| format!("{}-", part.trim())).unwrap_or_default()
}

/// Removes what dead servers left behind, and answers how many folders that were. Problems are no reason not to open the
/// store: what can't be removed stays.
pub(super) fn sweep(root: &Root) -> usize {
    let Ok(shared) = shared_folder(root) else { return 0 };
    let Ok(folders) = fs::read_dir(shared) else { return 0 };
    let host = host_prefix();
    folders
        .filter_map(Result::ok)
        .filter(|folder| {
            let of_this_host = folder.file_name().to_string_lossy().starts_with(&host);
            remove_if_abandoned(&folder.path(), of_this_host).unwrap_or(false)
        })
        .count()
}

fn remove_if_abandoned(folder: &Path, of_this_host: bool) -> io::Result<bool> {
    let lock_path = folder.join(LOCK);
    // Held until the folder is gone, so that two sweepers do not meet in it.
    let held = match OpenOptions::new().write(true).open(&lock_path) {
        Ok(lock) => match lock.try_lock() {
            Ok(()) => Some(lock),
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(_)) => None,
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if !((of_this_host && held.is_some()) || is_old(folder)?) {
        return Ok(false);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path != lock_path {
            fs::remove_file(path)?;
        }
    }
    if held.is_some() {
        fs::remove_file(&lock_path)?;
    }
    fs::remove_dir(folder)?;
    Ok(true)
}

/// Whether neither the folder nor anything in it has changed for long.
fn is_old(folder: &Path) -> io::Result<bool> {
    let now = SystemTime::now();
    let is_old = |metadata: fs::Metadata| {
        let age = metadata.modified().ok().and_then(|modified| now.duration_since(modified).ok());
        age.is_some_and(|age| age > ABANDONED)
    };
    if !is_old(fs::metadata(folder)?) {
        return Ok(false);
    }
    for entry in fs::read_dir(folder)? {
        if !is_old(entry?.metadata()?) {
            return Ok(false);
        }
    }
    Ok(true)
}
