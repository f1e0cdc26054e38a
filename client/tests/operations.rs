//! The builders of operations that do more than resize and crop, and the options of outputs and specs:
//! each against the message that it makes and the JSON that reads as the same.

#![allow(clippy::unwrap_used)]

use rendition_client::{
    AddBorder, Adjust, Anchor, Animation, Auto, Avif, ColorOverlay, ColorProfile, Crop, Extend, GaussianBlur,
    Gif, Jpeg, Light, MakeOpaque, Metadata, OnDamaged, OutputFormat, Overlay, Reflection, Resize,
    ResizeCanvas, ResizeToFit, Rotate, Sharpen, Side, SmartCrop, SmartMode, SmartResize, Spec, Subsampling,
    Thumbnail, TransposeMethod, Trim, Upscale, Webp,
};
use rendition_proto::v1::{self, operation::Operation, output::Output, resize_canvas, thumbnail};

/// Asserts that the JSON reads as the spec, and that the spec survives both JSON and the wire.
fn same(spec: &Spec, json: &str) -> v1::Spec {
    assert_eq!(serde_json::from_str::<Spec>(json).unwrap(), *spec, "{json}");
    let written = serde_json::to_string(spec).unwrap();
    assert_eq!(serde_json::from_str::<Spec>(&written).unwrap(), *spec, "{written}");
    let wire = v1::Spec::from(spec.clone());
    assert_eq!(Spec::try_from(wire.clone()).unwrap(), *spec);
    wire
}

