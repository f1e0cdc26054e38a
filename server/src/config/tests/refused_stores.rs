//! Stores and folders that are refused, with what is said of them.

use super::*;

#[test]
fn default_stores_that_are_not_there_or_hold_no_sources_are_refused() {
    refused(
        "defaults.rendition_store = \"nowhere\"",
        "defaults.rendition_store = \"nowhere\": names no store; name a store that is configured (there are media, renditions), or add [stores.nowhere]",
    );
    refused(
        "defaults.source_store = \"renditions\"",
        "defaults.source_store = \"renditions\": is the store renditions, which holds no sources; write source = true into [stores.renditions], or name another store",
    );
    refused(
        "defaults.source_store = \"Up\"",
        "defaults.source_store = \"Up\": can be no store's name; write a lower case letter, then up to 31 of a-z, 0-9, \"_\" and \"-\"",
    );
    let found = complaints("version = 1\nstores.media = { kind = \"memory\", source = true }");
    assert_eq!(
        found,
        [
            "defaults.rendition_store: is \"renditions\" by default, which names no store; name a store that is configured (there are media), or add [stores.renditions]"
        ]
    );
}

#[test]
fn folders_that_lie_in_each_other_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().canonicalize().unwrap();
    let base = base.to_str().unwrap();
    let stores = |media: &str, renditions: &str| {
        format!(
            "queue.path = \"{base}/q\"\n[stores]\nmedia = {{ kind = \"fs\", source = true, root = \"{media}\" }}\nrenditions = {{ kind = \"fs\", root = \"{renditions}\" }}"
        )
    };
    let remedy = "give each a folder of its own, none inside of another";
    let said = |root: &str, how: &str| {
        format!("stores.renditions.root = \"{root}\": {how} the root of the store media; {remedy}")
    };
    let (a, inner, outer) = (format!("{base}/a"), format!("{base}/x/../a/b"), format!("{base}/a/../a/b/.."));
    refused(&stores(&a, &a), &said(&a, "is also"));
    refused(&stores(&a, &inner), &said(&inner, "lies inside of"));
    refused(&stores(&inner, &outer), &said(&outer, "contains"));
    assert!(
        parse(&format!("version = 1\n{}", stores(&a, &format!("{base}/ab")))).is_ok(),
        "a common beginning is no nesting"
    );
    std::os::unix::fs::symlink(base, folder.path().join("link")).unwrap();
    std::fs::create_dir(folder.path().join("a")).unwrap();
    let link = format!("{base}/link/a/deep");
    refused(&stores(&a, &link), &said(&link, "lies inside of"));
    refused(
        "cache.path = \"rendition-data/media/existence\"",
        "cache.path = \"rendition-data/media/existence\": lies in the store media; name a file outside of all stores",
    );
    refused(
        "queue.path = \"rendition-data/media/queue\"",
        &format!(
            "queue.path = \"rendition-data/media/queue\": lies inside of the root of the store media; {remedy}"
        ),
    );
}

#[test]
fn stores_that_can_not_be_are_refused() {
    let with = |store: &str| {
        format!(
            "defaults.rendition_store = \"media\"\nstores.media = {{ kind = \"memory\", source = true }}\nstores.x = {{ {store} }}"
        )
    };
    refused(
        &with("source = false"),
        "stores.x.kind: is missing; write kind = \"fs\", \"memory\", \"s3\", \"gcs\" or \"azblob\"",
    );
    refused(
        &with("kind = \"ftp\""),
        "stores.x.kind = \"ftp\": is not one of the words that can stand here; write one of \"fs\", \"memory\", \"s3\", \"gcs\", \"azblob\"",
    );
    refused(&with("kind = \"fs\""), "stores.x.root: is missing; name the store's folder");
    refused(&with("kind = \"s3\""), "stores.x.bucket: is missing; name the store's bucket");
    refused(
        &with("kind = \"memory\", root = \"r\""),
        "stores.x.root = \"r\": is no key of a store of kind \"memory\"; leave it out, or change the kind",
    );
    refused(
        &with("kind = \"s3\", bucket = \"b\", endpoint = \"minio:9000\""),
        "stores.x.endpoint = \"minio:9000\": is not an http or https URL; write one such as \"https://s3.eu-central-1.amazonaws.com\"",
    );
    refused(
        &with("kind = \"s3\", bucket = \"b\", access_key_id = \"i\""),
        "stores.x.access_key_id = \"i\": has no secret beside it; write secret_access_key_file too",
    );
    refused(
        &with("kind = \"s3\", bucket = \"b\", secret_access_key = \"i\""),
        "stores.x.access_key_id: is missing beside its secret; write access_key_id too",
    );
    refused(
        &with("kind = \"memory\", limits = { concurrency = 0 }"),
        "stores.x.limits.concurrency = 0: is too small; write at least 1",
    );
    refused(
        "stores.Media = { kind = \"memory\" }\nstores.media = { kind = \"memory\", source = true }\nstores.renditions = { kind = \"memory\" }",
        "stores.Media: can be no store's name; write a lower case letter, then up to 31 of a-z, 0-9, \"_\" and \"-\"",
    );
    if cfg!(not(feature = "gcs")) {
        refused(
            &with("kind = \"gcs\", bucket = \"b\""),
            "stores.x.kind = \"gcs\": this server was built without gcs; build it with --features gcs",
        );
    }
    if cfg!(not(feature = "azblob")) {
        refused(
            &with("kind = \"azblob\", container = \"c\", endpoint = \"https://a.example\""),
            "stores.x.kind = \"azblob\": this server was built without azblob; build it with --features azblob",
        );
    }
}

#[test]
fn a_lifetime_that_no_bucket_honours_is_refused() {
    let text = "media.lifetime = \"8d\"\nstores.media = { kind = \"memory\", source = true }\nstores.renditions = { kind = \"s3\", bucket = \"b\" }";
    refused(
        text,
        "media.lifetime = \"8d\": is longer than the store renditions honours a presigned URL; write at most \"7d\"",
    );
    assert!(parse("version = 1\nmedia.lifetime = \"8d\"").is_ok(), "folders presign nothing");
}
