//! Compiles the protos without protoc and keeps their descriptor set, comments left out.

use std::{env, fs, path::PathBuf};

use prost::Message;

const FILES: [&str; 5] = [
    "rendition/v1/maintenance_service.proto",
    "rendition/v1/prewarm_service.proto",
    "rendition/v1/rendition_service.proto",
    "rendition/v1/source_service.proto",
    "rendition/v1/spec_service.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=rendition");
    println!("cargo::rerun-if-changed=google");
    let descriptors = protox::compile(FILES, ["."])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);

    let mut bare = descriptors.clone();
    for file in &mut bare.file {
        file.source_code_info = None;
    }
    fs::write(out.join("descriptors.bin"), bare.encode_to_vec())?;

    tonic_prost_build::configure()
        .bytes(".rendition.v1.ReadResponse")
        .bytes(".rendition.v1.PutSourceRequest")
        .compile_fds(descriptors)?;
    Ok(())
}