fn operations(spec: Spec, json: &str) -> Vec<Operation> {
    let wire = same(&spec, &format!(r#"{{"operations": {json}, "output": {{"png": {{}}}}}}"#));
    wire.operations.into_iter().map(|operation| operation.operation.unwrap()).collect()
}

fn output(spec: Spec, json: &str) -> Output {
    same(&spec, &format!(r#"{{"output": {json}}}"#)).output.unwrap().output.unwrap()
}

#[test]
fn percents_and_mats_make_their_messages() {
    let spec = Spec::builder()
        .resize(Resize::percent(50.0, 25.5))
        .resize(Resize::new(3, 4).width_percent(200.0))
        .crop(Crop::percent(50.0, 25.5).anchor(Anchor::Left))
        .smart_crop(SmartCrop::percent(50.0, 25.5))
        .resize_to_fit(ResizeToFit::new(3, 4).mat_color("#eee").anchor(Anchor::Top))
        .png(());
    let json = r##"[
        {"resize": {"width_percent": 50, "height_percent": 25.5}},
        {"resize": {"height": 4, "width_percent": 200}},
        {"crop": {"width_percent": 50, "height_percent": 25.5, "anchor": "left"}},
        {"smart_crop": {"width_percent": 50, "height_percent": 25.5}},
        {"resize_to_fit": {"width": 3, "height": 4, "mat_color": "#eee", "anchor": "top"}}
    ]"##;
    let never = v1::Upscale::Never.into();
    let resize = v1::Resize { upscale: never, ..v1::Resize::default() };
    let expected = [
        Operation::Resize(v1::Resize { width_percent: 50.0, height_percent: 25.5, ..resize }),
        Operation::Resize(v1::Resize { height: 4, width_percent: 200.0, ..resize }),
        Operation::Crop(v1::Crop {
            position: Some(v1::crop::Position::Anchor(v1::Anchor::Left.into())),
            width_percent: 50.0,
            height_percent: 25.5,
            ..v1::Crop::default()
        }),
        Operation::SmartCrop(v1::SmartCrop {
            mode: v1::SmartMode::Attention.into(),
            width_percent: 50.0,
            height_percent: 25.5,
            ..v1::SmartCrop::default()
        }),
        Operation::ResizeToFit(v1::ResizeToFit {
            width: 3,
            height: 4,
            upscale: never,
            mat_color: "#eee".into(),
            anchor: v1::Anchor::Top.into(),
        }),
    ];
    assert_eq!(operations(spec, json), expected);
}

#[test]
fn what_matters_makes_its_messages() {
    let spec = Spec::builder()
        .smart_resize(SmartResize::new(1, 2).upscale(Upscale::Allow).mode(SmartMode::Entropy))
        .smart_crop(SmartCrop::new(1, 2).mode(SmartMode::Entropy))
        .thumbnail(Thumbnail::width(3))
        .thumbnail(Thumbnail::height(4).upscale(Upscale::Allow))
        .thumbnail(Thumbnail::new(3, 4).anchor(Anchor::Top).focal_point((0.25, 0.5)))
        .thumbnail(Thumbnail::new(3, 4).smart(SmartMode::Attention))
        .thumbnail(Thumbnail::new(3, 4).anchor(Anchor::Bottom))
        .png(());
    let json = r#"[
        {"smart_resize": {"width": 1, "height": 2, "upscale": "allow", "mode": "entropy"}},
        {"smart_crop": {"width": 1, "height": 2, "mode": "entropy"}},
        {"thumbnail": {"width": 3}},
        {"thumbnail": {"height": 4, "upscale": "allow"}},
        {"thumbnail": {"width": 3, "height": 4, "focal_point": {"x": 0.25, "y": 0.5}}},
        {"thumbnail": {"width": 3, "height": 4, "smart": "attention"}},
        {"thumbnail": {"width": 3, "height": 4, "anchor": "bottom"}}
    ]"#;
    let (never, allow) = (v1::Upscale::Never.into(), v1::Upscale::Allow.into());
    let entropy = v1::SmartMode::Entropy.into();
    let thumbnail = |width, height, upscale, position| {
        Operation::Thumbnail(v1::Thumbnail { width, height, upscale, position })
    };
    let point = thumbnail::Position::FocalPoint(v1::FocalPoint { x: 0.25, y: 0.5 });
    let expected = [
        Operation::SmartResize(v1::SmartResize { width: 1, height: 2, upscale: allow, mode: entropy }),
        Operation::SmartCrop(v1::SmartCrop {
            width: 1,
            height: 2,
            mode: entropy,
            ..v1::SmartCrop::default()
        }),
        thumbnail(3, 0, never, None),
        thumbnail(0, 4, allow, None),
        thumbnail(3, 4, never, Some(point)),
        thumbnail(3, 4, never, Some(thumbnail::Position::Smart(v1::SmartMode::Attention.into()))),
        thumbnail(3, 4, never, Some(thumbnail::Position::Anchor(v1::Anchor::Bottom.into()))),
    ];
    assert_eq!(operations(spec, json), expected);
}

#[test]
fn room_and_turns_make_their_messages() {
    let spec = Spec::builder()
        .trim(Trim::new().color("#000").tolerance(3).sides([Side::Left, Side::Top]))
        .resize_canvas(ResizeCanvas::new(1, 2).color("#0008").offset((3, 4)))
        .resize_canvas(ResizeCanvas::new(1, 2).anchor(Anchor::Top))
        .add_border(AddBorder::new(5).color("#fff").top(1).right(2).bottom(3).left(4))
        .transpose(TransposeMethod::Rotate270)
        .rotate(Rotate::new(-12.5).color("#fff"))
        .extend(Extend::new(16, 9).color("#000").anchor(Anchor::Left))
        .png(());
    let json = r##"[
        {"trim": {"color": "#000", "tolerance": 3, "sides": ["left", "top"]}},
        {"resize_canvas": {"width": 1, "height": 2, "color": "#0008", "offset": {"x": 3, "y": 4}}},
        {"resize_canvas": {"width": 1, "height": 2, "anchor": "top"}},
        {"add_border": {"thickness": 5, "color": "#fff", "top": 1, "right": 2, "bottom": 3, "left": 4}},
        {"transpose": {"method": "rotate_270"}},
        {"rotate": {"angle": -12.5, "color": "#fff"}},
        {"extend": {"width": 16, "height": 9, "color": "#000", "anchor": "left"}}
    ]"##;
    let canvas = |color: &str, position| {
        let position = Some(position);
        Operation::ResizeCanvas(v1::ResizeCanvas { width: 1, height: 2, color: color.into(), position })
    };
    let expected = [
        Operation::Trim(v1::Trim {
            color: "#000".into(),
            tolerance: Some(3),
            sides: vec![v1::Side::Left.into(), v1::Side::Top.into()],
        }),
        canvas("#0008", resize_canvas::Position::Offset(v1::Offset { x: 3, y: 4 })),
        canvas("", resize_canvas::Position::Anchor(v1::Anchor::Top.into())),
        Operation::AddBorder(v1::AddBorder {
            thickness: 5,
            color: "#fff".into(),
            top: Some(1),
            right: Some(2),
            bottom: Some(3),
            left: Some(4),
        }),
        Operation::Transpose(v1::Transpose { method: v1::TransposeMethod::Rotate270.into() }),
        Operation::Rotate(v1::Rotate { angle: -12.5, color: "#fff".into() }),
        Operation::Extend(v1::Extend {
            width: 16,
            height: 9,
            color: "#000".into(),
            anchor: v1::Anchor::Left.into(),
        }),
    ];
    assert_eq!(operations(spec, json), expected);
}

#[test]
fn looks_make_their_messages() {
    let spec = Spec::builder()
        .adjust(Adjust::new().saturation(0.0).brightness(1.5).contrast(2.0).sharpness(0.5))
        .grayscale(())
        .gaussian_blur(GaussianBlur::new().radius(3.0))
        .sharpen(Sharpen::new().radius(2.0).amount(0.5).threshold(3))
        .pixelate(8)
        .color_overlay(ColorOverlay::new("#036").opacity(0.25))
        .make_opaque(MakeOpaque::new().color("#eee"))
        .set_opacity(0.5)
        .reflection(Reflection::new().color("#000").size(0.25).opacity(0.5))
        .overlay(Overlay::new("mark").anchor(Anchor::TopLeft).scale(0.25).opacity(0.5).margin(6))
        .overlay("mark")
        .png(());
    let json = r##"[
        {"adjust": {"saturation": 0, "brightness": 1.5, "contrast": 2, "sharpness": 0.5}},
        {"grayscale": {}},
        {"gaussian_blur": {"radius": 3}},
        {"sharpen": {"radius": 2, "amount": 0.5, "threshold": 3}},
        {"pixelate": {"size": 8}},
        {"color_overlay": {"color": "#036", "opacity": 0.25}},
        {"make_opaque": {"color": "#eee"}},
        {"set_opacity": {"opacity": 0.5}},
        {"reflection": {"color": "#000", "size": 0.25, "opacity": 0.5}},
        {"overlay": {"name": "mark", "anchor": "top_left", "scale": 0.25, "opacity": 0.5, "margin": 6}},
        {"overlay": {"name": "mark"}}
    ]"##;
    let expected = [
        Operation::Adjust(v1::Adjust {
            saturation: Some(0.0),
            brightness: Some(1.5),
            contrast: Some(2.0),
            sharpness: Some(0.5),
        }),
        Operation::Grayscale(v1::Grayscale {}),
        Operation::GaussianBlur(v1::GaussianBlur { radius: Some(3.0) }),
        Operation::Sharpen(v1::Sharpen { radius: Some(2.0), amount: Some(0.5), threshold: 3 }),
        Operation::Pixelate(v1::Pixelate { size: 8 }),
        Operation::ColorOverlay(v1::ColorOverlay { color: "#036".into(), opacity: Some(0.25) }),
        Operation::MakeOpaque(v1::MakeOpaque { color: "#eee".into() }),
        Operation::SetOpacity(v1::SetOpacity { opacity: 0.5 }),
        Operation::Reflection(v1::Reflection { color: "#000".into(), size: Some(0.25), opacity: Some(0.5) }),
        Operation::Overlay(v1::Overlay {
            name: "mark".into(),
            anchor: Some(v1::Anchor::TopLeft.into()),
            scale: 0.25,
            opacity: Some(0.5),
            margin: 6,
        }),
        Operation::Overlay(v1::Overlay { name: "mark".into(), ..v1::Overlay::default() }),
    ];
    assert_eq!(operations(spec, json), expected);
}

