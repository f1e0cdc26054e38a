//! Every file of the corpus gives an image or a typed error: which, `outcomes.tsv` says. All of them are made one after the
//! other in a process of its own that may hold 512 MiB, as a small server may; each in less than [`LONGEST`] of its processor's
//! time. `OUTCOMES=write` writes the table anew.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rendition_imaging::{
    Animation, Encoded, ImageError, Limits, Output, Plan, Png, ResizeToFit, Spec, Webp, decode, inspect,
    render,
};

use crate::confined::{self, Confinement};
use crate::corpus;

/// Whole, as a still image; and small, with all frames.
fn specs() -> [Spec; 2] {
    let fit = ResizeToFit { width: 100, height: 100, ..ResizeToFit::default() };
    let webp = Output::Webp(Webp { method: Some(0), ..Webp::default() });
    let whole = Spec::new(Vec::new(), Output::Png(Png::default()));
    [Spec { animation: Animation::FirstFrame, ..whole }, Spec::new(vec![fit.into()], webp)]
}

/// The longest that one rendition may take.
const LONGEST: Duration = Duration::from_secs(5);

/// The memory that the process may hold, and what of it a server gives to renditions.
const MEMORY: u64 = 512 << 20;
const ADMITTED: u64 = MEMORY / 100 * 60;

/// How long nothing may be heard of the process before it is taken for stuck, on a machine with much else to do.
const SILENCE: Duration = Duration::from_secs(120);

/// Tells the test that it is the process which does the work.
const WORKER: &str = "RENDITION_OUTCOMES_WORKER";

const NAME: &str = "outcomes::every_file_of_the_corpus_gives_what_the_table_says";

fn table_path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/imaging/outcomes.tsv")
}

/// What the table says of each file: of both renditions, and where the decoder of JPEGs without C gives something else, of
/// those as well.
fn table() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(table_path()).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut columns = line.split('\t');
        let path = columns.next().unwrap().to_owned();
        let usual = columns.next().unwrap();
        let pure = columns.next();
        let outcome = match (path.contains(".avif"), pure) {
            (true, _) if cfg!(not(feature = "avif")) => "unsupported",
            (_, Some(pure)) if cfg!(not(feature = "turbojpeg")) => pure,
            _ => usual,
        };
        (path, outcome.to_owned())
    });
    rows.collect()
}

fn made(bytes: &[u8], spec: &Spec) -> Result<Encoded, String> {
    let limits = Limits::default();
    let make = || {
        let header = inspect(bytes)?;
        let plan = Plan::new(&header, bytes.len() as u64, spec, &limits)?;
        if plan.memory_bytes() > ADMITTED {
            return Ok(None);
        }
        let decoded = decode(bytes, &header, plan.decode())?;
        render(&decoded, &plan).map(Some)
    };
    make().map_err(|error| kind(&error))?.ok_or_else(|| "more memory than there is".to_owned())
}

fn kind(error: &ImageError) -> String {
    match error {
        ImageError::Undecodable { .. } => "undecodable".to_owned(),
        ImageError::Unsupported { .. } => "unsupported".to_owned(),
        ImageError::LimitExceeded { limit, .. } => format!("beyond {limit}"),
    }
}

/// One column of the table.
fn outcome(bytes: &[u8]) -> String {
    let outcomes = specs().map(|spec| match made(bytes, &spec) {
        Ok(made) => {
            assert_eq!(inspect(&made.bytes).unwrap().size, made.size);
            let frames = if made.frames > 1 { format!(" x {}", made.frames) } else { String::new() };
            format!("{}{frames}", made.size)
        }
        Err(kind) => kind,
    });
    let [whole, small] = outcomes;
    if whole == small { whole } else { format!("{whole}, {small}") }
}

/// Makes all and tells of each before and after.
fn work(confinement: &str) {
    confined::enter(confinement, MEMORY);
    for path in corpus::paths() {
        println!("begin\t{path}");
        let bytes = corpus::read(&path).unwrap();
        let start = confined::processor_time();
        let outcome = outcome(&bytes);
        let took = confined::processor_time() - start;
        println!("row\t{path}\t{outcome}\t{}", took.as_millis());
    }
    println!("done");
}

