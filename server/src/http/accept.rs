//! The formats that a caller says it can show (RFC 9110, section 12.5.1).

use http::{HeaderMap, header};
use rendition_imaging::Format;

/// The formats that `Accept` names one by one and does not refuse. Wildcards name none: every browser sends one, whatever
/// it can show, and names the newer formats besides.
pub fn accepted(headers: &HeaderMap) -> Vec<Format> {
    let ranges = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    ranges.flat_map(|value| value.split(',')).filter_map(named).collect()
}

fn named(range: &str) -> Option<Format> {
    let mut pieces = range.split(';').map(str::trim);
    let media_type = pieces.next()?;
    let format = *Format::ALL.iter().find(|format| format.media_type().eq_ignore_ascii_case(media_type))?;
    let refused = pieces.filter_map(|parameter| parameter.split_once('=')).any(|(name, weight)| {
        name.trim().eq_ignore_ascii_case("q")
            && weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0)
    });
    (!refused).then_some(format)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_named_and_not_refused_is_accepted() {
        let read = |text: &str| accepted(&HeaderMap::from_iter([(header::ACCEPT, text.parse().unwrap())]));
        assert_eq!(read("image/avif,image/webp,image/*,*/*;q=0.8"), [Format::Avif, Format::Webp]);
        assert_eq!(read("IMAGE/WEBP; q=0.1"), [Format::Webp]);
        for none in ["*/*", "image/*", "image/webp;q=0", "image/webp; Q=0.000", "text/html", "", ";,;q"] {
            assert_eq!(read(none), [], "{none}");
        }
        assert_eq!(accepted(&HeaderMap::new()), []);
    }
}
