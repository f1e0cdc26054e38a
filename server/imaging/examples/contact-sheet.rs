//! Renders every operation on one photograph into a folder, one PNG each, with a list of their names: what
//! `tests/contact-sheet/run.sh` makes a labelled picture of.
//!
//! cargo run --release -p rendition-imaging --example contact-sheet -- PHOTO FOLDER

use std::path::Path;
use std::sync::Arc;

use rendition_imaging::{Limits, OPERATIONS, Operation, Output, OverlayImage, Png, Spec, generate};

/// The label of each picture and the operation as JSON. Every operation of the table has to be among them.
const PICTURES: &[(&str, &str)] = &[
    ("resize 160x160", r#"{"resize": {"width": 160, "height": 160}}"#),
    (
        "resize_to_fit 160x160, mat",
        r##"{"resize_to_fit": {"width": 160, "height": 160, "mat_color": "#2060a0"}}"##,
    ),
    ("resize_to_cover 120x120", r#"{"resize_to_cover": {"width": 120, "height": 120}}"#),
    ("resize_to_fill 160x160", r#"{"resize_to_fill": {"width": 160, "height": 160}}"#),
    ("smart_resize 160x160", r#"{"smart_resize": {"width": 160, "height": 160}}"#),
    ("thumbnail 160x160", r#"{"thumbnail": {"width": 160, "height": 160, "anchor": "top_left"}}"#),
    (
        "crop 50 %, offset",
        r#"{"crop": {"width_percent": 50, "height_percent": 50, "offset": {"x": 10, "y": 10}}}"#,
    ),
    ("smart_crop attention", r#"{"smart_crop": {"width": 100, "height": 100}}"#),
    ("smart_crop entropy", r#"{"smart_crop": {"width": 100, "height": 100, "mode": "entropy"}}"#),
    ("trim", r#"{"trim": {"tolerance": 40}}"#),
    ("resize_canvas 180x180", r##"{"resize_canvas": {"width": 180, "height": 180, "color": "#ffd040"}}"##),
    ("add_border 8", r##"{"add_border": {"thickness": 8, "color": "#c03030"}}"##),
    ("transpose rotate_90", r#"{"transpose": {"method": "rotate_90"}}"#),
    ("transpose flip_horizontal", r#"{"transpose": {"method": "flip_horizontal"}}"#),
    ("rotate 20", r#"{"rotate": {"angle": 20}}"#),
    ("extend 1:1", r##"{"extend": {"width": 1, "height": 1, "color": "#408040"}}"##),
    ("adjust saturation 2", r#"{"adjust": {"saturation": 2}}"#),
    ("adjust brightness 1.5", r#"{"adjust": {"brightness": 1.5}}"#),
    ("adjust contrast 1.6", r#"{"adjust": {"contrast": 1.6}}"#),
    ("adjust sharpness 4", r#"{"adjust": {"sharpness": 4}}"#),
    ("grayscale", r#"{"grayscale": {}}"#),
    ("gaussian_blur 4", r#"{"gaussian_blur": {"radius": 4}}"#),
    ("sharpen 2", r#"{"sharpen": {"radius": 2, "amount": 2}}"#),
    ("pixelate 12", r#"{"pixelate": {"size": 12}}"#),
    ("color_overlay", r##"{"color_overlay": {"color": "#0050ff", "opacity": 0.4}}"##),
    ("make_opaque", r##"{"make_opaque": {"color": "#ffd040"}}"##),
    ("set_opacity 0.5", r#"{"set_opacity": {"opacity": 0.5}}"#),
    ("reflection", r#"{"reflection": {"size": 0.4}}"#),
    ("overlay", r#"{"overlay": {"name": "mark", "scale": 0.35, "opacity": 0.8, "margin": 6}}"#),
];

type Failure = Box<dyn std::error::Error>;

fn make(
    photo: &[u8],
    operations: Vec<Operation>,
    mark: Option<&Arc<OverlayImage>>,
) -> Result<Vec<u8>, Failure> {
    let spec = Spec::new(operations, Output::Png(Png::default()));
    let spec = spec.with_overlays(|_| mark.cloned()).map_err(|invalid| invalid.to_string())?;
    spec.validate()?;
    Ok(generate(photo, &spec, &Limits::default())?.bytes)
}

fn operations(json: &[&str]) -> Result<Vec<Operation>, Failure> {
    json.iter().map(|json| Ok(serde_json::from_str(json)?)).collect()
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(photo), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: contact-sheet PHOTO FOLDER".into());
    };
    let photo = std::fs::read(photo)?;
    for info in OPERATIONS {
        let shown = PICTURES.iter().any(|(_, json)| json.contains(&format!("\"{}\"", info.name)));
        assert!(shown, "{} has no picture", info.name);
    }
    let small = make(&photo, operations(&[r#"{"resize_to_fit": {"width": 180, "height": 180}}"#])?, None)?;
    let disc = operations(&[
        r#"{"resize_to_fill": {"width": 60, "height": 60}}"#,
        r##"{"color_overlay": {"color": "#ffffff", "opacity": 0.7}}"##,
        r##"{"add_border": {"thickness": 3, "color": "#000000"}}"##,
    ])?;
    let mark = OverlayImage::decode(&make(&photo, disc, None)?, b"mark".to_vec(), &Limits::default())?;
    let mark = Arc::new(mark);
    let mut list = String::new();
    for (index, (label, json)) in PICTURES.iter().enumerate() {
        let geometry = ["resize", "smart_resize", "thumbnail"].iter().any(|name| label.starts_with(name));
        let source = if geometry && !label.starts_with("resize_canvas") { &photo } else { &small };
        let made = if label.starts_with("trim") {
            let bordered = make(
                source,
                operations(&[r##"{"add_border": {"thickness": 30, "color": "#eee"}}"##])?,
                None,
            )?;
            make(&bordered, operations(&[json])?, None)?
        } else if label.starts_with("make_opaque") {
            make(source, operations(&[r#"{"rotate": {"angle": 20}}"#, json])?, None)?
        } else {
            make(source, operations(&[json])?, Some(&mark))?
        };
        std::fs::write(Path::new(&folder).join(format!("{index:02}.png")), made)?;
        list.push_str(&format!("{index:02}.png\t{label}\n"));
    }
    std::fs::write(Path::new(&folder).join("list.tsv"), list)?;
    Ok(())
}
