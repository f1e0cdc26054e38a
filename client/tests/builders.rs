//! Every builder, every option of it, against the message that it makes and the JSON that reads as
//! the same.

#![allow(clippy::unwrap_used)]

use std::{collections::BTreeSet, time::Duration};

use prost::Message;
use rendition_client::{
    Anchor, Auto, Client, Crop, EnsureGenerated, Exists, FocalPoint, Jpeg, Offset, Operation, Output,
    OutputFormat, Png, PngCompression, RenditionRef, Resize, ResizeToCover, ResizeToFill, ResizeToFit,
    RetryPolicy, ScaledDecoding, Source, Spec, Strategy, Upscale, Url, UrlKind, UrlOptions, Webp,
};
use rendition_proto::v1;

/// The fields of a oneof in a message of the API.
fn oneof_fields(message: &str, oneof: &str) -> BTreeSet<String> {
    let set = prost_types::FileDescriptorSet::decode(rendition_proto::FILE_DESCRIPTOR_SET).unwrap();
    let mut messages = set.file.into_iter().flat_map(|file| file.message_type);
    let found = messages.find(|found| found.name() == message).unwrap();
    let index = found.oneof_decl.iter().position(|decl| decl.name() == oneof).unwrap();
    let fields = found.field.iter().filter(|field| field.oneof_index == Some(index as i32));
    fields.map(|field| field.name().to_owned()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_tables_have_every_operation_and_output_of_the_api() {
    assert_eq!(set(Operation::NAMES), oneof_fields("Operation", "operation"));
    assert_eq!(set(Output::NAMES), oneof_fields("Output", "output"));
}

/// Asserts that the JSON reads as the spec, and that the spec survives both JSON and the wire.
fn same(spec: &Spec, json: &str) -> v1::Spec {
    assert_eq!(serde_json::from_str::<Spec>(json).unwrap(), *spec, "{json}");
    let written = serde_json::to_string(spec).unwrap();
    assert_eq!(serde_json::from_str::<Spec>(&written).unwrap(), *spec, "{written}");
    let wire = v1::Spec::from(spec.clone());
    assert_eq!(Spec::try_from(wire.clone()).unwrap(), *spec);
    wire
}

fn operations(wire: v1::Spec) -> Vec<v1::operation::Operation> {
    wire.operations.into_iter().map(|operation| operation.operation.unwrap()).collect()
}

#[test]
fn every_sized_operation_makes_its_message() {
    let spec = Spec::builder()
        .resize(Resize::new(1, 2).upscale(Upscale::Allow))
        .resize_to_fit(ResizeToFit::width(3))
        .resize_to_fit(ResizeToFit::height(4))
        .resize_to_cover(ResizeToCover::new(5, 6).upscale(Upscale::Allow))
        .resize_to_fit((7, 8))
        .png(());
    let json = r#"{"operations": [
        {"resize": {"width": 1, "height": 2, "upscale": "allow"}},
        {"resize_to_fit": {"width": 3}},
        {"resize_to_fit": {"height": 4}},
        {"resize_to_cover": {"width": 5, "height": 6, "upscale": "allow"}},
        {"resize_to_fit": {"width": 7, "height": 8, "upscale": "never"}}
    ], "output": {"png": {}}}"#;
    use v1::operation::Operation as Wire;
    let (never, allow) = (v1::Upscale::Never as i32, v1::Upscale::Allow as i32);
    let fit = |width, height| {
        let anchor = v1::Anchor::Center.into();
        Wire::ResizeToFit(v1::ResizeToFit { width, height, upscale: never, anchor, mat_color: String::new() })
    };
    let expected = [
        Wire::Resize(v1::Resize { width: 1, height: 2, upscale: allow, ..v1::Resize::default() }),
        fit(3, 0),
        fit(0, 4),
        Wire::ResizeToCover(v1::ResizeToCover { width: 5, height: 6, upscale: allow }),
        fit(7, 8),
    ];
    assert_eq!(operations(same(&spec, json)), expected);
}

