//! What is prewarmed under measurement: the corpus' photographs under many names, by four specs.

use std::path::{Path, PathBuf};

use rendition_imaging::{Jpeg, Operation, Output, ResizeToFill, ResizeToFit, Spec, Webp};

use crate::pictures;

/// The four specs by their ids.
pub fn specs() -> [(&'static str, Spec); 4] {
    let fit = |width, height| -> Operation { ResizeToFit { width, height, ..Default::default() }.into() };
    let fill = |width, height| -> Operation { ResizeToFill { width, height, ..Default::default() }.into() };
    let jpeg = || Output::Jpeg(Jpeg::default());
    [
        ("tile", Spec::new(vec![fill(200, 200)], Output::Webp(Webp::default()))),
        ("card", Spec::new(vec![fit(400, 400)], jpeg())),
        ("teaser", Spec::new(vec![fill(800, 600)], jpeg())),
        ("page", Spec::new(vec![fit(1200, 1200)], jpeg())),
    ]
}

/// The same in the server's configuration, where `teaser` stands already.
pub const CONFIG: &str = r#"
[specs.tile]
operations = [{ resize_to_fill = { width = 200, height = 200 } }]
output = { webp = {} }
[specs.card]
operations = [{ resize_to_fit = { width = 400, height = 400 } }]
output = { jpeg = {} }
[specs.page]
operations = [{ resize_to_fit = { width = 1200, height = 1200 } }]
output = { jpeg = {} }
"#;

/// The photographs, and other names for them.
#[derive(Debug)]
pub struct Photographs(Vec<PathBuf>);

impl Photographs {
    /// Puts each of them into a folder once: the corpus', or without it some that are made in code.
    pub fn put(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/photos");
        let mut photos: Vec<PathBuf> =
            std::fs::read_dir(corpus).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        photos.retain(|photo| photo.extension().is_some_and(|extension| extension == "jpg"));
        photos.sort();
        let bytes: Vec<Vec<u8>> = if photos.is_empty() {
            (0..8).map(|seed| pictures::jpeg(3000, 2000, seed)).collect()
        } else {
            photos.iter().map(|photo| std::fs::read(photo).unwrap()).collect()
        };
        let put = bytes.iter().enumerate().map(|(number, bytes)| {
            let file = folder.join(format!("{number:02}.jpg"));
            std::fs::write(&file, bytes).unwrap();
            file
        });
        Self(put.collect())
    }

    /// Gives so many names to them in a folder, one photograph after the other: hard links, which take no room.
    pub fn name(&self, folder: &Path, names: usize) {
        std::fs::create_dir_all(folder).unwrap();
        for number in 0..names {
            let photo = &self.0[number % self.0.len()];
            std::fs::hard_link(photo, folder.join(format!("{number:05}.jpg"))).unwrap();
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}
