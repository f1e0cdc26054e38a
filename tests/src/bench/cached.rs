//! Figure 1: cached calls against the bare echo. Requests per second, CPU per request of the serving
//! process, and the 99th percentile, all under the same load.

use std::{path::Path, time::Duration};

use prost::Message;
use rendition_client::{RenditionRef, Source, Spec};
use rendition_proto::v1::{ExistsRequest, UrlRequest, rendition_service_client::RenditionServiceClient};

use super::{
    load::{Call, Load},
    pairs::Pairs,
    process::{self, Process},
    report::{Bound, Report},
    served::{SPEC, Served},
};
use crate::pictures;

/// Renditions that are asked for in turn.
const NAMES: usize = 64;
const CONNECTIONS: usize = 8;
const CALLERS: usize = 32;
/// Many short pairs rather than a few long ones: what disturbs a machine mostly lasts longer than a pair, and
/// then it disturbs both sides.
const PAIRS: usize = 31;
const WINDOW: Duration = Duration::from_millis(500);
const WARM_UP: Duration = Duration::from_millis(500);
const ALONE: Duration = Duration::from_millis(100);

/// Measures and reports twice: the servers on one processor and the callers on another one, in a process of its own, and all
/// of them on all processors. There the slowest calls are those whose callers were put off for a tick of the scheduler, on
/// both sides, a little more or a little less than one in a hundred of them.
pub async fn run(report: &mut Report) {
    if let Some(is_met) = process::beside(&["cached"]) {
        report.told("cached calls, servers and callers on processors of their own (above)", is_met);
        report.title("the same, all on all processors");
    }
    let served = Served::start();
    for number in 0..NAMES {
        served.put(&path(number), &pictures::jpeg(320, 240, number as u8));
    }
    let named: Vec<RenditionRef> = (0..NAMES).map(|number| (path(number).as_str(), SPEC).into()).collect();
    let inline: Vec<RenditionRef> =
        (0..NAMES).map(|number| (Source::new(path(number)), inline_spec(number)).into()).collect();
    let client = served.client().await;
    for name in named.iter().chain(&inline) {
        client.ensure_generated(name.clone()).await.unwrap();
    }
    let sides = Sides::start(&served, &named[0], "named").await;
    for call in Call::ALL {
        sides.compare(report, call.name(), call, &named).await;
    }
    // Its URL holds the spec, so its echo has a longer answer.
    let sides = Sides::start(&served, &inline[0], "inline").await;
    let title = "EnsureGenerated, spec inline";
    sides.compare(report, title, Call::EnsureGenerated, &inline).await;
}

struct Sides<'a> {
    ours: Load,
    echo: Load,
    our_process: &'a Process,
    echo_process: Process,
}

impl<'a> Sides<'a> {
    /// Connects to the server, and to an echo that says what the server answers about `name`.
    async fn start(served: &'a Served, name: &RenditionRef, folder: &str) -> Self {
        let answers = served.folder().join(folder);
        keep_answers(served, name, &answers).await;
        let echo = Process::start(
            Process::command(std::env::current_exe().unwrap()).arg("serve-echo").arg(&answers),
        );
        Self {
            ours: Load::connect(&served.process.grpc, CONNECTIONS).await,
            echo: Load::connect(&echo.grpc, CONNECTIONS).await,
            our_process: &served.process,
            echo_process: echo,
        }
    }
}

