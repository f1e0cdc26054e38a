//! From what an operator wrote to what the engine is set up with.

use std::{
    collections::BTreeMap, fs, io::Write, net::SocketAddr, os::unix::fs::OpenOptionsExt, path::Path,
    sync::Arc,
};

use http::HeaderValue;
use ring::rand::{SecureRandom, SystemRandom};

use crate::{
    config::{Access, Config, Listen, Media, Member, OnGet, PublicBase, Serves, Ttl, VersionPolicy},
    engine::{
        Overlays,
        capacity::Capacity,
        settings::{
            self as engine, EngineLimits, NamedSpec, PictureFamily, PlaceholderImage, Settings, StoreEntry,
        },
        urls::{self, MediaUrls, SigningKey},
    },
    existence::{Lifetime, Lifetimes},
    grpc::TlsIdentity,
    http::{MediaPolicy, Origins},
    model::StoreName,
    server::StartError,
    storage::Store,
};

/// How many sources are fetched or held at a time, for each thread that decodes.
const FETCHES_PER_WORKER: usize = 4;
/// The bytes of a signing key that we make ourselves.
const KEY: usize = 32;

/// The engine's settings.
pub fn engine(
    config: &Config,
    stores: &BTreeMap<StoreName, Arc<dyn Store>>,
    http: SocketAddr,
    capacity: Capacity,
) -> Result<Settings, StartError> {
    let limits = limits(config, capacity);
    tracing::info!(
        workers = limits.cpu_workers,
        memory = limits.memory,
        fetch_bytes = limits.fetch_bytes,
        "capacity for generation"
    );
    let entries = config.stores.iter().filter_map(|(name, store)| {
        Some(StoreEntry {
            name: name.clone(),
            store: stores.get(name)?.clone(),
            source: store.source,
            accepts_puts: store.accepts_puts,
            version_policy: match store.version_policy {
                VersionPolicy::Observed => engine::VersionPolicy::Observed,
                VersionPolicy::Immutable => engine::VersionPolicy::Immutable,
                VersionPolicy::Explicit => engine::VersionPolicy::Explicit,
            },
        })
    });
    let rendition_store = config.stores.get(&config.defaults.rendition_store);
    let ready = rendition_store.and_then(|store| store.ready_ttl).unwrap_or(config.cache.ready_ttl);
    Ok(Settings {
        stores: entries.collect(),
        source_store: config.defaults.source_store.clone(),
        rendition_store: config.defaults.rendition_store.clone(),
        strategy: config.defaults.strategy,
        overlays: overlays(config),
        specs: specs(config),
        families: families(config),
        lifetimes: Lifetimes {
            ready: match ready {
                Ttl::For(duration) => Lifetime::For(duration),
                Ttl::Forever => Lifetime::Forever,
            },
            absent: config.cache.absent_ttl,
            source: config.cache.source_ttl,
        },
        cache_enabled: config.cache.enabled,
        cache_bytes: config.cache.max_bytes,
        limits,
        urls: urls(&config.media, rendition_store.and_then(|store| store.public_base.as_ref()), http)?,
    })
}

/// The named specs.
pub fn specs(config: &Config) -> Vec<NamedSpec> {
    let specs = config.specs.iter().map(|(id, named)| NamedSpec {
        id: id.clone(),
        spec: named.spec.clone(),
        strategy: named.strategy,
        sources: named.sources.clone(),
        public: named.public,
        stale_while_revalidate: named.stale_while_revalidate,
        previous_for: named.previous_for,
        on_get: match &named.on_get {
            OnGet::Generate => engine::OnGet::Generate,
            OnGet::Placeholder(image) => {
                engine::OnGet::Placeholder(PlaceholderImage::new(image.clone().into()))
            }
        },
    });
    specs.collect()
}

/// The families of named specs.
pub fn families(config: &Config) -> Vec<PictureFamily> {
    let families = config.families.iter().map(|(id, family)| {
        let members =
            |members: &Vec<Member>| members.iter().map(|member| (member.width, member.id.clone())).collect();
        PictureFamily {
            id: id.clone(),
            base: family.base.clone(),
            formats: family.formats.iter().map(|(format, of)| (*format, members(of))).collect(),
            sizes: family.sizes.clone(),
        }
    });
    families.collect()
}

