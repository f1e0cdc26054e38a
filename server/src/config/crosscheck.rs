//! What can be said of a configuration only when several of its keys are looked at together.

use std::{
    path::{Component, Path, PathBuf},
    time::Duration,
};

use crate::{model::StoreName, storage::StoreSettings};

use super::{
    Access, Config, Serves, is_loopback,
    problem::Complaint,
    quantity::format_size,
    section::{Section, Shown},
};

/// The longest that S3 and its like honour a presigned URL.
const LONGEST_PRESIGNED: Duration = Duration::from_secs(7 * 24 * 3600);

/// Notes what does not go together.
pub(crate) fn run(root: &Section<'_, '_>, config: &Config) {
    listeners(root, config);
    default_stores(root, config);
    folders(root, config);
    kept_file(root, config);
    lifetime(root, config);
    budgets(root, config);
    overlays(root, config);
    public_bases(root, config);
}

fn listeners(root: &Section<'_, '_>, config: &Config) {
    let listen = root.section("listen");
    if config.listen.insecure {
        return;
    }
    let tokens_written = root.section("auth").node("tokens").is_some();
    if !is_loopback(config.listen.grpc) && config.auth.tokens.is_empty() && !tokens_written {
        let complaint = Complaint::new(
            "can be reached by anybody, and there are no auth.tokens",
            "add tokens, listen on 127.0.0.1, or say listen.insecure = true",
        );
        listen.complain("grpc", complaint);
    }
    if !is_loopback(config.listen.http) && config.media.access == Access::Open {
        let complaint = Complaint::new(
            "can be reached by anybody, and media.access is \"open\"",
            "write media.access = \"signed\", listen on 127.0.0.1, or say listen.insecure = true",
        );
        listen.complain("http", complaint);
    }
}

fn default_stores(root: &Section<'_, '_>, config: &Config) {
    let (defaults, stores) = (root.section("defaults"), root.section("stores"));
    let names: Vec<&str> =
        stores.table().into_iter().flat_map(|table| table.keys().map(|name| &**name.get_ref())).collect();
    let missing = |key: &str, name: &StoreName| {
        if names.contains(&name.as_str()) {
            return false;
        }
        let known = if names.is_empty() {
            "there are none".to_owned()
        } else {
            format!("there are {}", names.join(", "))
        };
        let remedy = format!("name a store that is configured ({known}), or add [stores.{name}]");
        // A default that was not written is told as what it is.
        let message = match defaults.node(key) {
            Some(_) => "names no store".to_owned(),
            None => format!("is \"{name}\" by default, which names no store"),
        };
        defaults.complain(key, Complaint::new(message, remedy));
        true
    };
    missing("rendition_store", &config.defaults.rendition_store);
    let source = &config.defaults.source_store;
    if !missing("source_store", source)
        && let Some(store) = config.stores.get(source)
        && !store.source
    {
        let complaint = Complaint::new(
            format!("is the store {source}, which holds no sources"),
            format!("write source = true into [stores.{source}], or name another store"),
        );
        defaults.complain("source_store", complaint);
    }
}

/// No folder lies in another, or one store would list, serve and delete what belongs to the other.
fn folders(root: &Section<'_, '_>, config: &Config) {
    let stores = root.section("stores");
    let mut folders: Vec<(String, PathBuf, Section<'_, '_>, &str)> = Vec::new();
    for (name, store) in &config.stores {
        if let StoreSettings::Fs { root } = &store.settings {
            folders.push((
                format!("the root of the store {name}"),
                resolve(root),
                stores.section(name.as_str()),
                "root",
            ));
        }
    }
    folders.push((
        "the queue's folder".to_owned(),
        resolve(&config.queue.path),
        root.section("queue"),
        "path",
    ));
    for (index, (_, folder, section, key)) in folders.iter().enumerate() {
        for (other_name, other, ..) in &folders[..index] {
            let message = if folder == other {
                format!("is also {other_name}")
            } else if folder.starts_with(other) {
                format!("lies inside of {other_name}")
            } else if other.starts_with(folder) {
                format!("contains {other_name}")
            } else {
                continue;
            };
            section.complain(
                key,
                Complaint::new(message, "give each a folder of its own, none inside of another"),
            );
        }
    }
}

