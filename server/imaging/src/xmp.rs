//! XMP packets, and what may be kept of one.

use std::str;

/// The most bytes of a packet, which has to fit into a segment of a JPEG with its name.
const MOST_BYTES: usize = 65_535 - 2 - 29;

/// Names that tell that a packet holds the place where a picture was taken, or a small copy of it, in small letters: those of
/// EXIF (`exif:GPSLatitude`), of drones (`drone-dji:GpsLongtitude`, so spelled), of IPTC (`photoshop:City`,
/// `Iptc4xmpCore:Location`, `Iptc4xmpExt:LocationCreated`), and of small copies.
const UNWANTED: [&str; 10] = [
    "gps",
    "latitude",
    "longitude",
    "longtitude",
    "location",
    "photoshop:city",
    "photoshop:state",
    "photoshop:country",
    "thumbnails",
    "xmpgimg",
];

/// The packet that is written: with the orientation reset, because the pixels have it already; empty where it holds what is
/// not to be kept. It is XML that may say the same in many ways, so a packet is kept whole or not at all.
pub(crate) fn kept(packet: &[u8]) -> Vec<u8> {
    let Ok(text) = str::from_utf8(packet) else { return Vec::new() };
    if packet.len() > MOST_BYTES {
        return Vec::new();
    }
    let lower = text.to_ascii_lowercase();
    if UNWANTED.iter().any(|name| lower.contains(name)) {
        return Vec::new();
    }
    let mut kept = packet.to_vec();
    for (at, _) in text.match_indices("tiff:Orientation") {
        // As an attribute or an element: the digit comes after = and a quote, or after >.
        let rest = &text[at + "tiff:Orientation".len()..];
        let digit = rest.char_indices().find(|(_, letter)| !matches!(letter, '=' | '"' | '\'' | '>' | ' '));
        if let Some((offset, '2'..='8')) = digit {
            kept[at + "tiff:Orientation".len() + offset] = b'1';
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_orientation_is_reset_however_it_is_written() {
        let attribute = br#"<rdf:Description tiff:Orientation="6" dc:rights="A. Person"/>"#;
        assert_eq!(kept(attribute), br#"<rdf:Description tiff:Orientation="1" dc:rights="A. Person"/>"#);
        let element = b"<tiff:Orientation>8</tiff:Orientation>";
        assert_eq!(kept(element), b"<tiff:Orientation>1</tiff:Orientation>");
    }

    #[test]
    fn a_packet_with_a_place_or_a_small_copy_is_not_kept() {
        assert!(kept(b"<a exif:GPSLatitude='1'/>").is_empty());
        assert!(kept(b"<xmp:Thumbnails/>").is_empty());
        assert!(kept(b"\xff\xfe").is_empty());
    }

    #[test]
    fn a_packet_that_tells_the_place_is_not_kept_whoever_wrote_it() {
        for name in ["exif:GPSLatitude", "drone-dji:GpsLongtitude", "photoshop:City", "Iptc4xmpCore:Location"]
        {
            let packet = format!(r#"<rdf:Description dc:rights="A. Person" {name}="44.94"/>"#);
            assert!(kept(packet.as_bytes()).is_empty(), "{name}");
        }
    }
}