impl Sides<'_> {
    async fn compare(&self, report: &mut Report, title: &str, call: Call, names: &[RenditionRef]) {
        report.title(&format!(
            "cached {title} / bare echo: {CALLERS} in flight on {CONNECTIONS} connections, {PAIRS} pairs"
        ));
        let (mut rate, mut cpu, mut median, mut tail) =
            (Pairs::default(), Pairs::default(), Pairs::default(), Pairs::default());
        self.window(true, call, names, CALLERS, WARM_UP).await;
        self.window(false, call, names, CALLERS, WARM_UP).await;
        for pair in 0..PAIRS {
            let (ours, echo) = self.pair(pair, call, names, CALLERS, WINDOW).await;
            rate.push(ours.per_second, echo.per_second);
            cpu.push(ours.cpu, echo.cpu);
            median.push(ours.median, echo.median);
            tail.push(ours.tail, echo.tail);
        }
        let mut alone = Pairs::default();
        for pair in 0..PAIRS {
            let (ours, echo) = self.pair(pair, call, names, 1, ALONE).await;
            alone.push(ours.median, echo.median);
        }
        report.must(&format!("{title}: requests/s"), rate.ratio(), Bound::AtLeast(0.80), &rate);
        report.must(&format!("{title}: CPU per request, us"), cpu.ratio(), Bound::AtMost(1.25), &cpu);
        report.must(&format!("{title}: p99 under load, us"), tail.ratio(), Bound::AtMost(1.5), &tail);
        report.note("p50 under load, us", format_args!("{:>7.2}  {median}", median.ratio()));
        report.note("p50 with one call in flight, us", format_args!("{:>7.2}  {alone}", alone.ratio()));
    }

    async fn pair(
        &self,
        number: usize,
        call: Call,
        names: &[RenditionRef],
        callers: usize,
        time: Duration,
    ) -> (Figures, Figures) {
        // Who goes first changes, so that a drift of the machine cancels out.
        if number.is_multiple_of(2) {
            let ours = self.window(true, call, names, callers, time).await;
            (ours, self.window(false, call, names, callers, time).await)
        } else {
            let echo = self.window(false, call, names, callers, time).await;
            (self.window(true, call, names, callers, time).await, echo)
        }
    }

    async fn window(
        &self,
        is_ours: bool,
        call: Call,
        names: &[RenditionRef],
        callers: usize,
        time: Duration,
    ) -> Figures {
        let (load, process) =
            if is_ours { (&self.ours, self.our_process) } else { (&self.echo, &self.echo_process) };
        let before = process.cpu();
        let window = load.run(call, names, callers, time).await;
        let cpu = process.cpu() - before;
        Figures {
            per_second: window.per_second(),
            cpu: cpu * 1e6 / window.latencies.len() as f64,
            median: window.quantile(0.5),
            tail: window.quantile(0.99),
        }
    }
}

/// Of one window; times in microseconds.
struct Figures {
    per_second: f64,
    cpu: f64,
    median: f64,
    tail: f64,
}

fn path(number: usize) -> String {
    format!("photos-{number:04}.jpg")
}

/// One of eight, whose texts are of one length.
fn inline_spec(number: usize) -> Spec {
    let side = 300 + 10 * (number % 8) as u32;
    Spec::builder().resize_to_fit((side, side)).jpeg(80)
}

/// Writes down what the server answers, for the echo to say after it.
async fn keep_answers(served: &Served, name: &RenditionRef, folder: &Path) {
    let mut client = RenditionServiceClient::connect(served.process.grpc.clone()).await.unwrap();
    let request = rendition_client::EnsureGenerated::new(name.clone()).into_proto();
    let rendition = request.rendition.clone();
    let ensured = client.ensure_generated(request).await.unwrap().into_inner();
    let exists = ExistsRequest { rendition: rendition.clone(), ..Default::default() };
    let exists = client.exists(exists).await.unwrap().into_inner();
    let url = UrlRequest { rendition, ..Default::default() };
    let url = client.url(url).await.unwrap().into_inner();
    std::fs::create_dir_all(folder).unwrap();
    let answers = [
        (Call::EnsureGenerated, ensured.encode_to_vec()),
        (Call::Exists, exists.encode_to_vec()),
        (Call::Url, url.encode_to_vec()),
    ];
    for (call, answer) in answers {
        std::fs::write(folder.join(call.name()), answer).unwrap();
    }
}
