//! The configuration that is built in, and the defaults of what a file leaves out.

use std::time::Duration;

use rendition_imaging::{Operation, Output};

use crate::{
    model::Strategy,
    storage::{StoreLimits, StoreSettings},
};

use super::*;

#[test]
fn a_server_without_a_file_keeps_everything_in_one_folder_on_loopback() {
    let config = Config::load(None, std::iter::empty()).unwrap();
    assert_eq!(config.listen.grpc.to_string(), "127.0.0.1:50051");
    assert_eq!(config.listen.http.to_string(), "127.0.0.1:8080");
    assert!(!config.listen.insecure && config.listen.tls.is_none() && config.auth.tokens.is_empty());

    let media = &config.stores["media"];
    assert_eq!(media.settings, StoreSettings::Fs { root: "rendition-data/media".into() });
    assert!(media.source);
    assert_eq!(media.version_policy, VersionPolicy::Observed);
    let renditions = &config.stores["renditions"];
    assert_eq!(renditions.settings, StoreSettings::Fs { root: "rendition-data/renditions".into() });
    assert!(!renditions.source);
    assert_eq!((renditions.ready_ttl, renditions.limits), (None, StoreLimits::default()));
    assert_eq!(config.stores.len(), 2);

    assert_eq!(config.defaults.source_store.as_str(), "media");
    assert_eq!(config.defaults.rendition_store.as_str(), "renditions");
    assert_eq!(config.defaults.strategy, Strategy::JustInTime);

    assert!(config.cache.enabled);
    assert_eq!(config.cache.ready_ttl, Ttl::For(Duration::from_secs(24 * 3600)));
    assert_eq!(config.cache.absent_ttl, Duration::from_secs(5));
    assert_eq!(config.cache.source_ttl, Duration::from_secs(10));
    assert_eq!(config.cache.max_bytes, 256 << 20);
    assert_eq!(config.cache.save_every, Interval::Every(Duration::from_secs(600)));
    assert_eq!(config.cache.path, Path::new("rendition-data/queue/existence"));
    assert_eq!(config.queue.path, Path::new("rendition-data/queue"));

    assert_eq!(config.media.access, Access::Open);
    assert_eq!(config.media.lifetime, Duration::from_secs(7 * 24 * 3600));
    assert_eq!(config.media.base_url(config.listen.http), "http://127.0.0.1:8080");
    assert_eq!(config.media.generated_key_file.as_deref(), Some(Path::new("rendition-data/media.key")));

    let limits = &config.limits;
    assert_eq!((limits.max_source_pixels, limits.max_source_bytes), (100_000_000, 64 << 20));
    assert_eq!(
        (limits.max_wait, limits.generation_timeout),
        (Duration::from_secs(60), Duration::from_secs(60))
    );
    assert!(limits.inline_specs);
    assert_eq!(limits.imaging(), rendition_imaging::Limits::default());
    assert!(config.overlays.is_empty());
    assert_eq!((limits.max_batch, limits.max_message_bytes), (1000, 4 << 20));
    assert_eq!((limits.cpu_workers, limits.memory), (None, Memory::Share(0.6)));
    assert_eq!(limits.drain_timeout, Duration::from_secs(20));
    assert_eq!((config.log.format, config.log.level.as_str()), (LogFormat::Text, "info"));
}

#[test]
fn the_built_in_spec_is_the_avatar_of_the_design() {
    let config = Config::load(None, std::iter::empty()).unwrap();
    let avatar = &config.specs["avatar"];
    let [Operation::ResizeToFill(fill)] = avatar.spec.operations.as_slice() else {
        panic!("{:?}", avatar.spec.operations);
    };
    assert_eq!((fill.width, fill.height), (200, 200));
    assert!(matches!(avatar.spec.output, Output::Webp(_)));
    assert_eq!(avatar.strategy, Some(Strategy::Eager));
    assert!(avatar.sources[0].matches("avatars/2024/a.jpg") && !avatar.sources[0].matches("photos/a.jpg"));
    assert!(avatar.public);
    assert_eq!(config.specs.len(), 1);
}

#[test]
fn what_the_built_in_text_says_is_what_holds_where_a_file_is_silent() {
    // Stores and specs come from the built-in text, all else from the rows: both must agree.
    assert_eq!(parse("version = 1").unwrap(), Config::load(None, std::iter::empty()).unwrap());
}

