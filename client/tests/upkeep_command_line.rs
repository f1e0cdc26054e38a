//! `rendition prewarm`, `gc` and `verify` as their users see them: what they ask, print, keep and exit with.

#![allow(clippy::unwrap_used)]

mod scripted;

use std::process::Output;

use rendition_proto::v1;
use scripted::{Messages, item_error, start, status};
use serde_json::Value;
use tokio::process::Command;
use tonic::Code;

async fn run(uri: &str, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_rendition");
    Command::new(program).env("RENDITION_SERVER", uri).args(arguments).output().await.unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn records(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A prewarm of ten sources that has done so many.
fn prewarmed(done: u64, token: &str) -> v1::PrewarmResponse {
    v1::PrewarmResponse {
        done,
        skipped: 1,
        sources_done: done + 1,
        sources_total: Some(10),
        rate: 2.5,
        time_left: Some(prost_types::Duration { seconds: 3, nanos: 0 }),
        resume_token: token.to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn prewarm_asks_for_what_the_arguments_say_and_tells_how_far_it_is() {
    let (script, uri) = start().await;
    script.prewarm.answer(Messages::then_end([prewarmed(4, "t1"), prewarmed(9, "")]));
    let arguments = [
        "prewarm",
        "photos/**",
        "--store",
        "media",
        "--spec",
        "a",
        "--spec",
        "b",
        "--accept",
        "webp",
        "--only-missing",
        "--dry-run",
        "--concurrency",
        "7",
        "--resume",
        "t0",
    ];
    let output = run(&uri, &arguments).await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(
        script.prewarm.messages(),
        [v1::PrewarmRequest {
            store: "media".into(),
            sources: "photos/**".into(),
            spec_ids: vec!["a".into(), "b".into()],
            accept: vec![v1::OutputFormat::Webp.into()],
            force: false,
            dry_run: true,
            only_missing: true,
            concurrency: 7,
            resume_token: "t0".into(),
        }]
    );
    assert_eq!(stdout(&output), "10/10 sources: 9 to make, 1 there, 0 failed\n");
    // Standard error is no terminal here: a plain line.
    assert_eq!(stderr(&output), "50 % 5/10 sources: 4 to make, 1 there, 0 failed, 2.5/s, 3s left\n");
}

#[tokio::test]
async fn prewarm_tells_what_failed_and_exits_with_one() {
    let (script, uri) = start().await;
    let failure = v1::PrewarmFailure {
        path: "photos/a.jpg".into(),
        spec_id: "avatar".into(),
        error: Some(item_error(Code::FailedPrecondition, "SOURCE_UNDECODABLE", "it is broken")),
    };
    let last = || v1::PrewarmResponse { failed: 1, failures: vec![failure.clone()], ..prewarmed(8, "") };
    script.prewarm.answer(Messages::then_end([last()]));
    let output = run(&uri, &["prewarm"]).await;
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(told.contains("photos/a.jpg avatar: SOURCE_UNDECODABLE: it is broken"), "{told}");

    script.prewarm.answer(Messages::then_end([last()]));
    let output = run(&uri, &["prewarm", "--json"]).await;
    assert_eq!(output.status.code(), Some(1));
    let record = records(&output).remove(0);
    assert_eq!(
        (&record["done"], &record["sources_total"], &record["time_left"]),
        (&8.into(), &10.into(), &"3s".into())
    );
    assert_eq!(record["failures"][0]["error"]["reason"], "SOURCE_UNDECODABLE");
    assert!(record.get("resume_token").is_none());
}

#[tokio::test]
async fn a_prewarm_that_breaks_off_tells_how_to_go_on_and_a_state_file_does_it_by_itself() {
    let (script, uri) = start().await;
    let folder = std::env::temp_dir().join(format!("rendition-state-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let state = folder.join("prewarm.state");
    let file = state.to_str().unwrap();
    let broken = || status(Code::Internal, "INTERNAL", "it broke");
    script.prewarm.answer(Messages::then_fail([prewarmed(4, "t1")], broken()));
    let output = run(&uri, &["prewarm"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("go on with --resume t1\n"), "{}", stderr(&output));

    script.prewarm.answer(Messages::then_fail([prewarmed(4, "t2")], broken()));
    let output = run(&uri, &["prewarm", "--state", file]).await;
    assert!(stderr(&output).contains("go on with --state"), "{}", stderr(&output));
    assert_eq!(std::fs::read_to_string(&state).unwrap(), "t2");
    script.prewarm.answer(Messages::then_end([prewarmed(9, "")]));
    assert_eq!(run(&uri, &["prewarm", "--state", file]).await.status.code(), Some(0));
    assert_eq!(script.prewarm.messages()[2].resume_token, "t2");
    assert!(!state.exists(), "it is at its end");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn gc_prints_the_keys_and_why_and_tells_the_way_out_when_it_stops() {
    let (script, uri) = start().await;
    let collected = v1::CollectedRendition {
        key: "media/a.jpg/avatar.0.00.webp".into(),
        reason: v1::GarbageReason::SourceGone.into(),
        size_bytes: 7,
        modified_at: None,
    };
    let last = || v1::CollectGarbageResponse {
        phase: v1::CollectionPhase::Done.into(),
        seen: 20,
        garbage: 1,
        garbage_bytes: 7,
        removed: 1,
        collected: vec![collected.clone()],
        ..Default::default()
    };
    script.collect.answer(Messages::then_end([last()]));
    let arguments = [
        "gc",
        "--stale-versions",
        "--inline-age",
        "90d",
        "--grace",
        "2d",
        "--max-share",
        "0.5",
        "--keep-unchecked",
        "--per-second",
        "9",
        "--store",
        "media",
    ];
    let output = run(&uri, &arguments).await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), "media/a.jpg/avatar.0.00.webp  source_gone\n");
    assert!(stderr(&output).contains("20 renditions: 1 garbage (7 bytes)"), "{}", stderr(&output));
    let days = |days: i64| Some(prost_types::Duration { seconds: days * 86_400, nanos: 0 });
    assert_eq!(
        script.collect.messages(),
        [v1::CollectGarbageRequest {
            store: "media".into(),
            stale_versions: true,
            inline_age: days(90),
            grace_period: days(2),
            max_share: Some(0.5),
            keep_unchecked: true,
            removals_per_second: Some(9),
            ..Default::default()
        }]
    );
    script.collect.answer(Messages::then_end([last()]));
    let output = run(&uri, &["gc", "--dry-run", "--json"]).await;
    let record = records(&output).remove(0);
    assert_eq!(record["phase"], "COLLECTION_PHASE_DONE");
    assert_eq!(record["collected"][0]["reason"], "GARBAGE_REASON_SOURCE_GONE");
    assert!(script.collect.messages()[1].dry_run);

    let unsafe_ = status(Code::FailedPrecondition, "COLLECTION_UNSAFE", "9 of 10 would go: raise max_share");
    script.collect.answer(Messages::then_fail([v1::CollectGarbageResponse::default()], unsafe_));
    let output = run(&uri, &["gc"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("COLLECTION_UNSAFE: 9 of 10 would go: raise max_share"));
}

#[tokio::test]
async fn verify_prints_what_it_found_and_exits_with_one_unless_all_is_repaired() {
    let (script, uri) = start().await;
    let finding = |repaired| v1::Finding {
        key: "media/a.jpg/avatar.0.00.webp".into(),
        defect: v1::Defect::Truncated.into(),
        message: "it ends early".into(),
        repaired,
    };
    let last = |repaired: bool| v1::VerifyResponse {
        verified: 20,
        found: 1,
        repaired: repaired.into(),
        findings: vec![finding(repaired)],
        ..Default::default()
    };
    script.verify.answer(Messages::then_end([last(false)]));
    let output = run(&uri, &["verify", "media/photos/", "--deep"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "media/a.jpg/avatar.0.00.webp  truncated  it ends early\n");
    script.verify.answer(Messages::then_end([last(true)]));
    let output = run(&uri, &["verify", "--repair", "regenerate", "--json"]).await;
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(records(&output)[0]["findings"][0]["defect"], "DEFECT_TRUNCATED");
    let asked = script.verify.messages();
    assert_eq!((asked[0].prefix.as_str(), asked[0].deep), ("media/photos/", true));
    assert_eq!(asked[1].repair, i32::from(v1::Repair::Regenerate));
}

#[tokio::test]
async fn a_wrong_command_line_exits_with_two_and_asks_nobody() {
    let (script, uri) = start().await;
    for arguments in [
        &["prewarm", "--force", "--only-missing"][..],
        &["prewarm", "--accept", "bmp"],
        &["prewarm", "--resume", "t", "--state", "f"],
        &["gc", "--grace", "soon"],
        &["verify", "--repair", "glue"],
    ] {
        let output = run(&uri, arguments).await;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
    }
    assert_eq!(script.prewarm.count() + script.collect.count() + script.verify.count(), 0);
}
