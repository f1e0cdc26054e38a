//! Specs that are refused, with what is said of them.

use super::*;

#[test]
fn spec_ids_and_globs_that_can_not_be_are_refused() {
    let id = "can be no spec's id; write a lower case letter, then up to 47 of a-z, 0-9, \"_\" and \"-\"; \"inline\" is reserved";
    for name in ["inline", "Avatar", "4x4", &"a".repeat(49)] {
        refused(&format!("specs.{name}.output.png = {{}}"), &format!("specs.{name}: {id}"));
    }
    refused(
        "specs.a = { output.png = {}, sources = [\"/a\"] }",
        "specs.a.sources: the glob \"/a\" begins with a slash, and no store path does; write a list of globs such as [\"avatars/**\", \"photos/*.jpg\"]",
    );
    refused(
        "specs.a = { output.png = {}, sources = \"a\" }",
        "specs.a.sources = \"a\": a string can't stand here; write a list of globs such as [\"avatars/**\", \"photos/*.jpg\"]",
    );
}

#[test]
fn specs_that_can_not_be_are_refused() {
    refused(
        "specs.a = {}",
        "specs.a.output: is missing; write output = { webp = { quality = 80 } }, or another format",
    );
    refused(
        "specs.a = { output.png = {}, operations = { crop = {} } }",
        "specs.a.operations: a table can't stand here; write a list: [{ resize_to_fit = { width = 800 } }]",
    );
    let found = complaints("version = 1\nspecs.a = { output.webp = { qualty = 3 } }").join("");
    assert!(
        found.contains("specs.a.output.webp.qualty: unknown field `qualty`")
            && found.ends_with("did you mean \"quality\"?"),
        "{found}"
    );
    let found = complaints("version = 1\nspecs.a = { output.wepb = {} }").join("");
    assert!(
        found.contains("specs.a.output.wepb: unknown variant `wepb`")
            && found.ends_with("did you mean \"webp\"?"),
        "{found}"
    );
    let found = complaints("version = 1\nspecs.a = { output.webp = { quality = 101 } }").join("");
    assert!(found.contains("specs.a.output.webp.quality"), "{found}");
}
