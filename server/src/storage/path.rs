//! The form of a path, checked once more at the door: callers validate theirs, and a store still never trusts them with
//! what lies outside its root.

use super::{Operation, StorageError, StorageErrorKind};

/// The folder below a root that belongs to the store itself; no path may begin with it.
pub(super) const RESERVED: &str = ".rendition-tmp";

/// Longest path in bytes: the shortest limit among the stores, S3's.
const LONGEST: usize = 1024;

/// Answers `Invalid` unless `path` names an object: segments joined by `/`, none of them empty, `.` or `..`, no NUL, and
/// not in the store's own folder.
pub(super) fn check_object(store: &str, operation: Operation, path: &str) -> Result<(), StorageError> {
    let complaint = if path.is_empty() {
        "the path is empty"
    } else if path.len() > LONGEST {
        "the path is longer than 1024 bytes"
    } else if path.contains('\0') {
        "the path holds a nul"
    } else if path.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        "the path has a segment that is empty, `.` or `..`"
    } else if path.split('/').next() == Some(RESERVED) {
        "the path lies in the store's own folder"
    } else {
        return Ok(());
    };
    Err(StorageError::new(StorageErrorKind::Invalid, store, operation, path, complaint))
}

/// The same for a folder, which may be empty: the root.
pub(super) fn check_folder(store: &str, folder: &str) -> Result<(), StorageError> {
    if folder.is_empty() { Ok(()) } else { check_object(store, Operation::List, folder) }
}
