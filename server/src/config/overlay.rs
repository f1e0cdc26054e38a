//! The images that specs may lay over others, each read and decoded at the start.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};

use rendition_imaging::OverlayImage;

use crate::model::is_name;

use super::{
    Limits,
    key::{Key, Kind},
    problem::Complaint,
    quantity::format_size,
    section::{Section, Shown},
};

/// An image that specs may lay over others.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay {
    /// Where it was read from.
    pub file: PathBuf,
    /// The image, decoded. Its version is the hash of the file's bytes, so that the keys of what bears it
    /// change with them and with nothing else.
    pub image: Arc<OverlayImage>,
}

/// The bytes of a version: BLAKE3, cut to 128 bits.
const VERSION: usize = 16;
const LONGEST_NAME: usize = 32;
const NAME_REMEDY: &str = "write a lower case letter, then up to 31 of a-z, 0-9, \"_\" and \"-\"";
const FILE_REMEDY: &str = "name an image file that the server may read";

pub(crate) const KEYS: &[Key] = &[Key::without_default(
    "overlays.<name>.file",
    Kind::Path,
    "required",
    "The image: a file of any format that sources may have, of an animation the first frame. It is read at the start; another image under \
     the name gives other renditions under other keys.",
)];

/// Reads all overlays. Those with a problem are left out.
pub(crate) fn read(root: &Section<'_, '_>, limits: &Limits) -> BTreeMap<String, Overlay> {
    let mut overlays = BTreeMap::new();
    for (name, span, section) in root.named("overlays", "<name>") {
        if !is_name(&name, LONGEST_NAME) {
            let complaint = Complaint::new("can be no overlay's name", NAME_REMEDY);
            root.reader.complain(format!("overlays.{name}"), Some(span), Shown::No, complaint);
            continue;
        }
        let Some(file) = section.require::<PathBuf>("file", "write file = \"watermark.png\"") else {
            continue;
        };
        match Overlay::open(file, limits) {
            Ok(overlay) => {
                overlays.insert(name, overlay);
            }
            Err(complaint) => section.complain("file", complaint),
        }
    }
    overlays
}

impl Overlay {
    fn open(file: PathBuf, limits: &Limits) -> Result<Self, Complaint> {
        let unread = |error: std::io::Error| Complaint::new(format!("can't be read: {error}"), FILE_REMEDY);
        let size = fs::metadata(&file).map_err(unread)?.len();
        if size > limits.max_source_bytes {
            let message = format!(
                "has {}, more than limits.max_source_bytes, {}",
                format_size(size),
                format_size(limits.max_source_bytes)
            );
            return Err(Complaint::new(message, "make it smaller, or raise the limit"));
        }
        let bytes = fs::read(&file).map_err(unread)?;
        let version = blake3::hash(&bytes).as_bytes()[..VERSION].to_vec();
        let image = OverlayImage::decode(&bytes, version, &limits.imaging())
            .map_err(|error| Complaint::new(format!("can't be decoded: {error}"), FILE_REMEDY))?;
        Ok(Self { file, image: Arc::new(image) })
    }
}
