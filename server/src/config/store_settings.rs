//! What a store is and where: the keys that depend on its kind.

use std::path::PathBuf;

use toml::de::DeValue;

use crate::storage::{AzblobSettings, GcsSettings, S3Settings, Secret, StoreSettings};

use super::{
    key::{Key, Kind},
    problem::Complaint,
    section::Section,
    suggestion::nearest,
    value::{FromValue, choice},
};

const KINDS: [&str; 5] = ["fs", "memory", "s3", "gcs", "azblob"];

/// The keys that a store of each kind has, besides those that all have.
const FOR_KIND: [(&str, &[&str]); 5] = [
    ("fs", &["root"]),
    ("memory", &[]),
    (
        "s3",
        &[
            "bucket",
            "region",
            "endpoint",
            "public_endpoint",
            "prefix",
            "access_key_id",
            "secret_access_key",
            "secret_access_key_file",
            "session_token",
            "force_path_style",
            "conditional_writes",
        ],
    ),
    ("gcs", &["bucket", "endpoint", "prefix", "credential_file"]),
    ("azblob", &["container", "endpoint", "prefix", "account_name", "account_key", "account_key_file"]),
];

pub(crate) const KEYS: &[Key] = &[
    Key::without_default(
        "stores.<name>.kind",
        Kind::Choice(&KINDS),
        "required",
        "What the store is: a folder, the server's memory, or a bucket. gcs and azblob need a server built with the cargo feature of that name.",
    ),
    Key::without_default(
        "stores.<name>.root",
        Kind::Path,
        "required for fs",
        "fs: the folder, relative to where the server was started; it is created if it is missing. Symbolic links in it are followed where \
         they are relative and stay below it, and refused with NOT_PERMITTED elsewhere.",
    ),
    Key::without_default(
        "stores.<name>.bucket",
        Kind::Text,
        "required for s3 and gcs",
        "s3, gcs: the bucket.",
    ),
    Key::without_default("stores.<name>.region", Kind::Text, "`\"us-east-1\"`", "s3: the bucket's region."),
    Key::without_default(
        "stores.<name>.endpoint",
        Kind::Text,
        "Amazon's (s3), Google's (gcs); required for azblob",
        "s3, gcs, azblob: the URL of the server, or of the account (azblob).",
    ),
    Key::without_default(
        "stores.<name>.public_endpoint",
        Kind::Text,
        "`endpoint`",
        "s3: the URL under which callers reach the same server, for presigned URLs.",
    ),
    Key::without_default(
        "stores.<name>.prefix",
        Kind::Text,
        "the whole bucket",
        "s3, gcs, azblob: the folder in the bucket that everything lies below.",
    ),
    Key::without_default(
        "stores.<name>.access_key_id",
        Kind::Text,
        "the process's environment and the machine's identity are asked",
        "s3: the access key's id.",
    ),
    Key::without_default(
        "stores.<name>.secret_access_key",
        Kind::SecretText,
        "see `secret_access_key_file`",
        "s3: the secret that belongs to the access key. Rather use the file.",
    ),
    Key::without_default(
        "stores.<name>.secret_access_key_file",
        Kind::Path,
        "see `access_key_id`",
        "s3: a file that holds the secret that belongs to the access key.",
    ),
    Key::without_default(
        "stores.<name>.session_token",
        Kind::SecretText,
        "none",
        "s3: the token that belongs to temporary credentials.",
    ),
    Key::without_default(
        "stores.<name>.force_path_style",
        Kind::Flag,
        "`true`",
        "s3: whether the bucket stands in the URL's path rather than in its host name.",
    ),
    Key::without_default(
        "stores.<name>.conditional_writes",
        Kind::Flag,
        "`true`",
        "s3: whether the server honours `If-None-Match: *` on writing.",
    ),
    Key::without_default(
        "stores.<name>.credential_file",
        Kind::Path,
        "the machine's identity is used",
        "gcs: a file with the key of a service account.",
    ),
    Key::without_default(
        "stores.<name>.container",
        Kind::Text,
        "required for azblob",
        "azblob: the container.",
    ),
    Key::without_default("stores.<name>.account_name", Kind::Text, "none", "azblob: the account."),
    Key::without_default(
        "stores.<name>.account_key",
        Kind::SecretText,
        "see `account_key_file`",
        "azblob: the account's key. Rather use the file.",
    ),
    Key::without_default(
        "stores.<name>.account_key_file",
        Kind::Path,
        "none",
        "azblob: a file that holds the account's key.",
    ),
];

