//! What only a folder has to fear: links, leftovers, other programs, odd files.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::TryStreamExt;
use tempfile::TempDir;

use super::super::{
    Operation, ReadOptions, StorageErrorKind, Store, StoreLimits, StoreSettings, Walk, WriteMode,
    WriteOptions, Written, open,
};
use super::Shared;
use super::temporary::{host_prefix, sweep};

fn store(root: &Path) -> Arc<dyn Store> {
    open("files", &StoreSettings::Fs { root: root.to_owned() }, &StoreLimits::default()).unwrap()
}

async fn write(store: &Arc<dyn Store>, path: &str, mode: WriteMode) -> Result<Written, StorageErrorKind> {
    let options = WriteOptions { mode, ..WriteOptions::default() };
    store.write(path, Bytes::from("new"), &options).await.map_err(|error| error.kind())
}

/// A folder of one's own with a secret beside the root.
fn root_beside_a_secret() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("outside/deep")).unwrap();
    fs::write(folder.path().join("outside/secret"), "secret").unwrap();
    let root = folder.path().join("root");
    fs::create_dir(&root).unwrap();
    (folder, root)
}

#[tokio::test]
async fn no_link_leads_out_of_the_root() {
    let (folder, root) = root_beside_a_secret();
    symlink(folder.path().join("outside"), root.join("absolute")).unwrap();
    symlink("../outside", root.join("relative")).unwrap();
    symlink("../outside/secret", root.join("file")).unwrap();
    let store = store(&root);
    for path in ["absolute/secret", "relative/secret", "file"] {
        for error in [
            store.stat(path).await.unwrap_err(),
            store.read(path, &ReadOptions::default()).await.unwrap_err(),
            store.read_range(path, 0..1).await.unwrap_err(),
            store.read_stream(path, None).await.map(drop).unwrap_err(),
        ] {
            assert_eq!(error.kind(), StorageErrorKind::NotPermitted, "{path}: {error}");
            assert!(error.to_string().contains("symbolic link"), "{path}: {error}");
        }
    }
    for path in ["absolute/new", "relative/new", "relative/deep/er/new"] {
        for mode in [WriteMode::CreateOnly, WriteMode::Overwrite] {
            assert_eq!(write(&store, path, mode).await, Err(StorageErrorKind::NotPermitted), "{path}");
        }
    }
    store.delete("relative/secret").await.unwrap_err();
    store.list("relative").await.unwrap_err();
    assert_eq!(store.list("").await.unwrap(), []);
    assert_eq!(fs::read_dir(folder.path().join("outside")).unwrap().count(), 2);
    assert_eq!(fs::read_dir(folder.path().join("outside/deep")).unwrap().count(), 0);
}

#[tokio::test]
async fn overwriting_a_link_replaces_the_link_and_not_what_it_leads_to() {
    let (folder, root) = root_beside_a_secret();
    symlink("../outside/secret", root.join("file")).unwrap();
    let store = store(&root);
    assert!(matches!(write(&store, "file", WriteMode::Overwrite).await, Ok(Written::Created(_))));
    assert_eq!(fs::read_to_string(folder.path().join("outside/secret")).unwrap(), "secret");
    assert_eq!(fs::read_to_string(root.join("file")).unwrap(), "new");
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_link_that_stays_below_the_root_is_followed() {
    let (_folder, root) = root_beside_a_secret();
    fs::create_dir(root.join("real")).unwrap();
    fs::write(root.join("real/a"), "abc").unwrap();
    symlink("real", root.join("alias")).unwrap();
    let store = store(&root);
    assert_eq!(store.read("alias/a", &ReadOptions::default()).await.unwrap().unwrap().bytes, "abc");
    assert_eq!(store.list("alias").await.unwrap(), store.list("real").await.unwrap());
    assert!(store.list("").await.unwrap().iter().any(|entry| entry.name == "alias" && entry.is_folder));
}

#[tokio::test]
async fn the_stores_own_folder_is_reached_by_no_path() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    write(&store, "a", WriteMode::CreateOnly).await.unwrap();
    assert!(folder.path().join(".rendition-tmp").is_dir());
    assert_eq!(store.list("").await.unwrap().len(), 1);
    assert_eq!(store.list(".rendition-tmp").await.unwrap_err().kind(), StorageErrorKind::Invalid);
    assert_eq!(store.stat(".rendition-tmp/a").await.unwrap_err().kind(), StorageErrorKind::Invalid);
}

