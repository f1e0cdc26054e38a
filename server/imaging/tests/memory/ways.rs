//! What is made of each source.

use rendition_imaging::{
    Avif, Compression, Crop, GaussianBlur, Gif, Header, Jpeg, Light, Metadata, Operation, Output, Png,
    Resize, ResizeToFill, ResizeToFit, Rotate, Sharpen, SmartCrop, SourceFormat, Spec, Trim, Upscale, Webp,
};

/// A spec with a name for it.
pub struct Way {
    pub name: &'static str,
    pub spec: Spec,
    /// How many times the peak the estimate may be.
    pub most: f64,
}

/// What it may be as a rule.
pub const MOST: f64 = 1.6;

/// What it may be for lossless WebP: a picture of few colours takes a small part of what one of many takes.
const MOST_LOSSLESS: f64 = 10.0;

/// What it may be for a GIF, whose alpha mostly makes nothing transparent: then it is not resized in 16 bits.
const MOST_GIF: f64 = 3.0;

/// What it may be where only the pixels tell how large the result is, or whether alpha makes
/// anything transparent, which costs an encoder of WebP much: a bound is all that a header gives then.
const MOST_UNKNOWN: f64 = 6.0;

fn fit(side: u32) -> Operation {
    ResizeToFit { width: side, height: side, ..ResizeToFit::default() }.into()
}

/// To exactly this size, whatever the sides of the source are to one another.
fn resize(width: u32, height: u32) -> Operation {
    Resize { width, height, upscale: Upscale::Allow, ..Resize::default() }.into()
}

/// All ways; of large sources those that do not take many seconds.
pub fn of(header: &Header) -> Vec<Way> {
    let jpeg = || Output::Jpeg(Jpeg::default());
    let png = || Output::Png(Png::default());
    let webp = || Output::Webp(Webp::default());
    let lossless = || Output::Webp(Webp { lossless: true, ..Webp::default() });
    let gif = || Output::Gif(Gif::default());
    let mut ways = Vec::new();
    let mut add = |name: &'static str, operations: Vec<Operation>, output| {
        let is_webp = matches!(output, Output::Webp(_));
        let is_unknown = name.contains("trim")
            || (is_webp && header.has_alpha)
            // With alpha, the resizer's passes come in another order.
            || ((name.starts_with("tall") || name.starts_with("wide")) && header.has_alpha)
                // A profile that means sRGB costs nothing, others a copy of the whole image.
                || (name == "smart crop" && header.has_icc);
        let most = match name {
            _ if name.contains("lossless") => MOST_LOSSLESS,
            _ if is_unknown => MOST_UNKNOWN,
            _ if header.format == SourceFormat::Gif => MOST_GIF,
            _ => MOST,
        };
        ways.push(Way { name, spec: Spec::new(operations, output), most })
    };
    let fill = ResizeToFill { width: 800, height: 600, ..ResizeToFill::default() };
    add("fit 300 jpeg", vec![fit(300)], jpeg());
    add("fit 400 webp", vec![fit(400)], webp());
    add("fit 400 png", vec![fit(400)], png());
    add("fit 320 gif", vec![fit(320)], gif());
    add("fill jpeg", vec![fill.clone().into()], jpeg());
    add(
        "fill sharpen webp",
        vec![fill.into(), Sharpen { radius: Some(2.0), ..Sharpen::default() }.into()],
        webp(),
    );
    add("fit 1200 blur png", vec![fit(1200), GaussianBlur { radius: Some(4.0) }.into()], png());
    add("tall png", vec![resize(90, 3000)], png());
    add("wide png", vec![resize(3000, 90)], png());
    add("tall jpeg", vec![resize(90, 3000)], jpeg());
    add("wide webp", vec![resize(3000, 90)], webp());
    if cfg!(feature = "avif") {
        let avif = |speed| Output::Avif(Avif { speed: Some(speed), ..Avif::default() });
        add("fit 400 avif", vec![fit(400)], avif(6));
        add("tall avif", vec![resize(16, 3000)], avif(6));
        add("wide avif", vec![resize(3000, 9)], avif(9));
        if header.coded.pixels() < 500_000 {
            add("avif", vec![], avif(8));
        }
    }
    add("jpeg", vec![], jpeg());
    add(
        "progressive",
        vec![],
        Output::Jpeg(Jpeg { progressive: true, quality: Some(95), ..Jpeg::default() }),
    );
    add("crop", vec![Crop { width: 500, height: 400, ..Crop::default() }.into()], jpeg());
    add("smart crop", vec![SmartCrop { width: 500, height: 400, ..SmartCrop::default() }.into()], jpeg());
    // All frames, where they stay an animation.
    let pixels = header.coded.pixels() * u64::from(if header.is_animated() { header.frames } else { 1 });
    if pixels < 13_000_000 {
        add("png", vec![], png());
        add("webp", vec![], webp());
        add("rotate png", vec![Rotate { angle: 33.0, ..Rotate::default() }.into()], png());
        add("trim webp", vec![Trim::default().into()], webp());
        add("blur jpeg", vec![GaussianBlur { radius: Some(4.0) }.into()], jpeg());
    }
    if pixels < 2_500_000 {
        add("fit 400 lossless", vec![fit(400)], lossless());
        add("gif", vec![], gif());
        add("lossless", vec![], lossless());
        add("high png", vec![], Output::Png(Png { compression: Compression::High }));
    }
    let linear = Spec { light: Light::Linear, ..Spec::new(vec![fit(300)], jpeg()) };
    ways.push(Way { name: "linear fit 300", spec: linear, most: MOST });
    let all = Spec { metadata: Metadata::All, ..Spec::new(vec![fit(1000)], webp()) };
    let most = if header.has_alpha { MOST_UNKNOWN } else { MOST };
    ways.push(Way { name: "metadata fit 1000", spec: all, most });
    ways
}
