//! AVIF as it is read: files put together by hand, with what containers can say of a picture.

use rendition_imaging::{
    ColorProfile, ImageError, Limits, Orientation, Output, Png, ResizeToFit, Size, Spec, Subsampling, inspect,
};

use crate::avif_file::{Item, alpha, aperture, boxed, coded, coded_gray, file, nclx, size};
use crate::picture::{Picture, png, result, spec};

/// Four quarters of different colours.
fn quarters(width: u32, height: u32) -> Picture {
    Picture::new(width, height, |x, y| match (x < width / 3, y < height / 3) {
        (true, true) => [220, 30, 30, 255],
        (false, true) => [30, 200, 40, 255],
        (true, false) => [40, 50, 210, 255],
        (false, false) => [230, 220, 60, 255],
    })
}

fn with(mut item: Item, properties: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    item.properties.extend(properties);
    file(&[item])
}

/// How far two pictures are apart, per sample.
fn apart(a: &Picture, b: &Picture) -> f64 {
    a.mean_difference(b)
}

fn refused(bytes: &[u8]) -> ImageError {
    rendition_imaging::generate(bytes, &spec([], png()), &Limits::default()).unwrap_err()
}

fn is_undecodable(bytes: &[u8]) -> bool {
    matches!(refused(bytes), ImageError::Undecodable { .. })
}

fn is_unsupported(bytes: &[u8]) -> bool {
    matches!(refused(bytes), ImageError::Unsupported { .. })
}

#[test]
fn turns_and_mirrors_come_in_the_order_in_which_they_stand() {
    let picture = quarters(60, 40);
    let item = coded(&picture, Subsampling::Whole);
    let turn = |quarters| boxed(b"irot", &[quarters]);
    let mirror = |axis| boxed(b"imir", &[axis]);
    for (properties, expected) in [
        (vec![turn(1)], Orientation::Rotate270),
        (vec![turn(2)], Orientation::Rotate180),
        (vec![turn(3)], Orientation::Rotate90),
        (vec![mirror(0)], Orientation::MirrorVertical),
        (vec![mirror(1)], Orientation::MirrorHorizontal),
        (vec![turn(1), mirror(0)], Orientation::Transpose),
        (vec![mirror(0), turn(1)], Orientation::Transverse),
    ] {
        let bytes = with(item.clone(), properties);
        let header = inspect(&bytes).unwrap();
        assert_eq!(header.orientation, expected);
        assert_eq!(header.coded, Size::new(60, 40));
        let shown = Picture::read(&bytes);
        assert_eq!(shown.size, header.size);
        // The red corner of a third by a third tells where the upper left one has gone.
        let at = |x: u32, y: u32| shown.at(x * (shown.size.width - 1), y * (shown.size.height - 1));
        let corner = match expected {
            Orientation::Rotate270 | Orientation::MirrorVertical => (0, 1),
            Orientation::Rotate180 | Orientation::Transverse => (1, 1),
            Orientation::Rotate90 | Orientation::MirrorHorizontal => (1, 0),
            _ => (0, 0),
        };
        let [red, green, ..] = at(corner.0, corner.1);
        assert!(red > 190 && green < 70, "{expected:?}: {:?}", at(corner.0, corner.1));
    }
}

#[test]
fn a_clean_aperture_is_cut_out_before_turning() {
    let picture = Picture::scene(64, 48);
    let whole = Picture::read(&with(coded(&picture, Subsampling::Whole), []));
    let clap = || aperture(30, 20, -3, 5);
    let bytes = with(coded(&picture, Subsampling::Whole), [clap()]);
    let header = inspect(&bytes).unwrap();
    assert_eq!((header.coded, header.stored), (Size::new(30, 20), Size::new(64, 48)));
    let expected = Picture::new(30, 20, |x, y| whole.at(x + 14, y + 19));
    assert_eq!(Picture::read(&bytes), expected);
    let turned = with(coded(&picture, Subsampling::Whole), [clap(), boxed(b"irot", &[2])]);
    let expected = Picture::new(30, 20, |x, y| expected.at(29 - x, 19 - y));
    assert_eq!(Picture::read(&turned), expected);
    assert!(is_undecodable(&with(coded(&picture, Subsampling::Whole), [aperture(30, 20, 30, 0)])));
}

