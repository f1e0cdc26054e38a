//! How an answer says that it is to be saved, and under which name.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands in an extended parameter as it is: RFC 8187's `attr-char`, of which these are enough.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// The value of `Content-Disposition` for a download under a name, in both forms of RFC 6266: plain for those who read
/// no other, with `_` for what does not fit into it, and encoded by RFC 8187.
pub fn attachment(name: &str) -> String {
    let fits = |c: char| c == ' ' || c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%');
    let plain: String = name.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, VALUE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_in_both_forms_and_neither_ends_its_quotes_early() {
        for (name, value) in [
            ("cat.png", "attachment; filename=\"cat.png\"; filename*=UTF-8''cat.png"),
            (
                "a \"b\" 100%.png",
                "attachment; filename=\"a _b_ 100_.png\"; filename*=UTF-8''a%20%22b%22%20100%25.png",
            ),
            (
                "für\u{1f63a}.webp",
                "attachment; filename=\"f_r_.webp\"; filename*=UTF-8''f%C3%BCr%F0%9F%98%BA.webp",
            ),
        ] {
            assert_eq!(attachment(name), value);
        }
    }
}