#[test]
fn every_position_makes_its_message() {
    let spec = Spec::builder()
        .resize_to_fill(ResizeToFill::new(1, 2).upscale(Upscale::Allow).anchor(Anchor::TopLeft))
        .resize_to_fill(ResizeToFill::new(1, 2).anchor(Anchor::Top).focal_point((0.25, 0.5)))
        .crop(Crop::new(3, 4).anchor(Anchor::Bottom))
        .crop(Crop::new(3, 4).focal_point(FocalPoint::new(0.0, 1.0)))
        .crop(Crop::new(3, 4).offset(Offset::new(5, 6)))
        .crop((3, 4))
        .webp(());
    let json = r#"{"operations": [
        {"resize_to_fill": {"width": 1, "height": 2, "upscale": "allow", "anchor": "top_left"}},
        {"resize_to_fill": {"width": 1, "height": 2, "focal_point": {"x": 0.25, "y": 0.5}}},
        {"crop": {"width": 3, "height": 4, "anchor": "bottom"}},
        {"crop": {"width": 3, "height": 4, "focal_point": {"x": 0, "y": 1}}},
        {"crop": {"width": 3, "height": 4, "offset": {"x": 5, "y": 6}}},
        {"crop": {"width": 3, "height": 4}}
    ], "output": {"webp": {}}}"#;
    use v1::{crop, operation::Operation as Wire, resize_to_fill};
    let fill = |upscale: v1::Upscale, position| {
        let upscale = upscale.into();
        Wire::ResizeToFill(v1::ResizeToFill { width: 1, height: 2, upscale, position: Some(position) })
    };
    let crop = |position| Wire::Crop(v1::Crop { width: 3, height: 4, position, ..v1::Crop::default() });
    let point = |x, y| v1::FocalPoint { x, y };
    let expected = [
        fill(v1::Upscale::Allow, resize_to_fill::Position::Anchor(v1::Anchor::TopLeft.into())),
        fill(v1::Upscale::Never, resize_to_fill::Position::FocalPoint(point(0.25, 0.5))),
        crop(Some(crop::Position::Anchor(v1::Anchor::Bottom.into()))),
        crop(Some(crop::Position::FocalPoint(point(0.0, 1.0)))),
        crop(Some(crop::Position::Offset(v1::Offset { x: 5, y: 6 }))),
        crop(None),
    ];
    assert_eq!(operations(same(&spec, json)), expected);
}

