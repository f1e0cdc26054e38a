//! JPEG and lossy WebP are made of each other without leaving luma and chroma, and look as if they had been made of pixels.

use rendition_imaging::{
    Anchor, Crop, Jpeg, Offset, Operation, Output, Resize, ResizeToFill, ResizeToFit, Subsampling, Transpose,
    TransposeMethod, Upscale, Webp,
};

use crate::picture::{Picture, generate, png};

fn jpeg(quality: u32, subsampling: Subsampling) -> Output {
    Output::Jpeg(Jpeg { quality: Some(quality), subsampling, ..Jpeg::default() })
}

fn webp(quality: u32) -> Output {
    Output::Webp(Webp { quality: Some(quality), ..Webp::default() })
}

/// The same scene in every form that has luma and chroma.
fn sources(picture: &Picture) -> Vec<(String, Vec<u8>)> {
    let whole = picture.png();
    let mut sources = vec![("webp".to_owned(), generate(&whole, [], webp(95)))];
    for subsampling in [Subsampling::Quarter, Subsampling::Half, Subsampling::Whole] {
        sources.push((format!("jpeg {subsampling:?}"), generate(&whole, [], jpeg(95, subsampling))));
    }
    let progressive =
        Jpeg { quality: Some(95), progressive: true, subsampling: Subsampling::Quarter, ..Jpeg::default() };
    sources.push(("progressive jpeg".to_owned(), generate(&whole, [], Output::Jpeg(progressive))));
    #[cfg(feature = "turbojpeg")]
    for subsampling in [turbojpeg::Subsamp::Sub1x2, turbojpeg::Subsamp::Sub4x1, turbojpeg::Subsamp::Gray] {
        let rgb: Vec<u8> = picture.pixels.iter().flat_map(|pixel| &pixel[..3]).copied().collect();
        let (width, height) = (picture.size.width as usize, picture.size.height as usize);
        let image = turbojpeg::Image {
            pixels: rgb.as_slice(),
            width,
            pitch: width * 3,
            height,
            format: turbojpeg::PixelFormat::RGB,
        };
        sources.push((
            format!("jpeg {subsampling:?}"),
            turbojpeg::compress(image, 95, subsampling).unwrap().to_vec(),
        ));
    }
    sources
}

fn recipes() -> Vec<Vec<Operation>> {
    let fit = |width| ResizeToFit { width, ..ResizeToFit::default() };
    let fill =
        |anchor| ResizeToFill { width: 75, height: 133, anchor: Some(anchor), ..ResizeToFill::default() };
    let crop = |x, y| Crop { width: 161, height: 99, offset: Some(Offset { x, y }), ..Crop::default() };
    let large = Resize { width: 501, height: 333, upscale: Upscale::Allow, ..Resize::default() };
    let turn = |method| Transpose { method };
    vec![
        vec![],
        vec![fit(200).into()],
        vec![fit(101).into()],
        vec![fit(37).into()],
        vec![fill(Anchor::TopLeft).into()],
        vec![fill(Anchor::BottomRight).into()],
        vec![crop(16, 32).into()],
        vec![crop(16, 32).into(), fit(77).into()],
        vec![crop(17, 31).into(), fit(77).into()],
        vec![large.into()],
        vec![fit(101).into(), turn(TransposeMethod::Rotate90).into()],
        vec![fit(101).into(), turn(TransposeMethod::FlipHorizontal).into()],
        vec![turn(TransposeMethod::Rotate180).into()],
    ]
}

#[test]
fn what_stays_in_luma_and_chroma_looks_as_if_made_of_pixels() {
    for (width, height) in [(400, 300), (403, 301)] {
        for (name, bytes) in sources(&Picture::scene(width, height)) {
            for operations in recipes() {
                for output in [jpeg(95, Subsampling::Quarter), jpeg(95, Subsampling::Whole), webp(95)] {
                    let made = Picture::read(&generate(&bytes, operations.clone(), output.clone()));
                    let pixels = generate(&bytes, operations.clone(), png());
                    let expected = Picture::read(&generate(&pixels, [], output.clone()));
                    let what = format!("{name} {width}x{height} {operations:?} {output:?}");
                    let (similarity, difference) = (made.ssim(&expected), made.mean_difference(&expected));
                    println!("{similarity:.4} {difference:.2} {what}");
                    assert!(similarity > 0.975, "{what}: {similarity}");
                    assert!(difference < 3.0, "{what}: {difference}");
                }
            }
        }
    }
}
