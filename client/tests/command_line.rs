//! The program `rendition` as its users see it: what it asks, prints and exits with.

#![allow(clippy::unwrap_used)]

mod scripted;

use std::process::Output;

use rendition_client::Spec;
use rendition_proto::v1;
use scripted::{Messages, chunk, ensured, header, item_error, named_spec, rendition, start, status, updates};
use serde_json::Value;
use tokio::process::Command;
use tonic::Code;

async fn run(uri: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rendition"))
        .env("RENDITION_SERVER", uri)
        .args(arguments)
        .output()
        .await
        .unwrap()
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

/// The inline spec of a request.
fn spec(asked: &v1::EnsureGeneratedRequest) -> Spec {
    let recipe = asked.rendition.as_ref().unwrap().recipe.as_ref().unwrap();
    let Some(v1::recipe::Recipe::Spec(spec)) = &recipe.recipe else { panic!("{recipe:?}") };
    Spec::try_from(spec.clone()).unwrap()
}

#[tokio::test]
async fn ensure_prints_an_aligned_table() {
    let (script, uri) = start().await;
    script.ensure.answer(ensured(v1::Outcome::Generated));
    let output = run(&uri, &["ensure", "photos/cat.jpg", "--spec", "avatar"]).await;
    assert_eq!(
        stdout(&output),
        "SOURCE          STATE  OUTCOME    SIZE     BYTES  URL\n\
         photos/cat.jpg  ready  generated  200x150      6  http://media.example/cat.webp\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[tokio::test]
async fn several_sources_are_one_batch_and_one_bad_one_fails_alone() {
    let (script, uri) = start().await;
    use v1::ensure_generated_result::Result as Item;
    let missing = item_error(Code::NotFound, "SOURCE_NOT_FOUND", "no such source");
    let results = [Item::Response(ensured(v1::Outcome::Found)), Item::Error(missing)]
        .map(|result| v1::EnsureGeneratedResult { result: Some(result) });
    script.batch_ensure.answer(v1::BatchEnsureGeneratedResponse { results: results.into() });
    let arguments = [
        "--json",
        "ensure",
        "a.jpg",
        "b.jpg",
        "--store",
        "media",
        "--source-version",
        "7",
        "--spec",
        "avatar",
    ];
    let output = run(&uri, &arguments).await;

    let [good, bad] = records(&output).try_into().unwrap();
    assert_eq!(good["source"], serde_json::json!({"store": "media", "path": "a.jpg", "version": "7"}));
    assert_eq!(good["outcome"], "OUTCOME_FOUND");
    assert_eq!(good["rendition"]["state"], "STATE_READY");
    assert_eq!(good["rendition"]["checked_at"], "2023-11-14T22:13:20.000Z");
    assert_eq!(good["rendition"]["image"]["size_bytes"], 6);
    assert_eq!(good["rendition"]["image"]["damaged"], true);
    let placeholder = serde_json::json!({"thumbhash": "AQID+g==", "dominant_color": "#0a0b0c"});
    assert_eq!(good["rendition"]["placeholder"], placeholder);
    let error =
        serde_json::json!({"code": "NOT_FOUND", "reason": "SOURCE_NOT_FOUND", "message": "no such source"});
    assert_eq!(bad["error"], error);
    assert_eq!(
        stderr(&output),
        "error: b.jpg: SOURCE_NOT_FOUND: no such source (check the path, --store and --source-version)\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test]
async fn operations_as_flags_keep_their_order() {
    let (script, uri) = start().await;
    for arguments in [
        &["--crop", "400x300", "--offset", "10,20", "--fit", "300x", "--format", "jpeg", "--quality", "70"][..],
        &["--fit", "300", "--crop", "400x300", "--offset", "10,20", "--quality", "60", "--lossless"],
        &["--fill", "80x60", "--anchor", "top_left", "--upscale", "--format", "png"],
        &["--fill", "80x60", "--focal-point", "0.25,0.5", "--format", "auto"],
        &["--cover", "80x60", "--resize", "8x6", "--background", "#fff", "--format", "jpeg"],
        &["--spec-json", r#"{"operations":[{"resize_to_fit":{"width":300}}],"output":{"webp":{}}}"#],
        &[
            "--gaussian-blur",
            "--rotate",
            "-12.5,color=#fff",
            "--grayscale",
            "--trim=20,sides=top+left",
            "--format",
            "avif",
            "--speed",
            "8",
        ],
        &[
            "--overlay",
            "mark,scale=0.25",
            "--thumbnail",
            "9x",
            "--smart-crop",
            "3x4,mode=entropy",
            "--format",
            "gif",
            "--no-dither",
            "--animation",
            "first_frame",
        ],
    ] {
        script.ensure.answer(ensured(v1::Outcome::Found));
        let output = run(&uri, &[&["ensure", "cat.jpg"], arguments].concat()).await;
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
    }
    let specs: Vec<_> =
        script.ensure.messages().iter().map(|asked| serde_json::to_string(&spec(asked)).unwrap()).collect();
    let expected = [
        r#"{"operations":[{"crop":{"width":400,"height":300,"offset":{"x":10,"y":20}}},{"resize_to_fit":{"width":300}}],"output":{"jpeg":{"quality":70}}}"#,
        r#"{"operations":[{"resize_to_fit":{"width":300}},{"crop":{"width":400,"height":300,"offset":{"x":10,"y":20}}}],"output":{"webp":{"quality":60,"lossless":true}}}"#,
        r#"{"operations":[{"resize_to_fill":{"width":80,"height":60,"upscale":"allow","anchor":"top_left"}}],"output":{"png":{}}}"#,
        r#"{"operations":[{"resize_to_fill":{"width":80,"height":60,"focal_point":{"x":0.25,"y":0.5}}}],"output":{"auto":{"jpeg":{},"webp":{}}}}"#,
        r##"{"operations":[{"resize_to_cover":{"width":80,"height":60}},{"resize":{"width":8,"height":6}}],"output":{"jpeg":{"background":"#fff"}}}"##,
        r#"{"operations":[{"resize_to_fit":{"width":300}}],"output":{"webp":{}}}"#,
        r##"{"operations":[{"gaussian_blur":{}},{"rotate":{"angle":-12.5,"color":"#fff"}},{"grayscale":{}},{"trim":{"tolerance":20,"sides":["top","left"]}}],"output":{"avif":{"speed":8}}}"##,
        r#"{"operations":[{"overlay":{"name":"mark","scale":0.25}},{"thumbnail":{"width":9}},{"smart_crop":{"width":3,"height":4,"mode":"entropy"}}],"output":{"gif":{"dither":false}},"animation":"first_frame"}"#,
    ];
    assert_eq!(specs, expected);
}

#[tokio::test]
async fn the_options_of_ensure_are_sent() {
    let (script, uri) = start().await;
    script.ensure.answer(ensured(v1::Outcome::Queued));
    let folder = std::env::temp_dir().join(format!("rendition-token-{}", std::process::id()));
    std::fs::write(&folder, "secret\n").unwrap();
    let token = folder.to_str().unwrap();
    let arguments = [
        "ensure",
        "cat.jpg",
        "--spec",
        "avatar",
        "--strategy",
        "background",
        "--max-wait",
        "5s",
        "--max-age",
        "0s",
        "--force",
        "--path-only",
        "--accept",
        "webp,jpeg",
        "--token-file",
        token,
        "--timeout",
        "9s",
    ];
    let output = run(&uri, &arguments).await;
    std::fs::remove_file(&folder).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let asked = script.ensure.messages().remove(0);
    assert_eq!(asked.strategy, v1::Strategy::Background as i32);
    assert_eq!((asked.max_wait.unwrap().seconds, asked.max_age.unwrap().seconds), (5, 0));
    assert!(asked.force && asked.url_options.unwrap().path_only);
    assert_eq!(asked.rendition.unwrap().accept.len(), 2);
    assert_eq!(script.ensure.headers("authorization"), ["Bearer secret"]);
    let timeout = script.ensure.headers("grpc-timeout").remove(0);
    let micros: u64 = timeout.strip_suffix('u').unwrap().parse().unwrap();
    assert!((4_000_000..=9_000_000).contains(&micros), "{timeout}");
}

#[tokio::test]
async fn exists_tells_by_its_exit_code() {
    let (script, uri) = start().await;
    for (exists, state) in [(true, v1::State::Ready), (false, v1::State::Absent)] {
        script.exists.answer(v1::ExistsResponse { exists, rendition: Some(rendition(state)) });
        let output = run(&uri, &["exists", "cat.jpg", "--spec", "avatar"]).await;
        assert_eq!(output.status.code(), Some(if exists { 0 } else { 1 }));
        assert!(stdout(&output).contains(if exists { "yes" } else { "no " }), "{}", stdout(&output));
        assert_eq!(stderr(&output), "");
    }
}

#[tokio::test]
async fn url_prints_nothing_but_the_url() {
    let (script, uri) = start().await;
    script.url.answer(v1::UrlResponse { rendition: Some(rendition(v1::State::Unknown)) });
    let output = run(&uri, &["url", "cat.jpg", "--spec", "avatar"]).await;
    assert_eq!(stdout(&output), "http://media.example/cat.webp\n");
    assert_eq!(output.status.code(), Some(0));
}

#[tokio::test]
async fn url_asks_for_the_kind_and_the_options_of_its_flags() {
    let (script, uri) = start().await;
    for (flags, expected) in [
        (
            &[
                "--kind",
                "public",
                "--lifetime",
                "1h",
                "--path-only",
                "--download-name",
                "my cat.webp",
                "--negotiate",
            ][..],
            v1::UrlOptions {
                kind: v1::UrlKind::Public.into(),
                lifetime: Some(prost_types::Duration { seconds: 3600, nanos: 0 }),
                path_only: true,
                download_name: "my cat.webp".to_owned(),
                negotiate: true,
            },
        ),
        (&["--presigned"], v1::UrlOptions { kind: v1::UrlKind::Presigned.into(), ..Default::default() }),
        (&[], v1::UrlOptions { kind: v1::UrlKind::Media.into(), ..Default::default() }),
    ] {
        script.url.answer(v1::UrlResponse { rendition: Some(rendition(v1::State::Unknown)) });
        let output = run(&uri, &[&["url", "cat.jpg", "--spec", "avatar"], flags].concat()).await;
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert_eq!(script.url.messages().pop().unwrap().url_options, Some(expected));
    }
    let output = run(&uri, &["url", "cat.jpg", "--spec", "avatar", "--kind", "direct"]).await;
    assert_eq!(output.status.code(), Some(2));
}

#[tokio::test]
async fn read_writes_a_whole_file_or_leaves_it_as_it_was() {
    let (script, uri) = start().await;
    let folder = std::env::temp_dir().join(format!("rendition-read-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("cat.webp");
    let arguments = ["read", "cat.jpg", "--spec", "avatar", "-o", file.to_str().unwrap()];
    let ready = || header(rendition(v1::State::Ready));

    script.read.answer(Messages::then_end([ready(), chunk(b"abc"), chunk(b"def")]));
    let output = run(&uri, &arguments).await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(std::fs::read(&file).unwrap(), b"abcdef");

    script.read.answer(Messages::then_end([ready(), chunk(b"xyz")]));
    let output = run(&uri, &arguments).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("received 3 bytes of 6"), "{}", stderr(&output));
    assert_eq!(std::fs::read(&file).unwrap(), b"abcdef");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing is left behind");
    std::fs::remove_dir_all(&folder).unwrap();

    script.read.answer(Messages::then_end([ready(), chunk(b"abcdef")]));
    let output = run(&uri, &["read", "cat.jpg", "--spec", "avatar"]).await;
    assert_eq!(output.stdout, b"abcdef");
}

#[tokio::test]
async fn watch_prints_each_change_and_fails_unless_all_are_ready() {
    let (script, uri) = start().await;
    use v1::State::{Failed, Queued, Ready};
    for (last, code) in [(Ready, 0), (Failed, 1)] {
        let messages = [updates([(0, Queued), (1, Ready)]), updates([(0, last)])];
        script.watch.answer(Messages::then_end(messages));
        let output = run(&uri, &["watch", "a.jpg", "photos/b.jpg", "--spec", "avatar", "--json"]).await;
        let told: Vec<_> = records(&output)
            .iter()
            .map(|record| format!("{} {}", record["source"]["path"], record["rendition"]["state"]))
            .collect();
        let last = format!(r#""a.jpg" "{}""#, last.as_str_name());
        assert_eq!(told, [r#""a.jpg" "STATE_QUEUED""#, r#""photos/b.jpg" "STATE_READY""#, &last]);
        assert_eq!(output.status.code(), Some(code));
    }
}

#[tokio::test]
async fn specs_lists_all_or_shows_one() {
    let (script, uri) = start().await;
    script.list.answer(v1::ListSpecsResponse { specs: vec![named_spec("card")], ..Default::default() });
    let output = run(&uri, &["specs"]).await;
    assert_eq!(
        stdout(&output),
        "ID    OPERATIONS     OUTPUT  STRATEGY  SOURCES    PUBLIC  DIGEST\n\
         card  resize_to_fit  webp    eager     photos/**  yes     0123456789abcdef0123456789abcdef\n"
    );
    script.get.answer(v1::GetSpecResponse { spec: Some(named_spec("card")) });
    let output = run(&uri, &["specs", "card", "--json"]).await;
    let card = records(&output).remove(0);
    assert_eq!(card["policy"]["strategy"], "STRATEGY_EAGER");
    assert_eq!(card["spec"]["operations"][0]["resize_to_fit"]["width"], 300);

    script.get.fail(status(Code::NotFound, "SPEC_NOT_FOUND", "no spec \"x\""));
    let output = run(&uri, &["specs", "x"]).await;
    assert_eq!(
        stderr(&output),
        "error: SPEC_NOT_FOUND: no spec \"x\" (`rendition specs` lists those that there are)\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test]
async fn explain_says_first_what_it_comes_to_and_then_the_facts() {
    let (script, uri) = start().await;
    let explained = || v1::ExplainResponse {
        summary: "it is stale".to_owned(),
        advice: "ask for a new URL".to_owned(),
        key: Some(v1::ExplainedKey {
            store: "media".to_owned(),
            path: "cat.jpg".to_owned(),
            ..Default::default()
        }),
        source: Some(v1::ExplainedSource {
            standing: v1::SourceStanding::NoStore.into(),
            present_version: "7-1".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    script.explain.answer(explained());
    let output = run(&uri, &["explain", "http://x.org/r/media/cat.jpg/k?key=k1"]).await;
    let lines: Vec<&str> = stdout(&output).lines().collect();
    assert_eq!(lines[..2], ["it is stale", "what to do: ask for a new URL"]);
    assert!(lines.contains(&"  key.store               media"), "{lines:#?}");
    assert!(lines.contains(&"  source.standing         no store"), "{lines:#?}");
    assert!(!stdout(&output).contains("memory."), "what is not known is left out");
    assert_eq!(output.status.code(), Some(0));
    script.explain.answer(explained());
    let output = run(&uri, &["explain", "media/cat.jpg/k", "--json"]).await;
    let record = records(&output).remove(0);
    assert_eq!(record["source"]["standing"], "SOURCE_STANDING_NO_STORE");
    use v1::explain_request::Subject;
    let asked: Vec<_> = script.explain.messages().into_iter().map(|asked| asked.subject.unwrap()).collect();
    let url = Subject::Url("http://x.org/r/media/cat.jpg/k?key=k1".to_owned());
    assert_eq!(asked, [url, Subject::Key("media/cat.jpg/k".to_owned())]);
}

#[tokio::test]
async fn plan_hands_over_to_the_servers_program_and_exits_as_it_does() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("server");
    std::fs::write(&program, "#!/bin/sh\necho \"$@\"\ntest \"$2\" = old.toml\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let program = program.to_str().unwrap();
    let nowhere = "http://127.0.0.1:1";
    let output =
        run(nowhere, &["plan", "old.toml", "new.toml", "--sources", "photos/", "--program", program]).await;
    assert_eq!(stdout(&output), "plan old.toml new.toml --sources photos/\n");
    assert_eq!(output.status.code(), Some(0));
    let output =
        run(nowhere, &["--json", "plan", "x.toml", "new.toml", "--sample", "3", "--program", program]).await;
    assert_eq!(stdout(&output), "plan x.toml new.toml --sample 3 --json\n");
    assert_eq!(output.status.code(), Some(1));
    let output = run(nowhere, &["plan", "a", "b", "--program", "/absent/rendition-server"]).await;
    assert!(stderr(&output).contains("/absent/rendition-server"), "{}", stderr(&output));
}

#[tokio::test]
async fn a_wrong_command_line_exits_with_two_and_asks_nobody() {
    let (script, uri) = start().await;
    for arguments in [
        &["ensure"][..],
        &["ensure", "cat.jpg"],
        &["ensure", "cat.jpg", "--spec", "avatar", "--fit", "3x4"],
        &["ensure", "cat.jpg", "--spec", "avatar", "--spec-json", "{}"],
        &["ensure", "cat.jpg", "--spec-json", "{}"],
        &["ensure", "cat.jpg", "--fill", "300x"],
        &["ensure", "cat.jpg", "--fit", "0x0"],
        &["ensure", "cat.jpg", "--rotate", "12,colour=#fff"],
        &["ensure", "cat.jpg", "--transpose", "rotate_45"],
        &["ensure", "cat.jpg", "--adjust", "1.5"],
        &["ensure", "cat.jpg", "--fit", "3x4", "--format", "gif", "--speed", "3"],
        &["ensure", "cat.jpg", "--fit", "3x4", "--anchor", "top"],
        &["ensure", "cat.jpg", "--crop", "3x4", "--anchor", "middle"],
        &["ensure", "cat.jpg", "--fit", "3x4", "--format", "png", "--quality", "3"],
        &["ensure", "cat.jpg", "--spec", "avatar", "--strategy", "lazy"],
        &["ensure", "cat.jpg", "--spec", "avatar", "--timeout", "soon"],
        &["ensure", "cat.jpg", "--spec", "avatar", "--server", "nowhere"],
        &["read", "a.jpg", "b.jpg", "--spec", "avatar"],
    ] {
        let output = run(&uri, arguments).await;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).starts_with("error: "), "{arguments:?}: {}", stderr(&output));
    }
    assert_eq!(script.ensure.count() + script.read.count(), 0);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_with_the_way_out() {
    let (listener, address) = scripted::listen().await;
    drop(listener);
    let uri = format!("http://{address}");
    let output = run(&uri, &["specs", "--timeout", "1s"]).await;
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.contains("refused") && told.contains(&uri) && told.contains("RENDITION_SERVER"), "{told}");
}

#[tokio::test]
async fn a_picture_is_a_table_html_or_json() {
    let (script, uri) = start().await;
    let answer = || script.picture.answer(v1::PictureResponse { picture: Some(scripted::picture()) });
    answer();
    let output = run(&uri, &["picture", "cat.jpg", "--family", "hero"]).await;
    let first = "SOURCE   TYPE        SIZE     STATE  URL\ncat.jpg  image/webp  320x160  ready  http://media.example/cat.webp\n";
    assert!(stdout(&output).starts_with(first), "{}", stdout(&output));
    assert_eq!(stdout(&output).lines().count(), 5);
    answer();
    let html =
        run(&uri, &["picture", "cat.jpg", "--family", "hero", "--html", "--alt", "a \"cat\"", "--lazy"])
            .await;
    assert_eq!(
        stdout(&html),
        "<picture><source type=\"image/webp\" srcset=\"http://media.example/image/webp?a=1&amp;b=2 320w\" sizes=\"100vw\">\
         <img src=\"http://media.example/cat.jpg\" srcset=\"http://media.example/image/jpeg?a=1&amp;b=2 320w\" sizes=\"100vw\" \
         width=\"640\" height=\"320\" alt=\"a &quot;cat&quot;\" loading=\"lazy\" decoding=\"async\" \
         style=\"background-color:#0a0b0c\"></picture>\n"
    );
    answer();
    let [record] =
        records(&run(&uri, &["--json", "picture", "cat.jpg", "--family", "hero"]).await).try_into().unwrap();
    assert_eq!(record["picture"]["sources"][1]["entries"][0]["width"], 320);
    assert_eq!(record["picture"]["sources"][1]["entries"][0]["rendition"]["state"], "STATE_READY");
    assert_eq!(record["picture"]["src"], "http://media.example/cat.jpg");
    let family = run(&uri, &["ensure", "cat.jpg", "--family", "hero", "--fit", "300"]).await;
    assert_eq!(family.status.code(), Some(2), "{}", stderr(&family));
}

#[tokio::test]
async fn a_family_that_is_ensured_has_a_row_for_each_member() {
    let (script, uri) = start().await;
    use v1::ensure_generated_result::Result as Item;
    let missing = item_error(Code::FailedPrecondition, "SOURCE_LIMIT_EXCEEDED", "too large");
    let members = [Item::Response(ensured(v1::Outcome::Found)), Item::Error(missing)]
        .map(|result| v1::EnsureGeneratedResult { result: Some(result) });
    let answer = v1::EnsureGeneratedResponse { members: members.into(), ..ensured(v1::Outcome::Found) };
    script.ensure.answer(answer.clone());
    let output = run(&uri, &["ensure", "cat.jpg", "--family", "hero"]).await;
    assert_eq!(stdout(&output).lines().count(), 2);
    assert!(stderr(&output).contains("SOURCE_LIMIT_EXCEEDED"));
    assert_eq!(output.status.code(), Some(1));
    script.ensure.answer(answer);
    let [record] =
        records(&run(&uri, &["--json", "ensure", "cat.jpg", "--family", "hero"]).await).try_into().unwrap();
    assert_eq!(record["members"][1]["error"]["reason"], "SOURCE_LIMIT_EXCEEDED");
}
