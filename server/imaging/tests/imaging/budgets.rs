//! The processor's time that a generation may take, and by how much codecs pass it that look at it between their parts alone.

use std::time::Duration;

use rendition_imaging::{
    Compression, GaussianBlur, Gif, ImageError, Jpeg, Limits, Operation, Output, Png, Rotate, Webp, generate,
};

use crate::confined::processor_time;
use crate::picture::{Picture, spec};

/// Pixels a side: 2 million in all, or with `RENDITION_LONG` 40 million.
fn side() -> u32 {
    if std::env::var_os("RENDITION_LONG").is_some() { 6325 } else { 1414 }
}

/// The longest time that may pass between two looks, a million pixels. The codecs that take longest are told beside each.
const LONGEST: Duration = Duration::from_millis(150);

#[test]
fn no_codec_passes_the_time_that_it_may_take_by_much() {
    let picture = Picture::scene(side(), side());
    let png = Output::Png(Png::default());
    let webp = |method, lossless| Output::Webp(Webp { method: Some(method), lossless, ..Webp::default() });
    let jpeg = |progressive| Output::Jpeg(Jpeg { progressive, ..Jpeg::default() });
    let limits = |cpu_time| Limits { cpu_time, ..Limits::default() };
    let plain = Duration::from_secs(60);
    let sources = [
        ("png", picture.png()),
        ("jpeg", picture.jpeg(95)),
        ("progressive", generate(&picture.png(), &spec([], jpeg(true)), &limits(plain)).unwrap().bytes),
        ("webp", generate(&picture.png(), &spec([], webp(0, false)), &limits(plain)).unwrap().bytes),
        ("lossless webp", generate(&picture.png(), &spec([], webp(0, true)), &limits(plain)).unwrap().bytes),
    ];
    let blur: Operation = GaussianBlur { radius: Some(50.0) }.into();
    let rotate: Operation = Rotate { angle: 10.0, ..Rotate::default() }.into();
    let ways: [(&str, Vec<Operation>, Output); 10] = [
        ("png", vec![], png.clone()),
        ("balanced png", vec![], Output::Png(Png { compression: Compression::Balanced })),
        ("high png", vec![], Output::Png(Png { compression: Compression::High })),
        ("jpeg", vec![], jpeg(false)),
        ("progressive", vec![], jpeg(true)),
        ("webp 6", vec![], webp(6, false)),
        ("lossless 6", vec![], webp(6, true)),
        ("gif", vec![], Output::Gif(Gif::default())),
        ("blur", vec![blur], png.clone()),
        ("rotate", vec![rotate], png),
    ];
    let megapixels = f64::from(side()).powi(2) / 1e6;
    let mut wrong = Vec::new();
    for (source_name, source) in &sources {
        for (name, operations, output) in &ways {
            // Everything on the first source, and one way from the others, which differ in their decoders.
            if *source_name != "png" && *name != "png" {
                continue;
            }
            let spec = spec(operations.clone(), output.clone());
            for allowed in [0, 100, 400, 1600, 6400].map(Duration::from_millis) {
                let start = processor_time();
                let made = generate(source, &spec, &limits(allowed));
                let took = processor_time() - start;
                match &made {
                    Ok(_) => {}
                    Err(ImageError::LimitExceeded { limit, .. }) => assert_eq!(*limit, "cpu_time"),
                    Err(error) => panic!("{source_name} to {name}: {error}"),
                }
                let over = took.saturating_sub(allowed);
                let line = format!("{source_name} to {name}: {took:?} of {allowed:?}, {}", made.is_ok());
                println!("{line}");
                if over > LONGEST.mul_f64(megapixels) {
                    wrong.push(line);
                }
                if made.is_ok() {
                    break;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[cfg(feature = "avif")]
#[test]
fn the_alpha_of_an_avif_is_not_begun_when_the_time_is_used_up() {
    let scene = Picture::scene(500, 500);
    let faded = Picture::new(500, 500, |x, y| {
        let [red, green, blue, _] = scene.at(x, y);
        [red, green, blue, (x / 2) as u8]
    });
    let avif = spec([], Output::Avif(rendition_imaging::Avif::default()));
    let took = |cpu_time, bytes: &[u8]| {
        let start = processor_time();
        let made = generate(bytes, &avif, &Limits { cpu_time, ..Limits::default() });
        (processor_time() - start, made)
    };
    let (colors, _) = took(Duration::from_secs(60), &scene.png());
    let (whole, made) = took(Duration::from_secs(60), &faded.png());
    made.unwrap();
    let (refused, made) = took(colors / 2, &faded.png());
    println!("{colors:?} without alpha, {whole:?} with it, {refused:?} when refused");
    assert!(matches!(made, Err(ImageError::LimitExceeded { limit: "cpu_time", .. })), "{made:?}");
}
