//! Secrets stand in no output.

use super::*;

#[test]
fn a_configuration_printed_for_debugging_shows_no_secret() {
    let (_folder, secret) = secret_file(SECRET);
    let config = parse(&format!(
        "version = 1\nauth.tokens = [{{ id = \"a\", secret_file = \"{secret}\" }}]\nmedia.keys = [{{ id = \"a\", secret_file = \"{secret}\" }}]\n\
         [stores.media]\nkind = \"memory\"\nsource = true\n\
         [stores.renditions]\nkind = \"s3\"\nbucket = \"b\"\naccess_key_id = \"id\"\nsecret_access_key = \"{SECRET}\"\nsession_token = \"{SECRET}\""
    ))
    .unwrap();
    let printed = format!("{config:?} {config:#?}");
    assert!(!printed.contains("horse"), "{printed}");
    assert!(!printed.contains("99, 111, 114, 114"), "nor as a list of bytes");
    assert!(printed.contains("[secret]"));
}

#[test]
fn no_problem_shows_a_secret() {
    let secret = "hunter2 and more";
    let head = "version = 1\n[stores.media]\nkind = \"s3\"\nsource = true\nbucket = \"b\"\n";
    for text in [
        format!("{head}secret_access_key = [\"{secret}\"]"),
        format!("{head}secret_access_key = \"{secret}\""),
        format!("{head}secret_access_key = {{ value = \"{secret}\" }}"),
        format!("{head}session_token = {{ value = \"{secret}\" }}"),
        format!("{head}secret_acces_key = \"{secret}\""),
        format!("{head}secret_access_key = \"{secret}\"\nsecret_access_key_file = \"nowhere\""),
        format!("{head}secret_access_key = \"{secret}"),
        format!("{head}secret_access_key = {secret}"),
        format!("version = 1\nstores = \"{secret}\"\nstores = \"{secret}\""),
        format!("version = 1\nauth = {{ tokens = [{{ id = \"a\", secret = \"{secret}\" }}] }}"),
        format!("version = 1\nauth = {{ tokens = [\"{secret}\"] }}"),
    ] {
        let said = complaints(&text).join("\n");
        assert!(!said.is_empty(), "{text}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    let variable = [("RENDITION_STORES__MEDIA__ACCOUNT_KEY", secret)];
    let said = parse_with(head, &variable).unwrap_err().to_string();
    assert!(said.contains("stores.media.account_key: is no key of a store of kind \"s3\""), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}
