//! The operations of a store by name: for errors, counters and faults.

use std::fmt;

/// One kind of call on a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `open`: made once, when the store is opened.
    Open,
    /// `stat`
    Stat,
    /// `read`, `read_range` and `read_stream`
    Read,
    /// `write`
    Write,
    /// `delete`
    Delete,
    /// `list` and `walk`
    List,
    /// `presign_read`
    Presign,
    /// `probe`
    Probe,
}

impl Operation {
    /// The name as it stands in logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Stat => "stat",
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::List => "list",
            Self::Presign => "presign",
            Self::Probe => "probe",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