#[test]
fn stores_and_specs_come_from_the_file_alone_when_it_has_them() {
    let config = parse(
        "version = 1\ndefaults = { source_store = \"all\", rendition_store = \"all\" }\n\
         stores = { all = { kind = \"memory\", source = true, ready_ttl = \"forever\", version_policy = \"immutable\" } }\n\
         specs = { plain = { output = { png = {} } } }",
    )
    .unwrap();
    assert_eq!(config.stores.keys().map(StoreName::as_str).collect::<Vec<_>>(), ["all"]);
    assert_eq!(config.stores["all"].ready_ttl, Some(Ttl::Forever));
    assert_eq!(config.stores["all"].version_policy, VersionPolicy::Immutable);
    assert_eq!(config.specs.keys().map(SpecId::as_str).collect::<Vec<_>>(), ["plain"]);
    assert_eq!(parse("version = 1\n[specs]").unwrap().specs.len(), 0);
}

#[test]
fn a_bucket_is_read_with_its_credentials_and_limits() {
    let (_folder, secret) = secret_file("wJalrXUtnFEMI");
    let config = parse(&format!(
        "version = 1\n[stores.media]\nkind = \"memory\"\nsource = true\n[stores.renditions]\nkind = \"s3\"\nbucket = \"b\"\n\
         endpoint = \"http://127.0.0.1:9000\"\nprefix = \"r\"\naccess_key_id = \"id\"\nsecret_access_key_file = \"{secret}\"\n\
         limits = {{ concurrency = 8, timeout = \"1s\", io_timeout = \"3s\", retries = 0, first_retry_delay = \"10ms\" }}"
    ))
    .unwrap();
    let StoreSettings::S3(s3) = &config.stores["renditions"].settings else { panic!("not s3") };
    assert_eq!(
        (s3.bucket.as_str(), s3.endpoint.as_deref(), s3.prefix.as_deref()),
        ("b", Some("http://127.0.0.1:9000"), Some("r"))
    );
    assert_eq!(s3.secret_access_key_file.as_deref(), Some(Path::new(&secret)));
    let limits = config.stores["renditions"].limits;
    assert_eq!((limits.concurrency, limits.retries), (8, 0));
    assert_eq!(limits.io_timeout, Duration::from_secs(3));
}

#[test]
fn a_public_server_signs_with_its_keys_and_lets_in_its_tokens() {
    let (_folder, secret) = secret_file(SECRET);
    let config = parse(&format!(
        "version = 1\nlisten = {{ grpc = \"0.0.0.0:50051\", http = \"[::]:8080\" }}\n\
         auth = {{ tokens = [{{ id = \"web\", secret_file = \"{secret}\" }}] }}\n[media]\n\
         public_url = \"https://images.example.org/m/\"\nkeys = [{{ id = \"k1\", secret_file = \"{secret}\" }}]"
    ))
    .unwrap();
    assert_eq!(config.media.access, Access::Signed, "the default where anybody can reach the endpoint");
    assert_eq!(config.media.generated_key_file, None);
    assert_eq!(config.media.keys[0].id, "k1");
    assert_eq!(config.media.keys[0].secret.expose(), SECRET.as_bytes());
    assert_eq!(config.auth.tokens[0].id, "web");
    assert_eq!(config.media.base_url(config.listen.http), "https://images.example.org/m");
}

#[test]
fn a_signing_server_on_loopback_makes_a_key_beside_its_queue() {
    let config = parse(
        "version = 1\nmedia = { access = \"signed\" }\nqueue = { path = \"/var/lib/rendition/queue\" }",
    )
    .unwrap();
    assert_eq!(config.media.access, Access::Signed);
    assert_eq!(config.media.generated_key_file.as_deref(), Some(Path::new("/var/lib/rendition/media.key")));
}

#[test]
fn the_report_on_a_sound_configuration_sums_it_up() {
    let report = check(None, std::iter::empty());
    assert!(report.sound);
    for line in [
        "the built-in configuration: sound",
        "  grpc     127.0.0.1:50051 (open, plain text)",
        "  media    127.0.0.1:8080 as http://127.0.0.1:8080 (open, a key of its own in rendition-data/media.key)",
        "  store    media (fs rendition-data/media, holds sources)",
        "  spec     avatar",
    ] {
        assert!(report.text.lines().any(|found| found == line), "{line}\nin\n{}", report.text);
    }
}

#[test]
fn the_report_tells_of_specs_that_this_build_cannot_make() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rendition.toml");
    let specs = "version = 1\n[specs.still]\noutput = { avif = {} }\n[specs.best]\noutput = { auto = {} }\n";
    std::fs::write(&file, specs).unwrap();
    let report = check(Some(&file), std::iter::empty());
    assert!(report.sound, "{}", report.text);
    let of = |id| report.text.lines().find(|line| line.starts_with(&format!("  spec     {id}"))).unwrap();
    let why =
        if rendition_imaging::Format::Avif.is_written() { "" } else { " (this build does not write avif)" };
    assert_eq!(of("still"), format!("  spec     still{why}"));
    assert_eq!(of("best"), "  spec     best");
}
