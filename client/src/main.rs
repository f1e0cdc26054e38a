//! The command line `rendition`.

fn main() {}
