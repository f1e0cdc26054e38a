//! What is made of each source.

use rendition_imaging::{
    Compression, Crop, GaussianBlur, Gif, Header, Jpeg, Light, Metadata, Operation, Output, Png,
    ResizeToFill, ResizeToFit, Rotate, Sharpen, SmartCrop, Spec, Trim, Webp,
};

/// A spec with a name for it.
pub struct Way {
    pub name: &'static str,
    pub spec: Spec,
}

fn fit(side: u32) -> Operation {
    ResizeToFit { width: side, height: side, ..ResizeToFit::default() }.into()
}

/// All ways; of large sources those that do not take many seconds.
pub fn of(header: &Header) -> Vec<Way> {
    let jpeg = || Output::Jpeg(Jpeg::default());
    let png = || Output::Png(Png::default());
    let webp = || Output::Webp(Webp::default());
    let lossless = || Output::Webp(Webp { lossless: true, ..Webp::default() });
    let gif = || Output::Gif(Gif::default());
    let mut ways = Vec::new();
    let mut add = |name, operations: Vec<Operation>, output| {
        ways.push(Way { name, spec: Spec::new(operations, output) })
    };
    let fill = ResizeToFill { width: 800, height: 600, ..ResizeToFill::default() };
    add("fit 300 jpeg", vec![fit(300)], jpeg());
    add("fit 400 webp", vec![fit(400)], webp());
    add("fit 400 png", vec![fit(400)], png());
    add("fit 320 gif", vec![fit(320)], gif());
    add("fit 400 lossless", vec![fit(400)], lossless());
    add("fill jpeg", vec![fill.clone().into()], jpeg());
    add(
        "fill sharpen webp",
        vec![fill.into(), Sharpen { radius: Some(2.0), ..Sharpen::default() }.into()],
        webp(),
    );
    add(
        "fit 1200 blur png",
        vec![fit(1200), GaussianBlur { radius: Some(4.0), ..GaussianBlur::default() }.into()],
        png(),
    );
    add("jpeg", vec![], jpeg());
    add(
        "progressive",
        vec![],
        Output::Jpeg(Jpeg { progressive: true, quality: Some(95), ..Jpeg::default() }),
    );
    add("crop", vec![Crop { width: 500, height: 400, ..Crop::default() }.into()], jpeg());
    add("smart crop", vec![SmartCrop { width: 500, height: 400, ..SmartCrop::default() }.into()], jpeg());
    let pixels = header.coded.pixels() * u64::from(if header.is_animated() { header.frames } else { 1 });
    if pixels < 13_000_000 {
        add("png", vec![], png());
        add("webp", vec![], webp());
        add("rotate png", vec![Rotate { angle: 33.0, ..Rotate::default() }.into()], png());
        add("trim webp", vec![Trim::default().into()], webp());
        add("blur jpeg", vec![GaussianBlur { radius: Some(4.0), ..GaussianBlur::default() }.into()], jpeg());
    }
    if pixels < 2_500_000 {
        add("gif", vec![], gif());
        add("lossless", vec![], lossless());
        add("high png", vec![], Output::Png(Png { compression: Compression::High, ..Png::default() }));
    }
    let linear = Spec { light: Light::Linear, ..Spec::new(vec![fit(300)], jpeg()) };
    ways.push(Way { name: "linear fit 300", spec: linear });
    let all = Spec { metadata: Metadata::All, ..Spec::new(vec![fit(1000)], webp()) };
    ways.push(Way { name: "metadata fit 1000", spec: all });
    ways
}
