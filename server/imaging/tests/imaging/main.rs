//! Tests of the imaging crate through its public interface, on images made in code and, where they
//! are present beside the project, on a corpus of real and hostile ones.

#![allow(clippy::unwrap_used)]

mod alpha;
mod animated;
mod animations;
#[cfg(feature = "avif")]
mod avif_corpus;
#[cfg(feature = "avif")]
mod avif_file;
#[cfg(feature = "avif")]
mod avif_hostile;
#[cfg(feature = "avif")]
mod avif_read;
#[cfg(feature = "avif")]
mod avif_written;
mod bitmaps;
mod bombs;
mod budgets;
mod canonical;
mod colors;
mod confined;
mod corpus;
mod damaged;
mod damaged_animations;
mod depth;
mod disposal;
mod failures;
mod limits;
mod look;
mod metadata;
mod mutations;
mod orientation;
mod outcomes;
mod outputs;
mod picture;
mod placeholders;
mod planar;
mod scaled_decoding;
mod sharing;
mod shown;
mod sizes;
mod specs;
mod tiff;
