//! What the targets of the decoders have in common: any bytes as a source of one format give an image or a typed error,
//! in bounded memory and time. The first two bytes choose what is made of the rest.

use std::time::Duration;

use libfuzzer_sys::Corpus;
use rendition_imaging::{
    Animation, ColorProfile, Crop, Gif, Jpeg, Light, Limits, Metadata, OnDamaged, Operation, Output, Plan, Png, ResizeToFit,
    SourceFormat, Spec, Trim, Webp, decode, inspect, placeholder, render,
};

fn spec(first: u8, second: u8) -> Spec {
    let operations: Vec<Operation> = match first % 4 {
        0 => vec![ResizeToFit { width: 40, height: 40, ..ResizeToFit::default() }.into()],
        1 => vec![Crop { width: 17, height: 9, ..Crop::default() }.into()],
        2 => vec![Trim::default().into()],
        _ => vec![],
    };
    let output = match first / 4 % 5 {
        0 => Output::Jpeg(Jpeg::default()),
        1 => Output::Png(Png::default()),
        2 => Output::Webp(Webp { method: Some(0), ..Webp::default() }),
        3 => Output::Webp(Webp { method: Some(0), lossless: true, ..Webp::default() }),
        _ => Output::Gif(Gif::default()),
    };
    let chosen = |bit: u8| second & bit != 0;
    Spec {
        light: if chosen(1) { Light::Linear } else { Light::Gamma },
        metadata: if chosen(2) { Metadata::All } else { Metadata::Strip },
        on_damaged: if chosen(4) { OnDamaged::Accept } else { OnDamaged::Refuse },
        animation: if chosen(8) { Animation::FirstFrame } else { Animation::Keep },
        color_profile: if chosen(16) { ColorProfile::Keep } else { ColorProfile::default() },
        ..Spec::new(operations, output)
    }
}

/// Makes a rendition of bytes of one of these formats; others belong to other targets.
pub fn make(input: &[u8], formats: &[SourceFormat]) -> Corpus {
    let [first, second, bytes @ ..] = input else { return Corpus::Reject };
    // Small, so that a run is short; what is larger is refused by the same code.
    let limits = Limits {
        max_source_pixels: 1 << 15,
        max_output_pixels: 1 << 15,
        max_animation_pixels: 1 << 18,
        max_frames: 100,
        cpu_time: Duration::from_secs(3),
        ..Limits::default()
    };
    let Ok(header) = inspect(bytes) else { return Corpus::Keep };
    if !formats.contains(&header.format) {
        return Corpus::Reject;
    }
    let _ = placeholder(bytes, &header, &limits);
    let Ok(plan) = Plan::new(&header, bytes.len() as u64, &spec(*first, *second), &limits) else {
        return Corpus::Keep;
    };
    let Ok(plane) = decode(bytes, &header, plan.decode()) else { return Corpus::Keep };
    if let Ok(made) = render(&plane, &plan) {
        let header = inspect(&made.bytes).expect("what is written can be read");
        assert_eq!(header.size, made.size);
    }
    Corpus::Keep
}
