//! How long temporary credentials are good: a presigned URL ends with those that signed it, whatever it says itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use reqsign_aws_v4::{Credential, DefaultCredentialProvider};
use reqsign_core::{Context, ProvideCredential, ProvideCredentialChain};

/// Below this what is left is no help: the provider is asked for newer credentials, which it has by then.
const LEAST: Duration = Duration::from_secs(5 * 60);
/// What is left beyond the end of a URL, so that the two never meet.
const MARGIN: Duration = Duration::from_secs(1);

/// Until when the credentials are good that were found last: Unix milliseconds, 0 for ever.
#[derive(Clone, Debug, Default)]
pub(super) struct Life(Arc<AtomicU64>);

impl Life {
    /// What a URL can be granted of a lifetime. All of it where so little is left that newer credentials are due.
    pub(super) fn cap(&self, lifetime: Duration) -> Duration {
        match self.left(SystemTime::now()) {
            Some(left) if left >= LEAST.min(lifetime) => lifetime.min(left),
            _ => lifetime,
        }
    }

    fn left(&self, now: SystemTime) -> Option<Duration> {
        let until = self.0.load(Ordering::Relaxed);
        let until = (until > 0).then(|| SystemTime::UNIX_EPOCH + Duration::from_millis(until))?;
        // Signatures count whole seconds.
        let left = until.duration_since(now).unwrap_or_default().saturating_sub(MARGIN);
        Some(Duration::from_secs(left.as_secs()))
    }

    fn note(&self, until: Option<SystemTime>) {
        let since = until.and_then(|until| until.duration_since(SystemTime::UNIX_EPOCH).ok());
        let millis = since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX));
        self.0.store(millis, Ordering::Relaxed);
    }
}

/// Credentials that somebody else provides, such as the environment or the machine, and a note of how long they are good.
#[derive(Debug)]
pub(super) struct Watched<P> {
    inner: P,
    life: Life,
}

impl Watched<DefaultCredentialProvider> {
    /// The usual places, watched.
    pub(super) fn chain(life: Life) -> ProvideCredentialChain<Credential> {
        ProvideCredentialChain::new().push(Self { inner: DefaultCredentialProvider::new(), life })
    }
}

impl<P: ProvideCredential<Credential = Credential>> ProvideCredential for Watched<P> {
    type Credential = Credential;

    async fn provide_credential(&self, context: &Context) -> reqsign_core::Result<Option<Credential>> {
        let found = self.inner.provide_credential(context).await?;
        self.life.note(found.as_ref().and_then(|found| found.expires_in).map(|until| until.as_system_time()));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use opendal::services::S3;

    use super::super::super::StoreLimits;
    use super::super::{Abilities, Remote};
    use super::*;

    /// Credentials that are good for an hour.
    #[derive(Debug)]
    struct Hourly;

    impl ProvideCredential for Hourly {
        type Credential = Credential;

        async fn provide_credential(&self, _: &Context) -> reqsign_core::Result<Option<Credential>> {
            Ok(Some(Credential {
                access_key_id: "id".to_owned(),
                secret_access_key: "secret".to_owned(),
                session_token: Some("token".to_owned()),
                expires_in: Some(reqsign_core::time::Timestamp::now() + Duration::from_secs(3600)),
            }))
        }
    }

    #[tokio::test]
    async fn a_presigned_url_ends_with_the_credentials_that_signed_it() {
        let credentials = Life::default();
        let watched = Watched { inner: Hourly, life: credentials.clone() };
        let service = S3::default()
            .bucket("b")
            .region("r")
            .endpoint("http://127.0.0.1:1")
            .credential_provider_chain(ProvideCredentialChain::new().push(watched));
        let abilities = Abilities { presign: true, credentials, create_only: true };
        let store = Remote::open("s", &StoreLimits::default(), service, None::<S3>, abilities).unwrap();
        let week = Duration::from_secs(7 * 24 * 3600);
        for _ in 0..2 {
            let presigned = store.presign_read("a", week, None, None).await.unwrap().unwrap();
            let granted = presigned.lifetime.as_secs();
            assert!((3500..3600).contains(&granted), "{granted}");
            assert!(presigned.url.contains(&format!("X-Amz-Expires={granted}")), "{}", presigned.url);
        }
        let short = store.presign_read("a", Duration::from_secs(60), None, None).await.unwrap().unwrap();
        assert_eq!(short.lifetime, Duration::from_secs(60));
    }

    #[test]
    fn a_url_is_granted_what_is_left_of_its_credentials() {
        let life = Life::default();
        let (hour, week) = (Duration::from_secs(3600), Duration::from_secs(7 * 24 * 3600));
        assert_eq!(life.cap(week), week, "credentials that last");
        life.note(Some(SystemTime::now() + hour));
        let granted = life.cap(week);
        assert!(granted < hour && granted > hour - Duration::from_secs(5), "{granted:?}");
        assert_eq!(life.cap(Duration::from_secs(60)), Duration::from_secs(60));
        life.note(Some(SystemTime::now() + Duration::from_secs(20)));
        assert_eq!(life.cap(week), week, "newer ones are due");
        assert_eq!(life.cap(Duration::from_secs(10)), Duration::from_secs(10));
    }
}
