//! Specs that cannot be carried out, or may not be sent.

use rendition_client::{
    Avif, Code, Crop, GaussianBlur, Jpeg, Resize, ResizeToFill, ResizeToFit, Rotate, Spec, Trim, Upscale,
    Webp,
};
use rendition_tests::refusals::{at_once, refused};

use super::{GOOD, server, still_answers};

#[tokio::test(flavor = "multi_thread")]
async fn zero_and_absurd_sizes_are_invalid_spec_with_the_fields_path() {
    let (server, client) = server("").await;
    let specs = || Spec::builder();
    let bad: [(Spec, &str); 19] = [
        (specs().resize(Resize::new(0, 10)).png(()), "operations[0].resize.width"),
        (specs().resize(Resize::new(10, 65_536)).png(()), "operations[0].resize.height"),
        (specs().resize_to_fit((0, 0)).png(()), "operations[0].resize_to_fit"),
        (specs().resize_to_fit((u32::MAX, 10)).png(()), "operations[0].resize_to_fit.width"),
        (
            specs().resize_to_fit((9, 9)).resize_to_fill(ResizeToFill::new(0, 1)).png(()),
            "operations[1].resize_to_fill.width",
        ),
        (specs().crop(Crop::new(1, 0)).png(()), "operations[0].crop.height"),
        (specs().crop(Crop::percent(100.5, 1.0)).png(()), "operations[0].crop.width_percent"),
        (specs().trim(Trim::new().tolerance(256)).png(()), "operations[0].trim.tolerance"),
        (specs().rotate(Rotate::new(f64::NAN)).png(()), "operations[0].rotate.angle"),
        (
            specs().gaussian_blur(GaussianBlur::new().radius(251.0)).png(()),
            "operations[0].gaussian_blur.radius",
        ),
        (specs().grayscale(()).pixelate(1).png(()), "operations[1].pixelate.size"),
        (specs().color_overlay("blue").png(()), "operations[0].color_overlay.color"),
        (specs().grayscale(()).overlay("no-such").png(()), "operations[1].overlay.name"),
        (specs().device_pixel_ratio(9.0).png(()), "device_pixel_ratio"),
        (specs().webp(Webp::new().lossless().max_bytes(1)), "output.webp.max_bytes"),
        (specs().avif(Avif::new().speed(11)), "output.avif.speed"),
        (specs().jpeg(101), "output.jpeg.quality"),
        (specs().jpeg(0), "output.jpeg.quality"),
        (specs().jpeg(Jpeg::new().background("mauve")), "output.jpeg.background"),
    ];
    for (spec, field) in bad {
        let answer = at_once(client.ensure_generated((GOOD.0, &spec))).await;
        let status = answer.unwrap_err();
        let fields: Vec<_> = status.violations().iter().map(|violation| violation.field.clone()).collect();
        assert_eq!(status.reason().unwrap().as_str(), "INVALID_SPEC", "{field}");
        assert_eq!(status.code(), Code::InvalidArgument, "{field}");
        assert_eq!(fields.len(), 1, "{field}");
        assert!(fields[0].starts_with(&format!("rendition.recipe.spec.{field}")), "{fields:?} {field}");
    }
    let many = (0..33).fold(specs(), |spec, _| spec.resize_to_fit((9, 9))).png(());
    let field = Some("rendition.recipe.spec.operations");
    refused(client.ensure_generated((GOOD.0, &many)).await, Code::InvalidArgument, "INVALID_SPEC", field);
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_of_more_pixels_than_the_limit_is_refused_before_any_is_made() {
    let (server, client) = server("[limits]\nmax_output_pixels = 1000000\n").await;
    let spec = Spec::builder().resize(Resize::new(2000, 2000).upscale(Upscale::Allow)).png(());
    let asked = at_once(client.ensure_generated((GOOD.0, &spec))).await;
    refused(asked, Code::FailedPrecondition, "SOURCE_LIMIT_EXCEEDED", None);
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn inline_specs_are_refused_where_they_are_disabled() {
    let (server, client) = server("[limits]\ninline_specs = false\n").await;
    let spec = Spec::builder().resize_to_fit(ResizeToFit::width(40)).png(());
    let named = (GOOD.0, &spec);
    let (code, field) = (Code::PermissionDenied, Some("rendition.recipe.spec"));
    refused(at_once(client.ensure_generated(named)).await, code, "INLINE_SPECS_DISABLED", field);
    refused(at_once(client.exists(named)).await, code, "INLINE_SPECS_DISABLED", field);
    refused(at_once(client.url(named)).await, code, "INLINE_SPECS_DISABLED", field);
    refused(at_once(client.read_to_vec(named)).await, code, "INLINE_SPECS_DISABLED", field);
    still_answers(&server).await;
}
