//! A container of Azure Blob Storage.

use std::sync::Arc;

use opendal::services::Azblob;

use super::super::{AzblobSettings, StorageError, Store, StoreLimits};
use super::secret::given;
use super::{Abilities, Life, Remote};

pub(in super::super) fn open(
    name: &str,
    settings: &AzblobSettings,
    limits: &StoreLimits,
) -> Result<Arc<dyn Store>, StorageError> {
    let key = given(name, settings.account_key.as_ref(), settings.account_key_file.as_deref())?;
    let mut service = Azblob::default().container(&settings.container).endpoint(&settings.endpoint);
    if let Some(prefix) = &settings.prefix {
        service = service.root(prefix);
    }
    if let Some(account) = &settings.account_name {
        service = service.account_name(account);
    }
    if let Some(key) = &key {
        service = service.account_key(key);
    }
    let abilities = Abilities { presign: key.is_some(), credentials: Life::default(), create_only: true };
    Remote::open(name, limits, service, None::<Azblob>, abilities)
}
