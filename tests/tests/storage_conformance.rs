//! Every kind of store through the same suite.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use rendition_server::storage::{S3Settings, StoreLimits, StoreSettings, open};
use rendition_tests::conformance::Place;
use rendition_tests::conformance_suite;
use rendition_tests::s3_server::S3Server;

fn place(settings: &StoreSettings, keeper: impl Send + Sync + 'static) -> Place {
    let limits = StoreLimits::default();
    let store = open("first", settings, &limits).unwrap();
    // A second process can't see this one's memory.
    let second = match settings {
        StoreSettings::Memory => Arc::clone(&store),
        _ => open("second", settings, &limits).unwrap(),
    };
    Place { store, second, keeper: Box::new(keeper) }
}

conformance_suite!(memory, place(&StoreSettings::Memory, ()));

conformance_suite!(fs, {
    let folder = tempfile::tempdir().unwrap();
    place(&StoreSettings::Fs { root: folder.path().join("root") }, folder)
});

conformance_suite!(s3, {
    let server = S3Server::start();
    place(&server.store_settings(), server)
});

conformance_suite!(s3_below_a_prefix, {
    let server = S3Server::start();
    let settings = S3Settings { prefix: Some("deep/below".to_owned()), ..server.settings() };
    place(&StoreSettings::S3(settings), server)
});