/// The images that specs may lay over others.
pub fn overlays(config: &Config) -> Overlays {
    config.overlays.iter().map(|(name, overlay)| (name.clone(), overlay.image.clone())).collect()
}

fn limits(config: &Config, capacity: Capacity) -> EngineLimits {
    let limits = &config.limits;
    let cpu_workers = limits.cpu_workers.unwrap_or(capacity.processors);
    EngineLimits {
        imaging: limits.imaging(),
        max_source_bytes: limits.max_source_bytes,
        max_wait: limits.max_wait,
        generation_timeout: limits.generation_timeout,
        max_batch: limits.max_batch,
        inline_specs: limits.inline_specs,
        cpu_workers,
        memory: limits.memory.bytes(capacity.memory),
        fetch_bytes: limits.fetch_bytes,
        fetch_slots: cpu_workers * FETCHES_PER_WORKER,
        near_slots: cpu_workers,
        queue_length: limits.queue_length,
        background_jobs: config.queue.workers,
        revalidations_per_second: config.queue.revalidations_per_second,
    }
}

fn urls(media: &Media, public_base: Option<&PublicBase>, http: SocketAddr) -> Result<MediaUrls, StartError> {
    let mut keys: Vec<SigningKey> =
        media.keys.iter().map(|key| SigningKey::new(&key.id, key.secret.expose())).collect();
    if let (true, Some(path)) = (keys.is_empty(), &media.generated_key_file) {
        let secret = own_key(path).map_err(|error| {
            StartError::new(format_args!("the signing key {} cannot be kept", path.display()), error)
        })?;
        keys.push(SigningKey::new("local", &secret));
    }
    Ok(MediaUrls {
        public_url: media.base_url(http).trim_end_matches('/').to_owned(),
        public_base: public_base.map(|base| urls::PublicBase {
            url: base.url.clone(),
            serves: match base.serves {
                Serves::Store => urls::Serves::Store,
                Serves::Media => urls::Serves::Media,
            },
        }),
        access: match media.access {
            Access::Signed => urls::Access::Signed,
            Access::Open => urls::Access::Open,
        },
        keys,
        lifetime: media.lifetime,
    })
}

/// What holds for all answers of the media endpoint.
pub fn media_policy(media: &Media) -> MediaPolicy {
    let any = media.cors_origins.iter().any(|origin| origin == "*");
    MediaPolicy {
        origins: if any { Origins::Any } else { Origins::These(media.cors_origins.clone()) },
        resource_policy: HeaderValue::from_static(media.resource_policy),
        cache_tag: media.cache_tag_header.clone(),
        patience: media.patience,
        max_connections: media.max_connections,
    }
}

/// Reads the key that this server made for itself, or makes it: only its owner may read the file. It
/// appears whole or not at all, so that servers that start together on one folder agree on one key.
fn own_key(path: &Path) -> std::io::Result<Vec<u8>> {
    match whole_key(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        found => return found,
    }
    let mut key = vec![0; KEY];
    SystemRandom::new()
        .fill(&mut key)
        .map_err(|_| std::io::Error::other("the system gives no random bytes"))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let beside =
        folder.join(format!(".{}.{}", path.file_name().unwrap_or_default().display(), std::process::id()));
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(&key)?;
    file.sync_all()?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    match linked {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => whole_key(path),
        Err(error) => Err(error),
    }
}

fn whole_key(path: &Path) -> std::io::Result<Vec<u8>> {
    let key = fs::read(path)?;
    if key.len() < KEY {
        return Err(std::io::Error::other(format!(
            "it has {} bytes where {KEY} are needed: remove it",
            key.len()
        )));
    }
    Ok(key)
}

/// The certificate and key that the listener is configured with, in PEM.
pub fn tls(listen: &Listen) -> Result<Option<TlsIdentity>, StartError> {
    let Some(tls) = &listen.tls else { return Ok(None) };
    let read = |path: &Path| {
        fs::read(path)
            .map_err(|error| StartError::new(format_args!("{} cannot be read", path.display()), error))
    };
    Ok(Some(TlsIdentity { certificate: read(&tls.cert_file)?, key: read(&tls.key_file)? }))
}
