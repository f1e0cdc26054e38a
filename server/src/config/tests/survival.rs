//! Whatever is written, the reader answers; it never panics.

use proptest::prelude::*;

use super::*;

/// Values of every kind, sound and not.
const VALUES: &[&str] = &[
    "1",
    "-9223372036854775808",
    "0xffff_ffff_ffff_ffff",
    "1e400",
    "nan",
    "\"\"",
    "\"60%\"",
    "\"ü\"",
    "\"99999999999999999999 TiB\"",
    "\"9999999999999999y\"",
    "\"forever\"",
    "\"[::1]:0\"",
    "\"http://[\"",
    "true",
    "1979-05-27T07:32:00Z",
    "[]",
    "[[]]",
    "{}",
    "{ a = {} }",
    "[{}]",
    "[{ crop = 5 }, 7, { resize = { width = 1 } }]",
    "{ webp = { quality = -1 } }",
    "'''\nü\n'''",
];

proptest! {
    #[test]
    fn any_value_for_any_key_is_answered(
        row in 0..reference::rows().count(),
        value in prop::sample::select(VALUES),
        variable in any::<bool>(),
    ) {
        let row = reference::rows().nth(row).unwrap();
        let path = row.path.replace("<name>", "media").replace("<id>", "avatar");
        let name = format!("{}{}", environment::PREFIX, path.replace("[]", "__0").replace('.', "__").to_uppercase());
        let answer = if variable {
            parse_with("version = 1\nauth.tokens = [{}]\nmedia.keys = [{}]\n", &[(&name, value)])
        } else {
            parse(&format!("version = 1\n{} = {value}", path.replace("[]", "")))
        };
        if let Err(errors) = answer {
            prop_assert!(!errors.problems().is_empty());
            prop_assert!(!errors.to_string().is_empty());
        }
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,80}", at in 0..DEFAULT.len()) {
        let _ = parse(&text);
        let mut torn = DEFAULT.to_owned();
        torn.insert_str(at, &text);
        if let Err(errors) = parse(&torn) {
            prop_assert!(!errors.problems().is_empty());
        }
    }
}