#[test]
fn pixels_that_are_not_shown_count_for_the_limit() {
    let picture = Picture::scene(64, 48);
    let bytes = with(coded(&picture, Subsampling::Whole), [aperture(2, 2, 0, 0)]);
    let limits = Limits { max_source_pixels: 64 * 48 - 1, ..Limits::default() };
    let refused = rendition_imaging::generate(&bytes, &spec([], png()), &limits);
    assert!(
        matches!(refused, Err(ImageError::LimitExceeded { limit: "max_source_pixels", .. })),
        "{refused:?}"
    );
}

/// A grid of these items, in so many columns, of this size.
fn grid(tiles: &[Item], columns: u8, width: u16, height: u16, properties: &[Vec<u8>]) -> Vec<u8> {
    let rows = tiles.len() as u8 / columns;
    let data = [&[0, 0, rows - 1, columns - 1][..], &width.to_be_bytes(), &height.to_be_bytes()].concat();
    let whole = Item {
        kind: b"grid",
        properties: [&[size(width.into(), height.into())], properties].concat(),
        references: vec![(b"dimg", (2..2 + tiles.len() as u16).collect())],
        data,
        ..Item::default()
    };
    file(&[&[whole], tiles].concat())
}

#[test]
fn a_grid_is_put_together_and_its_margin_left_off() {
    let picture = Picture::scene(120, 90);
    let part = |left: u32, top: u32| {
        let at = |x: u32, y: u32| picture.at((left + x).min(119), (top + y).min(89));
        coded(&Picture::new(64, 64, at), Subsampling::Whole)
    };
    let tiles = [part(0, 0), part(64, 0), part(0, 64), part(64, 64)];
    let bytes = grid(&tiles, 2, 120, 90, &[]);
    let header = inspect(&bytes).unwrap();
    assert_eq!((header.size, header.stored), (Size::new(120, 90), Size::new(128, 128)));
    let whole = Picture::read(&bytes);
    assert!(apart(&whole, &picture) < 3.0, "{}", apart(&whole, &picture));
    let cut = grid(&tiles, 2, 120, 90, &[aperture(40, 30, 4, 5), boxed(b"irot", &[2])]);
    let expected = Picture::new(40, 30, |x, y| whole.at(44 + 39 - x, 35 + 29 - y));
    assert_eq!(Picture::read(&cut), expected);
}

#[test]
fn a_grid_whose_parts_do_not_fit_is_refused() {
    let tile = coded(&Picture::scene(64, 64), Subsampling::Whole);
    let other = coded(&Picture::scene(64, 64), Subsampling::Quarter);
    assert!(is_undecodable(&grid(&[tile.clone(), other], 2, 120, 64, &[])));
    assert!(is_undecodable(&grid(&[tile.clone(), tile.clone()], 2, 130, 64, &[])));
    assert!(is_undecodable(&grid(&[tile.clone(), tile.clone()], 2, 64, 64, &[])));
    assert!(is_undecodable(&grid(&[tile.clone(), tile], 2, 120, 64, &[size(121, 64)])));
}

#[test]
fn colours_that_are_multiplied_by_alpha_are_divided_again() {
    let colors = Picture::new(48, 48, |_, _| [100, 50, 25, 255]);
    let half = Picture::new(48, 48, |x, _| if x < 24 { [128; 4] } else { [0; 4] });
    let mut color = coded(&colors, Subsampling::Whole);
    let mut mask = coded_gray(&half);
    mask.properties.push(alpha());
    mask.references.push((b"auxl", vec![1]));
    let straight = Picture::read(&file(&[color.clone(), mask.clone()]));
    color.references.push((b"prem", vec![2]));
    let divided = Picture::read(&file(&[color, mask]));
    let near =
        |pixel: [u8; 4], expected: [u8; 4]| pixel.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 4);
    assert!(near(straight.at(5, 5), [100, 50, 25, 128]), "{:?}", straight.at(5, 5));
    assert!(near(divided.at(5, 5), [199, 100, 50, 128]), "{:?}", divided.at(5, 5));
    assert_eq!(divided.at(40, 5)[3], 0);
}

