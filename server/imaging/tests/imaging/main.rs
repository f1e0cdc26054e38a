//! Tests of the imaging crate through its public interface, on images made in code and, where they
//! are present beside the project, on a corpus of real and hostile ones.

#![allow(clippy::unwrap_used)]

mod alpha;
mod animated;
mod animations;
mod canonical;
mod colors;
mod corpus;
mod damaged;
mod damaged_animations;
mod depth;
mod disposal;
mod failures;
mod hostile;
mod limits;
mod metadata;
mod orientation;
mod outputs;
mod picture;
mod placeholders;
mod planar;
mod scaled_decoding;
mod sharing;
mod shown;
mod sizes;
mod specs;