/// The file of the cache lies in no store, which would list and serve it.
fn kept_file(root: &Section<'_, '_>, config: &Config) {
    let file = resolve(&config.cache.path);
    for (name, store) in &config.stores {
        if let StoreSettings::Fs { root: folder } = &store.settings
            && file.starts_with(resolve(folder))
            && root.section("cache").node("path").is_some()
        {
            let message = format!("lies in the store {name}");
            root.section("cache")
                .complain("path", Complaint::new(message, "name a file outside of all stores"));
        }
    }
}

/// The folder that a path leads to: links followed as far as it exists, the rest put together by name.
fn resolve(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut resolved = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::ParentDir => {
                resolved.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                resolved.push(component);
                if let Ok(canonical) = resolved.canonicalize() {
                    resolved = canonical;
                }
            }
        }
    }
    resolved
}

fn lifetime(root: &Section<'_, '_>, config: &Config) {
    let presigning = config.stores.iter().find(|(_, store)| match store.settings {
        StoreSettings::Fs { .. } | StoreSettings::Memory => false,
        StoreSettings::S3(_) | StoreSettings::Gcs(_) | StoreSettings::Azblob(_) => true,
    });
    if let Some((name, _)) = presigning
        && config.media.lifetime > LONGEST_PRESIGNED
    {
        let message = format!("is longer than the store {name} honours a presigned URL");
        root.section("media").complain("lifetime", Complaint::new(message, "write at most \"7d\""));
    }
}

fn budgets(root: &Section<'_, '_>, config: &Config) {
    let limits = &config.limits;
    if limits.fetch_bytes < limits.max_source_bytes {
        let section = root.section("limits");
        let message = format!(
            "{} is less than limits.max_source_bytes, {}: the largest sources could never be fetched",
            format_size(limits.fetch_bytes),
            format_size(limits.max_source_bytes)
        );
        let key = if section.node("fetch_bytes").is_some() { "fetch_bytes" } else { "max_source_bytes" };
        let remedy = "raise limits.fetch_bytes, or lower limits.max_source_bytes";
        let span = section.node(key).map(|node| node.span());
        root.reader.complain(
            "limits.fetch_bytes".to_owned(),
            span,
            Shown::No,
            Complaint::new(message, remedy),
        );
    }
}

/// Only the store of renditions is served, and memory by nobody but us.
fn public_bases(root: &Section<'_, '_>, config: &Config) {
    let stores = root.section("stores");
    let rendition_store = &config.defaults.rendition_store;
    for (name, store) in &config.stores {
        let Some(base) = &store.public_base else { continue };
        let section = stores.section(name.as_str()).section("public_base");
        if name != rendition_store {
            let message = format!("is of no use: renditions lie in the store {rendition_store}");
            section.complain(
                "url",
                Complaint::new(message, format!("write it into [stores.{rendition_store}]")),
            );
        } else if base.serves == Serves::Store && store.settings == StoreSettings::Memory {
            let message = "can't be \"store\": nobody else can read this server's memory";
            section.complain("serves", Complaint::new(message, "write serves = \"media\""));
        }
    }
}

/// An overlay that has a problem of its own counts as there, so that one problem is told once.
fn overlays(root: &Section<'_, '_>, config: &Config) {
    let (overlays, specs) = (root.section("overlays"), root.section("specs"));
    let names: Vec<&str> =
        overlays.table().into_iter().flat_map(|table| table.keys().map(|name| &**name.get_ref())).collect();
    for (id, named) in &config.specs {
        if specs.node(id.as_str()).is_some() {
            named.check_overlays(&specs.section(id.as_str()), &names);
        }
    }
    let families = root.section("families");
    for (name, family) in &config.families {
        let member = family.members().next().and_then(|member| config.specs.get(&member.id));
        if let Some(member) = member {
            family.check_overlays(&families.section(name.as_str()), member, &names);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_the_same_by_whatever_name() {
        let here = resolve(Path::new("."));
        assert!(here.is_absolute());
        assert_eq!(resolve(Path::new("./absent/../absent/x/.")), here.join("absent/x"));
        assert_eq!(resolve(&here), here);
    }
}
