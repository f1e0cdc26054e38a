//! What the environment overrides.

use std::time::Duration;

use rendition_imaging::{Operation, Output};

use crate::storage::StoreSettings;

use super::*;

#[test]
fn variables_win_over_the_file_and_over_the_built_in_configuration() {
    let variables =
        [("RENDITION_LISTEN__GRPC", "127.0.0.1:0"), ("RENDITION_STORES__MEDIA__ROOT", "/srv/media")];
    for text in ["version = 1", "version = 1\nlisten = { grpc = \"127.0.0.1:1\" }"] {
        let config = parse_with(text, &variables).unwrap();
        assert_eq!(config.listen.grpc.port(), 0);
        assert_eq!(config.stores["media"].settings, StoreSettings::Fs { root: "/srv/media".into() });
        assert!(config.stores["media"].source, "the rest of the table stays");
    }
}

#[test]
fn values_are_toml_where_they_can_be_and_text_elsewhere() {
    let config = parse_with(
        "version = 1",
        &[
            ("RENDITION_CACHE__ENABLED", "false"),
            ("RENDITION_CACHE__READY_TTL", "forever"),
            ("RENDITION_CACHE__ABSENT_TTL", "\"2s\""),
            ("RENDITION_LIMITS__MAX_SOURCE_PIXELS", "1_000"),
            ("RENDITION_LIMITS__MAX_WAIT", "5s"),
            ("RENDITION_LIMITS__MEMORY", "50%"),
            ("RENDITION_SPECS__AVATAR__SOURCES", "[\"a/*\", \"b/**\"]"),
            ("RENDITION_SPECS__AVATAR__OUTPUT", "{ png = {} }"),
        ],
    )
    .unwrap();
    assert!(!config.cache.enabled);
    assert_eq!((config.cache.ready_ttl, config.cache.absent_ttl), (Ttl::Forever, Duration::from_secs(2)));
    assert_eq!((config.limits.max_source_pixels, config.limits.max_wait), (1000, Duration::from_secs(5)));
    assert_eq!(config.limits.memory, Memory::Share(0.5));
    assert_eq!(config.specs["avatar"].sources.len(), 2);
    assert!(matches!(config.specs["avatar"].spec.output, Output::Png(_)));
}

#[test]
fn text_that_looks_like_something_else_stays_text() {
    let config = parse_with(
        "version = 1\n[stores.media]\nkind = \"s3\"\nsource = true\nbucket = \"x\"\n[stores.renditions]\nkind = \"memory\"",
        &[("RENDITION_STORES__MEDIA__BUCKET", "2024"), ("RENDITION_STORES__MEDIA__PREFIX", "1979-05-27"), ("RENDITION_STORES__MEDIA__REGION", "true")],
    )
    .unwrap();
    let StoreSettings::S3(s3) = &config.stores["media"].settings else { panic!("not s3") };
    assert_eq!(
        (s3.bucket.as_str(), s3.prefix.as_deref(), s3.region.as_deref()),
        ("2024", Some("1979-05-27"), Some("true"))
    );
}

#[test]
fn names_with_a_dash_and_items_of_lists_are_reached() {
    let (_folder, secret) = secret_file(SECRET);
    let variables = [
        ("RENDITION_STORES__MY_PHOTOS__SOURCE", "true"),
        ("RENDITION_SPECS__CARD__OPERATIONS__0__RESIZE_TO_FIT__WIDTH", "77"),
        ("RENDITION_SPECS__CARD__OUTPUT__JPEG__QUALITY", "66"),
        ("RENDITION_AUTH__TOKENS__0__SECRET_FILE", secret.as_str()),
    ];
    let config = parse_with(
        "version = 1\ndefaults = { source_store = \"my-photos\", rendition_store = \"my-photos\" }\nstores = { my-photos = { kind = \"memory\" } }\n\
         auth = { tokens = [{ id = \"a\" }] }\nspecs = { card = { operations = [{ resize_to_fit = { width = 1 } }], output = { jpeg = {} } } }",
        &variables,
    )
    .unwrap();
    assert!(config.stores["my-photos"].source);
    let card = &config.specs["card"].spec;
    assert!(matches!(&card.operations[..], [Operation::ResizeToFit(fit)] if fit.width == 77), "{card:?}");
    assert!(matches!(&card.output, Output::Jpeg(jpeg) if jpeg.quality == Some(66)), "{card:?}");
    assert_eq!(config.auth.tokens[0].secret.expose(), SECRET.as_bytes());
}

#[test]
fn a_store_can_be_made_of_variables_alone() {
    let variables =
        [("RENDITION_STORES__EXTRA__KIND", "memory"), ("RENDITION_STORES__EXTRA__SOURCE", "true")];
    let config = parse_with("version = 1", &variables).unwrap();
    assert_eq!(config.stores["extra"].settings, StoreSettings::Memory);
    assert_eq!(config.stores.len(), 3);
}

#[test]
fn a_variable_that_matches_no_key_is_refused_by_its_name() {
    for (name, said) in [
        (
            "RENDITION_LISTEN__GPRC",
            "environment variable RENDITION_LISTEN__GPRC: there is no such key; did you mean RENDITION_LISTEN__GRPC…?",
        ),
        (
            "RENDITION_LIMIT__MAX_WAIT",
            "environment variable RENDITION_LIMIT__MAX_WAIT: there is no such key; did you mean RENDITION_LIMITS…?",
        ),
        (
            "RENDITION_LISTEN",
            "environment variable RENDITION_LISTEN: there is no such key; it names a table; the keys in it are grpc, http, insecure, tls",
        ),
        (
            "RENDITION_LISTEN__GRPC__PORT",
            "environment variable RENDITION_LISTEN__GRPC__PORT: there is no such key; see the names of the variables in the reference, or unset it",
        ),
        (
            "RENDITION_",
            "environment variable RENDITION_: there is no such key; see the names of the variables in the reference, or unset it",
        ),
        (
            "RENDITION_AUTH__TOKENS__5__ID",
            "environment variable RENDITION_AUTH__TOKENS__5__ID: the key's table is written as something else; there is no table to put auth.tokens.5.id into; write it in the file",
        ),
    ] {
        let text = "version = 1\nauth = { tokens = [] }";
        assert_eq!(parse_with(text, &[(name, "x")]).unwrap_err().to_string(), said);
    }
}

#[test]
fn variables_of_others_are_left_alone() {
    for name in [
        "RENDITION_SERVER",
        "RENDITION_LOG",
        "RENDITION_CONFIG",
        "RENDITIONS_X",
        "PATH",
        "rendition_listen__grpc",
    ] {
        assert!(parse_with("version = 1", &[(name, "x")]).is_ok(), "{name}");
    }
}

#[test]
fn a_problem_in_a_variable_names_the_variable() {
    let said = parse_with("version = 1", &[("RENDITION_CACHE__ABSENT_TTL", "soon")]).unwrap_err().to_string();
    assert!(
        said.starts_with(
            "environment variable RENDITION_CACHE__ABSENT_TTL: cache.absent_ttl = soon: is not a duration; "
        ),
        "{said}"
    );
    let variable = [("RENDITION_SPECS__AVATAR__OUTPUT", "{ webp = { qualty = 70 } }")];
    let said = parse_with("version = 1", &variable).unwrap_err().to_string();
    assert!(said.starts_with("environment variable RENDITION_SPECS__AVATAR__OUTPUT: specs.avatar.output.webp.qualty: unknown field"), "{said}");
}