/// Reads what a store is; none if it has a problem without a way around, which is noted.
pub(crate) fn read(section: &Section<'_, '_>) -> Option<StoreSettings> {
    let words = KINDS.map(|kind| (kind, kind));
    let remedy = "write kind = \"fs\", \"memory\", \"s3\", \"gcs\" or \"azblob\"";
    section.require::<String>("kind", remedy)?;
    let kind = match choice(section.node("kind")?.get_ref(), &words) {
        Ok(kind) => kind,
        Err(complaint) => {
            section.complain("kind", complaint);
            return None;
        }
    };
    refuse_keys_of_other_kinds(section, kind);
    for (feature, built) in [("gcs", cfg!(feature = "gcs")), ("azblob", cfg!(feature = "azblob"))] {
        if kind == feature && !built {
            let message = format!("this server was built without {feature}");
            section.complain("kind", Complaint::new(message, format!("build it with --features {feature}")));
        }
    }
    match kind {
        "fs" => {
            let root: PathBuf = section.require("root", "name the store's folder")?;
            Some(StoreSettings::Fs { root })
        }
        "memory" => Some(StoreSettings::Memory),
        "s3" => s3(section).map(StoreSettings::S3),
        "gcs" => gcs(section).map(StoreSettings::Gcs),
        _ => azblob(section).map(StoreSettings::Azblob),
    }
}

fn s3(section: &Section<'_, '_>) -> Option<S3Settings> {
    let settings = S3Settings {
        bucket: section.require("bucket", "name the store's bucket").unwrap_or_default(),
        region: section.read("region"),
        endpoint: url(section, "endpoint"),
        public_endpoint: url(section, "public_endpoint"),
        prefix: section.read("prefix"),
        access_key_id: section.read("access_key_id"),
        secret_access_key: section.read("secret_access_key"),
        secret_access_key_file: file(section, "secret_access_key_file"),
        session_token: section.read("session_token"),
        force_path_style: section.read("force_path_style"),
        conditional_writes: section.read("conditional_writes"),
    };
    refuse_both(section, "secret_access_key", "secret_access_key_file");
    let secret = section.node("secret_access_key").or(section.node("secret_access_key_file"));
    match (&settings.access_key_id, secret) {
        (Some(_), None) => {
            section.complain(
                "access_key_id",
                Complaint::new("has no secret beside it", "write secret_access_key_file too"),
            );
        }
        (None, Some(_)) if section.node("access_key_id").is_none() => {
            let complaint = Complaint::new("is missing beside its secret", "write access_key_id too");
            section.complain("access_key_id", complaint);
        }
        _ => {}
    }
    (!settings.bucket.is_empty()).then_some(settings)
}

fn gcs(section: &Section<'_, '_>) -> Option<GcsSettings> {
    let settings = GcsSettings {
        bucket: section.require("bucket", "name the store's bucket").unwrap_or_default(),
        endpoint: url(section, "endpoint"),
        prefix: section.read("prefix"),
        credential_file: file(section, "credential_file"),
    };
    (!settings.bucket.is_empty()).then_some(settings)
}

fn azblob(section: &Section<'_, '_>) -> Option<AzblobSettings> {
    let container = section.require("container", "name the store's container");
    section.require::<String>("endpoint", "write the URL of the account")?;
    refuse_both(section, "account_key", "account_key_file");
    Some(AzblobSettings {
        container: container?,
        endpoint: url(section, "endpoint")?,
        prefix: section.read("prefix"),
        account_name: section.read("account_name"),
        account_key: section.read("account_key"),
        account_key_file: file(section, "account_key_file"),
    })
}

fn refuse_both(section: &Section<'_, '_>, text: &str, file: &str) {
    if section.node(text).is_some() && section.node(file).is_some() {
        section.complain(file, Complaint::new(format!("stands beside {text}"), "write one of the two"));
    }
}

fn refuse_keys_of_other_kinds(section: &Section<'_, '_>, kind: &str) {
    let own = FOR_KIND.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, keys)| keys);
    for (key, _) in section.table().into_iter().flatten() {
        let key: &str = key.get_ref();
        let of_another = FOR_KIND.iter().any(|(_, keys)| keys.contains(&key));
        if of_another && !own.contains(&key) {
            let remedy = match nearest(key, own.iter().copied()) {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None => "leave it out, or change the kind".to_owned(),
            };
            section.complain(key, Complaint::new(format!("is no key of a store of kind \"{kind}\""), remedy));
        }
    }
}

fn url(section: &Section<'_, '_>, name: &str) -> Option<String> {
    let text: String = section.read(name)?;
    let url = text.parse::<http::Uri>().ok();
    let sound = url.is_some_and(|url| {
        matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some_and(|host| !host.is_empty())
    });
    if !sound {
        section.complain(
            name,
            Complaint::new(
                "is not an http or https URL",
                "write one such as \"https://s3.eu-central-1.amazonaws.com\"",
            ),
        );
    }
    Some(text)
}

fn file(section: &Section<'_, '_>, name: &str) -> Option<PathBuf> {
    let file: PathBuf = section.read(name)?;
    if let Err(error) = std::fs::File::open(&file) {
        section.complain(
            name,
            Complaint::new(format!("can't be read: {error}"), "name a file that the server may read"),
        );
    }
    Some(file)
}

impl FromValue for Secret {
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint> {
        String::from_value(value, kind).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_but_that_of_the_kind_belongs_to_a_kind() {
        let known: BTreeSet<&str> = FOR_KIND.iter().flat_map(|(_, keys)| keys.iter().copied()).collect();
        let rows: BTreeSet<&str> = KEYS.iter().filter_map(|row| row.path.split('.').nth(2)).collect();
        assert_eq!(known, rows.into_iter().filter(|name| *name != "kind").collect());
    }
}
