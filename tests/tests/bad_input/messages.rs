//! Messages that are too large, too many, or make no sense.

use rendition_client::{Client, Code, RenditionRef, Source, Spec, Url, UrlOptions};
use rendition_proto::v1::{self, rendition_service_client::RenditionServiceClient};
use rendition_tests::refusals::{at_once, refused};
use tonic_types::StatusExt;

use super::{GOOD, server, still_answers};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_the_limit_is_message_too_large() {
    let (server, _) = server("[limits]\nmax_message_bytes = \"64 KiB\"\n").await;
    let client = Client::builder(server.grpc.as_str()).max_message_bytes(64 << 20).build().unwrap();
    let path = "x".repeat(1 << 20);
    refused(
        at_once(client.ensure_generated((path, "small"))).await,
        Code::InvalidArgument,
        "MESSAGE_TOO_LARGE",
        None,
    );
    let specs = client.get_spec("y".repeat(1 << 20));
    refused(at_once(specs).await, Code::InvalidArgument, "MESSAGE_TOO_LARGE", None);
    assert!(client.ensure_generated(GOOD).await.unwrap().rendition().is_ready(), "on the same connection");
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_more_items_than_the_limit_is_batch_too_large() {
    let (server, client) = server("").await;
    let (code, reason) = (Code::InvalidArgument, "BATCH_TOO_LARGE");
    let many = || vec![GOOD; 1001];
    refused(at_once(client.batch_ensure_generated(many())).await, code, reason, Some("requests"));
    refused(at_once(client.batch_exists(many())).await, code, reason, Some("requests"));
    refused(at_once(client.batch_url(many())).await, code, reason, Some("requests"));
    let watched = at_once(client.watch(many())).await.map(|_| ());
    refused(watched, code, reason, Some("renditions"));
    assert_eq!(client.batch_exists(vec![GOOD; 1000]).await.unwrap().len(), 1000);
    assert_eq!(client.batch_exists(Vec::<(&str, &str)>::new()).await.unwrap().len(), 0);
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_with_nothing_or_nonsense_in_them_name_the_field() {
    let (server, _) = server("").await;
    let mut raw = RenditionServiceClient::connect(server.grpc.clone()).await.unwrap();
    let source = || Some(v1::Source { path: GOOD.0.into(), ..Default::default() });
    let recipe = |recipe| Some(v1::Recipe { recipe });
    let small = || recipe(Some(v1::recipe::Recipe::SpecId("small".into())));
    let rendition = |source, recipe| Some(v1::RenditionRef { source, recipe, accept: vec![] });
    let ask = |rendition| v1::EnsureGeneratedRequest { rendition, ..Default::default() };
    let empty = v1::Spec::default();
    let no_operation = v1::Spec { operations: vec![v1::Operation::default()], ..Default::default() };
    let inline = |spec| recipe(Some(v1::recipe::Recipe::Spec(spec)));
    let backwards = prost_types::Duration { seconds: -1, nanos: 0 };
    let crowded = prost_types::Duration { seconds: 0, nanos: i32::MAX };
    let zero = v1::Source { dimensions: Some(v1::Dimensions::default()), ..source().unwrap() };
    let bad = [
        (ask(None), "INVALID_ARGUMENT", "rendition"),
        (ask(rendition(None, small())), "INVALID_PATH", "rendition.source.path"),
        (ask(rendition(source(), None)), "INVALID_SPEC", "rendition.recipe"),
        (ask(rendition(source(), recipe(None))), "INVALID_SPEC", "rendition.recipe"),
        (ask(rendition(source(), inline(empty))), "INVALID_SPEC", "rendition.recipe.spec.output"),
        (
            ask(rendition(source(), inline(no_operation))),
            "INVALID_SPEC",
            "rendition.recipe.spec.operations[0]",
        ),
        (ask(rendition(Some(zero), small())), "INVALID_ARGUMENT", "rendition.source.dimensions"),
        (
            v1::EnsureGeneratedRequest { strategy: 99, ..ask(rendition(source(), small())) },
            "INVALID_ARGUMENT",
            "strategy",
        ),
        (
            v1::EnsureGeneratedRequest { max_wait: Some(backwards), ..ask(rendition(source(), small())) },
            "INVALID_ARGUMENT",
            "max_wait",
        ),
        (
            v1::EnsureGeneratedRequest { max_wait: Some(crowded), ..ask(rendition(source(), small())) },
            "INVALID_ARGUMENT",
            "max_wait",
        ),
    ];
    for (message, reason, field) in bad {
        let status = at_once(raw.ensure_generated(message)).await.unwrap_err();
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!((info.reason.as_str(), info.domain.as_str()), (reason, "rendition"), "{field}");
        assert_eq!(status.code(), Code::InvalidArgument, "{field}");
        assert_eq!(details.bad_request().unwrap().field_violations[0].field, field);
    }
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_message_are_invalid_argument() {
    let (server, _) = server("").await;
    let channel = tonic::transport::Endpoint::new(server.grpc.clone()).unwrap().connect().await.unwrap();
    let mut raw = tonic::client::Grpc::new(channel);
    raw.ready().await.unwrap();
    // As a request of another type it is well-formed: a number where the rendition is expected.
    let other = v1::WatchUpdate { index: 7, rendition: None };
    let path = tonic::codegen::http::uri::PathAndQuery::from_static(
        "/rendition.v1.RenditionService/EnsureGenerated",
    );
    let codec = tonic_prost::ProstCodec::<_, v1::EnsureGeneratedResponse>::default();
    let answer = at_once(raw.unary(tonic::Request::new(other), path, codec)).await;
    let status = answer.unwrap_err();
    let details = status.get_error_details();
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    assert_eq!(details.error_info().unwrap().reason, "INVALID_ARGUMENT");
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_values_get_errors_that_are_short_enough_for_every_caller() {
    let (server, client) = server("").await;
    let mut raw = RenditionServiceClient::connect(server.grpc.clone()).await.unwrap();
    for letter in ["f", "€"] {
        let long = letter.repeat(500_000);
        let specs = || Spec::builder().resize_to_fit((10, 10));
        let inline = |spec: &Spec, field: &str| {
            let field = format!("rendition.recipe.spec.{field}");
            ((GOOD.0, spec).into(), Code::InvalidArgument, "INVALID_SPEC", field)
        };
        let asked: Vec<(RenditionRef, Code, &str, String)> = vec![
            ((GOOD.0, &*long).into(), Code::NotFound, "SPEC_NOT_FOUND", "rendition.recipe.spec_id".into()),
            (
                (Source::new(GOOD.0).store(&*long), GOOD.1).into(),
                Code::NotFound,
                "STORE_NOT_FOUND",
                "rendition.source.store".into(),
            ),
            (
                (Source::new(GOOD.0).version(&*long), GOOD.1).into(),
                Code::InvalidArgument,
                "INVALID_VERSION",
                "rendition.source.version".into(),
            ),
            ((&*long, GOOD.1).into(), Code::InvalidArgument, "INVALID_PATH", "rendition.source.path".into()),
            inline(&specs().color_overlay(&*long).png(()), "operations[1].color_overlay.color"),
            inline(&specs().overlay(&*long).png(()), "operations[1].overlay.name"),
        ];
        for (rendition, code, reason, field) in asked {
            refused(at_once(client.ensure_generated(rendition.clone())).await, code, reason, Some(&field));
            // Python, Go and Java take 8 KiB of headers by default; that is the least of them.
            let message = v1::ExistsRequest { rendition: Some(rendition.into_proto()), ..Default::default() };
            let status = at_once(raw.exists(message)).await.unwrap_err();
            let headers = status.clone().into_http::<()>().headers().clone();
            let bytes: usize =
                headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum();
            assert!(bytes < 8 << 10, "{field}: {bytes} bytes");
        }
        let named = Url::new(GOOD).url_options(UrlOptions::new().download_name(&*long));
        let field = Some("url_options.download_name");
        refused(at_once(client.url(named)).await, Code::InvalidArgument, "INVALID_ARGUMENT", field);
        refused(at_once(client.get_spec(&*long)).await, Code::NotFound, "SPEC_NOT_FOUND", Some("id"));
    }
    assert_eq!(server.serving_calls(), 0);
    still_answers(&server).await;
}
