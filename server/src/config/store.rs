//! The stores, by the names that the operator gave them.

use std::collections::BTreeMap;

use toml::de::DeValue;

use crate::{
    model::StoreName,
    storage::{StoreLimits, StoreSettings},
};

use super::{
    base_url::BaseUrl,
    key::{Key, Kind, TTL, span},
    limits::count,
    problem::Complaint,
    quantity::Ttl,
    section::{Section, Shown},
    store_settings,
    value::{FromValue, choice},
};

/// A store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreConfig {
    /// What it is and where.
    pub settings: StoreSettings,
    /// Whether sources may be taken from it.
    pub source: bool,
    /// Whether callers may put sources into it.
    pub accepts_puts: bool,
    /// How the versions of its sources are known.
    pub version_policy: VersionPolicy,
    /// For how long a rendition seen in it is believed to be there; none: `cache.ready_ttl`.
    pub ready_ttl: Option<Ttl>,
    /// Where its renditions are to be had besides the media endpoint.
    pub public_base: Option<PublicBase>,
    /// The bounds of the calls to it.
    pub limits: StoreLimits,
}

/// Where renditions are to be had besides the media endpoint, such as at a CDN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicBase {
    /// What their URLs begin with, without a slash at the end.
    pub url: String,
    /// What stands behind it.
    pub serves: Serves,
}

/// What stands behind a public base.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Serves {
    /// The store itself.
    #[default]
    Store,
    /// The media endpoint.
    Media,
}

/// How the version of a source is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum VersionPolicy {
    /// The store is asked.
    #[default]
    Observed,
    /// There is one only: the path is the identity.
    Immutable,
    /// The caller must send it.
    Explicit,
}

/// The way out for a name that can't be a store's.
pub(crate) const NAME_REMEDY: &str = "write a lower case letter, then up to 31 of a-z, 0-9, \"_\" and \"-\"";

/// The keys that every store has, whatever its kind.
pub(crate) const KEYS: &[Key] = &[
    Key::new("stores.<name>.source", Kind::Flag, "false", "Whether sources may be taken from the store."),
    Key::new(
        "stores.<name>.accepts_puts",
        Kind::Flag,
        "false",
        "Whether callers may put sources into the store, by `PutSource`.",
    ),
    Key::new(
        "stores.<name>.version_policy",
        Kind::Choice(&["observed", "immutable", "explicit"]),
        "\"observed\"",
        "How the version of a source is known: `observed`: the store is asked (and the answer believed for `cache.source_ttl`); `immutable`: what lies under a path never changes; `explicit`: the caller must send it.",
    ),
    Key::without_default(
        "stores.<name>.ready_ttl",
        TTL,
        "`cache.ready_ttl`",
        "How long a rendition that was seen in this store is believed to be there. `\"forever\"` if nobody else deletes from it.",
    ),
    Key::without_default(
        "stores.<name>.public_base.url",
        Kind::Text,
        "no public URLs are given",
        "For the store of renditions: what URLs of `URL_KIND_PUBLIC` begin with, such as the CDN in front of a bucket (with the bucket's `prefix`, if the CDN shows it): `http` or `https`, a host, perhaps a path; no query.",
    ),
    Key::new(
        "stores.<name>.public_base.serves",
        Kind::Choice(&["store", "media"]),
        "\"store\"",
        "What stands behind it: `store`: the store itself, readable by anybody, so such a URL is given only for what is READY; `media`: the media endpoint as the CDN's origin, so one is always given.",
    ),
    Key::new(
        "stores.<name>.limits.concurrency",
        Kind::Count { min: 1, max: 65_536 },
        "64",
        "Calls to the store at a time; further ones wait. For s3, gcs and azblob the most: it is halved when the store asks for less or does not answer, and grows again as it does.",
    ),
    Key::new(
        "stores.<name>.limits.least_concurrency",
        Kind::Count { min: 1, max: 65_536 },
        "4",
        "s3, gcs, azblob: to how few calls at a time it may be halved; never more than `concurrency`.",
    ),
    Key::new(
        "stores.<name>.limits.timeout",
        span(1, 3600),
        "\"5s\"",
        "Time for one attempt at a call without a body.",
    ),
    Key::new(
        "stores.<name>.limits.io_timeout",
        span(1, 3600),
        "\"10s\"",
        "Time for one attempt at a call with a body, and for each chunk of a stream.",
    ),
    Key::new(
        "stores.<name>.limits.retries",
        Kind::Count { min: 0, max: 20 },
        "2",
        "s3, gcs, azblob: attempts after the first one, for failures that pass.",
    ),
    Key::new(
        "stores.<name>.limits.first_retry_delay",
        span(0, 60),
        "\"50ms\"",
        "The wait before the first retry; it doubles with each further one.",
    ),
    Key::new(
        "stores.<name>.limits.retry_percent",
        Kind::Count { min: 0, max: 1000 },
        "20",
        "s3, gcs, azblob: how many retries there may be for each hundred calls in the long run, so that an outage is not made worse; 50 are allowed at once.",
    ),
];

/// Reads all stores. Those with a problem are left out.
pub(crate) fn read(root: &Section<'_, '_>) -> BTreeMap<StoreName, StoreConfig> {
    let mut stores = BTreeMap::new();
    for (name, span, section) in root.named("stores", "<name>") {
        let Ok(name) = StoreName::new(&name) else {
            let complaint = Complaint::new("can be no store's name", NAME_REMEDY);
            root.reader.complain(format!("stores.{name}"), Some(span), Shown::No, complaint);
            continue;
        };
        if let Some(store) = StoreConfig::read(&section) {
            stores.insert(name, store);
        }
    }
    stores
}

impl StoreConfig {
    fn read(section: &Section<'_, '_>) -> Option<Self> {
        let source = section.get("source");
        let accepts_puts = section.get("accepts_puts");
        let version_policy = section.get("version_policy");
        let ready_ttl = section.read("ready_ttl");
        let limits = read_limits(&section.section("limits"));
        let public_base = PublicBase::read(&section.section("public_base"));
        let settings = store_settings::read(section)?;
        Some(Self { settings, source, accepts_puts, version_policy, ready_ttl, public_base, limits })
    }
}

impl PublicBase {
    fn read(section: &Section<'_, '_>) -> Option<Self> {
        let url = section.read::<BaseUrl>("url");
        let serves = section.get("serves");
        if section.is_present() && section.node("url").is_none() {
            let remedy = "write url = \"https://cdn.example.org\"";
            section.complain("url", Complaint::new("is missing", remedy));
        }
        Some(Self { url: url?.0, serves })
    }
}

impl FromValue for Serves {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        choice(value, &[("store", Self::Store), ("media", Self::Media)])
    }
}

fn read_limits(section: &Section<'_, '_>) -> StoreLimits {
    StoreLimits {
        concurrency: count(section, "concurrency"),
        least_concurrency: count(section, "least_concurrency"),
        timeout: section.get("timeout"),
        io_timeout: section.get("io_timeout"),
        retries: count(section, "retries"),
        first_retry_delay: section.get("first_retry_delay"),
        retry_percent: u32::try_from(section.get::<u64>("retry_percent")).unwrap_or(u32::MAX),
    }
}

impl FromValue for VersionPolicy {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        choice(
            value,
            &[("observed", Self::Observed), ("immutable", Self::Immutable), ("explicit", Self::Explicit)],
        )
    }
}
