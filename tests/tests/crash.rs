//! Processes that die: by a decoder's abort, by `kill -9`, and gracefully by SIGTERM. (That a key which crashed the process twice
//! kills no more stands in `imagekit_defects.rs`.)
//!
//! `RENDITION_LONG=1` lets the killing go on for 1,000 generations; `RENDITION_SEED` repeats a run.
#![allow(clippy::unwrap_used)]

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rendition_client::{Code, EnsureGenerated, Exists, Outcome, Source, State, Strategy};
use rendition_tests::{
    pictures::{SMALL, png, small},
    refusals::refused,
    server_process::{Installation, ServerProcess},
    until::until,
};
use tempfile::TempDir;

fn installation(more: &str) -> (TempDir, Installation) {
    let folder = TempDir::new().unwrap();
    let installation =
        Installation::new(env!("CARGO_BIN_EXE_faulty-server"), folder.path(), &format!("{more}{SMALL}"));
    (folder, installation)
}

/// A picture with a marker behind its end, which decoders don't look at.
fn marked(seed: u8, marker: &str) -> Vec<u8> {
    [&png(80, 60, seed), marker.as_bytes()].concat()
}

const QUERY_OF_DEATH: (&str, &str) = ("death.png", "small");

/// Asks for the rendition that kills, twice, and sees the process die each time.
async fn die_twice(installation: &Installation) {
    for _ in 0..2 {
        let mut server = installation.start();
        let answer = server.client().ensure_generated(QUERY_OF_DEATH).await;
        assert_eq!(answer.unwrap_err().code(), Code::Unavailable);
        assert!(!server.ended().await.success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_crashed_the_process_is_tried_again_for_a_new_version() {
    let (_folder, installation) = installation("");
    installation.put(QUERY_OF_DEATH.0, &marked(1, "abort!"));
    die_twice(&installation).await;
    installation.put(QUERY_OF_DEATH.0, &png(80, 60, 3));
    let server = installation.start();
    let ensured = server.client().ensure_generated(QUERY_OF_DEATH).await.unwrap();
    assert_eq!(ensured.outcome(), Outcome::Generated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_crashed_the_process_is_tried_again_by_force() {
    let (_folder, installation) = installation("");
    let sent = || (Source::new(QUERY_OF_DEATH.0).version("1"), QUERY_OF_DEATH.1);
    installation.put(QUERY_OF_DEATH.0, &marked(1, "abort!"));
    for _ in 0..2 {
        let mut server = installation.start();
        server.client().ensure_generated(sent()).await.unwrap_err();
        server.ended().await;
    }
    // The bytes are repaired under the version that the caller gave them.
    installation.put(QUERY_OF_DEATH.0, &png(80, 60, 3));
    let server = installation.start();
    let client = server.client();
    let status =
        refused(client.ensure_generated(sent()).await, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None);
    assert_eq!(status.metadata["cause"], "crashed");
    let forced = client.ensure_generated(EnsureGenerated::new(sent()).force()).await.unwrap();
    assert!(forced.rendition().is_ready());
    assert!(client.ensure_generated(sent()).await.unwrap().rendition().is_ready(), "it is forgiven");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_background_job_that_crashes_the_process_twice_is_failed_and_not_replayed_for_ever() {
    let (_folder, installation) = installation("");
    installation.put(QUERY_OF_DEATH.0, &marked(1, "abort!"));
    let mut server = installation.start();
    let job = EnsureGenerated::new(QUERY_OF_DEATH).strategy(Strategy::Background);
    // The job may be quicker than the answer.
    let _ = server.client().ensure_generated(job).await;
    server.ended().await;
    // It may die before it has told its addresses.
    if let Some(mut again) = installation.try_start() {
        again.ended().await;
    }
    let server = installation.start();
    let told = server.client().watch([QUERY_OF_DEATH]).await.unwrap().until_done().await.unwrap();
    assert_eq!(told[0].state(), State::Failed);
}

/// Adds jobs and kills the server at random moments until all are acknowledged, then lets it finish.
async fn kill_at_random(generations: usize, kills: u32) {
    let seed =
        std::env::var("RENDITION_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random);
    println!("RENDITION_SEED={seed}, {generations} generations, {kills} kills");
    let mut random = StdRng::seed_from_u64(seed);
    let (_folder, installation) = installation("");
    let paths: Vec<String> = (0..generations).map(|number| format!("{}/{number}.png", number % 7)).collect();
    let sources: Vec<Vec<u8>> =
        (0..generations).map(|number| marked((number % 251) as u8, "work!")).collect();
    for (path, source) in paths.iter().zip(&sources) {
        installation.put(path, source);
    }
    let made: BTreeMap<&str, Vec<u8>> =
        paths.iter().zip(&sources).map(|(path, source)| (path.as_str(), small(source))).collect();
    // By number: whether the server has promised it, or made it while the caller waited.
    let mut promised: BTreeMap<usize, String> = BTreeMap::new();
    // What was in flight at the last kill: a key that meets two kills is given up.
    let mut unfinished: Vec<String> = Vec::new();
    for round in 0..=kills {
        let server = installation.start();
        let (named, temporary) = installation.files();
        // What the dead left is swept; what there is now is being written.
        assert!(temporary.len() <= 16, "{temporary:?}");
        let before = named.len();
        let open: Vec<usize> = (0..generations).filter(|number| !promised.contains_key(number)).collect();
        // A share of what is open, so that every round has something to do; the last one has all the rest.
        let share =
            if round == kills { open.len() } else { open.len().min(generations / (kills as usize + 1) + 1) };
        // What nobody asks for again is not made again.
        let asked_for: Vec<&String> = open.iter().take(share).map(|number| &paths[*number]).collect();
        unfinished.retain(|key| {
            promised.values().any(|promised| promised == key)
                || asked_for.iter().any(|path| key.starts_with(&format!("media/{path}/")))
        });
        let awaited = std::mem::take(&mut unfinished);
        let client = server.client();
        let asked = open.into_iter().take(share).map(|number| {
            let request = EnsureGenerated::new((paths[number].as_str(), "small"));
            let strategy = if number % 4 == 0 { Strategy::JustInTime } else { Strategy::Background };
            let client = client.clone();
            async move { (number, client.ensure_generated(request.strategy(strategy)).await) }
        });
        let mut answers = Box::pin(stream::iter(asked).buffer_unordered(8));
        if round == kills {
            while let Some((number, answer)) = answers.next().await {
                promised.insert(number, answer.unwrap().rendition().key().to_owned());
            }
            finish(&installation, &server, &paths, &made, &promised).await;
            return;
        }
        let mut stop = std::pin::pin!(async {
            let wanted = before + 4.min(generations - before);
            until("the work goes on", || {
                installation.files().0.len() >= wanted
                    && awaited.iter().all(|key| installation.rendition(key).exists())
            })
            .await;
            tokio::time::sleep(Duration::from_millis(random.random_range(0..60))).await;
        });
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some((number, answer)) = answers.next() => {
                    promised.insert(number, answer.unwrap().rendition().key().to_owned());
                }
            }
        }
        server.kill();
        unfinished = installation.unfinished();
        for file in installation.files().0 {
            let path = file.parent().unwrap().strip_prefix(installation.rendition("media")).unwrap();
            let whole = &made[path.to_str().unwrap()];
            assert!(std::fs::read(&file).unwrap() == *whole, "{} is torn", file.display());
        }
        // Answers that were on their way count as well.
        while let Some((number, answer)) = answers.next().await {
            if let Ok(answer) = answer {
                promised.insert(number, answer.rendition().key().to_owned());
            }
        }
    }
}

/// All that was promised is done, and what is READY is whole.
async fn finish(
    installation: &Installation,
    server: &ServerProcess,
    paths: &[String],
    made: &BTreeMap<&str, Vec<u8>>,
    promised: &BTreeMap<usize, String>,
) {
    let client = server.client();
    assert_eq!(promised.len(), paths.len());
    for chunk in paths.chunks(500) {
        let watched = client.watch(chunk.iter().map(|path| (path.as_str(), "small"))).await.unwrap();
        for (path, done) in chunk.iter().zip(watched.until_done().await.unwrap()) {
            assert_eq!(done.state(), State::Ready, "{path}: {:?}", done.failure());
        }
    }
    for (number, key) in promised {
        let named = (paths[*number].as_str(), "small");
        let told = client.exists(Exists::new(named).max_age(Duration::ZERO)).await.unwrap();
        assert!(told.exists());
        assert_eq!(told.rendition().key(), key);
        assert!(std::fs::read(installation.rendition(key)).unwrap() == made[named.0], "{key}");
    }
    let (named, temporary) = installation.files();
    assert_eq!(named.len(), paths.len(), "no orphan");
    assert!(temporary.is_empty(), "{temporary:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_kills_at_random_moments_all_that_was_acknowledged_is_done_and_whole() {
    if std::env::var_os("RENDITION_LONG").is_some() {
        kill_at_random(1000, 40).await;
    } else {
        kill_at_random(60, 3).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_leaves_no_temporary_files_behind_also_with_a_second_one_on_the_folder() {
    let (folder, installation) = installation("");
    let second = folder.path().join("second");
    std::fs::create_dir_all(&second).unwrap();
    let text = std::fs::read_to_string(folder.path().join("rendition.toml")).unwrap();
    let queue = format!("{}/queue", folder.path().display());
    let config = second.join("rendition.toml");
    std::fs::write(&config, text.replace(&queue, &format!("{}/queue", second.display()))).unwrap();
    let other = Installation::of(env!("CARGO_BIN_EXE_faulty-server"), folder.path(), &config);
    let living = other.start();
    let (rounds, each) = if std::env::var_os("RENDITION_LONG").is_some() { (50, 20) } else { (3, 20) };
    let path = |number: usize| format!("{number}.png");
    for number in 0..rounds * each {
        installation.put(&path(number), &marked((number % 251) as u8, "work!"));
    }
    for round in 0..rounds {
        let server = installation.start();
        let client = server.client();
        let jobs = (round * each..(round + 1) * each)
            .map(|number| EnsureGenerated::new((path(number), "small")).strategy(Strategy::Background));
        client.batch_ensure_generated(jobs).await.unwrap();
        let before = installation.files().0.len();
        until("it works", || installation.files().0.len() > before + 3).await;
        server.kill();
    }
    let all = || (0..rounds * each).map(|number| (path(number), "small"));
    let server = installation.start();
    let made = living.client().batch_ensure_generated(all()).await.unwrap();
    assert!(made.into_iter().all(|answer| answer.unwrap().rendition().is_ready()));
    let done = server.client().watch(all()).await.unwrap();
    done.until_done().await.unwrap();
    assert_eq!(installation.files().0.len(), rounds * each);
    until("no temporary file is left", || installation.files().1.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sigterm_calls_in_flight_are_answered_and_the_process_ends_well_in_bounded_time() {
    let (_folder, installation) = installation("[limits]\ndrain_timeout = \"10s\"\n");
    installation.put("slow.png", &marked(1, "slow!"));
    let mut server = installation.start();
    let (client, idle) = (server.client(), server.client());
    let _silent = std::net::TcpStream::connect(server.grpc.trim_start_matches("http://")).unwrap();
    idle.exists(("slow.png", "small")).await.unwrap();
    let asked = tokio::spawn({
        let client = client.clone();
        async move { client.ensure_generated(("slow.png", "small")).await }
    });
    while idle.exists(("slow.png", "small")).await.unwrap().rendition().state() != State::Generating {}
    let begun = Instant::now();
    server.terminate();
    let answered = asked.await.unwrap().unwrap();
    assert!(answered.rendition().is_ready());
    assert!(installation.rendition(answered.rendition().key()).exists());
    assert!(server.ended().await.success());
    assert!(begun.elapsed() < Duration::from_secs(9), "connections that are idle or silent hold nothing up");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sigterm_a_job_in_work_is_left_in_the_queue_and_done_after_the_restart() {
    let (_folder, installation) = installation("");
    for number in 0..30 {
        installation.put(&format!("{number}.png"), &marked(number, "work!"));
    }
    let all = || (0..30).map(|number| (format!("{number}.png"), "small"));
    let mut server = installation.start();
    let jobs = all().map(|named| EnsureGenerated::new(named).strategy(Strategy::Background));
    let acknowledged = server.client().batch_ensure_generated(jobs).await.unwrap();
    assert!(acknowledged.iter().all(Result::is_ok));
    server.terminate();
    assert!(server.ended().await.success());
    let server = installation.start();
    let done = server.client().watch(all()).await.unwrap().until_done().await.unwrap();
    assert!(done.iter().all(|rendition| rendition.is_ready()));
    assert!(installation.files().1.is_empty());
}
