//! The canonical encoding against its vectors, which clients in other languages share.

use proptest::prelude::*;
use rendition_imaging::{Crop, FocalPoint, Jpeg, Output, ResizeToFill, Spec};

use crate::picture::spec;

#[derive(serde::Deserialize)]
struct Vector {
    name: String,
    spec: Spec,
    canonical: String,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../../vectors/canonical.json")).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_vector_is_encoded_as_it_says() {
    let vectors = vectors();
    assert!(vectors.len() >= 25);
    let wrong: Vec<_> = vectors
        .iter()
        .filter(|vector| hex(&vector.spec.canonical()) != vector.canonical)
        .map(|vector| (&vector.name, hex(&vector.spec.canonical())))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    vectors.iter().for_each(|vector| vector.spec.validate().unwrap());
}

#[test]
fn vectors_with_one_encoding_say_that_they_mean_the_same() {
    // Names are "meaning" or "meaning: another way to say it".
    let meaning = |name: &str| name.split(':').next().unwrap().to_owned();
    let vectors = vectors();
    for a in &vectors {
        for b in &vectors {
            assert_eq!(
                a.canonical == b.canonical,
                meaning(&a.name) == meaning(&b.name),
                "{} / {}",
                a.name,
                b.name
            );
        }
    }
}

proptest! {
    #[test]
    fn different_specs_have_different_encodings(
        a in (1u32..400, 1u32..400, 0.0..=1.0, 1u32..=100), b in (1u32..400, 1u32..400, 0.0..=1.0, 1u32..=100),
    ) {
        let make = |(width, height, x, quality): (u32, u32, f64, u32)| {
            let focal_point = Some(FocalPoint { x, y: 0.5 });
            let fill = ResizeToFill { width, height, focal_point, ..ResizeToFill::default() };
            let crop = Crop { width, height, ..Crop::default() };
            let output = Output::Jpeg(Jpeg { quality: Some(quality), ..Jpeg::default() });
            spec([fill.into(), crop.into()], output).canonical()
        };
        prop_assert_eq!(make(a) == make(b), a == b);
    }
}
