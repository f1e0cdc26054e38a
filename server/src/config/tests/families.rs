//! Families: what their members are, and what is refused.

use rendition_imaging::Operation;

use super::*;

fn family(text: &str) -> Config {
    parse(&format!("version = 1\nspecs = {{}}\n{text}")).unwrap()
}

#[test]
fn each_width_in_each_format_is_a_named_spec() {
    let config = family(
        "[families.hero]\nwidths = [640, 320]\noutputs = [{ webp = { quality = 70 } }, { jpeg = {} }]\n\
         operations = [{ crop = { width = 800, height = 600 } }]\nfinish = [{ sharpen = {} }]\n\
         light = \"linear\"\nstrategy = \"eager\"\nsources = [\"photos/**\"]\npublic = true\n",
    );
    let ids: Vec<&str> = config.specs.keys().map(SpecId::as_str).collect();
    assert_eq!(ids, ["hero-320-jpeg", "hero-320-webp", "hero-640-jpeg", "hero-640-webp"]);
    for named in config.specs.values() {
        assert!(matches!(
            &named.spec.operations[..],
            [Operation::Crop(_), Operation::ResizeToFit(_), Operation::Sharpen(_)]
        ));
        assert_eq!(named.spec.light, rendition_imaging::Light::Linear);
        assert!(named.public && named.strategy.is_some() && named.sources.len() == 1);
    }
    let hero = &config.families["hero"];
    let told: Vec<(&str, Vec<u32>)> = hero
        .formats
        .iter()
        .map(|(format, members)| (format.extension(), members.iter().map(|member| member.width).collect()))
        .collect();
    assert_eq!(told, [("webp", vec![320, 640]), ("jpg", vec![320, 640])], "from the narrowest on");
    assert_eq!(hero.members().count(), 4);
}

#[test]
fn a_device_pixel_ratio_multiplies_the_widths() {
    let config = family("[families.a]\nwidths = [100]\noutputs = [{ png = {} }]\ndevice_pixel_ratio = 2.0\n");
    let member = config.families["a"].members().next().unwrap();
    assert_eq!((member.id.as_str(), member.width), ("a-100-png", 200));
}

#[test]
fn what_can_be_no_family_is_refused() {
    let with = |more: &str| format!("[families.a]\nwidths = [100]\noutputs = [{{ png = {{}} }}]\n{more}");
    refused(
        "families.a.outputs = [{ png = {} }]",
        "families.a.widths: is missing; write widths = [320, 640, 1280]",
    );
    refused(
        "families.a = { widths = [], outputs = [{ png = {} }] }",
        "families.a.widths: these are 0 widths; write 1 to 16",
    );
    refused(
        "families.a = { widths = [0], outputs = [{ png = {} }] }",
        "families.a.widths: is too small; write at least 1",
    );
    refused(
        "families.a = { widths = [1] }",
        "families.a.outputs: is missing or empty; write outputs = [{ webp = { quality = 80 } }, { jpeg = {} }]",
    );
    refused(
        "families.a = { widths = [1], outputs = [{ png = {} }, { png = {} }] }",
        "families.a.outputs: png stands here twice; name each format once",
    );
    refused(
        "families.a = { widths = [1], outputs = [{ auto = {} }] }",
        "families.a.outputs: `auto` is no format; name the formats: the browser chooses",
    );
    refused(
        &with("finish = [{ rotate = { angle = 90.0 } }]"),
        "families.a.finish: makes 75 pixels of a width of 100; put what changes the width into `operations`",
    );
    refused(
        &with("finish = [{ overlay = { name = \"mark\" } }]"),
        "families.a.finish[0].overlay.name: \"mark\" names no overlay; add [overlays.mark]",
    );
    let long = "a".repeat(38);
    refused(
        &format!("families.{long} = {{ widths = [1], outputs = [{{ png = {{}} }}] }}"),
        &format!(
            "families.{long}: can be no family's name; write a lower case letter, then up to 36 of a-z, 0-9, \"_\" and \"-\"; the ids of its specs begin with it"
        ),
    );
    refused(
        &with("[specs.a-100-png]\noutput = { png = {} }\n"),
        "specs.a-100-png: is the id of a family's member, too; rename one of the two",
    );
}
