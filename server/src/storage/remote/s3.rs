//! A bucket behind the S3 protocol.

use std::sync::Arc;

use opendal::services::S3;

use super::super::{S3Settings, StorageError, Store, StoreLimits};
use super::credentials::Watched;
use super::secret::{given, invalid};
use super::{Abilities, Life, Remote};

/// What most servers other than Amazon's take for their region.
const DEFAULT_REGION: &str = "us-east-1";

/// Amazon's own server, for which nobody has to give an endpoint.
const AMAZON: &str = "https://s3.amazonaws.com";

pub(in super::super) fn open(
    name: &str,
    settings: &S3Settings,
    limits: &StoreLimits,
) -> Result<Arc<dyn Store>, StorageError> {
    let secret =
        given(name, settings.secret_access_key.as_ref(), settings.secret_access_key_file.as_deref())?;
    if settings.access_key_id.is_some() != secret.is_some() {
        return Err(invalid(name, "an access key needs both its id and its secret"));
    }
    let endpoint = settings.endpoint.as_deref().unwrap_or(AMAZON);
    // Each operator finds credentials of its own; those are watched that presigned URLs are signed with.
    let credentials = Life::default();
    let of_public = settings
        .public_endpoint
        .as_deref()
        .map(|public| (service(settings, public, secret.as_deref(), credentials.clone()), Life::default()));
    let (public_service, of_calls) = match of_public {
        Some((service, unwatched)) => (Some(service), unwatched),
        None => (None, credentials.clone()),
    };
    let create_only = settings.conditional_writes.unwrap_or(true);
    let abilities = Abilities { presign: true, credentials, create_only };
    let service = service(settings, endpoint, secret.as_deref(), of_calls);
    Remote::open(name, limits, service, public_service, abilities)
}

fn service(settings: &S3Settings, endpoint: &str, secret: Option<&str>, credentials: Life) -> S3 {
    let mut service = S3::default()
        .bucket(&settings.bucket)
        .endpoint(endpoint)
        .region(settings.region.as_deref().unwrap_or(DEFAULT_REGION));
    if let Some(prefix) = &settings.prefix {
        service = service.root(prefix);
    }
    if let (Some(id), Some(secret)) = (&settings.access_key_id, secret) {
        // Given credentials are the only ones: no surprise from the environment or the machine.
        service =
            service.access_key_id(id).secret_access_key(secret).disable_config_load().disable_ec2_metadata();
    } else {
        service = service.credential_provider_chain(Watched::chain(credentials));
    }
    if let Some(token) = &settings.session_token {
        service = service.session_token(token.expose());
    }
    if !settings.force_path_style.unwrap_or(true) {
        service = service.enable_virtual_host_style();
    }
    service
}
