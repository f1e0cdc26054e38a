//! Any bytes as a source: an image or a typed error, in bounded memory. The first two bytes choose what is made of the rest.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rendition_imaging::{
    Animation, Crop, Jpeg, Light, Limits, Metadata, OnDamaged, Operation, Output, Plan, Png, ResizeToFit, Spec, Trim, Webp, decode,
    inspect, placeholder, render,
};

fn spec(first: u8, second: u8) -> Spec {
    let operations: Vec<Operation> = match first % 4 {
        0 => vec![ResizeToFit { width: 40, height: 40, ..ResizeToFit::default() }.into()],
        1 => vec![Crop { width: 17, height: 9, ..Crop::default() }.into()],
        2 => vec![Trim::default().into()],
        _ => vec![],
    };
    let output = match first / 4 % 3 {
        0 => Output::Jpeg(Jpeg::default()),
        1 => Output::Png(Png::default()),
        _ => Output::Webp(Webp { method: Some(0), ..Webp::default() }),
    };
    let chosen = |bit: u8| second & bit != 0;
    Spec {
        light: if chosen(1) { Light::Linear } else { Light::Gamma },
        metadata: if chosen(2) { Metadata::All } else { Metadata::Strip },
        on_damaged: if chosen(4) { OnDamaged::Accept } else { OnDamaged::Refuse },
        animation: if chosen(8) { Animation::FirstFrame } else { Animation::Keep },
        ..Spec::new(operations, output)
    }
}

fuzz_target!(|input: &[u8]| {
    let [first, second, bytes @ ..] = input else { return };
    // Small, so that a run is short; what is larger is refused by the same code.
    let limits = Limits { max_source_pixels: 1 << 18, max_output_pixels: 1 << 18, ..Limits::default() };
    let Ok(header) = inspect(bytes) else { return };
    let _ = placeholder(bytes, &header, &limits);
    let Ok(plan) = Plan::new(&header, bytes.len() as u64, &spec(*first, *second), &limits) else { return };
    let Ok(plane) = decode(bytes, &header, plan.decode()) else { return };
    if let Ok(made) = render(&plane, &plan) {
        let header = inspect(&made.bytes).expect("what is written can be read");
        assert_eq!(header.size, made.size);
    }
});
