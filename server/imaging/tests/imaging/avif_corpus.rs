//! AVIF files of other encoders, compared with one another where they show the same picture.

use rendition_imaging::{
    ColorModel, Jpeg, Limits, Orientation, Output, Png, ResizeToFit, Size, Spec, generate, inspect,
};

use crate::corpus;
use crate::picture::Picture;

/// Same picture, and how alike: a bound on SSIM.
fn alike(name: &str, other: &Picture, least: f64) {
    let Some(bytes) = corpus::read(name) else { return };
    let similarity = Picture::read(&bytes).ssim(other);
    assert!(similarity >= least, "{name}: {similarity}");
}

#[test]
fn every_depth_and_chroma_shows_the_same_fox() {
    let Some(bytes) = corpus::read("avif/linku--fox.profile0.8bpc.yuv420.avif") else { return };
    let fox = Picture::read(&bytes);
    assert_eq!(fox.size, Size::new(1204, 800));
    for name in ["profile0.10bpc.yuv420", "profile1.8bpc.yuv444", "profile2.12bpc.yuv444"] {
        alike(&format!("avif/linku--fox.{name}.avif"), &fox, 0.97);
    }
    let Some(odd) = corpus::read("avif/linku--fox.profile0.8bpc.yuv420.odd-width.odd-height.avif") else {
        return;
    };
    // It lacks the first row and column.
    let cut = Picture::new(1203, 799, |x, y| fox.at(x + 1, y + 1));
    let similarity = Picture::read(&odd).ssim(&cut);
    assert!(similarity > 0.97, "{similarity}");
    let Some(gray) = corpus::read("avif/linku--fox.profile0.8bpc.yuv420.monochrome.avif") else { return };
    assert_eq!(inspect(&gray).unwrap().color, ColorModel::Gray);
    let gray = Picture::read(&gray);
    assert!(gray.pixels.iter().all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]));
    assert!(gray.ssim(&fox) > 0.97);
}

#[test]
fn ten_and_twelve_bits_become_sixteen_where_the_format_holds_them() {
    for (name, bits) in [("profile0.10bpc.yuv420", 10), ("profile2.12bpc.yuv444", 12)] {
        let Some(bytes) = corpus::read(&format!("avif/linku--fox.{name}.avif")) else { return };
        assert_eq!(inspect(&bytes).unwrap().bits, bits);
        let fit = ResizeToFit { width: 300, ..ResizeToFit::default() };
        let made = |output| {
            let spec = Spec::new(vec![fit.clone().into()], output);
            generate(&bytes, &spec, &Limits::default()).unwrap().bytes
        };
        let png = made(Output::Png(Png::default()));
        assert_eq!(inspect(&png).unwrap().bits, 16);
        let jpeg = made(Output::Jpeg(Jpeg { quality: Some(95), ..Jpeg::default() }));
        assert!(Picture::read(&jpeg).ssim(&Picture::read(&png)) > 0.97);
    }
}

#[test]
fn turned_mirrored_and_cut_kimonos_are_shown_upright() {
    let Some(bytes) = corpus::read("avif/linku--kimono.rotate90.avif") else { return };
    let header = inspect(&bytes).unwrap();
    assert_eq!((header.coded, header.size), (Size::new(1024, 722), Size::new(722, 1024)));
    assert_eq!(header.orientation, Orientation::Rotate90);
    let kimono = Picture::read(&bytes);
    // The centre is moved by whole pixels from the middle of an odd rest: the cut begins half a pixel further left.
    let cut = Picture::new(385, 330, |x, y| kimono.at(x + 271, y + 39));
    alike("avif/linku--kimono.crop.avif", &cut, 0.94);
    let Some(bytes) = corpus::read("avif/linku--kimono.mirror-vertical.rotate270.crop.avif") else { return };
    let header = inspect(&bytes).unwrap();
    assert_eq!((header.size, header.stored), (Size::new(385, 330), Size::new(1024, 722)));
    let similarity = [271, 272].map(|left| {
        let cut = Picture::new(385, 330, |x, y| kimono.at(x + left, y + 39));
        Picture::read(&bytes).ssim(&cut)
    });
    assert!(similarity.iter().any(|similarity| *similarity > 0.94), "{similarity:?}");
}

