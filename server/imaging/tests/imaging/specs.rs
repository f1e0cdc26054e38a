//! Specs as data: names, tables, validation.

use rendition_imaging::{
    AddBorder, Adjust, ColorOverlay, Crop, Extend, GaussianBlur, Grayscale, MakeOpaque, OPERATIONS, OUTPUTS,
    Operation, Output, Overlay, Pixelate, Reflection, Resize, ResizeCanvas, ResizeToCover, ResizeToFill,
    ResizeToFit, Rotate, SetOpacity, Sharpen, SmartCrop, SmartResize, Spec, Thumbnail, Transpose,
    TransposeMethod, Trim,
};

fn parse(toml: &str) -> Result<Spec, toml::de::Error> {
    toml::from_str(toml)
}

#[test]
fn a_spec_reads_from_toml_as_operators_write_it() {
    let spec = parse(
        r#"
        operations = [
            { resize_to_fill = { width = 200, height = 200, anchor = "top_left", upscale = "allow" } },
            { crop = { width = 10, height = 10, offset = { x = 3, y = 4 } } },
            { resize_to_fit = { width = 5 } },
        ]
        output = { webp = { quality = 80 } }
        scaled_decoding = "speed"
        "#,
    )
    .unwrap();
    spec.validate().unwrap();
    assert_eq!(spec.operations.len(), 3);
    let again: Spec = serde_json::from_str(&serde_json::to_string(&spec).unwrap()).unwrap();
    assert_eq!(again, spec);
}

#[test]
fn an_unknown_name_is_an_error() {
    for toml in [
        "output = { bmp = {} }",
        "output = { jpeg = { qualty = 3 } }",
        "output = { jpeg = {} }\nsize = 3",
        "operations = [{ resize = { w = 3 } }]\noutput = { jpeg = {} }",
        "operations = [{ crop = { anchor = \"middle\" } }]\noutput = { jpeg = {} }",
    ] {
        assert!(parse(toml).is_err(), "{toml}");
    }
}

#[test]
fn the_tables_bear_the_names_that_serde_gives() {
    let operations: [Operation; 24] = [
        Resize::default().into(),
        ResizeToFit::default().into(),
        ResizeToCover::default().into(),
        ResizeToFill::default().into(),
        Crop::default().into(),
        SmartResize::default().into(),
        Thumbnail::default().into(),
        SmartCrop::default().into(),
        Trim::default().into(),
        ResizeCanvas::default().into(),
        AddBorder::default().into(),
        Transpose { method: TransposeMethod::Rotate90 }.into(),
        Rotate::default().into(),
        Extend::default().into(),
        Adjust::default().into(),
        Grayscale::default().into(),
        GaussianBlur::default().into(),
        Sharpen::default().into(),
        Pixelate::default().into(),
        ColorOverlay::default().into(),
        MakeOpaque::default().into(),
        SetOpacity::default().into(),
        Reflection::default().into(),
        Overlay::default().into(),
    ];
    assert_eq!(operations.len(), OPERATIONS.len());
    for (operation, info) in operations.iter().zip(OPERATIONS) {
        let json = serde_json::to_value(operation).unwrap();
        let (name, fields) = json.as_object().unwrap().iter().next().unwrap();
        assert_eq!(name, info.name);
        for field in fields.as_object().unwrap().keys() {
            assert!(info.fields.iter().any(|(name, _)| name == field), "{name}.{field}");
        }
    }
    for (name, info) in ["jpeg", "png", "webp", "avif", "gif", "auto"].iter().zip(OUTPUTS) {
        assert_eq!(*name, info.name);
        assert!(parse(&format!("output = {{ {name} = {{}} }}")).is_ok());
    }
    let ascending = |numbers: Vec<u32>| numbers.is_sorted() && numbers.iter().all(|number| *number > 0);
    assert!(ascending(OPERATIONS.iter().map(|info| info.number).collect()));
    assert!(OPERATIONS.iter().all(|info| ascending(info.fields.iter().map(|(_, n)| *n).collect())));
}

