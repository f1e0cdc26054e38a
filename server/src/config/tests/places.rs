//! Problems name their place, their key, the value and the way out, all at once.

use super::*;

#[test]
fn a_problem_names_file_line_column_key_value_and_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rendition.toml");
    std::fs::write(&file, "version = 1\n\n[limits]\n  max_wait = \"sixty\"\n").unwrap();
    let errors = Config::load(Some(&file), std::iter::empty()).unwrap_err();
    let [problem] = errors.problems() else { panic!("{errors}") };
    assert_eq!(problem.place, Some(Place::File { path: Some(file.clone()), line: 4, column: 14 }));
    assert_eq!(
        problem.to_string(),
        format!(
            "{}:4:14: limits.max_wait = \"sixty\": is not a duration; write a number with a unit, such as \"500ms\", \"10s\", \"5m\", \"24h\" or \"7d\"",
            file.display()
        )
    );
    let report = check(Some(&file), std::iter::empty());
    assert!(!report.sound);
    assert!(report.text.ends_with(&format!("{}: 1 problem\n", file.display())), "{}", report.text);
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_file() {
    let text = r#"version = 2
listn = {}
[listen]
grpc = "nowhere"
[cache]
absent_ttl = "0s"
enabled = "yes"
[specs.a]
operations = [{ resize_to_fill = { widht = 2, height = 2 } }, { explode = {} }]
output = { webp = { quality = 80 } }
[specs.b]
output = { webp = { quality = 101 } }
strategy = "lazy"
"#;
    let errors = parse(text).unwrap_err();
    let found: Vec<(usize, &str)> = errors
        .problems()
        .iter()
        .map(|problem| match &problem.place {
            Some(Place::File { line, .. }) => (*line, problem.key.as_str()),
            other => panic!("{other:?}: {problem}"),
        })
        .collect();
    assert_eq!(
        found,
        [
            (1, "version"),
            (2, "listn"),
            (4, "listen.grpc"),
            (6, "cache.absent_ttl"),
            (7, "cache.enabled"),
            (9, "specs.a.operations[0].resize_to_fill.widht"),
            (9, "specs.a.operations[1].explode"),
            (12, "specs.b.output.webp.quality"),
            (13, "specs.b.strategy"),
        ]
    );
}

#[test]
fn a_field_that_does_not_do_is_found_inside_of_its_spec() {
    let text = "version = 1\n[specs.card]\noperations = [\n  { crop = { width = 10, height = 10 } },\n  { resize_to_fill = { width = 0, height = 5 } },\n]\noutput = { jpeg = {} }\n";
    let errors = parse(text).unwrap_err();
    let [problem] = errors.problems() else { panic!("{errors}") };
    assert_eq!(problem.key, "specs.card.operations[1].resize_to_fill.width");
    assert_eq!(problem.place, Some(Place::File { path: None, line: 5, column: 32 }));
    assert!(!problem.remedy.is_empty());
}

#[test]
fn every_syntax_error_is_told_and_nothing_else() {
    let errors = parse("version = 1\nnonsense here\n[listen\ngrpc = \"nowhere\"\n").unwrap_err();
    assert!(errors.problems().len() >= 2, "{errors}");
    for problem in errors.problems() {
        assert!(problem.message.starts_with("this is not TOML: "), "{problem}");
        assert!(matches!(problem.place, Some(Place::File { line: 2..=4, .. })), "{problem}");
    }
}

#[test]
fn columns_are_counted_in_characters() {
    let errors = parse("version = 1\n\"ärger\" = 1 # x\ncache = { \"ü\" = 1 }").unwrap_err();
    let columns: Vec<_> = errors.problems().iter().map(|problem| problem.place.clone()).collect();
    assert_eq!(columns[1], Some(Place::File { path: None, line: 3, column: 11 }), "{errors}");
}

#[test]
fn long_values_are_cut() {
    let said = complaints(&format!("version = 1\ncache.absent_ttl = \"{}\"", "x".repeat(500))).join("");
    assert!(said.contains("…: is not a duration") && said.len() < 300, "{said}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let said = Config::load(Some(Path::new("no/such.toml")), std::iter::empty()).unwrap_err().to_string();
    assert!(said.starts_with("the configuration file no/such.toml can't be read: "), "{said}");
}
