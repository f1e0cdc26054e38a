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

/// The paths of all files in it, from its root, by name.
pub fn paths() -> Vec<String> {
    let root = root();
    let mut paths = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "MANIFEST.tsv") {
                paths.push(path.strip_prefix(&root).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    paths.sort();
    paths
}
