//! The rows of the reference and the readers must know the same keys.

use std::collections::BTreeSet;

use toml::de::DeValue;

use super::{super::*, secret_file};

/// A text that leads the readers into every one of their ways.
fn everything(secret: &str) -> String {
    format!(
        "version = 1\nauth.tokens = [{{ id = \"a\", secret_file = \"{secret}\" }}]\nmedia.keys = [{{ id = \"a\", secret_file = \"{secret}\" }}]\n\
         listen.tls = {{ cert_file = \"{secret}\", key_file = \"{secret}\" }}\n\
         stores.media = {{ kind = \"fs\", root = \"r\", source = true }}\nstores.renditions = {{ kind = \"s3\", bucket = \"b\" }}\n\
         stores.g = {{ kind = \"gcs\", bucket = \"b\" }}\n\
         stores.a = {{ kind = \"azblob\", container = \"c\", endpoint = \"https://a.example.org\" }}\n\
         overlays.mark = {{ file = \"{secret}\" }}\n\
         specs.s = {{ operations = [], output = {{ png = {{}} }} }}\n\
         families.f = {{ widths = [1], outputs = [{{ png = {{}} }}] }}\n"
    )
}

#[test]
fn every_key_that_is_read_has_a_row_and_every_row_is_read() {
    let (_folder, secret) = secret_file(super::SECRET);
    let mut sources = Sources::default();
    sources.add(Origin::File(None), everything(&secret));
    let reader = Reader::new(&sources);
    let root = tree(&reader).unwrap();
    Config::from_tree(&reader, &root).unwrap();
    let asked = reader.asked.borrow().clone();
    let rows: BTreeSet<String> = reference::rows().map(|row| row.path.to_owned()).collect();
    assert_eq!(asked, rows);
}

#[test]
fn every_default_does_for_its_own_row() {
    for row in reference::rows() {
        if let Some(default) = row.default {
            assert!(DeValue::parse(default).is_ok(), "{}", row.path);
        }
    }
    // Written out in a file, the defaults give what leaving them out gives.
    let mut text = String::new();
    for row in reference::rows().filter(|row| !row.path.contains('<')) {
        let default = if row.path == "version" { Some("1") } else { row.default };
        if let Some(default) = default {
            text += &format!("{} = {default}\n", row.path);
        }
    }
    assert!(text.lines().count() > 25);
    assert_eq!(super::parse(&text).unwrap(), super::parse("version = 1").unwrap());
}

#[test]
fn every_key_can_be_overridden_by_its_variable() {
    let (_folder, secret) = secret_file(super::SECRET);
    for row in reference::rows() {
        let path = row.path.replace("<name>", "media").replace("<id>", "s").replace("[]", ".0");
        let name = format!("{}{}", environment::PREFIX, path.replace('.', "__").to_uppercase());
        // A table stands for no key, so that each row must complain about it with the variable's name.
        let value = "{ nothing-like = 1979-05-27 }";
        let said = super::parse_with(&everything(&secret), &[(&name, value)]).unwrap_err();
        let place = Place::Environment(name.clone());
        let found = said.problems().iter().any(|problem| {
            problem.place.as_ref() == Some(&place) && problem.message != "there is no such key"
        });
        // What is text is taken as it is: the variable is understood, and nothing is to complain about.
        let understood = said.problems().iter().all(|problem| problem.place.as_ref() != Some(&place));
        assert!(found || understood, "{name}: {said}");
    }
}

#[test]
fn every_example_of_the_reference_is_understood() {
    let markdown = reference::markdown();
    let examples: Vec<&str> =
        markdown.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() > 10);
    for example in examples {
        let text = if example.contains("version = 1") {
            example.to_owned()
        } else {
            format!("version = 1\n{example}")
        };
        let Err(errors) = super::parse(&text) else { continue };
        // The examples name secret files that are not here, and show one section of a whole.
        for problem in errors.problems() {
            assert!(
                problem.message.contains("can't be read")
                    || problem.message.contains("is missing, and listen.http")
                    || problem.message.contains("is empty, and URLs"),
                "{problem}\nin\n{example}"
            );
        }
    }
}