#[test]
fn an_auxiliary_picture_that_is_not_alpha_is_passed_over() {
    let color = coded(&quarters(48, 48), Subsampling::Whole);
    let mut depth = coded_gray(&quarters(48, 48));
    depth.properties.push(boxed(b"auxC", b"\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:depth\0"));
    depth.references.push((b"auxl", vec![1]));
    assert!(!inspect(&file(&[color, depth])).unwrap().has_alpha);
}

#[test]
fn the_matrix_and_the_range_are_those_that_the_file_names() {
    let gray = Picture::new(32, 32, |x, _| {
        let level = (x * 8) as u8;
        [level, level, level, 255]
    });
    let gray = coded(&gray, Subsampling::Whole);
    let level = |bytes: &[u8], x: u32| Picture::read(bytes).at(x, 9);
    // Chroma is 128 everywhere: as blue and red it is just that.
    let identity = with(gray.clone(), [nclx(1, 13, 0, true)]);
    let [red, green, blue, _] = level(&identity, 20);
    assert!(red.abs_diff(128) < 3 && green.abs_diff(160) < 5 && blue.abs_diff(128) < 3);
    // Black is 16 and white 235.
    let limited = with(gray, [nclx(1, 13, 6, false)]);
    assert!(level(&limited, 1)[1] == 0 && level(&limited, 31)[1] == 255);
    assert!(level(&limited, 16)[1].abs_diff(130) < 4, "{:?}", level(&limited, 16));
    // Pure red of BT.601, taken for BT.709 and BT.2020: more of it is seen, and green goes below nothing.
    let red = coded(&Picture::new(32, 32, |_, _| [200, 40, 40, 255]), Subsampling::Whole);
    let as_matrix = |matrix| level(&with(red.clone(), [nclx(1, 13, matrix, true)]), 9);
    let [weak, strong] = [as_matrix(6), as_matrix(1)];
    assert!(weak[0].abs_diff(200) < 4 && weak[1].abs_diff(40) < 4, "{weak:?}");
    // Luma is 88, chroma -27 and 80: 88 + 1.5748 * 80, and 88 + .1873 * 27 - .4681 * 80 (H.273, section 8.3).
    assert!(strong[0].abs_diff(213) < 5 && strong[1].abs_diff(58) < 6, "{strong:?}");
    assert_eq!(as_matrix(2), weak);
    assert!(as_matrix(9) != strong && as_matrix(8) != weak);
    assert!(is_unsupported(&with(red, [nclx(1, 13, 14, true)])));
}

#[test]
fn colours_of_other_primaries_and_curves_become_srgb_or_keep_a_profile() {
    let item = coded(&Picture::new(32, 32, |_, _| [180, 90, 60, 255]), Subsampling::Whole);
    let at = |properties| Picture::read(&with(item.clone(), [properties])).at(9, 9);
    let plain = at(nclx(1, 13, 6, true));
    // Display P3 and BT.2020 reach further: in sRGB the same numbers are more saturated.
    let (p3, wide) = (at(nclx(12, 13, 6, true)), at(nclx(9, 13, 6, true)));
    assert!(plain[0] + 6 < p3[0] && p3[0] + 3 < wide[0], "{plain:?} {p3:?} {wide:?}");
    assert!(p3[1] < plain[1] && wide[1] < p3[1]);
    // Linear light is brighter in numbers of sRGB. Curves of cameras are taken for sRGB's.
    let linear = at(nclx(1, 8, 6, true));
    assert!(linear[0].abs_diff(216) < 5 && linear[1].abs_diff(160) < 5, "{linear:?}");
    assert_eq!(at(nclx(1, 1, 6, true)), plain);
    // PQ and HLG are brighter than white, and a logarithm is of cameras.
    for transfer in [16, 18, 9] {
        assert!(is_unsupported(&with(item.clone(), [nclx(9, transfer, 6, true)])));
    }
    let bytes = with(item.clone(), [nclx(12, 13, 6, true)]);
    assert!(inspect(&bytes).unwrap().has_icc);
    let fit = ResizeToFit { width: 16, ..ResizeToFit::default() };
    let keep = Spec {
        color_profile: ColorProfile::Keep,
        ..Spec::new(vec![fit.into()], Output::Png(Png::default()))
    };
    let kept = rendition_imaging::generate(&bytes, &keep, &Limits::default()).unwrap().bytes;
    assert!(inspect(&kept).unwrap().has_icc);
    let kept = Picture::read(&kept).at(5, 5);
    assert!(kept.iter().zip(p3).all(|(a, b)| a.abs_diff(b) <= 2), "{kept:?} {p3:?}");
}