#[test]
fn orientations_are_those_of_the_container() {
    for (name, orientation) in [
        ("orient_imir1", Orientation::MirrorHorizontal),
        ("orient_irot1_imir1", Orientation::Transverse),
        ("orient_irot3_icc", Orientation::Rotate90),
    ] {
        let Some(bytes) = corpus::read(&format!("orientation/oximg--{name}.avif")) else { return };
        let header = inspect(&bytes).unwrap();
        assert_eq!(
            (header.orientation, header.size),
            (orientation, orientation.apply(header.coded)),
            "{name}"
        );
        assert_eq!(Picture::read(&bytes).size, header.size);
    }
    // Only XMP says otherwise.
    let Some(bytes) = corpus::read("avif/pillow--xmp_tags_orientation.avif") else { return };
    assert_eq!(inspect(&bytes).unwrap().orientation, Orientation::Normal);
}

#[test]
fn of_a_sequence_the_first_frame_is_read() {
    let Some(bytes) = corpus::read("avif/linku--star-8bpc.avifs") else { return };
    let header = inspect(&bytes).unwrap();
    assert_eq!((header.size, header.frames, header.has_alpha), (Size::new(159, 159), 5, false));
    assert!(!header.is_animated());
    let star = Picture::read(&bytes);
    let Some(bytes) = corpus::read("avif/linku--star-8bpc-with-alpha.avifs") else { return };
    assert!(inspect(&bytes).unwrap().has_alpha);
    let clear = Picture::read(&bytes);
    assert_eq!(clear.at(0, 0)[3], 0);
    let opaque = clear.pixels.iter().filter(|pixel| pixel[3] > 250).count();
    assert!((1000..159 * 159 / 2).contains(&opaque), "{opaque}");
    // Where it is opaque, it is the other one, which was made with a narrow range and says that it has the full one.
    let pairs = clear.pixels.iter().zip(&star.pixels).filter(|(clear, _)| clear[3] == 255);
    let (sum, count) = pairs.fold((0u32, 0u32), |(sum, count), (a, b)| {
        let widened = |level: u8| ((f64::from(level) - 16.0) * 255.0 / 219.0).clamp(0.0, 255.0) as u8;
        (
            sum + (0..3).map(|channel| u32::from(a[channel].abs_diff(widened(b[channel])))).sum::<u32>(),
            count + 3,
        )
    });
    assert!(sum < count * 6, "{sum} of {count}");
}

#[test]
fn alpha_whose_properties_stand_apart_is_read() {
    let Some(bytes) = corpus::read("avif/linku--plum-blossom-large.profile0.8bpc.yuv420.alpha-full.avif")
    else {
        return;
    };
    let header = inspect(&bytes).unwrap();
    assert_eq!((header.size, header.has_alpha), (Size::new(2048, 2048), true));
    let plum = Picture::read(&bytes);
    let clear = plum.pixels.iter().filter(|pixel| pixel[3] == 0).count();
    assert!(clear > plum.pixels.len() / 10 && clear < plum.pixels.len() * 9 / 10, "{clear}");
}

#[test]
fn a_profile_that_exchanges_channels_is_applied() {
    let Some(avif) = corpus::read("avif/linku--red-at-12-oclock-with-color-profile-8bpc.avif") else {
        return;
    };
    assert!(inspect(&avif).unwrap().has_icc);
    let wheel = Picture::read(&avif);
    // Without the profile the top is blue, and what is opposite is orange.
    let (top, bottom) = (wheel.at(400, 80), wheel.at(400, 720));
    assert!(top[0] > 200 && top[1] < 60 && top[2] < 140, "{top:?}");
    assert!(bottom[0] < 60 && bottom[1] > 200, "{bottom:?}");
}

#[test]
fn all_avif_files_of_the_corpus_give_a_picture() {
    let fit = ResizeToFit { width: 100, height: 100, ..ResizeToFit::default() };
    let spec = Spec::new(vec![fit.into()], Output::Jpeg(Jpeg::default()));
    for name in corpus::paths().into_iter().filter(|path| path.starts_with("avif/")) {
        let Some(bytes) = corpus::read(&name) else { continue };
        let made = generate(&bytes, &spec, &Limits::default());
        assert!(made.is_ok(), "{name}: {:?}", made.err());
    }
}