#[test]
fn every_output_makes_its_message() {
    use v1::output::Output as Wire;
    let output = |spec: Spec, json: &str| {
        let json = format!(r#"{{"output": {json}}}"#);
        same(&spec, &json).output.unwrap().output.unwrap()
    };
    let jpeg = || Jpeg::new().quality(70).background("#fff");
    let wire_jpeg = || v1::Jpeg { quality: Some(70), background: "#fff".to_owned(), ..v1::Jpeg::default() };
    let png = || Png::new().compression(PngCompression::High);
    let wire_png = || v1::Png { compression: v1::PngCompression::High.into() };
    let webp = || Webp::new().quality(60).lossless().method(6);
    let wire_webp = || v1::Webp { quality: Some(60), lossless: true, method: Some(6), ..v1::Webp::default() };

    let made = output(Spec::builder().jpeg(jpeg()), r##"{"jpeg": {"quality": 70, "background": "#fff"}}"##);
    assert_eq!(made, Wire::Jpeg(wire_jpeg()));
    let made = output(Spec::builder().jpeg(70), r#"{"jpeg": {"quality": 70}}"#);
    assert_eq!(made, Wire::Jpeg(v1::Jpeg { quality: Some(70), ..v1::Jpeg::default() }));
    let made = output(Spec::builder().png(png()), r#"{"png": {"compression": "high"}}"#);
    assert_eq!(made, Wire::Png(wire_png()));
    let json = r#"{"webp": {"quality": 60, "lossless": true, "method": 6}}"#;
    assert_eq!(output(Spec::builder().webp(webp()), json), Wire::Webp(wire_webp()));
    let auto = Auto::new()
        .formats([OutputFormat::Webp, OutputFormat::Png, OutputFormat::Jpeg])
        .jpeg(jpeg())
        .png(png())
        .webp(webp());
    let json = r##"{"auto": {"formats": ["webp", "png", "jpeg"], "jpeg": {"quality": 70, "background": "#fff"},
        "png": {"compression": "high"}, "webp": {"quality": 60, "lossless": true, "method": 6}}}"##;
    let formats = [v1::OutputFormat::Webp, v1::OutputFormat::Png, v1::OutputFormat::Jpeg];
    let expected = v1::Auto {
        formats: formats.map(i32::from).into(),
        jpeg: Some(wire_jpeg()),
        png: Some(wire_png()),
        webp: Some(wire_webp()),
        ..v1::Auto::default()
    };
    assert_eq!(output(Spec::builder().auto(auto), json), Wire::Auto(expected));
}

#[test]
fn scaled_decoding_makes_its_field() {
    let spec = Spec::builder().scaled_decoding(ScaledDecoding::Speed).webp(());
    let wire = same(&spec, r#"{"output": {"webp": {}}, "scaled_decoding": "speed"}"#);
    assert_eq!(wire.scaled_decoding, v1::ScaledDecoding::Speed as i32);
}

#[test]
fn every_word_stands_for_the_value_of_the_same_name() {
    for anchor in Anchor::ALL {
        let name = v1::Anchor::from(*anchor).as_str_name();
        assert_eq!(name, format!("ANCHOR_{}", anchor.as_str().to_uppercase()));
        assert_eq!(anchor.as_str().parse(), Ok(*anchor));
    }
    for strategy in Strategy::ALL {
        let name = v1::Strategy::from(*strategy).as_str_name();
        assert_eq!(name, format!("STRATEGY_{}", strategy.as_str().to_uppercase()));
    }
    assert_eq!(Anchor::ALL.len(), 9);
    assert_eq!("middle".parse::<Anchor>().unwrap_err().split(',').count(), 9 + 1);
}

#[test]
fn json_that_says_too_much_or_too_little_is_refused() {
    for json in [
        "{}",
        r#"{"output": {}}"#,
        r#"{"output": {"tiff": {}}}"#,
        r#"{"output": {"webp": {}, "png": {}}}"#,
        r#"{"output": {"webp": {"qualty": 1}}}"#,
        r#"{"output": {"webp": {}}, "strategy": "eager"}"#,
        r#"{"operations": [{"resize_to_fill": {"width": 1}}], "output": {"webp": {}}}"#,
        r#"{"operations": [{"rotate": {}}], "output": {"webp": {}}}"#,
        r#"{"operations": [{"turn": {}}], "output": {"webp": {}}}"#,
        r#"{"operations": [{"thumbnail": {"width": 1, "anchor": "top", "smart": "entropy"}}], "output": {"webp": {}}}"#,
        r#"{"operations": [{"resize_canvas": {"width": 1, "height": 1, "anchor": "top", "offset": {"x": 0, "y": 0}}}], "output": {"webp": {}}}"#,
        r#"{"operations": [{"crop": {"width": 1, "height": 1, "anchor": "top", "offset": {"x": 0, "y": 0}}}], "output": {"webp": {}}}"#,
        r#"{"operations": [{"resize_to_fill": {"width": 1, "height": 1, "anchor": "top", "focal_point": {"x": 0, "y": 0}}}], "output": {"webp": {}}}"#,
    ] {
        assert!(serde_json::from_str::<Spec>(json).is_err(), "{json}");
    }
}

#[test]
fn a_spec_of_a_newer_server_is_not_taken_for_another() {
    let good = v1::Spec::from(Spec::builder().crop(Crop::new(1, 1).anchor(Anchor::Top)).png(()));
    let mut unknown_operation = good.clone();
    unknown_operation.operations[0].operation = None;
    let mut unknown_anchor = good.clone();
    if let Some(v1::operation::Operation::Crop(crop)) = &mut unknown_anchor.operations[0].operation {
        crop.position = Some(v1::crop::Position::Anchor(99));
    }
    let mut unknown_output = good.clone();
    unknown_output.output = Some(v1::Output { output: None });
    assert!(Spec::try_from(good).is_ok());
    for unknown in [unknown_operation, unknown_anchor, unknown_output] {
        assert!(Spec::try_from(unknown).is_err());
    }
}

#[test]
fn every_request_makes_its_message() {
    let second = Duration::from_secs(1);
    let wire_second = Some(prost_types::Duration { seconds: 1, nanos: 0 });
    let source = Source::new("cat.jpg").store("media").version("v").dimensions(2, 3);
    let named = RenditionRef::new(source, "avatar").accept([OutputFormat::Jpeg]);
    let wire_named = Some(v1::RenditionRef {
        source: Some(v1::Source {
            store: "media".to_owned(),
            path: "cat.jpg".to_owned(),
            version: "v".to_owned(),
            dimensions: Some(v1::Dimensions { width: 2, height: 3 }),
        }),
        recipe: Some(v1::Recipe { recipe: Some(v1::recipe::Recipe::SpecId("avatar".to_owned())) }),
        accept: vec![v1::OutputFormat::Jpeg.into()],
    });
    let options = UrlOptions::new()
        .kind(UrlKind::Public)
        .lifetime(second)
        .path_only()
        .download_name("cat.webp")
        .negotiate();
    let wire_options = Some(v1::UrlOptions {
        kind: v1::UrlKind::Public.into(),
        lifetime: wire_second,
        path_only: true,
        download_name: "cat.webp".to_owned(),
        negotiate: true,
    });

    let ensure = EnsureGenerated::new(&named)
        .strategy(Strategy::Eager)
        .max_wait(second)
        .max_age(second)
        .force()
        .url_options(options.clone())
        .include_placeholder();
    let expected = v1::EnsureGeneratedRequest {
        rendition: wire_named.clone(),
        strategy: v1::Strategy::Eager.into(),
        max_wait: wire_second,
        max_age: wire_second,
        force: true,
        url_options: wire_options.clone(),
        include_placeholder: true,
    };
    assert_eq!(ensure.into_proto(), expected);
    let exists = Exists::new(&named).max_age(second).include_image_info().include_placeholder();
    let expected = v1::ExistsRequest {
        rendition: wire_named.clone(),
        max_age: wire_second,
        include_image_info: true,
        include_placeholder: true,
    };
    assert_eq!(exists.into_proto(), expected);
    let url = Url::new(&named).url_options(options);
    assert_eq!(url.into_proto(), v1::UrlRequest { rendition: wire_named, url_options: wire_options });
}

#[tokio::test]
async fn a_client_is_built_with_every_option() {
    let second = Duration::from_secs(1);
    let retry =
        RetryPolicy::default().max_attempts(3).first_pause(second).longest_pause(second).budget(10, 0.5);
    let client = Client::builder("https://localhost:1")
        .timeout(second)
        .stream_timeout(second)
        .connect_timeout(second)
        .keep_alive_interval(second)
        .ca_certificate(include_str!("data/ca.pem"))
        .identity(include_str!("data/server.pem"), include_str!("data/server.key"))
        .domain_name("localhost")
        .bearer_token("token")
        .retry(retry.clone())
        .user_agent("shop/1.0")
        .max_message_bytes(1 << 20)
        .max_read_bytes(1 << 20)
        .build()
        .unwrap();
    assert!(format!("{client:?}").contains(&format!("{retry:?}")));
}