#[test]
fn a_header_that_contradicts_the_bitstream_is_undecodable() {
    let item = coded(&Picture::scene(64, 48), Subsampling::Quarter);
    let changed = |change: &dyn Fn(&mut Item)| {
        let mut item = item.clone();
        change(&mut item);
        file(&[item])
    };
    assert!(is_undecodable(&changed(&|item| item.properties[0] = size(64, 49))));
    assert!(is_undecodable(&changed(&|item| item.properties[0] = size(6400, 4800))));
    // Ten bits, grey, no subsampling.
    for bit in [0x40, 0x10, 0x08] {
        assert!(is_undecodable(&changed(&|item| item.properties[1][10] ^= bit)));
    }
    assert!(is_undecodable(&changed(&|item| item.properties.truncate(1))));
    assert!(is_undecodable(&changed(&|item| item.data.truncate(item.data.len() / 2))));
    assert!(is_undecodable(&changed(&|item| item.data.clear())));
    assert!(is_unsupported(&changed(&|item| item.properties.push(boxed(b"what", b"")))));
    assert!(is_unsupported(&changed(&|item| item.properties.push(boxed(b"lsel", &[0, 1])))));
}

#[test]
fn a_film_in_place_of_a_picture_is_refused_before_it_is_decoded() {
    let item = coded(&Picture::scene(64, 48), Subsampling::Quarter);
    let film = Item { data: item.data.repeat(9), ..item };
    assert!(is_unsupported(&file(&[film])));
}

#[test]
fn the_size_alone_of_a_picture_is_read_from_a_prefix() {
    let item = coded(&Picture::scene(64, 48), Subsampling::Quarter);
    let bytes = file(&[item]);
    let start = bytes.windows(4).position(|window| window == b"mdat").unwrap() + 4;
    let (mut prefix, whole) = (inspect(&bytes[..start]).unwrap(), inspect(&bytes).unwrap());
    // Without the beginning of the bitstream more has to be reckoned with.
    assert!(prefix.decoder_bytes > whole.decoder_bytes);
    prefix.decoder_bytes = whole.decoder_bytes;
    assert_eq!(prefix, whole);
    let small = result(&bytes, vec![ResizeToFit { width: 32, ..ResizeToFit::default() }.into()]);
    assert_eq!(small.size, Size::new(32, 24));
}

#[test]
fn what_the_decoder_takes_is_foreseen_from_the_header() {
    let decoder_bytes = |width, height, subsampling| {
        let item = coded(&Picture::scene(width, height), subsampling);
        inspect(&file(&[item])).unwrap().decoder_bytes
    };
    let small = decoder_bytes(64, 64, Subsampling::Quarter);
    let large = decoder_bytes(640, 512, Subsampling::Quarter);
    let whole = decoder_bytes(640, 512, Subsampling::Whole);
    // The picture at least, and not many times as much.
    assert!(
        large - small > 640 * 512 * 3 / 2 - 128 * 128 * 2 && large - small < 640 * 512 * 4,
        "{small} {large}"
    );
    assert!(whole - large > 640 * 512);
}
