//! Where the server listens.

use std::{net::SocketAddr, path::PathBuf};

use super::{
    key::{Key, Kind},
    problem::Complaint,
    section::Section,
};

/// Where the server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The address of the gRPC API.
    pub grpc: SocketAddr,
    /// The address of the media endpoint.
    pub http: SocketAddr,
    /// Whether the operator has said that a listener which anybody can reach may do without authentication.
    pub insecure: bool,
    /// The certificate of the gRPC listener; plain text without one.
    pub tls: Option<Tls>,
}

/// A certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The chain of certificates, in PEM.
    pub cert_file: PathBuf,
    /// The private key, in PEM.
    pub key_file: PathBuf,
}

/// Whether an address is reached from this machine alone.
pub fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

pub(crate) const KEYS: &[Key] = &[
    Key::new(
        "listen.grpc",
        Kind::Address,
        "\"127.0.0.1:50051\"",
        "Where the gRPC API listens. Port 0 takes a free one.",
    ),
    Key::new(
        "listen.http",
        Kind::Address,
        "\"127.0.0.1:8080\"",
        "Where the media endpoint listens. Port 0 takes a free one.",
    ),
    Key::new(
        "listen.insecure",
        Kind::Flag,
        "false",
        "Says that a listener which is not loopback may do without authentication. Without it the server refuses to start with \
         an open gRPC listener (no `auth.tokens`) or an open media endpoint (`media.access = \"open\"`) on such an address.",
    ),
    Key::without_default(
        "listen.tls.cert_file",
        Kind::Path,
        "gRPC is spoken in plain text",
        "The chain of certificates of the gRPC listener, in PEM. TLS for the media endpoint is the business of the proxy before it.",
    ),
    Key::without_default(
        "listen.tls.key_file",
        Kind::Path,
        "required beside `cert_file`",
        "The private key that belongs to the certificate, in PEM.",
    ),
];

impl Listen {
    pub(crate) fn read(section: &Section<'_, '_>) -> Option<Self> {
        let (grpc, http) = (section.read("grpc")?, section.read("http")?);
        let insecure = section.get("insecure");
        Some(Self { grpc, http, insecure, tls: Tls::read(&section.section("tls")) })
    }
}

impl Tls {
    fn read(section: &Section<'_, '_>) -> Option<Self> {
        let remedy = "write both listen.tls.cert_file and listen.tls.key_file, or neither";
        if !section.is_present() {
            // Asked for all the same, so that the rows and the reader can be compared.
            let _: (Option<PathBuf>, Option<PathBuf>) = (section.read("cert_file"), section.read("key_file"));
            return None;
        }
        let cert_file = section.require("cert_file", remedy);
        let key_file = section.require("key_file", remedy);
        for (name, file) in [("cert_file", &cert_file), ("key_file", &key_file)] {
            let Some(file): &Option<PathBuf> = file else { continue };
            if let Err(error) = std::fs::File::open(file) {
                let message = format!("can't be read: {error}");
                section.complain(name, Complaint::new(message, "name a PEM file that the server may read"));
            }
        }
        Some(Self { cert_file: cert_file?, key_file: key_file? })
    }
}
