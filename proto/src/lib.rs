//! The API `rendition.v1`: messages, clients and servers generated at build time from the protos
//! beside this crate, and their descriptor set for reflection.

pub use rendition::v1;

/// The package `rendition`.
pub mod rendition {
    /// The messages and services of `rendition.v1`.
    #[allow(missing_docs, clippy::all, unused_qualifications)]
    pub mod v1 {
        tonic::include_proto!("rendition.v1");
    }
}

/// The package `google`, as far as the API needs it.
pub mod google {
    /// Errors on the wire.
    #[allow(missing_docs, clippy::all, unused_qualifications)]
    pub mod rpc {
        tonic::include_proto!("google.rpc");
    }
}

/// The encoded `google.protobuf.FileDescriptorSet` of all files, for gRPC server reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
