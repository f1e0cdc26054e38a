//! The corpus of real and hostile images beside the project; tests on it pass where it is absent.

use std::path::PathBuf;

/// `../shared/corpus` from the project, or from a folder that worktrees of it lie in.
fn root() -> PathBuf {
    let project = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let candidates = project.ancestors().skip(1).map(|folder| folder.join("shared/corpus"));
    candidates.take(3).find(|folder| folder.is_dir()).unwrap_or_default()
}

/// One file of it.
pub fn read(path: &str) -> Option<Vec<u8>> {
    let bytes = std::fs::read(root().join(path)).ok();
    if bytes.is_none() {
        println!("skipped: the corpus file {path} is not there");
    }
    bytes
}

/// All files of a folder, by name.
pub fn folder(name: &str) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(root().join(name)) else {
        println!("skipped: the corpus folder {name} is not there");
        return Vec::new();
    };
    let mut files: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}
