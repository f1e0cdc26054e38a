//! A prewarm whose server is killed in the middle, and that goes on by its token.
//!
//! `RENDITION_LONG=1` takes more sources and kills; `RENDITION_SEED` repeats a run.

use std::{collections::BTreeMap, os::unix::fs::MetadataExt, path::PathBuf, time::Duration};

use futures_util::StreamExt;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rendition_client::{Prewarm, Prewarmed};
use rendition_tests::{
    pictures::{SMALL, png, small},
    server_process::Installation,
    until::until,
};
use tempfile::TempDir;

/// The files of the renditions, and by what a file that was made again would differ.
fn made(installation: &Installation) -> BTreeMap<PathBuf, (u64, i64, i64)> {
    let facts = |path: PathBuf| {
        let facts = std::fs::metadata(&path).unwrap();
        (path, (facts.ino(), facts.mtime(), facts.mtime_nsec()))
    };
    installation.files().0.into_iter().map(facts).collect()
}

async fn kill_in_the_middle(sources: usize, kills: u32) {
    let seed =
        std::env::var("RENDITION_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random);
    println!("RENDITION_SEED={seed}, {sources} sources, {kills} kills");
    let mut random = StdRng::seed_from_u64(seed);
    let folder = TempDir::new().unwrap();
    let more = SMALL.replace("small", "other");
    let installation = Installation::new(
        env!("CARGO_BIN_EXE_faulty-server"),
        folder.path(),
        &format!("{SMALL}{}", more.replace("40", "30")),
    );
    let mut whole = BTreeMap::new();
    for number in 0..sources {
        let path = format!("{}/{number:04}.png", number % 7);
        let bytes = [&png(80, 60, (number % 251) as u8), b"work!".as_slice()].concat();
        installation.put(&path, &bytes);
        whole.insert(path, small(&bytes));
    }
    let request = || Prewarm::of("**").spec("small").spec("other");
    let mut token = String::new();
    for round in 0..kills {
        let server = installation.start();
        let before = made(&installation);
        // A key that meets two kills is given up; so what was in flight at the last one is waited for.
        let unfinished = installation.unfinished();
        let mut progress = server.client().prewarm(request().resume(&token)).await.unwrap();
        // Half of a round's share: it makes more until that is seen, and the kill comes.
        let wanted = before.len() + sources / (kills as usize + 1);
        let pause = Duration::from_millis(random.random_range(0..40));
        let mut enough = std::pin::pin!(async {
            until("it gets on", || {
                installation.files().0.len() >= wanted
                    && unfinished.iter().all(|key| installation.rendition(key).exists())
            })
            .await;
            tokio::time::sleep(pause).await;
        });
        loop {
            tokio::select! {
                () = &mut enough => break,
                told = progress.next() => {
                    let told: Prewarmed = told.expect("it is not at its end").unwrap();
                    assert_eq!(told.failed(), 0, "{:?}", told.failures());
                    token = told.resume_token().unwrap_or_else(|| panic!("round {round} is too short")).to_owned();
                }
            }
        }
        server.kill();
        let after = made(&installation);
        assert!(before.iter().all(|(file, facts)| after.get(file) == Some(facts)), "nothing is made twice");
    }

    let server = installation.start();
    let before = made(&installation);
    let mut progress = server.client().prewarm(request().resume(&token)).await.unwrap();
    let mut last = None;
    while let Some(told) = progress.next().await {
        last = Some(told.unwrap());
    }
    let last = last.unwrap();
    assert_eq!((last.failed(), last.resume_token()), (0, None), "{:?}", last.failures());
    let after = made(&installation);
    assert_eq!(after.len(), 2 * sources, "nothing is lost");
    assert_eq!(last.done() as usize, after.len() - before.len(), "what was there is not made again");
    assert!(before.iter().all(|(file, facts)| after.get(file) == Some(facts)), "nothing is made twice");
    for (path, expected) in whole {
        let folder = installation.rendition(&format!("media/{path}"));
        let file = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let file = file.into_iter().find(|file| file.to_str().unwrap().contains("/small.")).unwrap();
        assert!(std::fs::read(&file).unwrap() == expected, "{} is torn", file.display());
    }
    assert!(installation.files().1.is_empty(), "no temporary file is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kill_9_a_prewarm_goes_on_with_nothing_lost_and_nothing_made_twice() {
    if std::env::var_os("RENDITION_LONG").is_some() {
        kill_in_the_middle(1500, 20).await;
    } else {
        kill_in_the_middle(120, 3).await;
    }
}
