//! When a rendition is generated.

use crate::wire_enum::choice;

choice! {
    /// When a rendition is generated. A request's strategy wins over the named spec's, and the
    /// spec's over the server's.
    Strategy: "strategy" {
        /// Generated when asked for and missing; the caller waits. The server's usual default.
        JustInTime = "just_in_time",
        /// Assumed to be there: nothing is generated, the storage is not asked.
        Optimistic = "optimistic",
        /// Queued when asked for and missing; the caller is answered at once.
        Background = "background",
        /// As `JustInTime` when asked for; generated ahead when a source is saved.
        Eager = "eager",
    }
}
