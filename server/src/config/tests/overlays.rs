//! Overlays: read and decoded at the start, and named by specs.

use super::*;

/// One white pixel.
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// A folder with a file in it, and the file's path for a TOML text.
fn file(bytes: &[u8]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mark");
    std::fs::write(&file, bytes).unwrap();
    let name = file.to_str().unwrap().to_owned();
    (folder, name)
}

#[test]
fn an_overlay_is_decoded_and_its_version_is_its_hash() {
    let (_folder, file) = file(GIF);
    let text = format!(
        "version = 1\noverlays.water-mark.file = \"{file}\"\n\
         specs.a = {{ operations = [{{ overlay = {{ name = \"water-mark\" }} }}], output.png = {{}} }}"
    );
    let config = parse(&text).unwrap();
    let overlay = &config.overlays["water-mark"];
    assert_eq!((overlay.image.size().width, overlay.image.size().height), (1, 1));
    assert_eq!(overlay.image.version(), &blake3::hash(GIF).as_bytes()[..16]);
    assert!(format!("{config:?}").len() < 20_000);
}

#[test]
fn an_overlay_that_can_not_be_is_refused() {
    refused("overlays.mark = {}", "overlays.mark.file: is missing; write file = \"watermark.png\"");
    refused(
        "overlays.mark.file = \"/no/such/file\"",
        "overlays.mark.file = \"/no/such/file\": can't be read: No such file or directory (os error 2); name an image file that the server may read",
    );
    refused(
        "overlays.Mark.file = \"m\"",
        "overlays.Mark: can be no overlay's name; write a lower case letter, then up to 31 of a-z, 0-9, \"_\" and \"-\"",
    );
    let (_folder, path) = file(b"no image");
    let found = complaints(&format!("version = 1\noverlays.mark.file = \"{path}\"")).join("\n");
    assert!(found.contains("overlays.mark.file") && found.contains("can't be decoded: "), "{found}");
    let (_folder, path) = file(GIF);
    let found =
        complaints(&format!("version = 1\nlimits.max_source_bytes = 9\noverlays.mark.file = \"{path}\""));
    assert!(found.join("\n").contains("more than limits.max_source_bytes, 9 B"), "{found:?}");
}

#[test]
fn a_spec_with_an_overlay_that_is_not_there_is_refused_with_its_field() {
    let spec =
        "specs.a = { operations = [{ grayscale = {} }, { overlay = { name = \"mark\" } }], output.png = {} }";
    refused(spec, "specs.a.operations[1].overlay.name: \"mark\" names no overlay; add [overlays.mark]");
    let (_folder, path) = file(GIF);
    let text = format!("overlays.marks.file = \"{path}\"\n{spec}");
    refused(&text, "specs.a.operations[1].overlay.name: \"mark\" names no overlay; did you mean \"marks\"?");
    // One that is there and has a problem of its own is told once.
    let found = complaints(&format!("version = 1\noverlays.mark.file = \"/no/such/file\"\n{spec}"));
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn the_options_of_a_spec_are_read_and_bounded() {
    let text = "version = 1\nspecs.a = { output.gif = { dither = false }, device_pixel_ratio = 2, animation = \"first_frame\", \
                light = \"linear\", color_profile = \"keep\", metadata = \"all\", on_damaged = \"accept\" }";
    let spec = &parse(text).unwrap().specs["a"].spec;
    let json = r#"{"operations":[],"output":{"gif":{"dither":false}},"scaled_decoding":"quality","device_pixel_ratio":2.0,"animation":"first_frame","light":"linear","color_profile":"keep","metadata":"all","on_damaged":"accept"}"#;
    assert_eq!(serde_json::to_string(spec).unwrap(), json);
    for ratio in ["0", "-1.5", "8.5", "nan"] {
        refused(
            &format!("specs.a = {{ output.png = {{}}, device_pixel_ratio = {ratio} }}"),
            &format!(
                "specs.a.device_pixel_ratio = {ratio}: is out of range; write a number above 0, at most 8, without quotes"
            ),
        );
    }
    refused(
        "specs.a = { output.png = {}, animation = \"first\" }",
        "specs.a.animation = \"first\": is not one of the words that can stand here; write one of \"keep\", \"first_frame\", \"reject\"",
    );
}