/// Kills what is left of a process.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the process gives of each file, with the milliseconds.
fn outcomes(confinement: &Confinement) -> BTreeMap<String, (String, u64)> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", NAME, "--nocapture"]).env(WORKER, confinement.name());
    let mut worker = Killed(command.stdout(Stdio::piped()).spawn().unwrap());
    let (sender, lines) = mpsc::channel();
    let out = BufReader::new(worker.0.stdout.take().unwrap());
    std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let mut begun = String::new();
    let mut outcomes = BTreeMap::new();
    loop {
        let line = lines.recv_timeout(SILENCE).unwrap_or_else(|_| {
            let status = worker.0.try_wait();
            panic!("the process is stuck or died at {begun}: {status:?}");
        });
        // The test's own runner may have written the beginning of a line.
        let line = line.split_once("... ").map_or(line.as_str(), |(_, line)| line);
        match *line.split('\t').collect::<Vec<_>>() {
            ["begin", path] => path.clone_into(&mut begun),
            ["row", path, outcome, took] => {
                outcomes.insert(path.to_owned(), (outcome.to_owned(), took.parse().unwrap()));
            }
            ["done"] => return outcomes,
            _ => {}
        }
    }
}

#[test]
fn every_file_of_the_corpus_gives_what_the_table_says() {
    if let Ok(confinement) = std::env::var(WORKER) {
        return work(&confinement);
    }
    if corpus::paths().is_empty() {
        println!("skipped: the corpus is not there");
        return;
    }
    let confinement = Confinement::new(MEMORY);
    println!("memory is bounded by {confinement:?}");
    let outcomes = outcomes(&confinement);
    if std::env::var("OUTCOMES").is_ok_and(|value| value == "write") {
        return write(&outcomes);
    }
    let table = table();
    let mut wrong = Vec::new();
    for (path, (outcome, took)) in &outcomes {
        match table.get(path) {
            Some(expected) if expected == outcome => {}
            expected => wrong.push(format!("{path}: {outcome}, and the table has {expected:?}")),
        }
        if u128::from(*took) > LONGEST.as_millis() {
            wrong.push(format!("{path}: took {took} ms"));
        }
    }
    wrong.extend(
        table.keys().filter(|path| !outcomes.contains_key(*path)).map(|path| format!("{path}: is gone")),
    );
    assert!(wrong.is_empty(), "{}\nOUTCOMES=write writes the table anew", wrong.join("\n"));
}

/// The table with these outcomes in the column of this build.
fn write(outcomes: &BTreeMap<String, (String, u64)>) {
    let old = std::fs::read_to_string(table_path()).unwrap_or_default();
    let usual = |path: &str| {
        let row = old.lines().find_map(|line| line.strip_prefix(path)?.strip_prefix('\t'))?;
        let mut columns = row.split('\t');
        Some((columns.next()?.to_owned(), columns.next().map(str::to_owned)))
    };
    let mut text = "# file, whole as PNG and within 100 x 100 as WebP with all frames, the same without C where it differs\n".to_owned();
    for (path, (outcome, _)) in outcomes {
        let row = match (usual(path), cfg!(feature = "turbojpeg")) {
            (Some((_, Some(pure))), true) if pure != *outcome => format!("{path}\t{outcome}\t{pure}\n"),
            (_, true) => format!("{path}\t{outcome}\n"),
            (Some((usual, _)), false) if usual != *outcome => format!("{path}\t{usual}\t{outcome}\n"),
            (_, false) => format!("{path}\t{outcome}\n"),
        };
        text.push_str(&row);
    }
    std::fs::write(table_path(), text).unwrap();
}

#[test]
fn the_table_refuses_no_photograph_and_only_what_is_meant_to_be_broken() {
    let is_image = |outcome: &str| outcome.starts_with(|first: char| first.is_ascii_digit());
    let in_folder = |path: &str, folder: &str| path.split('/').next() == Some(folder);
    for (path, outcome) in table() {
        // What the decoder without C says it can't do.
        let unable = cfg!(not(feature = "turbojpeg"))
            && path == "photos/libjxl--flower_small.q85_420_non_interleaved.jpg";
        let is_to_be_made = ["photos", "icc"].iter().any(|folder| in_folder(&path, folder))
            || (in_folder(&path, "orientation") && path.ends_with(".jpg"));
        assert!(is_image(&outcome) || !is_to_be_made || unable, "{path}: {outcome}");
        // PngSuite's files named x* are corrupt by design; what is brighter than white would have to be tone-mapped.
        let is_sound = ["png", "gif", "webp"].iter().any(|folder| in_folder(&path, folder))
            && !path.starts_with("png/pngsuite--x");
        assert!(is_image(&outcome) || !is_sound || outcome == "unsupported", "{path}: {outcome}");
        // Formats that are known and not read.
        if ["heic", "jxl", "svg"].iter().any(|folder| in_folder(&path, folder)) {
            assert_eq!(outcome, "unsupported", "{path}");
        }
    }
}