#[test]
fn every_option_of_an_output_makes_its_field() {
    let quarter = v1::Subsampling::Subsampling420.into();
    let jpeg = Jpeg::new().progressive().subsampling(Subsampling::Quarter).max_bytes(5);
    let json = r#"{"jpeg": {"progressive": true, "subsampling": "420", "max_bytes": 5}}"#;
    let expected = v1::Jpeg { progressive: true, subsampling: quarter, max_bytes: 5, ..v1::Jpeg::default() };
    assert_eq!(output(Spec::builder().jpeg(jpeg), json), Output::Jpeg(expected));

    let webp = Webp::new().sharp_yuv().max_bytes(5);
    let expected = v1::Webp { sharp_yuv: true, max_bytes: 5, ..v1::Webp::default() };
    let json = r#"{"webp": {"sharp_yuv": true, "max_bytes": 5}}"#;
    assert_eq!(output(Spec::builder().webp(webp), json), Output::Webp(expected));

    let avif = Avif::new().quality(40).speed(0).subsampling(Subsampling::Quarter).max_bytes(5);
    let expected = v1::Avif { quality: Some(40), speed: Some(0), subsampling: quarter, max_bytes: 5 };
    let json = r#"{"avif": {"quality": 40, "speed": 0, "subsampling": "420", "max_bytes": 5}}"#;
    assert_eq!(output(Spec::builder().avif(avif), json), Output::Avif(expected));

    let gif = Gif::new().dither(false);
    let json = r#"{"gif": {"dither": false}}"#;
    assert_eq!(output(Spec::builder().gif(gif), json), Output::Gif(v1::Gif { dither: Some(false) }));

    let auto = Auto::new().formats([OutputFormat::Avif, OutputFormat::Gif]).avif(40).gif(());
    let expected = v1::Auto {
        formats: vec![v1::OutputFormat::Avif.into(), v1::OutputFormat::Gif.into()],
        avif: Some(v1::Avif { quality: Some(40), ..v1::Avif::default() }),
        gif: Some(v1::Gif::default()),
        ..v1::Auto::default()
    };
    let json = r#"{"auto": {"formats": ["avif", "gif"], "avif": {"quality": 40}, "gif": {}}}"#;
    assert_eq!(output(Spec::builder().auto(auto), json), Output::Auto(expected));
}

#[test]
fn every_option_of_a_spec_makes_its_field() {
    let spec = Spec::builder()
        .device_pixel_ratio(2.0)
        .animation(Animation::FirstFrame)
        .light(Light::Linear)
        .color_profile(ColorProfile::Keep)
        .metadata(Metadata::Copyright)
        .on_damaged(OnDamaged::Accept)
        .png(());
    let json = r#"{"output": {"png": {}}, "device_pixel_ratio": 2, "animation": "first_frame", "light": "linear",
        "color_profile": "keep", "metadata": "copyright", "on_damaged": "accept"}"#;
    let expected = v1::Spec {
        output: Some(v1::Output { output: Some(Output::Png(v1::Png::default())) }),
        device_pixel_ratio: Some(2.0),
        animation: v1::Animation::FirstFrame.into(),
        light: v1::Light::Linear.into(),
        color_profile: v1::ColorProfile::Keep.into(),
        metadata: v1::Metadata::Copyright.into(),
        on_damaged: v1::OnDamaged::Accept.into(),
        ..v1::Spec::default()
    };
    assert_eq!(same(&spec, json), expected);
}
