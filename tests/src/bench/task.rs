//! The two generations of which it is measured what the server adds to them.

use rendition_imaging::{Jpeg, Operation, Output, ResizeToFill, ResizeToFit, Spec};

use crate::pictures;

/// A photograph and what is made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// A JPEG of 6 megapixels into 300 x 300.
    Fit,
    /// A JPEG of 12 megapixels over 800 x 600.
    Fill,
}

impl Task {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Fit, Self::Fill];

    /// Its name, and that of its spec in the server's configuration.
    pub const fn spec_id(self) -> &'static str {
        match self {
            Self::Fit => super::served::SPEC,
            Self::Fill => "teaser",
        }
    }

    /// The task of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.spec_id() == name)
    }

    /// What it is, in words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Fit => "6 MP JPEG to fit 300",
            Self::Fill => "12 MP JPEG to fill 800x600",
        }
    }

    /// What is made: the same as in the server's configuration.
    pub fn spec(self) -> Spec {
        let operation: Operation = match self {
            Self::Fit => ResizeToFit { width: 300, height: 300, ..Default::default() }.into(),
            Self::Fill => ResizeToFill { width: 800, height: 600, ..Default::default() }.into(),
        };
        Spec::new(vec![operation], Output::Jpeg(Jpeg::default()))
    }

    /// The source: a real photograph where there is the corpus.
    pub fn photo(self) -> Vec<u8> {
        let (path, width, height) = match self {
            Self::Fit => ("photos/sharp--2569067123_aca715a2ee_o.jpg", 2725, 2225),
            Self::Fill => ("photos/mdx--Canon_EOS_5D.jpg", 4368, 2912),
        };
        pictures::corpus(path).unwrap_or_else(|| pictures::jpeg(width, height, 1))
    }

    /// How many of them make a round: about a second of work.
    pub const fn generations(self) -> usize {
        match self {
            Self::Fit => 40,
            Self::Fill => 12,
        }
    }
}
