//! A server that is killed while it writes, beside one that lives on.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use bytes::Bytes;

use super::super::{ReadOptions, StoreLimits, StoreSettings, WriteMode, WriteOptions, open};
use super::root::Root;
use super::temporary::Temporaries;

const CHILD_ROOT: &str = "RENDITION_TEST_FS_ROOT";

/// Made of nothing but its number, and so long that a kill falls into its writing.
fn object(number: u8) -> Bytes {
    Bytes::from(vec![number; 3_000_000])
}

fn settings(root: &Path) -> StoreSettings {
    StoreSettings::Fs { root: root.to_owned() }
}

fn be_the_victim(root: &Path) -> ! {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = open("victim", &settings(root), &StoreLimits::default()).unwrap();
        for number in (0..20_u8).cycle() {
            let options = WriteOptions { mode: WriteMode::Overwrite, ..WriteOptions::default() };
            store.write(&format!("a/{number}"), object(number), &options).await.unwrap();
            println!("\nwritten {number}");
        }
        unreachable!("the parent kills this process")
    })
}

fn folders_of_servers(root: &Path) -> usize {
    fs::read_dir(root.join(".rendition-tmp")).unwrap().count()
}

#[test]
fn a_killed_server_leaves_whole_objects_and_nothing_that_the_next_start_keeps() {
    if let Some(root) = std::env::var_os(CHILD_ROOT) {
        be_the_victim(Path::new(&root));
    }
    let folder = tempfile::tempdir().unwrap();
    let root = Root::open(folder.path()).unwrap();
    let living = Temporaries::default();
    let being_written = living.create(&root).unwrap();
    let name =
        "storage::fs::kill_tests::a_killed_server_leaves_whole_objects_and_nothing_that_the_next_start_keeps";
    let mut acknowledged = Vec::new();
    for round in 1..=4 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(CHILD_ROOT, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut written = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            if let Some(number) = line.unwrap().strip_prefix("written ") {
                acknowledged.push(number.parse::<u8>().unwrap());
                written += 1;
            }
            if written == 3 * round {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(written >= 3 * round, "the child wrote {written}");
        assert_eq!(folders_of_servers(folder.path()), 2, "one of the dead and one of the living");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = open("next", &settings(folder.path()), &StoreLimits::default()).unwrap();
        assert_eq!(folders_of_servers(folder.path()), 1);
        assert!(being_written.path().exists());
        let listed = store.list("a").await.unwrap();
        for number in acknowledged {
            assert!(listed.iter().any(|entry| entry.name == number.to_string()), "{number} is lost");
        }
        for entry in listed {
            let read =
                store.read(&format!("a/{}", entry.name), &ReadOptions::default()).await.unwrap().unwrap();
            assert!(read.bytes == object(entry.name.parse().unwrap()), "{} is torn", entry.name);
        }
    });
}
