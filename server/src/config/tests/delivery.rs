//! What is said of public bases, placeholders and the headers of the media endpoint.

use super::*;

#[test]
fn a_public_base_belongs_to_the_store_of_renditions_and_has_a_url() {
    let fs = |name: &str, more: &str| {
        let source = name == "media";
        format!("stores.{name} = {{ kind = \"fs\", root = \"{name}\", source = {source}{more} }}\n")
    };
    let base = ", public_base = { url = \"https://cdn.example.org/\", serves = \"media\" }";
    let config = parse(&format!("version = 1\n{}{}", fs("media", ""), fs("renditions", base))).unwrap();
    let renditions = config.stores.values().find(|store| !store.source).unwrap();
    let expected = PublicBase { url: "https://cdn.example.org".to_owned(), serves: Serves::Media };
    assert_eq!(renditions.public_base, Some(expected));

    refused(
        &(fs("media", base) + &fs("renditions", "")),
        "stores.media.public_base.url = \"https://cdn.example.org/\": is of no use: renditions lie in the store renditions; write it into [stores.renditions]",
    );
    refused(
        &(fs("media", "") + &fs("renditions", ", public_base = { serves = \"store\" }")),
        "stores.renditions.public_base.url: is missing; write url = \"https://cdn.example.org\"",
    );
    refused(
        &(fs("media", "")
            + "stores.renditions = { kind = \"memory\", public_base = { url = \"https://cdn.example.org\" } }\n"),
        "stores.renditions.public_base.serves: can't be \"store\": nobody else can read this server's memory; write serves = \"media\"",
    );
}

#[test]
fn a_placeholder_needs_a_get_that_shows_it() {
    let spec = |more: &str| format!("specs.a = {{ output = {{ png = {{}} }}, {more} }}");
    let shown = |more: &str| {
        let config = parse(&format!("version = 1\n{}", spec(more))).unwrap();
        config.specs.values().next().unwrap().on_get.clone()
    };
    assert_eq!(shown("public = true"), OnGet::Generate);
    assert!(matches!(shown("on_get = \"placeholder\""), OnGet::Placeholder(image) if !image.is_empty()));
    refused(
        &spec("placeholder = { color = \"#fff\" }"),
        "specs.a.on_get: is missing beside a placeholder; write on_get = \"placeholder\"",
    );
    refused(
        &spec("on_get = \"placeholder\", placeholder = { color = \"grey\" }"),
        "specs.a.placeholder.color = \"grey\": is no colour; write one such as \"#e0e0e0\"",
    );
    let (_folder, secret) = secret_file(SECRET);
    let said = complaints(&format!(
        "version = 1\n{}",
        spec(&format!("on_get = \"placeholder\", placeholder = {{ file = \"{secret}\" }}"))
    ));
    assert!(said.len() == 1 && said[0].contains("can't be decoded"), "{said:?}");
}

#[test]
fn origins_and_header_names_are_checked() {
    let remedy = "write a list of origins such as [\"https://shop.example.org\"], or [\"*\"] for all";
    for bad in ["https://a.example.org/", "a.example.org", "https://*.example.org", ""] {
        refused(
            &format!("media.cors_origins = [\"{bad}\"]"),
            &format!("media.cors_origins: {bad:?} is no origin; {remedy}"),
        );
    }
    refused(
        "media.cache_tag_header = \"Cache Tag\"",
        "media.cache_tag_header = \"Cache Tag\": is no header's name; write one such as \"Cache-Tag\", or \"none\"",
    );
}