#[tokio::test]
async fn what_is_no_regular_file_is_no_object_and_nobody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    let store = store(folder.path());
    assert_eq!(store.stat("pipe").await.unwrap(), None);
    assert!(store.read("pipe", &ReadOptions::default()).await.unwrap().is_none());
    assert_eq!(store.list("").await.unwrap(), []);
}

#[tokio::test]
async fn a_name_that_is_taken_by_the_other_kind_is_invalid_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    write(&store, "folder/object", WriteMode::CreateOnly).await.unwrap();
    for mode in [WriteMode::CreateOnly, WriteMode::Overwrite] {
        assert_eq!(write(&store, "folder", mode).await, Err(StorageErrorKind::Invalid));
        assert_eq!(write(&store, "folder/object/below", mode).await, Err(StorageErrorKind::Invalid));
    }
    let long = "x".repeat(256);
    assert_eq!(write(&store, &long, WriteMode::CreateOnly).await, Err(StorageErrorKind::Invalid));
    assert_eq!(leftovers(folder.path()), 0);
}

#[tokio::test]
async fn a_root_that_vanished_makes_the_store_unavailable_and_not_empty() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    let store = store(&root);
    store.probe().await.unwrap();
    fs::remove_dir(&root).unwrap();
    for error in [
        store.probe().await.unwrap_err(),
        store.stat("a").await.unwrap_err(),
        store.list("").await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), StorageErrorKind::Unavailable, "{error}");
        assert!(error.is_temporary());
    }
}

#[tokio::test]
async fn a_root_that_was_cleared_by_hand_can_be_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    let store = store(&root);
    write(&store, "a/b", WriteMode::CreateOnly).await.unwrap();
    fs::remove_dir_all(&root).unwrap();
    fs::create_dir(&root).unwrap();
    assert!(matches!(write(&store, "a/b", WriteMode::CreateOnly).await, Ok(Written::Created(_))));
}

#[tokio::test]
async fn a_file_cut_short_while_it_is_streamed_is_an_error_and_not_a_short_stream() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), vec![1; 200_000]).unwrap();
    let store = store(folder.path());
    let (_, mut chunks) = store.read_stream("a", None).await.unwrap().unwrap();
    chunks.try_next().await.unwrap().unwrap();
    fs::OpenOptions::new().write(true).open(folder.path().join("a")).unwrap().set_len(100_000).unwrap();
    let error = chunks.try_next().await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::VersionMismatch, "{error}");
}

#[tokio::test]
async fn a_file_rewritten_in_place_while_it_is_streamed_is_an_error_and_not_a_mixture() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), vec![1; 200_000]).unwrap();
    let store = store(folder.path());
    let (stat, mut chunks) = store.read_stream("a", None).await.unwrap().unwrap();
    chunks.try_next().await.unwrap().unwrap();
    let mut file = fs::OpenOptions::new().write(true).open(folder.path().join("a")).unwrap();
    file.write_all(&vec![2; 200_000]).unwrap();
    file.set_modified(stat.modified.unwrap() + Duration::from_millis(4)).unwrap();
    let error = chunks.try_next().await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::VersionMismatch, "{error}");
}

#[tokio::test]
async fn a_written_file_bears_the_time_of_the_write_and_not_of_the_kernels_last_tick() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    for _ in 0..20 {
        let before = SystemTime::now();
        let Ok(Written::Created(stat)) = write(&store, "a", WriteMode::Overwrite).await else { panic!() };
        assert!(stat.modified.unwrap() >= before);
        assert!(stat.modified.unwrap() <= SystemTime::now());
    }
}

#[tokio::test]
async fn a_file_whose_time_alone_changed_is_of_another_version() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "abc").unwrap();
    let store = store(folder.path());
    let before = store.stat("a").await.unwrap().unwrap();
    let file = fs::OpenOptions::new().write(true).open(folder.path().join("a")).unwrap();
    file.set_modified(before.modified.unwrap() + Duration::from_nanos(1)).unwrap();
    let at_before = ReadOptions { if_version: before.version, max_bytes: None };
    let error = store.read("a", &at_before).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::VersionMismatch);
}

/// How many temporary files lie in the root, locks apart.
fn leftovers(root: &Path) -> usize {
    let Ok(folders) = fs::read_dir(root.join(".rendition-tmp")) else { return 0 };
    let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
    files.filter(|file| file.as_ref().unwrap().file_name() != "lock").count()
}

/// What a server that was killed in the middle of a write leaves.
fn dead_server(root: &Path, name: &str, age: Duration) {
    let folder = root.join(".rendition-tmp").join(name);
    fs::create_dir_all(&folder).unwrap();
    let then = SystemTime::now() - age;
    for name in ["lock", "7"] {
        fs::File::create(folder.join(name)).unwrap().set_modified(then).unwrap();
    }
    fs::File::open(&folder).unwrap().set_modified(then).unwrap();
}

