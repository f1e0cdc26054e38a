//! Health by the standard protocol: `liveness`, `""` and each service, and `store/<name>`.
//!
//! The server is ready once each store has answered once. A later outage of a store shows under its own
//! name and in the calls that need it, never as unreadiness: what is cached goes on being answered.

use std::{collections::HashSet, sync::Arc, time::Duration};

use rendition_proto::v1::{
    maintenance_service_server::MaintenanceServiceServer, prewarm_service_server::PrewarmServiceServer,
    rendition_service_server::RenditionServiceServer, source_service_server::SourceServiceServer,
    spec_service_server::SpecServiceServer,
};
use tonic::server::NamedService;
use tonic_health::{ServingStatus, server::HealthReporter};

use super::{
    maintenance_service::Maintenance, prewarm_service::Prewarming, rendition_service::Renditions,
    source_service::Sources, spec_service::SpecList,
};
use crate::storage::Store;

/// How often a store is asked while the server is not ready, and after.
const WHILE_STARTING: Duration = Duration::from_millis(250);
const WHILE_SERVING: Duration = Duration::from_secs(10);
/// How long those who watch have to hear that the server drains.
const TO_HEAR: Duration = Duration::from_secs(1);

/// The names that say whether calls should be sent here.
fn readiness() -> [&'static str; 6] {
    [
        "",
        MaintenanceServiceServer::<Maintenance>::NAME,
        PrewarmServiceServer::<Prewarming>::NAME,
        RenditionServiceServer::<Renditions>::NAME,
        SourceServiceServer::<Sources>::NAME,
        SpecServiceServer::<SpecList>::NAME,
    ]
}

/// Says that the server lives and is not ready; called before the port is bound, because the reporter
/// begins with `""` as SERVING.
pub async fn begin(health: &HealthReporter, stores: &[(String, Arc<dyn Store>)]) {
    health.set_service_status("liveness", ServingStatus::Serving).await;
    set_ready(health, ServingStatus::NotServing).await;
    for (name, _) in stores {
        health.set_service_status(format!("store/{name}"), ServingStatus::Unknown).await;
    }
}

/// Says that the server drains.
pub async fn drain(health: &HealthReporter) {
    set_ready(health, ServingStatus::NotServing).await;
}

/// Ends the streams of those who watch, once they have heard of the drain: they would hold their
/// connections, and with them the server, for as long as it lets them.
pub async fn end(mut health: HealthReporter, stores: &[String]) {
    tokio::time::sleep(TO_HEAR).await;
    for name in readiness().into_iter().chain(["liveness"]) {
        health.clear_service_status(name).await;
    }
    for name in stores {
        health.clear_service_status(&format!("store/{name}")).await;
    }
}

/// Asks the stores again and again, for ever, and says what they answer.
pub async fn watch(health: HealthReporter, stores: Vec<(String, Arc<dyn Store>)>) {
    let mut silent: HashSet<String> = stores.iter().map(|(name, _)| name.clone()).collect();
    let mut ready = false;
    loop {
        for (name, store) in &stores {
            let answer = store.probe().await;
            if let Err(error) = &answer {
                tracing::warn!(store = %name, %error, "the store does not answer");
            } else {
                silent.remove(name);
            }
            let status = if answer.is_ok() { ServingStatus::Serving } else { ServingStatus::NotServing };
            health.set_service_status(format!("store/{name}"), status).await;
        }
        if !ready && silent.is_empty() {
            ready = true;
            set_ready(&health, ServingStatus::Serving).await;
            tracing::info!("all stores have answered, the server is ready");
        }
        tokio::time::sleep(if ready { WHILE_SERVING } else { WHILE_STARTING }).await;
    }
}

async fn set_ready(health: &HealthReporter, status: ServingStatus) {
    for name in readiness() {
        health.set_service_status(name, status).await;
    }
}
