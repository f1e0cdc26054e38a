//! A bucket of Google Cloud Storage.

use std::sync::Arc;

use opendal::services::Gcs;

use super::super::{GcsSettings, StorageError, Store, StoreLimits};
use super::secret::invalid;
use super::{Abilities, Life, Remote};

pub(in super::super) fn open(
    name: &str,
    settings: &GcsSettings,
    limits: &StoreLimits,
) -> Result<Arc<dyn Store>, StorageError> {
    let mut service = Gcs::default().bucket(&settings.bucket);
    if let Some(endpoint) = &settings.endpoint {
        service = service.endpoint(endpoint);
    }
    if let Some(prefix) = &settings.prefix {
        service = service.root(prefix);
    }
    if let Some(file) = &settings.credential_file {
        let path = file.to_str().ok_or_else(|| invalid(name, "the credential file's name is not utf-8"))?;
        service = service.credential_path(path);
    }
    // Signing needs the key of a service account, which the machine's identity does not have.
    let abilities = Abilities {
        presign: settings.credential_file.is_some(),
        credentials: Life::default(),
        create_only: true,
    };
    Remote::open(name, limits, service, None::<Gcs>, abilities)
}
