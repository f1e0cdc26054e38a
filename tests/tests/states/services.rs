//! The services beside the main one: specs, health, reflection.

use std::sync::{Arc, Mutex};

use rendition_client::Strategy;
use rendition_proto::v1::{ListSpecsRequest, spec_service_client::SpecServiceClient};
use rendition_server::{
    Config, Server,
    model::StoreName,
    storage::{Faulty, Operation, Store},
};
use rendition_tests::test_server::TestServer;
use tokio_stream::StreamExt;
use tonic::{Code, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::{v1, v1alpha};

use super::{options, server};

#[tokio::test(flavor = "multi_thread")]
async fn specs_are_listed_page_by_page_in_the_order_of_their_ids() {
    let config: String = ["beta", "alpha", "epsilon", "delta", "gamma"]
        .map(|id| format!("[specs.{id}]\noutput = {{ webp = {{}} }}\nstrategy = \"background\"\n"))
        .concat();
    let server = TestServer::with(options().config(&config)).await;
    let mut raw = SpecServiceClient::connect(server.grpc.clone()).await.unwrap();
    let (mut ids, mut sizes, mut page_token) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = raw.list_specs(ListSpecsRequest { page_size: 2, page_token }).await.unwrap().into_inner();
        sizes.push(page.specs.len());
        ids.extend(page.specs.into_iter().map(|spec| spec.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(ids, ["alpha", "beta", "delta", "epsilon", "gamma"]);
    assert_eq!(sizes, [2, 2, 1]);
    let client = server.client();
    assert_eq!(client.list_specs().await.unwrap().len(), 5);
    let nonsense = ListSpecsRequest { page_size: 0, page_token: "no token!".into() };
    assert_eq!(raw.list_specs(nonsense).await.unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(client.get_spec("beta").await.unwrap().strategy(), Some(Strategy::Background));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_specs_digest_is_the_one_in_its_keys() {
    let server = server().await;
    let client = server.client();
    let spec = client.get_spec("small").await.unwrap();
    let digest = spec.digest().unwrap();
    assert!(client.url(super::CAT).await.unwrap().key().ends_with(&format!(".{digest}.png")));
    assert!(spec.is_public());
}

async fn health(grpc: &str) -> HealthClient<Channel> {
    HealthClient::new(Channel::from_shared(grpc.to_owned()).unwrap().connect().await.unwrap())
}

async fn status(health: &mut HealthClient<Channel>, service: &str) -> Result<ServingStatus, Code> {
    let answer = health.check(HealthCheckRequest { service: service.into() }).await;
    answer.map(|answer| answer.into_inner().status()).map_err(|status| status.code())
}

const NAMES: [&str; 3] = ["", "rendition.v1.RenditionService", "rendition.v1.SpecService"];

#[tokio::test(flavor = "multi_thread")]
async fn health_is_serving_once_each_store_has_answered_and_liveness_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display();
    let config = format!(
        "version = 1\n[listen]\ngrpc = \"127.0.0.1:0\"\nhttp = \"127.0.0.1:0\"\n[queue]\npath = \"{root}/queue\"\n\
         [stores.media]\nkind = \"fs\"\nroot = \"{root}/media\"\nsource = true\n\
         [stores.renditions]\nkind = \"fs\"\nroot = \"{root}/renditions\"\n"
    );
    let holds = Arc::new(Mutex::new(Vec::new()));
    let held = holds.clone();
    let decorate = Arc::new(move |_: &StoreName, store: Arc<dyn Store>| {
        let faulty = Arc::new(Faulty::scripted(store));
        held.lock().unwrap().push(faulty.hold_next(Operation::Probe));
        faulty as Arc<dyn Store>
    });
    let config = Config::parse(&config, std::iter::empty()).unwrap();
    let server = Server::builder(config).decorate(decorate).bind().await.unwrap();
    let grpc = format!("http://{}", server.grpc_address().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    let mut health = health(&grpc).await;
    for name in NAMES {
        assert_eq!(status(&mut health, name).await, Ok(ServingStatus::NotServing), "{name:?}");
    }
    assert_eq!(status(&mut health, "liveness").await, Ok(ServingStatus::Serving));
    assert_eq!(status(&mut health, "store/media").await, Ok(ServingStatus::Unknown));
    assert_eq!(status(&mut health, "no.such.Service").await, Err(Code::NotFound));

    let request = HealthCheckRequest { service: String::new() };
    let mut watch = health.watch(request).await.unwrap().into_inner();
    assert_eq!(watch.next().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    for hold in holds.lock().unwrap().drain(..) {
        hold.release();
    }
    assert_eq!(watch.next().await.unwrap().unwrap().status(), ServingStatus::Serving);
    for name in NAMES.into_iter().chain(["store/media", "store/renditions"]) {
        assert_eq!(status(&mut health, name).await, Ok(ServingStatus::Serving), "{name:?}");
    }

    stop.send(()).unwrap();
    assert_eq!(watch.next().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    let begun = std::time::Instant::now();
    running.await.unwrap().unwrap();
    assert!(begun.elapsed().as_secs() < 10, "an open watch holds the drain up");
}

#[tokio::test(flavor = "multi_thread")]
async fn reflection_names_our_services_in_both_of_its_versions() {
    let server = server().await;
    let channel = Channel::from_shared(server.grpc.clone()).unwrap().connect().await.unwrap();

    let request = v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(v1::server_reflection_request::MessageRequest::ListServices(String::new())),
    };
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(channel.clone());
    let mut answers = client.server_reflection_info(tokio_stream::once(request)).await.unwrap().into_inner();
    let answer = answers.next().await.unwrap().unwrap().message_response.unwrap();
    let v1::server_reflection_response::MessageResponse::ListServicesResponse(list) = answer else {
        panic!("{answer:?}")
    };
    let names: Vec<String> = list.service.into_iter().map(|service| service.name).collect();
    for name in &NAMES[1..] {
        assert!(names.iter().any(|listed| listed == name), "{names:?}");
    }

    let request = v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(v1alpha::server_reflection_request::MessageRequest::FileContainingSymbol(
            NAMES[1].into(),
        )),
    };
    let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(channel);
    let mut answers = client.server_reflection_info(tokio_stream::once(request)).await.unwrap().into_inner();
    let answer = answers.next().await.unwrap().unwrap().message_response.unwrap();
    assert!(
        matches!(
            answer,
            v1alpha::server_reflection_response::MessageResponse::FileDescriptorResponse(files)
                if !files.file_descriptor_proto.is_empty()
        ),
        "no file holds our service"
    );
}
