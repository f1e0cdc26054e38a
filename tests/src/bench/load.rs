//! The load generator: callers that each send the next call when the last is answered, over several
//! connections of the real client.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hdrhistogram::Histogram;
use rendition_client::{Client, Error, RenditionRef, State};

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// `EnsureGenerated`.
    EnsureGenerated,
    /// `Exists`.
    Exists,
    /// `Url`.
    Url,
}

impl Call {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::EnsureGenerated, Self::Exists, Self::Url];

    /// Its name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::EnsureGenerated => "EnsureGenerated",
            Self::Exists => "Exists",
            Self::Url => "Url",
        }
    }

    /// Sends it; tells whether the answer was READY.
    pub async fn send(self, client: &Client, rendition: &RenditionRef) -> Result<bool, Error> {
        let rendition = rendition.clone();
        let state = match self {
            Self::EnsureGenerated => client.ensure_generated(rendition).await?.rendition().state(),
            Self::Exists => client.exists(rendition).await?.rendition().state(),
            Self::Url => client.url(rendition).await?.state(),
        };
        Ok(state == State::Ready)
    }
}

/// What was measured in a window.
#[derive(Debug)]
pub struct Window {
    /// How long each call took, in nanoseconds.
    pub latencies: Histogram<u64>,
    /// How long the window was, in seconds.
    pub seconds: f64,
}

impl Window {
    /// Calls answered in a second.
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds
    }

    /// The latency that this share of the calls stayed within, in microseconds.
    pub fn quantile(&self, share: f64) -> f64 {
        self.latencies.value_at_quantile(share) as f64 / 1_000.0
    }
}

/// A histogram of nanoseconds up to a minute, to three digits.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_max(60_000_000_000, 3).unwrap()
}

/// Connections to one server.
pub struct Load(Vec<Client>);

impl Load {
    /// Connects.
    pub async fn connect(url: &str, connections: usize) -> Self {
        let mut clients = Vec::new();
        for _ in 0..connections {
            clients.push(Client::builder(url).connect().await.unwrap());
        }
        Self(clients)
    }

    /// Loads the server for a while. Each answer must be READY.
    pub async fn run(&self, call: Call, names: &[RenditionRef], callers: usize, time: Duration) -> Window {
        let begun = Instant::now();
        let tasks = (0..callers).map(|caller| {
            let client = self.0[caller % self.0.len()].clone();
            let names: Vec<RenditionRef> = names.iter().skip(caller % names.len()).cloned().collect();
            tokio::spawn(async move {
                let mut latencies = histogram();
                for name in names.iter().cycle() {
                    let sent = Instant::now();
                    if sent.duration_since(begun) >= time {
                        break;
                    }
                    assert!(call.send(&client, name).await.unwrap(), "an answer that is not READY");
                    latencies.saturating_record(u64::try_from(sent.elapsed().as_nanos()).unwrap());
                }
                latencies
            })
        });
        let mut latencies = histogram();
        for of_caller in join_all(tasks).await {
            latencies.add(of_caller.unwrap()).unwrap();
        }
        Window { latencies, seconds: begun.elapsed().as_secs_f64() }
    }
}