#[tokio::test]
async fn what_a_dead_server_of_this_host_left_goes_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    dead_server(folder.path(), &format!("{}dead", host_prefix()), Duration::ZERO);
    assert_eq!(leftovers(folder.path()), 1);
    store(folder.path());
    assert_eq!(fs::read_dir(folder.path().join(".rendition-tmp")).unwrap().count(), 0);
}

#[tokio::test]
async fn what_a_server_of_another_host_left_goes_after_an_hour() {
    let folder = tempfile::tempdir().unwrap();
    dead_server(folder.path(), "another-host-recent", Duration::from_secs(59 * 60));
    dead_server(folder.path(), "another-host-old", Duration::from_secs(61 * 60));
    store(folder.path());
    assert!(folder.path().join(".rendition-tmp/another-host-recent/7").exists());
    assert!(!folder.path().join(".rendition-tmp/another-host-old").exists());
}

#[tokio::test]
async fn what_a_living_server_is_writing_is_never_swept_however_old() {
    let folder = tempfile::tempdir().unwrap();
    let root = super::root::Root::open(folder.path()).unwrap();
    let temporaries = super::temporary::Temporaries::default();
    let temporary = temporaries.create(&root).unwrap();
    let old = SystemTime::now() - Duration::from_secs(24 * 60 * 60);
    temporary.file.set_modified(old).unwrap();
    let own = temporary.path().parent().unwrap();
    fs::File::open(own).unwrap().set_modified(old).unwrap();
    fs::File::open(own.join("lock")).unwrap().set_modified(old).unwrap();
    assert_eq!(sweep(&root), 0);
    assert!(temporary.path().exists());
    let own = own.to_owned();
    drop((temporary, temporaries));
    assert!(!own.exists());
}

#[tokio::test]
async fn a_store_that_is_closed_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    for number in 0..10 {
        write(&store, &format!("a/{number}"), WriteMode::CreateOnly).await.unwrap();
        write(&store, &format!("a/{number}"), WriteMode::CreateOnly).await.unwrap();
        write(&store, &format!("a/{number}"), WriteMode::Overwrite).await.unwrap();
    }
    assert_eq!(leftovers(folder.path()), 0);
    drop(store);
    assert_eq!(fs::read_dir(folder.path().join(".rendition-tmp")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_file_system_that_hangs_holds_up_neither_callers_nor_more_threads_than_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let limits = StoreLimits { concurrency: 1, timeout: Duration::from_millis(20), ..StoreLimits::default() };
    let shared = Shared::open("files", folder.path(), &limits).unwrap();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let hang = move |_: &Shared| {
        // An error is the release: the sender is gone.
        let _ = released.recv();
        Ok(())
    };
    let error = shared.run(Operation::Stat, "a", hang).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unavailable, "{error}");
    let no_place = shared.run(Operation::Stat, "b", |_: &Shared| Ok(())).await.unwrap_err();
    assert_eq!(no_place.kind(), StorageErrorKind::Unavailable, "{no_place}");
    drop(release);
    drop(shared.places.acquire().await.unwrap());
    shared.run(Operation::Read, "c", |_: &Shared| Ok(())).await.unwrap();
}

#[tokio::test]
async fn a_walk_follows_no_link_to_a_folder_but_gives_linked_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    fs::create_dir(folder.path().join("a")).unwrap();
    fs::write(folder.path().join("a/b"), "b").unwrap();
    symlink("..", folder.path().join("a/round")).unwrap();
    symlink("b", folder.path().join("a/file")).unwrap();
    let found = store.walk(Walk { folder: "", after: "", most: 10 }).await.unwrap();
    let paths: Vec<&str> = found.iter().map(|found| found.path.as_str()).collect();
    assert_eq!(paths, ["a/b", "a/file"]);
}

#[tokio::test]
async fn a_walk_through_more_names_than_are_kept_at_a_time_misses_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let mut names: Vec<String> = (0..9000).map(|number| format!("{number:x}")).collect();
    for name in &names {
        fs::write(folder.path().join(name), "").unwrap();
    }
    names.sort_unstable();
    let found = store.walk(Walk { folder: "", after: "", most: 8999 }).await.unwrap();
    assert!(found.iter().map(|found| &found.path).eq(&names[..8999]));
    let found = store.walk(Walk { folder: "", after: &names[5000], most: 8999 }).await.unwrap();
    assert!(found.iter().map(|found| &found.path).eq(&names[5001..]));
}