#[test]
fn a_refusal_names_the_field_the_value_and_the_way_out() {
    let rows = [
        (
            "operations = [{ resize = { height = 3 } }]",
            "operations[0].resize.width",
            "0",
            "between 1 and 65535",
        ),
        (
            "operations = [{ resize = { width = 65536, height = 3 } }]",
            "operations[0].resize.width",
            "65536",
            "65535",
        ),
        (
            "operations = [{ resize_to_fit = {} }]",
            "operations[0].resize_to_fit.width",
            "0",
            "width, height or both",
        ),
        (
            "operations = [{ crop = { width = 1, height = 1 } }, { resize_to_cover = { width = 1 } }]",
            "operations[1].resize_to_cover.height",
            "0",
            "between",
        ),
        (
            "operations = [{ resize_to_fill = { width = 1, height = 1, focal_point = { x = 0.5, y = 1.5 } } }]",
            "operations[0].resize_to_fill.focal_point.y",
            "1.5",
            "between 0 and 1",
        ),
        (
            "operations = [{ resize_to_fill = { width = 1, height = 1, focal_point = { x = nan, y = 1.0 } } }]",
            "operations[0].resize_to_fill.focal_point.x",
            "NaN",
            "between 0 and 1",
        ),
        (
            "operations = [{ crop = { width = 1, height = 1, anchor = \"top\", offset = { x = 1, y = 1 } } }]",
            "operations[0].crop.offset",
            "anchor and offset",
            "only one of anchor, offset",
        ),
        (
            "operations = [{ crop = { width = 1, height = 1, width_percent = 50.0 } }]",
            "operations[0].crop.width_percent",
            "width and width_percent",
            "only one of width, width_percent",
        ),
        (
            "operations = [{ resize_to_fit = { width = 1, mat_color = \"#000\" } }]",
            "operations[0].resize_to_fit.mat_color",
            "#000",
            "both width and height",
        ),
        (
            "operations = [{ thumbnail = { width = 1, anchor = \"top\", smart = \"entropy\" } }]",
            "operations[0].thumbnail.smart",
            "anchor and smart",
            "only one of anchor, smart",
        ),
        (
            "operations = [{ trim = { sides = [\"top\", \"top\"] } }]",
            "operations[0].trim.sides[1]",
            "top",
            "named twice",
        ),
        (
            "operations = [{ gaussian_blur = { radius = 0.0 } }]",
            "operations[0].gaussian_blur.radius",
            "0",
            "above 0 and at most 250",
        ),
        (
            "operations = [{ color_overlay = { color = \"#00000080\" } }]",
            "operations[0].color_overlay.color",
            "#00000080",
            "must be a colour like",
        ),
        ("operations = [{ overlay = {} }]", "operations[0].overlay.name", "", "must name an overlay"),
        (
            "operations = [{ crop = { width = 65535, height = 1 } }]\ndevice_pixel_ratio = 2.0",
            "device_pixel_ratio",
            "2",
            "operations[0].crop.width: must be between 1 and 65535",
        ),
        ("device_pixel_ratio = 8.5", "device_pixel_ratio", "8.5", "above 0 and at most 8"),
    ];
    for (toml, field, value, message) in rows {
        let refused = parse(&format!("{toml}\noutput = {{ jpeg = {{}} }}")).unwrap().validate().unwrap_err();
        assert_eq!((refused.field.as_str(), refused.value.as_str()), (field, value));
        assert!(refused.message.contains(message), "{}", refused.message);
    }
    let rows = [
        ("jpeg = { quality = 0 }", "output.jpeg.quality"),
        ("jpeg = { quality = 101 }", "output.jpeg.quality"),
        ("jpeg = { background = \"red\" }", "output.jpeg.background"),
        ("jpeg = { background = \"#ffff\" }", "output.jpeg.background"),
        ("webp = { quality = 101 }", "output.webp.quality"),
        ("webp = { method = 7 }", "output.webp.method"),
        ("webp = { lossless = true, max_bytes = 1 }", "output.webp.max_bytes"),
        ("avif = { quality = 0 }", "output.avif.quality"),
        ("avif = { speed = 11 }", "output.avif.speed"),
        ("auto = { formats = [\"png\", \"png\"] }", "output.auto.formats[1]"),
        ("auto = { webp = { method = 7 } }", "output.auto.webp.method"),
        ("auto = { avif = { speed = 11 } }", "output.auto.avif.speed"),
    ];
    for (output, field) in rows {
        let refused = parse(&format!("output = {{ {output} }}")).unwrap().validate().unwrap_err();
        assert_eq!(refused.field, field);
    }
}

#[test]
fn more_than_thirty_two_operations_are_refused() {
    let operation = Operation::from(Crop { width: 1, height: 1, ..Crop::default() });
    let spec = |count| Spec::new(vec![operation.clone(); count], Output::Jpeg(Default::default()));
    spec(32).validate().unwrap();
    assert_eq!(spec(33).validate().unwrap_err().field, "operations");
}
