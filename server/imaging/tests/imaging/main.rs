//! Tests of the imaging crate through its public interface, on images made in code and, where they
//! are present beside the project, on a corpus of real and hostile ones.

#![allow(clippy::unwrap_used)]

mod alpha;
mod animations;
mod canonical;
mod colors;
mod corpus;
mod failures;
mod hostile;
mod limits;
mod orientation;
mod outputs;
mod picture;
mod scaled_decoding;
mod sharing;
mod sizes;
mod specs;
