//! What an operator says of a store, as it stands in the configuration.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;

/// A string that is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for the one who signs with it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Which store, and where. In the configuration `kind` chooses the variant, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum StoreSettings {
    /// A folder of this machine.
    Fs {
        /// The folder; it is created if it is missing. Not empty.
        root: PathBuf,
    },
    /// Memory of this process: gone when it ends. For tests and trials.
    Memory,
    /// A bucket behind the S3 protocol.
    S3(S3Settings),
    /// A bucket of Google Cloud Storage. Needs the cargo feature `gcs`.
    Gcs(GcsSettings),
    /// A container of Azure Blob Storage. Needs the cargo feature `azblob`.
    Azblob(AzblobSettings),
}

impl StoreSettings {
    /// What and where the store is, in one line: two stores with the same line hold the same objects. None for a store that
    /// does not outlive the process. How it is reached and by whom is not in it, and no secret is.
    pub fn identity(&self) -> Option<String> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        match self {
            Self::Memory => None,
            Self::Fs { root } => {
                let root = std::path::absolute(root).unwrap_or_else(|_| root.clone());
                Some(format!("fs {}", root.display()))
            }
            Self::S3(s3) => Some(format!(
                "s3 {:?} {:?} {:?} {:?}",
                text(&s3.endpoint),
                text(&s3.region),
                s3.bucket,
                text(&s3.prefix)
            )),
            Self::Gcs(gcs) => {
                Some(format!("gcs {:?} {:?} {:?}", text(&gcs.endpoint), gcs.bucket, text(&gcs.prefix)))
            }
            Self::Azblob(azblob) => Some(format!(
                "azblob {:?} {:?} {:?}",
                azblob.endpoint,
                azblob.container,
                text(&azblob.prefix)
            )),
        }
    }
}

/// A bucket behind the S3 protocol.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Settings {
    /// The bucket's name.
    pub bucket: String,
    /// Its region; `us-east-1` if it is not given, which is what most servers other than Amazon's expect.
    pub region: Option<String>,
    /// The server's URL, `https://s3.amazonaws.com` if it is not given.
    pub endpoint: Option<String>,
    /// The URL under which readers reach the same server, for presigned URLs, where it differs from `endpoint`.
    pub public_endpoint: Option<String>,
    /// The folder in the bucket that everything lies below.
    pub prefix: Option<String>,
    /// The access key's id. If it is not given, the environment and the machine's identity are asked for credentials.
    pub access_key_id: Option<String>,
    /// The secret that belongs to it.
    pub secret_access_key: Option<Secret>,
    /// A file that holds the secret, instead of `secret_access_key`.
    pub secret_access_key_file: Option<PathBuf>,
    /// A token that belongs to temporary credentials.
    pub session_token: Option<Secret>,
    /// Whether the bucket stands in the URL's path rather than in its host name; true if it is not given.
    pub force_path_style: Option<bool>,
    /// Whether the server honours `If-None-Match: *` on writing, as Amazon's and most others do; true if it is not given.
    pub conditional_writes: Option<bool>,
}

/// A bucket of Google Cloud Storage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GcsSettings {
    /// The bucket's name.
    pub bucket: String,
    /// The server's URL, if it is not Google's.
    pub endpoint: Option<String>,
    /// The folder in the bucket that everything lies below.
    pub prefix: Option<String>,
    /// A file with the key of a service account. If it is not given, the machine's identity is used.
    pub credential_file: Option<PathBuf>,
}

/// A container of Azure Blob Storage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AzblobSettings {
    /// The container's name.
    pub container: String,
    /// The account's URL.
    pub endpoint: String,
    /// The folder in the container that everything lies below.
    pub prefix: Option<String>,
    /// The account's name.
    pub account_name: Option<String>,
    /// The account's key.
    pub account_key: Option<Secret>,
    /// A file that holds the key, instead of `account_key`.
    pub account_key_file: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn kinds_are_chosen_by_name() {
        let fs: StoreSettings = toml::from_str("kind = 'fs'\nroot = 'data/media'").unwrap();
        assert_eq!(fs, StoreSettings::Fs { root: "data/media".into() });
        assert_eq!(toml::from_str::<StoreSettings>("kind = 'memory'").unwrap(), StoreSettings::Memory);
        let s3 = "kind = 's3'\nbucket = 'b'\nendpoint = 'http://localhost:9000'\nprefix = 'p'";
        let StoreSettings::S3(s3) = toml::from_str(s3).unwrap() else { panic!("another kind") };
        assert_eq!((s3.bucket.as_str(), s3.prefix.as_deref()), ("b", Some("p")));
    }

    #[test]
    fn a_key_that_a_kind_does_not_know_is_an_error_that_names_it() {
        for text in ["kind = 'fs'\nroot = 'a'\nbukket = 'b'", "kind = 's3'\nbucket = 'b'\nbukket = 'b'"] {
            let error = toml::from_str::<StoreSettings>(text).unwrap_err();
            assert!(error.to_string().contains("bukket"), "{error}");
        }
    }

    #[test]
    fn a_store_is_the_same_by_where_it_is_and_not_by_who_reaches_it() {
        let s3 = |change: fn(&mut S3Settings)| {
            let mut settings = S3Settings { bucket: "b".into(), ..S3Settings::default() };
            change(&mut settings);
            StoreSettings::S3(settings).identity().unwrap()
        };
        let plain = s3(|_| {});
        assert_eq!(s3(|settings| settings.secret_access_key = Some(Secret::new("x"))), plain);
        assert_ne!(s3(|settings| settings.prefix = Some("p".into())), plain);
        assert_ne!(s3(|settings| settings.endpoint = Some("http://localhost:1".into())), plain);
        assert_eq!(StoreSettings::Memory.identity(), None);
        let fs = |root: &str| StoreSettings::Fs { root: root.into() }.identity();
        assert_eq!(fs("media"), fs("./media"));
        assert_ne!(fs("media"), fs("other"));
    }

    #[test]
    fn secrets_are_not_printed() {
        let settings = StoreSettings::S3(S3Settings {
            secret_access_key: Some(Secret::new("hush hush")),
            session_token: Some(Secret::new("hush hush")),
            ..S3Settings::default()
        });
        let printed = format!("{settings:?} {settings:#?}");
        assert!(printed.contains("secret_access_key") && !printed.contains("hush"), "{printed}");
    }
}
