//! Whether stored renditions are what their keys say: which ones are read, and what was found.

use rendition_proto::v1;

use crate::wire_enum::{answer, choice};

choice! {
    /// What is done about a rendition that is not what its key says.
    Repair: "repair" {
        /// It is removed.
        Remove = "remove",
        /// It is made anew, or removed where that cannot be.
        Regenerate = "regenerate",
    }
}

answer! {
    /// What is wrong with a stored rendition.
    Defect {
        /// It has no bytes.
        Empty = "empty",
        /// It cannot be read as an image.
        Undecodable = "undecodable",
        /// It is of another format than its key says.
        OtherFormat = "other_format",
        /// It ends before its end.
        Truncated = "truncated",
        /// Its size in pixels cannot come from its spec.
        OtherSize = "other_size",
    }
}

/// Which stored renditions are read, how closely, and what is done about defects. The default reads the header and the end
/// of all, and repairs nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verify(v1::VerifyRequest);

impl Verify {
    /// The default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only renditions whose keys begin so: the name of a source store, a slash, and the beginning of the path.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.0.prefix = prefix.into();
        self
    }

    /// Decodes each of them whole.
    pub fn deep(mut self) -> Self {
        self.0.deep = true;
        self
    }

    /// Repairs what is not what its key says.
    pub fn repair(mut self, repair: Repair) -> Self {
        self.0.repair = repair.to_wire();
        self
    }

    /// At most this many are read a second; 0: as many as the store gives.
    pub fn reads_per_second(mut self, many: u32) -> Self {
        self.0.reads_per_second = Some(many);
        self
    }

    /// Goes on where a call with the same fields stood; see [`Verified::resume_token`].
    pub fn resume(mut self, token: impl Into<String>) -> Self {
        self.0.resume_token = token.into();
        self
    }

    pub(crate) fn into_proto(self) -> v1::VerifyRequest {
        self.0
    }
}

/// How far a verification is.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified(v1::VerifyResponse);

impl Verified {
    /// Renditions that were verified.
    pub fn verified(&self) -> u64 {
        self.0.verified
    }

    /// Those of them that are not what their keys say.
    pub fn found(&self) -> u64 {
        self.0.found
    }

    /// Those that were repaired.
    pub fn repaired(&self) -> u64 {
        self.0.repaired
    }

    /// Renditions that could not be read.
    pub fn unreadable(&self) -> u64 {
        self.0.unreadable
    }

    /// Objects that are no renditions.
    pub fn foreign(&self) -> u64 {
        self.0.foreign
    }

    /// What was found since the item before.
    pub fn findings(&self) -> Vec<Finding> {
        self.0.findings.iter().cloned().map(Finding).collect()
    }

    /// Goes on from here; `None` at the end.
    pub fn resume_token(&self) -> Option<&str> {
        Some(self.0.resume_token.as_str()).filter(|token| !token.is_empty())
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::VerifyResponse {
        self.0
    }
}

impl From<v1::VerifyResponse> for Verified {
    fn from(message: v1::VerifyResponse) -> Self {
        Self(message)
    }
}

/// A rendition that is not what its key says.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding(v1::Finding);

impl Finding {
    /// Its key.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// What is wrong with it.
    pub fn defect(&self) -> Defect {
        Defect::from_wire(self.0.defect)
    }

    /// The same in words.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether it was repaired as asked.
    pub fn is_repaired(&self) -> bool {
        self.0.repaired
    }
}
