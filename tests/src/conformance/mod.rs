//! What every store must do, as one suite: [`conformance_suite!`](crate::conformance_suite) makes a test of each check for
//! one kind of store. What a store can't do by its capabilities is not asked of it.

pub mod listing;
pub mod paths;
pub mod presigning;
pub mod races;
pub mod reading;
pub mod writing;

use std::sync::Arc;

use bytes::Bytes;
use rendition_server::storage::{Stat, Store, WriteMode, WriteOptions, Written};

/// One place, and two servers that use it.
pub struct Place {
    /// The store as one server sees it.
    pub store: Arc<dyn Store>,
    /// The same place as a second server sees it.
    pub second: Arc<dyn Store>,
    /// What must live as long as the place does.
    pub keeper: Box<dyn std::any::Any + Send + Sync>,
}

pub(crate) fn create() -> WriteOptions {
    WriteOptions::default()
}

pub(crate) fn overwrite() -> WriteOptions {
    WriteOptions { mode: WriteMode::Overwrite, ..WriteOptions::default() }
}

/// Writes an object that is not there, and answers its facts.
pub(crate) async fn put(store: &Arc<dyn Store>, path: &str, bytes: impl Into<Bytes>) -> Stat {
    match store.write(path, bytes.into(), &create()).await.unwrap() {
        Written::Created(stat) => stat,
        Written::AlreadyThere => panic!("{path} is there already"),
    }
}

/// Bytes without a pattern that a shift by a power of two would repeat.
pub(crate) fn noise(length: usize) -> Bytes {
    (0..length).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

/// Makes a test of each check for the place that the expression opens.
#[macro_export]
macro_rules! conformance_suite {
    ($kind:ident, $open:expr) => {
        mod $kind {
            $crate::conformance_suite! { @ $open;
                writing::what_was_written_is_read_back,
                writing::an_object_may_be_empty,
                writing::a_big_object_comes_back_whole,
                writing::create_only_leaves_what_is_there,
                writing::overwriting_replaces_bytes_and_version,
                writing::the_same_write_by_another_server_is_already_there,
                writing::a_deleted_object_is_gone_and_can_be_written_again,
                writing::deleting_what_is_not_there_is_fine,
                reading::what_is_not_there_is_none,
                reading::a_folder_is_no_object,
                reading::stat_and_read_tell_the_same_facts,
                reading::another_version_is_refused,
                reading::an_object_above_the_limit_is_refused_with_its_size,
                reading::a_range_is_cut_at_the_end,
                reading::a_stream_comes_in_small_chunks_and_whole,
                reading::a_stream_of_a_range_is_that_range,
                reading::an_opened_stream_is_not_disturbed_by_a_deletion_after_its_end,
                reading::a_store_that_works_answers_a_probe,
                listing::a_listing_is_exactly_one_level,
                listing::a_missing_folder_is_empty,
                listing::names_that_begin_alike_are_kept_apart,
                listing::a_folder_goes_with_its_last_object,
                listing::a_large_folder_is_listed_whole,
                listing::a_walk_gives_every_object_at_any_depth_in_the_order_of_whole_paths,
                paths::odd_characters_are_kept,
                paths::what_would_lead_elsewhere_is_invalid,
                races::of_many_creators_exactly_one_creates,
                races::a_reader_never_sees_a_torn_object,
                races::many_writers_in_a_folder_that_comes_and_goes,
                presigning::a_presigned_url_opens_the_object_to_anyone,
                presigning::a_presigned_url_can_name_a_download,
                presigning::a_store_that_cannot_presign_says_so_quietly,
            }
        }
    };
    (@ $open:expr; $($group:ident :: $check:ident),* $(,)?) => {
        #[allow(unused_imports)]
        use super::*;
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                let place: $crate::conformance::Place = $open;
                $crate::conformance::$group::$check(&place).await;
            }
        )*
    };
}
