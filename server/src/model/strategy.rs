//! The strategies, as data: this file is the one place where their table can be read.

/// When a rendition is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// When asked for and missing; the caller waits.
    #[default]
    JustInTime,
    /// Not when asked for: assumed to be there.
    Optimistic,
    /// In the background, when asked for and missing.
    Background,
    /// As just in time, and ahead when a source is saved.
    Eager,
}

/// What is done about a rendition that is missing when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnMissing {
    /// It is generated, and the caller waits.
    Generate,
    /// It is put into the durable queue, and the caller is answered at once.
    Queue,
    /// Nothing: it is assumed to be there.
    Assume,
}

/// Which switches a strategy puts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switches {
    /// What `EnsureGenerated` does about a missing rendition.
    pub on_missing: OnMissing,
    /// Whether `EnsureGenerated` asks the storage when the cache knows nothing.
    pub verifies: bool,
    /// Whether a saved source queues the rendition.
    pub on_saved: bool,
}

impl Strategy {
    /// The strategy's row of the table.
    pub const fn switches(self) -> Switches {
        match self {
            Self::JustInTime => Switches { on_missing: OnMissing::Generate, verifies: true, on_saved: false },
            Self::Optimistic => Switches { on_missing: OnMissing::Assume, verifies: false, on_saved: true },
            Self::Background => Switches { on_missing: OnMissing::Queue, verifies: true, on_saved: false },
            Self::Eager => Switches { on_missing: OnMissing::Generate, verifies: true, on_saved: true },
        }
    }
}
